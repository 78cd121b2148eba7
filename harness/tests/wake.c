/* wake: how late does a sleeper wake on this machine? Nothing here passes or fails.
 *
 * The driver's lateness in an open loop has two parts: what it does, and how late the kernel wakes it. This is the
 * second alone, in a bare loop: sleep until 150 us before the moment that is meant, or 60, or none, stay awake for the
 * rest, look at the clock. What is late here no driver can help. The longer the gap, the deeper a core sleeps, and
 * deepest in a virtual machine, which gives its core back to its host.
 *
 * What else runs only adds to it: of several rounds of a quarter of a second each line shows its best, that with the
 * least p99.
 *
 * usage: wake [ROUNDS]    (build/tests/wake; 3 if not said, and 14 seconds) */
#define _GNU_SOURCE
#include "harness/load/pace.h"
#include "harness/load/random.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>

enum { SAMPLES_MOST = 10000, ROUND_NS = 250 * 1000 * 1000, US = 1000 };

/* How late, in us, of one round. */
struct late { size_t samples; double p50, p90, p99, most; };

static void sleep_in_nanosleep(struct pace *pace, uint64_t until_ns)
{
    const struct timespec until = {(time_t)(until_ns / 1000000000u), (long)(until_ns % 1000000000u)};
    (void)pace;
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
}

/* As the driver does, with nobody to listen to. */
static void sleep_in_epoll(struct pace *pace, uint64_t until_ns)
{
    struct epoll_event none;
    while (clock_ns(CLOCK_MONOTONIC) < until_ns)
        pace_wait(pace, &none, 1, until_ns);
}

static int rising(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Gaps from half to one and a half of gap_us, so that nothing is in step with a tick. */
static struct late measure(void (*sleep_until)(struct pace *, uint64_t), struct pace *pace, int gap_us, int awake_us)
{
    static uint64_t late[SAMPLES_MOST];
    uint64_t seed = 1, due_ns = clock_ns(CLOCK_MONOTONIC), end_ns = due_ns + ROUND_NS;
    size_t n = 0;
    while (due_ns < end_ns && n < SAMPLES_MOST) {
        uint64_t now_ns, gap_ns = (uint64_t)gap_us * US;
        due_ns += gap_ns / 2 + random_next(&seed) % gap_ns;
        sleep_until(pace, due_ns - (uint64_t)awake_us * US);
        do
            now_ns = clock_ns(CLOCK_MONOTONIC);
        while (now_ns < due_ns);
        late[n++] = now_ns - due_ns;
    }
    qsort(late, n, sizeof *late, rising);
    return (struct late){n, (double)late[n / 2] / US, (double)late[n * 9 / 10] / US, (double)late[n * 99 / 100] / US,
                         (double)late[n - 1] / US};
}

int main(int argc, char **argv)
{
    static const int gaps_us[] = {200, 1000, 2500}, awake_us[] = {0, 60, 150};
    static const struct { const char *name; void (*sleep_until)(struct pace *, uint64_t); } calls[] = {
        {"clock_nanosleep", sleep_in_nanosleep}, {"epoll_pwait2", sleep_in_epoll}};
    enum { LINES = 18 };
    struct late best[LINES] = {{0}};
    struct pace pace;
    int rounds = argc > 1 ? atoi(argv[1]) : 3;
    if (rounds < 1 || !pace_open(&pace, 0)) {
        fprintf(stderr, "usage: %s [ROUNDS]\n", argv[0]);
        return 2;
    }
    for (int i = 0; i < rounds * LINES; i++) {
        int line = i % LINES;
        struct late late = measure(calls[line / 9].sleep_until, &pace, gaps_us[line / 3 % 3], awake_us[line % 3]);
        if (i < LINES || late.p99 < best[line].p99)
            best[line] = late;
    }
    printf("late, in us        gap  awake  samples      p50      p90      p99      max\n");
    for (int i = 0; i < LINES; i++)
        printf("%-16s %5d %6d %8zu %8.1f %8.1f %8.1f %8.1f\n", calls[i / 9].name, gaps_us[i / 3 % 3], awake_us[i % 3],
               best[i].samples, best[i].p50, best[i].p90, best[i].p99, best[i].most);
    pace_close(&pace);
    return 0;
}
