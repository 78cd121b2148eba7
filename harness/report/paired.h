/* paired.h: a comparison read back from its files: the pairs as they were measured, to be judged again. */
#pragma once
#include "harness/report/results.h"
#include "harness/stats/pairs.h"
#include "harness/stats/signed_rank.h"

struct paired {
    struct results results;
    const char *names[2];               /* A and B */
    const char *parameters;             /* "idle=0 connections=16 ..." */
    double alpha;                       /* of each verdict: less if it looked several times */
    struct pair pairs[SIGNED_RANK_MOST];
    int first[SIGNED_RANK_MOST];        /* of each pair: the side that the coin let run first */
    int count;                          /* of pairs that count */
    int failed;                         /* trials that gave no figures, for which the machine is not to blame */
    bool too_often;                     /* that is, for a verdict */
};

/* Returns 0, or -1 with one line in why that names the file, and the line where one is damaged. */
int paired_load(struct paired *, const char *run_dir, char *why, size_t why_size);
void paired_free(struct paired *);

/* The same of results that are there already, and stay the caller's. */
int paired_find(struct paired *, const struct results *, char *why, size_t why_size);

/* Why there is no verdict on it, whatever was measured; or "". */
void paired_silent(const struct paired *, const struct pairs_told *, char *none, size_t size);

/* What the two did differently, or under which other circumstances: a line for each, "kernel: ... and ...". Returns how
 * many. */
int paired_differences(const struct paired *, const struct paired *, FILE *to);
