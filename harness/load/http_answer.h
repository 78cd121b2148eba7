/* http_answer.h: is what came back over http the page? No system call in here.
 *
 * The first answer of a run is read in full (RFC 9112): status 200, a Content-Length, as many bytes of body. It becomes
 * the pattern that all others are held against. While one is the same as the pattern, but for the value of Date, two
 * memcmp tell, and nothing of it is kept: that is nearly always. From the byte on where it differs it is put together
 * in a buffer of its own and read in full, too: its status line, its length and its body must be those of the pattern,
 * the other fields of its head may be what they like. */
#pragma once
#include <stddef.h>

enum { HTTP_HEAD_MAX = 16 * 1024, HTTP_BODY_MAX = 1 << 20 };

/* The first answer. All zero: none yet. */
struct http_page {
    unsigned char *bytes;
    size_t size, head;              /* all of it; its head, with the empty line: there the body begins */
    size_t status;                  /* the status line, without its end */
    size_t date_at, date_size;      /* the value of Date; 0: it has none */
};
void http_page_free(struct http_page *page);

/* An answer that differs from the pattern, as far as it has come. All zero: it does not, so far. */
struct http_own { unsigned char *bytes; size_t room; };
void http_own_free(struct http_own *own);

enum http_verdict { HTTP_MORE, HTTP_WHOLE, HTTP_WRONG };

/* Of an answer `heard` bytes were here, and n more have come. WHOLE ends it, and nothing is kept of it. WRONG: `says`
 * tells in one sentence. */
enum http_verdict http_hear(struct http_page *page, struct http_own *own, size_t heard, const unsigned char *bytes,
                            size_t n, char *says, size_t says_size);
