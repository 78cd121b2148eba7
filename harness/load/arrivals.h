/* arrivals.h: when requests are due in an open loop. No clock in here: times are ns since the schedule began.
 *
 * Users do not wait for one another: the gap to the next arrival has an exponential distribution (a Poisson process),
 * or is always the same where one asks for that. The schedule follows from the seed alone, so that two servers can be
 * given the very same one, and it does not know how the server fares: a slow server is not asked less. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct arrivals {
    uint64_t state;
    double gap_ns, at_ns;
    bool fixed;
};

void arrivals_begin(struct arrivals *a, double per_second, bool fixed, uint64_t seed);
uint64_t arrivals_next(struct arrivals *a);
