/* inbox.h: what came back to a client and was not expected yet, where it is not compared with what was sent. Pure.
 *
 * The last INBOX_MOST bytes are kept at least. What is older may be forgotten, and is not found any more. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

enum { INBOX_MOST = 256 * 1024 };

struct inbox {
    char *bytes;
    size_t length, room;
    bool cut;                   /* its beginning was forgotten */
};

void inbox_add(struct inbox *, const char *bytes, size_t n);
void inbox_take(struct inbox *, size_t n);      /* the first n bytes have been expected, and go */
void inbox_free(struct inbox *);

/* Is the text there? *end is where it ends, counted from the beginning of the box. */
bool inbox_find(const struct inbox *, const char *text, size_t n, size_t *end);
/* Is a whole answer "HTTP/1.1 200" there? Its Content-Length tells its end; without one it ends with the connection
 * (RFC 9112, 6.3). */
bool inbox_find_answer(const struct inbox *, bool connection_ended, size_t *end);

/* The beginning, as a scene would write it: "HTTP/1.1 400 Bad Request\r\n..."; nothing. `size`: room in `to`. */
void inbox_show(const struct inbox *, char *to, size_t size);
/* The same of any bytes. */
void inbox_show_text(const char *bytes, size_t n, char *to, size_t size);
