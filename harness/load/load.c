#define _GNU_SOURCE
/* What comes before a run, and after it: descriptors, memory, and everybody is greeted. The run itself is in run.c. */
#include "harness/load/load.h"
#include "harness/load/greet.h"
#include "harness/load/run.h"
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum { IDLE_PING = 64 };

_Static_assert((int)LOAD_SAYS == (int)DIALOGUE_SAYS, "a sentence of a connection fits the result");

/* -- Beginning --------------------------------------------------------------------------------------------------- */

static bool enough_descriptors(const struct load *l)
{
    struct rlimit limit;
    rlim_t needed = (rlim_t)l->count + 64; /* what else the program has open */
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= needed)
        return true;
    limit.rlim_cur = limit.rlim_max;
    if (limit.rlim_max >= needed && setrlimit(RLIMIT_NOFILE, &limit) == 0)
        return true;
    snprintf(l->r->trouble, LOAD_SAYS, "setrlimit: %ju descriptors are needed and %ju are allowed: %s",
             (uintmax_t)needed, (uintmax_t)limit.rlim_max,
             "raise the hard limit (`ulimit -Hn`), or use fewer connections");
    return false;
}

static void set_company(struct load *l)
{
    struct conn *slow = l->conns + l->o->connections + l->o->idle;
    l->company = (struct company){.dialogue = &l->dialogue,
                                  .slow = slow,
                                  .bursty = slow + l->o->slow,
                                  .slow_count = l->o->slow,
                                  .bursty_count = l->o->bursty,
                                  .bursts = &l->r->bursts,
                                  .failure = l->r->failure};
}

static bool prepare(struct load *l)
{
    size_t largest = l->o->size > IDLE_PING ? l->o->size : IDLE_PING;
    if (!enough_descriptors(l))
        return false;
    l->conns = calloc((size_t)l->count, sizeof *l->conns);
    l->free = calloc((size_t)l->o->connections, sizeof *l->free);
    bool speaks = true;
    if (l->o->http)
        dialogue_http(&l->dialogue, &l->o->address);
    else
        speaks = dialogue_echo(&l->dialogue, largest, l->o->seed);
    if (!l->conns || !l->free || !speaks) {
        snprintf(l->r->trouble, LOAD_SAYS, "malloc: %s: use fewer connections", strerror(ENOMEM));
        return false;
    }
    for (int i = 0; i < l->count; i++) {
        bool idle = i >= l->o->connections && i < l->o->connections + l->o->idle;
        l->conns[i].turn.connection = (uint32_t)i;
        l->conns[i].turn.size = idle && l->o->size > IDLE_PING ? IDLE_PING : l->o->size;
    }
    set_company(l);
    return true;
}

/* The idle ones first, as in life: they were there before, and the server has its tables full when the load begins. */
static void greet_all(struct load *l)
{
    struct load_result *r = l->r;
    struct sources sources = {0};
    struct greeting g = {.pace = &l->pace,
                         .dialogue = &l->dialogue,
                         .address = &l->o->address,
                         .patience_ms = l->o->patience_ms,
                         .stop = l->o->stop,
                         .sources = &sources,
                         .trouble = r->trouble,
                         .failure = r->failure};
    uint64_t begin_ns = clock_ns(CLOCK_MONOTONIC);
    r->idle_served = greet(&g, l->conns + l->o->connections, l->o->idle);
    g.has_served = r->idle_served > 0;
    if (!*r->failure)
        r->slow_served = greet(&g, l->company.slow, l->o->slow);
    if (!*r->failure)
        r->bursty_served = greet(&g, l->company.bursty, l->o->bursty);
    g.has_served |= r->slow_served + r->bursty_served > 0;
    if (!*r->failure)
        r->served = greet(&g, l->conns, l->o->connections);
    r->sources = sources.used;
    r->connect_ns = clock_ns(CLOCK_MONOTONIC) - begin_ns;
    r->answered = (uint64_t)(r->served + r->idle_served + r->slow_served + r->bursty_served);
    r->answer_size = l->dialogue.page.size;
    r->page_size = l->dialogue.page.size - l->dialogue.page.head;
}

static void drive(struct load *l)
{
    greet_all(l);
    bool stopped = l->o->stop && *l->o->stop;
    if (l->r->served > 0 && !*l->r->failure && !stopped)
        run(l);
}

static void clean_up(struct load *l)
{
    for (int i = 0; l->conns && i < l->count; i++)
        conn_close(&l->conns[i]);
    dialogue_free(&l->dialogue);
    free(l->conns);
    free(l->free);
}

bool load_run(const struct load_options *options, struct load_result *r)
{
    int count = options->connections + options->idle + options->slow + options->bursty;
    struct load l = {.o = options, .r = r, .count = count};
    memset(r, 0, sizeof *r);
    r->total = options->connections;
    r->idle_total = options->idle;
    r->slow_total = options->slow;
    r->bursty_total = options->bursty;
    if (prepare(&l)) {
        if (pace_open(&l.pace, options->spin_us)) {
            drive(&l);
            pace_close(&l.pace);
        } else {
            snprintf(r->trouble, LOAD_SAYS, "epoll_create1: %s: close some files", strerror(errno));
        }
    }
    clean_up(&l);
    r->flags = load_flags(options, r);
    return r->served > 0 && r->window_ns > 0 && !r->all_lost && !*r->failure;
}

struct load_options load_defaults(struct sockaddr_in address)
{
    cpu_set_t usable;
    bool spare = sched_getaffinity(0, sizeof usable, &usable) == 0 && CPU_COUNT(&usable) > 1;
    return (struct load_options){.address = address,
                                 .connections = 64,
                                 .size = 64,
                                 .seed = 1,
                                 .warmup_ms = 150,
                                 .window_ms = 1000,
                                 .patience_ms = 2000,
                                 .spin_us = spare ? LOAD_SPIN_US : 0};
}
