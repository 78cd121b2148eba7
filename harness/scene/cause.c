/* The first cause: of all that can be said of a failure, the words that were written for it. */
#define _GNU_SOURCE
#include "harness/scene/stage.h"
#include "harness/child/clock.h"
#include "harness/meter/meter.h"
#include "harness/scene/braces.h"
#include <stdio.h>
#include <string.h>

/* -- Texts ------------------------------------------------------------------------------------------------------- */

static const char *last_words(const struct stage *stage, bool of_twin)
{
    if (of_twin && !stage->has_twin)
        return "?";
    return child_last_lines(of_twin ? &stage->twin : &stage->server);
}

static void write_value(struct stage *stage, FILE *to, const char *name)
{
    struct scene_observation seen;
    struct scene_value value;
    bool rate = strcmp(name, "cpu") == 0 || strcmp(name, "sleeps") == 0;
    if (strcmp(name, "got") == 0)
        fputs(stage->got, to);
    else if (rate && stage->rate[0])
        fputs(stage->rate, to);
    else if (strcmp(name, "want") == 0)
        fputs(stage->want, to);
    else if (strcmp(name, "ok") == 0)
        fprintf(to, "%d", stage->ok);
    else if (strcmp(name, "of") == 0)
        fprintf(to, "%d", stage->of);
    else if (braces_read(name, &seen) && seen.what == SEE_SAID && !seen.word[0])
        fputs(last_words(stage, seen.of_twin), to);
    else if (braces_read(name, &seen) && stage_see(stage, &seen, 0, &stage->before, &value))
        fputs(scene_value_text(value), to);
    else
        fputc('?', to);
}

/* Fills the braces in. */
static void expand(struct stage *stage, const char *text, char *to, size_t size)
{
    FILE *out = fmemopen(to, size, "w");
    for (const char *at = text; out && *at; at++) {
        char name[BRACES_MOST];
        size_t length = braces_at(at, name);
        if (length > 0) {
            write_value(stage, out, name);
            at += length - 1;
        } else {
            fputc(*at, out);
        }
    }
    if (out)
        fclose(out);
    to[size - 1] = '\0';
}

/* -- Causes ------------------------------------------------------------------------------------------------------ */

static void blame(struct stage *stage, struct play_outcome *outcome, const char *code, const char *text)
{
    snprintf(outcome->code, sizeof outcome->code, "%s", code[0] ? code : stage->code);
    expand(stage, text, outcome->message, sizeof outcome->message);
}

/* For one of a group is enough. */
static bool holds_for_somebody(struct stage *stage, const struct scene_test *test)
{
    struct scene_value value;
    bool holds = false;
    for (int i = 0; !holds && (test->seen.of_server ? i == 0 : stage_member(stage, &test->seen.client, i) != NULL); i++)
        holds = stage_see(stage, &test->seen, i, &stage->before, &value) && stage_compare(stage, test, value);
    return holds;
}

/* Is it the words for this? An else-if that holds; where asked for, a plain else, or one for what was predicted. */
static bool fits(struct stage *stage, const struct scene_else *one, bool plain_too, const char *predicted)
{
    if (one->choice[0])
        return strcmp(one->choice, predicted) == 0;
    return one->always ? plain_too : holds_for_somebody(stage, &one->test);
}

static bool blame_elses(struct stage *stage, const struct scene_elses *elses, bool plain_too, const char *predicted,
                        struct play_outcome *outcome)
{
    for (int i = 0; i < elses->count; i++) {
        const struct scene_else *one = &elses->list[i];
        if (fits(stage, one, plain_too, predicted)) {
            blame(stage, outcome, one->code, one->text);
            return true;
        }
    }
    return false;
}

/* Asks again: a client's EOF may have been seen before the server's death. */
static bool blame_always(struct stage *stage, struct play_outcome *outcome)
{
    if (!stage->broken)
        stage_look_at_always(stage);
    if (!stage->broken)
        return false;
    memcpy(stage->got, stage->broken_got, sizeof stage->got);
    memcpy(stage->want, stage->broken_want, sizeof stage->want);
    snprintf(outcome->got, sizeof outcome->got, "%s", stage->got);
    snprintf(outcome->want, sizeof outcome->want, "%s", stage->want);
    return blame_elses(stage, &stage->broken->elses, true, "", outcome);
}

/* Who neither is one of ours nor was told the port may well listen, on a port of its own. Written as it is, without
 * expand: these braces are for the reader. */
static void blame_never_ready(const struct stage *stage, const char *words, struct play_outcome *outcome)
{
    bool was_told = stage->server.foreign || outcome->model[0];
    snprintf(outcome->code, sizeof outcome->code, "NEVER_READY");
    snprintf(outcome->message, sizeof outcome->message, "%s; its last words: %s",
             was_told ? "it runs, and does not listen on the port that it was told"
                      : "it runs, and has not said `ready NAME ADDRESS:PORT`; there is no {port} in its command: write "
                        "it where the port belongs", words);
}

static bool blame_built_in(struct stage *stage, struct play_outcome *outcome)
{
    char text[500];
    const char *words = child_last_words(&stage->server), *lines = child_last_lines(&stage->server);
    bool sanitizer = strstr(words, "Sanitizer") || strstr(words, "runtime error:");
    if (sanitizer) {
        snprintf(text, sizeof text, "a sanitizer stopped it: %s", words);
        blame(stage, outcome, "SANITIZER", text);
    } else if (!child_alive(&stage->server) && !stage->server.asked_to_end) {
        const char *exit_word = child_exit_word(&stage->server);
        snprintf(text, sizeof text, "it ended with %s%s; its last words: %s",
                 strncmp(exit_word, "SIG", 3) == 0 ? "" : "exit status ", exit_word, lines);
        blame(stage, outcome, stage->ready ? "DIED" : "NEVER_READY", text);
    } else if (!stage->ready) {
        blame_never_ready(stage, lines, outcome);
    } else {
        return false;
    }
    return true;
}

/* What it does besides says nothing any more. */
static bool blame_forks(struct stage *stage, struct play_outcome *outcome)
{
    char text[300];
    snprintf(text, sizeof text, "it has %d processes and threads, far more than clients, and was stopped: does each "
             "child end when its work is done, or does it go back into the loop that made it?", stage->tasks);
    if (stage->forks)
        blame(stage, outcome, "FORKS_WITHOUT_END", text);
    return stage->forks;
}

static void blame_by_default(struct stage *stage, struct play_outcome *outcome)
{
    static const char *const texts[][3] = {         /* the code; how much came; what came, where that differs */
        {"SHORT", "{got} of {want} came back", NULL},
        {"WRONG_BYTES", "{got} of {want} came back in order; the next byte is not the one that was sent", NULL},
        {"NOT_SAID", "{got} came, and not {want}", NULL},
        {"EARLY_EOF", "{got} of {want} came back, then the connection was closed",
         "{got} came, then the connection was closed"},
        {"RESET", "{got} of {want} came back, then the connection was reset",
         "{got} came, then the connection was reset"},
        {"NO_EOF", "the connection was not closed", NULL},
        {"NOT_SILENT", "something came that should not", NULL},
        {"NOT_CONNECTED", "{ok} of {of} clients connected", NULL},
        {"NOT_TAKEN", "{got} of {want} were taken; the server is in {server blocked-in}", NULL},
        {"NO_SERVICE", "a new client is not answered; the server is in {server blocked-in}",
         "a new client is not answered with 200: {got} came; the server is in {server blocked-in}"},
        {"NOT_STARTED", "the twin: {got}", NULL},
        {"WRONG_PREDICTION", "it was {got}, and {want} was predicted", NULL},
        {"LIMIT", "the scene's time is over", NULL},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (strcmp(texts[i][0], stage->code) == 0) {
            bool text = (stage->scene->http || stage->got_is_text) && texts[i][2];
            blame(stage, outcome, stage->code, texts[i][text ? 2 : 1]);
            return;
        }
    blame(stage, outcome, stage->code, "got {got}, want {want}");
}

/* Who dies has no descriptors any more, and is not dead before it had the CPU once again. */
static bool is_dying(const struct child *child)
{
    static struct tree first = {.count = 1};
    first.pids[0] = child->pid;
    return meter_fds(&first) == 0;
}

/* EOF may reach the client before the death of the server reaches us. */
static void wait_for_death(struct stage *stage)
{
    enum { USUAL_MS = 100, BUSY_MS = 2000 };
    double began_ms = now_ms(), ms = 0;
    for (; ms < USUAL_MS || (ms < BUSY_MS && is_dying(&stage->server)); ms = now_ms() - began_ms)
        if (child_await_end(&stage->server, 5))
            return;
}

static bool was_left(const struct client *client)
{
    return client->state == CLIENT_EOF || client->state == CLIENT_RESET || client->state == CLIENT_REFUSED;
}

static bool somebody_was_left(const struct stage *stage)
{
    for (int i = 0; i < stage->group_count; i++)
        for (int j = 0; j < stage->groups[i].count; j++)
            if (was_left(&stage->groups[i].members[j]))
                return true;
    return was_left(&stage->visitor);
}

static void note(const struct stage *stage, int line, struct play_outcome *outcome)
{
    outcome->verdict = PLAY_FAIL;
    outcome->line = line;
    snprintf(outcome->got, sizeof outcome->got, "%s", stage->got);
    snprintf(outcome->want, sizeof outcome->want, "%s", stage->want);
}

void stage_blame_prediction(struct stage *stage, const struct scene_line *line, const struct scene_value *given)
{
    struct play_outcome outcome = {0};
    struct play_wrong *wrong = &stage->wrong;
    for (int i = 0; i < wrong->count; i++)
        if (wrong->causes[i].line == line->line)
            return;
    if (wrong->count == SCENE_ASKS)
        return;
    snprintf(stage->code, sizeof stage->code, "WRONG_PREDICTION");
    if (!blame_elses(stage, &line->elses, true, given->unit == UNIT_WORD ? given->word : "", &outcome))
        blame_by_default(stage, &outcome);
    struct play_cause *cause = &wrong->causes[wrong->count++];
    cause->line = line->line;
    memcpy(cause->question, line->name, sizeof cause->question);
    memcpy(cause->code, outcome.code, sizeof cause->code);
    memcpy(cause->message, outcome.message, sizeof cause->message);
    snprintf(cause->got, sizeof cause->got, "%s", stage->got);
    snprintf(cause->want, sizeof cause->want, "%s", stage->want);
}

void stage_first_cause(struct stage *stage, const struct scene_line *line, struct play_outcome *outcome)
{
    if (somebody_was_left(stage) && !stage->forks)
        wait_for_death(stage);
    note(stage, line ? line->line : stage->scene->line, outcome);
    if (blame_forks(stage, outcome) || blame_always(stage, outcome) ||
        (line && blame_elses(stage, &line->elses, false, "", outcome)) ||
        blame_elses(stage, &stage->scene->elses, false, "", outcome) || blame_built_in(stage, outcome) ||
        (line && blame_elses(stage, &line->elses, true, "", outcome)))
        return;
    blame_by_default(stage, outcome);
}
