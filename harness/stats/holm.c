#include "harness/stats/holm.h"
#include <math.h>
#include <stdlib.h>

struct question { double p; int at; };

static int by_p(const void *a, const void *b)
{
    double left = ((const struct question *)a)->p, right = ((const struct question *)b)->p;
    return (left > right) - (left < right);
}

void holm(const double *p, double *adjusted, int count)
{
    struct question questions[HOLM_MOST];
    double worst = 0;
    for (int i = 0; i < count; i++)
        questions[i] = (struct question){p[i], i};
    qsort(questions, (size_t)count, sizeof *questions, by_p);
    for (int i = 0; i < count; i++) {
        worst = fmax(worst, fmin(1, questions[i].p * (count - i)));     /* where one fails, all behind it do */
        adjusted[questions[i].at] = worst;
    }
}
