/* iolab compare: one server against another, and a verdict in words. */
#define _GNU_SOURCE
#include "harness/cmd/compare.h"
#include "harness/cmd/careless.h"
#include "harness/cmd/cmd.h"
#include "harness/cmd/measure.h"
#include "harness/report/paired.h"
#include "harness/report/verdicts.h"
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* -- Progress ---------------------------------------------------------------------------------------------------- */

static void progress(const char *what, double left_s)
{
    bool terminal = isatty(STDERR_FILENO);
    fprintf(stderr, "%s%-50s about %.0f s left%s", terminal ? "\r\033[K" : "", what, left_s, terminal ? "" : "\n");
    fflush(stderr);
}

/* -- What was found ---------------------------------------------------------------------------------------------- */

/* The two, told apart even if they are the same. */
static const char *label(const char *const *names, int side)
{
    static char labels[2][48];
    bool itself = strcmp(names[0], names[1]) == 0;
    snprintf(labels[side], sizeof labels[0], "%s%s", names[side], !itself ? "" : side ? " (B)" : " (A)");
    return labels[side];
}

static void answer(const struct compare_command *command, const struct compare_found *found)
{
    const char *const *names = command->options.names;
    char text[COMPARE_SAYS + VERDICT_WORDS];
    if (found->no_verdict[0])
        snprintf(text, sizeof text, "cannot tell: %s", found->no_verdict);
    else if (!found->told.metrics[PAIRS_CPU].known)
        snprintf(text, sizeof text, "cannot tell: interrupted before the first pair was complete");
    else
        verdict_sentence(text, sizeof text, label(names, 0), label(names, 1), &found->told.metrics[PAIRS_CPU].verdict);
    cmd_print_from(0, text);
}

static void print_table(const char *const *names, const struct judged *judged, bool verdicts)
{
    static const struct { const char *name; double divisor; } rows[PAIRS_METRICS] = {
        {"CPU/request, us", 1000}, {"response p50, us", 1000}, {"response p99, us", 1000},
        {"switches/request", 1}, {"memory, KiB", 1024}};
    enum { NAME = 16, FIGURE = 12 };
    const char *a = label(names, 0), *b = label(names, 1);
    int wide_a = strlen(a) > FIGURE ? (int)strlen(a) : FIGURE, wide_b = strlen(b) > FIGURE ? (int)strlen(b) : FIGURE;
    char cell[VERDICT_WORDS];
    printf("\n%*s %*s %*s\n", NAME, "", wide_a, a, wide_b, b);
    for (int i = 0; i < PAIRS_METRICS; i++) {
        if (!judged[i].known)
            continue;
        verdict_cell(cell, sizeof cell, &judged[i].verdict);
        printf("%-*s %*s %*s  ", NAME, rows[i].name, wide_a, measure_number(judged[i].median[0] / rows[i].divisor),
               wide_b, measure_number(judged[i].median[1] / rows[i].divisor));
        cmd_print_from(NAME + wide_a + wide_b + 4, verdicts ? cell : "-");
    }
}

static void print_capacity(const struct compare_command *command, const struct compare_found *found)
{
    const char *a = label(command->options.names, 0), *b = label(command->options.names, 1);
    double a_per_s = found->sides[0].capacity_per_s, b_per_s = found->sides[1].capacity_per_s;
    char text[300];
    if (!(a_per_s > 0 && b_per_s > 0))
        return;
    snprintf(text, sizeof text, "As fast as they go, one trial each, so no verdict: %s at least %s requests a second, "
             "%s at least %s; the driver used %.0f and %.0f %% of a CPU.", a, measure_number(round(a_per_s)), b,
             measure_number(round(b_per_s)), 100 * found->sides[0].driver_share, 100 * found->sides[1].driver_share);
    cmd_print_from(0, text);
}

static void print_trouble(const char *name, const struct compare_side *side, int behind)
{
    char text[COMPARE_SAYS];
    if (side->failed > 0) {
        snprintf(text, sizeof text, "%s gave no figures in %d of its trials, and these pairs were measured again: %s",
                 name, side->failed, side->trouble);
        cmd_print_from(0, text);
    } else if (side->ended_badly > 0) {
        snprintf(text, sizeof text, "%s did not end as it should have after %d of its trials: %s", name,
                 side->ended_badly, side->trouble);
        cmd_print_from(0, text);
    }
    if (behind > 0)
        printf("%s fell behind the rate in %d of its trials.\n", name, behind);
}

static void print_doubts(const struct compare_command *command, const struct compare_found *found)
{
    const struct machine *machine = &found->machine;
    for (int side = 0; side < 2; side++)
        print_trouble(label(command->options.names, side), &found->sides[side], found->told.behind[side]);
    if (machine->server_cpu < 0)
        printf("One CPU for driver and server: what each of them does slows the other.\n");
    if (found->told.late > 0)
        printf("The driver sent late in %d of %d trials%s.\n", found->told.late, found->trials,
               found->told.metrics[PAIRS_P50].known ? "" : ": no verdict on the response times");
    if (found->starved > 0)
        printf("The server did not get to run in %d of %d trials; they were made again.\n", found->starved,
               found->trials);
    if (found->paused > 0)
        printf("The machine paused, or its clock was set, in %d of %d trials.\n", found->paused, found->trials);
    if (machine->noisy * 10 > machine->begun)
        printf("%d of %d trials began on a busy machine: on one at rest, fewer pairs tell.\n", machine->noisy,
               machine->begun);
}

static void print_circumstances(const struct compare_command *command, const struct compare_found *found)
{
    const struct compare_options *options = &command->options;
    const char *a = label(options->names, 0), *b = label(options->names, 1);
    char what[64] = "GET /", text[400];
    if (!options->http)
        snprintf(what, sizeof what, "%zu bytes a request", options->size);
    snprintf(text, sizeof text, "%d pair%s of trials of %d ms, seed %llu; %s requests a second offered to both, %s; "
             "%d active connections, %s silent ones.", found->told.pairs, found->told.pairs == 1 ? "" : "s",
             options->window_ms, (unsigned long long)options->seed, measure_number(found->rate), what,
             options->connections, measure_number(options->idle));
    printf("\n");
    cmd_print_from(0, text);
    snprintf(text, sizeof text, "In brackets: %s against %s, what holds with 95 %%%s. CPU was declared before, the "
             "others are judged together (Holm).", b, a, options->looks ? " over all looks" : "");
    cmd_print_from(0, text);
}

static void write_verdicts(const struct compare_command *command, const struct compare_found *found, FILE *to)
{
    const struct verdicts_place place = {"compare", command->options.names[0], command->options.names[1],
                                         found->parameters};
    verdicts_csv_header(to);
    verdicts_csv(to, &place, found->told.metrics, found->no_verdict);
}

static bool keep_verdicts(const struct compare_command *command, const struct compare_found *found)
{
    char path[600];
    snprintf(path, sizeof path, "%s/verdicts.csv", command->folder);
    FILE *file = fopen(path, "we");
    if (file)
        write_verdicts(command, found, file);
    if (file && fclose(file) == 0)
        return true;
    fprintf(stderr, "iolab compare: %s: %s\n", path, strerror(errno));
    return false;
}

static void print_all(const struct compare_command *command, const struct compare_found *found)
{
    answer(command, found);
    if (found->told.pairs > 0) {
        print_table(command->options.names, found->told.metrics, !found->no_verdict[0]);
        print_circumstances(command, found);
        print_capacity(command, found);
        print_doubts(command, found);
    }
    printf("Results: %s\n", command->folder);
}

/* -- Runs of before ---------------------------------------------------------------------------------------------- */

/* Why there is no verdict on it; or "". */
static void judge_again(const struct paired *paired, struct pairs_told *told, char *none, size_t size)
{
    pairs_judge(paired->pairs, paired->count, paired->alpha, told);
    paired_silent(paired, told, none, size);
}

static void print_run(const char *folder, const struct paired *paired)
{
    struct pairs_told told;
    char text[VERDICT_WORDS + 20], none[VERDICT_WORDS];
    judge_again(paired, &told, none, sizeof none);
    if (none[0])
        snprintf(text, sizeof text, "cannot tell: %s", none);
    else
        verdict_sentence(text, sizeof text, label(paired->names, 0), label(paired->names, 1),
                         &told.metrics[PAIRS_CPU].verdict);
    cmd_print_from(0, text);
    print_table(paired->names, told.metrics, !none[0]);
    printf("\n%d pairs; ", told.pairs);
    cmd_print_from(10, paired->parameters);
    printf("Read from %s\n\n", folder);
}

static void print_run_csv(const struct paired *paired)
{
    const struct verdicts_place place = {"compare", paired->names[0], paired->names[1], paired->parameters};
    struct pairs_told told;
    char none[VERDICT_WORDS];
    judge_again(paired, &told, none, sizeof none);
    verdicts_csv(stdout, &place, told.metrics, none);
}

/* Each run is judged by itself: to throw two together after having seen them would be one look more, and would mix what
 * differs. */
static int read_run(const struct compare_command *command, const char *folder, struct paired *paired)
{
    char why[600];
    if (paired_load(paired, folder, why, sizeof why) < 0) {
        fprintf(stderr, "iolab compare: %s\n", why);
        return 1;
    }
    if (command->csv) {
        print_run_csv(paired);
        return 0;
    }
    print_run(folder, paired);
    return command->one_after_the_other ? careless_print(paired) : 0;
}

static int read_back(const struct compare_command *command, int count, char **folders)
{
    static struct paired first, next;
    int status = 0;
    if (count == 0) {
        fprintf(stderr, "iolab compare: --from: name the folders of results that `iolab compare` has made\n");
        return 2;
    }
    if (command->csv)
        verdicts_csv_header(stdout);
    for (int i = 0; i < count && status == 0; i++) {
        struct paired *paired = i == 0 ? &first : &next;
        status = read_run(command, folders[i], paired);
        if (status == 0 && i > 0 && !command->csv && paired_differences(&first, paired, stdout) > 0)
            printf("That is what differs from %s: these are two comparisons, not one.\n\n", folders[0]);
        if (i > 0)
            paired_free(paired);
    }
    paired_free(&first);
    return status;
}

int cmd_compare(int argc, char **argv)
{
    static struct compare_command command;
    static struct compare_found found;
    char why[600];
    int status = compare_parse(&command, argc, argv);
    if (status >= 0)
        return status;
    if (command.from)
        return read_back(&command, argc - optind, argv + optind);
    command.options.progress = progress;
    cmd_heed_interrupts();
    bool done = compare_run(&command.options, &found, why, sizeof why);
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r\033[K");
    if (!done) {
        fprintf(stderr, "iolab compare: %s\n", why);
        return 1;
    }
    bool kept = keep_verdicts(&command, &found);
    if (command.csv)
        write_verdicts(&command, &found, stdout);
    else
        print_all(&command, &found);
    if (found.cannot)
        return 77;
    if (cmd_interrupted)
        return 130;
    return kept && found.told.pairs > 0 ? 0 : 1;
}
