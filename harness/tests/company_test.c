#define _GNU_SOURCE
/* Are the slow and the bursty connections what they say, and is every byte of theirs compared? */
#include "harness/tests/check.h"
#include "harness/tests/oracle.h"
#include <sys/mman.h>

/* What an oracle saw: requests, and the most pieces that one came in. */
static struct seen { int requests, most_pieces; } *seen;

/* -- Oracles ----------------------------------------------------------------------------------------------------- */

static bool counts_pieces(struct client *c, struct client *all)
{
    seen->requests++;
    if (c->pieces > seen->most_pieces)
        seen->most_pieces = c->pieces;
    return honest(c, all);
}

/* The first answer is that to the ping. */
static bool corrupts_the_second(struct client *c, struct client *all)
{
    if (c->answers == 1)
        c->request[20] ^= 0x01;
    return honest(c, all);
}

/* The slow ones come first. */
static bool closes_on_the_first_two(struct client *c, struct client *all)
{
    static int pings;
    bool too_slow = c->answers == 0 && pings++ < 2;
    return honest(c, all) && !too_slow;
}

static bool is_silent_after_the_first(struct client *c, struct client *all)
{
    return c->answers > 0 || honest(c, all);
}

static bool adds_to_the_second(struct client *c, struct client *all)
{
    return honest(c, all) && (c->answers != 1 || put(c->fd, c->request, 1));
}

static bool forgets_the_last_byte(struct client *c, struct client *all)
{
    return c->answers == 1 ? put(c->fd, c->request, SIZE - 1) : honest(c, all);
}

/* -- Runs -------------------------------------------------------------------------------------------------------- */

/* The active one sends a request in a million seconds: what is wrong is wrong with the others. */
static struct load_options with(int slow, int bursty)
{
    struct load_options o = load_defaults((struct sockaddr_in){0});
    memset(seen, 0, sizeof *seen);
    o.connections = 1;
    o.rate = 1e-6;
    o.slow = slow;
    o.bursty = bursty;
    o.size = SIZE;
    o.warmup_ms = 0;
    o.window_ms = 5000;
    return o;
}

static bool says(const char *part) { return strstr(result.failure, part) != NULL; }

/* -- Slow ones --------------------------------------------------------------------------------------------------- */

/* On a busy machine one window may be too short for 64 pieces. */
static void does_a_slow_one_come_in_pieces(void)
{
    struct load_options o = with(3, 0);
    o.window_ms = 1500;
    for (int i = 0; i < 10 && (i == 0 || result.slow_answers == 0); i++) {
        memset(seen, 0, sizeof *seen);
        CHECK(run(counts_pieces, SLOTS, o), "%s%s", result.failure, result.trouble);
    }
    CHECK(result.slow_served == 3 && result.slow_total == 3 && result.served == 1, "%d of %d slow ones, %d others",
          result.slow_served, result.slow_total, result.served);
    CHECK(result.slow_answers > 0, "no answer in %ju ns", (uintmax_t)result.window_ns);
    CHECK(seen->most_pieces > 1 && seen->most_pieces <= SIZE, "in %d pieces", seen->most_pieces);
    CHECK(result.answered == result.slow_answers + 4, "%ju answered, of which %ju slowly", (uintmax_t)result.answered,
          (uintmax_t)result.slow_answers);
    CHECK(result.requests == 0 && result.response.count == 0, "%ju requests in the figures",
          (uintmax_t)result.requests);
}

static void is_a_wrong_byte_to_a_slow_one_seen(void)
{
    CHECK(!run(corrupts_the_second, SLOTS, with(2, 0)), "a corrupt byte was believed");
    CHECK(says("sequence 2, byte 20: wanted 0x"), "\"%s\"", result.failure);
}

/* For a missing byte the driver must have waited in vain for two seconds: on a busy machine one window may be too short
 * for that. */
static void run_until_missed(struct load_options o)
{
    bool believed = run(forgets_the_last_byte, SLOTS, o);
    for (int i = 0; i < 3 && believed; i++) {
        o.window_ms *= 2;
        believed = run(forgets_the_last_byte, SLOTS, o);
    }
    CHECK(!believed, "a short answer was believed");
}

/* Its answer should be there after 0.64 s. */
static void is_a_byte_that_a_slow_one_waits_for_missed(void)
{
    struct load_options o = with(2, 0);
    o.window_ms = 3500;
    run_until_missed(o);
    CHECK(says("sequence 2, byte 63 of 64: missing, nothing more came"), "\"%s\"", result.failure);
}

static void is_it_a_servers_right_to_cut_who_is_slow(void)
{
    struct load_options o = with(2, 0);
    o.window_ms = 100;
    for (int i = 0; i < 20 && (i == 0 || result.lost < 2); i++)
        CHECK(run(closes_on_the_first_two, SLOTS, o), "%s", result.trouble);
    CHECK(result.lost == 2 && !*result.failure, "%d lost, \"%s\"", result.lost, result.failure);
}

/* -- Bursty ones ------------------------------------------------------------------------------------------------- */

static void are_bursts_sent_and_timed(void)
{
    struct load_options o = with(0, 8);
    o.window_ms = 450;
    CHECK(run(counts_pieces, SLOTS, o), "%s%s", result.failure, result.trouble);
    CHECK(result.bursty_served == 8 && result.bursts.count == result.bursty_answers + result.bursts.censored,
          "%d served, %ju timed, %ju answers", result.bursty_served, (uintmax_t)result.bursts.count,
          (uintmax_t)result.bursty_answers);
    CHECK(result.bursts.count >= 8 && result.bursts.count <= 5 * 8, "%ju in 5 bursts of 8",
          (uintmax_t)result.bursts.count);
    CHECK(seen->requests >= (int)result.answered, "%d came, %ju were answered",
          seen->requests, (uintmax_t)result.answered);
    CHECK(result.requests == 0 && result.response.count == 0, "%ju requests in the figures",
          (uintmax_t)result.requests);
}

/* The bursts are due each 0.1 s. The driver is away from 0.12 s on, for 0.3 s: what it sends then was due at 0.2 s. */
static void does_a_burst_that_is_sent_late_count_from_when_it_was_due(void)
{
    struct load_options o = with(0, 4);
    o.window_ms = 500;
    o.window = be_away_soon;
    CHECK(run(honest, SLOTS, o), "%s%s", result.failure, result.trouble);
    CHECK(result.bursts.sum_ns >= 4 * 200000000u, "four clients waited %ju ns, at least 0.2 s each",
          (uintmax_t)result.bursts.sum_ns);
}

static void is_a_wrong_byte_to_a_bursty_one_seen(void)
{
    CHECK(!run(corrupts_the_second, SLOTS, with(0, 2)), "a corrupt byte was believed");
    CHECK(says("sequence 2, byte 20: wanted 0x"), "\"%s\"", result.failure);
    CHECK(!run(adds_to_the_second, SLOTS, with(0, 2)), "a surplus byte was believed");
    CHECK(says("surplus byte after all 64"), "\"%s\"", result.failure);
}

static void is_a_byte_that_a_bursty_one_waits_for_missed(void)
{
    struct load_options o = with(0, 2);
    o.window_ms = 100;
    run_until_missed(o);
    CHECK(says("sequence 2, byte 63 of 64: missing, nothing more came"), "\"%s\"", result.failure);
}

static void is_a_burst_without_an_answer_kept_as_censored(void)
{
    struct load_options o = with(0, 3);
    o.window_ms = 300;
    run(is_silent_after_the_first, SLOTS, o);
    CHECK(!*result.failure && result.bursts.count == 3 && result.bursts.censored == 3, "%ju, %ju of them censored: %s",
          (uintmax_t)result.bursts.count, (uintmax_t)result.bursts.censored, result.failure);
}

/* -- Beside others ----------------------------------------------------------------------------------------------- */

static void do_the_figures_leave_them_out(void)
{
    struct load_options o = with(2, 4);
    o.connections = 3;
    o.rate = 0;
    o.idle = 2;
    o.window_ms = 300;
    CHECK(run(honest, SLOTS, o), "%s%s", result.failure, result.trouble);
    CHECK(result.served == 3 && result.idle_served == 2 && result.slow_served == 2 && result.bursty_served == 4,
          "%d, %d, %d, %d served", result.served, result.idle_served, result.slow_served, result.bursty_served);
    CHECK(result.response.count == result.offered && result.lost == 0, "%ju of %ju timed, %d lost",
          (uintmax_t)result.response.count, (uintmax_t)result.offered, result.lost);
    CHECK(result.bursts.count > 0, "%ju bursts", (uintmax_t)result.bursts.count);
}

int main(void)
{
    seen = mmap(NULL, sizeof *seen, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (seen == MAP_FAILED) {
        perror("company_test: mmap");
        return 1;
    }
    does_a_slow_one_come_in_pieces();
    is_a_wrong_byte_to_a_slow_one_seen();
    is_a_byte_that_a_slow_one_waits_for_missed();
    is_it_a_servers_right_to_cut_who_is_slow();
    are_bursts_sent_and_timed();
    does_a_burst_that_is_sent_late_count_from_when_it_was_due();
    is_a_wrong_byte_to_a_bursty_one_seen();
    is_a_byte_that_a_bursty_one_waits_for_missed();
    is_a_burst_without_an_answer_kept_as_censored();
    do_the_figures_leave_them_out();
    return checks_failed();
}
