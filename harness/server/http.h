/* http.h: a small and strict HTTP/1.1 (RFC 9110, RFC 9112), as a service. Pure: bytes in, bytes out, no clock.
 *
 * Strict, because two programs that read the same bytes differently are a hole (request smuggling): what can be
 * understood in two ways is refused, and the connection with it. docs/http.md lists what is spoken and what is not.
 *
 * A request is read line by line, as it comes. How far the reading got is noted in the buffer that holds the request,
 * so that a byte that comes alone costs the work for one byte. The request stays there until it is whole, in this form:
 *
 *     front (in->begin)     body            body + body_size     at
 *     | request line, fields | what has come | (lines of chunks) | not yet read ... in->end
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct buffer;
struct service;

/* In bytes. All that a half request can hold is less than a buffer: there is always room to read the rest of it. */
enum {
    HTTP_TARGET_MOST = 8000,                    /* 414; RFC 9112, 3: at least this much */
    HTTP_LINE_MOST = HTTP_TARGET_MOST + 64,     /* 414; with method and version */
    HTTP_HEAD_MOST = 16 * 1024,                 /* 431; request line and fields */
    HTTP_BODY_MOST = 40 * 1024,                 /* 413 */
    HTTP_CHUNK_LINE_MOST = 256,                 /* 400; a size and its extensions */
    HTTP_TRAILERS_MOST = 4 * 1024,              /* 431; the fields behind a chunked body */
};

/* What is read next. From HTTP_WHOLE on nothing is: an answer is due. */
enum http_stage {
    HTTP_REQUEST_LINE, HTTP_FIELDS, HTTP_DATA, HTTP_CHUNK_SIZE, HTTP_CHUNK_END, HTTP_TRAILERS, HTTP_WHOLE, HTTP_WRONG,
};

enum http_method {
    HTTP_UNKNOWN, HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_PUT, HTTP_PATCH, HTTP_DELETE, HTTP_OPTIONS, HTTP_TRACE,
    HTTP_CONNECT,
};
enum http_target { TARGET_ROOT, TARGET_SERVER, TARGET_OTHER };      /* "/", "*", anything else */

/* What is known of the request at the front of a buffer. All zero: nothing yet. Places count from the front, as the
 * bytes may be moved between two readings. */
struct http_request {
    enum http_stage stage;
    size_t at, seen;            /* the next line or data begins at `at`; of that line `seen` bytes hold no LF */
    enum http_method method;
    enum http_target target;
    int minor;                  /* HTTP/1.minor: 0 or 1 */
    bool has_host, has_length, chunked, close, keep_alive, expects;
    bool continued;             /* the 100 that it expects has been given */
    size_t body, body_size;     /* where the body is, and how much of it has come */
    size_t left;                /* of the body, or of this chunk, to come */
    size_t trailers;            /* bytes of them so far */
    int status;                 /* of HTTP_WRONG: what to answer, and why */
    const char *why;
};

/* Reads on in the request at the front of the buffer, which is not empty; its notes are in the buffer. True: it is
 * whole, or wrong. */
bool http_read(struct buffer *in);

extern const struct service http_service;
