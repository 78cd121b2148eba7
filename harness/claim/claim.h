/* claim.h: what tutorials claim, as experiments that a student can repeat.
 *
 * Each claim is a row of a family's table, next to the code of its experiment (claim_waiting.c ...), and the verdict is
 * computed there from what was counted or measured on this machine, never written down beforehand. What a tutorial has
 * wrong is a finding, and no error. */
#pragma once
#include "harness/trial/machine.h"
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

enum claim_verdict { CLAIM_CONFIRMED, CLAIM_REFUTED, CLAIM_DEPENDS, CLAIM_NOT_TRIED };

enum { CLAIM_FIGURES = 24, CLAIM_SAYS = 400, CLAIM_DEPENDS_SAYS = 300 };

struct claim_figure { char what[80]; double value; char unit[24]; };

struct claim_found {
    enum claim_verdict verdict;
    char saw[CLAIM_SAYS];                   /* a sentence or two with the numbers of this machine */
    char depends[CLAIM_DEPENDS_SAYS];       /* on what; only of CLAIM_DEPENDS */
    char why_not[CLAIM_DEPENDS_SAYS];       /* of CLAIM_NOT_TRIED: why this machine cannot try it, and the way out */
    struct claim_figure figures[CLAIM_FIGURES];     /* what was counted or measured */
    int figure_count;
};

/* Where the experiments take place. */
struct claim_world {
    const char *(*path)(const char *model);         /* of one of our servers; static storage */
    const char *scenes;                             /* the folder of the *.scene of the claims */
    const char *careless;                           /* the folder of the careless servers (careless*.c), built */
    struct machine *machine;                        /* timed: where driver and server run; else nobody is pinned */
    uint64_t seed;
    volatile sig_atomic_t *stop;                    /* once not 0: come to an end, what is found then is not kept */
    /* What this run has found of another claim, or NULL: not tried yet. */
    const struct claim_found *(*found)(const char *id);
};

struct claim {
    const char *id;         /* "client-two-waits" */
    const char *claim;      /* the slogan, in the words of tutorials */
    const char *lab;        /* "01_blocking" */
    const char *try;        /* a command with which one sees it oneself */
    bool timed;             /* CPU or latency counts: it runs alone. The others several at a time. Each in a process of
                               its own, of which the servers are the children */
    void (*run)(const struct claim_world *, struct claim_found *);      /* *found is all zero */
};

/* All claims, in the order of the labs; NULL behind the last. */
const struct claim *claim_at(int i);
const char *claim_verdict_name(enum claim_verdict);     /* "CONFIRMED" ... */

/* -- The families: the last row of each is all zero -------------------------------------------------------------- */

extern const struct claim claims_waiting[];             /* one client, two clients: blocking, non-blocking */
extern const struct claim claims_limits[];              /* descriptors, and what is reported for ever */
extern const struct claim claims_many[];                /* many clients: select, poll, epoll; level and edge */
extern const struct claim claims_burst[];               /* level and edge, drained or not */
extern const struct claim claims_signals[], claims_aio[], claims_processes[];
extern const struct claim claims_clients[], claims_peers[];
