/* iolab exercise check and watch: what came of it, in words. */
#define _GNU_SOURCE
#include "harness/child/clock.h"
#include "harness/cmd/cmd.h"
#include "harness/cmd/exercise.h"
#include "harness/exercise/attempt.h"
#include "harness/exercise/text.h"
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { INDENT = 6, TEXT = 17, LOOK_MS = 200, ASK_AFTER = 3 };

/* -- A diagnosis ------------------------------------------------------------------------------------------------- */

static void tell_line(const char *name, const char *text)
{
    printf("%*s%-*s", INDENT, "", TEXT - INDENT, name);
    cmd_print_from(TEXT, text);
}

/* What one types to see every call of the program while the scene is played. */
static void tell_command(const struct desk *desk, const struct check *check, const struct scene *failed)
{
    const struct play_outcome *played = &check->outcomes[failed - check->file->scenes];
    char scene[EXERCISE_PATH];
    exercise_scene(desk->exercise, scene);
    printf("%*s%-*s", INDENT, "", TEXT - INDENT, "see it:");
    if (check->program[0]) {
        printf("build/bin/iolab trace --scene %s --only %s -- ", exercise_typed(desk, scene), scene_label(failed));
        exercise_write_word(exercise_typed(desk, check->program), stdout);
        printf(" --port {port} --quiet {args}\n");
    } else {
        printf("build/bin/iolab trace %s --scene %s --only %s\n", played->model, exercise_typed(desk, scene),
               scene_label(failed));
    }
}

/* No scene has told the program from a right one, and no page about the subject helps, nor does a hint. */
static bool is_before_all_scenes(const struct sheet *sheet, const struct check_cause *cause)
{
    bool before = !cause->scene && strcmp(cause->code, "LIMIT") != 0;
    return !sheet_code(sheet, cause->code) && (before || strcmp(cause->code, "NEVER_READY") == 0);
}

/* Who died, or never listened, shows more in a terminal of its own. */
static void tell_how_to_run(const struct desk *desk, const struct check *check, const struct check_cause *cause)
{
    bool crashed = cause->signal && (strcmp(cause->signal, "SIGSEGV") == 0 || strcmp(cause->signal, "SIGABRT") == 0);
    if (!check->program[0] || !(cause->signal || strcmp(cause->code, "NEVER_READY") == 0))
        return;
    for (int debugged = 0; debugged <= crashed; debugged++) {
        printf("%*s%-*s", INDENT, "", TEXT - INDENT, debugged ? "debug it:" : "run it:");
        printf("%s", debugged ? "gdb --args " : "");
        exercise_write_word(exercise_typed(desk, check->program), stdout);
        printf(" --port 8080\n");
    }
}

static void tell_compiler(const struct check *check, const struct check_cause *cause)
{
    bool alone = strcmp(cause->code, "DOES_NOT_COMPILE") == 0 || strcmp(cause->code, "COMPILER_HANGS") == 0;
    if (check->compiler[0])
        printf("%s\n%s\n", alone ? "" : "\n      the compiler also says:", check->compiler);
}

/* One of the causes. `more`: the next is of the same scene, which is seen by the same command. */
static void tell_cause(const struct desk *desk, const struct check *check, const struct check_cause *cause, bool more)
{
    const struct sheet *sheet = &desk->exercise->sheet;
    const struct sheet_code *code = sheet_code(sheet, cause->code);
    printf("%*s%s: ", INDENT, "", cause->code);
    cmd_print_from(INDENT + (int)strlen(cause->code) + 2, cause->text);
    if (cause->want[0] && cause->got[0]) {
        tell_line(cause->predicted ? "predicted:" : "expected:", cause->want);
        tell_line("observed:", cause->got);
    }
    if (!more)
        tell_compiler(check, cause);
    tell_how_to_run(desk, check, cause);
    if (cause->scene && !more)
        tell_command(desk, check, cause->scene);
    if (code && *code->command)
        tell_line("compare:", code->command);
    if (!is_before_all_scenes(sheet, cause))
        tell_line("read:", code ? code->man : sheet->man);
}

static void tell_failure(const struct desk *desk, const struct check *check)
{
    printf("FAIL  %s  %s\n", desk->exercise->id, desk->exercise->sheet.title);
    for (int i = 0; i < check->count; i++) {
        const struct check_cause *cause = &check->causes[i];
        tell_cause(desk, check, cause, i + 1 < check->count && check->causes[i + 1].scene == cause->scene);
    }
}

static void tell_prediction(const struct scene *scene, const struct scene_ask *ask, const struct play_shown *shown)
{
    const struct scene_line *answer = scene_answer_to(scene, ask);
    struct scene_value given = ask->given;
    if (shown->seen)
        given.unit = shown->value.unit;         /* a plain number was meant so */
    printf("  ");
    cmd_print_from(2, ask->text);
    printf("      predicted: %-14s observed: %s", scene_value_text(given),
           shown->seen ? scene_value_text(shown->value) : "?");
    if (shown->seen && answer && !scene_is_predicted(answer, &ask->given, &shown->value))
        printf("  (different)");
    if (answer && answer->factor > 1)
        printf("  (right is: within a factor of %g)", answer->factor);
    putchar('\n');
}

static const struct play_shown *shown_as(const struct play_outcome *outcome, const char *name)
{
    for (int i = 0; i < outcome->shown_count; i++)
        if (strcmp(outcome->shown[i].name, name) == 0)
            return &outcome->shown[i];
    return NULL;
}

/* What was predicted, beside what was observed here, in the order in which it was asked: as far as the scenes came. */
static void tell_predictions(const struct check *check)
{
    bool told = false;
    for (int i = 0; i < check->played; i++) {
        const struct scene *scene = &check->file->scenes[i];
        bool titled = false;
        for (int j = 0; j < scene->ask_count; j++) {
            const struct play_shown *shown = shown_as(&check->outcomes[i], scene->asks[j].id);
            if (!shown)
                continue;
            if (!titled)
                printf("\n%s\n", scene->title);
            titled = told = true;
            tell_prediction(scene, &scene->asks[j], shown);
        }
    }
    if (told)
        putchar('\n');
}

static void tell_pass(const struct desk *desk, const struct check *check)
{
    const struct exercise *exercise = desk->exercise;
    if (check->compiler[0])
        printf("%s\n", check->compiler);
    printf("PASS  %s  %s (%.1f s)\n", exercise->id, exercise->sheet.title, check->ms / 1000);
    if (exercise->sheet.explanation)
        printf("      what is behind it: %s\n", exercise_make(desk, "explain"));
    else
        tell_line("read:", exercise->sheet.man);
}

static void tell(const struct desk *desk, const struct check *check)
{
    if (check->verdict == CHECK_CANNOT) {
        fprintf(stderr, "iolab exercise: this cannot be checked here: %s\n", check->causes[0].text);
        return;
    }
    tell_predictions(check);
    if (check->verdict == CHECK_FAIL)
        tell_failure(desk, check);
    else
        tell_pass(desk, check);
}

/* -- Three times the same ---------------------------------------------------------------------------------------- */

static void expectation_file(const struct desk *desk, char path[EXERCISE_PATH])
{
    snprintf(path, EXERCISE_PATH, "%s/%s/expected.txt", desk->work, desk->exercise->id);
}

/* What was expected of the change that has just been checked. */
static void recall(const struct desk *desk)
{
    char path[EXERCISE_PATH], line[400] = "";
    expectation_file(desk, path);
    const char *why;
    FILE *from = text_open(path, &why);
    if (from && fgets(line, sizeof line, from))
        printf("      You expected of this change: %s", line);
    if (from) {
        fclose(from);
        unlink(path);
    }
}

static void ask(const struct desk *desk, const struct progress_entry *entry)
{
    char path[EXERCISE_PATH], line[400];
    snprintf(line, sizeof line, "%d times %s. Before you change anything else: what do you expect the next change to "
             "alter, and where would you see that it did?", entry->times, entry->last);
    putchar('\n');
    cmd_print_from(0, line);
    if (desk->alone || !isatty(STDIN_FILENO))
        return;
    printf("> ");
    fflush(stdout);
    expectation_file(desk, path);
    bool said = fgets(line, sizeof line, stdin) && strlen(line) > 1;
    FILE *to = said && exercise_may_write(path) ? fopen(path, "we") : NULL;
    if (to) {
        fputs(line, to);
        fclose(to);
    }
}

/* Where it cannot be kept how far somebody is, that is said, and the outcome is what it is. */
static void note(struct desk *desk, const struct check *check)
{
    char day[PROGRESS_WORD], attempt[ATTEMPT_NAME] = "";
    time_t now = time(NULL);
    struct tm local;
    strftime(day, sizeof day, "%Y-%m-%d", localtime_r(&now, &local));
    if (!desk->predicting)
        attempt_name(desk->exercise, desk->work, attempt);
    exercise_open_progress(desk);
    struct progress_entry *entry = progress_of(&desk->progress, desk->exercise->id);
    bool other = progress_note(entry, check->causes[0].code, attempt, day);
    exercise_save(desk);
    if (other)
        recall(desk);
    if (check->verdict == CHECK_FAIL && other && entry->times > 0 && entry->times % ASK_AFTER == 0)
        ask(desk, entry);
    else if (check->verdict == CHECK_FAIL && entry->hints < HINTS &&
             !is_before_all_scenes(&desk->exercise->sheet, &check->causes[0]))
        printf("      stuck:     %s\n", exercise_make(desk, "hint"));
}

/* -- check, watch ------------------------------------------------------------------------------------------------ */

int exercise_check(struct desk *desk)
{
    static struct check check;
    const struct check_options options = exercise_check_options(desk, desk->work);
    fflush(stdout);
    check_run(desk->exercise, &options, &check);
    int status = check.verdict == CHECK_PASS ? 0 : check.verdict == CHECK_CANNOT ? 77 : 1;
    if (check.verdict == CHECK_INTERRUPTED) {
        fprintf(stderr, "iolab exercise: interrupted, by Ctrl-C or a signal; nothing is noted\n");
        check_free(&check);
        return 130;
    }
    tell(desk, &check);
    if (check.verdict != CHECK_CANNOT)
        note(desk, &check);
    fflush(stdout);
    check_free(&check);
    return status;
}

/* When it was saved last; by polling, as inotify does not see every file system (WSL2: /mnt/c). */
static bool has_changed(const struct desk *desk, struct timespec saved[EXERCISE_FILES])
{
    bool changed = false;
    for (enum exercise_file i = 0; i < EXERCISE_FILES; i++) {
        char path[EXERCISE_PATH];
        struct stat now;
        if (!desk->exercise->has[i] || !exercise_place(desk->exercise, desk->work, i, path) || stat(path, &now) < 0)
            continue;
        changed |= now.st_mtim.tv_sec != saved[i].tv_sec || now.st_mtim.tv_nsec != saved[i].tv_nsec;
        saved[i] = now.st_mtim;
    }
    return changed;
}

/* So that two outcomes that are alike can be told apart. */
static void tell_time(int number)
{
    char clock[16];
    time_t now = time(NULL);
    struct tm local;
    strftime(clock, sizeof clock, "%H:%M:%S", localtime_r(&now, &local));
    printf("-- %s, check %d --\n", clock, number);
}

int exercise_watch(struct desk *desk)
{
    struct timespec saved[EXERCISE_FILES] = {{0}};
    int status = 0, number = 0;
    desk->alone = true;
    if (!has_changed(desk, saved)) {
        fprintf(stderr, "iolab exercise: there is nothing of %s in %s yet: %s\n", desk->exercise->id,
                exercise_typed(desk, desk->work), exercise_make(desk, "start"));
        return 1;
    }
    while (!cmd_interrupted && status != 77) {
        tell_time(++number);
        status = exercise_check(desk);
        if (!cmd_interrupted && status != 77)
            printf("\n-- %swaiting until you save; Ctrl-C ends this --\n\n", status == 0 ? "done; still " : "");
        fflush(stdout);
        while (!cmd_interrupted && !has_changed(desk, saved))
            pause_ms(LOOK_MS);
    }
    return cmd_interrupted ? 130 : status;
}
