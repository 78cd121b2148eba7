#define _GNU_SOURCE
/* Does a result carry the flags it deserves, and no others? */
#include "harness/load/cpus.h"
#include "harness/load/load.h"
#include "harness/tests/check.h"
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct load_options o;
static struct load_result r;

/* 10 connections at 100 µs: 100,000 requests in a second. The driver has half a CPU. */
static void balanced(void)
{
    o = load_defaults((struct sockaddr_in){0});
    memset(&r, 0, sizeof r);
    r.served = r.total = o.connections = 10;
    r.requests = 100000;
    r.window_ns = 1000000000;
    r.driver_cpu_ns = 500000000;
    for (int i = 0; i < 100000; i++)
        hist_record(&r.response, 100000);
}

static void expect(unsigned want, const char *of)
{
    unsigned got = load_flags(&o, &r);
    CHECK(got == want, "%s: flags %u, want %u", of, got, want);
}

static void are_the_driver_and_the_books_watched_in_a_closed_loop(void)
{
    balanced();
    expect(0, "a balanced run");
    r.driver_cpu_ns = 910000000;
    expect(LOAD_DRIVER_BUSY, "a busy driver");

    balanced();
    r.requests = 97000;
    expect(LOAD_LITTLE_OFF, "3 % fewer requests than the latency says");
    r.requests = 98500;
    expect(0, "1.5 % fewer");
    r.requests = 97000;
    r.lost = 1;
    expect(0, "with a connection lost the law says nothing");
}

static void is_lateness_watched_in_an_open_loop(void)
{
    balanced();
    o.rate = 1000;
    o.spin_us = 60;
    r.offered = 10;
    r.driver_cpu_ns = r.window_ns;
    hist_record(&r.lateness, 49000);
    expect(0, "49 µs late, awake all the time");
    hist_record(&r.lateness, 60000);
    expect(LOAD_DRIVER_LATE, "60 µs late where the response takes 100");
    r.offered = 1000;
    expect(LOAD_DRIVER_LATE | LOAD_DRIVER_BUSY, "awake all the time, with no connection free");

    balanced();
    o.rate = 1000;
    hist_record(&r.lateness, 60000);
    for (int i = 0; i < 200000; i++)
        hist_record(&r.response, 700000);
    expect(0, "60 µs late where the response takes 700");
}

static void is_the_wall_clock_watched(void)
{
    balanced();
    r.wall_drift_ns = -900000;
    expect(0, "0.9 ms back");
    r.wall_drift_ns = -1100000;
    expect(LOAD_CLOCK_SET, "1.1 ms back in a second");
}

static void is_what_a_hypervisor_took_watched(void)
{
    balanced();
    r.stolen_ns = 20000000;
    expect(0, "two ticks of a second stolen");
    r.stolen_ns = 30000000;
    expect(LOAD_STOLEN, "3 % stolen");
    r.window_ns = 10000000000;
    r.requests = 1000000;
    expect(0, "0.3 % stolen");
}

static void are_idle_and_stolen_time_read_from_their_columns(void)
{
    char path[] = "/tmp/iolab-flags-test-XXXXXX";
    int fd = mkstemp(path);
    static const char stat[] = "cpu  11 12 13 14 15 16 17 18 19 20\ncpu0 1 2 3 4 5 6 7 8 9 10\n";
    CHECK(fd >= 0 && write(fd, stat, sizeof stat - 1) == sizeof stat - 1, "%s cannot be written", path);
    uint64_t tick_ns = 1000000000u / (uint64_t)sysconf(_SC_CLK_TCK), stolen_ns = cpus_read(path).stolen_ns;
    uint64_t idle_ns = cpus_read(path).idle_ns;
    close(fd);
    unlink(path);
    CHECK(stolen_ns == 18 * tick_ns, "%ju ns stolen, want 18 ticks of %ju", (uintmax_t)stolen_ns, (uintmax_t)tick_ns);
    CHECK(idle_ns == (14 + 15) * tick_ns, "%ju ns idle, want 29 ticks of %ju", (uintmax_t)idle_ns, (uintmax_t)tick_ns);
    CHECK(cpus_read("/nowhere/stat").idle_ns == 0, "no file, and yet it tells");
}

static void does_a_window_that_never_was_carry_none(void)
{
    balanced();
    r.window_ns = 0;
    expect(0, "no window");
}

int main(void)
{
    are_the_driver_and_the_books_watched_in_a_closed_loop();
    is_lateness_watched_in_an_open_loop();
    is_the_wall_clock_watched();
    is_what_a_hypervisor_took_watched();
    are_idle_and_stolen_time_read_from_their_columns();
    does_a_window_that_never_was_carry_none();
    return checks_failed();
}
