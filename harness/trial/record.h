/* record.h: the result files of a run, in results/RUN. Rows are flushed as they come: an interrupted run is worth what
 * it has. The columns are described in docs/results.md. */
#pragma once
#include "harness/trial/machine.h"
#include "harness/trial/trial.h"
#include <stdio.h>

struct record { FILE *environment, *trials, *latency; int order; };

/* Which trial it is: "closed", "rate" or "idle", of which model, in which round, with which parameters. */
struct record_place { const char *experiment, *model; int round; const char *parameters; };

/* Makes the folder, and its parents; a run that is there is not overwritten. False: errno and `path` tell why. */
bool record_open(struct record *, const char *folder, char *path, size_t size);
bool record_close(struct record *);          /* false: not all could be written */

void record_fact(struct record *, const char *name, const char *value);
/* At the end of a run: how long it took since began_ms, what a hypervisor took meanwhile, how busy the machine was. */
void record_end_facts(struct record *, const struct machine *, double began_ms, long long steal_ticks,
                      bool interrupted);
void record_trial(struct record *, const struct record_place *, const struct trial *);
/* A word on the trial, or on why there was none: "stops", "cannot", "note" or "failed". */
void record_reason(struct record *, const struct record_place *, const char *metric, const char *reason);
