#include "harness/stats/careless.h"
#include <math.h>

bool careless_winner(const double *logs, double *ahead)
{
    double mean[2] = {0}, squares = 0;
    for (int i = 0; i < CARELESS_TRIALS; i++)
        mean[i / CARELESS_EACH] += logs[i] / CARELESS_EACH;
    for (int i = 0; i < CARELESS_TRIALS; i++)
        squares += pow(logs[i] - mean[i / CARELESS_EACH], 2);
    double variance = squares / (CARELESS_TRIALS - 2), error = sqrt(2 * variance / CARELESS_EACH);
    *ahead = mean[1] - mean[0];
    return fabs(*ahead) > 2 * error;
}
