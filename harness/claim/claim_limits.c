/* Claims about limits, and about what is reported for ever (03_select, 05_epoll_lt_et). */
#include "harness/claim/judge.h"
#include "harness/claim/lab.h"
#include <math.h>
#include <stdio.h>
#include <sys/resource.h>

/* -- 1024 -------------------------------------------------------------------------------------------------------- */

enum { CLIENTS = 1040, TAKEN_TO = 1022, FIRST_TAKEN = 3 };

/* How many are served, where the descriptors up to that one are taken; NAN: not played to its end. Who is served costs
 * the server a descriptor, and who is turned away costs it none. */
static double served(const struct claim_world *world, const char *server, int taken_to, struct claim_found *found)
{
    struct play_outcome outcome;
    char scene[64];
    snprintf(scene, sizeof scene, "places/%d/%d", CLIENTS, taken_to);
    if (!claim_play(world, "limits", scene, server, &outcome, found))
        return NAN;
    double count = claim_shown(&outcome, "after") - claim_shown(&outcome, "before");
    claim_figure(found, count, "clients", "served of %d, descriptors up to %d taken, %s", CLIENTS, taken_to, server);
    return count;
}

static void select_1024(const struct claim_world *world, struct claim_found *found)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < TAKEN_TO + CLIENTS + 64) {
        claim_cannot(found, "it takes %d descriptors, and %llu are allowed: raise the hard limit (ulimit -Hn)",
                     TAKEN_TO + CLIENTS + 64, (unsigned long long)limit.rlim_cur);
        return;
    }
    int taken = TAKEN_TO - FIRST_TAKEN + 1;
    struct places_seen select = {CLIENTS, taken, served(world, "select", FIRST_TAKEN, found),
                                 served(world, "select", TAKEN_TO, found)};
    struct places_seen poll = {CLIENTS, taken, served(world, "poll", FIRST_TAKEN, found),
                               served(world, "poll", TAKEN_TO, found)};
    if (claim_all_seen(found))
        judge_select_places(&select, &poll, found);
}

/* -- What is reported for ever ----------------------------------------------------------------------------------- */

static bool listen_to(const struct claim_world *world, const char *scene, const char *server, struct noise_seen *seen,
                      struct claim_found *found)
{
    struct play_outcome outcome;
    if (!claim_play(world, "limits", scene, server, &outcome, found))
        return false;
    *seen = (struct noise_seen){claim_shown(&outcome, "waits"), claim_shown(&outcome, "cpu")};
    claim_figure(found, seen->wakeups, "wakeups", "wakeups in its life, %s", server);
    claim_figure(found, seen->cpu, "% of a CPU", "CPU, %s", server);
    return true;
}

static void writable_is_noisy(const struct claim_world *world, struct claim_found *found)
{
    struct noise_seen level, edge, ours;
    if (listen_to(world, "room", "careless_epoll writable-lt", &level, found) &&
        listen_to(world, "room", "careless_epoll writable-et", &edge, found) &&
        listen_to(world, "room", "epoll-lt", &ours, found) && claim_all_seen(found))
        judge_writable(&level, &edge, &ours, found);
}

static void emfile_spins(const struct claim_world *world, struct claim_found *found)
{
    struct noise_seen careless, ours;
    if (listen_to(world, "full", "careless_epoll emfile", &careless, found) &&
        listen_to(world, "full", "epoll-lt", &ours, found) && claim_all_seen(found))
        judge_emfile(&careless, &ours, found);
}

/* -- The table --------------------------------------------------------------------------------------------------- */

#define PLAY "build/bin/iolab scene harness/claim/limits.scene --shows --only "

const struct claim claims_limits[] = {
    {"select-1024", "select watches at most 1024 descriptors, and it is the value that counts", "03_select",
     PLAY "places --model select", false, select_1024},
    {"writable-is-noisy", "a socket is nearly always writable: who always asks for that spins", "05_epoll_lt_et",
     PLAY "room -- build/claim/careless_epoll writable-lt", true, writable_is_noisy},
    {"emfile-spins", "at the limit of descriptors a careless accept loop spins", "05_epoll_lt_et",
     PLAY "full -- build/claim/careless_epoll emfile", true, emfile_spins},
    {0}};
