#define _GNU_SOURCE
/* Warm up, measure, drain, settle.
 *
 * All that happens is an answer (then the connection's next request, or the schedule's), a moment of the schedule, or
 * an edge between phases. Time is read once for each answer and serves three ends: it closes the books of one request,
 * opens those of the next, and is held against the next edge. So in a closed loop no moment of a connection is
 * uncounted, which is why Little's law must hold. */
#include "harness/load/cpus.h"
#include "harness/load/run.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { BATCH = 256, DRAIN_NS = 500 * 1000 * 1000, DRAINS_MOST = 5, MS = 1000 * 1000 };

static bool stopped(const struct load *l) { return l->o->stop && *l->o->stop; }
static bool is_company(const struct load *l, const struct conn *c) { return c >= l->company.slow; }
static bool is_slow(const struct load *l, const struct conn *c) { return is_company(l, c) && c < l->company.bursty; }
static bool open_loop(const struct load *l) { return l->o->rate > 0; }

/* -- The window -----------------------------------------------------------------------------------------------------
 * The callback stands outside on both sides: what it takes is neither in the window's time nor in the driver's CPU. But
 * nobody sends or hears meanwhile, so when the window begins the schedule stands still for as long. In an open loop the
 * window opens a little before the first request that is timed, and closes a little after the last, so that one that is
 * under way then is not late because of us.
 *
 * A closed loop has no schedule, and its window begins when it is open, however late: on a busy machine hardly anything
 * might be left of it. */

static void postpone(struct load *l, uint64_t from_ns, uint64_t by_ns)
{
    l->schedule_ns += by_ns;
    if (l->due_ns > from_ns)
        l->due_ns += by_ns;
    l->begins_ns += by_ns;
    l->ends_ns = open_loop(l) ? l->ends_ns + by_ns : from_ns + by_ns + (uint64_t)l->o->window_ms * MS;
    company_postpone(&l->company, by_ns, l->begins_ns, l->ends_ns);
}

static void open_window(struct load *l)
{
    uint64_t from_ns = clock_ns(CLOCK_MONOTONIC);
    l->opened_stolen_ns = cpus_read(CPUS_FILE).stolen_ns;
    if (l->o->window)
        l->o->window(l->o->context, true);
    postpone(l, from_ns, clock_ns(CLOCK_MONOTONIC) - from_ns);
    l->phase = WINDOW;
    l->edge_ns = l->ends_ns + l->guard_ns;
    l->opened_cpu_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID);
    l->opened_wall_ns = clock_ns(CLOCK_REALTIME);
    l->opened_ns = clock_ns(CLOCK_MONOTONIC);
}

static void close_window(struct load *l)
{
    struct load_result *r = l->r;
    uint64_t now_ns = clock_ns(CLOCK_MONOTONIC);
    r->window_ns = now_ns - l->opened_ns;
    r->wall_drift_ns = (int64_t)(clock_ns(CLOCK_REALTIME) - l->opened_wall_ns) - (int64_t)r->window_ns;
    r->driver_cpu_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID) - l->opened_cpu_ns;
    if (now_ns < l->ends_ns)
        l->ends_ns = now_ns; /* stopped early: what was to come is no longer scheduled */
    l->phase = DRAIN;
    company_stop(&l->company, now_ns);
    l->edge_ns = l->ends_ns + DRAIN_NS;
    if (l->o->window)
        l->o->window(l->o->context, false);
    r->stolen_ns = cpus_read(CPUS_FILE).stolen_ns - l->opened_stolen_ns;
}

/* The slow ones hear no more by now. */
static bool half_an_answer_may_go_on(const struct load *l)
{
    uint64_t now_ns = clock_ns(CLOCK_MONOTONIC);
    for (int i = 0; i < l->count; i++) {
        const struct conn *c = &l->conns[i];
        bool half = c->state == CONN_BUSY && c->turn.heard > 0 && !is_slow(l, c);
        if (half && !conn_fell_silent(c, now_ns))
            return true;
    }
    return false;
}

static void pass_edge(struct load *l)
{
    if (l->phase == WARMUP)
        open_window(l);
    else if (l->phase == WINDOW)
        close_window(l);
    else if (!stopped(l) && l->edge_ns < l->ends_ns + DRAINS_MOST * (uint64_t)DRAIN_NS && half_an_answer_may_go_on(l))
        l->edge_ns += DRAIN_NS;
    else
        l->phase = OVER;
}

/* Whatever happens, a window that was opened is closed. */
static void end_early(struct load *l)
{
    if (l->phase == WINDOW)
        close_window(l);
    else if (l->phase == WARMUP)
        l->phase = OVER;
}

/* -- Requests -------------------------------------------------------------------------------------------------------
 * Which connection takes the next request? The one that has been free the longest: all get the same share. The one used
 * last would be warmer, but at a low rate it would be the only one, and the others idle. */

static void keep_free(struct load *l, struct conn *c) { l->free[(l->free_first + l->free_count++) % l->r->served] = c; }

/* NULL if all are busy. One that broke while it was free is passed over. */
static struct conn *take_free(struct load *l)
{
    while (l->free_count > 0) {
        struct conn *c = l->free[l->free_first];
        l->free_first = (l->free_first + 1) % l->r->served;
        l->free_count--;
        if (c->state == CONN_FREE)
            return c;
    }
    return NULL;
}

static void next_due(struct load *l) { l->due_ns = l->schedule_ns + arrivals_next(&l->arrivals); }

static void abandon(struct load *l, const struct conn *c, uint64_t now_ns)
{
    l->r->unfinished++;
    if (c->counts)
        hist_censor(&l->r->response, now_ns - c->intended_ns);
    if (c->counts && open_loop(l))
        hist_censor(&l->r->service, now_ns - c->sent_ns);
}

static void lose(struct load *l, struct conn *c)
{
    int why = errno;
    l->r->lost++;
    l->alive -= c->turn.connection < (uint32_t)l->o->connections;
    if (c->state == CONN_BUSY) {
        l->busy--;
        abandon(l, c, clock_ns(CLOCK_MONOTONIC));
        dialogue_missing(&l->dialogue, &c->turn, why ? strerror(why) : "the server closed the connection",
                         l->r->failure);
    }
    conn_close(c);
}

static void request(struct load *l, struct conn *c, uint64_t intended_ns, uint64_t now_ns)
{
    c->intended_ns = intended_ns;
    c->sent_ns = now_ns;
    c->counts = open_loop(l) ? intended_ns >= l->begins_ns : l->phase == WINDOW;
    l->r->offered += c->counts;
    l->busy++;
    if (conn_request(c, &l->dialogue) == CONN_BROKEN)
        lose(l, c);
}

/* Sends what is due, as long as a connection is free. What finds none waits, and its response time runs.
 *
 * Lateness is from the moment when a request was due to the one when the driver looked, if a connection was free all
 * the while. Of many that are found due at once, after the driver was away, only the first find one free now; but all
 * of them would have, and all are late. What became due while all connections were busy is not: that is the server's
 * time. */
static void send_due(struct load *l, uint64_t now_ns)
{
    if (l->one_was_free)
        l->looked_ns = now_ns;
    while (l->due_ns <= now_ns && l->due_ns < l->ends_ns) {
        struct conn *c = take_free(l);
        l->one_was_free = c != NULL;
        if (!c)
            return;
        if (l->due_ns >= l->begins_ns && l->due_ns <= l->looked_ns)
            hist_record(&l->r->lateness, l->looked_ns - l->due_ns);
        request(l, c, l->due_ns, now_ns);
        next_due(l);
        now_ns = clock_ns(CLOCK_MONOTONIC);
        if (l->free_count > 0)
            l->looked_ns = now_ns;
    }
    l->one_was_free = l->free_count > 0;
}

static void answered(struct load *l, const struct conn *c)
{
    l->r->answered++;
    l->r->requests += l->phase == WINDOW;
    l->busy--;
    if (c->counts)
        hist_record(&l->r->response, c->heard_ns - c->intended_ns);
    if (c->counts && open_loop(l))
        hist_record(&l->r->service, c->heard_ns - c->sent_ns);
}

static void go_on(struct load *l, struct conn *c)
{
    uint64_t now_ns = c->heard_ns;
    if (now_ns >= l->edge_ns) {
        pass_edge(l);
        now_ns = clock_ns(CLOCK_MONOTONIC);
    }
    if (open_loop(l)) {
        keep_free(l, c);
        send_due(l, now_ns);
    } else if (l->phase < DRAIN) {
        request(l, c, now_ns, now_ns);
    }
}

/* -- The loop ---------------------------------------------------------------------------------------------------- */

static void end_with_failure(struct load *l)
{
    end_early(l);
    l->phase = OVER;
}

static void on_event(struct load *l, const struct epoll_event *event)
{
    struct conn *c = event->data.ptr;
    if (c->state == CONN_CLOSED || l->phase == OVER)
        return;
    if (is_company(l, c)) {
        if (!company_hear(&l->company, c))
            end_with_failure(l);
        return;
    }
    enum conn_step step = conn_go_on(c, &l->dialogue, l->r->failure);
    c->heard_ns = clock_ns(CLOCK_MONOTONIC);
    if (step == CONN_DONE)
        answered(l, c);
    if (step == CONN_BROKEN || (step == CONN_DONE && event->events & EPOLLRDHUP))
        lose(l, c); /* a FIN that came with the answer: no event will tell of it again */
    else if (step == CONN_DONE)
        go_on(l, c);
    else if (step == CONN_WRONG)
        end_with_failure(l);
}

/* A server that ends between two requests leaves no answer half, and would look well on what it did before. */
static void note_all_lost(struct load *l)
{
    l->r->all_lost = true;
    snprintf(l->r->trouble, LOAD_SAYS, "all %d connections broke before the window was over: %s", l->r->served,
             "the server closed them, or has ended");
}

/* Nothing is under way, nothing will be. */
static bool exhausted(const struct load *l)
{
    if (l->alive == 0)
        return true;
    bool all_sent = !open_loop(l) || l->due_ns >= l->ends_ns;
    return l->phase == DRAIN && l->busy == 0 && l->company.waiting == 0 && all_sent;
}

/* When something is to be done though no answer comes. What is due while all are busy waits for one of them. */
static uint64_t next_moment_ns(const struct load *l)
{
    bool due = open_loop(l) && l->free_count > 0 && l->due_ns < l->ends_ns;
    uint64_t company_ns = company_next_ns(&l->company), moment_ns = company_ns < l->edge_ns ? company_ns : l->edge_ns;
    return due && l->due_ns < moment_ns ? l->due_ns : moment_ns;
}

static void loop(struct load *l)
{
    while (l->phase != OVER) {
        struct epoll_event events[BATCH];
        int count = pace_wait(&l->pace, events, BATCH, next_moment_ns(l));
        for (int i = 0; i < count; i++)
            on_event(l, &events[i]);
        uint64_t now_ns = clock_ns(CLOCK_MONOTONIC);
        if (open_loop(l))
            send_due(l, now_ns);
        if (now_ns >= company_next_ns(&l->company) && l->phase != OVER && !company_go_on(&l->company, now_ns))
            end_with_failure(l);
        if (now_ns >= l->edge_ns && l->phase != OVER)
            pass_edge(l);
        if (l->alive == 0 && l->phase < DRAIN)
            note_all_lost(l);
        if (stopped(l) || l->alive == 0)
            end_early(l);
        if (exhausted(l))
            l->phase = OVER;
    }
}

static void begin(struct load *l)
{
    uint64_t now_ns = clock_ns(CLOCK_MONOTONIC);
    l->schedule_ns = now_ns;
    l->guard_ns = open_loop(l) ? 2 * MS : 0;
    l->begins_ns = now_ns + (uint64_t)l->o->warmup_ms * MS;
    l->edge_ns = l->begins_ns - l->guard_ns;
    l->ends_ns = l->begins_ns + (uint64_t)l->o->window_ms * MS;
    company_begin(&l->company, now_ns, l->begins_ns, l->ends_ns);
    l->one_was_free = true;
    if (open_loop(l)) {
        arrivals_begin(&l->arrivals, l->o->rate, l->o->fixed_arrivals, l->o->seed);
        next_due(l);
    }
    for (int i = 0; i < l->o->connections; i++) {
        if (l->conns[i].state != CONN_FREE)
            continue;
        l->alive++;
        if (open_loop(l))
            keep_free(l, &l->conns[i]);
        else
            request(l, &l->conns[i], now_ns, now_ns);
    }
}

/* -- The end ----------------------------------------------------------------------------------------------------- */

/* A server may be slow to begin; one that answered a part and then nothing for long has lost the rest. */
static void check_missing(const struct load *l, const struct conn *c, uint64_t now_ns)
{
    if (conn_fell_silent(c, now_ns))
        dialogue_missing(&l->dialogue, &c->turn, "nothing more came", l->r->failure);
}

static void settle(struct load *l)
{
    uint64_t now_ns = clock_ns(CLOCK_MONOTONIC);
    for (int i = 0; i < l->o->connections + l->o->idle; i++) {
        struct conn *c = &l->conns[i];
        if (c->state == CONN_BUSY) {
            abandon(l, c, now_ns);
            check_missing(l, c, now_ns);
        } else if (c->state == CONN_FREE && !*l->r->failure) {
            conn_listen(c, &l->dialogue, l->r->failure);
        }
    }
    if (!open_loop(l))
        l->r->service = l->r->response; /* a request is due when it is sent */
    company_settle(&l->company, now_ns);
    l->r->slow_answers = l->company.slow_answers;
    l->r->bursty_answers = l->company.bursty_answers;
    l->r->answered += l->company.slow_answers + l->company.bursty_answers;
    l->r->lost += l->company.lost;
    for (; open_loop(l) && l->due_ns < l->ends_ns && l->due_ns <= now_ns; next_due(l)) {
        l->r->unfinished++;
        if (l->due_ns >= l->begins_ns) {
            l->r->offered++;
            hist_censor(&l->r->response, now_ns - l->due_ns);
        }
    }
}

void run(struct load *l)
{
    begin(l);
    loop(l);
    settle(l);
}
