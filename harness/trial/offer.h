/* offer.h: how much work is offered to all alike. */
#pragma once

/* Half of what the slowest can do, rounded down to 1, 2 or 5 times a power of ten, `least` to 10,000 requests a second:
 * the same for all, and nobody is pressed. 0 or less: nothing is known of the slowest. */
double offer_below(double slowest_per_s, double least);
