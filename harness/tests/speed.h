/* speed.h: what the programs that tell ratios share. Each round measures both sides, in an order that a coin decides;
 * what is told is the median of the rounds' ratios and how far they spread. Nothing here passes or fails. */
#pragma once
#include "harness/load/random.h"
#include "harness/trial/trial.h"
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum { ROUNDS_MOST = 100, SIZE = 64, DRIVER_CPU = 0, SERVER_CPU = 1 };

/* What is measured: one of our servers (path), or a foreign command. */
struct side {
    const char *path;
    char *const *foreign;
    bool http;
    int idle;
    double rate;
};

/* What one side did in one round. */
struct figures {
    const char *cannot;         /* this machine cannot run it, and why; else NULL */
    double per_s, cpu_us, driver_share, bytes_per_idle, connect_s;
    int served, total;
    size_t page_size;
};

static inline struct figures measure(const struct side *side, uint64_t seed)
{
    static struct trial trial;
    static volatile sig_atomic_t never;
    bool bare = !side->foreign && strstr(side->path, "bare_epoll");
    char *const ours[] = {(char *)side->path, bare ? NULL : (char *)"--port", (char *)"0", (char *)"--quiet",
                          (char *)"--service", side->http ? (char *)"http" : (char *)"echo", NULL};
    const struct trial_plan plan = {
        .argv = side->foreign ? side->foreign : ours, .connections = side->rate > 0 ? 16 : 64, .idle = side->idle,
        .http = side->http, .size = SIZE, .rate = side->rate, .warmup_ms = 150, .window_ms = 500, .patience_ms = 2000,
        .seed = seed, .server_cpu = SERVER_CPU, .stop = &never};
    trial_run(&plan, &trial);
    if (trial.cannot[0])
        return (struct figures){.cannot = trial.cannot};
    if (!trial.measured) {
        fprintf(stderr, "%s: %s\n", plan.argv[0], trial.failed);
        exit(1);
    }
    const struct load_result *load = &trial.load;
    return (struct figures){
        .per_s = (double)load->requests * 1e9 / (double)load->window_ns,
        .cpu_us = (double)trial.server_cpu_ns / 1e3 / (double)load->requests,
        .driver_share = (double)load->driver_cpu_ns / (double)load->window_ns,
        .bytes_per_idle = side->idle ? (double)(trial.memory_idle - trial.memory_start) / side->idle : 0,
        .connect_s = (double)load->connect_ns / 1e9,
        .served = load->served + load->idle_served, .total = load->total + load->idle_total,
        .page_size = load->page_size};
}

static inline bool coin(void)
{
    static uint64_t seed = 7;
    return random_next(&seed) & 1;
}

/* Both sides in each round, in either order. */
static inline void pair(const struct side *a, const struct side *b, struct figures *fa, struct figures *fb)
{
    static uint64_t seed = 1;
    bool a_first = coin();
    if (a_first)
        *fa = measure(a, seed);
    *fb = measure(b, seed);
    if (!a_first)
        *fa = measure(a, seed);
    seed++;
}

static inline int rising(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static inline void tell(const char *what, double *ratios, int rounds, const char *want)
{
    qsort(ratios, (size_t)rounds, sizeof *ratios, rising);
    double median = (ratios[(rounds - 1) / 2] + ratios[rounds / 2]) / 2;
    printf("%-58s %6.3f  (%.3f to %.3f)  %s\n", what, median, ratios[0], ratios[rounds - 1], want);
    fflush(stdout);
}

/* A program that was built beside this one. Four texts in turn. */
static inline const char *beside(const char *self, const char *program)
{
    static char paths[4][4096];
    static int turn;
    const char *slash = strrchr(self, '/');
    turn = (turn + 1) % 4;
    snprintf(paths[turn], sizeof paths[turn], "%.*s%s", slash ? (int)(slash + 1 - self) : 0, self, program);
    return paths[turn];
}

/* How many rounds; the driver has a CPU of its own from now on, and as many descriptors as there may be. */
static inline int begin(int argc, char **argv)
{
    struct rlimit files;
    cpu_set_t first;
    int rounds = argc > 1 ? atoi(argv[1]) : 11;
    if (rounds < 1 || rounds > ROUNDS_MOST) {
        fprintf(stderr, "usage: %s [ROUNDS]    1 to %d rounds, 11 if not said\n", argv[0], ROUNDS_MOST);
        exit(2);
    }
    CPU_ZERO(&first);
    CPU_SET(DRIVER_CPU, &first);
    if (sched_setaffinity(0, sizeof first, &first) < 0)
        perror("sched_setaffinity");
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    return rounds;
}
