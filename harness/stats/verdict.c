#include "harness/stats/verdict.h"
#include "harness/stats/holm.h"
#include "harness/stats/signed_rank.h"
#include <math.h>
#include <stdbool.h>

const double verdict_least = 0.01, verdict_within = 0.05;
const int verdict_looks[VERDICT_LOOKS] = {10, 20, 30};
const double verdict_alpha_once = 0.05, verdict_alpha_a_look = 0.022;

/* How many more it takes until an interval that is `wide` to one side is `wanted` wide: it narrows with the root of the
 * pairs. An interval that just suffices does so every second time; 1.43 times narrower, four times out of five (the
 * normal distribution: (1.96 + 0.84) / 1.96). */
static int more_until(double wide, double wanted, int pairs)
{
    double times = pow(1.43 * wide / wanted, 2);
    double more = ceil(pairs * (times - 1));
    return more < VERDICT_MORE_MOST ? (int)fmax(more, 1) : VERDICT_MORE_MOST;
}

/* With fewer, even all signs alike are no evidence: of 2^n patterns of signs two are as extreme. */
static int pairs_least(double alpha)
{
    int n = 1;
    while (ldexp(1, 1 - n) > alpha)
        n++;
    return n;
}

/* It is told as soon as the interval keeps away from nothing, or lies within 5 %. */
static int more_pairs(const struct verdict *verdict)
{
    double wide = (log(verdict->high) - log(verdict->low)) / 2, off = fabs(log(verdict->ratio));
    double within = log1p(verdict_within) - off;
    int more = VERDICT_MORE_MOST, least = pairs_least(verdict->alpha);
    if (verdict->pairs < least)
        return least - verdict->pairs;
    if (off >= log1p(verdict_least))
        more = more_until(wide, off, verdict->pairs);
    if (within > 0) {
        int same = more_until(wide, within, verdict->pairs);
        more = same < more ? same : more;
    }
    return more;
}

static void judge(struct verdict *verdict)
{
    double off = fabs(log(verdict->ratio)), farthest = fmax(log(verdict->high), -log(verdict->low));
    bool counts = off >= log1p(verdict_least), within = farthest <= log1p(verdict_within);
    verdict->kind = VERDICT_CANNOT_TELL;
    verdict->more_pairs = 0;
    if (verdict->p <= verdict->alpha && counts)
        verdict->kind = VERDICT_DIFFERENT;
    else if (within)
        verdict->kind = VERDICT_SAME;
    else
        verdict->more_pairs = more_pairs(verdict);
}

struct verdict verdict_of(const double *differences, int pairs, double alpha)
{
    struct walsh walsh = walsh_interval(differences, pairs, alpha);
    struct verdict verdict = {.pairs = pairs, .ratio = exp(walsh.estimate), .low = exp(walsh.low),
                              .high = exp(walsh.high), .p = signed_rank_p(differences, pairs), .alpha = alpha};
    judge(&verdict);
    return verdict;
}

void verdict_together(struct verdict *verdicts, int count)
{
    double p[HOLM_MOST] = {0};
    for (int i = 0; i < count; i++)
        p[i] = verdicts[i].p;
    holm(p, p, count);
    for (int i = 0; i < count; i++) {
        verdicts[i].p = p[i];
        judge(&verdicts[i]);
    }
}
