/* What belongs to a figure: of those who make calls, the first process, and whoever reads what the client sends. Of
 * their calls, those about this client before its data comes, those that wait for it, and all until it is in hand. */
#define _GNU_SOURCE
#include "harness/figure/phases.h"
#include "harness/trace/calls.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

struct search {
    struct figure *figure;
    const struct figure_stamps *stamps;
    const struct trace_event *copy;     /* the read that brought the data; NULL: nobody called one */
    pid_t lanes[FIGURE_LANES];
};

/* -- Who reads --------------------------------------------------------------------------------------------------- */

static bool is_read(const struct trace_event *event)
{
    enum call_shape shape = call_shape(event->number);
    return event->kind == TRACE_CALL && (shape == CALL_READ || shape == CALL_READ_PARTS);
}

static bool is_write(const struct trace_event *event)
{
    enum call_shape shape = call_shape(event->number);
    return event->kind == TRACE_CALL && (shape == CALL_WRITE || shape == CALL_WRITE_PARTS);
}

/* The first read that brought something after the client began to send. */
static const struct trace_event *find_copy(const struct trace_event *events, int count, int64_t send_ns)
{
    const struct trace_event *copy = NULL;
    for (int i = 0; i < count && !copy; i++)
        if (is_read(&events[i]) && events[i].who.kind == FD_CONNECTION && events[i].result > 0 &&
            events[i].returned_ns > send_ns)
            copy = &events[i];
    return copy;
}

static bool is_about_the_client(const struct search *search, const struct trace_event *event)
{
    return search->copy && event->fd >= 0 && event->who.kind == FD_CONNECTION &&
           event->who.number == search->copy->who.number;
}

/* -- Which part a call plays ------------------------------------------------------------------------------------- */

static bool spans_the_send(const struct search *search, const struct trace_event *event)
{
    return event->may_block && event->entered_ns < search->stamps->send_ns &&
           (event->returned_ns == 0 || event->returned_ns > search->stamps->send_ns);
}

static bool asks_for_signals(const struct trace_event *event)
{
    return call_shape(event->number) == CALL_FCNTL && event->args[1] == F_SETFL && (event->args[2] & O_ASYNC);
}

static bool bears_the_reader(const struct search *search, const struct trace_event *event)
{
    return call_shape(event->number) == CALL_BIRTH && search->lanes[1] && event->result == search->lanes[1];
}

/* FIGURE_PARTS: none. */
static enum figure_part part_of(const struct search *search, const struct trace_event *event)
{
    bool before = event->entered_ns < search->stamps->send_ns, about = is_about_the_client(search, event);
    bool behind = search->copy && event->entered_ns >= search->copy->returned_ns;
    if (event == search->copy)
        return FIGURE_COPY;
    if (event->kind == TRACE_SIGNAL)
        return before || !event->handled ? FIGURE_PARTS : FIGURE_SIGNAL;
    if (event->kind != TRACE_CALL || call_shape(event->number) == CALL_ACCEPT)
        return event->kind == TRACE_CALL && spans_the_send(search, event) ? FIGURE_WAIT : FIGURE_PARTS;
    if (about && is_read(event) && event->error == EAGAIN && !behind)
        return FIGURE_VAIN;
    if (spans_the_send(search, event))
        return FIGURE_WAIT;
    if (about && is_write(event) && event->result > 0 && behind)
        return FIGURE_ANSWER;
    if (before && bears_the_reader(search, event))
        return FIGURE_BIRTH;
    if (before && about && (call_shape(event->number) == CALL_EPOLL_CTL || asks_for_signals(event)))
        return FIGURE_ASK;
    return before ? FIGURE_PARTS : FIGURE_CALL;
}

/* -- Steps ------------------------------------------------------------------------------------------------------- */

/* "read A: 6 bytes" is "read A" and "6 bytes". What does not fit is cut: the timeline has all of it. */
static void describe(struct figure_step *step, const struct trace_event *event)
{
    char text[160];
    trace_describe(event, text, sizeof text);
    char *says = strstr(text, ": ");
    if (says)
        *says = '\0';
    snprintf(step->call, sizeof step->call, "%.31s", text);
    if (step->part == FIGURE_VAIN)
        strcpy(step->says, "EAGAIN");
    else if (step->part == FIGURE_BIRTH)
        strcpy(step->says, "the reader");
    else if (step->part == FIGURE_ASK && asks_for_signals(event))
        strcpy(step->says, "send signals");
    else if (step->part == FIGURE_COPY || step->part == FIGURE_ANSWER)
        snprintf(step->says, sizeof step->says, "%lld byte%s", (long long)event->result, event->result == 1 ? "" : "s");
    else if (step->part == FIGURE_WAIT && call_shape(event->number) == CALL_RING && event->returned_ns)
        strcpy(step->says, "it is done");
    else if (says)
        snprintf(step->says, sizeof step->says, "%.47s", says + 2);
    if (call_shape(event->number) == CALL_RING)
        step->call[strcspn(step->call, " ")] = '\0';
}

/* A read in vain straight behind another one is one more of the same. */
static bool adds_to_last(struct figure *figure, const struct figure_step *step)
{
    struct figure_step *last = NULL;
    for (int i = 0; i < figure->step_count; i++)
        if (figure->steps[i].lane == step->lane)
            last = &figure->steps[i];
    if (step->part != FIGURE_VAIN || !last || last->part != FIGURE_VAIN)
        return false;
    last->to_ns = step->to_ns;
    last->count++;
    return true;
}

static int lane_of(const struct search *search, pid_t tid)
{
    return tid == search->lanes[1] ? 1 : tid == search->lanes[0] ? 0 : -1;
}

static void add(const struct search *search, const struct trace_event *event)
{
    struct figure *figure = search->figure;
    int64_t zero = search->stamps->send_ns, end = search->stamps->end_ns;
    struct figure_step step = {.part = part_of(search, event), .lane = lane_of(search, event->tid), .count = 1,
                               .returned = event->returned_ns != 0, .from_ns = event->entered_ns - zero};
    int room = step.part == FIGURE_CALL ? FIGURE_STEPS / 2 : FIGURE_STEPS;      /* calls in passing leave some */
    if (step.part == FIGURE_PARTS || step.lane < 0 || figure->step_count >= room)
        return;
    step.to_ns = (event->returned_ns ? event->returned_ns : end > event->entered_ns ? end : event->entered_ns) - zero;
    if (event->kind == TRACE_SIGNAL)
        step.from_ns = step.to_ns;
    if (step.part == FIGURE_COPY && !event->may_block && step.from_ns < 0)
        step.from_ns = 0;           /* it was on its way, or asleep for another reason: a call like that waits not */
    describe(&step, event);
    if (!adds_to_last(figure, &step))
        figure->steps[figure->step_count++] = step;
}

/* What comes after the data is in hand is not of this figure, but for the first answer. Who is asleep then, is. */
static void leave_out_the_rest(struct figure *figure)
{
    struct figure_phases phases = figure_phases(figure);
    int64_t done_ns = phases.done_ns;
    bool answered = false;
    for (int i = 0; i < figure->step_count; i++)
        if (figure->steps[i].part == FIGURE_WAIT && figure->steps[i].to_ns > done_ns) {
            figure->steps[i].returned = false;
            strcpy(figure->steps[i].says, "still waits");
        }
    int kept = 0;
    for (int i = 0; i < figure->step_count; i++) {
        const struct figure_step *step = &figure->steps[i];
        bool late = step->to_ns > done_ns && (step->part == FIGURE_CALL || step->part == FIGURE_SIGNAL);
        bool again = step->part == FIGURE_ANSWER && answered;
        answered |= step->part == FIGURE_ANSWER;
        if (!late && !again)
            figure->steps[kept++] = *step;
    }
    figure->step_count = kept;
}

/* A trace has them in the order in which they returned. */
static void sort_by_time(struct figure *figure)
{
    for (int i = 1; i < figure->step_count; i++)
        for (int k = i; k > 0 && figure->steps[k].from_ns < figure->steps[k - 1].from_ns; k--) {
            struct figure_step step = figure->steps[k];
            figure->steps[k] = figure->steps[k - 1];
            figure->steps[k - 1] = step;
        }
}

/* -- Who is who -------------------------------------------------------------------------------------------------- */

static void drop_idle_main(struct figure *figure)
{
    bool does_something = false;
    for (int i = 0; i < figure->step_count; i++)
        does_something |= figure->steps[i].lane == 0;
    for (int i = 0; i < figure->step_count && !does_something; i++)
        figure->steps[i].lane = 0;
    figure->lane_count = does_something ? 2 : 1;
}

static void name_lanes(const struct search *search, pid_t first)
{
    struct figure *figure = search->figure;
    figure->lane_count = 1;
    if (search->lanes[1])
        drop_idle_main(figure);
    bool hidden = figure->lane_count == 2 && figure_phases(figure).way == FIGURE_HELPED;
    bool thread = search->copy && search->copy->pid == first;
    snprintf(figure->lane[0], sizeof figure->lane[0], figure->lane_count == 1 ? "application" : "main");
    snprintf(figure->lane[1], sizeof figure->lane[1], "%s%s", hidden ? "hidden " : "", thread ? "thread" : "process");
}

static bool has_ring(const struct figure *figure)
{
    for (int i = 0; i < figure->step_count; i++)
        if (figure->steps[i].part == FIGURE_WAIT && figure->steps[i].returned &&
            strcmp(figure->steps[i].call, "io_uring_enter") == 0)
            return true;
    return false;
}

bool figure_find(struct figure *figure, const char *model, pid_t first, const struct trace_event *events, int count,
                 const struct figure_stamps *stamps)
{
    struct search search = {.figure = figure, .stamps = stamps, .copy = find_copy(events, count, stamps->send_ns)};
    *figure = (struct figure){.sent_ns = stamps->sent_ns - stamps->send_ns};
    snprintf(figure->model, sizeof figure->model, "%.31s", model);
    search.lanes[0] = first;
    if (search.copy && search.copy->tid != first)
        search.lanes[1] = search.copy->tid;
    for (int i = 0; i < count; i++)
        add(&search, &events[i]);
    if (!stamps->send_ns || (!search.copy && !has_ring(figure))) {
        strcpy(figure->cannot, stamps->send_ns ? "nobody was seen to read what the client sent"
                                               : "no client sends in this scene");
        return false;
    }
    leave_out_the_rest(figure);
    sort_by_time(figure);
    name_lanes(&search, first);
    return true;
}
