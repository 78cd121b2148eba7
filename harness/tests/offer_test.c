/* Is the rate that is offered to all one that the slowest can keep, and a number that is easily said? */
#include "harness/trial/offer.h"
#include "harness/tests/check.h"
#include <math.h>

static void is_it_half_of_the_slowest_rounded_down(void)
{
    static const struct { double slowest, want; } cases[] = {
        {4.1, 2}, {40, 20}, {99, 20}, {100, 50}, {3999, 1000}, {4000, 2000}, {9999, 2000}, {19999, 5000},
        {20000, 10000}, {1e6, 10000}, {0, 10000}, {-1, 10000}, {1, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double got = offer_below(cases[i].slowest, 1);
        CHECK(fabs(got - cases[i].want) < 1e-9, "the slowest does %g: %g, want %g", cases[i].slowest, got,
              cases[i].want);
    }
}

static void is_it_never_more_than_half_nor_less_than_the_least(void)
{
    for (double slowest = 3; slowest < 1e6; slowest *= 1.01) {
        double got = offer_below(slowest, 1), least = offer_below(slowest, 500);
        CHECK(got <= slowest / 2 || got <= 1, "%g of %g", got, slowest);
        CHECK(got * 2.5 > fmin(slowest / 2, 10000), "%g of %g: too little", got, slowest);
        CHECK(least >= 500 && (got < 500 || fabs(least - got) < 1e-9), "%g, at least 500: %g", got, least);
    }
}

int main(void)
{
    is_it_half_of_the_slowest_rounded_down();
    is_it_never_more_than_half_nor_less_than_the_least();
    return checks_failed();
}
