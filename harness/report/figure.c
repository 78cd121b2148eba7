#define _GNU_SOURCE
#include "harness/report/figure.h"
#include "harness/report/words.h"
#include <stdlib.h>
#include <string.h>

/* -- What it means ----------------------------------------------------------------------------------------------- */

static const struct figure_step *find(const struct figure *figure, enum figure_part part, int lane)
{
    for (int i = 0; i < figure->step_count; i++)
        if (figure->steps[i].part == part && (lane < 0 || figure->steps[i].lane == lane))
            return &figure->steps[i];
    return NULL;
}

static bool is_call(const struct figure_step *step, const char *name)
{
    return step && strncmp(step->call, name, strlen(name)) == 0;
}

/* When somebody reads for himself, the others sleep on. Who is told between the read and the answer has a helper. */
static const struct figure_step *told_of(const struct figure *figure, const struct figure_step *copy)
{
    const struct figure_step *answer = find(figure, FIGURE_ANSWER, -1);
    const struct figure_step *wait = copy && copy->lane != 0 ? find(figure, FIGURE_WAIT, 0) : NULL;
    bool told = wait && wait->returned && wait->to_ns >= copy->to_ns && (!answer || wait->to_ns <= answer->from_ns);
    return told ? wait : NULL;
}

static enum figure_way way_of(const struct figure *figure, const struct figure_phases *phases)
{
    if (!phases->copy)
        return FIGURE_NOBODY;
    if (told_of(figure, phases->copy))
        return FIGURE_HELPED;
    if (phases->copy->from_ns < 0)
        return FIGURE_INSIDE;
    if (is_call(phases->wait, "sigwaitinfo") || find(figure, FIGURE_SIGNAL, phases->reader))
        return FIGURE_BY_SIGNAL;
    if (phases->wait)
        return FIGURE_READINESS;
    return phases->vain > 0 ? FIGURE_ASKS : FIGURE_LATE;
}

/* When did who reads first ask? The way to ask does not matter. */
static int64_t first_asked(const struct figure *figure, int lane)
{
    int64_t asked_ns = 0;
    for (int i = 0; i < figure->step_count; i++) {
        const struct figure_step *step = &figure->steps[i];
        bool asks = step->part <= FIGURE_ASK && step->lane == lane;
        asked_ns = asks && step->from_ns < asked_ns ? step->from_ns : asked_ns;
    }
    return asked_ns;
}

struct figure_phases figure_phases(const struct figure *figure)
{
    struct figure_phases phases = {.copy = find(figure, FIGURE_COPY, -1)};
    phases.reader = phases.copy ? phases.copy->lane : 0;
    phases.wait = find(figure, FIGURE_WAIT, phases.reader);
    for (int i = 0; i < figure->step_count; i++)
        phases.vain += figure->steps[i].part == FIGURE_VAIN ? figure->steps[i].count : 0;
    phases.way = way_of(figure, &phases);
    if (phases.way == FIGURE_HELPED)
        phases.wait = told_of(figure, phases.copy);
    phases.wait_ns = -first_asked(figure, phases.reader);
    const struct figure_step *last = phases.copy ? phases.copy : phases.wait;
    phases.copy_from_ns = last && last->from_ns > 0 ? last->from_ns : 0;
    phases.copy_to_ns = last ? last->to_ns : 0;
    phases.done_ns = phases.way == FIGURE_HELPED ? phases.wait->to_ns : phases.copy_to_ns;
    return phases;
}

bool figure_wakes(const struct figure_phases *phases)
{
    return phases->way == FIGURE_INSIDE || phases->way == FIGURE_HELPED || phases->way == FIGURE_NOBODY;
}

/* -- In words ---------------------------------------------------------------------------------------------------- */

/* A microsecond is rounded up: it says "at most". */
void figure_say_time(int64_t ns, char *text, size_t size)
{
    if (ns < 1000000)
        snprintf(text, size, "%lld us", (long long)(ns + 999) / 1000);
    else
        snprintf(text, size, "%.*f ms", ns < 10000000 ? 2 : 1, (double)ns / 1e6);
}

void figure_typeset(char *text, size_t size)
{
    for (char *at = text; (at = strstr(at, " us")); at++) {
        bool unit = at > text && at[-1] >= '0' && at[-1] <= '9' && !(at[3] >= 'a' && at[3] <= 'z');
        if (!unit || strlen(text) + 2 > size)
            continue;
        memmove(at + 2, at + 1, strlen(at + 1) + 1);
        memcpy(at + 1, "\xc2\xb5", 2);
    }
}

void figure_say_where(const struct figure *figure, char *text, size_t size)
{
    struct figure_phases phases = figure_phases(figure);
    const struct figure_step *where = phases.way == FIGURE_INSIDE ? phases.copy : phases.wait;
    int length = where ? (int)strcspn(where->call, " ") : 0;
    if (phases.way == FIGURE_ASKS || phases.way == FIGURE_LATE || !where)
        snprintf(text, size, "nowhere");
    else if (phases.way == FIGURE_HELPED)
        snprintf(text, size, "hidden: read");
    else
        snprintf(text, size, "in %.*s", length, where->call);
}

/* "poll waits in poll, not in read" */
static void say_who_waits(const struct figure *figure, const struct figure_phases *phases, char *text, size_t size)
{
    char where[40];
    const char *name = figure->model;
    figure_say_where(figure, where, sizeof where);
    if (phases->way == FIGURE_INSIDE && phases->reader > 0)
        snprintf(text, size, "%s waits in read, in a %s that serves this client alone", name,
                 figure->lane[phases->reader]);
    else if (phases->way == FIGURE_INSIDE)
        snprintf(text, size, "%s waits in read itself", name);
    else if (phases->way == FIGURE_BY_SIGNAL)
        snprintf(text, size, "%s waits for a signal, not in read", name);
    else
        snprintf(text, size, "%s waits %s, not in read", name, where);
}

void figure_say(const struct figure *figure, char *text, size_t size)
{
    struct figure_phases phases = figure_phases(figure);
    char wait[24], copy[24], who[120];
    const char *name = figure->model, *wakes = phases.way == FIGURE_INSIDE ? "wake up and " : "";
    figure_say_time(phases.wait_ns, wait, sizeof wait);
    figure_say_time(phases.copy_to_ns - phases.copy_from_ns, copy, sizeof copy);
    say_who_waits(figure, &phases, who, sizeof who);
    if (*figure->cannot)
        snprintf(text, size, "%s cannot be shown: %s", name, figure->cannot);
    else if (phases.way == FIGURE_ASKS)
        snprintf(text, size, "%s never waits: in %s it asks %s times in vain (untraced, more often), then takes "
                 "at most %s to copy the data.", name, wait, words_count((double)phases.vain).text, copy);
    else if (phases.way == FIGURE_HELPED)
        snprintf(text, size, "%s does not read: a %s waits in read for %s, wakes up and copies the data in at most %s, "
                 "and tells %s.", name, figure->lane[phases.reader], wait, copy, figure->lane[0]);
    else if (phases.way == FIGURE_NOBODY)
        snprintf(text, size, "With %s nobody calls read: %s for data, and at most %s later the kernel has copied it.",
                 name, wait, copy);
    else if (phases.way == FIGURE_LATE)
        snprintf(text, size, "%s first asked when the data was there; then it took at most %s to copy it.", name, copy);
    else
        snprintf(text, size, "%s: %s for data, then at most %s to %scopy it.", who, wait, copy, wakes);
}

/* Those of one way, or of two: "blocking and fork". Empty where there are none. */
static struct words names_of(const struct figure *figures, int count, enum figure_way way, enum figure_way other)
{
    const char *names[FIGURES_MOST];
    int found = 0;
    for (int i = 0; i < count && found < FIGURES_MOST; i++) {
        enum figure_way its = figure_phases(&figures[i]).way;
        if (!*figures[i].cannot && (its == way || its == other))
            names[found++] = figures[i].model;
    }
    return words_list(names, found);
}

const char *figure_place(const struct figure *figures, int count, int number, char *names, size_t size)
{
    static const struct { enum figure_way way, other; const char *says; } places[] = {
        {FIGURE_INSIDE, FIGURE_INSIDE, "in read itself"},
        {FIGURE_ASKS, FIGURE_ASKS, "nowhere: it asks again and again"},
        {FIGURE_READINESS, FIGURE_READINESS, "in a call that tells who is ready"},
        {FIGURE_BY_SIGNAL, FIGURE_BY_SIGNAL, "for a signal that names who is ready"},
        {FIGURE_HELPED, FIGURE_NOBODY, "until somebody else has read"},
        {FIGURE_LATE, FIGURE_LATE, "not at all: the data was there first"}};
    if (number >= (int)(sizeof places / sizeof *places))
        return NULL;
    struct words found = names_of(figures, count, places[number].way, places[number].other);
    snprintf(names, size, "%s", found.text);
    return places[number].says;
}

/* Do half of them, or more, need that long to have the data? */
static bool half_take(const struct figure *figures, int count, int64_t at_least_ns)
{
    int all = 0, so_long = 0;
    for (int i = 0; i < count; i++)
        if (!*figures[i].cannot) {
            all++;
            so_long += figure_phases(&figures[i]).done_ns >= at_least_ns;
        }
    return 2 * so_long >= all;
}

int64_t figure_axis_end(const struct figure *figures, int count)
{
    enum { HELD_UP = 4 };
    int64_t end_ns = 1;
    for (int i = 0; i < count; i++) {
        int64_t done_ns = *figures[i].cannot ? 0 : figure_phases(&figures[i]).done_ns;
        if (done_ns > end_ns && half_take(figures, count, done_ns / HELD_UP))
            end_ns = done_ns;
    }
    return end_ns;
}

/* -- Row by row -------------------------------------------------------------------------------------------------- */

struct rows { struct figure_row *list; int count; };

static struct figure_row *add(struct rows *rows, enum figure_row_kind kind, int lane, int64_t at_ns)
{
    struct figure_row *row = &rows->list[rows->count++];
    *row = (struct figure_row){.kind = kind, .lane = lane, .at_ns = at_ns};
    char time[12];
    figure_say_time(at_ns < 0 ? -at_ns : at_ns, time, sizeof time);
    if (kind == ROW_ARRIVES)
        strcpy(row->time, "0");
    else if (kind < ROW_ASLEEP)
        snprintf(row->time, sizeof row->time, "%c%s", at_ns < 0 ? '-' : '+', time);
    return row;
}

static void set_text(struct figure_row *row, const char *text) { snprintf(row->text, sizeof row->text, "%s", text); }

/* What happens at the same time stays in the order in which it is added here. */
static void add_step(struct rows *rows, const struct figure_step *step, bool nobody_reads)
{
    bool waits = step->part == FIGURE_WAIT, vain = step->part == FIGURE_VAIN, copies = step->part == FIGURE_COPY;
    if (step->part == FIGURE_SIGNAL) {
        set_text(add(rows, ROW_SIGNAL, step->lane, step->from_ns), step->says);
        return;
    }
    if (!waits && !vain && !copies) {
        struct figure_row *row = add(rows, ROW_POINT, step->lane, step->to_ns);
        snprintf(row->text, sizeof row->text, "%s%s%s", step->call, *step->says ? ": " : "", step->says);
        return;
    }
    set_text(add(rows, ROW_CALL, step->lane, step->from_ns), step->call);
    if (copies || (waits && nobody_reads))
        set_text(add(rows, ROW_COPIES, step->lane, step->to_ns), nobody_reads ? "copies it by itself" : "copies it");
    if (vain && step->count > 1) {
        struct figure_row *row = add(rows, ROW_VAIN, step->lane, step->to_ns < 0 ? step->to_ns : -1);
        snprintf(row->text, sizeof row->text, "%.40s times in vain: EAGAIN", words_count((double)step->count).text);
    } else if (step->returned) {
        bool signals = waits && is_call(step, "sigwaitinfo");
        set_text(add(rows, signals ? ROW_SIGNAL : ROW_RETURN, step->lane, step->to_ns), step->says);
    }
}

static void sort_by_time(struct rows *rows)
{
    for (int i = 1; i < rows->count; i++)
        for (int k = i; k > 0 && rows->list[k].at_ns < rows->list[k - 1].at_ns; k--) {
            struct figure_row row = rows->list[k];
            rows->list[k] = rows->list[k - 1];
            rows->list[k - 1] = row;
        }
}

/* Who is asleep in which row: until a row of his own wakes him. */
static void put_to_sleep(const struct figure *figure, struct rows *rows)
{
    for (int i = 0; i < figure->step_count; i++) {
        const struct figure_step *step = &figure->steps[i];
        bool sleeps = (step->part == FIGURE_WAIT || step->part == FIGURE_COPY) && step->from_ns < 0;
        for (int k = 0; sleeps && k < rows->count; k++) {
            const struct figure_row *row = &rows->list[k];
            bool ended = step->returned && (row->at_ns > step->to_ns ||
                         (row->at_ns == step->to_ns && row->lane == step->lane && row->kind != ROW_COPIES));
            if (row->at_ns >= step->from_ns && !ended)
                rows->list[k].asleep[step->lane] = true;
        }
    }
}

/* From the first question to the coming of the data; from then, or from the read, to its return. */
static void mark_phases(const struct figure *figure, struct rows *rows)
{
    struct figure_phases phases = figure_phases(figure);
    int arrives = 0, copied = -1;
    while (rows->list[arrives].kind != ROW_ARRIVES)
        arrives++;
    for (int i = 0; i < rows->count; i++)
        if (rows->list[i].kind == ROW_COPIES)
            copied = i + 1;
    for (int i = 0; i < rows->count; i++) {
        struct figure_row *row = &rows->list[i];
        row->in_wait = phases.wait_ns > 0 && i <= arrives && row->at_ns >= -phases.wait_ns;
        row->in_copy = i > arrives && i <= copied && row->at_ns >= phases.copy_from_ns &&
                       (phases.copy_from_ns == 0 ? i >= copied - 1 : true);
    }
}

int figure_rows(const struct figure *figure, struct figure_row list[FIGURE_ROWS])
{
    struct rows rows = {list, 0};
    bool nobody_reads = figure_phases(figure).way == FIGURE_NOBODY, anybody_sleeps = false;
    for (int i = 0; i < figure->step_count; i++)
        add_step(&rows, &figure->steps[i], nobody_reads && figure->steps[i].returned);
    set_text(add(&rows, ROW_ARRIVES, 0, 0), "data comes");
    for (int i = 0; i < figure->step_count; i++)
        anybody_sleeps |= figure->steps[i].part != FIGURE_VAIN && figure->steps[i].from_ns < 0 &&
                          figure->steps[i].to_ns > 0;
    if (anybody_sleeps)
        set_text(add(&rows, ROW_ASLEEP, 0, -1), "asleep");
    sort_by_time(&rows);
    put_to_sleep(figure, &rows);
    mark_phases(figure, &rows);
    return rows.count;
}
