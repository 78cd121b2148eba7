/* Claims about many clients, and what a request of one of them costs (04_poll, 05_epoll_lt_et). */
#define _GNU_SOURCE
#include "harness/child/clock.h"
#include "harness/claim/judge.h"
#include "harness/claim/lab.h"
#include "harness/claim/measure.h"
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <unistd.h>

/* -- Silent clients ---------------------------------------------------------------------------------------------- */

enum { SELECT, POLL, EPOLL, MODELS };
enum { ROUNDS = 3, SPARE_FDS = 100 };
static const char *const models[MODELS] = {[SELECT] = "select", [POLL] = "poll", [EPOLL] = "epoll-lt"};
static const int crowd_sizes[CROWDS] = {10, 100, 1000, 5000};
static const char cpu_with[] = "CPU of a request with %d silent clients, %s";
static const char least_growth[] = "epoll-lt: CPU with the most silent clients / the fewest, least of all rounds";

static bool has_room(struct claim_found *found)
{
    struct rlimit limit;
    int most = crowd_sizes[CROWDS - 1] + SPARE_FDS;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= (rlim_t)most)
        return true;
    claim_cannot(found, "it takes %d descriptors, and %llu are allowed: raise the hard limit (ulimit -Hn)", most,
                 (unsigned long long)limit.rlim_cur);
    return false;
}

/* select cannot have the most of them. With poll it takes seconds to connect these, as it looks at all who are there
 * for each who comes: so once is enough. */
static int rounds_of(int model, int crowd)
{
    return crowd < CROWDS - 1 || model == EPOLL ? ROUNDS : model == POLL ? 1 : 0;
}

/* Of all rounds the one in which epoll's cost grew least: what happens in one round only is the machine. */
static double growth_at_least(double cpu_us[CROWDS][MODELS][ROUNDS])
{
    double least = INFINITY;
    for (int round = 0; round < ROUNDS; round++)
        least = fmin(least, cpu_us[CROWDS - 1][EPOLL][round] / cpu_us[0][EPOLL][round]);
    return least;
}

/* The rounds go through all of them in turn, so that what else the machine does hits nobody alone. */
static bool measure_crowds(const struct claim_world *world, struct claim_found *found)
{
    double cpu_us[CROWDS][MODELS][ROUNDS];
    struct claim_measured measured;
    for (int round = 0; round < ROUNDS; round++)
        for (int i = 0; i < CROWDS * MODELS; i++) {
            int crowd = i / MODELS, model = i % MODELS;
            const struct claim_load load = {.connections = 8, .idle = crowd_sizes[crowd], .rate = 400};
            if (round >= rounds_of(model, crowd))
                continue;
            machine_rest(world->machine);
            if (!claim_measure(world, models[model], &load, &measured, found))
                return false;
            cpu_us[crowd][model][round] = measured.cpu_us;
        }
    claim_figure(found, growth_at_least(cpu_us), "times", "%s", least_growth);
    for (int i = 0; i < CROWDS * MODELS; i++) {
        int crowd = i / MODELS, model = i % MODELS, rounds = rounds_of(model, crowd);
        if (rounds > 0)
            claim_figure(found, claim_median(cpu_us[crowd][model], rounds), "us", cpu_with, crowd_sizes[crowd],
                         models[model]);
    }
    return true;
}

/* Two claims are about the same figures: whoever comes second takes those of the first, if it was tried. */
static bool find_crowds(const struct claim_world *world, const char *other, struct crowds *crowds,
                        struct claim_found *found)
{
    const struct claim_found *before = world->found(other);
    if (before && before->verdict != CLAIM_NOT_TRIED) {
        memcpy(found->figures, before->figures, sizeof found->figures);
        found->figure_count = before->figure_count;
    } else if (!has_room(found) || !measure_crowds(world, found)) {
        return false;
    }
    for (int i = 0; i < CROWDS; i++) {
        crowds->idle[i] = crowd_sizes[i];
        crowds->select[i] = claim_figure_of(found, cpu_with, crowd_sizes[i], models[SELECT]);
        crowds->poll[i] = claim_figure_of(found, cpu_with, crowd_sizes[i], models[POLL]);
        crowds->epoll[i] = claim_figure_of(found, cpu_with, crowd_sizes[i], models[EPOLL]);
    }
    crowds->epoll_grows_at_least = claim_figure_of(found, "%s", least_growth);
    return true;
}

static const char id_poll[] = "poll-no-cap", id_epoll[] = "epoll-flat";

static void poll_no_cap(const struct claim_world *world, struct claim_found *found)
{
    struct crowds crowds;
    if (find_crowds(world, id_epoll, &crowds, found))
        judge_poll_no_cap(&crowds, found);
}

static void epoll_flat(const struct claim_world *world, struct claim_found *found)
{
    struct crowds crowds;
    if (find_crowds(world, id_poll, &crowds, found))
        judge_epoll_flat(&crowds, found);
}

/* -- A wait alone, in this process: all of 400 are ready --------------------------------------------------------- */

enum { READY = 400, WAITS = 50 };
struct bench { int epoll, highest, fds[READY]; fd_set all; };

static bool make_ready(struct bench *bench)
{
    bench->epoll = epoll_create1(EPOLL_CLOEXEC);
    FD_ZERO(&bench->all);
    for (int i = 0; i < READY; i++) {
        int fd = eventfd(1, EFD_CLOEXEC);
        struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
        bench->fds[i] = bench->highest = fd;
        if (fd < 0 || fd >= FD_SETSIZE || epoll_ctl(bench->epoll, EPOLL_CTL_ADD, fd, &event) < 0)
            return false;
        FD_SET(fd, &bench->all);
    }
    return true;
}

static void clear_away(const struct bench *bench)
{
    for (int i = 0; i < READY && bench->fds[i] > 0; i++)
        close(bench->fds[i]);
    close(bench->epoll);
}

/* us for a wait and for finding out who is ready; `found` are those, in all waits. */
static double select_us(const struct bench *bench, int *found)
{
    double began_ms = now_ms();
    for (int i = 0; i < WAITS; i++) {
        fd_set ready = bench->all;
        select(bench->highest + 1, &ready, NULL, NULL, NULL);
        for (int j = 0; j < READY; j++)
            *found += FD_ISSET(bench->fds[j], &ready) != 0;
    }
    return (now_ms() - began_ms) * 1000 / WAITS;
}

static double epoll_us(const struct bench *bench, int *found)
{
    struct epoll_event events[READY];
    double began_ms = now_ms();
    for (int i = 0; i < WAITS; i++)
        *found += epoll_wait(bench->epoll, events, READY, -1);
    return (now_ms() - began_ms) * 1000 / WAITS;
}

/* The pairs of the two, each right after the other. False: this process lacks the descriptors. */
static bool compare_waits(struct verdict *verdict, struct claim_found *found)
{
    enum { PAIRS = 20 };
    struct bench bench = {0};
    double differences[PAIRS], select_all[PAIRS], epoll_all[PAIRS];
    int ready = 0;
    bool made = make_ready(&bench);
    for (int i = 0; made && i < PAIRS; i++) {
        select_all[i] = select_us(&bench, &ready);
        epoll_all[i] = epoll_us(&bench, &ready);
        differences[i] = log(epoll_all[i] / select_all[i]);
    }
    clear_away(&bench);
    if (!made || ready != 2 * PAIRS * WAITS * READY) {
        claim_cannot(found, "%d descriptors below %d, all ready, could not be had", READY, FD_SETSIZE);
        return false;
    }
    *verdict = verdict_of(differences, PAIRS, verdict_alpha_once);
    claim_figure(found, claim_median(select_all, PAIRS), "us", "a wait with %d of %d ready, select", READY, READY);
    claim_figure(found, claim_median(epoll_all, PAIRS), "us", "a wait with %d of %d ready, epoll", READY, READY);
    return true;
}

/* -- Comparisons ------------------------------------------------------------------------------------------------- */

static const struct claim_load few_and_busy = {.connections = 4, .rate = 4000};

static void keep_verdict(const struct verdict *verdict, const char *what, struct claim_found *found)
{
    claim_figure(found, verdict->ratio, "times", "%s", what);
    claim_figure(found, verdict->low, "times", "%s, at least", what);
    claim_figure(found, verdict->high, "times", "%s, at most", what);
}

static bool compare(const struct claim_world *world, const char *a, const char *b, struct verdict *verdict,
                    struct claim_measured medians[2], struct claim_found *found)
{
    const char *const servers[2] = {a, b};
    if (!claim_compare(world, servers, &few_and_busy, verdict, medians, found))
        return false;
    for (int i = 0; i < 2; i++) {
        claim_figure(found, medians[i].cpu_us, "us", "CPU of a request, %s", servers[i]);
        claim_figure(found, medians[i].wakeups, "wakeups", "wakeups for a request, %s", servers[i]);
        claim_figure(found, medians[i].reads, "calls", "reads for a request, %s", servers[i]);
    }
    return true;
}

static void epoll_not_always(const struct claim_world *world, struct claim_found *found)
{
    struct verdict few, all_ready;
    struct claim_measured medians[2];
    if (!compare_waits(&all_ready, found) || !compare(world, "select", "epoll-lt", &few, medians, found))
        return;
    keep_verdict(&few, "CPU of a request, epoll-lt / select", found);
    keep_verdict(&all_ready, "a wait, epoll / select", found);
    judge_epoll_not_always(&few, &all_ready, found);
}

static void et_faster(const struct claim_world *world, struct claim_found *found)
{
    struct verdict verdict;
    struct claim_measured medians[2];
    if (!compare(world, "epoll-lt", "epoll-et", &verdict, medians, found))
        return;
    const struct edge_seen level = {medians[0].wakeups, medians[0].reads},
                           edge = {medians[1].wakeups, medians[1].reads};
    keep_verdict(&verdict, "CPU of a request, epoll-et / epoll-lt", found);
    judge_et_faster(&verdict, &level, &edge, found);
}

/* -- The table --------------------------------------------------------------------------------------------------- */

const struct claim claims_many[] = {
    {id_poll, "poll lifts the cap of select, but still looks at every one", "04_poll",
     "build/bin/iolab sweep idle select poll", true, poll_no_cap},
    {id_epoll, "epoll's cost does not grow with idle connections", "05_epoll_lt_et",
     "build/bin/iolab sweep idle poll epoll-lt", true, epoll_flat},
    {"epoll-not-always", "epoll is not always faster than select", "05_epoll_lt_et", "make compare A=select B=epoll-lt",
     true, epoll_not_always},
    {"et-faster", "edge-triggered epoll is more efficient than level-triggered", "05_epoll_lt_et",
     "make compare A=epoll-lt B=epoll-et", true, et_faster},
    {0}};
