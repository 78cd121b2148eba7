#include "harness/trial/offer.h"

enum { OFFER_MOST = 10000 };

double offer_below(double slowest_per_s, double least)
{
    double most = slowest_per_s > 0 && slowest_per_s / 2 < OFFER_MOST ? slowest_per_s / 2 : OFFER_MOST;
    double rate = 1;
    for (double step = 1; step <= most; step *= 10)
        for (int digit = 1; digit <= 5; digit += digit == 1 ? 1 : 3)
            if (digit * step <= most)
                rate = digit * step;
    return rate > least ? rate : least;
}
