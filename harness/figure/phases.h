/* phases.h: finds the phases of one request in a trace. Pure: events and stamps in, a figure out. */
#pragma once
#include "harness/report/figure.h"
#include "harness/trace/trace.h"

/* Of the client: when its send began, and when it had returned; and when the scene was over. */
struct figure_stamps { int64_t send_ns, sent_ns, end_ns; };

/* The events are in the order of time, from before the client came; `first` is the process that was started. False:
 * they tell of no such request, and figure->cannot says so. */
bool figure_find(struct figure *, const char *model, pid_t first, const struct trace_event *events, int count,
                 const struct figure_stamps *);
