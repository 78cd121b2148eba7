/* measure.h: trials and pairs of trials, in short windows. Internal to harness/claim. */
#pragma once
#include "harness/claim/claim.h"
#include "harness/stats/verdict.h"
#include "harness/trial/trial.h"

/* Requests at one rate, the same for all who are compared, from so many clients; and so many are silent. */
struct claim_load { int connections, idle; double rate; };

/* What a trial told of each request. */
struct claim_measured { double cpu_us, wakeups, reads; };

/* One trial: a fresh server, 64 bytes a request. It is tried again where it gave no figures, as happens on a busy
 * machine. False: it never did; the claim is then not tried, and why_not says why. */
bool claim_measure(const struct claim_world *, const char *server, const struct claim_load *, struct claim_measured *,
                   struct claim_found *);

enum { CLAIM_PAIRS = 12 };

/* A and B, one right after the other, in an order that a coin decides: is the CPU per request different? The machine is
 * given time to come to rest before each pair. The medians are those of the trials of each. False: as above. */
bool claim_compare(const struct claim_world *, const char *const servers[2], const struct claim_load *,
                   struct verdict *, struct claim_measured medians[2], struct claim_found *);

/* Sorts them. */
double claim_median(double *values, int count);
