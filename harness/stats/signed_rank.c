#include "harness/stats/signed_rank.h"
#include "harness/stats/median.h"
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

/* Ranks are kept doubled: then the mean of two ranks that are shared is whole, too. */
enum { DOUBLED_MOST = SIGNED_RANK_MOST * (SIGNED_RANK_MOST + 1) };

/* -- The distribution of the sum --------------------------------------------------------------------------------- */

/* chance[s] becomes the chance that the sum is s. Each rank is in the sum, or not, with a chance of one half: so after
 * one rank more, s is reached from s, and from s less the rank. Returns the largest sum. */
static int distribute(const int *ranks, int n, double *chance)
{
    int most = 0;
    chance[0] = 1;
    for (int i = 0; i < n; i++) {
        for (int s = most + 1; s <= most + ranks[i]; s++)
            chance[s] = 0;
        most += ranks[i];
        for (int s = most; s >= 0; s--)
            chance[s] = (chance[s] + (s >= ranks[i] ? chance[s - ranks[i]] : 0)) / 2;
    }
    return most;
}

static double add_up(const double *chance, int first, int last)
{
    double sum = 0;
    for (int s = first; s <= last; s++)
        sum += chance[s];
    return sum;
}

double signed_rank_chance(int n, int sum)
{
    double chance[DOUBLED_MOST + 1];
    int ranks[SIGNED_RANK_MOST];
    for (int i = 0; i < n; i++)
        ranks[i] = i + 1;
    int most = distribute(ranks, n, chance);
    return add_up(chance, 0, sum < most ? sum : most);
}

/* -- The test ---------------------------------------------------------------------------------------------------- */

static int by_size(const void *a, const void *b)
{
    double left = fabs(*(const double *)a), right = fabs(*(const double *)b);
    return (left > right) - (left < right);
}

static bool as_large(double a, double b) { return !(fabs(a) < fabs(b)) && !(fabs(a) > fabs(b)); }

/* Fills ranks, doubled, of those that are not zero; returns how many, and the sum of those above zero. */
static int rank_all(const double *differences, int n, int *ranks, int *sum)
{
    double sorted[SIGNED_RANK_MOST];
    int ranked = 0;
    *sum = 0;
    for (int i = 0; i < n; i++)
        sorted[i] = differences[i];
    qsort(sorted, (size_t)n, sizeof *sorted, by_size);
    for (int first = 0, next; first < n; first = next) {
        for (next = first + 1; next < n && as_large(sorted[next], sorted[first]);)
            next++;
        for (int i = first; i < next && fabs(sorted[i]) > 0; i++) {
            ranks[ranked] = first + 1 + next;       /* the first of the tie and its last, counted from 1 */
            *sum += sorted[i] > 0 ? ranks[ranked] : 0;
            ranked++;
        }
    }
    return ranked;
}

double signed_rank_p(const double *differences, int n)
{
    double chance[DOUBLED_MOST + 1];
    int ranks[SIGNED_RANK_MOST], sum;
    int ranked = rank_all(differences, n, ranks, &sum);
    int most = distribute(ranks, ranked, chance);
    double p = 2 * fmin(add_up(chance, 0, sum), add_up(chance, sum, most));
    return p < 1 ? p : 1;
}

/* -- The estimate ------------------------------------------------------------------------------------------------ */

/* As many averages may be cut off at each end: the chance of a sum below that is at most half of alpha. */
static int cut_off(int n, double alpha)
{
    double chance[DOUBLED_MOST + 1], below = 0;
    int ranks[SIGNED_RANK_MOST], count = 0;
    for (int i = 0; i < n; i++)
        ranks[i] = i + 1;
    for (int most = distribute(ranks, n, chance); count <= most; count++)
        if ((below += chance[count]) > alpha / 2)
            break;
    return count;
}

struct walsh walsh_interval(const double *differences, int n, double alpha)
{
    static double averages[DOUBLED_MOST / 2];
    int count = 0;
    if (n < 1)
        return (struct walsh){NAN, -INFINITY, INFINITY};
    for (int i = 0; i < n; i++)
        for (int j = i; j < n; j++)
            averages[count++] = (differences[i] + differences[j]) / 2;
    double estimate = median(averages, count);      /* and now they are sorted */
    int cut = cut_off(n, alpha);
    return (struct walsh){estimate, cut > 0 ? averages[cut - 1] : -INFINITY,
                          cut > 0 ? averages[count - cut] : INFINITY};
}
