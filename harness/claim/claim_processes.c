/* Claims about processes and threads (08_fork). */
#define _GNU_SOURCE
#include "harness/claim/judge.h"
#include "harness/claim/lab.h"
#include "harness/claim/measure.h"
#include "harness/child/child.h"
#include "harness/child/clock.h"
#include "harness/load/random.h"
#include "harness/stats/verdict.h"
#include "harness/trial/trial.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

/* -- The dead, and the last word --------------------------------------------------------------------------------- */

static double zombies(const struct claim_world *world, const char *server, struct claim_found *found)
{
    struct play_outcome outcome;
    if (!claim_play(world, "processes", "mass-exit", server, &outcome, found))
        return NAN;
    claim_figure(found, claim_shown(&outcome, "zombies"), "", "zombies, %s", server);
    return claim_shown(&outcome, "zombies");
}

static void one_wait_per_signal(const struct claim_world *world, struct claim_found *found)
{
    const struct zombies seen = {20, zombies(world, "careless_wait", found), zombies(world, "fork", found)};
    if (claim_all_seen(found))
        judge_zombies(&seen, found);
}

static struct last_word last_word(const struct claim_world *world, const char *server, struct claim_found *found)
{
    struct play_outcome outcome;
    if (!claim_play(world, "processes", "last-word", server, &outcome, found))
        return (struct last_word){0};
    struct last_word seen = {.ended = claim_shown_is(&outcome, "state", "eof"),
                             .ms = claim_shown(&outcome, "lifetime"),
                             .leaked = claim_shown(&outcome, "fds") - claim_shown(&outcome, "fds-before")};
    claim_figure(found, seen.ended, "", "the client sees the end, %s", server);
    claim_figure(found, seen.ms, "ms", "from the connection to its end, or without one so far, %s", server);
    claim_figure(found, seen.leaked, "", "descriptors more after 21 clients, %s", server);
    return seen;
}

static void parent_copy(const struct claim_world *world, struct claim_found *found)
{
    const struct last_word closed = last_word(world, "fork", found), kept = last_word(world, "careless_copy", found),
                           shut = last_word(world, "careless_copy shutdown", found);
    if (claim_all_seen(found))
        judge_copy(&closed, &kept, &shut, found);
}

/* -- A process each, or a pool ----------------------------------------------------------------------------------- */

enum { PAIRS = 10, CONNECTIONS = 150, READY_MS = 5000, END_MS = 4000, PATIENCE_S = 2 };
static const char *const rivals[] = {"fork", "prefork"};

/* One after the other: connect, say a line, hear it, leave. False: one of them was not served. */
static bool come_and_go(const struct sockaddr_in *server)
{
    const struct timeval patience = {.tv_sec = PATIENCE_S};
    for (int i = 0; i < CONNECTIONS; i++) {
        char line[] = "hello\n";
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        bool served = setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0 &&
                      connect(fd, (const struct sockaddr *)server, sizeof *server) == 0 &&
                      send(fd, line, sizeof line, MSG_NOSIGNAL) == sizeof line &&
                      recv(fd, line, sizeof line, MSG_WAITALL) == sizeof line;
        close(fd);
        if (!served)
            return false;
    }
    return true;
}

/* Of this process's children that have ended, and of theirs. */
static double cpu_of_the_dead_us(void)
{
    struct rusage used;
    getrusage(RUSAGE_CHILDREN, &used);
    return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e6 +
           (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

struct visit { double cpu_us, per_s; };

/* All of a server's life, its start and end included, divided by its connections. */
static bool visit(const struct claim_world *world, const char *model, struct visit *visit, struct claim_found *found)
{
    static struct child server;
    bool is_pool = strcmp(model, "prefork") == 0;       /* fork would refuse who comes before eight others are buried */
    char *argv[] = {(char *)world->path(model), (char *)"--port", (char *)"0", (char *)"--quiet",
                    is_pool ? (char *)"--max-clients" : NULL, (char *)"8", NULL};
    const struct child_options options = {.argv = argv, .cpu = world->machine->server_cpu};
    char why[200];
    double before_us = cpu_of_the_dead_us(), begun_ms;
    if (!child_start(&server, &options, why, sizeof why)) {
        claim_cannot(found, "%s: %s", model, why);
        return false;
    }
    bool ready = child_await_ready(&server, READY_MS) == CHILD_READY;
    begun_ms = now_ms();
    bool served = ready && come_and_go(&server.address);
    visit->per_s = CONNECTIONS * 1000 / (now_ms() - begun_ms);
    child_signal(&server, SIGTERM);
    bool ended = child_await_end(&server, END_MS);
    child_kill(&server);
    visit->cpu_us = (cpu_of_the_dead_us() - before_us) / CONNECTIONS;
    if (!served || !ended)
        claim_cannot(found, "%s did not %s", model, !ready ? "begin to listen" : !served ? "serve all" : "end");
    return served && ended;
}

/* In pairs, the coin decides who is first. */
static bool visit_both(const struct claim_world *world, struct pool *pool, struct claim_found *found)
{
    double differences[PAIRS], cpu_us[2][PAIRS], per_s[2][PAIRS];
    uint64_t coin = world->seed;
    for (int i = 0; i < PAIRS; i++) {
        bool swapped = random_next(&coin) & 1;
        for (int turn = 0; turn < 2; turn++) {
            int who = swapped ? 1 - turn : turn;
            struct visit seen;
            if (!visit(world, rivals[who], &seen, found))
                return false;
            cpu_us[who][i] = seen.cpu_us;
            per_s[who][i] = seen.per_s;
        }
        differences[i] = log(cpu_us[1][i] / cpu_us[0][i]);
    }
    struct verdict verdict = verdict_of(differences, PAIRS, verdict_alpha_once);
    pool->ratio = verdict.ratio;
    pool->low = verdict.low;
    pool->high = verdict.high;
    pool->fork_us = claim_median(cpu_us[0], PAIRS);
    pool->pool_us = claim_median(cpu_us[1], PAIRS);
    pool->fork_per_s = claim_median(per_s[0], PAIRS);
    pool->pool_per_s = claim_median(per_s[1], PAIRS);
    return true;
}

static bool count_processes(const struct claim_world *world, struct pool *pool, struct claim_found *found)
{
    struct play_outcome outcome;
    if (!claim_play(world, "processes", "many/2000", rivals[0], &outcome, found))
        return false;
    pool->fork_processes = claim_shown(&outcome, "processes");
    if (!claim_play(world, "processes", "many/8", rivals[1], &outcome, found))
        return false;
    pool->pool_processes = claim_shown(&outcome, "processes");
    pool->queued = claim_shown(&outcome, "queued");
    return true;
}

static void pool_bounded(const struct claim_world *world, struct claim_found *found)
{
    struct pool pool;
    if (!count_processes(world, &pool, found) || !visit_both(world, &pool, found))
        return;
    claim_figure(found, pool.fork_us, "us", "CPU of a connection, start and end included, fork");
    claim_figure(found, pool.pool_us, "us", "CPU of a connection, start and end included, prefork");
    claim_figure(found, pool.ratio, "", "CPU of a connection, prefork / fork");
    claim_figure(found, pool.low, "", "CPU of a connection, prefork / fork, at least");
    claim_figure(found, pool.high, "", "CPU of a connection, prefork / fork, at most");
    claim_figure(found, pool.fork_per_s, "1/s", "connections, one after the other, fork");
    claim_figure(found, pool.pool_per_s, "1/s", "connections, one after the other, prefork");
    claim_figure(found, pool.fork_processes, "", "processes with 40 clients, fork");
    claim_figure(found, pool.pool_processes, "", "processes with 40 clients, prefork with 8 workers");
    claim_figure(found, pool.queued, "", "clients in line, prefork with 8 workers");
    if (claim_all_seen(found))
        judge_pool(&pool, found);
}

/* -- Switches ---------------------------------------------------------------------------------------------------- */

enum { ROUNDS = 3, MANY = 64 };

/* Context switches of all threads for one request; NAN: not measured. */
static double switches(const struct claim_world *world, const char *model, int connections, struct claim_found *found)
{
    static struct trial trial;
    char *argv[] = {(char *)world->path(model), (char *)"--port", (char *)"0", (char *)"--quiet", NULL};
    const struct trial_plan plan = {.argv = argv, .connections = connections, .size = 64, .warmup_ms = 20,
                                    .window_ms = 60, .patience_ms = 2000, .seed = world->seed, .switches = true,
                                    .server_cpu = world->machine->server_cpu, .stop = world->stop};
    double of_request[ROUNDS];
    int tries = 0, measured = 0;
    while (measured < ROUNDS && tries++ < 2 * ROUNDS && !*world->stop) {
        trial_run(&plan, &trial);
        bool of_all = trial_served_all(&trial.load) && trial.load.requests > 0;
        if (trial.measured && !trial.failed[0] && of_all)       /* on a busy machine some are not */
            of_request[measured++] = (double)(trial.voluntary + trial.involuntary) / (double)trial.load.requests;
    }
    if (measured < ROUNDS) {
        claim_cannot(found, "%s: %s", model, trial.failed[0] ? trial.failed : "it did not answer all clients");
        return NAN;
    }
    double middle = claim_median(of_request, ROUNDS);
    claim_figure(found, middle, "", "context switches of a request, %s, %d client%s", model, connections,
                 connections == 1 ? "" : "s");
    return middle;
}

static void threads_switch(const struct claim_world *world, struct claim_found *found)
{
    const struct switches seen = {switches(world, "thread", 1, found), switches(world, "epoll-et", 1, found),
                                  switches(world, "thread", MANY, found), switches(world, "epoll-et", MANY, found),
                                  MANY};
    if (claim_all_seen(found))
        judge_switches(&seen, found);
}

/* -- The table --------------------------------------------------------------------------------------------------- */

const struct claim claims_processes[] = {
    {"one-wait-per-signal", "one wait for each SIGCHLD leaves zombies", "08_fork",
     "build/bin/iolab scene harness/claim/processes.scene --only mass-exit -- build/claim/careless_wait", false,
     one_wait_per_signal},
    {"parent-copy", "if the parent keeps its copy of the connection, the client never sees the end", "08_fork",
     "build/bin/iolab scene harness/claim/processes.scene --only last-word -- build/claim/careless_copy", false,
     parent_copy},
    {"pool-bounded", "a pool of processes costs less for a connection than a process each, and is bounded", "08_fork",
     "build/bin/iolab scene harness/claim/processes.scene --only many/8 --model prefork", true, pool_bounded},
    {"threads-switch", "more threads, more context switches", "08_fork",
     "build/bin/iolab compare epoll-et thread --quick -c 64", true, threads_switch},
    {0}};
