/* talk.h: a whole conversation with a service, without a socket. The plan says how the bytes are cut on their way in
 * and out, as a kernel might; whoever broke a rule of exchange.h is told by `broken`. */
#pragma once
#include "harness/load/random.h"
#include "harness/server/exchange.h"
#include "harness/server/service.h"
#include <errno.h>
#include <string.h>

/* How many bytes a read and a write take at most; with a seed: anything from 1 to that. */
struct plan { size_t read_most, write_most; uint64_t seed; };

/* What came of it. */
struct talk { char *said; size_t room, said_size, writes, dropped; bool closing, over; const char *broken; };

static size_t plan_cut(struct plan *plan, size_t most, size_t n)
{
    if (plan->seed)
        most = 1 + (size_t)(random_next(&plan->seed) % most);
    return n < most ? n : most;
}

static void talk_expect(struct talk *t, bool good, const char *rule)
{
    if (!good && !t->broken)
        t->broken = rule;
}

/* What one read brought cannot be more requests than this. */
enum { TALK_TURNS = 4000 };

/* Writes until nothing is owed; now and then the kernel says: not now. */
static void talk_write(struct talk *t, struct exchange *exchange, struct plan *plan)
{
    for (int turns = 0; exchange_owes(exchange); t->writes++) {
        struct span owed = exchange_owed(exchange);
        size_t n = plan_cut(plan, plan->write_most, owed.n);
        talk_expect(t, owed.n > 0, "it owes, and owes no bytes");
        talk_expect(t, t->said_size + n <= t->room, "it says more than it should");
        turns += n == owed.n;
        talk_expect(t, turns < TALK_TURNS, "it answers without end");
        if (t->broken)
            return;
        if (plan->seed && random_next(&plan->seed) % 8 == 0) {
            errno = EAGAIN;
            exchange_sent(exchange, -1);
            continue;
        }
        memcpy(t->said + t->said_size, owed.at, n);
        t->said_size += n;
        exchange_sent(exchange, (ssize_t)n);
    }
}

static void talk_read(struct talk *t, struct exchange *exchange, struct plan *plan, const char *bytes, size_t n)
{
    size_t before = t->said_size;
    bool was_closing = exchange->closing;
    while (n > 0 && !t->broken && !exchange_over(exchange)) {
        struct span room = exchange_room(exchange);
        size_t part = plan_cut(plan, plan->read_most, n < room.n ? n : room.n);
        talk_expect(t, room.n > 0, "there is no room to read into");
        if (t->broken)
            return;
        memcpy(room.at, bytes, part);
        exchange_got(exchange, (ssize_t)part);
        bytes += part;
        n -= part;
        talk_write(t, exchange, plan);
        talk_expect(t, !was_closing || t->said_size == before, "it speaks after its last word");
        talk_expect(t, exchange_said_all(exchange) == (exchange->closing && !was_closing), "said_all is told once");
        before = t->said_size;
        was_closing = exchange->closing;
    }
}

/* The client says the bytes, and then ends. What is answered goes to t->said, of t->room bytes. */
static void talk_play(struct talk *t, const struct service *service, struct plan plan, const char *bytes, size_t n)
{
    struct exchange exchange;
    t->said_size = t->writes = 0;
    t->broken = NULL;
    exchange_begin(&exchange, service, 64 * 1024);
    talk_read(t, &exchange, &plan, bytes, n);
    t->closing = exchange.closing;
    t->dropped = exchange.dropped;
    if (!t->broken && !exchange_over(&exchange)) {
        exchange_room(&exchange);
        exchange_got(&exchange, 0);
        talk_expect(t, !exchange_owes(&exchange), "the end of the client makes it speak");
    }
    t->over = exchange_over(&exchange);
    talk_expect(t, t->over, "both have ended, and it is not over");
    exchange_end(&exchange);
}

/* -- What a client of http makes of it --------------------------------------------------------------------------- */

static const char talk_interim[] = "HTTP/1.1 100 Continue\r\n\r\n";

/* Whether a 100 is given depends on how the bytes came: for comparing it is taken out. */
static inline void talk_without_interim(struct talk *t)
{
    const size_t size = sizeof talk_interim - 1;
    char *to = t->said, *from = t->said, *end = t->said + t->said_size;
    while (from < end) {
        char *found = memmem(from, (size_t)(end - from), talk_interim, size);
        size_t keep = (size_t)((found ? found : end) - from);
        memmove(to, from, keep);
        to += keep;
        from += found ? keep + size : keep;
    }
    t->said_size = (size_t)(to - t->said);
}
