/* iolab exercise: what a student does with an exercise, from the list to the explanation. */
#define _GNU_SOURCE
#include "harness/cmd/exercise.h"
#include "harness/cmd/cmd.h"
#include "harness/report/csv.h"
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static void help(FILE *to)
{
    fprintf(to,
            "usage: iolab exercise list [--csv]\n"
            "       iolab exercise start|check|hint|predict|watch|reset|explain ID\n\n"
            "Exercises that are checked by behaviour: your program is compiled, a scene is\n"
            "played against it, and the first cause of a failure is told. It runs with your\n"
            "rights: what it can do, you can do.\n\n"
            "  list         all of them, and how far you are\n"
            "  start ID     puts the starter into work/ID; a file of yours stays as it is\n"
            "  check ID     is it done? If not, why not, and how to see it yourself\n"
            "  hint ID      opens the next of three hints\n"
            "  predict ID   asks what will happen, then shows what does\n"
            "  watch ID     checks again whenever you save; Ctrl-C ends it\n"
            "  reset ID     the starter again; your file is kept beside it\n"
            "  explain ID   what is behind it, once you have passed\n"
            "  --work DIR   your files are there, and not in work/\n"
            "  --csv        the list as CSV\n\n"
            "For who writes exercises (docs/exercises.md):\n"
            "  verify [ID]        does each variant end as it should? --jobs N at once;\n"
            "                     --only NAME: this variant alone\n"
            "  variant ID NAME    prints one: solution, starter or the code of a reject\n"
            "  handout DIR        writes all into DIR, without solutions\n\n"
            "Example: iolab exercise start 05b\n"
            "         iolab exercise check 05b\n");
}

/* -- What the parts share ---------------------------------------------------------------------------------------- */

const char *exercise_typed(const struct desk *desk, const char *path)
{
    size_t length = strlen(desk->root);
    return strncmp(path, desk->root, length) == 0 && path[length] == '/' ? path + length + 1 : path;
}

const char *exercise_make(const struct desk *desk, const char *what)
{
    static char texts[2][EXERCISE_PATH + 64];
    static int turn;
    char *text = texts[turn++ % 2];
    snprintf(text, sizeof texts[0], "make %s-%s%s", what, desk->exercise->id, desk->behind);
    return text;
}

void exercise_write_word(const char *word, FILE *to)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+=.,/:@%";
    const char *quote = word[strspn(word, plain)] ? "'" : "";
    fputs(quote, to);
    for (const char *c = word; *c; c++)
        fprintf(to, *c == '\'' ? "'\\''" : "%c", *c);
    fputs(quote, to);
}

static const char *end_of_line(const char *line) { return line + strcspn(line, "\n"); }

static bool is_of_paragraph(const char *line) { return *line && !strchr(" \n", *line); }

static bool begins_item(const char *line) { return strncmp(line, "- ", 2) == 0; }

void exercise_tell_text(const char *text)
{
    for (const char *at = text; *at; at += *at == '\n') {
        const char *end = end_of_line(at);
        while (is_of_paragraph(at) && *end && is_of_paragraph(end + 1) && !begins_item(end + 1))
            end = end_of_line(end + 1);
        char *paragraph = strndup(at, (size_t)(end - at));
        for (char *c = paragraph; is_of_paragraph(at) && c && *c; c++)
            *c = *c == '\n' ? ' ' : *c;
        int indent = paragraph && begins_item(at) ? printf("- ") : 0;
        if (paragraph && is_of_paragraph(at))
            cmd_print_from(indent, paragraph + indent);
        else
            puts(paragraph ? paragraph : "");
        free(paragraph);
        at = end;
    }
}

static bool cannot_write(const struct desk *desk, const char *path)
{
    fprintf(stderr, "iolab exercise: %s: %s; --work DIR (make: WORK=DIR) takes another folder\n",
            exercise_typed(desk, path), strerror(errno));
    return false;
}

bool exercise_keep(const struct desk *desk, const char *path)
{
    char aside[EXERCISE_PATH + 16];
    int number = 1;
    do
        snprintf(aside, sizeof aside, "%s.%d", path, number++);
    while (access(aside, F_OK) == 0);
    if (rename(path, aside) < 0)
        return cannot_write(desk, path);
    printf("Yours is kept: %s\n", exercise_typed(desk, aside));
    return true;
}

bool exercise_may_write(const char *path)
{
    struct stat is;
    return stat(path, &is) < 0 || S_ISREG(is.st_mode);
}

static bool make_folders(const struct desk *desk, const char *path)
{
    char folder[EXERCISE_PATH];
    snprintf(folder, sizeof folder, "%s", path);
    for (char *slash = folder; (slash = strchr(slash + 1, '/'));) {
        *slash = '\0';
        int error = mkdir(folder, 0777) < 0 ? errno : 0;
        if (error && access(folder, F_OK) < 0) {
            errno = error;
            return cannot_write(desk, folder);
        }
        *slash = '/';
    }
    return true;
}

bool exercise_write_to(const struct desk *desk, const struct exercise *exercise, enum exercise_file file,
                       const char *variant, const char *path)
{
    if (!make_folders(desk, path))
        return false;
    FILE *to = fopen(path, "we");
    if (to)
        exercise_write(exercise, file, variant, to);
    return cmd_close(to) || cannot_write(desk, path);
}

void exercise_open_progress(struct desk *desk)
{
    desk->lock = -1;
    if (!make_folders(desk, desk->progress_file))
        return;
    desk->lock = open(desk->work, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (desk->lock < 0)
        cannot_write(desk, desk->work);
    else
        flock(desk->lock, LOCK_EX);
    progress_read(&desk->progress, desk->progress_file, stderr);
}

bool exercise_save(struct desk *desk)
{
    if (desk->lock < 0)
        return false;           /* why has been said */
    bool saved = progress_write(&desk->progress, desk->progress_file);
    if (!saved)
        cannot_write(desk, desk->progress_file);
    close(desk->lock);
    return saved;
}

struct check_options exercise_check_options(const struct desk *desk, const char *work)
{
    return (struct check_options){.root = desk->root, .build = desk->build, .work = work, .behind = desk->behind,
                                  .model = cmd_model_command, .interrupted = &cmd_interrupted};
}

static bool has_begun(const struct desk *desk, const struct exercise *exercise)
{
    char path[EXERCISE_PATH];
    for (enum exercise_file i = 0; i < EXERCISE_FILES; i++)
        if (exercise->has[i] && exercise_place(exercise, desk->work, i, path) && access(path, F_OK) == 0)
            return true;
    return false;
}

/* -- list -------------------------------------------------------------------------------------------------------- */

static const char *state_of(const struct desk *desk, const struct exercise *exercise,
                            const struct progress_entry *entry)
{
    return *entry->passed ? "passed" : *entry->last ? "failing" : has_begun(desk, exercise) ? "begun" : "new";
}

static void list_as_csv(const struct exercise *exercise, const struct progress_entry *entry, const char *state)
{
    char minutes[16], checks[16], hints[16];
    snprintf(minutes, sizeof minutes, "%d", exercise->sheet.minutes);
    snprintf(checks, sizeof checks, "%d", entry->checks);
    snprintf(hints, sizeof hints, "%d", entry->hints);
    const char *const fields[] = {exercise->id, minutes, exercise->sheet.kind, exercise->sheet.title, state,
                                  entry->last, checks, hints, entry->passed};
    csv_write(stdout, fields, sizeof fields / sizeof *fields);
}

static void list_in_words(const struct exercise *exercise, const struct progress_entry *entry, const char *state)
{
    printf("%-4s %4d  %-8s %-32.32s ", exercise->id, exercise->sheet.minutes, exercise->sheet.kind,
           exercise->sheet.title);
    if (*entry->passed)
        printf("passed %s", entry->passed);
    else
        printf("%s", *entry->last ? entry->last : state);
    if (entry->hints > 0)
        printf(", hints: %d", entry->hints);
    putchar('\n');
}

static int list(struct desk *desk)
{
    int passed = 0;
    printf(desk->csv ? "exercise,minutes,kind,title,state,last,checks,hints,passed\n"
                     : "ID   min.  kind     title                            state\n");
    for (int i = 0; i < desk->all.count; i++) {
        const struct exercise *exercise = &desk->all.list[i];
        const struct progress_entry *entry = progress_of(&desk->progress, exercise->id);
        passed += *entry->passed != '\0';
        (desk->csv ? list_as_csv : list_in_words)(exercise, entry, state_of(desk, exercise, entry));
    }
    if (!desk->csv)
        printf("%d of %d passed. Begin one: make start-%s%s\n", passed, desk->all.count,
               desk->all.count ? desk->all.list[0].id : "ID", desk->behind);
    return 0;
}

/* -- start, reset, hint, explain --------------------------------------------------------------------------------- */

static void tell_task(const struct desk *desk)
{
    const struct exercise *exercise = desk->exercise;
    bool predicts = exercise->has[EXERCISE_PREDICTIONS];
    printf("\n%s  %s (%s, %d minutes)\n\n", exercise->id, exercise->sheet.title, exercise->sheet.kind,
           exercise->sheet.minutes);
    exercise_tell_text(exercise->sheet.task);
    printf("\nThen: %s      stuck: %s\n", exercise_make(desk, predicts ? "predict" : "check"),
           exercise_make(desk, "hint"));
}

static int start(struct desk *desk)
{
    char path[EXERCISE_PATH];
    for (enum exercise_file i = 0; i < EXERCISE_FILES; i++) {
        if (!desk->exercise->has[i] || !exercise_place(desk->exercise, desk->work, i, path))
            continue;
        if (access(path, F_OK) == 0)
            printf("%s is there and stays as it is (%s: begin anew).\n", exercise_typed(desk, path),
                   exercise_make(desk, "reset"));
        else if (exercise_write_to(desk, desk->exercise, i, "starter", path))
            printf("%s is yours to work on.\n", exercise_typed(desk, path));
        else
            return 1;
    }
    tell_task(desk);
    return 0;
}

static int reset(struct desk *desk)
{
    char path[EXERCISE_PATH];
    for (enum exercise_file i = 0; i < EXERCISE_FILES; i++) {
        if (!desk->exercise->has[i] || !exercise_place(desk->exercise, desk->work, i, path))
            continue;
        bool begun = access(path, F_OK) == 0;
        if (begun && !exercise_keep(desk, path))
            return 1;
        if (!exercise_write_to(desk, desk->exercise, i, "starter", path))
            return 1;
        printf(begun ? "%s is the starter again.\n" : "%s was not begun: now it is, with the starter.\n",
               exercise_typed(desk, path));
    }
    return 0;
}

static int hint(struct desk *desk)
{
    exercise_open_progress(desk);
    struct progress_entry *entry = progress_of(&desk->progress, desk->exercise->id);
    bool all = entry->hints >= HINTS;
    entry->hints = all ? HINTS : entry->hints + 1;
    for (int i = 0; i < entry->hints; i++) {
        printf("Hint %d of %d\n", i + 1, HINTS);
        exercise_tell_text(desk->exercise->sheet.hints[i]);
        putchar('\n');
    }
    if (all)
        printf("There is no other. To read: %s\n", desk->exercise->sheet.man);
    return exercise_save(desk) ? 0 : 1;
}

static int explain(struct desk *desk)
{
    const struct exercise *exercise = desk->exercise;
    if (!*progress_of(&desk->progress, exercise->id)->passed) {
        fprintf(stderr, "iolab exercise: %s has not passed yet, and its explanation is shown after a pass: %s\n",
                exercise->id, exercise_make(desk, "check"));
        return 1;
    }
    if (!exercise->sheet.explanation) {
        printf("This is a handout: the explanation is your teacher's. To read: %s\n", exercise->sheet.man);
        return 0;
    }
    printf("%s  %s\n\n", exercise->id, exercise->sheet.title);
    exercise_tell_text(exercise->sheet.explanation);
    printf("\nTo read: %s\n", exercise->sheet.man);
    return 0;
}

static int variant(struct desk *desk)
{
    bool known = false;
    for (enum exercise_file i = 0; desk->variant && i < EXERCISE_FILES; i++)
        known |= exercise_write(desk->exercise, i, desk->variant, stdout);
    if (known)
        return 0;
    fprintf(stderr, "iolab exercise: no variant \"%s\" of %s; there are:", desk->variant ? desk->variant : "",
            desk->exercise->id);
    const char *name;
    for (int i = exercise_is_handout(desk->exercise); (name = exercise_variant(desk->exercise, i)); i++)
        fprintf(stderr, " %s", name);
    fprintf(stderr, "\n");
    return 2;
}

/* -- The command line -------------------------------------------------------------------------------------------- */

static const struct { const char *name; int (*run)(struct desk *); bool wants_id; } subcommands[] = {
    {"list", list, false}, {"start", start, true}, {"check", exercise_check, true}, {"hint", hint, true},
    {"predict", exercise_predict, true}, {"watch", exercise_watch, true}, {"reset", reset, true},
    {"explain", explain, true}, {"verify", exercise_verify, false}, {"variant", variant, true},
    {"handout", exercise_handout, false},
};
enum { SUBCOMMANDS = sizeof subcommands / sizeof *subcommands };

/* The house is where harness/server/server.h is; what was built is beside iolab. */
static bool find_house(struct desk *desk, const char *work)
{
    static const char *const known = "/harness/server/server.h";
    char built[PATH_MAX + 64];
    snprintf(desk->root, sizeof desk->root, "%s", cmd_house_path(known + 1));
    size_t length = strlen(desk->root), rest = strlen(known);
    snprintf(built, sizeof built, "%s", cmd_model_path(".."));
    if (length <= rest || strcmp(desk->root + length - rest, known) != 0 || !realpath(built, desk->build)) {
        fprintf(stderr, "iolab exercise: the sources are not in a folder above iolab: harness/server/server.h\n");
        return false;
    }
    desk->root[length - rest] = '\0';
    size_t room = sizeof desk->work;
    int n = work ? snprintf(desk->work, room, "%s", work) : snprintf(desk->work, room, "%s/work", desk->root);
    if (n < 0 || (size_t)n >= room) {
        fprintf(stderr, "iolab exercise: the path of the work folder is too long\n");
        return false;
    }
    snprintf(desk->progress_file, sizeof desk->progress_file, "%s/progress.csv", desk->work);
    size_t size;
    FILE *errors = open_memstream(&desk->wrong, &size);
    bool good = errors && exercises_read(&desk->all, desk->root, errors);
    return cmd_close(errors) && good;
}

/* Not for IOLAB_WORK, which stays as it is, and not for the folder that make takes anyway. */
static void tell_folder(struct desk *desk, const char *work)
{
    char usual[EXERCISE_PATH + 8];
    snprintf(usual, sizeof usual, "%s/work", desk->root);
    bool told = work && strcmp(work, usual) != 0;
    FILE *to = told ? fmemopen(desk->behind, sizeof desk->behind, "w") : NULL;
    if (!to)
        return;
    fputs(" WORK=", to);
    exercise_write_word(work, to);
    fclose(to);
}

static int no_such_exercise(const struct desk *desk, const char *id)
{
    fprintf(stderr, *id ? "iolab exercise: no exercise \"%s\"; there are:" : "iolab exercise: want an ID%s; there are:",
            id);
    for (int i = 0; i < desk->all.count; i++)
        fprintf(stderr, " %s", desk->all.list[i].id);
    fprintf(stderr, "\n");
    return desk->all.wrong > 0 ? 1 : 2;
}

static int run(int which, struct desk *desk, const char *work, char **words, int count)
{
    const char *id = count > 0 ? words[0] : "";
    bool for_folder = subcommands[which].run == exercise_handout;
    const char *variable = getenv("IOLAB_WORK");
    if (!find_house(desk, work ? work : variable))
        return 1;
    tell_folder(desk, work);
    desk->exercise = for_folder ? NULL : exercises_find(&desk->all, id);
    if (!desk->exercise)
        fputs(desk->wrong, stderr);     /* whoever wants another one is not troubled */
    if (!desk->exercise && !for_folder && (subcommands[which].wants_id || *id))
        return no_such_exercise(desk, id);
    desk->variant = for_folder ? id : count > 1 ? words[1] : NULL;
    progress_read(&desk->progress, desk->progress_file, stderr);
    cmd_heed_interrupts();
    return subcommands[which].run(desk);
}

static int unknown(const char *name)
{
    help(stderr);
    if (*name)
        fprintf(stderr, "\niolab exercise: no command \"%s\"\n", name);
    return 2;
}

int cmd_exercise(int argc, char **argv)
{
    static const struct option options[] = {{"work", required_argument, NULL, 'w'}, {"csv", no_argument, NULL, 'c'},
                                            {"jobs", required_argument, NULL, 'j'},
                                            {"only", required_argument, NULL, 'o'}, {"help", no_argument, NULL, 'h'},
                                            {0}};
    static struct desk desk = {.jobs = 8};
    const char *work = NULL;
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;)
        switch (o) {
        case 'w': work = optarg; break;
        case 'c': desk.csv = true; break;
        case 'j': desk.jobs = atoi(optarg) > 0 ? atoi(optarg) : 1; break;
        case 'o': desk.only = optarg; break;
        case 'h': help(stdout); return 0;
        default: help(stderr); return 2;
        }
    const char *name = optind < argc ? argv[optind] : "";
    for (int i = 0; i < SUBCOMMANDS; i++)
        if (strcmp(subcommands[i].name, name) == 0) {
            int status = run(i, &desk, work, argv + optind + 1, argc - optind - 1);
            exercises_free(&desk.all);
            free(desk.wrong);
            return status;
        }
    return unknown(name);
}
