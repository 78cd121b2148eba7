/* One exchange: a buffer on its way in, a buffer on its way out, and the rule that only one of them moves. */
#include "harness/server/die.h"
#include "harness/server/service.h"
#include <errno.h>
#include <stdlib.h>

struct calls calls;

/* -- Buffers: a pool, last in first out, so that the one still in the cache is used again ------------------------ */

enum { BUFFER_SIZE = 64 * 1024 };
struct buffer { struct buffer *next; size_t begin, end; char bytes[BUFFER_SIZE]; };

static struct buffer *pool;
static size_t read_max;

static struct buffer *buffer_take(void)
{
    struct buffer *buffer = pool;
    if (buffer)
        pool = buffer->next;
    else if (!(buffer = malloc(sizeof *buffer)))
        die("malloc");
    buffer->begin = buffer->end = 0;
    return buffer;
}

/* Returns the bytes that were still in it. */
static size_t buffer_give(struct buffer **buffer)
{
    if (!*buffer)
        return 0;
    size_t left = (*buffer)->end - (*buffer)->begin;
    (*buffer)->next = pool;
    pool = *buffer;
    *buffer = NULL;
    return left;
}

/* -- One exchange ------------------------------------------------------------------------------------------------ */

void exchange_begin(struct exchange *talk, const struct service *service, size_t read_size)
{
    read_max = read_size;
    *talk = (struct exchange){.service = service};
}

size_t exchange_end(struct exchange *talk)
{
    talk->service = NULL;
    return buffer_give(&talk->in) + buffer_give(&talk->out);
}

struct span exchange_room(struct exchange *talk)
{
    if (!talk->in)
        talk->in = buffer_take();
    size_t n = BUFFER_SIZE - talk->in->end;
    return (struct span){talk->in->bytes + talk->in->end, n < read_max ? n : read_max};
}

void exchange_got(struct exchange *talk, ssize_t n)
{
    calls.reads++;
    if (n > 0) {
        talk->bytes_in += (uint64_t)n;
        talk->in->end += (size_t)n;
        talk->service->answer(talk);
    } else {
        calls.not_now += n < 0 && errno == EAGAIN;
        talk->ended |= n == 0;
        buffer_give(&talk->in);
    }
}

struct span exchange_owed(const struct exchange *talk)
{
    return (struct span){talk->out->bytes + talk->out->begin, talk->out->end - talk->out->begin};
}

void exchange_sent(struct exchange *talk, ssize_t n)
{
    calls.writes++;
    if (n > 0) {
        talk->bytes_out += (uint64_t)n;
        talk->out->begin += (size_t)n;
        if (talk->out->begin == talk->out->end)
            buffer_give(&talk->out);
    } else {
        calls.not_now += n < 0 && errno == EAGAIN;
    }
}

bool exchange_open(const struct exchange *talk) { return talk->service; }
bool exchange_owes(const struct exchange *talk) { return talk->out; }
bool exchange_over(const struct exchange *talk) { return talk->ended && !talk->out; }
