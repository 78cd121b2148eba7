/* hist.h: a histogram of durations, from 1 ns to 68 s, that never errs by more than 0.1 %. No system call in here.
 *
 * Below 2048 ns each nanosecond has its own bucket. Above, each power of two is cut into 1024 equal buckets, so a
 * bucket is at most 1/1024 of its value wide: the resolution follows the value, as the eye does on a logarithmic axis.
 * 27 x 1024 counters reach 2^36 ns; what is longer is kept in one bucket more.
 *
 * A sample that never ended is not thrown away, for it would be the slowest: it is censored. All that is known of it is
 * that it took longer than some bound. A quantile that such samples leave uncertain is told as "above". */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HIST_EXACT = 2048, HIST_STEPS = 1024, HIST_BUCKETS = 27 * HIST_STEPS, HIST_OVERFLOW = HIST_BUCKETS };

/* All zero is an empty histogram. It is large (440 KiB), so let it be static or part of something allocated.
 * A censored sample counts in count, sum, min and max, with its bound. */
struct hist {
    uint64_t count, censored, sum_ns, min_ns, max_ns;
    uint64_t ended[HIST_BUCKETS + 1];     /* samples by duration; the last: 2^36 ns and more */
    uint64_t unended[HIST_BUCKETS + 1];   /* censored samples by bound */
};

void hist_record(struct hist *h, uint64_t ns);
void hist_censor(struct hist *h, uint64_t at_least_ns);

struct hist_quantile {
    uint64_t ns;
    bool above; /* longer than ns, is all that is known: unended samples may change it by more than 1 % */
};

/* The q-quantile (0 to 1) is the smallest sample that at least q of the samples do not exceed. Of no samples: 0. */
struct hist_quantile hist_quantile(const struct hist *h, double q);

/* A lower bound if anything is censored. */
double hist_mean_ns(const struct hist *h);

/* The buckets that hold something, in rising order: start with a zeroed one, `while (hist_next(h, &bucket))`.
 * It holds durations from low_ns to high_ns, both included. */
struct hist_bucket {
    uint64_t low_ns, high_ns, ended, unended;
    size_t next;
};
bool hist_next(const struct hist *h, struct hist_bucket *bucket);
