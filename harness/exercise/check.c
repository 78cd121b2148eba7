#define _GNU_SOURCE
#include "harness/exercise/check.h"
#include "harness/child/clock.h"
#include "harness/exercise/compile.h"
#include "harness/exercise/text.h"
#include "harness/scene/answers.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CHECK_MS = 9000 };       /* all scenes together */

static bool end(struct check *check, enum check_verdict verdict, const char *code, const char *cause)
{
    check->verdict = verdict;
    snprintf(check->code, sizeof check->code, "%s", code);
    snprintf(check->cause, sizeof check->cause, "%.850s", cause);
    return false;
}

/* What is printed to the stream that a reader wants, as one line. */
static void first_line(char *text) { text[strcspn(text, "\n")] = '\0'; }

/* -- What there is to check -------------------------------------------------------------------------------------- */

static bool find_file(const struct exercise *exercise, const char *work, enum exercise_file which, char *path,
                      struct check *check)
{
    char cause[900];
    const char *why;
    bool predicts = which == EXERCISE_PREDICTIONS;
    if (!exercise_place(exercise, work, which, path))
        return end(check, CHECK_CANNOT, "CANNOT", "the path of the work folder is too long");
    FILE *file = text_open(path, &why);
    if (file)
        return fclose(file) == 0;
    if (access(path, F_OK) == 0) {
        snprintf(cause, sizeof cause, "%.700s: %s", path, why);
        return end(check, CHECK_FAIL, "NO_FILE", cause);
    }
    snprintf(cause, sizeof cause, "there is no %.700s yet: `make %s-%s`", path, predicts ? "predict" : "start",
             exercise->id);
    return end(check, CHECK_FAIL, predicts ? "NO_PREDICTION" : "NOT_BEGUN", cause);
}

static bool read_scenes(const struct exercise *exercise, struct check *check)
{
    char path[EXERCISE_PATH], errors[800] = "";
    FILE *to = fmemopen(errors, sizeof errors, "w");
    if (to && exercise_scene(exercise, path))
        check->file = scene_read(path, to);
    if (to)
        fclose(to);
    first_line(errors);
    return check->file || end(check, CHECK_CANNOT, "CANNOT", errors);
}

/* Before anything is started: who has seen it does not predict any more. */
static bool read_predictions(const struct exercise *exercise, const char *path, struct check *check)
{
    char errors[800] = "", cause[900];
    FILE *to = fmemopen(errors, sizeof errors, "w");
    bool good = to && answers_read(path, &check->file, 1, to);
    if (to)
        fclose(to);
    first_line(errors);
    if (!good)
        return end(check, CHECK_FAIL, "WRONG_FORM", errors);
    for (int i = 0; i < check->file->count; i++) {
        const struct scene *scene = &check->file->scenes[i];
        const struct scene_ask *ask = answers_missing(scene);
        if (ask) {
            check->failed = scene;
            snprintf(cause, sizeof cause, "predict first: \"%.300s\" has no answer yet; `make predict-%s` asks",
                     ask->text, exercise->id);
            return end(check, CHECK_FAIL, "NO_PREDICTION", cause);
        }
    }
    return true;
}

/* -- The program ------------------------------------------------------------------------------------------------- */

static bool build(const struct check_options *options, const char *source, struct check *check)
{
    snprintf(check->program, sizeof check->program, "%.*s", (int)(strlen(source) - strlen(".c")), source);
    const struct compile_options how = {options->root, options->build, source, check->program, options->interrupted};
    switch (compile(&how, check->compiler, sizeof check->compiler)) {
    case COMPILED:
        return true;
    case COMPILE_FAILED:
        return end(check, CHECK_FAIL, "DOES_NOT_COMPILE", "the compiler does not understand it, and says where:");
    case COMPILE_LATE:
        return end(check, CHECK_FAIL, "COMPILER_HANGS", "the compiler did not come to an end, and was stopped");
    case COMPILE_INTERRUPTED:
        return end(check, CHECK_INTERRUPTED, "", "");
    case COMPILE_CANNOT:
        break;
    }
    first_line(check->compiler);
    end(check, CHECK_CANNOT, "CANNOT", check->compiler);
    check->compiler[0] = '\0';
    return false;
}

/* -- The scenes -------------------------------------------------------------------------------------------------- */

/* What a signal means, behind a cause that names it. */
static void explain_signal(struct check *check)
{
    static const char *const meanings[][2] = {
        {"SIGSEGV", "it used memory that is not its own"},
        {"SIGBUS", "it used memory that is not there"},
        {"SIGABRT", "the C library stopped it; its last words say why"},
        {"SIGFPE", "it divided by zero"},
        {"SIGILL", "it ran into what is no code"},
        {"SIGPIPE", "it wrote to somebody who had left"},
        {"SIGXFSZ", "it printed more than 16 MiB"},
        {"SIGKILL", "somebody killed it: for want of memory, perhaps"},
    };
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
        if (strstr(check->cause, meanings[i][0])) {
            size_t length = strlen(check->cause);
            snprintf(check->cause + length, sizeof check->cause - length, " (%s: %s)", meanings[i][0], meanings[i][1]);
            return;
        }
}

static const struct scene_line *line_numbered(const struct scene *scene, int number)
{
    for (int i = 0; i < scene->line_count; i++)
        if (scene->lines[i].line == number)
            return &scene->lines[i];
    return NULL;
}

static bool expects_the_end(const struct scene_line *line)
{
    return line && line->action == DO_EXPECT && !(line->expected & (EXPECT_ALL | EXPECT_SIZE | EXPECT_TEXT));
}

/* `C expect all`, `C ping` of a `client C x50`: the bytes are those of one of them, and the cause counts clients. */
static bool expects_of_many(const struct scene *scene, const struct scene_line *line)
{
    if (!line || (line->action != DO_EXPECT && line->action != DO_PING))
        return false;
    for (int i = 0; i < scene->line_count; i++)
        if (scene->lines[i].action == DO_CLIENT && strcmp(scene->lines[i].client.name, line->client.name) == 0)
            return scene->lines[i].count > 1;
    return false;
}

/* What was expected, and what was seen instead. Of a connection that ought to end, bytes are not the point. */
static void compare(struct check *check, const struct scene *scene, const struct play_outcome *outcome)
{
    const struct scene_line *line = line_numbered(scene, outcome->line);
    bool ends = expects_the_end(line);
    bool bytes = strstr(outcome->got, "byte") || strstr(outcome->got, "iB");
    if (strcmp(outcome->want, "yes") == 0 || expects_of_many(scene, line))
        return;                 /* `server alive`: the cause says it */
    bool bare = !ends && bytes && outcome->want[0] && !outcome->want[strspn(outcome->want, "0123456789")];
    snprintf(check->got, sizeof check->got, "%s", ends ? "it is open" : outcome->got);
    snprintf(check->want, sizeof check->want, "%.40s%s", ends ? "the end of the connection" : outcome->want,
             bare ? " bytes" : "");
}

static void note(struct check *check, const struct scene *scene, const struct play_outcome *outcome)
{
    if (outcome->verdict == PLAY_INTERRUPTED)
        end(check, CHECK_INTERRUPTED, "", "");
    if (outcome->verdict != PLAY_FAIL || check->verdict != CHECK_PASS)
        return;
    end(check, CHECK_FAIL, outcome->code, outcome->message);
    explain_signal(check);
    check->failed = scene;
    compare(check, scene, outcome);
}

/* Of "epoll-lt, epoll-et" the first that the scene is for; if it is for none, the last. */
static void choose_model(const struct scene *scene, const char *models, char model[SHEET_WORD])
{
    do {
        size_t length = strcspn(models, ",");
        snprintf(model, SHEET_WORD, "%.*s", (int)length, models);
        models += length + strspn(models + length, ", ");
    } while (*models && !scene_applies(scene, model));
}

/* A program is foreign to the player, with {port}: so what it prints is its own affair, before `ready`, too. */
static struct play_outcome play_one(const struct scene *scene, const struct exercise *exercise,
                                    const struct check_options *options, const char *answers, char *program)
{
    char *const words[] = {program, (char *)"--port", (char *)"{port}", (char *)"--quiet", (char *)"{args}", NULL};
    char model[SHEET_WORD];
    choose_model(scene, exercise->sheet.model, model);
    const struct play_options how = {.argv = exercise->has[EXERCISE_PROGRAM] ? words : options->model(model),
                                     .model = model, .cpu = -1, .answers = answers,
                                     .interrupted = options->interrupted,
                                     .no_excuse = exercise->has[EXERCISE_PROGRAM]};
    return play(scene, &how);
}

/* After the first failure only scenes that ask are played: all predictions are compared. */
static void play_all(const struct exercise *exercise, const struct check_options *options, const char *answers,
                     struct check *check)
{
    struct scene_file *file = check->file;
    double end_ms = now_ms() + CHECK_MS;
    int without = 0;
    check->outcomes = calloc((size_t)file->count, sizeof *check->outcomes);
    for (int i = 0; check->outcomes && i < file->count; i++) {
        struct scene *scene = &file->scenes[i];
        if (check->verdict != CHECK_PASS && !(answers && scene->ask_count > 0))
            continue;
        double left_ms = end_ms - now_ms();
        if (*options->interrupted)
            break;
        if (left_ms < scene->limit_ms)
            scene->limit_ms = left_ms > 1 ? left_ms : 1;
        check->played = i + 1;
        check->outcomes[i] = play_one(scene, exercise, options, answers, check->program);
        note(check, scene, &check->outcomes[i]);
        without += check->outcomes[i].verdict == PLAY_SKIP || check->outcomes[i].verdict == PLAY_NOT_APPLICABLE;
    }
    if (*options->interrupted)
        end(check, CHECK_INTERRUPTED, "", "");
    else if (without > 0 && without == check->played)
        end(check, CHECK_CANNOT, "CANNOT", check->outcomes[0].message);
}

static void check_in_order(const struct exercise *exercise, const struct check_options *options, struct check *check)
{
    char source[EXERCISE_PATH], predictions[EXERCISE_PATH];
    bool writes = exercise->has[EXERCISE_PROGRAM], predicts = exercise->has[EXERCISE_PREDICTIONS];
    if (!read_scenes(exercise, check))
        return;
    if (writes && !find_file(exercise, options->work, EXERCISE_PROGRAM, source, check))
        return;
    if (predicts && (!find_file(exercise, options->work, EXERCISE_PREDICTIONS, predictions, check) ||
                     !read_predictions(exercise, predictions, check)))
        return;
    if (writes && !build(options, source, check))
        return;
    play_all(exercise, options, predicts ? predictions : NULL, check);
}

void check_run(const struct exercise *exercise, const struct check_options *options, struct check *check)
{
    double began_ms = now_ms();
    *check = (struct check){.verdict = CHECK_PASS, .code = "PASS"};
    check_in_order(exercise, options, check);
    check->ms = now_ms() - began_ms;
}

void check_free(struct check *check)
{
    if (check->file)
        scene_free(check->file);
    free(check->outcomes);
    *check = (struct check){0};
}
