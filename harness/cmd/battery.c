/* iolab battery: every behaviour of harness/battery against every model, as a matrix.
 *
 * Scenes mostly wait, so several are played at once for each CPU, by players (players.h): processes that take the next
 * cell of the matrix until there is none. They go row by row, so that it is different models that are played beside
 * each other: one that spins takes a CPU once, not from all.
 *
 * Who fails beside a dozen others may only have come too late, so the few that fail are played once more, alone, and
 * are blamed if they fail again. The others are told, too: they hold, but not on a machine that is as busy as this. */
#define _GNU_SOURCE
#include "harness/cmd/battery.h"
#include "harness/child/clock.h"
#include "harness/cmd/cmd.h"
#include "harness/cmd/players.h"
#include "harness/cmd/take.h"
#include <errno.h>
#include <getopt.h>
#include <glob.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { AGAIN_MOST = 12, TOLD = 10 };

static void help(FILE *to)
{
    fprintf(to,
            "usage: iolab battery [MODEL]... [OPTION]...\n"
            "       iolab battery [MODEL] [OPTION]... -- COMMAND [WORD]...\n\n"
            "Plays all behaviours against all models, or those named, and prints which of\n"
            "them hold: the cause of each failure, and a matrix, in which a group of\n"
            "behaviours that all hold is one line.\n\n"
            "  --all          a row for each behaviour, and what does not apply, with the\n"
            "                 reason\n"
            "  --csv          as CSV, one line for each behaviour and model\n"
            "  --scenes DIR   take the behaviours from DIR/*.scene (harness/battery)\n"
            "  --jobs N       play N scenes at once, 1 to %d (%d for each CPU, up to %d)\n"
            "  COMMAND        any program, as in `iolab scene`; with a MODEL: which\n"
            "                 exclusions apply\n\n"
            "Example: iolab battery select poll\n"
            "         iolab battery -- ./my-echo-server --port {port}\n",
            PLAYERS_MOST, PLAYERS_PER_CPU, PLAYERS_USUAL);
}

/* -- The scenes -------------------------------------------------------------------------------------------------- */

/* A path under the working directory is told as one types it. */
static const char *as_typed(const char *path)
{
    char here[PATH_MAX];
    if (!getcwd(here, sizeof here - 1))
        return path;
    size_t length = strlen(here);
    return strncmp(path, here, length) == 0 && path[length] == '/' ? path + length + 1 : path;
}

static bool read_files(struct battery *battery, const char *folder)
{
    char pattern[PATH_MAX + 16];
    glob_t found = {0};
    snprintf(pattern, sizeof pattern, "%s/*.scene", folder);
    if (glob(pattern, 0, NULL, &found) != 0) {
        fprintf(stderr, "iolab battery: no %s; name the folder of the scenes with --scenes DIR\n", pattern);
        return false;
    }
    battery->files = calloc(found.gl_pathc, sizeof *battery->files);
    for (size_t i = 0; battery->files && i < found.gl_pathc; i++)
        if ((battery->files[battery->file_count] = scene_read(as_typed(found.gl_pathv[i]), stderr)))
            battery->row_count += battery->files[battery->file_count++]->count;
    bool all = battery->file_count == (int)found.gl_pathc;
    globfree(&found);
    return all;
}

static void list_rows(struct battery *battery)
{
    int row = 0;
    battery->rows = calloc((size_t)battery->row_count + 1, sizeof *battery->rows);
    for (int i = 0; battery->rows && i < battery->file_count; i++)
        for (int j = 0; j < battery->files[i]->count; j++)
            battery->rows[row++] = (struct behaviour){battery->files[i], &battery->files[i]->scenes[j]};
}

/* -- Players ----------------------------------------------------------------------------------------------------- */

/* What is about one of our models says nothing of a program that is none of them. */
static bool is_of_others(const struct scene *scene, const char *model) { return scene->only && !model[0]; }

static void play_cell(const struct battery *battery, int number)
{
    int row = number / battery->model_count, model = number % battery->model_count;
    const struct scene *scene = battery->rows[row].scene;
    struct cell *cell = battery_cell(battery, row, model);
    const struct play_options options = {
        .argv = battery->argv ? battery->argv : cmd_model_command(battery->models[model]),
        .model = battery->models[model], .cpu = -1, .interrupted = &cmd_interrupted};
    if (is_of_others(scene, battery->models[model]))
        cell->outcome.verdict = PLAY_NOT_APPLICABLE;
    else
        cell->outcome = play(scene, &options);
    cell->played = cell->outcome.verdict != PLAY_INTERRUPTED;
}

static void play_cell_again(const struct battery *battery, int number)
{
    struct cell *cell = &battery->cells[number];
    struct play_outcome first = cell->outcome;
    if (!cell->played || first.verdict != PLAY_FAIL)
        return;
    play_cell(battery, number);
    cell->alone = cell->outcome.verdict == PLAY_PASS;
    if (cell->alone)
        snprintf(cell->outcome.message, sizeof cell->outcome.message, "%s beside others, and held alone", first.code);
    else if (!cell->played)
        *cell = (struct cell){.played = true, .outcome = first};
}

struct progress { struct battery *battery; double began_ms; int told; };

static void play_task(void *progress, int number) { play_cell(((struct progress *)progress)->battery, number); }

static void play_task_again(void *progress, int number)
{
    play_cell_again(((struct progress *)progress)->battery, number);
}

static void tell_progress(void *context, int done)
{
    struct progress *progress = context;
    const struct battery *battery = progress->battery;
    bool terminal = isatty(STDERR_FILENO);
    int all = battery->row_count * battery->model_count, step = terminal ? 1 : all / TOLD + 1;
    if (done == 0 || done / step == progress->told)
        return;
    progress->told = done / step;
    double left_s = (now_ms() - progress->began_ms) / done * (all - done) / 1000;
    fprintf(stderr, "%s%4d of %d  %-20s about %.0f s left%s", terminal ? "\r\033[K" : "", done, all,
            done < all ? scene_label(battery->rows[done / battery->model_count].scene) : "", left_s,
            terminal ? "" : "\n");
}

static void play_all(struct battery *battery, int jobs)
{
    int count = battery->row_count * battery->model_count;
    struct progress progress = {.battery = battery, .began_ms = now_ms()};
    struct players players = {.tasks = count, .jobs = jobs, .play = play_task, .look = tell_progress,
                              .context = &progress};
    const char *clear = isatty(STDERR_FILENO) ? "\r\033[K" : "";
    battery->cells = players_memory(((size_t)count + 1) * sizeof *battery->cells);
    players_run(&players);
    int failed = battery_count(battery).failed;
    if (jobs > 1 && failed > 0 && failed <= AGAIN_MOST && !cmd_interrupted) {
        fprintf(stderr, "%s%d failed beside others: once more, alone%s", clear, failed, *clear ? "" : "\n");
        players.jobs = 1;
        players.play = play_task_again;
        players.look = NULL;
        players_run(&players);
    }
    fprintf(stderr, "%sbattery: %.0f s\n", clear, (now_ms() - progress.began_ms) / 1000);
}

/* -- The command ------------------------------------------------------------------------------------------------- */

struct wish { long jobs; bool csv, all; const char *folder; };

static void add_model(struct battery *battery, const char *name)
{
    if (battery->model_count < BATTERY_MODELS)
        battery->models[battery->model_count++] = name;
}

static void forget(struct battery *battery)
{
    for (int i = 0; i < battery->file_count; i++)
        scene_free(battery->files[i]);
    free(battery->files);
    free(battery->rows);
}

static bool write_record(const struct battery *battery, const char *path)
{
    FILE *to = fopen(path, "wxe");
    if (to)
        matrix_record(battery, to);
    if (cmd_close(to))
        return true;
    fprintf(stderr, "%s: %s\n", path, strerror(errno));
    return false;
}

/* Where nothing was played there is no file: a report would take an empty one for damaged. */
bool battery_record(const char *const *models, const char *path)
{
    struct battery battery = {0};
    bool written = false;
    for (const char *const *model = models; *model; model++)
        if (cmd_is_model(*model))
            add_model(&battery, *model);
    if (battery.model_count > 0 && read_files(&battery, cmd_house_path("harness/battery"))) {
        list_rows(&battery);
        play_all(&battery, players_usual());
        written = write_record(&battery, path);
    }
    forget(&battery);
    return written;
}

static int play_and_tell(struct battery *battery, const struct wish *wish)
{
    list_rows(battery);
    cmd_heed_interrupts();
    play_all(battery, (int)wish->jobs);
    if (wish->csv)
        matrix_print_csv(battery);
    else
        matrix_print(battery, wish->all);
    struct battery_count count = battery_count(battery);
    if (cmd_interrupted)
        return 130;
    return count.failed > 0 ? 1 : count.passed == 0 ? 77 : 0;
}

/* The words that are no options. Returns an exit status, or -1. */
static int take_models(struct battery *battery, char **names, int count)
{
    if (battery->argv && count > 1) {
        fprintf(stderr, "iolab battery: want one MODEL beside a COMMAND, not %d\n", count);
        return 2;
    }
    for (int i = 0; i < count; i++) {
        if (!cmd_is_model(names[i]))
            return cmd_no_such_model("battery", names[i]);
        add_model(battery, names[i]);
    }
    if (count == 0 && battery->argv)
        add_model(battery, "");
    for (const char *const *model = cmd_models(); count == 0 && !battery->argv && *model; model++)
        add_model(battery, *model);
    return -1;
}

static int parse(int argc, char **argv, struct wish *wish)
{
    static const struct option options[] = {
        {"all", no_argument, NULL, 'a'},          {"csv", no_argument, NULL, 'c'},
        {"scenes", required_argument, NULL, 's'}, {"jobs", required_argument, NULL, 'j'},
        {"help", no_argument, NULL, 'h'},         {0}};
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;)
        switch (o) {
        case 'a': wish->all = true; break;
        case 'c': wish->csv = true; break;
        case 's': wish->folder = optarg; break;
        case 'j':
            if (take_number("battery", "--jobs", 1, PLAYERS_MOST, &wish->jobs) >= 0)
                return 2;
            break;
        case 'h': help(stdout); return 0;
        default: help(stderr); return 2;
        }
    return -1;
}

int cmd_battery(int argc, char **argv)
{
    struct battery battery = {0};
    struct wish wish = {.jobs = players_usual(), .folder = cmd_house_path("harness/battery")};
    int end = cmd_words_before_command(argc, argv), status = parse(end, argv, &wish);
    if (status >= 0)
        return status;
    if (end == argc - 1) {
        fprintf(stderr, "iolab battery: want a COMMAND behind --\n");
        return 2;
    }
    if (end < argc)
        battery.argv = argv + end + 1;
    if ((status = take_models(&battery, argv + optind, end - optind)) >= 0)
        return status;
    status = read_files(&battery, wish.folder) ? play_and_tell(&battery, &wish) : 2;
    forget(&battery);
    return status;
}
