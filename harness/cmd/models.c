/* iolab models: all models on one time axis, in one request each. */
#define _GNU_SOURCE
#include "harness/cmd/models.h"
#include "harness/cmd/cmd.h"
#include "harness/cmd/witness.h"
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void help(FILE *to)
{
    fprintf(to,
            "usage: iolab models [MODEL]... [OPTION]...\n\n"
            "Plays one request to each model, traced, and draws them on one time axis: who\n"
            "waits for the data, and where, and how it is copied to the user. Without a\n"
            "MODEL: all of them.\n\n"
            "  --svg FILE   draw it, too\n"
            "  --csv        as CSV\n\n"
            "Example: iolab models\n"
            "         iolab models blocking nonblocking poll signal-io aio --svg five.svg\n");
}

/* -- Finding ----------------------------------------------------------------------------------------------------- */

static void play_once(const struct scene_file *file, const char *model, char *const *argv, struct figure *figure)
{
    struct witness witness;
    const struct play_options options = {.argv = argv, .model = model, .cpu = -1, .interrupted = &cmd_interrupted};
    struct play_outcome outcome = witness_play(&witness, model, file, &file->scenes[0], &options, false);
    witness_figure(&witness, model, figure);
    if (outcome.verdict != PLAY_PASS)
        snprintf(figure->cannot, sizeof figure->cannot, "%.280s",
                 outcome.verdict == PLAY_INTERRUPTED ? "interrupted" : outcome.message);
    timeline_free(&witness.timeline);
}

/* On a busy machine a server may come too late to be seen waiting, or be held up: then once more. */
static bool is_clear(const struct figure *figure)
{
    enum { HELD_UP_NS = 250000 };
    struct figure_phases phases = figure_phases(figure);
    return !*figure->cannot && phases.way != FIGURE_LATE && phases.done_ns < HELD_UP_NS;
}

static void find(const struct scene_file *file, const char *model, char *const *foreign, struct figure *figure)
{
    enum { TRIES = 3 };
    for (int i = 0; i < TRIES && !cmd_interrupted; i++) {
        struct figure again;
        play_once(file, model, foreign ? foreign : cmd_model_command(model), &again);
        bool better = i == 0 || *figure->cannot ||
                      (!*again.cannot && figure_phases(&again).done_ns < figure_phases(figure).done_ns);
        if (better)
            *figure = again;
        if (*again.cannot || is_clear(figure))
            return;
    }
}

static void tell_progress(int done, int all, const char *model)
{
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r\033[K%s%.0d%s%.0d%s%s", model ? "tracing " : "", model ? done + 1 : 0, model ? " of " : "",
                model ? all : 0, model ? ": " : "", model ? model : "");
}

static int models_find(const char *const *models, char *const *(*command)(const char *model), struct figure *figures)
{
    int count = 0, all = 0;
    struct scene_file *file = scene_read(cmd_house_path("harness/trace/request.scene"), stderr);
    while (models[all])
        all++;
    for (; file && models[count] && count < FIGURES_MOST && !cmd_interrupted; count++) {
        tell_progress(count, all, models[count]);
        figures[count] = (struct figure){.cannot = "interrupted"};
        find(file, models[count], command ? command(models[count]) : NULL, &figures[count]);
    }
    tell_progress(0, 0, NULL);
    if (file)
        scene_free(file);
    return count;
}

static void write_all(FILE *to, const struct figure *figures, int count)
{
    fprintf(to, "%s\n", figure_header);
    for (int i = 0; i < count; i++)
        figure_write(to, &figures[i]);
}

bool models_record(const char *folder, const char *const *models, char *const *(*command)(const char *model))
{
    static struct figure figures[FIGURES_MOST];
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/models.csv", folder);
    FILE *to = fopen(path, "wxe");
    if (to)
        write_all(to, figures, models_find(models, command, figures));
    return cmd_close(to);
}

/* -- Telling ----------------------------------------------------------------------------------------------------- */

static int shown(const struct figure *figures, int count)
{
    int number = 0;
    for (int i = 0; i < count; i++)
        number += !*figures[i].cannot;
    return number;
}

static int tell(const struct figure *figures, int count, const char *svg, bool csv)
{
    struct text_look look = witness_look();
    if (cmd_interrupted || count == 0)
        return cmd_interrupted ? 130 : 1;
    if (csv)
        write_all(stdout, figures, count);
    else if (shown(figures, count) > 0)
        text_figures(&look, figures, count);
    int status = svg && shown(figures, count) > 0 ? witness_draw("models", svg, figures, count) : 0;
    if (shown(figures, count) > 0)
        return status;
    fflush(stdout);
    for (int i = 0; i < count && (i == 0 || strcmp(figures[i].cannot, figures[0].cannot) != 0); i++)
        fprintf(stderr, "iolab models: %s: %s\n", figures[i].model, figures[i].cannot);
    return 77;
}

int cmd_draw_models(int argc, char **argv)
{
    static const struct option options[] = {
        {"svg", required_argument, NULL, 'v'}, {"csv", no_argument, NULL, 'c'}, {"help", no_argument, NULL, 'h'}, {0}};
    static struct figure figures[FIGURES_MOST];
    const char *svg = NULL, *chosen[FIGURES_MOST + 1] = {NULL};
    bool csv = false;
    int count = 0;
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;)
        switch (o) {
        case 'v': svg = optarg; break;
        case 'c': csv = true; break;
        case 'h': help(stdout); return 0;
        default: help(stderr); return 2;
        }
    for (; optind < argc && count < FIGURES_MOST; optind++) {
        if (!cmd_is_model(argv[optind]))
            return cmd_no_such_model("models", argv[optind]);
        chosen[count++] = argv[optind];
    }
    cmd_heed_interrupts();
    return tell(figures, models_find(count > 0 ? chosen : cmd_models(), NULL, figures), svg, csv);
}
