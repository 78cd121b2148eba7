#define _GNU_SOURCE
#include "harness/cmd/timeline.h"
#include "harness/cmd/grow.h"
#include "harness/figure/wrap.h"
#include "harness/report/csv.h"
#include "harness/trace/calls.h"
#include "harness/trace/narrate.h"
#include <stdlib.h>
#include <string.h>

/* -- Collecting -------------------------------------------------------------------------------------------------- */

/* What the scene would say of a failure is not what it does: the line without its `else`. */
static void cut_else(char *line)
{
    bool quoted = false;
    for (char *at = line; *at; at++) {
        quoted ^= *at == '"' && (at == line || at[-1] != '\\');
        if (quoted || strncmp(at, " else ", 6) != 0)
            continue;
        while (at > line && at[-1] == ' ')
            at--;
        *at = '\0';
        return;
    }
}

static bool read_lines(struct timeline *timeline, const char *path, const struct scene *scene)
{
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t size = 0;
    while (file && getline(&line, &size, file) > 0) {
        timeline->text = reallocarray(timeline->text, (size_t)timeline->text_count + 1, sizeof *timeline->text);
        if (!timeline->text)
            abort();
        line[strcspn(line, "\r\n")] = '\0';
        cut_else(line);
        timeline->text[timeline->text_count++] = scene_filled(scene, line + strspn(line, " \t"));
    }
    free(line);
    if (file)
        fclose(file);
    return file != NULL;
}

bool timeline_begin(struct timeline *timeline, const char *who, const char *path, const struct scene *scene, bool all)
{
    *timeline = (struct timeline){.who = who, .all = all};
    fd_rename(0, NULL);
    return read_lines(timeline, path, scene);
}

static struct step *add(struct timeline *timeline, int64_t at_ns)
{
    timeline->steps = grown(timeline->steps, timeline->count, &timeline->room, sizeof *timeline->steps);
    struct step *step = &timeline->steps[timeline->count];
    *step = (struct step){.at_ns = at_ns, .order = timeline->count++};
    return step;
}

void timeline_add_line(struct timeline *timeline, const struct scene_line *line, int64_t at_ns)
{
    if (!timeline->began_ns)
        timeline->began_ns = at_ns;
    if (!line)
        timeline->ended_ns = at_ns;
    if (!line || line->action == DO_SHOW || line->line > timeline->text_count)
        return;
    struct step *step = add(timeline, at_ns);
    step->line = timeline->text[line->line - 1];
    step->means = line;
}

void timeline_add_event(struct timeline *timeline, const struct trace_event *event)
{
    bool waits_on = event->returned_ns == 0 && event->may_block;
    if (!timeline->first)
        timeline->first = event->pid;
    add(timeline, waits_on ? INT64_MAX : event->returned_ns ? event->returned_ns : event->entered_ns)->event = *event;
}

/* -- Putting in order -------------------------------------------------------------------------------------------- */

static int by_time(const void *a, const void *b)
{
    const struct step *first = a, *second = b;
    if (first->at_ns != second->at_ns)
        return first->at_ns < second->at_ns ? -1 : 1;
    return first->order - second->order;
}

/* -1: it has done nothing yet. */
static int lane_of(const struct timeline *timeline, pid_t tid)
{
    for (int i = 0; i < timeline->lane_count; i++)
        if (timeline->lanes[i].tid == tid)
            return i;
    return -1;
}

static void note_lane(struct timeline *timeline, pid_t tid, pid_t pid)
{
    if (lane_of(timeline, tid) >= 0)
        return;
    timeline->lanes = grown(timeline->lanes, timeline->lane_count, &timeline->lane_room, sizeof *timeline->lanes);
    timeline->lanes[timeline->lane_count++] = (struct lane){tid, pid};
}

/* A call that the curtain finds in the middle is still under way. Who does nothing else in the scene is left out: a
 * pool has many who wait. */
static bool is_to_be_told(struct timeline *timeline, struct step *step)
{
    struct trace_event *event = &step->event;
    bool call = event->kind == TRACE_CALL, at_end = timeline->ended_ns && step->at_ns > timeline->ended_ns;
    if (step->line || timeline->all)
        return true;
    if (step->at_ns < timeline->began_ns || !timeline->began_ns) {
        timeline->before += call;
        return false;
    }
    if (timeline->ended_ns && event->entered_ns > timeline->ended_ns) {
        timeline->after += call;
        return false;
    }
    if (at_end && event->entered_ns < timeline->began_ns && lane_of(timeline, event->tid) < 0) {
        timeline->silent++;
        return false;
    }
    if (at_end)
        event->returned_ns = 0;
    return true;
}

void timeline_finish(struct timeline *timeline)
{
    int kept = 0;
    qsort(timeline->steps, (size_t)timeline->count, sizeof *timeline->steps, by_time);
    note_lane(timeline, timeline->first, timeline->first);
    for (int i = 0; i < timeline->count; i++)
        if (is_to_be_told(timeline, &timeline->steps[i])) {
            timeline->steps[kept++] = timeline->steps[i];
            if (!timeline->steps[i].line)
                note_lane(timeline, timeline->steps[i].event.tid, timeline->steps[i].event.pid);
        }
    timeline->count = kept;
    if (!timeline->began_ns && kept > 0)
        timeline->began_ns = timeline->steps[0].at_ns;
}

void timeline_free(struct timeline *timeline)
{
    for (int i = 0; i < timeline->text_count; i++)
        free(timeline->text[i]);
    free(timeline->text);
    free(timeline->steps);
    free(timeline->lanes);
}

/* -- Lanes ------------------------------------------------------------------------------------------------------- */

int timeline_lane(const struct timeline *timeline, const struct trace_event *event)
{
    return lane_of(timeline, event->tid);
}

void timeline_lane_name(const struct timeline *timeline, int lane, char *text, size_t size)
{
    const struct lane *who = &timeline->lanes[lane];
    if (lane == 0)
        snprintf(text, size, "main");
    else
        snprintf(text, size, "%s %d", who->pid == who->tid ? "process" : "thread", lane + 1);
}

enum { WIDTH = 100 };

/* -- The answer, in a sentence ----------------------------------------------------------------------------------- */

struct tally { char name[24]; int count; };

static int by_count(const void *a, const void *b)
{
    const struct tally *first = a, *second = b;
    return second->count != first->count ? second->count - first->count : strcmp(first->name, second->name);
}

/* The calls that are told, by name: also who has not returned. Returns how many names. */
static int tally_calls(const struct timeline *timeline, struct tally *tallies, int most)
{
    int count = 0;
    for (int i = 0; i < timeline->count; i++) {
        const struct trace_event *event = &timeline->steps[i].event;
        if (timeline->steps[i].line || event->kind != TRACE_CALL)
            continue;
        int at = 0;
        while (at < count && strcmp(tallies[at].name, call_title(event->number)) != 0)
            at++;
        if (at == most)
            continue;
        if (at == count)
            snprintf(tallies[count++].name, sizeof tallies->name, "%s", call_title(event->number));
        tallies[at].count++;
    }
    qsort(tallies, (size_t)count, sizeof *tallies, by_count);
    return count;
}

/* How long it waited while the scene was played: it may have begun before, and not have returned at the end. */
static int64_t waited_in_scene(const struct timeline *timeline, const struct trace_event *event)
{
    bool over = timeline->ended_ns && (event->returned_ns == 0 || event->returned_ns > timeline->ended_ns);
    int64_t from = event->entered_ns > timeline->began_ns ? event->entered_ns : timeline->began_ns;
    int64_t until = over ? timeline->ended_ns : event->returned_ns;
    bool waited = event->returned_ns ? event->waited : event->may_block;
    return waited && until > from ? until - from : 0;
}

struct waits { int count; double ms; };

static struct waits count_waits(const struct timeline *timeline)
{
    struct waits waits = {0, 0};
    for (int i = 0; i < timeline->count; i++) {
        if (timeline->steps[i].line || timeline->steps[i].event.kind != TRACE_CALL)
            continue;
        int64_t ns = waited_in_scene(timeline, &timeline->steps[i].event);
        waits.count += ns > 0;
        waits.ms += (double)ns / 1e6;
    }
    return waits;
}

void timeline_sum_up(const struct timeline *timeline, FILE *to)
{
    struct tally tallies[64] = {{"", 0}};
    int names = tally_calls(timeline, tallies, 64), calls = 0, column;
    struct waits waits = count_waits(timeline);
    for (int i = 0; i < names; i++)
        calls += tallies[i].count;
    fprintf(to, "%s made %s%d call%s", timeline->who, timeline->lost ? "at least " : "", calls, calls == 1 ? "" : "s");
    if (waits.count == 0)
        fprintf(to, ", and never waited");
    else if (timeline->lane_count == 1 && timeline->ended_ns)
        fprintf(to, ", and waited in %d of them, %.0f of %.0f ms", waits.count, waits.ms,
                (double)(timeline->ended_ns - timeline->began_ns) / 1e6);
    else
        fprintf(to, ", and waited in %d of them", waits.count);
    column = fprintf(to, ":\n ") - 2;
    for (int i = 0; i < names; i++) {
        char item[48];
        const char *comma = i < names - 1 ? "," : "";
        int length = snprintf(item, sizeof item, " %d %s%s", tallies[i].count, tallies[i].name, comma);
        if (column + length > WIDTH)
            column = fprintf(to, "\n ") - 1;
        column += length;
        fputs(item, to);
    }
    fputs("\n", to);
}

/* -- As text ----------------------------------------------------------------------------------------------------- */

enum { TEXT = 160 };

static double ms_of(const struct timeline *timeline, int64_t at_ns)
{
    return (double)(at_ns - timeline->began_ns) / 1e6;
}

/* How long it waited; of one that still waits at the end, so far. */
void timeline_waited(const struct timeline *timeline, const struct trace_event *event, char *text, size_t size)
{
    int64_t until = event->returned_ns ? event->returned_ns : timeline->ended_ns;
    text[0] = '\0';
    if ((event->returned_ns ? event->waited : event->may_block) && until > event->entered_ns)
        snprintf(text, size, "%.1f", (double)(until - event->entered_ns) / 1e6);
}

/* The columns before the text: "     0.111 main         34.3   ". */
static void print_columns(const struct timeline *timeline, const char *at, const char *lane, const char *waited,
                          FILE *to)
{
    if (timeline->lane_count > 1)
        fprintf(to, "%10s %-11s %8s   ", at, lane, waited);
    else
        fprintf(to, "%10s %8s   ", at, waited);
}

static void print_step(const struct timeline *timeline, const struct step *step, FILE *to)
{
    char text[TEXT], waited[24] = "", lane[24] = "", at[24] = "";
    int width = timeline->lane_count > 1 ? 65 : 77;
    bool still_waits = !step->line && step->event.returned_ns == 0 && step->event.may_block;
    if (!still_waits)
        snprintf(at, sizeof at, "%.3f", ms_of(timeline, step->at_ns));
    if (!step->line) {
        trace_describe(&step->event, text, sizeof text);
        timeline_waited(timeline, &step->event, waited, sizeof waited);
        timeline_lane_name(timeline, timeline_lane(timeline, &step->event), lane, sizeof lane);
    }
    const char *says = step->line ? step->line : text, *sign = step->line ? "> " : "";
    int shown = wrap_cut(says, width - (int)strlen(sign));
    print_columns(timeline, at, lane, waited, to);
    fprintf(to, "%s%.*s%s\n", sign, shown, says, says[shown] ? "..." : "");
}

static bool look_the_same(const struct timeline *timeline, int a, int b)
{
    char first[TEXT], second[TEXT];
    const struct step *steps = timeline->steps;
    if (steps[a].line || steps[b].line || steps[a].event.tid != steps[b].event.tid)
        return false;
    trace_describe(&steps[a].event, first, sizeof first);
    trace_describe(&steps[b].event, second, sizeof second);
    return strcmp(first, second) == 0;
}

/* How often the `length` steps from `at` come again, right behind. */
static int repetitions(const struct timeline *timeline, int at, int length)
{
    int times = 0;
    for (int i = at + length; i < timeline->count && look_the_same(timeline, i, i - length); i++)
        times = (i - at + 1) / length - 1;
    return times;
}

static void print_left_out(const struct timeline *timeline, FILE *to)
{
    char text[200], before[32], after[32], silent[48] = "";
    if (timeline->before + timeline->after + timeline->silent == 0)
        return;
    narrate_number(timeline->before, before, sizeof before);
    narrate_number(timeline->after, after, sizeof after);
    if (timeline->silent > 0)
        snprintf(silent, sizeof silent, ", %d who waited all the while", timeline->silent);
    snprintf(text, sizeof text, "Left out: %s calls before the scene (start-up), %s after it%s; --all shows them.",
             before, after, silent);
    putc('\n', to);
    wrap_print(to, text, 0, 0, WIDTH);
}

/* A server that asks again and again fills no screen: what comes three times or more is told once. */
void timeline_print(const struct timeline *timeline, FILE *to)
{
    enum { LONGEST = 8 };
    print_columns(timeline, "at ms", "who", "waited", to);
    fprintf(to, "what it does (> what the scene does)\n");
    for (int i = 0; i < timeline->count;) {
        int length = 0, times = 0;
        while (times < 2 && length < LONGEST)
            times = repetitions(timeline, i, ++length);
        if (times < 2)
            length = 1;
        for (int j = i; j < i + length; j++)
            print_step(timeline, &timeline->steps[j], to);
        i += length;
        if (times < 2)
            continue;
        i += times * length;
        char at[24];
        snprintf(at, sizeof at, "%.3f", ms_of(timeline, timeline->steps[i - 1].at_ns));
        print_columns(timeline, at, "", "", to);
        fprintf(to, length == 1 ? "... and so on: the last line" : "... and so on: the last %d lines", length);
        fprintf(to, " %d times more\n", times);
    }
    print_left_out(timeline, to);
}

/* -- As CSV ------------------------------------------------------------------------------------------------------ */

void timeline_print_csv(const struct timeline *timeline, FILE *to)
{
    static const char *const kinds[] = {"call", "signal", "born", "exec", "stopped", "continued", "ended"};
    fprintf(to, "entered_ns,returned_ns,pid,tid,kind,call,who,fd,result,error,waited,says\n");
    for (int i = 0; i < timeline->count; i++) {
        const struct step *step = &timeline->steps[i];
        const struct trace_event *event = &step->event;
        char text[TEXT], who[32] = "";
        int64_t at_ns = step->at_ns - timeline->began_ns;
        if (step->line) {
            fprintf(to, "%lld,%lld,,,scene,,,,,,,", (long long)at_ns, (long long)at_ns);
            csv_write_text(to, step->line);
            putc('\n', to);
            continue;
        }
        if (event->fd >= 0)
            fd_name(event->who, event->fd, who, sizeof who);
        trace_describe(event, text, sizeof text);
        fprintf(to, "%lld,", (long long)(event->entered_ns - timeline->began_ns));
        if (event->returned_ns)
            fprintf(to, "%lld", (long long)(event->returned_ns - timeline->began_ns));
        fprintf(to, ",%d,%d,%s,%s,%s,%d,%lld,%s,%d,", event->pid, event->tid, kinds[event->kind],
                event->kind == TRACE_CALL ? call_title(event->number) : "", who, event->fd, (long long)event->result,
                event->error ? error_name(event->error) : "", event->waited);
        csv_write_text(to, text);
        putc('\n', to);
    }
}
