/* verdict.h: what pairs of measurements say of A and B: different, the same, or that it cannot be told.
 *
 * The differences are those of logarithms, ln(B / A), one of each pair: so "twice" and "half" are as far from nothing.
 * Different: the test says so (p <= alpha), and by 1 % or more, for less interests nobody. The same: the interval lies
 * within 5 %. Both are asked of the logarithm, so the answer does not depend on which of the two is called A: 5 % more
 * of A is 4.8 % less of B. All else cannot be told, and then there is a guess at how many pairs more would. */
#pragma once

enum verdict_kind { VERDICT_CANNOT_TELL, VERDICT_SAME, VERDICT_DIFFERENT };

struct verdict {
    enum verdict_kind kind;
    int pairs;
    double ratio, low, high;    /* B / A: the estimate and its interval, which holds with 1 - alpha */
    double p;                   /* of the test; among several metrics adjusted for their number (holm.h) */
    double alpha;
    int more_pairs;             /* if it cannot be told: if the estimate is right, so many more tell in 4 cases of 5 */
};

enum { VERDICT_MORE_MOST = 1000 };      /* more_pairs: that many, or more */
extern const double verdict_least, verdict_within;      /* 0.01 and 0.05 */

struct verdict verdict_of(const double *differences, int pairs, double alpha);

/* The verdicts on several metrics of the same trials: judged again, together. */
void verdict_together(struct verdict *, int count);

/* -- Looking more than once --------------------------------------------------------------------------------------
 * Who looks after 10, 20 and 30 pairs, and stops as soon as there is a difference, has three chances to be fooled. With
 * this alpha at each look they are 5 % together (Pocock, Biometrika 64, 1977: 0.0221). */

enum { VERDICT_LOOKS = 3 };
extern const int verdict_looks[VERDICT_LOOKS];
extern const double verdict_alpha_once, verdict_alpha_a_look;   /* 0.05 and 0.022 */
