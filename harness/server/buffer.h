/* buffer.h: where bytes wait. A pool, last in first out, so that the one still in the cache is used again; each thread
 * has its own. */
#pragma once
#include "harness/server/http.h"
#include <stddef.h>

enum { BUFFER_SIZE = 64 * 1024 };

/* What waits is bytes[begin] to bytes[end]. Of a half request, what is known of it (http) is beside it. */
struct buffer { struct buffer *next; size_t begin, end; struct http_request request; char bytes[BUFFER_SIZE]; };

struct buffer *buffer_take(void);           /* empty; without memory the program ends */
size_t buffer_give(struct buffer **);       /* back to the pool, and NULL; returns the bytes that were still in it */
void buffer_forget_pool(void);              /* a thread's last act */
