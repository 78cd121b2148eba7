/* iolab scene: plays scenes against a server. */
#define _GNU_SOURCE
#include "harness/cmd/cmd.h"
#include "harness/cmd/outcome.h"
#include "harness/scene/answers.h"
#include "harness/scene/play.h"
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct wish {
    const char *model, *only, *answers;
    bool csv, tap, shows, keep_going, foreign;
    char *const *argv;
    int played, passed, failed, without;    /* without: skipped or not applicable */
};

static void help(FILE *to)
{
    fprintf(to,
            "usage: iolab scene FILE... --model MODEL [OPTION]...\n"
            "       iolab scene FILE... [OPTION]... -- COMMAND [WORD]...\n\n"
            "Plays scenes against a server, and says what happened.\n\n"
            "  --model MODEL   one of ours; with a COMMAND: which exclusions apply\n"
            "  --only ID       this scene alone; ID/VARIANT: this variant of it\n"
            "  --keep-going    a scene that fails does not end its file\n"
            "  --csv, --tap    as CSV, or in the Test Anything Protocol\n"
            "  --answers FILE  judge these predictions: lines of SCENE QUESTION ANSWER\n"
            "  --shows         what the scenes show, as CSV\n"
            "  COMMAND         any program: {port} in a word stands for a free port, a word\n"
            "                  {args} for the options that a scene has for the server\n\n"
            "Example: iolab scene harness/battery/bytes.scene --model select\n"
            "         iolab scene harness/battery/bytes.scene -- \\\n"
            "           socat TCP-LISTEN:{port},fork,reuseaddr EXEC:cat\n");
}

/* A line of TAP is one line, whatever an author has written. */
static void print_in_line(const char *text)
{
    for (; *text; text++)
        putchar(*text == '\n' || *text == '\r' ? ' ' : *text);
}

static void tell_tap(const struct scene *scene, const struct wish *wish, const struct play_outcome *outcome)
{
    bool failed = outcome->verdict == PLAY_FAIL;
    printf("%sok %d %s", failed ? "not " : "", wish->played, scene_label(scene));
    if (failed)
        printf(" # %s: ", outcome->code);
    else if (outcome->verdict != PLAY_PASS)
        printf(" # SKIP ");
    print_in_line(outcome->verdict == PLAY_PASS ? "" : outcome->message);
    putchar('\n');
    outcome_tell_shown(scene, outcome, "# ");
}

static void tell(const struct scene_file *file, const struct scene *scene, const struct wish *wish,
                 const struct play_outcome *outcome)
{
    printf("%-5s %-20s %s", play_verdict_name(outcome->verdict), scene_label(scene), scene->title);
    if (outcome->verdict != PLAY_FAIL) {
        printf(outcome->message[0] ? "\n      because %s\n" : "%s\n", outcome->message);
        outcome_tell_shown(scene, outcome, "      ");
        return;
    }
    putchar('\n');
    outcome_tell_shown(scene, outcome, "      ");
    outcome_tell_failure(file->path, scene, wish->model, wish->answers, wish->foreign ? wish->argv : NULL, outcome);
}

static void play_file(const struct scene_file *file, struct wish *wish)
{
    const struct play_options options = {
        .argv = wish->argv, .model = wish->model, .cpu = -1, .answers = wish->answers,
        .interrupted = &cmd_interrupted};
    bool go_on = true;
    for (int i = 0; i < file->count && go_on && !cmd_interrupted; i++) {
        const struct scene *scene = &file->scenes[i];
        if (!scene_is_called(scene, wish->only))
            continue;
        if (!wish->csv && !wish->tap && !wish->shows && scene_applies(scene, wish->model))
            outcome_tell_questions(scene);
        fflush(stdout);
        struct play_outcome outcome = play(scene, &options);
        wish->played++;
        wish->passed += outcome.verdict == PLAY_PASS;
        wish->failed += outcome.verdict == PLAY_FAIL;
        wish->without += outcome.verdict == PLAY_SKIP || outcome.verdict == PLAY_NOT_APPLICABLE;
        if (wish->shows)
            outcome_tell_shown_csv(scene, &outcome);
        else if (wish->csv)
            outcome_tell_csv(scene, &outcome);
        else if (wish->tap)
            tell_tap(scene, wish, &outcome);
        else
            tell(file, scene, wish, &outcome);
        fflush(stdout);
        if (wish->shows && outcome.verdict == PLAY_FAIL)
            fprintf(stderr, "iolab scene: %s failed: %s: %s\n", scene_label(scene), outcome.code, outcome.message);
        go_on = wish->keep_going || outcome.verdict != PLAY_FAIL;
    }
}

static int play_files(struct scene_file **files, int count, struct wish *wish)
{
    if (wish->shows)
        printf(OUTCOME_SHOWS_HEADER);
    else if (wish->csv)
        printf(OUTCOME_CSV_HEADER);
    for (int i = 0; i < count; i++)
        play_file(files[i], wish);
    if (wish->tap)
        printf("1..%d\n", wish->played);
    else if (!wish->csv && !wish->shows)
        printf("%d passed, %d failed, %d skipped or not applicable\n", wish->passed, wish->failed, wish->without);
    if (cmd_interrupted)
        return 130;
    if (wish->played == 0)
        return outcome_no_such_scene("scene", wish->only, files, count);
    return wish->failed > 0 ? 1 : wish->without == wish->played ? 77 : 0;
}

/* All files are read before anything is started. */
static int read_and_play(char **paths, int count, struct wish *wish)
{
    struct scene_file **files = calloc((size_t)count + 1, sizeof *files);
    int read = 0;
    for (int i = 0; files && i < count; i++)
        if ((files[read] = scene_read(paths[i], stderr)))
            read++;
    bool good = files && read == count && (!wish->answers || answers_read(wish->answers, files, count, stderr));
    int status = good ? play_files(files, count, wish) : 2;
    for (int i = 0; i < read; i++)
        scene_free(files[i]);
    free(files);
    return status;
}

static int parse(int argc, char **argv, struct wish *wish)
{
    static const struct option options[] = {
        {"model", required_argument, NULL, 'm'}, {"only", required_argument, NULL, 'o'},
        {"keep-going", no_argument, NULL, 'k'},  {"csv", no_argument, NULL, 'c'},
        {"tap", no_argument, NULL, 't'},         {"shows", no_argument, NULL, 's'},
        {"answers", required_argument, NULL, 'a'},
        {"help", no_argument, NULL, 'h'}, {0}};
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;)
        switch (o) {
        case 'm': wish->model = optarg; break;
        case 'o': wish->only = optarg; break;
        case 'k': wish->keep_going = true; break;
        case 'c': wish->csv = true; break;
        case 't': wish->tap = true; break;
        case 'a': wish->answers = optarg; break;
        case 's': wish->shows = true; break;
        case 'h': help(stdout); return 0;
        default: help(stderr); return 2;
        }
    return -1;
}

int cmd_scene(int argc, char **argv)
{
    struct wish wish = {.model = ""};
    int end = cmd_words_before_command(argc, argv);
    int status = parse(end, argv, &wish);
    if (status >= 0)
        return status;
    if (optind == end || end == argc - 1 || (end == argc && !wish.model[0])) {
        help(stderr);
        fprintf(stderr, "\niolab scene: want a FILE, and --model MODEL or -- COMMAND\n");
        return 2;
    }
    if (end == argc && !cmd_is_model(wish.model))
        return cmd_no_such_model("scene", wish.model);
    wish.foreign = end < argc;
    wish.argv = wish.foreign ? argv + end + 1 : cmd_model_command(wish.model);
    cmd_heed_interrupts();
    return read_and_play(argv + optind, end - optind, &wish);
}
