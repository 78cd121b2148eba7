#include "harness/stats/hist.h"
#include <math.h>

/* -- Buckets --------------------------------------------------------------------------------------------------------
 * With e = floor(log2 ns), a duration of 2048 ns or more is cut to its 11 leading bits, ns >> (e - 10), which lie from
 * 1024 to 2047; the powers of two then follow one another without a gap. */

static size_t bucket_of(uint64_t ns)
{
    if (ns < HIST_EXACT)
        return (size_t)ns;
    unsigned e = 63 - (unsigned)__builtin_clzll(ns);
    size_t bucket = ((size_t)(e - 10) << 10) + (size_t)(ns >> (e - 10));
    return bucket < HIST_OVERFLOW ? bucket : HIST_OVERFLOW;
}

static uint64_t low_of(size_t bucket)
{
    if (bucket < HIST_EXACT)
        return bucket;
    unsigned shift = (unsigned)(bucket >> 10) - 1;
    return (uint64_t)(HIST_STEPS + bucket % HIST_STEPS) << shift;
}

static uint64_t high_of(size_t bucket) { return bucket < HIST_OVERFLOW ? low_of(bucket + 1) - 1 : UINT64_MAX; }

/* -- Counting ---------------------------------------------------------------------------------------------------- */

static void count_in(struct hist *h, uint64_t ns)
{
    if (h->count == 0 || ns < h->min_ns)
        h->min_ns = ns;
    if (ns > h->max_ns)
        h->max_ns = ns;
    h->sum_ns += ns;
    h->count++;
}

void hist_record(struct hist *h, uint64_t ns)
{
    count_in(h, ns);
    h->ended[bucket_of(ns)]++;
}

void hist_censor(struct hist *h, uint64_t at_least_ns)
{
    count_in(h, at_least_ns);
    h->censored++;
    h->unended[bucket_of(at_least_ns)]++;
}

/* -- Asking ------------------------------------------------------------------------------------------------------ */

static uint64_t middle_of(const struct hist *h, size_t bucket)
{
    uint64_t low = low_of(bucket), high = high_of(bucket), middle = low + (high - low) / 2;
    if (middle < h->min_ns)
        return h->min_ns;
    return middle > h->max_ns ? h->max_ns : middle;
}

/* The bucket of the rank-th sample. The unended ones stand at their bounds, or behind all others: then there may be
 * none. */
static size_t bucket_at(const struct hist *h, uint64_t rank, bool at_bounds)
{
    uint64_t passed = 0;
    size_t i = 0;
    for (; i <= HIST_OVERFLOW; i++) {
        passed += h->ended[i] + (at_bounds ? h->unended[i] : 0);
        if (passed >= rank)
            break;
    }
    return i;
}

/* An unended sample may in truth belong anywhere behind its bound, and then all that lies between moves up. So the
 * truth is between two extremes, and where they agree to a hundredth it is known. */
struct hist_quantile hist_quantile(const struct hist *h, double q)
{
    uint64_t rank = (uint64_t)ceil(q * (double)h->count - 1e-6); /* 0.07 * 100 is above 7 */
    if (h->count == 0)
        return (struct hist_quantile){0};
    if (rank == 0)
        rank = 1;
    size_t least = bucket_at(h, rank, true), most = bucket_at(h, rank, false);
    bool above = most >= HIST_OVERFLOW || (most > least && low_of(most) > high_of(least) + high_of(least) / 100);
    return (struct hist_quantile){above ? low_of(least) : middle_of(h, least), above};
}

double hist_mean_ns(const struct hist *h) { return h->count ? (double)h->sum_ns / (double)h->count : 0; }

bool hist_next(const struct hist *h, struct hist_bucket *bucket)
{
    for (size_t i = bucket->next; i <= HIST_OVERFLOW; i++)
        if (h->ended[i] || h->unended[i]) {
            *bucket = (struct hist_bucket){low_of(i), high_of(i), h->ended[i], h->unended[i], i + 1};
            return true;
        }
    return false;
}
