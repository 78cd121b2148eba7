/* iolab exercise verify and handout: does each variant end as it should, and what does a class get? */
#define _GNU_SOURCE
#include "harness/child/clock.h"
#include "harness/cmd/cmd.h"
#include "harness/cmd/exercise.h"
#include "harness/exercise/text.h"
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TRIALS_MOST = 512, REJECTS_LEAST = 3, LOOK_MS = 2 };

/* A variant, and what came of its check: what its process wrote into the pipe. Skipped: a scene, at least;
 * where tracing is denied, say. */
struct result { char code[SCENE_NAME], cause[400]; double ms; bool skipped; };
struct trial { struct exercise *exercise; const char *variant; pid_t pid; int pipe; struct result result; };

static const char *wanted(const struct trial *trial)
{
    if (strcmp(trial->variant, "solution") == 0)
        return "PASS";
    return strcmp(trial->variant, "starter") == 0 ? trial->exercise->sheet.starter : trial->variant;
}

/* A mistake that cannot be seen on this machine passes. */
static bool is_unseen(const struct trial *trial)
{
    return trial->result.skipped && strcmp(trial->result.code, "PASS") == 0 && strcmp(trial->variant, "starter") != 0 &&
           strcmp(trial->variant, "solution") != 0;
}

static bool is_right(const struct trial *trial)
{
    return strcmp(trial->result.code, wanted(trial)) == 0 || is_unseen(trial);
}

/* -- One trial, in a process of its own -------------------------------------------------------------------------- */

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *where)
{
    (void)status;
    (void)type;
    (void)where;
    return remove(path);
}

static void check_variant(struct desk *desk, const struct trial *trial, const char *work)
{
    static struct check check;
    char path[EXERCISE_PATH];
    desk->exercise = trial->exercise;
    bool written = true;
    for (enum exercise_file i = 0; i < EXERCISE_FILES && written; i++)
        written = !trial->exercise->has[i] || (exercise_place(trial->exercise, work, i, path) &&
                                               exercise_write_to(desk, trial->exercise, i, trial->variant, path));
    struct result result = {.code = "NOT_WRITTEN"};
    if (written) {
        const struct check_options options = exercise_check_options(desk, work);
        check_run(trial->exercise, &options, &check);
        memcpy(result.code, check.causes[0].code, sizeof result.code);
        snprintf(result.cause, sizeof result.cause, "%.300s%s%.90s", check.causes[0].text, *check.compiler ? ": " : "",
                 check.compiler);
        result.ms = check.ms;
        for (int i = 0; i < check.played; i++)
            result.skipped |= check.outcomes[i].verdict == PLAY_SKIP;
    }
    if (write(trial->pipe, &result, sizeof result) != (ssize_t)sizeof result)
        perror("iolab exercise: pipe");
}

static void try(struct desk *desk, const struct trial *trial)
{
    char work[EXERCISE_PATH];
    const char *folder = getenv("TMPDIR");
    snprintf(work, sizeof work, "%s/iolab-exercise-XXXXXX", folder ? folder : "/tmp");
    if (mkdtemp(work))
        check_variant(desk, trial, work);
    else
        perror("iolab exercise: mkdtemp");
    nftw(work, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void begin(struct desk *desk, struct trial *trial)
{
    int ends[2];
    pid_t parent = getpid();
    if (pipe2(ends, 0) < 0 || (trial->pid = fork()) < 0) {
        perror("iolab exercise: a process for a trial");
        exit(1);
    }
    trial->pipe = ends[trial->pid == 0];
    close(ends[trial->pid != 0]);
    if (trial->pid > 0)
        return;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() == parent)
        try(desk, trial);
    _exit(0);
}

/* -- All trials -------------------------------------------------------------------------------------------------- */

static void end(struct trial *trial)
{
    if (read(trial->pipe, &trial->result, sizeof trial->result) != (ssize_t)sizeof trial->result)
        trial->result = (struct result){.code = "NO_RESULT"};
    close(trial->pipe);
    trial->pid = 0;
}

static void tell(const struct desk *desk, const struct trial *trial)
{
    const struct result *result = &trial->result;
    if (desk->csv)
        printf("%s,%s,%s,%s,%.0f\n", trial->exercise->id, trial->variant, wanted(trial), result->code, result->ms);
    else
        printf("%-5s %-4s %-9s %-20s %5.1f s  %s\n",
               is_unseen(trial) ? "skip" : is_right(trial) ? "ok" : "WRONG", trial->exercise->id,
               strncmp(trial->variant, "s", 1) == 0 ? trial->variant : "reject", result->code, result->ms / 1000,
               is_right(trial) && !is_unseen(trial) ? "" : wanted(trial));
    if (!is_right(trial) && !desk->csv)
        printf("      %s\n", result->cause);
    fflush(stdout);
}

/* Each that has ended is told; returns how many run still. */
static int collect(struct trial *trials, int count)
{
    int running = 0;
    for (int i = 0; i < count; i++) {
        if (trials[i].pid > 0 && waitpid(trials[i].pid, NULL, WNOHANG) == trials[i].pid)
            end(&trials[i]);
        running += trials[i].pid > 0;
    }
    return running;
}

/* Ctrl-C reaches the trials by itself; whoever signals this process alone means them as well. */
static void pass_on(const struct trial *trials, int count)
{
    for (int i = 0; i < count; i++)
        if (trials[i].pid > 0)
            kill(trials[i].pid, SIGTERM);
}

static void run_all(struct desk *desk, struct trial *trials, int count)
{
    int begun = 0, told = 0;
    for (int running = 0; told < count; pause_ms(LOOK_MS)) {
        while (running < desk->jobs && begun < count && !cmd_interrupted) {
            begin(desk, &trials[begun++]);
            running++;
        }
        running = collect(trials, begun);
        while (told < begun && trials[told].pid == 0)
            tell(desk, &trials[told++]);
        if (cmd_interrupted && running == 0)
            return;
        if (cmd_interrupted)
            pass_on(trials, begun);
    }
}

/* -- The sheet --------------------------------------------------------------------------------------------------- */

static int complain(const struct exercise *exercise, const char *what, const char *which)
{
    printf("WRONG %-4s %s%s\n", exercise->id, what, which);
    return 1;
}

/* A hint may lead to a line of the solution, and not hold it. Closing braces and the like betray nothing. */
static int betrayed(const struct exercise *exercise, const struct variants *file)
{
    enum { SHORT = 12 };
    char line[300];
    int faults = 0;
    size_t at = 0, length;
    for (const char *secret; (secret = variants_secret(file, &at, &length));) {
        snprintf(line, sizeof line, "%.*s", (int)length, secret);
        for (int i = 0; i < HINTS && length >= SHORT; i++)
            if (strstr(exercise->sheet.hints[i], line) || strstr(exercise->sheet.task, line))
                faults += complain(exercise, "the task or a hint holds a line of the solution: ", line);
    }
    return faults;
}

static int verify_sheet(const struct exercise *exercise)
{
    int faults = 0, rejects = 0;
    for (const char *code; (code = exercise_variant(exercise, VARIANT_FIRST_REJECT + rejects)); rejects++)
        if (!sheet_code(&exercise->sheet, code))
            faults += complain(exercise, "under ## Codes there is no line for ", code);
    if (rejects < REJECTS_LEAST)
        faults += complain(exercise, "there are fewer than three rejects", "");
    if (!exercise->sheet.explanation || !*exercise->sheet.explanation)
        faults += complain(exercise, "there is no explanation", "");
    for (enum exercise_file i = 0; i < EXERCISE_FILES; i++)
        if (exercise->has[i])
            faults += betrayed(exercise, &exercise->files[i]);
    return faults;
}

static int add_trials(struct trial *trials, int count, const struct desk *desk, struct exercise *exercise)
{
    const char *variant;
    for (int i = 0; (variant = exercise_variant(exercise, i)) && count < TRIALS_MOST; i++)
        if (!desk->only || strcmp(desk->only, variant) == 0)
            trials[count++] = (struct trial){.exercise = exercise, .variant = variant};
    return count;
}

int exercise_verify(struct desk *desk)
{
    static struct trial trials[TRIALS_MOST];
    int count = 0, faults = desk->exercise ? 0 : desk->all.wrong;
    for (int i = 0; i < desk->all.count; i++) {
        struct exercise *exercise = &desk->all.list[i];
        if (desk->exercise && desk->exercise != exercise)
            continue;
        if (exercise_is_handout(exercise)) {
            fprintf(stderr, "iolab exercise: %s has no solution here: this is a handout\n", exercise->id);
            return 77;
        }
        faults += desk->only ? 0 : verify_sheet(exercise);
        count = add_trials(trials, count, desk, exercise);
    }
    if (desk->csv)
        printf("exercise,variant,wanted,code,ms\n");
    run_all(desk, trials, count);
    for (int i = 0; i < count; i++)
        faults += !is_right(&trials[i]);
    if (cmd_interrupted)
        return 130;
    if (!desk->csv)
        printf("%d variants of %d exercises, %d wrong\n", count, desk->exercise ? 1 : desk->all.count, faults);
    return faults > 0 || count == 0;
}

/* -- handout ----------------------------------------------------------------------------------------------------- */

/* DIR/05_epoll_lt_et/exercises/05b_drain.md: as below the root. */
static FILE *open_below(const struct desk *desk, const char *base, const char *ending)
{
    char path[2 * EXERCISE_PATH];
    snprintf(path, sizeof path, "%s%s%s", desk->variant, base + strlen(desk->root), ending);
    FILE *to = fopen(path, "we");
    if (!to)
        perror(path);
    return to;
}

static bool copy_text(const struct desk *desk, const struct exercise *exercise, const char *ending,
                      void (*write_text)(const char *text, FILE *to))
{
    char path[EXERCISE_PATH];
    snprintf(path, sizeof path, "%s%s", exercise->base, ending);
    char *text = text_of_file(path, stderr);
    FILE *to = text ? open_below(desk, exercise->base, ending) : NULL;
    if (to)
        write_text(text, to);
    free(text);
    return cmd_close(to);
}

static void write_whole(const char *text, FILE *to) { fputs(text, to); }

static bool hand_out(const struct desk *desk, const struct exercise *exercise)
{
    static const char *const endings[EXERCISE_FILES] = {".c", ".predictions"};
    bool good = copy_text(desk, exercise, ".md", sheet_write_handout) &&
                copy_text(desk, exercise, ".scene", write_whole);
    for (enum exercise_file i = 0; i < EXERCISE_FILES && good; i++) {
        FILE *to = exercise->has[i] ? open_below(desk, exercise->base, endings[i]) : NULL;
        if (to)
            exercise_write(exercise, i, "starter", to);
        good = !exercise->has[i] || cmd_close(to);
    }
    return good;
}

int exercise_handout(struct desk *desk)
{
    if (!desk->variant || !*desk->variant) {
        fprintf(stderr, "iolab exercise: want a folder, as `make handout` makes it\n");
        return 2;
    }
    if (desk->all.wrong > 0)
        return 1;               /* what is wrong has been told */
    for (int i = 0; i < desk->all.count; i++)
        if (!hand_out(desk, &desk->all.list[i]))
            return 1;
    printf("%d exercises are in %s, without solutions\n", desk->all.count, desk->variant);
    return 0;
}
