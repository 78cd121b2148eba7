/* merge_place.h: the same place in several runs: one experiment, and what was asked for in it. */
#pragma once
#include "harness/report/merge_page.h"

struct place {
    const char *experiment;
    const char *parameters[MERGE_MOST];     /* NULL: this run has not measured it */
    int64_t silent;                         /* clients, of "idle" */
    char why[1200];                         /* the runs cannot be compared there; or "" */
};

struct place place_of(const struct merge *, const char *experiment);
/* With the largest number of silent clients that all have tried, `most` or fewer. */
struct place place_with_silent(const struct merge *, int64_t most);
