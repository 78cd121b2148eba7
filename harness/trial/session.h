/* session.h: a run: which trials, in which order, into which files.
 *
 * The experiments are: closed (as fast as it goes, 64 connections), rate (one offered rate for all, half of the
 * capacity of the slowest, 500 to 10,000), idle (CPU per request with more and more silent clients), and one along
 * another axis: clients and size in a closed loop, load in an open one, at so many hundredths of what the same server
 * did in a closed one before. Within an experiment the models take their turns in a random order; the seed is in the
 * results.
 *
 * Nothing is tried in vain. A server that says that this machine cannot run it (exit 77) is not asked again: its other
 * trials are recorded with the same reason. Who did not serve all with some clients is not tried with more of them in
 * the same round. */
#pragma once
#include "harness/trial/record.h"
#include <signal.h>

enum session_axis { AXIS_NONE, AXIS_CLIENTS, AXIS_SIZE, AXIS_LOAD };
enum { SESSION_MODELS = 20, SESSION_POINTS = 16, SESSION_ROUNDS = 30 };

/* An experiment of the session. Of several that have different numbers of rounds, those with fewer take part in some of
 * the session's rounds, evenly spread: so drift meets all of them alike. */
struct session_part {
    int rounds;                                 /* 0 to SESSION_ROUNDS; 0: it is not made */
    int window_ms;
    int points[SESSION_POINTS], point_count;    /* of idle, or of the axis: rising, for nothing is tried in vain */
    const char *const *models;                  /* NULL at the end; NULL: all of the session */
};

struct session_options {
    const char *folder;                 /* results/RUN */
    const char *const *models;          /* NULL at the end */
    const char *(*path)(const char *model);
    char *const *(*foreign)(const char *model);     /* the command of a foreign server; NULL: it is one of ours */
    struct session_part closed, rate, idle, along;      /* load needs closed: it offers parts of what that found */
    enum session_axis axis;             /* of along */
    bool quick, thorough;               /* for the environment */
    int connections;                    /* of the closed loop; the others have 16 */
    bool http;                          /* the servers' service: http; else echo, with requests of `size` bytes */
    size_t size;
    double offered;                     /* of the rate experiment; 0: chosen after the closed one */
    uint64_t seed;
    const char *command;                /* as the user typed it, for the environment */
    const char *self_compared;          /* the same: the last comparison of a server with itself */
    const volatile sig_atomic_t *stop;
    int begun, noisy;                   /* found: trials, and those before which the machine did not come to rest */
    double before_s, after_s;           /* what comes before and after the trials takes about so long: it is told */
    /* Once, when the folder is there, before all trials: what is done beside none of them. NULL: nothing. */
    void (*first)(const struct session_options *);
    /* Before each trial: which one, of how many, and the time that is left, in seconds. */
    void (*progress)(const char *what, int done, int all, double left_s);
    /* After each trial, and only then: what it found. */
    void (*found)(const struct record_place *, const struct trial *);
};

/* The rounds of the part that has most. */
int session_rounds(const struct session_options *);
/* About so long it takes from beginning to end on a machine at rest, all told. */
double session_estimate_s(const struct session_options *);

/* How many silent clients this user may have connected: the hard limit of descriptors, less what else is open. */
int session_idle_most(void);

/* Why this model does not serve all, in the words of its lab's README, or the driver's; NULL: it does. */
const char *session_why_not_all(const char *model, const struct load_result *);

/* False: it could not begin, and `why` says what to do. An interrupted session is a short one, and true. */
bool session_run(struct session_options *, char *why, size_t size);
