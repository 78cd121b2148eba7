/* pace.h: the driver's waiting: until a socket is ready, or a moment has come, to within microseconds.
 *
 * Sockets are watched edge-triggered, for both directions, once: the kernel then tells of each arrival, and of room to
 * write only after a write that found none (man 7 epoll). So there is no epoll_ctl while requests run.
 *
 * Moments: epoll_wait counts milliseconds, too coarse for an arrival. epoll_pwait2 (Linux 5.11) counts nanoseconds;
 * where it is missing a timerfd stands in. The kernel may still wake a sleeper late by the timer slack of its thread,
 * 50 µs, which is set to 1 ns meanwhile, and a core that slept needs a while to rise: so the last `spin_us` are spent
 * asking without sleeping. That is for a machine that has a core to spare, and makes the driver's CPU time
 * meaningless. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <time.h>

struct pace {
    int epoll;
    int timer;      /* -1 as long as epoll_pwait2 does it */
    uint64_t spin_ns;
    int slack_before;
};

/* False: errno tells, and nothing is left open. The timer slack is the calling thread's; pace_close restores it. */
bool pace_open(struct pace *p, int spin_us);
void pace_close(struct pace *p);
bool pace_watch(struct pace *p, int fd, void *what);

/* How many events came, `what` in data.ptr; 0 at until_ns (CLOCK_MONOTONIC), on a signal, and every 100 ms at least,
 * so that nobody who asked to stop between two calls waits for long. */
int pace_wait(struct pace *p, struct epoll_event *events, int room, uint64_t until_ns);

uint64_t clock_ns(clockid_t clock);
