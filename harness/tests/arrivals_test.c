/* Is the schedule of an open loop the same for the same seed, in order, and of the rate that was asked for? */
#include "harness/load/arrivals.h"
#include "harness/tests/check.h"
#include <inttypes.h>
#include <math.h>

enum { ARRIVALS = 100000 };

static void is_the_schedule_a_function_of_the_seed(void)
{
    struct arrivals one, same, another;
    arrivals_begin(&one, 20000, false, 1);
    arrivals_begin(&same, 20000, false, 1);
    arrivals_begin(&another, 20000, false, 2);
    int equal = 0;
    for (int i = 0; i < 100; i++) {
        uint64_t at = arrivals_next(&one);
        CHECK(arrivals_next(&same) == at, "the same seed says otherwise at %" PRIu64, at);
        equal += arrivals_next(&another) == at;
    }
    CHECK(equal < 3, "seeds 1 and 2 agree %d times of 100", equal);
}

/* Exponential gaps have their mean as their deviation; a share 1/e is longer than the mean. */
static void are_the_gaps_exponential(void)
{
    struct arrivals a;
    double sum = 0, squares = 0, last = 0, longer = 0;
    arrivals_begin(&a, 20000, false, 3);
    for (int i = 0; i < ARRIVALS; i++) {
        double at = (double)arrivals_next(&a), gap = at - last;
        CHECK(gap >= 0, "back by %g ns", -gap);
        sum += gap, squares += gap * gap, longer += gap > 50000, last = at;
    }
    double mean = sum / ARRIVALS, deviation = sqrt(squares / ARRIVALS - mean * mean);
    CHECK(fabs(mean - 50000) < 500, "mean %g ns, want 50000", mean);
    CHECK(fabs(deviation - 50000) < 1000, "deviation %g ns, want 50000", deviation);
    CHECK(fabs(longer / ARRIVALS - exp(-1)) < 0.01, "%g of the gaps are above the mean", longer / ARRIVALS);
}

static void are_fixed_gaps_the_same_without_drift(void)
{
    struct arrivals a;
    uint64_t at = 0;
    arrivals_begin(&a, 30000, true, 1);
    for (int i = 0; i < 30000; i++)
        at = arrivals_next(&a);
    CHECK(at >= 999999990 && at <= 1000000010, "arrival 30000 at %" PRIu64 " ns, want 1 s", at);
}

static void does_a_rate_near_zero_stay_a_number(void)
{
    struct arrivals a;
    arrivals_begin(&a, 1e-300, false, 1);
    uint64_t first = arrivals_next(&a), second = arrivals_next(&a);
    CHECK(first == 1000000000000000000u && second == first, "%" PRIu64 ", then %" PRIu64, first, second);
}

int main(void)
{
    does_a_rate_near_zero_stay_a_number();
    is_the_schedule_a_function_of_the_seed();
    are_the_gaps_exponential();
    are_fixed_gaps_the_same_without_drift();
    return checks_failed();
}
