#define _GNU_SOURCE
#include "harness/claim/lab.h"
#include "harness/child/split.h"
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COMMAND_WORDS = 16 };

/* -- Figures, and what is said of them --------------------------------------------------------------------------- */

void claim_figure(struct claim_found *found, double value, const char *unit, const char *what, ...)
{
    va_list words;
    if (found->figure_count == CLAIM_FIGURES)
        return;
    struct claim_figure *figure = &found->figures[found->figure_count++];
    figure->value = value;
    snprintf(figure->unit, sizeof figure->unit, "%s", unit);
    va_start(words, what);
    vsnprintf(figure->what, sizeof figure->what, what, words);
    va_end(words);
}

double claim_figure_of(const struct claim_found *found, const char *what, ...)
{
    char name[sizeof found->figures[0].what];
    va_list words;
    va_start(words, what);
    vsnprintf(name, sizeof name, what, words);
    va_end(words);
    for (int i = 0; i < found->figure_count; i++)
        if (strcmp(found->figures[i].what, name) == 0)
            return found->figures[i].value;
    return NAN;
}

bool claim_all_seen(struct claim_found *found)
{
    for (int i = 0; i < found->figure_count && !found->why_not[0]; i++)
        if (isnan(found->figures[i].value))
            claim_cannot(found, "this could not be seen: %s", found->figures[i].what);
    return !found->why_not[0];
}

void claim_says(struct claim_found *found, enum claim_verdict verdict, const char *saw, ...)
{
    va_list words;
    found->verdict = verdict;
    va_start(words, saw);
    vsnprintf(found->saw, sizeof found->saw, saw, words);
    va_end(words);
}

void claim_depends(struct claim_found *found, const char *on, ...)
{
    va_list words;
    va_start(words, on);
    vsnprintf(found->depends, sizeof found->depends, on, words);
    va_end(words);
}

void claim_cannot(struct claim_found *found, const char *why, ...)
{
    va_list words;
    found->verdict = CLAIM_NOT_TRIED;
    va_start(words, why);
    vsnprintf(found->why_not, sizeof found->why_not, why, words);
    va_end(words);
}

/* -- Scenes ------------------------------------------------------------------------------------------------------ */

/* The command of the server: its words, and then what all are told. */
struct command { char path[PATH_MAX]; char **words; char *argv[COMMAND_WORDS]; };

static bool is_careless(const char *name) { return strncmp(name, "careless", strlen("careless")) == 0; }

/* False: no memory. */
static bool command_of(const struct claim_world *world, const char *server, struct command *command)
{
    static const char *const rest[] = {"--port", "0", "--quiet", "{args}"};
    int n = 0;
    if (!(command->words = split_words(server)) || !command->words[0])
        return false;
    if (is_careless(server))
        snprintf(command->path, sizeof command->path, "%s/%s", world->careless, command->words[0]);
    else
        snprintf(command->path, sizeof command->path, "%s", world->path(command->words[0]));
    command->argv[n++] = command->path;
    for (int i = 1; command->words[i] && n < COMMAND_WORDS - 5; i++)
        command->argv[n++] = command->words[i];
    for (size_t i = 0; i < sizeof rest / sizeof *rest; i++)
        command->argv[n++] = (char *)rest[i];
    command->argv[n] = NULL;
    return true;
}

static void say_why_not(const char *scene, const char *server, const struct play_outcome *outcome,
                        struct claim_found *found)
{
    bool skipped = outcome->verdict == PLAY_SKIP || outcome->verdict == PLAY_NOT_APPLICABLE;
    claim_cannot(found, "the scene %s with %s %s: %s%s%s", scene, server, skipped ? "was skipped" : "failed",
                 outcome->code, skipped ? "" : ": ", outcome->message);
}

static const struct scene *scene_of(const struct scene_file *file, const char *id)
{
    for (int i = 0; file && i < file->count; i++)
        if (strcmp(scene_label(&file->scenes[i]), id) == 0)
            return &file->scenes[i];
    return NULL;
}

bool claim_play_watched(const struct claim_world *world, const char *file_name, const char *id, const char *server,
                        const struct play_watcher *watcher, struct play_outcome *outcome, struct claim_found *found)
{
    char path[PATH_MAX];
    struct command command;
    snprintf(path, sizeof path, "%s/%s.scene", world->scenes, file_name);
    struct scene_file *file = scene_read(path, stderr);
    const struct scene *scene = scene_of(file, id);
    *outcome = (struct play_outcome){.verdict = PLAY_SKIP};
    bool complete = command_of(world, server, &command) && scene;
    const struct play_options options = {.argv = command.argv, .model = command.words ? command.words[0] : "",
                                         .interrupted = world->stop, .watcher = watcher,
                                         .cpu = world->machine ? world->machine->server_cpu : -1};
    if (complete)
        *outcome = play(scene, &options);
    else
        snprintf(outcome->message, sizeof outcome->message, "there is no such scene in %s.scene", file_name);
    free(command.words);
    if (file)
        scene_free(file);
    if (outcome->verdict != PLAY_PASS)
        say_why_not(id, server, outcome, found);
    return outcome->verdict == PLAY_PASS;
}

bool claim_play(const struct claim_world *world, const char *file_name, const char *id, const char *server,
                struct play_outcome *outcome, struct claim_found *found)
{
    return claim_play_watched(world, file_name, id, server, NULL, outcome, found);
}

static const struct play_shown *shown(const struct play_outcome *outcome, const char *name)
{
    for (int i = 0; i < outcome->shown_count; i++)
        if (outcome->shown[i].seen && strcmp(outcome->shown[i].name, name) == 0)
            return &outcome->shown[i];
    return NULL;
}

double claim_shown(const struct play_outcome *outcome, const char *name)
{
    const struct play_shown *seen = shown(outcome, name);
    return seen ? seen->value.number : NAN;
}

bool claim_shown_is(const struct play_outcome *outcome, const char *name, const char *word)
{
    const struct play_shown *seen = shown(outcome, name);
    return seen && strcmp(seen->value.word, word) == 0;
}
