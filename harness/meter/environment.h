/* environment.h: what figures from this machine depend on, as name and value. */
#pragma once
#include <stdbool.h>

/* Calls `tell` for each fact. Where this machine does not say it, the value says why, or that is left out which all
 * machines say. */
void environment(void (*tell)(void *context, const char *name, const char *value), void *context);
/* CPU time that the hypervisor gave to others, in ticks since boot, all CPUs (proc(5), /proc/stat). */
long long environment_steal_ticks(void);
/* Waits until the two CPUs (-1: all) have been idle for 50 ms but for one tick: until what the last trial left to do is
 * done. False: not within most_ms. */
bool environment_await_quiet(int one_cpu, int other_cpu, int most_ms);
