#include "harness/load/arrivals.h"
#include "harness/load/random.h"
#include <math.h>

static const double NEVER_NS = 1e18; /* in 30 years: a rate near 0 must not leave what an integer holds */

void arrivals_begin(struct arrivals *a, double per_second, bool fixed, uint64_t seed)
{
    *a = (struct arrivals){.state = seed, .gap_ns = 1e9 / per_second, .fixed = fixed};
}

/* From 0 (excluded, for its logarithm is infinite) to 1. */
static double uniform(uint64_t *state) { return (double)((random_next(state) >> 11) + 1) * 0x1p-53; }

uint64_t arrivals_next(struct arrivals *a)
{
    a->at_ns += a->fixed ? a->gap_ns : -log(uniform(&a->state)) * a->gap_ns;
    return a->at_ns < NEVER_NS ? (uint64_t)a->at_ns : (uint64_t)NEVER_NS;
}
