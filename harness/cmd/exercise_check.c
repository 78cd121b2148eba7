/* iolab exercise check, watch and predict: what came of it, in words. */
#define _GNU_SOURCE
#include "harness/child/clock.h"
#include "harness/cmd/cmd.h"
#include "harness/cmd/exercise.h"
#include "harness/exercise/text.h"
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { INDENT = 6, TEXT = 16, LOOK_MS = 200, ASK_AFTER = 3 };

/* -- A diagnosis ------------------------------------------------------------------------------------------------- */

static void tell_line(const char *name, const char *text)
{
    printf("%*s%-*s", INDENT, "", TEXT - INDENT, name);
    cmd_print_from(TEXT, text);
}

/* A word for a shell: in quotes, if it needs them. */
static void print_word(const char *word)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+=.,/:@%";
    bool quoted = word[strspn(word, plain)] != '\0';
    printf("%s", quoted ? "'" : "");
    for (const char *c = word; *c; c++)
        printf(*c == '\'' ? "'\\''" : "%c", *c);
    printf("%s", quoted ? "'" : "");
}

/* What one types to see every call of the program while the scene is played. */
static void tell_command(const struct desk *desk, const struct check *check)
{
    const struct play_outcome *played = &check->outcomes[check->failed - check->file->scenes];
    char scene[EXERCISE_PATH];
    exercise_scene(desk->exercise, scene);
    printf("%*s%-*s", INDENT, "", TEXT - INDENT, "see it:");
    if (check->program[0]) {
        printf("build/bin/iolab trace --scene %s --only %s -- ", exercise_typed(desk, scene),
               scene_label(check->failed));
        print_word(exercise_typed(desk, check->program));
        printf(" --port {port} --quiet {args}\n");
    } else {
        printf("build/bin/iolab trace %s --scene %s --only %s\n", played->model, exercise_typed(desk, scene),
               scene_label(check->failed));
    }
}

static void tell_failure(const struct desk *desk, const struct check *check)
{
    const struct exercise *exercise = desk->exercise;
    const struct sheet_code *code = sheet_code(&exercise->sheet, check->code);
    printf("FAIL  %s  %s\n%*s%s: ", exercise->id, exercise->sheet.title, INDENT, "", check->code);
    cmd_print_from(INDENT + (int)strlen(check->code) + 2, check->cause);
    if (check->want[0] && check->got[0]) {
        tell_line("expected:", check->want);
        tell_line("observed:", check->got);
    }
    if (check->compiler[0])
        printf("\n%s\n", check->compiler);
    if (check->played > 0)
        tell_command(desk, check);
    if (code && *code->command)
        tell_line("compare:", code->command);
    tell_line("read:", code ? code->man : exercise->sheet.man);
}

static void tell_prediction(const struct scene_ask *ask, const struct play_shown *shown)
{
    const char *seen = shown->seen ? scene_value_text(shown->value) : "?";
    bool other = ask->choice_count > 0 && shown->seen && strcmp(seen, ask->given.word) != 0;
    printf("  ");
    cmd_print_from(2, ask->text);
    printf("      predicted: %-14s observed: %s%s\n", scene_value_text(ask->given), seen, other ? "  (different)" : "");
}

/* What was predicted, beside what was observed here: as far as the scenes came to it. */
static void tell_predictions(const struct check *check)
{
    bool told = false;
    for (int i = 0; i < check->played; i++) {
        const struct scene *scene = &check->file->scenes[i];
        const struct play_outcome *outcome = &check->outcomes[i];
        bool titled = false;
        for (int j = 0; j < outcome->shown_count; j++) {
            const struct scene_ask *ask = scene_ask_named(scene, outcome->shown[j].name);
            if (!ask)
                continue;
            if (!titled)
                printf("\n%s\n", scene->title);
            titled = told = true;
            tell_prediction(ask, &outcome->shown[j]);
        }
    }
    if (told)
        putchar('\n');
}

static void tell(const struct desk *desk, const struct check *check)
{
    const struct exercise *exercise = desk->exercise;
    if (check->verdict == CHECK_FAIL && check->failed)
        tell_predictions(check);
    if (check->verdict == CHECK_FAIL) {
        tell_failure(desk, check);
        return;
    }
    if (check->verdict == CHECK_CANNOT) {
        fprintf(stderr, "iolab exercise: this cannot be checked here: %s\n", check->cause);
        return;
    }
    tell_predictions(check);
    if (check->compiler[0])
        printf("%s\n", check->compiler);
    printf("PASS  %s  %s (%.1f s)\n      what is behind it: make explain-%s\n", exercise->id, exercise->sheet.title,
           check->ms / 1000, exercise->id);
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

/* Nothing is there, or a file: no folder, and no pipe that one would wait for. */
static bool may_write(const char *path)
{
    struct stat is;
    return stat(path, &is) < 0 || S_ISREG(is.st_mode);
}

static void ask(const struct desk *desk, const struct progress_entry *entry)
{
    char path[EXERCISE_PATH], line[400];
    printf("\n%d times %s. Before you change anything else: what do you expect the next change\n"
           "to alter, and where would you see that it did?\n", entry->times, entry->last);
    if (desk->alone || !isatty(STDIN_FILENO))
        return;
    printf("> ");
    fflush(stdout);
    expectation_file(desk, path);
    FILE *to = fgets(line, sizeof line, stdin) && strlen(line) > 1 && may_write(path) ? fopen(path, "we") : NULL;
    if (to) {
        fputs(line, to);
        fclose(to);
    }
}

static int note(struct desk *desk, const struct check *check)
{
    char day[PROGRESS_WORD];
    time_t now = time(NULL);
    struct tm local;
    strftime(day, sizeof day, "%Y-%m-%d", localtime_r(&now, &local));
    exercise_open_progress(desk);
    struct progress_entry *entry = progress_of(&desk->progress, desk->exercise->id);
    progress_note(entry, check->code, day);
    bool saved = exercise_save(desk);
    recall(desk);
    if (check->verdict == CHECK_FAIL && entry->times % ASK_AFTER == 0)
        ask(desk, entry);
    else if (check->verdict == CHECK_FAIL && entry->hints < HINTS)
        printf("      stuck:    make hint-%s\n", desk->exercise->id);
    return saved ? 0 : 1;
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
    if (check.verdict != CHECK_CANNOT && note(desk, &check) != 0)
        status = 1;
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

int exercise_watch(struct desk *desk)
{
    struct timespec saved[EXERCISE_FILES] = {{0}};
    int status = 0;
    desk->alone = true;
    if (!has_changed(desk, saved)) {
        fprintf(stderr, "iolab exercise: there is nothing of %s in %s yet: make start-%s\n", desk->exercise->id,
                exercise_typed(desk, desk->work), desk->exercise->id);
        return 1;
    }
    while (!cmd_interrupted && status != 77) {
        status = exercise_check(desk);
        if (!cmd_interrupted && status != 77)
            printf("\n-- waiting until you save; Ctrl-C ends this --\n");
        fflush(stdout);
        while (!cmd_interrupted && !has_changed(desk, saved))
            pause_ms(LOOK_MS);
    }
    return cmd_interrupted ? 130 : status;
}

/* -- predict ----------------------------------------------------------------------------------------------------- */

static void tell_question(const struct scene_ask *ask)
{
    printf("\n");
    cmd_print_from(0, ask->text);
    for (int i = 0; i < ask->choice_count; i++) {
        printf("  %d %-12s ", i + 1, ask->choices[i].name);
        cmd_print_from(17, ask->choices[i].text);
    }
    printf(ask->choice_count > 0 ? "A number or a name: " : "A number: ");
    fflush(stdout);
}

/* NULL: it is none. */
static const char *understood(const struct scene_ask *ask, const char *line)
{
    struct scene_value value;
    char *end;
    if (ask->choice_count == 0)
        return scene_value_read(line, &value) && value.unit != UNIT_WORD ? line : NULL;
    long number = strtol(line, &end, 10);
    for (int i = 0; i < ask->choice_count; i++)
        if (strcmp(ask->choices[i].name, line) == 0 || (end > line && !*end && number == i + 1))
            return ask->choices[i].name;
    return NULL;
}

/* False: the answers end before the questions do. */
static bool ask_one(const struct scene *scene, const struct scene_ask *ask, FILE *to)
{
    char line[200];
    for (;;) {
        tell_question(ask);
        if (!fgets(line, sizeof line, stdin) || cmd_interrupted)
            return false;
        char *begin = line + strspn(line, " \t");
        begin[strcspn(begin, " \t\r\n")] = '\0';
        const char *answer = understood(ask, begin);
        if (answer) {
            fprintf(to, "%s %s %s\n", scene->id, ask->id, answer);
            return true;
        }
        printf("That is none of the answers.\n");
    }
}

static bool ask_all(const struct scene_file *file, FILE *to)
{
    bool answered = true;
    for (int i = 0; i < file->count && answered; i++) {
        const struct scene *scene = &file->scenes[i];
        bool seen = i > 0 && strcmp(scene->id, file->scenes[i - 1].id) == 0;   /* a variant: one answer for all */
        for (int j = 0; j < scene->ask_count && answered && !seen; j++)
            answered = ask_one(scene, &scene->asks[j], to);
    }
    return answered;
}

/* Does it predict anything? A form that is not filled in does not. */
static bool says_something(const char *path)
{
    char line[1000];
    const char *why;
    bool says = false;
    FILE *from = text_open(path, &why);
    while (from && !says && fgets(line, sizeof line, from))
        says = !strchr("#\n", line[strspn(line, " \t\r")]);
    if (from)
        fclose(from);
    return says;
}

static bool write_predictions(const struct desk *desk, const char *path, const char *text)
{
    if ((says_something(path) || !may_write(path)) && !exercise_keep(desk, path))
        return false;
    FILE *to = fopen(path, "we");
    if (to)
        fputs(text, to);
    if (cmd_close(to))
        return true;
    perror(exercise_typed(desk, path));
    return false;
}

/* The program, if one is to be written, is begun before: here the starter is put where there is nothing yet. */
static bool begin(const struct desk *desk, char path[EXERCISE_PATH])
{
    for (enum exercise_file i = 0; i < EXERCISE_FILES; i++)
        if (desk->exercise->has[i] && exercise_place(desk->exercise, desk->work, i, path) && access(path, F_OK) < 0 &&
            !exercise_write_to(desk, desk->exercise, i, "starter", path))
            return false;
    return exercise_place(desk->exercise, desk->work, EXERCISE_PREDICTIONS, path);
}

int exercise_predict(struct desk *desk)
{
    char scene[EXERCISE_PATH], path[EXERCISE_PATH], *text = NULL;
    size_t size;
    if (!desk->exercise->has[EXERCISE_PREDICTIONS]) {
        fprintf(stderr, "iolab exercise: %s asks nothing; make check-%s\n", desk->exercise->id, desk->exercise->id);
        return 2;
    }
    struct scene_file *file = exercise_scene(desk->exercise, scene) ? scene_read(scene, stderr) : NULL;
    FILE *to = file ? open_memstream(&text, &size) : NULL;
    bool answered = to && ask_all(file, to);
    if (to)
        fclose(to);
    if (file)
        scene_free(file);
    if (to && !answered)
        fprintf(stderr, "\niolab exercise: not all questions have an answer: nothing is written, nothing is played\n");
    bool written = answered && begin(desk, path) && write_predictions(desk, path, text);
    free(text);
    if (written)
        printf("\nNow it is played.\n");
    return cmd_interrupted ? 130 : written ? exercise_check(desk) : 1;
}
