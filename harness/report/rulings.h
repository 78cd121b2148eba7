/* rulings.h: what a run has decided, as verdicts.csv has it. Of a run that ended before that was written the trials are
 * judged again, which comes to the same verdicts. */
#pragma once
#include "harness/report/paired.h"
#include "harness/report/results.h"
#include "harness/stats/rounds.h"

enum { RULINGS_MOST = ROUNDS_SERVERS * (ROUNDS_SERVERS - 1) / 2 };

struct ruling {
    const char *a, *b, *metric;
    struct verdict verdict;
    double median[2];           /* of A, of B; NAN */
    char silent[300];           /* why it cannot be told, whatever was measured; "" */
};

struct rulings {
    const char *experiment;     /* "compare": one of each metric; "bench": one of each two servers; NULL: nothing is
                                   decided */
    struct ruling all[RULINGS_MOST];
    int count;
    struct paired paired;       /* of a comparison: its pairs */
    struct rounds rounds;       /* of a bench: who needed what in which round, as results.model counts them; in ns */
};

/* The results must live as long. Returns 0, or -1 with one line in why that names file and line. */
int rulings_load(struct rulings *, const struct results *, char *why, size_t why_size);

/* The one of A and B, whichever way they stand in it, or NULL. */
const struct ruling *rulings_find(const struct rulings *, const char *a, const char *b);

/* Of a bench: the median of who was judged, in ns; else NAN. Fills order with those, who needs least first, as
 * results.model counts them; returns how many. */
double rulings_median(const struct rulings *, const char *name);
int rulings_order(const struct rulings *, const struct results *, int order[ROUNDS_SERVERS]);

/* Of a bench: who shares a letter cannot be told apart; "" for who was not judged. As results.model counts them. False:
 * nothing was decided. */
bool rulings_letters(const struct rulings *, const struct results *, char letters[ROUNDS_SERVERS][TIERS_WORD]);
