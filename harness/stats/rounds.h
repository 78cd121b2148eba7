/* rounds.h: many servers, each measured once in each of many rounds, in a fresh random order: who can be told from
 * whom? Each two are compared as pairs are (verdict.h), all questions together (holm.h), and the answer is letters
 * (tiers.h), never places. With fewer than 20 rounds nothing is claimed, nor of a server that is known in fewer than
 * three quarters of them. */
#pragma once
#include "harness/stats/tiers.h"
#include "harness/stats/verdict.h"

enum { ROUNDS_SERVERS = 20, ROUNDS_MOST = 30, ROUNDS_TO_CLAIM = 20 };

struct rounds {
    int servers, rounds;
    double of[ROUNDS_SERVERS][ROUNDS_MOST];     /* what the server needed in that round; NAN: not known */
};

struct rounds_told {
    bool claims;                                /* two servers at least are known in enough rounds */
    double median[ROUNDS_SERVERS];              /* of the rounds that are known; NAN: of none */
    char letters[ROUNDS_SERVERS][TIERS_WORD];   /* "a" needs least; "": nothing is claimed of it */
    struct verdict between[ROUNDS_SERVERS][ROUNDS_SERVERS];     /* [i][j], i < j: of j / i; no pairs: not asked */
};

void rounds_judge(const struct rounds *, struct rounds_told *);
