/* schedule.h: the trials of a session in the order in which they run, and how long they take. */
#pragma once
#include "harness/trial/session.h"

enum { SCHEDULE_MOST = SESSION_ROUNDS * SESSION_MODELS * (2 + 2 * SESSION_POINTS) };

/* One trial. The point: silent clients, or what the axis says. */
struct step { const char *experiment, *model; int point, round, warmup_ms, window_ms; double estimate_ms; };

struct schedule { struct step steps[SCHEDULE_MOST]; int count; };

/* In each turn the models come in a fresh random order. */
void schedule_fill(struct schedule *, const struct session_options *, uint64_t *random);
/* So long the trials from `done` on will take, if those before took spent_ms. */
double schedule_left_s(const struct schedule *, int done, double spent_ms);
/* "closed 1 x 1000 ms, rate 20 x 1000 ms": rounds and windows. */
void schedule_say(const struct session_options *, char *text, size_t size);
