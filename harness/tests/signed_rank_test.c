/* Are the test, the estimate and its interval what books and plain counting say? */
#include "harness/stats/holm.h"
#include "harness/stats/signed_rank.h"
#include "harness/tests/check.h"
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

static bool near(double a, double b) { return fabs(a - b) < 1e-9; }

/* -- Against books ----------------------------------------------------------------------------------------------- */

/* The largest sums whose chance is at most 2.5 and 0.5 %: R. L. McCornack, Extended tables of the Wilcoxon matched pair
 * signed rank statistic, JASA 60 (1965). -1: there is none. */
static void do_the_critical_sums_stand_in_the_tables(void)
{
    static const struct { int n, at_5, at_1; } table[] = {
        {5, -1, -1},  {6, 0, -1},   {7, 2, -1},   {8, 3, 0},    {9, 5, 1},    {10, 8, 3},   {11, 10, 5},
        {12, 13, 7},  {13, 17, 9},  {14, 21, 12}, {15, 25, 15}, {16, 29, 19}, {17, 34, 23}, {18, 40, 27},
        {19, 46, 32}, {20, 52, 37}, {21, 58, 42}, {22, 65, 48}, {23, 73, 54}, {24, 81, 61}, {25, 89, 68},
        {26, 98, 75}, {27, 107, 83}, {28, 116, 91}, {29, 126, 100}, {30, 137, 109}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        int n = table[i].n, at_5 = -1, at_1 = -1;
        while (signed_rank_chance(n, at_5 + 1) <= 0.025)
            at_5++;
        while (signed_rank_chance(n, at_1 + 1) <= 0.005)
            at_1++;
        CHECK(at_5 == table[i].at_5 && at_1 == table[i].at_1, "%d pairs: %d and %d, the table says %d and %d", n, at_5,
              at_1, table[i].at_5, table[i].at_1);
    }
}

/* Darwin's maize, crossed less self-fertilised, in eighths of an inch: R. A. Fisher, The Design of Experiments (1935),
 * table 3. The ranks below zero add up to 24 of 120, and 676 of 2^15 patterns of signs give as little. */
static const double maize[] = {49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48};

static void is_the_maize_what_fisher_grew(void)
{
    double p = signed_rank_p(maize, 15);
    CHECK(near(p, 2 * 676 / 32768.0), "p is %.6f, want 0.041260", p);
    CHECK(near(signed_rank_chance(15, 24), 676 / 32768.0), "%.6f", signed_rank_chance(15, 24));
}

/* A scale of depression before and after a tranquillizer: Hollander and Wolfe (1973), examples 3.1 and 3.3: the
 * estimate is -0.46, the interval that holds with 96.1 % reaches from -0.786 to -0.010. */
static void is_the_example_of_hollander_and_wolfe_found(void)
{
    static const double before[] = {1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30};
    static const double after[] = {0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29};
    double differences[9];
    for (int i = 0; i < 9; i++)
        differences[i] = after[i] - before[i];
    struct walsh walsh = walsh_interval(differences, 9, 0.05);
    CHECK(fabs(signed_rank_p(differences, 9) - 0.0390625) < 1e-9, "p is %.6f", signed_rank_p(differences, 9));
    CHECK(fabs(walsh.estimate + 0.46) < 0.0005, "the estimate is %.4f, want -0.460", walsh.estimate);
    CHECK(fabs(walsh.low + 0.786) < 0.0005 && fabs(walsh.high + 0.010) < 0.0005, "%.4f to %.4f, want -0.786 to -0.010",
          walsh.low, walsh.high);
}

/* The values 1 to n: each Walsh average is half of a sum of two, so the k-th smallest can be counted by hand. */
static void are_the_53rd_and_the_158th_of_210_taken(void)
{
    double d[20], averages[210];
    int count = 0;
    for (int i = 0; i < 20; i++)
        d[i] = i + 0.01 * i * i;
    for (int i = 0; i < 20; i++)
        for (int j = i; j < 20; j++)
            averages[count++] = (d[i] + d[j]) / 2;
    struct walsh walsh = walsh_interval(d, 20, 0.05);
    int below = 0, above = 0;
    for (int i = 0; i < count; i++) {
        below += averages[i] < walsh.low;
        above += averages[i] > walsh.high;
    }
    CHECK(below == 52 && above == 52, "%d lie below, %d above", below, above);
}

/* -- Against plain counting -------------------------------------------------------------------------------------- */

/* Twice the sum of the ranks of those above zero, with the signs that the bits say; ranks are shared, zeros kept. */
static int doubled_sum(const double *d, int n, unsigned signs)
{
    int sum = 0;
    for (int i = 0; i < n; i++) {
        int below = 0, equal = 0;
        for (int j = 0; j < n; j++) {
            below += fabs(d[j]) < fabs(d[i]);
            equal += !(fabs(d[j]) < fabs(d[i])) && !(fabs(d[j]) > fabs(d[i]));
        }
        if ((signs >> i & 1) && fabs(d[i]) > 0)
            sum += 2 * below + equal + 1;
    }
    return sum;
}

static double counted_p(const double *d, int n)
{
    unsigned patterns = 1u << n, as_low = 0, as_high = 0, seen = 0;
    for (int i = 0; i < n; i++)
        seen |= (unsigned)(d[i] > 0) << i;
    int sum = doubled_sum(d, n, seen);
    for (unsigned signs = 0; signs < patterns; signs++) {
        as_low += doubled_sum(d, n, signs) <= sum;
        as_high += doubled_sum(d, n, signs) >= sum;
    }
    double p = 2.0 * (as_low < as_high ? as_low : as_high) / patterns;
    return p < 1 ? p : 1;
}

static uint64_t state = 1;

static int dice(int sides)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (int)(state >> 33) % sides;
}

static void is_p_what_counting_all_signs_gives(void)
{
    double d[10];
    for (int turn = 0; turn < 400; turn++) {
        int n = 1 + dice(10), sizes = turn % 2 ? 1000000 : 7;      /* every second time with ties and zeros */
        for (int i = 0; i < n; i++)
            d[i] = dice(sizes) - sizes / 3;
        double got = signed_rank_p(d, n), want = counted_p(d, n);
        CHECK(near(got, want), "%d differences, turn %d: p %.9f, counted %.9f", n, turn, got, want);
    }
}

/* A value lies in the interval just where the test does not refuse it: the two are one thing. */
static void does_the_interval_hold_what_the_test_does_not_refuse(void)
{
    double d[20], moved[20];
    for (int turn = 0; turn < 200; turn++) {
        int n = 6 + dice(15);
        for (int i = 0; i < n; i++)
            d[i] = dice(1000000) / 1000.0 - 400;
        struct walsh walsh = walsh_interval(d, n, 0.05);
        for (int step = -3; step <= 3; step++) {
            double at = (step < 0 ? walsh.low : walsh.high) + step * 1e-4 + 5e-5;
            for (int i = 0; i < n; i++)
                moved[i] = d[i] - at;
            bool within = walsh.low <= at && at <= walsh.high, refused = signed_rank_p(moved, n) <= 0.05;
            CHECK(within != refused, "%d pairs, %.5f in %.5f to %.5f: %s", n, at, walsh.low, walsh.high,
                  refused ? "refused" : "not refused");
        }
    }
}

static void are_small_and_odd_samples_answered(void)
{
    static const double one[] = {3}, none[] = {0, 0, 0, 0, 0, 0}, five[] = {1, 2, 3, 4, 5};
    struct walsh walsh = walsh_interval(one, 1, 0.05), wide = walsh_interval(five, 5, 0.05);
    CHECK(near(walsh.estimate, 3) && isinf(walsh.low) && isinf(walsh.high), "one: %g", walsh.estimate);
    CHECK(near(wide.estimate, 3) && isinf(wide.low) && isinf(wide.high), "five: %g to %g", wide.low, wide.high);
    CHECK(near(signed_rank_p(one, 1), 1), "one: p %g", signed_rank_p(one, 1));
    CHECK(near(signed_rank_p(none, 6), 1), "all zero: p %g", signed_rank_p(none, 6));
    CHECK(near(signed_rank_p(none, 0), 1) && isnan(walsh_interval(none, 0, 0.05).estimate), "of none");
    CHECK(near(signed_rank_p(five, 5), 0.0625), "five: p %g", signed_rank_p(five, 5));
}

static void does_the_largest_sample_fit(void)
{
    static double many[SIGNED_RANK_MOST];
    for (int i = 0; i < SIGNED_RANK_MOST; i++)
        many[i] = i % 2 ? i : -i - 0.5;
    struct walsh walsh = walsh_interval(many, SIGNED_RANK_MOST, 0.05);
    double p = signed_rank_p(many, SIGNED_RANK_MOST);
    CHECK(p > 0.5 && p <= 1, "p %g", p);
    CHECK(walsh.low < walsh.estimate && walsh.estimate < walsh.high, "%g to %g", walsh.low, walsh.high);
    double half = signed_rank_chance(SIGNED_RANK_MOST, SIGNED_RANK_MOST * (SIGNED_RANK_MOST + 1) / 4);
    CHECK(half > 0.5 && half < 0.501, "the chance of half the sum is %g", half);
}

/* -- Holm -------------------------------------------------------------------------------------------------------- */

/* By hand: 4 x 0.005, 3 x 0.01, 2 x 0.03, then 1 x 0.04, which may not be less than the one before. */
static void are_several_questions_answered_together(void)
{
    static const double p[] = {0.01, 0.04, 0.03, 0.005}, want[] = {0.03, 0.06, 0.06, 0.02}, large[] = {0.6, 0.7};
    double adjusted[4];
    holm(p, adjusted, 4);
    for (int i = 0; i < 4; i++)
        CHECK(near(adjusted[i], want[i]), "p %g becomes %g, want %g", p[i], adjusted[i], want[i]);
    holm(large, adjusted, 2);
    CHECK(near(adjusted[0], 1) && near(adjusted[1], 1), "%g and %g", adjusted[0], adjusted[1]);
}

int main(void)
{
    do_the_critical_sums_stand_in_the_tables();
    is_the_maize_what_fisher_grew();
    is_the_example_of_hollander_and_wolfe_found();
    are_the_53rd_and_the_158th_of_210_taken();
    is_p_what_counting_all_signs_gives();
    does_the_interval_hold_what_the_test_does_not_refuse();
    are_small_and_odd_samples_answered();
    does_the_largest_sample_fit();
    are_several_questions_answered_together();
    return checks_failed();
}
