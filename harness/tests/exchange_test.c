/* The one rule of a connection: it owes, and wants to write, or owes none, and wants to read; never both. Random calls,
 * as a kernel might answer them, against a plain model of an echo. */
#include "harness/load/random.h"
#include "harness/server/exchange.h"
#include "harness/server/service.h"
#include "harness/tests/check.h"
#include <errno.h>
#include <string.h>

enum { READ_SIZE = 1000, TURNS = 20000, SAID = 1 << 20 };

static uint64_t state = 1;
static char said[SAID], back[SAID];
static size_t said_count, back_count;

static size_t below(size_t n) { return (size_t)(random_next(&state) % n); }

/* As read would: some bytes, not now, interrupted. */
static void hear(struct exchange *talk)
{
    struct span room = exchange_room(talk);
    CHECK(room.n > 0 && room.n <= READ_SIZE, "room for %zu", room.n);
    size_t n = 1 + below(room.n);
    if (below(5) == 0 || said_count + n > SAID) {
        errno = below(2) ? EAGAIN : EINTR;
        int before = errno;
        exchange_got(talk, -1);
        CHECK(errno == before, "errno was changed to %d", errno);
        CHECK(!talk->in && !talk->out, "an idle connection owns a buffer");
        return;
    }
    for (size_t i = 0; i < n; i++)
        said[said_count++] = room.at[i] = (char)random_next(&state);
    exchange_got(talk, (ssize_t)n);
}

/* As write would: all, some, not now. */
static void answer(struct exchange *talk)
{
    struct span owed = exchange_owed(talk);
    CHECK(owed.n > 0, "owes, and nothing is owed");
    if (below(4) == 0) {
        errno = EAGAIN;
        exchange_sent(talk, -1);
        CHECK(exchange_owed(talk).at == owed.at && exchange_owed(talk).n == owed.n, "a write that failed moved bytes");
        return;
    }
    size_t n = 1 + below(owed.n);
    memcpy(back + back_count, owed.at, n);
    back_count += n;
    exchange_sent(talk, (ssize_t)n);
}

static void test_echo(void)
{
    struct exchange talk;
    exchange_begin(&talk, service_named("echo"), READ_SIZE);
    CHECK(exchange_open(&talk) && !exchange_owes(&talk) && !exchange_over(&talk), "a beginning that is none");
    for (int i = 0; i < TURNS; i++) {
        if (exchange_owes(&talk))
            answer(&talk);
        else
            hear(&talk);
    }
    CHECK(said_count > 100000, "only %zu bytes were tried", said_count);
    while (exchange_owes(&talk))
        answer(&talk);
    CHECK(back_count == said_count && memcmp(said, back, said_count) == 0, "%zu of %zu", back_count, said_count);
    CHECK(talk.bytes_in == said_count && talk.bytes_out == back_count, "the counts of the connection");
    exchange_room(&talk);
    exchange_got(&talk, 0);
    CHECK(exchange_over(&talk), "the peer has ended, nothing is owed, and it is not over");
    CHECK(exchange_end(&talk) == 0 && !exchange_open(&talk), "something is left");
}

static void test_what_was_never_sent_is_counted(void)
{
    struct exchange talk;
    exchange_begin(&talk, service_named("echo"), READ_SIZE);
    struct span room = exchange_room(&talk);
    memset(room.at, 'x', 10);
    exchange_got(&talk, 10);
    exchange_sent(&talk, 4);
    CHECK(!exchange_over(&talk) && exchange_owed(&talk).n == 6, "owes %zu", exchange_owed(&talk).n);
    CHECK(exchange_end(&talk) == 6, "6 bytes were never sent");
}

static void test_calls_are_counted(void)
{
    struct exchange talk;
    calls = (struct calls){0};
    exchange_begin(&talk, service_named("echo"), READ_SIZE);
    exchange_room(&talk);
    errno = EAGAIN;
    exchange_got(&talk, -1);
    exchange_room(&talk);
    exchange_got(&talk, 3);
    errno = EAGAIN;
    exchange_sent(&talk, -1);
    exchange_sent(&talk, 3);
    exchange_end(&talk);
    CHECK(calls.reads == 2 && calls.writes == 2 && calls.not_now == 2, "%lu reads, %lu writes, %lu EAGAIN", calls.reads,
          calls.writes, calls.not_now);
}

static void leave_it(struct exchange *talk) { (void)talk; }

static void test_room_is_told_before_it_is_taken(void)
{
    static const struct service half = {.name = "half", .answer = leave_it};    /* each request is half a request */
    enum { ALL = 64 * 1024, CAME = 1000 };
    struct exchange talk;
    exchange_begin(&talk, &half, ALL);
    CHECK(exchange_room_left(&talk) == ALL && !talk.in, "room %zu", exchange_room_left(&talk));
    exchange_room(&talk);
    exchange_got(&talk, CAME);
    size_t left = exchange_room_left(&talk), room = exchange_room(&talk).n;
    CHECK(left == ALL - CAME && room == left, "told %zu, got %zu", left, room);
    exchange_end(&talk);
    exchange_begin(&talk, &half, 10);
    CHECK(exchange_room_left(&talk) == 10, "room %zu, and a read has 10 bytes at most", exchange_room_left(&talk));
    exchange_end(&talk);
}

int main(void)
{
    test_echo();
    test_room_is_told_before_it_is_taken();
    test_what_was_never_sent_is_counted();
    test_calls_are_counted();
    CHECK(!service_named("gopher"), "there is no gopher");
    return checks_failed();
}
