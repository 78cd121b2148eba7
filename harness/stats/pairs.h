/* pairs.h: what pairs of trials of A and B told, metric by metric, and the verdicts on that. The first metric is the
 * one that was declared before: its verdict stands by itself. The others are judged together (holm.h). */
#pragma once
#include "harness/stats/verdict.h"
#include <stdbool.h>

enum pairs_metric { PAIRS_CPU, PAIRS_P50, PAIRS_P99, PAIRS_SWITCHES, PAIRS_MEMORY, PAIRS_METRICS };

/* As the files name it, and its unit there. */
extern const struct pairs_name { const char *metric, *unit; } pairs_names[PAIRS_METRICS];

/* What the trial of A told, and that of B. What is not known is NAN. */
struct pair { double of[2][PAIRS_METRICS]; };

struct judged {
    bool known;                 /* each trial told it, and more than nothing */
    double median[2];           /* of A, of B */
    struct verdict verdict;
};

/* At most SIGNED_RANK_MOST pairs. */
void pairs_judge(const struct pair *, int count, double alpha, struct judged judged[PAIRS_METRICS]);
