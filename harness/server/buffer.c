#include "harness/server/buffer.h"
#include "harness/server/die.h"
#include <stdlib.h>

static _Thread_local struct buffer *pool;

struct buffer *buffer_take(void)
{
    struct buffer *buffer = pool;
    if (buffer)
        pool = buffer->next;
    else if (!(buffer = malloc(sizeof *buffer)))
        die("malloc");
    buffer->begin = buffer->end = 0;
    buffer->request = (struct http_request){0};
    return buffer;
}

size_t buffer_give(struct buffer **buffer)
{
    if (!*buffer)
        return 0;
    size_t left = (*buffer)->end - (*buffer)->begin;
    (*buffer)->next = pool;
    pool = *buffer;
    *buffer = NULL;
    return left;
}

void buffer_forget_pool(void)
{
    for (struct buffer *buffer; (buffer = pool);) {
        pool = buffer->next;
        free(buffer);
    }
}
