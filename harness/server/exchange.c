/* One exchange: a buffer on its way in, a buffer on its way out, and the rule that only one of them moves. */
#include "harness/server/buffer.h"
#include "harness/server/service.h"
#include <errno.h>
#include <string.h>

enum { DROP_MOST = 4 * 1024 * 1024 };

_Thread_local struct calls calls;

/* -- One exchange ------------------------------------------------------------------------------------------------ */

void exchange_begin(struct exchange *talk, const struct service *service, size_t read_size)
{
    *talk = (struct exchange){.service = service, .read_size = read_size};
}

size_t exchange_end(struct exchange *talk)
{
    talk->service = NULL;
    return buffer_give(&talk->in) + buffer_give(&talk->out);
}

size_t exchange_room_left(const struct exchange *talk)
{
    size_t n = BUFFER_SIZE - (talk->in ? talk->in->end - talk->in->begin : 0);
    return n < talk->read_size ? n : talk->read_size;
}

/* A half request moves to the front: room is never empty, as a service does not let a buffer fill up. */
struct span exchange_room(struct exchange *talk)
{
    if (!talk->in)
        talk->in = buffer_take();
    struct buffer *in = talk->in;
    if (in->begin > 0) {
        memmove(in->bytes, in->bytes + in->begin, in->end - in->begin);
        in->end -= in->begin;
        in->begin = 0;
    }
    return (struct span){in->bytes + in->end, exchange_room_left(talk)};
}

/* What nobody will look at any more is dropped, and an empty buffer is given back. */
static void tidy(struct exchange *talk)
{
    if (talk->in && (talk->closing || talk->in->begin == talk->in->end))
        talk->dropped += buffer_give(&talk->in);
}

void exchange_got(struct exchange *talk, ssize_t n)
{
    calls.reads++;
    if (n > 0) {
        talk->bytes_in += (uint64_t)n;
        talk->in->end += (size_t)n;
        if (!talk->closing)
            talk->service->answer(talk);
    } else {
        calls.not_now += n < 0 && errno == EAGAIN;
        talk->ended |= n == 0;
    }
    tidy(talk);
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
        if (talk->out->begin < talk->out->end)
            return;
        buffer_give(&talk->out);
        if (talk->in)
            talk->service->answer(talk);    /* the next request is here already */
        tidy(talk);
    } else {
        calls.not_now += n < 0 && errno == EAGAIN;
    }
}

bool exchange_open(const struct exchange *talk) { return talk->service; }
bool exchange_owes(const struct exchange *talk) { return talk->out; }
bool exchange_over(const struct exchange *talk) { return (talk->ended || talk->dropped > DROP_MOST) && !talk->out; }

bool exchange_said_all(struct exchange *talk)
{
    return talk->closing && !talk->out && !talk->said && (talk->said = true);
}
