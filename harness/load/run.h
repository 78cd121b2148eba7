/* run.h: a run of the driver: all are connected, and none speaks yet. For load.c only. */
#pragma once
#include "harness/load/arrivals.h"
#include "harness/load/company.h"
#include "harness/load/load.h"
#include "harness/load/pace.h"

enum phase { WARMUP, WINDOW, DRAIN, OVER };

struct load {
    const struct load_options *o;
    struct load_result *r;
    struct dialogue dialogue;
    struct pace pace;
    struct conn *conns;      /* the active ones, then the idle, the slow and the bursty ones */
    int count;               /* of all */
    struct company company;  /* the slow and the bursty */
    struct conn **free;      /* active ones without a request, a ring: first in, first out */
    int free_first, free_count;
    int alive, busy;         /* active ones: not broken; with a request under way */
    enum phase phase;
    uint64_t begins_ns, ends_ns;   /* of the schedule; all requests in between are timed */
    uint64_t guard_ns, edge_ns;    /* the window goes this far beyond; when the next phase begins */
    struct arrivals arrivals;
    uint64_t schedule_ns, due_ns;  /* open loop: when it began; the oldest request not yet sent */
    uint64_t looked_ns;            /* what was due by then became so while a connection was free */
    bool one_was_free;             /* since the last look at the schedule */
    uint64_t opened_ns, opened_cpu_ns, opened_wall_ns, opened_stolen_ns;
};

/* Warm up, measure, drain, settle. Whoever was served is CONN_FREE, and r->served is set. */
void run(struct load *l);
