/* signed_rank.h: of pairs (A, B) measured one right after the other: is there a difference, and how large is it?
 *
 * The test is Wilcoxon's signed-rank test: the differences are ranked by size, the smallest 1, and the ranks of those
 * above zero are added up. If there is nothing between A and B, and a coin decided which of the two came first, each
 * difference might as well have had the other sign: so all 2^n patterns of signs are equally likely, whatever the noise
 * is like, drift and leaps included. How many of them give a sum as extreme as this one is counted, not approximated.
 *
 * The estimate is the median of the Walsh averages, the means of any two differences (a difference with itself, too).
 * Its interval runs from the k-th smallest of them to the k-th largest, where k comes from the same counting
 * (Hollander and Wolfe, Nonparametric Statistical Methods, 1973, chapter 3). One wild pair moves neither by much. */
#pragma once

enum { SIGNED_RANK_MOST = 100 };    /* pairs */

/* The chance that the sum of ranks is at most `sum`, of n differences without ties, if there is nothing. */
double signed_rank_chance(int n, int sum);

/* The two-sided p of n differences. Equal ones share their ranks; a zero keeps its rank and takes no side (Pratt,
 * JASA 54, 1959). 1 where all are zero, or there are none. */
double signed_rank_p(const double *differences, int n);

struct walsh { double estimate, low, high; };

/* The interval misses the truth with a chance of at most alpha. Fewer differences than that takes (6 for 0.05): it
 * reaches from -INFINITY to INFINITY. Of none: the estimate is NAN. */
struct walsh walsh_interval(const double *differences, int n, double alpha);
