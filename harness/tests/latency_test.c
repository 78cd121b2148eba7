#define _GNU_SOURCE
/* Are the driver's times true? And what do they show of a server that stands still?
 *
 * No clock here is trusted to be quick, for the machine may be busy. What holds on any machine is an order: the driver
 * sends, the oracle hears, the oracle says, the driver hears. The oracle notes its two moments, so each latency that
 * the driver measured lies between two that the oracle knows: it took at least from when the oracle heard until it
 * spoke, and at most from when it spoke last until it heard again. On a machine at rest the two are 0.1 ms apart. */
#include "harness/load/pace.h"
#include "harness/tests/check.h"
#include "harness/tests/oracle.h"
#include <math.h>
#include <sys/mman.h>

enum { MS = 1000 * 1000, NOTES = 1 << 16 };

/* What both processes see. */
static struct shared {
    uint64_t hold_ns;                       /* how long the oracle keeps an answer back */
    uint64_t stall_from_ns, stall_ns;       /* from then on, if not 0, it stands still for so long, once, */
    uint64_t stood_ns, went_on_ns;          /* and this is when it did */
    int count;
    struct note { uint64_t heard_ns, said_ns; } notes[NOTES];
} *shared;

static void wait_until(uint64_t ns)
{
    struct timespec end = {.tv_sec = (time_t)(ns / 1000000000u), .tv_nsec = (long)(ns % 1000000000u)};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &end, NULL) == EINTR)
        ;
}

/* -- Oracles ----------------------------------------------------------------------------------------------------- */

/* Answers hold_ns after it has heard. */
static bool holds(struct client *c, struct client *all)
{
    struct note *note = &shared->notes[shared->count++ % NOTES];
    note->heard_ns = clock_ns(CLOCK_MONOTONIC);
    wait_until(note->heard_ns + shared->hold_ns);
    note->said_ns = clock_ns(CLOCK_MONOTONIC);
    return honest(c, all);
}

/* As if somebody had stopped it (SIGSTOP), and let it go on after a while. */
static bool stands_still_once(struct client *c, struct client *all)
{
    uint64_t now_ns = clock_ns(CLOCK_MONOTONIC);
    if (shared->stall_from_ns > 0 && shared->stood_ns == 0 && now_ns >= shared->stall_from_ns) {
        shared->stood_ns = now_ns;
        wait_until(now_ns + shared->stall_ns);
        shared->went_on_ns = clock_ns(CLOCK_MONOTONIC);
    }
    return honest(c, all);
}

/* -- Between what the oracle knows ------------------------------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* What the check is about did not come to pass. */
static void too_busy(const char *why) { printf("skipped, on so busy a machine: %s\n", why); }

/* One connection, closed loop: the timed requests are the last ones that the oracle noted. The last of them was heard
 * of by ended_ns. */
static void hold_against_notes(uint64_t ended_ns)
{
    static uint64_t least[NOTES], most[NOTES];
    int timed = (int)result.response.count, first = shared->count - timed;
    if (result.unfinished > 0 || timed == 0) {
        too_busy("an answer was late by half a second");
        return;
    }
    CHECK(first > 0 && shared->count <= NOTES, "%d of %d timed", timed, shared->count);
    for (int i = 0; i < timed; i++) {
        const struct note *note = &shared->notes[first + i];
        least[i] = note->said_ns - note->heard_ns;
        most[i] = (i + 1 < timed ? note[1].heard_ns : ended_ns) - note[-1].said_ns;
    }
    qsort(least, (size_t)timed, sizeof *least, by_value);
    qsort(most, (size_t)timed, sizeof *most, by_value);
    static const double asked[] = {0.1, 0.5, 0.9, 1};
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        int rank = (int)ceil(asked[i] * timed - 1e-6);
        double low = (double)least[rank - 1] * 0.999, high = (double)most[rank - 1] * 1.001;
        double got = (double)hist_quantile(&result.service, asked[i]).ns;
        CHECK(low <= got && got <= high, "p%.0f of %d answers is %.0f ns, and the server says: %.0f to %.0f",
              100 * asked[i], timed, got, low, high);
    }
}

/* -- A server that takes its time -------------------------------------------------------------------------------- */

static struct load_options one_client(int hold_ms)
{
    struct load_options o = load_defaults((struct sockaddr_in){0});
    memset(shared, 0, sizeof *shared);
    shared->hold_ns = (uint64_t)hold_ms * MS;
    o.connections = 1;
    o.size = SIZE;
    o.warmup_ms = 0;
    o.window_ms = 400;
    return o;
}

static void is_an_answer_after_1_5_or_20_ms_measured_as_that(void)
{
    static const int holds_ms[] = {1, 5, 20};
    for (size_t i = 0; i < sizeof holds_ms / sizeof *holds_ms; i++) {
        CHECK(run(holds, 1, one_client(holds_ms[i])), "%s%s", result.failure, result.trouble);
        hold_against_notes(clock_ns(CLOCK_MONOTONIC));
        CHECK(result.response.min_ns >= shared->hold_ns, "%d ms: one came after %ju ns", holds_ms[i],
              (uintmax_t)result.response.min_ns);
        CHECK(result.response.sum_ns == result.service.sum_ns, "in a closed loop they are the same");
    }
}

/* What a user waits is what the server takes and what the request stood in line before. */
static void do_the_three_latencies_add_up(void)
{
    struct load_options o = one_client(5);
    o.rate = 50;
    o.fixed_arrivals = true;
    CHECK(run(holds, 1, o), "%s%s", result.failure, result.trouble);
    uint64_t waited_ns = result.response.sum_ns - result.service.sum_ns;
    CHECK(result.service.min_ns >= shared->hold_ns, "one was served in %ju ns", (uintmax_t)result.service.min_ns);
    CHECK(result.response.count == result.service.count && result.response.count == result.offered, "%ju, %ju, %ju",
          (uintmax_t)result.response.count, (uintmax_t)result.service.count, (uintmax_t)result.offered);
    CHECK(waited_ns >= result.lateness.sum_ns, "waited %ju ns, of which the driver's own %ju", (uintmax_t)waited_ns,
          (uintmax_t)result.lateness.sum_ns);
    if (result.response.max_ns >= 20 * MS) {
        too_busy("one request was still there when the next was due");
        return;
    }
    CHECK(waited_ns == result.lateness.sum_ns && result.lateness.count == result.offered,
          "all %ju found a free connection, and waited %ju ns; of %ju the lateness is %ju", (uintmax_t)result.offered,
          (uintmax_t)waited_ns, (uintmax_t)result.lateness.count, (uintmax_t)result.lateness.sum_ns);
}

/* 250 a second, 4 ms apart, from a server that needs 5 ms: the i-th is done i x 5 ms after the first was due, at the
 * earliest, and was due i x 4 ms after it. The service time does not show that; whoever sends only after the answer,
 * and times from the send, would not see it. And it is the server's time, not the driver's: late it is only for those
 * that were due before it first looked, for from then on the connection is never free when one is due. */
static void does_the_line_before_a_server_show_in_the_response(void)
{
    struct load_options o = one_client(5);
    o.rate = 250;
    o.window_ms = 600;
    o.fixed_arrivals = true;
    CHECK(run(holds, 1, o), "%s%s", result.failure, result.trouble);
    double answered = (double)(result.response.count - result.response.censored), wait_ns = 0, gap_ns = 4e6;
    for (double i = 1; i <= answered; i++)
        wait_ns += 5e6 + (i - 1) * (5e6 - gap_ns);
    if (answered <= 2) {
        too_busy("there is no line");
        return;
    }
    CHECK((double)result.response.sum_ns >= wait_ns, "%.0f answers took %.0f ns, at least %.0f", answered,
          (double)result.response.sum_ns, wait_ns);
    CHECK(result.service.sum_ns < result.response.sum_ns / 2, "service %ju ns, response %ju",
          (uintmax_t)result.service.sum_ns, (uintmax_t)result.response.sum_ns);
    double before_it_looked = 1 + (double)result.lateness.max_ns / gap_ns;
    CHECK((double)result.lateness.count <= before_it_looked, "late for %ju, the most by %ju ns: at most %.0f were due",
          (uintmax_t)result.lateness.count, (uintmax_t)result.lateness.max_ns, before_it_looked);
    CHECK(result.response.count == result.offered && result.unfinished == result.response.censored, "%ju of %ju timed",
          (uintmax_t)result.response.count, (uintmax_t)result.offered);
}

/* -- A driver that is late --------------------------------------------------------------------------------------- */

enum { LATE_GAP_MS = 1, LATE_CLIENTS = 4 };

/* The driver itself stands still for 0.3 s, while its connections are idle, but for one perhaps, and a request is due
 * each ms. All of them are its own lateness: also those that then, all at once, find no connection free. */
static void is_the_driver_told_when_it_was_away(void)
{
    struct load_options o = one_client(0);
    o.connections = LATE_CLIENTS;
    o.rate = 1000 / LATE_GAP_MS;
    o.fixed_arrivals = true;
    o.window_ms = 1000;
    o.window = be_away_soon;
    CHECK(run(honest, SLOTS, o), "%s%s", result.failure, result.trouble);
    if (result.unfinished > 0) {
        too_busy("not all that was due was sent");
        return;
    }
    double due = AWAY_MS / LATE_GAP_MS - 1, least_ns = due * (due - 1) / 2 * 1e6;
    CHECK((double)result.lateness.sum_ns >= least_ns, "late by %.1f s in all, %.0f requests by %.1f s",
          (double)result.lateness.sum_ns / 1e9, due, least_ns / 1e9);
    CHECK(result.flags & LOAD_DRIVER_LATE, "lateness p99 %ju ns, and no flag",
          (uintmax_t)hist_quantile(&result.lateness, 0.99).ns);
}

static void read_for_long(void *context, bool begins)
{
    (void)context;
    if (begins)
        wait_until(clock_ns(CLOCK_MONOTONIC) + 50 * MS);
}

/* How many requests were sent late by 10 ms and more. */
static int run_and_count_late(struct load_options o)
{
    uint64_t late = 0;
    CHECK(run(honest, SLOTS, o), "%s%s", result.failure, result.trouble);
    for (struct hist_bucket at = {0}; hist_next(&result.lateness, &at);)
        late += at.low_ns > 10 * MS ? at.ended : 0;
    return (int)late;
}

/* What the server's CPU is read from takes long with many processes. A request is due each ms; if the schedule went on,
 * 40 would be late by 10 ms and more, each time; on a busy machine some are, but not each time. A closed loop's window
 * of 40 ms would be over before it began. */
static void does_nothing_come_late_because_the_window_begins(void)
{
    struct load_options o = one_client(0);
    o.connections = LATE_CLIENTS;
    o.rate = 1000;
    o.fixed_arrivals = true;
    o.window = read_for_long;
    int late = run_and_count_late(o);
    for (int i = 1; i < 20 && late > 30; i++)
        late = run_and_count_late(o);
    CHECK(late <= 30, "%d of %ju sent late by 10 ms and more", late, (uintmax_t)result.lateness.count);
    CHECK(result.offered == 399, "%ju offered, one each ms of 0.4 s, but for its first", (uintmax_t)result.offered);

    o.rate = 0;
    o.window_ms = 40;
    CHECK(run(honest, SLOTS, o), "%s%s", result.failure, result.trouble);
    CHECK(result.window_ns >= 39 * (uint64_t)MS, "a window of %ju ns", (uintmax_t)result.window_ns);
}

/* -- A server that is stopped for a fifth of the window ---------------------------------------------------------- */

enum { STALL_CLIENTS = 4, STALL_MS = 400, STALL_WINDOW_MS = 2000, STALL_RATE = 500 };

static void begin_to_stall_soon(void *context, bool begins)
{
    if (begins)
        *(uint64_t *)context = shared->stall_from_ns = clock_ns(CLOCK_MONOTONIC) + STALL_MS * MS;
}

/* Returns the end of the schedule, or a moment before it. */
static uint64_t run_with_a_stall(double rate)
{
    uint64_t from_ns = 0;
    struct load_options o = one_client(0);
    shared->stall_ns = STALL_MS * (uint64_t)MS;
    o.connections = STALL_CLIENTS;
    o.window_ms = STALL_WINDOW_MS;
    o.rate = rate;
    o.fixed_arrivals = true;
    o.window = begin_to_stall_soon;
    o.context = &from_ns;
    CHECK(run(stands_still_once, SLOTS, o), "%s%s", result.failure, result.trouble);
    return from_ns + (STALL_WINDOW_MS - STALL_MS) * (uint64_t)MS;
}

/* Samples longer than the p99 that the histogram gives. */
static double beyond_p99(void) { return floor((double)result.response.count * 0.01 + 1e-6); }

/* While the server stands, one request is due every 2 ms, and none is answered: the i-th of them waits for all of that
 * time but i x 2 ms. */
static void does_an_open_loop_show_the_stall(void)
{
    double gap_ns = 1e9 / STALL_RATE;
    uint64_t ends_ns = run_with_a_stall(STALL_RATE);
    uint64_t until_ns = shared->went_on_ns < ends_ns ? shared->went_on_ns : ends_ns;
    double stood_ns = (double)until_ns - (double)shared->stood_ns;
    double least_ns = stood_ns - (beyond_p99() + 1) * gap_ns;
    struct hist_quantile p99 = hist_quantile(&result.response, 0.99);
    if (least_ns <= 0) {
        too_busy("the stall came too late");
        return;
    }
    CHECK((double)p99.ns >= least_ns * 0.999, "it stood for %.0f ms, the p99 should be %.0f ms or more, and is %.0f",
          stood_ns / 1e6, least_ns / 1e6, (double)p99.ns / 1e6);
    printf("a stall of %.0f ms: p99 %.0f ms in an open loop\n", stood_ns / 1e6, (double)p99.ns / 1e6);
}

/* In a closed loop all clients wait, and ask nothing meanwhile: four slow answers among thousands. By Little's law
 * there cannot be more long ones than clients x time / length, however busy the machine. */
static void does_a_closed_loop_hide_it(void)
{
    run_with_a_stall(0);
    double stood_ns = (double)(shared->went_on_ns - shared->stood_ns), drain_ns = 500e6;
    double long_ones = STALL_CLIENTS * ((double)result.window_ns + drain_ns) / (stood_ns * 0.999);
    double p99_ns = (double)hist_quantile(&result.response, 0.99).ns;
    if (beyond_p99() < long_ones) {
        too_busy("there are too few answers");
        return;
    }
    CHECK(p99_ns < stood_ns, "it stood for %.0f ms, and the p99 of a closed loop is %.0f ms", stood_ns / 1e6,
          p99_ns / 1e6);
    printf("a stall of %.0f ms: p99 %.3f ms in a closed loop\n", stood_ns / 1e6, p99_ns / 1e6);
}

int main(void)
{
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) {
        perror("latency_test: mmap");
        return 1;
    }
    is_an_answer_after_1_5_or_20_ms_measured_as_that();
    do_the_three_latencies_add_up();
    does_the_line_before_a_server_show_in_the_response();
    is_the_driver_told_when_it_was_away();
    does_nothing_come_late_because_the_window_begins();
    does_an_open_loop_show_the_stall();
    does_a_closed_loop_hide_it();
    return checks_failed();
}
