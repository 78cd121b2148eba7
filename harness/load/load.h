/* load.h: put a load on a server of echo or http, compare every byte that comes back, and measure. One thread, nothing
 * printed.
 *
 * Closed loop (rate 0): each connection sends its next request as soon as the last answer is whole. That finds what the
 * server can do with this many clients, "at least", for the driver needs its share. Open loop: requests are due at
 * times that a seed decides, however the server fares; that is what users do, and what shows how long they wait.
 *
 * In order: the idle connections connect, one answered ping each, and stay silent; the slow, the bursty (company.h) and
 * the active ones the same; then the warm-up; then the window, which the caller is told of at both edges; then up to
 * half a second for what was scheduled in the window and is still under way, two more for answers of which a part is
 * here. Latency covers what was scheduled in the window, and nothing is dropped: what has not come back by the end is
 * kept as censored. */
#pragma once
#include "harness/stats/hist.h"
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

/* Room for a sentence; and how long the driver is awake before an arrival: most sleepers are by then, and who is awake
 * for longer uses up its turn where other things run, and waits for the next (harness/tests/wake.c). */
enum { LOAD_SIZE_MAX = 1 << 20, LOAD_SAYS = 200, LOAD_SPIN_US = 60 };

struct load_options {
    struct sockaddr_in address;
    int connections, idle;  /* at least one connection */
    int slow, bursty;       /* connections more, which the figures are not about (company.h) */
    bool http;              /* GET /, and all answers must be the first; else echo */
    size_t size;            /* of echo: bytes in a request, 1 to LOAD_SIZE_MAX */
    double rate;            /* requests a second; 0: closed loop */
    bool fixed_arrivals;    /* all gaps the same; else exponential */
    uint64_t seed;
    int warmup_ms, window_ms;
    int patience_ms;        /* while connecting: how long none of them need get any further. Four times as long before
                               the first is served, or where the machine is busy */
    int spin_us;            /* before an arrival is due, spent awake; 0 if the server may need this core */

    /* Called (unless NULL) when the window begins and when it ends, however early: the place to read the server's CPU.
     * The driver does nothing meanwhile. At the beginning the schedule stands still for as long. At the end be short:
     * what is under way looks slower by as much (in an open loop only if it took 2 ms and more: the window is wider
     * than the schedule by that on both sides). Not called at all if the window is never reached. */
    void (*window)(void *context, bool begins);
    void *context;

    const volatile sig_atomic_t *stop;   /* or NULL; once not 0, the run ends early and keeps what it has */
};

/* 64 connections, none idle, 64 bytes, closed loop, 150 ms and 1 s; spin_us by how many CPUs this process may use. */
struct load_options load_defaults(struct sockaddr_in address);

enum load_flag {
    LOAD_DRIVER_BUSY = 1,   /* the driver used more than 90 % of a CPU, and not by staying awake on purpose */
    LOAD_DRIVER_LATE = 2,   /* lateness p99 above 50 µs and above 10 % of the response p50 */
    LOAD_LITTLE_OFF = 4,    /* closed loop: throughput x mean latency is not the connections, by more than 2 % */
    LOAD_CLOCK_SET = 8,     /* the wall clock was set, or the machine paused, during the window */
    LOAD_STOLEN = 16,       /* a hypervisor gave more than 2 % of a CPU, and more than two ticks, to others */
    LOAD_FLAG_LAST = LOAD_STOLEN
};

/* 1.8 MB: let it be static or allocated. */
struct load_result {
    int served, total;              /* active connections: those that answered their ping, and those asked for */
    int idle_served, idle_total, slow_served, slow_total, bursty_served, bursty_total;
    int lost;                       /* broke later, of all kinds */
    bool all_lost;                  /* all active ones, before the window was over: what there is of it tells nothing */
    int sources;                    /* addresses of ours; more than one where the ports of one ran out */
    char trouble[LOAD_SAYS];        /* why nothing, or not all, is served: call, reason, way out; all_lost; or "" */
    char failure[LOAD_SAYS];        /* the first wrong, missing or surplus byte, and where; or "" */

    size_t page_size, answer_size;  /* of http: bytes of the page, and with its head */
    uint64_t requests;              /* completed in the window */
    uint64_t offered;               /* scheduled in the window */
    uint64_t answered;              /* verified answers in the whole run, of all kinds, pings included */
    uint64_t slow_answers, bursty_answers;  /* of them, in the whole run, without the pings */
    uint64_t unfinished;            /* scheduled at any time, and not answered by the end */
    uint64_t connect_ns;            /* all greetings */
    uint64_t window_ns;             /* as long as it was; 0: never reached */
    uint64_t driver_cpu_ns;         /* in the window */
    uint64_t stolen_ns;             /* in the window, of all CPUs; in steps of a tick, 10 ms mostly */
    int64_t wall_drift_ns;          /* CLOCK_REALTIME less CLOCK_MONOTONIC over the window */

    struct hist response;           /* from the intended time to the last byte */
    struct hist service;            /* from the send to the last byte; in a closed loop the same */
    struct hist lateness;           /* open loop: from the intended time to when the driver looked, where a connection
                                       was idle all the while */
    struct hist bursts;             /* of the bursty: from the moment that all of them send to the last byte */
    unsigned flags;                 /* enum load_flag: why these figures may say more about the driver */
};

/* True: somebody was served to the end, a window was measured, and every byte was right. Raises the soft limit of
 * descriptors to the hard one if it must. */
bool load_run(const struct load_options *options, struct load_result *result);

/* The flags that a result deserves, and one flag in words. */
unsigned load_flags(const struct load_options *options, const struct load_result *result);
const char *load_flag_says(enum load_flag flag);
