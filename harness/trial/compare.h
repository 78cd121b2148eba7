/* compare.h: A against B, in pairs: two fresh servers right after one another, under the same load, and a coin decides
 * which of them comes first. So whatever the machine does meanwhile favours neither (harness/stats/signed_rank.h).
 *
 * First each is measured once as fast as it goes: that tells the rate which is offered to both, half of what the slower
 * can do. A pair in which a trial gave no figures (a wrong byte, a server that died) is marked, and measured again; but
 * who fails again and again gets no verdict, nor does who leaves clients unserved or falls behind the rate: the two
 * would not have done the same work. */
#pragma once
#include "harness/stats/pairs.h"
#include "harness/stats/signed_rank.h"
#include "harness/trial/machine.h"
#include "harness/trial/record.h"
#include <signal.h>

enum { COMPARE_PAIRS_MOST = SIGNED_RANK_MOST, COMPARE_SAYS = 2 * TRIAL_SAYS };

struct compare_options {
    const char *folder;                 /* results/RUN */
    const char *names[2];               /* A and B; they may be the same */
    const char *(*path)(const char *model);
    char *const *(*foreign)(const char *model);     /* the command of a foreign server; NULL: it is one of ours */
    int pairs;                          /* 1 to COMPARE_PAIRS_MOST */
    bool looks;                         /* stop at 10, 20 or 30 pairs, as soon as there is a verdict */
    int window_ms, connections, idle;
    bool http;                          /* the servers' service: http; else echo, with requests of `size` bytes */
    size_t size;
    double rate;                        /* offered to both; 0: half of what the slower can do */
    uint64_t seed;
    const char *command;                /* as the user typed it, for the environment */
    const volatile sig_atomic_t *stop;
    /* Before each trial: what it is, and the time that is left, in seconds. */
    void (*progress)(const char *what, double left_s);
};

/* What was found of one side. */
struct compare_side {
    double capacity_per_s, driver_share;    /* as fast as it goes: at least; and the driver's part of a CPU meanwhile */
    int failed, ended_badly;            /* trials without figures; after which it did not end as it should have, its
                                           figures being sound */
    char trouble[TRIAL_SAYS];           /* the last reason for one of these */
};

struct compare_found {
    double rate;
    struct pairs_told told;
    struct compare_side sides[2];
    int trials;                         /* of all pairs */
    int paused, starved;                /* of these: the machine paused, or its clock was set; the server did not run */
    struct machine machine;
    char no_verdict[COMPARE_SAYS];      /* why there is none, and the way out; "" */
    bool cannot;                        /* that is: this machine cannot run one of them */
    char parameters[128];
};

/* False: it could not begin, or its results could not be written, and `why` says what to do. An interrupted one is a
 * short one, and true. */
bool compare_run(const struct compare_options *, struct compare_found *, char *why, size_t size);
