/* One scene, played against epoll-lt and against epoll-et. */
#define _GNU_SOURCE
#include "harness/cmd/cmd.h"
#include "harness/cmd/lt_et.h"
#include "harness/cmd/witness.h"
#include "harness/trace/calls.h"
#include "harness/trial/books.h"
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* -- Telling and counting ---------------------------------------------------------------------------------------- */

/* What a client does can be the cause of something; that the server stands still for a moment is stage management. */
static bool is_act(const struct scene_line *line)
{
    switch (line->action) {
    case DO_CLIENT: case DO_SEND: case DO_PING: case DO_FIN: case DO_RESET: case DO_CLOSE: case DO_STOP_READING:
    case DO_START_READING: case DO_READ_SLOWLY: return true;
    default: return false;
    }
}

/* Stopping and going on, and the EINTR of it, are the scene's doing. */
static bool is_to_be_told(const struct trace_event *event)
{
    return event->kind == TRACE_CALL && event->error != EINTR;
}

/* Of many who are ready one is enough, and the bytes themselves say nothing here; that fewer were taken than were
 * offered does. */
static void describe(const struct trace_event *event, char *text, size_t size)
{
    trace_describe(event, text, size);
    char *bytes = strstr(text, " \""), *result = strstr(text, ": "), *second = strchr(text, ';');
    if (second && event->ready_count > 2)
        snprintf(second, size - (size_t)(second - text), "; %d more", event->ready_count - 1);
    if (bytes && event->result > 16)
        *bytes = '\0';
    if (result && call_shape(event->number) == CALL_WRITE && event->result > 0 &&
        (uint64_t)event->result < event->args[2])
        snprintf(result, size - (size_t)(result - text), ": %lld of %llu bytes", (long long)event->result,
                 (unsigned long long)event->args[2]);
}

static void count(struct lt_et_counts *counts, const struct trace_event *event)
{
    bool read = call_is_of(event->number, "read"), write = call_is_of(event->number, "write");
    bool of_client = event->who.kind == FD_CONNECTION;
    counts->wakeups += call_is_of(event->number, "epoll_wait") && event->result > 0;
    counts->accepts += call_is_of(event->number, "accept") && !event->error;
    counts->reads += read && of_client;
    counts->eagain += (read || write) && of_client && event->error == EAGAIN;
    if (read && of_client && event->result > 0)
        counts->bytes_in += event->result;
}

/* When the scene came to that mark; `missing`: it has none. */
static int64_t moment_of(const struct timeline *timeline, const char *mark, int64_t missing)
{
    for (int i = 0; i < timeline->count; i++) {
        const struct step *step = &timeline->steps[i];
        if (step->line && step->means->action == DO_MARK && strcmp(step->means->name, mark) == 0)
            return step->at_ns;
    }
    return missing;
}

static void tell(const struct timeline *timeline, struct lt_et_side *side)
{
    int64_t before_ns = moment_of(timeline, "before", 0), after_ns = moment_of(timeline, "after", timeline->ended_ns);
    side->counts = (struct lt_et_counts){.stranded = side->counts.stranded};
    for (int i = 0; i < timeline->count; i++) {
        const struct step *step = &timeline->steps[i];
        char text[BESIDE_TEXT];
        if (step->at_ns < before_ns || step->at_ns > after_ns)
            continue;
        if (step->line) {
            if (is_act(step->means))
                beside_add(&side->story, true, step->line);
        } else if (is_to_be_told(&step->event)) {
            describe(&step->event, text, sizeof text);
            beside_add(&side->story, false, text);
            count(&side->counts, &step->event);
        }
    }
}

/* -- The command ------------------------------------------------------------------------------------------------- */

struct command { char path[PATH_MAX + 64], books[64]; char *argv[12]; };

/* Each as it is meant to be used, LT with one read for an event, ET with all; the scene's own options come behind, and
 * overrule that. Only epoll-lt knows --oneshot: so it is no option of the scene, but follows from its name. */
static void command_of(const struct scene *scene, struct lt_et_side *side, struct command *command)
{
    bool level = strcmp(side->model, "epoll-lt") == 0;
    int n = 0;
    snprintf(command->path, sizeof command->path, "%s", cmd_model_path(side->model));
    snprintf(side->reads, sizeof side->reads, "%s", level ? "1" : "all");
    for (int i = 0; i + 1 < scene->option_count; i++)
        if (strcmp(scene->options[i], "--reads-per-event") == 0)
            snprintf(side->reads, sizeof side->reads, "%s", scene->options[i + 1]);
    char *const words[] = {command->path, (char *)"--port", (char *)"0", (char *)"--quiet",
                           (char *)"--reads-per-event", side->reads};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        command->argv[n++] = words[i];
    if (command->books[0]) {
        command->argv[n++] = (char *)"--books";
        command->argv[n++] = command->books;
    }
    if (level && strcmp(scene->id, "oneshot") == 0)
        command->argv[n++] = (char *)"--oneshot";
    command->argv[n++] = (char *)"{args}";
    command->argv[n] = NULL;
}

static struct play_options options_of(const struct lt_et_side *side, const struct command *command)
{
    return (struct play_options){.argv = command->argv, .model = side->model, .cpu = -1,
                                 .interrupted = &cmd_interrupted};
}

static struct play_outcome play_untraced(const struct scene *scene, const struct command *command,
                                         const struct lt_et_side *side)
{
    const struct play_options options = options_of(side, command);
    return play(scene, &options);
}

static const struct play_shown *shown(const struct play_outcome *outcome, const char *name)
{
    for (int i = 0; i < outcome->shown_count; i++)
        if (outcome->shown[i].seen && strcmp(outcome->shown[i].name, name) == 0)
            return &outcome->shown[i];
    return NULL;
}

/* -- Without a tracer -------------------------------------------------------------------------------------------- */

static int mark_of(const struct scene *scene, const char *name)
{
    int at = 0;
    while (at < scene->line_count &&
           !(scene->lines[at].action == DO_MARK && strcmp(scene->lines[at].name, name) == 0))
        at++;
    return at;
}

/* The same scene, but between the marks nothing happens but that the server stops, goes on and comes to rest. */
static struct scene without_clients(const struct scene *scene)
{
    struct scene quiet = *scene;
    int before = mark_of(scene, "before"), after = mark_of(scene, "after");
    quiet.lines = calloc((size_t)scene->line_count + 1, sizeof *quiet.lines);
    quiet.line_count = 0;
    for (int i = 0; quiet.lines && i < scene->line_count; i++) {
        enum scene_action action = scene->lines[i].action;
        bool stays = action == DO_STOP || action == DO_CONTINUE || action == DO_SETTLE;
        if (i < before || i >= after || stays)
            quiet.lines[quiet.line_count++] = scene->lines[i];
    }
    return quiet;
}

/* What the clients did is told all the same. */
static void tell_acts(const struct scene_file *file, const struct scene *scene, struct lt_et_side *side)
{
    struct timeline lines;
    int after = mark_of(scene, "after");
    if (!timeline_begin(&lines, side->model, file->path, scene, true))
        return;
    for (int i = mark_of(scene, "before"); i < after; i++)
        if (is_act(&scene->lines[i]))
            beside_add(&side->story, true, lines.text[scene->lines[i].line - 1]);
    timeline_free(&lines);
}

static void count_by_books(const struct scene *scene, const struct command *command, struct lt_et_side *side)
{
    struct books with, without;
    const struct play_shown *sent = shown(&side->outcome, "sent");
    if (mark_of(scene, "after") == scene->line_count || !sent || !books_take(command->books, &with))
        return;
    struct scene quiet = without_clients(scene);
    struct play_outcome outcome = play_untraced(&quiet, command, side);
    free(quiet.lines);
    if (outcome.verdict != PLAY_PASS || !books_take(command->books, &without))
        return;
    side->counts.wakeups = (int64_t)(with.waits - without.waits);
    side->counts.reads = (int64_t)(with.reads - without.reads);
    side->counts.eagain = (int64_t)(with.eagain - without.eagain);
    side->counts.bytes_in = (int64_t)sent->value.number - side->counts.stranded;
}

/* -- One side after the other ------------------------------------------------------------------------------------ */

static void play_traced(const struct scene_file *file, const struct scene *scene, const struct command *command,
                        struct lt_et_side *side)
{
    struct witness witness;
    const struct play_options options = options_of(side, command);
    side->outcome = witness_play(&witness, side->model, file, scene, &options, true);
    tell(&witness.timeline, side);
    timeline_free(&witness.timeline);
}

static void play_one(const struct scene_file *file, const struct scene *scene, bool traced, struct lt_et_side *side)
{
    struct command command = {.books = ""};
    int books = traced ? -1 : memfd_create("books", MFD_CLOEXEC);   /* traced, nobody reads them */
    if (books >= 0)
        snprintf(command.books, sizeof command.books, "/proc/%d/fd/%d", getpid(), books);
    command_of(scene, side, &command);
    side->counts = (struct lt_et_counts){-1, -1, -1, -1, -1, -1};
    if (traced)
        play_traced(file, scene, &command, side);
    else
        side->outcome = play_untraced(scene, &command, side);
    const struct play_shown *mode = shown(&side->outcome, "mode"), *stranded = shown(&side->outcome, "stranded");
    snprintf(side->mode, sizeof side->mode, "%s", mode ? mode->value.word : "?");
    side->counts.stranded = stranded ? (int64_t)stranded->value.number : -1;
    if (!traced)
        tell_acts(file, scene, side);
    if (!traced && side->outcome.verdict == PLAY_PASS)
        count_by_books(scene, &command, side);
    if (books >= 0)
        close(books);
}

/* The comment right above the scene, as one text. */
static void read_about(const struct scene_file *file, const struct scene *scene, char *about, size_t size)
{
    char *line = NULL;
    size_t room = 0;
    FILE *text = fopen(file->path, "re");
    about[0] = '\0';
    for (int number = 1; text && number < scene->line && getline(&line, &room, text) > 0; number++) {
        size_t length = strlen(about);
        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '#')
            snprintf(about + length, size - length, "%s%s", length > 0 ? " " : "", line + 1 + strspn(line + 1, " "));
        else
            about[0] = '\0';
    }
    free(line);
    if (text)
        fclose(text);
}

void lt_et_play(const struct scene_file *file, const struct scene *scene, bool traced, struct lt_et_finding *finding)
{
    static const char *const models[] = {"epoll-lt", "epoll-et"};
    *finding = (struct lt_et_finding){.scene = scene};
    read_about(file, scene, finding->about, sizeof finding->about);
    for (int i = 0; i < 2; i++) {
        finding->side[i].model = models[i];
        play_one(file, scene, traced, &finding->side[i]);
    }
}

void lt_et_forget(struct lt_et_finding *finding)
{
    for (int i = 0; i < 2; i++)
        beside_forget(&finding->side[i].story);
}
