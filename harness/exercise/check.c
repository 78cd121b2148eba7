#define _GNU_SOURCE
#include "harness/exercise/check.h"
#include "harness/child/clock.h"
#include "harness/exercise/compile.h"
#include "harness/exercise/text.h"
#include "harness/scene/answers.h"
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { CHECK_MS = 9300, SCENE_LEAST_MS = 500 };     /* the compiler's CPU and all scenes together; a scene */

static struct check_cause cause_of(const char *code, const char *text)
{
    struct check_cause cause = {0};
    snprintf(cause.code, sizeof cause.code, "%s", code);
    snprintf(cause.text, sizeof cause.text, "%.850s", text);
    return cause;
}

static bool end(struct check *check, enum check_verdict verdict, const char *code, const char *text)
{
    check->verdict = verdict;
    check->causes[0] = cause_of(code, text);
    check->count = 1;
    return false;
}

/* The last place is the program's. */
static void add(struct check *check, const struct check_cause *cause)
{
    int first = check->verdict == CHECK_FAIL ? check->count : 0;
    if (cause->predicted && first == CHECK_CAUSES - 1)
        return;
    check->verdict = CHECK_FAIL;
    check->causes[first] = *cause;
    check->count = first + 1;
}

/* What is printed to the stream that a reader wants, as one line. */
static void first_line(char *text) { text[strcspn(text, "\n")] = '\0'; }

/* -- What there is to check -------------------------------------------------------------------------------------- */

static bool find_file(const struct exercise *exercise, const struct check_options *options, enum exercise_file which,
                      char *path, struct check *check)
{
    char cause[900];
    const char *why;
    bool predicts = which == EXERCISE_PREDICTIONS;
    if (!exercise_place(exercise, options->work, which, path))
        return end(check, CHECK_CANNOT, "CANNOT", "the path of the work folder is too long");
    FILE *file = text_open(path, &why);
    if (file)
        return fclose(file) == 0;
    if (access(path, F_OK) == 0) {
        snprintf(cause, sizeof cause, "%.700s: %s", path, why);
        return end(check, CHECK_FAIL, "NO_FILE", cause);
    }
    snprintf(cause, sizeof cause, "there is no %.400s yet: `make %s-%s%.400s`", path, predicts ? "predict" : "start",
             exercise->id, options->behind);
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
static bool read_predictions(const struct exercise *exercise, const struct check_options *options, const char *path,
                             struct check *check)
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
            snprintf(cause, sizeof cause, "predict first: \"%.300s\" has no answer yet; `make predict-%s%.400s` asks",
                     ask->text, exercise->id, options->behind);
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

/* Of all children that have ended. Not the time on the clock: a busy machine takes none from the scenes. */
static double compilers_cpu_ms(void)
{
    struct rusage used;
    getrusage(RUSAGE_CHILDREN, &used);
    return 1e3 * (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
           1e-3 * (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

/* -- The scenes -------------------------------------------------------------------------------------------------- */

/* What a signal means, behind a cause that names it. */
static void explain_signal(struct check_cause *cause)
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
        if (strstr(cause->text, meanings[i][0])) {
            size_t length = strlen(cause->text);
            snprintf(cause->text + length, sizeof cause->text - length, " (%s: %s)", meanings[i][0], meanings[i][1]);
            cause->signal = meanings[i][0];
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
static void compare(struct check_cause *cause, const struct scene *scene, const struct play_outcome *outcome)
{
    const struct scene_line *line = line_numbered(scene, outcome->line);
    bool ends = expects_the_end(line);
    bool bytes = strstr(outcome->got, "byte") || strstr(outcome->got, "iB");
    if (strcmp(outcome->want, "yes") == 0 || expects_of_many(scene, line))
        return;                 /* `server alive`: the cause says it */
    bool bare = !ends && bytes && outcome->want[0] && !outcome->want[strspn(outcome->want, "0123456789")];
    snprintf(cause->got, sizeof cause->got, "%s", ends ? "it is open" : outcome->got);
    snprintf(cause->want, sizeof cause->want, "%.40s%s", ends ? "the end of the connection" : outcome->want,
             bare ? " bytes" : "");
}

static void note_prediction(struct check *check, const struct scene *scene, const struct play_cause *wrong)
{
    struct check_cause cause = cause_of(wrong->code, wrong->message);
    memcpy(cause.got, wrong->got, sizeof cause.got);
    memcpy(cause.want, wrong->want, sizeof cause.want);
    cause.predicted = true;
    cause.scene = scene;
    add(check, &cause);
}

/* In the order in which it was asked. */
static void note_predictions(struct check *check, const struct scene *scene, const struct play_wrong *wrong)
{
    for (int i = 0; i < scene->ask_count; i++)
        for (int j = 0; j < wrong->count; j++)
            if (strcmp(wrong->causes[j].question, scene->asks[i].id) == 0)
                note_prediction(check, scene, &wrong->causes[j]);
}

static struct check_cause failure(const struct scene *scene, const struct play_outcome *outcome)
{
    struct check_cause cause = cause_of(outcome->code, outcome->message);
    cause.scene = scene;
    explain_signal(&cause);
    compare(&cause, scene, outcome);
    return cause;
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
                                    const struct check_options *options, const char *answers, double end_ms,
                                    struct check *check)
{
    char *program = check->program;
    struct play_wrong wrong = {0};

    char *const words[] = {program, (char *)"--port", (char *)"{port}", (char *)"--quiet", (char *)"{args}", NULL};
    char model[SHEET_WORD];
    choose_model(scene, exercise->sheet.model, model);
    const struct play_options how = {.argv = exercise->has[EXERCISE_PROGRAM] ? words : options->model(model),
                                     .model = model, .cpu = -1, .answers = answers, .wrong = &wrong,
                                     .end_ms = end_ms, .interrupted = options->interrupted,
                                     .no_excuse = exercise->has[EXERCISE_PROGRAM]};
    struct play_outcome outcome = play(scene, &how);
    note_predictions(check, scene, &wrong);
    return outcome;
}

/* After the program's first failure only scenes that ask are played: all predictions are compared. */
static void play_all(const struct exercise *exercise, const struct check_options *options, const char *answers,
                     double end_ms, struct check *check)
{
    struct scene_file *file = check->file;
    struct check_cause program = {0};
    int without = 0;
    check->outcomes = calloc((size_t)file->count, sizeof *check->outcomes);
    for (int i = 0; check->outcomes && i < file->count && !*options->interrupted; i++) {
        const struct scene *scene = &file->scenes[i];
        if (program.code[0] && !(answers && scene->ask_count > 0))
            continue;
        if (end_ms - now_ms() < SCENE_LEAST_MS) {
            if (!program.code[0])
                program = cause_of("LIMIT", "the time of a check is over before all its scenes are played");
            break;
        }
        check->played = i + 1;
        struct play_outcome *outcome = &check->outcomes[i];
        *outcome = play_one(scene, exercise, options, answers, end_ms, check);
        if (outcome->verdict == PLAY_FAIL && !program.code[0])
            program = failure(scene, outcome);
        without += outcome->verdict == PLAY_SKIP || outcome->verdict == PLAY_NOT_APPLICABLE;
    }
    if (program.code[0])
        add(check, &program);
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
    if (writes && !find_file(exercise, options, EXERCISE_PROGRAM, source, check))
        return;
    if (predicts && (!find_file(exercise, options, EXERCISE_PREDICTIONS, predictions, check) ||
                     !read_predictions(exercise, options, predictions, check)))
        return;
    double before_ms = compilers_cpu_ms();
    if (writes && !build(options, source, check))
        return;
    play_all(exercise, options, predicts ? predictions : NULL, now_ms() + CHECK_MS - (compilers_cpu_ms() - before_ms),
             check);
}

void check_run(const struct exercise *exercise, const struct check_options *options, struct check *check)
{
    double began_ms = now_ms();
    *check = (struct check){0};
    end(check, CHECK_PASS, "PASS", "");
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
