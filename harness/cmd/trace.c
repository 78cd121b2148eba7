/* iolab trace: what does a server really do, call by call, while a scene is played? */
#define _GNU_SOURCE
#include "harness/cmd/cmd.h"
#include "harness/cmd/outcome.h"
#include "harness/cmd/witness.h"
#include <errno.h>
#include <getopt.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct wish { const char *model, *scene, *only, *svg; bool csv, all, figure; char *const *argv; };

static void help(FILE *to)
{
    fprintf(to,
            "usage: iolab trace MODEL [OPTION]...\n"
            "       iolab trace [OPTION]... -- COMMAND [WORD]...\n\n"
            "Plays a scene against a server, and tells every system call that it makes\n"
            "meanwhile: when, how long it waited in it, which client it was about, what came\n"
            "of it. Traced, it is slower: take order and number from here, and times from\n"
            "`iolab bench`.\n\n"
            "  --scene FILE   play this scene, the first of the file; else one client's visit\n"
            "  --only ID      this one of the file, or one variant of it: ID/VALUE\n"
            "  --all          also what it does before the scene's first line, and after its\n"
            "                 last\n"
            "  --figure       first the figure of the first request: the wait for data, and\n"
            "                 the copy to the user\n"
            "  --svg FILE     draw it, too: the timeline, or with --figure that\n"
            "  --csv          as CSV\n"
            "  --self-test    what tracing costs here, for each call\n"
            "  COMMAND        any program: {port} in a word stands for a free port, a word\n"
            "                 {args} for the options that a scene has for the server\n\n"
            "Example: iolab trace epoll-et\n"
            "         iolab trace poll --scene harness/battery/pressure.scene --only burst\n"
            "         iolab trace -- socat TCP-LISTEN:{port},fork,reuseaddr EXEC:cat\n");
}

/* -- Tracing ----------------------------------------------------------------------------------------------------- */

static const struct scene *choose(struct scene_file *file, const char *name)
{
    for (int i = 0; i < file->count; i++)
        if (scene_is_called(&file->scenes[i], name))
            return &file->scenes[i];
    outcome_no_such_scene("trace", name, &file, 1);
    return NULL;
}

/* As text: first the figure, if it is wanted and there is one. */
static void print(const struct wish *wish, const struct timeline *timeline, const struct figure *figure)
{
    struct text_look look = witness_look();
    if (wish->figure) {
        text_figure(&look, figure);
        printf("\n");
    }
    timeline_sum_up(timeline, stdout);
    printf("\n");
    timeline_print(timeline, stdout);
}

static int tell(const struct wish *wish, const struct witness *witness)
{
    const struct timeline *timeline = &witness->timeline;
    struct figure figure;
    bool found = witness_figure(witness, timeline->who, &figure);
    if (wish->csv && wish->figure) {
        printf("%s\n", figure_header);
        figure_write(stdout, &figure);
    } else if (wish->csv) {
        timeline_print_csv(timeline, stdout);
    } else {
        print(wish, timeline, &figure);
    }
    if (timeline->lost)
        fprintf(stderr,
                "iolab trace: the last %lld events are not told, as a trace keeps 262,144: play a shorter scene\n",
                (long long)timeline->lost);
    if (wish->svg && wish->figure)
        return found ? witness_draw("trace", wish->svg, &figure, 1) : 1;
    if (wish->svg && !timeline_draw(timeline, wish->svg)) {
        fprintf(stderr, "iolab trace: %s: %s\n", wish->svg, strerror(errno));
        return 1;
    }
    return 0;
}

static int status_of(const struct wish *wish, const struct witness *witness, enum play_verdict verdict)
{
    if (verdict == PLAY_INTERRUPTED)
        return 130;
    if (verdict == PLAY_SKIP || verdict == PLAY_NOT_APPLICABLE)
        return 77;
    return tell(wish, witness) || verdict == PLAY_FAIL;
}

static int trace_scene(const struct wish *wish, const struct scene_file *file, const struct scene *scene)
{
    struct witness witness;
    const struct play_options options = {.argv = wish->argv, .model = wish->model, .cpu = -1,
                                         .interrupted = &cmd_interrupted};
    char *program = strdup(wish->argv[0]);
    const char *who = *wish->model ? wish->model : program ? basename(program) : "";
    struct play_outcome outcome = witness_play(&witness, who, file, scene, &options, wish->all);
    int status = status_of(wish, &witness, outcome.verdict);
    fflush(stdout);
    if (status == 77)
        fprintf(stderr, "iolab trace: %s\n", outcome.message);
    if (outcome.verdict == PLAY_FAIL)
        fprintf(stderr, "iolab trace: the scene failed: %s: %s\n", outcome.code, outcome.message);
    timeline_free(&witness.timeline);
    free(program);
    return status;
}

static int read_and_trace(const struct wish *wish)
{
    struct scene_file *file = scene_read(wish->scene, stderr);
    const struct scene *scene = file ? choose(file, wish->only) : NULL;
    int status = scene ? trace_scene(wish, file, scene) : 2;
    if (file)
        scene_free(file);
    return status;
}

/* -- Options ----------------------------------------------------------------------------------------------------- */

static int parse(int argc, char **argv, struct wish *wish)
{
    static const struct option options[] = {
        {"scene", required_argument, NULL, 's'}, {"only", required_argument, NULL, 'o'},
        {"svg", required_argument, NULL, 'v'},   {"csv", no_argument, NULL, 'c'},
        {"all", no_argument, NULL, 'a'},         {"self-test", no_argument, NULL, 't'},
        {"help", no_argument, NULL, 'h'},        {"make-calls", no_argument, NULL, 'm'},
        {"figure", no_argument, NULL, 'f'},
        {0}};
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;)
        switch (o) {
        case 's': wish->scene = optarg; break;
        case 'o': wish->only = optarg; break;
        case 'v': wish->svg = optarg; break;
        case 'c': wish->csv = true; break;
        case 'a': wish->all = true; break;
        case 'f': wish->figure = true; break;
        case 't': return trace_self_test();
        case 'm': return trace_make_calls();
        case 'h': help(stdout); return 0;
        default: help(stderr); return 2;
        }
    return -1;
}

int cmd_trace(int argc, char **argv)
{
    static char scene[PATH_MAX + 64];
    struct wish wish = {.model = "", .scene = scene};
    int end = cmd_words_before_command(argc, argv);
    snprintf(scene, sizeof scene, "%s", cmd_house_path("harness/trace/request.scene"));
    cmd_heed_interrupts();
    int status = parse(end, argv, &wish);
    if (status >= 0)
        return status;
    bool foreign = end < argc - 1;
    if (optind < end)
        wish.model = argv[optind++];
    if (optind < end || (!foreign && !*wish.model)) {
        help(stderr);
        fprintf(stderr, "\niolab trace: want one MODEL, or -- COMMAND\n");
        return 2;
    }
    if (!foreign && !cmd_is_model(wish.model))
        return cmd_no_such_model("trace", wish.model);
    wish.argv = foreign ? argv + end + 1 : cmd_model_command(wish.model);
    return read_and_trace(&wish);
}
