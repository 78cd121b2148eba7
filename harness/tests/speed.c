/* speed: what being correct costs, as ratios within one run; nothing here passes or fails.
 *
 * Each round measures both sides, in an order that a coin decides; what is told is the median of the rounds' ratios and
 * how far they spread. Throughput is the closed loop's with 64 connections, where one core is the server's alone; CPU
 * per request is at one offered rate.
 *
 * usage: speed [ROUNDS]    (build/tests/speed, or `make speed`) */
#define _GNU_SOURCE
#include "harness/load/random.h"
#include "harness/trial/trial.h"
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum { ROUNDS_MOST = 100, SIZE = 64 };

static volatile sig_atomic_t never;
static uint64_t seed = 1;

struct side { const char *path; int idle; double rate; };

/* What one side did in one round. */
struct figures { double per_s, cpu_us, bytes_per_idle; int served, total; };

static struct figures measure(const struct side *side)
{
    static struct trial trial;
    bool bare = strstr(side->path, "bare_epoll");
    char *const argv[] = {(char *)side->path, bare ? NULL : (char *)"--port", (char *)"0", (char *)"--quiet", NULL};
    const struct trial_plan plan = {
        .argv = argv, .connections = side->rate > 0 ? 16 : 64, .idle = side->idle, .size = SIZE, .rate = side->rate,
        .warmup_ms = 150, .window_ms = 500, .patience_ms = 2000, .seed = seed, .server_cpu = 1, .stop = &never};
    trial_run(&plan, &trial);
    if (!trial.measured) {
        fprintf(stderr, "%s: %s\n", side->path, trial.failed);
        exit(1);
    }
    const struct load_result *load = &trial.load;
    return (struct figures){
        .per_s = (double)load->requests * 1e9 / (double)load->window_ns,
        .cpu_us = (double)trial.server_cpu_ns / 1e3 / (double)load->requests,
        .bytes_per_idle = side->idle ? (double)(trial.memory_idle - trial.memory_start) / side->idle : 0,
        .served = load->served + load->idle_served, .total = load->total + load->idle_total};
}

static int rising(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void tell(const char *what, double *ratios, int rounds, const char *want)
{
    qsort(ratios, (size_t)rounds, sizeof *ratios, rising);
    printf("%-58s %6.3f  (%.3f to %.3f)  %s\n", what, ratios[rounds / 2], ratios[0], ratios[rounds - 1], want);
    fflush(stdout);
}

/* Both sides in each round, in either order. */
static void pair(const struct side *a, const struct side *b, struct figures *fa, struct figures *fb)
{
    static uint64_t coin = 7;
    if (random_next(&coin) & 1) {
        *fa = measure(a);
        *fb = measure(b);
    } else {
        *fb = measure(b);
        *fa = measure(a);
    }
    seed++;
}

static void throughput(const char *path, const char *bare, int rounds)
{
    double ratios[ROUNDS_MOST], cpu[ROUNDS_MOST];
    char text[100];
    for (int i = 0; i < rounds; i++) {
        struct figures ours, theirs;
        pair(&(struct side){path, 0, 0}, &(struct side){bare, 0, 0}, &ours, &theirs);
        ratios[i] = ours.per_s / theirs.per_s;
        cpu[i] = ours.cpu_us / theirs.cpu_us;
    }
    snprintf(text, sizeof text, "%s: requests/s against bare_epoll", strrchr(path, '/') + 1);
    tell(text, ratios, rounds, "want at least 0.90");
    snprintf(text, sizeof text, "%s: CPU per request against bare_epoll, same loop", strrchr(path, '/') + 1);
    tell(text, cpu, rounds, "");
}

static void idle(const char *path, int rounds, const char *want)
{
    double ratios[ROUNDS_MOST], bytes[ROUNDS_MOST];
    char text[100];
    int served = 0, total = 0;
    for (int i = 0; i < rounds; i++) {
        struct figures with, without;
        pair(&(struct side){path, 10000, 2000}, &(struct side){path, 0, 2000}, &with, &without);
        ratios[i] = with.cpu_us / without.cpu_us;
        bytes[i] = with.bytes_per_idle;
        served = with.served;
        total = with.total;
    }
    snprintf(text, sizeof text, "%s: CPU per request, 10,000 idle against none", strrchr(path, '/') + 1);
    tell(text, ratios, rounds, want);
    snprintf(text, sizeof text, "%s: bytes for an idle connection (%d of %d served)", strrchr(path, '/') + 1, served,
             total);
    tell(text, bytes, rounds, "want at most 128");
}

/* A program that was built beside this one. Two texts in turn. */
static const char *beside(const char *self, const char *program)
{
    static char paths[2][4096];
    static int turn;
    const char *slash = strrchr(self, '/');
    turn = !turn;
    snprintf(paths[turn], sizeof paths[turn], "%.*s%s", slash ? (int)(slash + 1 - self) : 0, self, program);
    return paths[turn];
}

static void pin_driver(void)
{
    struct rlimit files;
    cpu_set_t first;
    CPU_ZERO(&first);
    CPU_SET(0, &first);
    if (sched_setaffinity(0, sizeof first, &first) < 0)
        perror("sched_setaffinity");
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
}

int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 11;
    if (rounds < 1 || rounds > ROUNDS_MOST) {
        fprintf(stderr, "usage: speed [ROUNDS]    1 to %d rounds, 11 if not said\n", ROUNDS_MOST);
        return 2;
    }
    pin_driver();
    printf("medians of %d rounds (lowest to highest); driver on CPU 0, server on CPU 1, %d bytes a request\n", rounds,
           SIZE);
    throughput(beside(argv[0], "../bin/epoll-lt"), beside(argv[0], "bare_epoll"), rounds);
    throughput(beside(argv[0], "../bin/epoll-et"), beside(argv[0], "bare_epoll"), rounds);
    idle(beside(argv[0], "../bin/epoll-lt"), rounds, "want at most 1.05");
    idle(beside(argv[0], "../bin/epoll-et"), rounds, "want at most 1.05");
    idle(beside(argv[0], "../bin/poll"), 1, "");
    return 0;
}
