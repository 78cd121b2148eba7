/* merge_page.h: the parts of the page of several runs, for report/merge*.c. */
#pragma once
#include "harness/report/merge.h"
#include "harness/report/results.h"
#include "harness/report/tell.h"
#include "harness/report/words.h"

struct merge {
    FILE *to;                           /* the page */
    struct tell *tell;                  /* into the page and its twin */
    struct results runs[MERGE_MOST];
    int count;
    const char *models[MODELS_MOST];    /* that took part in any of them */
    int model_count;
    int machines;                       /* of which they are, as far as their environments tell */
};

/* "A", "B"...: how the page calls a run. Static storage. */
const char *merge_letter(int run);
/* More than half of its trials began on a busy machine: nothing is said of its times. */
bool merge_busy(const struct merge *, int run);
/* Each run is of a machine of its own: then a difference between runs is one between machines. */
bool merge_each_has_its_own(const struct merge *);
/* "on all 3 machines", or "in both runs"; and that first word. */
struct words merge_on_all(const struct merge *);
const char *merge_on(const struct merge *);

/* Which machines these are, what differs between them first. */
int merge_count_machines(const struct merge *);
void merge_machines(const struct merge *);
void merge_environments(const struct merge *);
/* Per metric what holds on all of them, what depends on the machine, and a table of models and runs; or why the figures
 * cannot be compared. */
void merge_metrics(const struct merge *);
/* The folklore: which claims hold on all. */
void merge_claims(const struct merge *);
