/* trial.h: one measurement: a fresh server on a fresh port, ready, the load, its end. Nothing is left of the server.
 *
 * The server's CPU and context switches are read at the edges of the load's window, its memory at the end of the
 * window, while the idle connections are still there. What the server itself counted (waits, reads) comes from its
 * books, after it has ended. Nothing here decides whether a difference means anything. */
#pragma once
#include "harness/load/load.h"
#include "harness/trial/books.h"
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

enum { TRIAL_SAYS = 400 };

struct trial_plan {
    char *const *argv;          /* the server's command; "{port}" makes it a foreign one */
    const char *books;          /* a file that argv names behind --books, read and removed afterwards; NULL: none */
    int connections, idle;
    bool http;                  /* GET /; else echo, of `size` bytes */
    size_t size;
    double rate;                /* requests a second; 0: closed loop */
    int warmup_ms, window_ms, patience_ms;
    uint64_t seed;
    int server_cpu;             /* -1: anywhere */
    bool switches;              /* costs a file for each thread at both edges: not for thousands of processes */
    const volatile sig_atomic_t *stop;
};

struct trial {
    char cannot[TRIAL_SAYS];    /* this machine cannot run the server (exit 77), in its own words; "" */
    char failed[TRIAL_SAYS];    /* why there are no figures; "" */
    bool never_ready;           /* though it had long enough for that */
    bool measured;
    bool one_cpu;               /* driver and server had one CPU for both */
    struct load_result load;
    int64_t server_cpu_ns;      /* in the window, the whole tree */
    int64_t voluntary, involuntary;             /* switches in the window; -1: not asked for */
    int64_t memory_start, memory_idle;          /* bytes: once ready, and at the end of the window */
    bool has_books;
    struct books books;         /* of the server's whole life */
    char ended_badly[TRIAL_SAYS];               /* it did not end as it should have; "" */
};

/* A window was measured, but the machine held up the server or the driver, so that its figures are none: why; or NULL.
 * Of a window of so many ms. */
const char *trial_held_up(const struct trial *, int window_ms);

/* Each client that was asked for, the silent ones, too, had its first answer. */
bool trial_served_all(const struct load_result *);

/* Large (1.8 MB): keep the trial static or allocated. Pins nothing but the server; the caller pins itself. */
void trial_run(const struct trial_plan *, struct trial *);
