/* Claims about asynchronous I/O (07_aio). */
#include "harness/claim/judge.h"
#include "harness/claim/lab.h"
#include "harness/figure/phases.h"
#include <stdlib.h>
#include <string.h>

/* -- Hidden threads ---------------------------------------------------------------------------------------------- */

static struct twenty_first twenty_first(const struct claim_world *world, const char *server,
                                        struct claim_found *found)
{
    struct play_outcome outcome;
    bool waits = claim_play(world, "aio", "twenty-first", server, &outcome, found);
    if (strcmp(outcome.code, "NOBODY_WAITS") == 0)
        found->why_not[0] = '\0';       /* that is an answer */
    const struct twenty_first seen = {waits, claim_shown(&outcome, "threads"), claim_shown(&outcome, "answered") > 0};
    claim_figure(found, seen.threads, "", "threads with 20 silent clients, %s", server);
    claim_figure(found, seen.waits_in_read, "", "one of them waits in read, %s", server);
    claim_figure(found, seen.answered, "", "client 21 is answered, %s", server);
    return seen;
}

static void aio_is_threads(const struct claim_world *world, struct claim_found *found)
{
    const struct twenty_first by_default = twenty_first(world, "careless_aio", found),
                              with_init = twenty_first(world, "aio", found);
    if (claim_all_seen(found))
        judge_aio(&by_default, &with_init, found);
}

/* -- Who copies -------------------------------------------------------------------------------------------------- */

enum { EVENTS_MOST = 20000, TRIES = 3 };

/* What is seen of one request. */
struct request_seen {
    struct figure_stamps stamps;
    bool begun;                         /* the scene; what a spinning server does before it would fill the room */
    pid_t first;                        /* the process that was started */
    struct trace_event events[EVENTS_MOST];
    int count;
};

static void on_event(void *context, const struct trace_event *event)
{
    struct request_seen *seen = context;
    if (!seen->first)
        seen->first = event->pid;
    if (seen->begun && seen->count < EVENTS_MOST)
        seen->events[seen->count++] = *event;
}

/* The player says when a line begins: a send is over when the next one does. */
static void on_line(void *context, const struct scene_line *line, int64_t at_ns)
{
    struct request_seen *seen = context;
    struct figure_stamps *stamps = &seen->stamps;
    seen->begun = true;
    if (stamps->send_ns && !stamps->sent_ns)
        stamps->sent_ns = at_ns;
    if (line && line->action == DO_SEND)
        stamps->send_ns = at_ns;
    if (!line)
        stamps->end_ns = at_ns;
}

static void on_lost(void *context, int64_t events) { (void)context, (void)events; }

static char copier_of(const struct figure *figure)
{
    switch (figure_phases(figure).way) {
    case FIGURE_INSIDE: case FIGURE_ASKS: case FIGURE_READINESS: case FIGURE_BY_SIGNAL: return '=';
    case FIGURE_HELPED: return '+';
    case FIGURE_NOBODY: return '0';
    default: return '?';
    }
}

/* On a busy machine a server may come too late to be seen waiting: then once more. False: it failed. */
static bool who_copies(const struct claim_world *world, struct copier *copier, struct claim_found *found)
{
    static struct request_seen seen;
    static struct figure figure;
    const struct play_watcher watcher = {on_event, on_line, on_lost, &seen};
    struct play_outcome outcome;
    copier->who = '?';
    for (int i = 0; i < TRIES && copier->who == '?'; i++) {
        memset(&seen, 0, sizeof seen);
        if (!claim_play_watched(world, "aio", "request", copier->model, &watcher, &outcome, found)) {
            copier->who = outcome.verdict == PLAY_SKIP ? '-' : '?';
            return outcome.verdict == PLAY_SKIP;
        }
        if (figure_find(&figure, copier->model, seen.first, seen.events, seen.count, &seen.stamps))
            copier->who = copier_of(&figure);
    }
    return true;
}

static void only_aio_copies(const struct claim_world *world, struct claim_found *found)
{
    static struct copier models[] = {{"blocking", 0}, {"nonblocking", 0}, {"select", 0}, {"poll", 0}, {"epoll-lt", 0},
                                     {"epoll-et", 0}, {"signal-io", 0}, {"fork", 0}, {"prefork", 0}, {"thread", 0},
                                     {"aio", 0}, {"uring", 0}};
    enum { COUNT = sizeof models / sizeof *models };
    char why[400];
    if (!trace_is_possible(why, sizeof why)) {
        claim_cannot(found, "who calls read is seen by tracing: %s", why);
        return;
    }
    for (int i = 0; i < COUNT; i++) {
        if (!who_copies(world, &models[i], found))
            return;
        if (models[i].who == '-')
            found->why_not[0] = '\0';       /* io_uring is forbidden, say: the others can be tried */
        else
            claim_figure(found, models[i].who == '=', "", "who waits copies, too, %s", models[i].model);
    }
    judge_copiers(models, COUNT, found);
}

/* -- The table --------------------------------------------------------------------------------------------------- */

const struct claim claims_aio[] = {
    {"aio-is-threads", "POSIX AIO in glibc is blocking reads in hidden threads, and the 21st client starves", "07_aio",
     "build/bin/iolab scene harness/claim/aio.scene --only twenty-first -- build/claim/careless_aio", false,
     aio_is_threads},
    {"only-aio-copies", "in all models but the asynchronous ones your own thread does the copy", "07_aio",
     "make models", false, only_aio_copies},
    {0}};
