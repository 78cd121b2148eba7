/* pairs.h: what pairs of trials of A and B told, metric by metric, and the verdicts on that. The first metric is the
 * one that was declared before: its verdict stands by itself. The others are judged together (holm.h). */
#pragma once
#include "harness/stats/verdict.h"
#include <stdbool.h>

enum pairs_metric { PAIRS_CPU, PAIRS_P50, PAIRS_P99, PAIRS_SWITCHES, PAIRS_MEMORY, PAIRS_METRICS };

/* As the files name it, and its unit there. */
extern const struct pairs_name { const char *metric, *unit; } pairs_names[PAIRS_METRICS];

/* What the trial of A told, and that of B. What is not known is NAN. */
struct pair {
    double of[2][PAIRS_METRICS];
    bool behind[2];             /* the server fell behind the rate that was offered: pairs_behind */
    bool late[2];               /* the driver sent late: that is in the response times */
};

/* Half of the requests took longer than until the same connection is due again: so they stood in line, and who answers
 * a line at once needs less CPU for each. */
bool pairs_behind(double p50_ns, double connections, double rate_per_s);

struct judged {
    bool known;                 /* each trial told it, and more than nothing */
    double median[2];           /* of A, of B */
    struct verdict verdict;
};

struct pairs_told {
    int pairs;
    struct judged metrics[PAIRS_METRICS];
    int late;                   /* trials; in more than a tenth, nothing is known of the response times */
    int behind[2];              /* trials of A, of B */
    int fell_behind;            /* 0, 1: that side did, in more than a quarter: the two did not do the same work; -1 */
};

/* At most SIGNED_RANK_MOST pairs. */
void pairs_judge(const struct pair *, int count, double alpha, struct pairs_told *);

/* More than a tenth, and more than once: that is no accident. */
bool pairs_too_often(int times, int of);
