/* Is the histogram true to what went in? Edges, error, quantiles against a sorted array, overflow, censored samples. */
#include "harness/stats/hist.h"
#include "harness/tests/check.h"
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct hist h;

static void empty(struct hist *one) { memset(one, 0, sizeof *one); }

/* The bucket that ns falls into. */
static struct hist_bucket home_of(uint64_t ns)
{
    struct hist_bucket bucket = {0};
    empty(&h);
    hist_record(&h, ns);
    CHECK(hist_next(&h, &bucket), "%" PRIu64 " ns is in no bucket", ns);
    return bucket;
}

static void does_each_power_of_two_follow_the_last(void)
{
    for (unsigned e = 11; e < 36; e++) {
        uint64_t edge = UINT64_C(1) << e;
        struct hist_bucket below = home_of(edge - 1), above = home_of(edge);
        CHECK(below.high_ns == edge - 1 && above.low_ns == edge, "at 2^%u: to %" PRIu64 ", from %" PRIu64, e,
              below.high_ns, above.low_ns);
        CHECK(below.next + 1 == above.next, "at 2^%u: bucket %zu, then %zu", e, below.next, above.next);
    }
}

static void is_a_duration_in_its_bucket_within_a_thousandth(void)
{
    uint64_t state = 1;
    for (int i = 0; i < 2000; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        uint64_t ns = (state >> 20) >> (state % 44);
        if (ns >= UINT64_C(1) << 36)
            continue;
        struct hist_bucket in = home_of(ns);
        CHECK(in.low_ns <= ns && ns <= in.high_ns, "%" PRIu64 " in %" PRIu64 "..%" PRIu64, ns, in.low_ns, in.high_ns);
        CHECK((in.high_ns - in.low_ns) * 1000 <= ns, "%" PRIu64 " wide at %" PRIu64, in.high_ns - in.low_ns, ns);
    }
}

/* On both sides of each edge: of a power of two, of its first bucket, of its last. The samples around keep the exact
 * least and most from hiding the error. */
static void is_the_error_at_the_edges_below_a_thousandth(void)
{
    for (unsigned e = 10; e < 36; e++) {
        uint64_t edge = UINT64_C(1) << e, step = e < 11 ? 1 : edge >> 10;
        const uint64_t samples[] = {edge - 1, edge, edge + step - 1, edge + step, 2 * edge - step, 2 * edge - 1};
        for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
            empty(&h);
            hist_record(&h, 0), hist_record(&h, samples[i]), hist_record(&h, UINT64_C(1) << 40);
            double want = (double)samples[i], got = (double)hist_quantile(&h, 0.5).ns;
            CHECK(fabs(got - want) <= want / 1000, "%.0f at 2^%u is told as %.0f", want, e, got);
        }
    }
}

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void are_quantiles_those_of_the_sorted_samples(void)
{
    enum { SAMPLES = 9999 };
    static uint64_t samples[SAMPLES];
    static const double asked[] = {0, 0.001, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1};
    uint64_t state = 7, sum = 0;
    empty(&h);
    for (int i = 0; i < SAMPLES; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        sum += samples[i] = (state >> 33) >> (state % 20);
        hist_record(&h, samples[i]);
    }
    qsort(samples, SAMPLES, sizeof *samples, by_value);
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        size_t rank = (size_t)(asked[i] * SAMPLES);
        rank += (double)rank < asked[i] * SAMPLES;
        double want = (double)samples[rank ? rank - 1 : 0];
        struct hist_quantile got = hist_quantile(&h, asked[i]);
        CHECK(!got.above && fabs((double)got.ns - want) <= want / 1000, "q %g: %" PRIu64 ", want %g", asked[i], got.ns,
              want);
    }
    CHECK(h.min_ns == samples[0] && h.max_ns == samples[SAMPLES - 1], "%" PRIu64 " to %" PRIu64, h.min_ns, h.max_ns);
    CHECK(h.sum_ns == sum && h.count == SAMPLES, "%" PRIu64 " in %" PRIu64, h.sum_ns, h.count);
}

static void is_a_duration_beyond_the_last_bucket_kept(void)
{
    empty(&h);
    hist_record(&h, (UINT64_C(1) << 36) - 1);
    struct hist_quantile last = hist_quantile(&h, 1);
    CHECK(!last.above, "the last bucket is told as above %" PRIu64, last.ns);
    hist_record(&h, UINT64_C(1) << 40);
    struct hist_quantile over = hist_quantile(&h, 1);
    CHECK(over.above && over.ns == UINT64_C(1) << 36, "above %d, %" PRIu64, over.above, over.ns);
    CHECK(h.ended[HIST_OVERFLOW] == 1 && h.max_ns == UINT64_C(1) << 40, "max %" PRIu64, h.max_ns);
}

static void is_a_quantile_among_the_unfinished_told_as_above(void)
{
    empty(&h);
    for (uint64_t ns = 1; ns <= 98; ns++)
        hist_record(&h, ns);
    hist_censor(&h, 1000);
    hist_censor(&h, 1500);
    struct hist_quantile p50 = hist_quantile(&h, 0.5), p98 = hist_quantile(&h, 0.98), p99 = hist_quantile(&h, 0.99);
    CHECK(p50.ns == 50 && !p50.above, "p50 %" PRIu64, p50.ns);
    CHECK(p98.ns == 98 && !p98.above, "p98 %" PRIu64, p98.ns);
    CHECK(p99.ns == 1000 && p99.above, "p99 %" PRIu64, p99.ns);
    CHECK(h.count == 100 && h.censored == 2, "%" PRIu64 " of %" PRIu64, h.censored, h.count);
}

/* An early bound (a connection that broke) makes all that lies behind it uncertain. */
static void does_an_early_bound_move_the_later_ones_up(void)
{
    empty(&h);
    hist_record(&h, 10);
    hist_censor(&h, 20);
    hist_record(&h, 30);
    CHECK(!hist_quantile(&h, 1.0 / 3).above, "the first is known");
    CHECK(hist_quantile(&h, 2.0 / 3).above && hist_quantile(&h, 2.0 / 3).ns == 20, "the second is 20 to 30");
    CHECK(hist_quantile(&h, 1).above && hist_quantile(&h, 1).ns == 30, "the third is 30 or more");
}

/* One of a thousand moves the median by one place: that is no reason to say no more than "above". */
static void do_few_early_bounds_leave_the_median_known(void)
{
    empty(&h);
    for (uint64_t i = 0; i < 999; i++)
        hist_record(&h, 100000 + i * 10);
    hist_censor(&h, 50000);
    struct hist_quantile p50 = hist_quantile(&h, 0.5), max = hist_quantile(&h, 1);
    CHECK(!p50.above && p50.ns > 104800 && p50.ns < 105200, "p50 above %d: %" PRIu64, p50.above, p50.ns);
    CHECK(max.above, "the longest is not known: %" PRIu64, max.ns);
}

static void does_the_empty_one_answer(void)
{
    struct hist_bucket bucket = {0};
    empty(&h);
    struct hist_quantile none = hist_quantile(&h, 0.5);
    CHECK(none.ns == 0 && !none.above && hist_mean_ns(&h) <= 0, "%" PRIu64, none.ns);
    CHECK(!hist_next(&h, &bucket), "a bucket in an empty histogram");
}

int main(void)
{
    does_each_power_of_two_follow_the_last();
    is_a_duration_in_its_bucket_within_a_thousandth();
    is_the_error_at_the_edges_below_a_thousandth();
    are_quantiles_those_of_the_sorted_samples();
    is_a_duration_beyond_the_last_bucket_kept();
    is_a_quantile_among_the_unfinished_told_as_above();
    does_an_early_bound_move_the_later_ones_up();
    do_few_early_bounds_leave_the_median_known();
    does_the_empty_one_answer();
    return checks_failed();
}
