#define _GNU_SOURCE
#include "harness/cmd/measure.h"
#include "harness/cmd/cmd.h"
#include <getopt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { ROWS_MOST = 2048 };
static struct measure_row rows[ROWS_MOST];
static int row_count, measured;

/* -- Progress: on a terminal one line that changes, elsewhere plain lines ---------------------------------------- */

static void progress(const char *what, int done, int all, double left_s)
{
    bool terminal = isatty(STDERR_FILENO);
    fprintf(stderr, "%s%3d of %d  %-40s about %.0f s left%s", terminal ? "\r\033[K" : "", done + 1, all, what, left_s,
            terminal ? "" : "\n");
    fflush(stderr);
}

static void progress_end(void)
{
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r\033[K");
}

/* -- What was found ---------------------------------------------------------------------------------------------- */

static double us(struct hist_quantile quantile) { return (double)quantile.ns / 1000; }

static void found(const struct record_place *place, const struct trial *trial)
{
    const struct load_result *load = &trial->load;
    if (row_count == ROWS_MOST)
        return;
    struct measure_row *row = &rows[row_count++];
    const char *idle = strstr(place->parameters, "idle=");
    *row = (struct measure_row){.served = load->served, .total = load->total,
                                .idle = idle ? (int)strtol(idle + strlen("idle="), NULL, 10) : 0,
                                .idle_served = load->idle_served, .idle_total = load->idle_total,
                                .per_s = NAN, .cpu_us = NAN, .p50_us = NAN, .p99_us = NAN, .p999_us = NAN};
    snprintf(row->experiment, sizeof row->experiment, "%s", place->experiment);
    snprintf(row->model, sizeof row->model, "%s", place->model);
    if (trial->failed[0] && load->served == load->total)     /* who serves not all says so in the table */
        fprintf(stderr, "%s%s: %s\n", isatty(STDERR_FILENO) ? "\r\033[K" : "", place->model, trial->failed);
    if (!trial->measured)
        return;
    measured++;
    double window_s = (double)load->window_ns / 1e9;
    struct hist_quantile p99 = hist_quantile(&load->response, 0.99), p999 = hist_quantile(&load->response, 0.999);
    row->per_s = (double)load->requests / window_s;
    const char *rate = strstr(place->parameters, "rate=");
    row->rate = rate ? strtod(rate + strlen("rate="), NULL) : 0;
    row->cpu_us = load->requests > 0 ? (double)trial->server_cpu_ns / 1000 / (double)load->requests : NAN;
    row->p50_us = us(hist_quantile(&load->response, 0.5));
    row->p99_us = us(p99);
    row->p99_above = p99.above;
    row->p999_us = us(p999);
    row->p999_above = p999.above;
    row->driver_share = (double)load->driver_cpu_ns / (double)load->window_ns;
}

/* -- Options ----------------------------------------------------------------------------------------------------- */

static int wrong(const char *name, const char *option, const char *value, const char *want)
{
    fprintf(stderr, "iolab %s: --%s %s: want %s\n", name, option, value, want);
    return 2;
}

static bool whole(const char *text, long low, long high, long *value)
{
    char *end;
    *value = strtol(text, &end, 10);
    return end > text && *end == '\0' && *value >= low && *value <= high;
}

static void default_folder(struct measure *measure)
{
    time_t now = time(NULL);
    struct tm local;
    strftime(measure->folder, sizeof measure->folder, "results/%Y%m%d-%H%M%S", localtime_r(&now, &local));
}

static void note_command(struct measure *measure, const char *name, int argc, char **argv)
{
    bool swept = strcmp(name, "sweep") == 0;
    const char *axis = swept ? " idle" : "";
    size_t length = (size_t)snprintf(measure->command, sizeof measure->command, "iolab %s%s", name, axis);
    for (int i = 1; i < argc && length < sizeof measure->command - 1; i++)
        length += (size_t)snprintf(measure->command + length, sizeof measure->command - length, " %s", argv[i]);
}

static int take_models(struct measure *measure, const char *name, int argc, char **argv)
{
    int count = 0;
    for (int i = optind; i < argc && count < SESSION_MODELS; i++) {
        if (!cmd_is_model(argv[i]))
            return cmd_no_such_model(name, argv[i]);
        measure->models[count++] = argv[i];
    }
    for (const char *const *model = cmd_models(); optind == argc && *model; model++)
        measure->models[count++] = *model;
    measure->models[count] = NULL;
    return -1;
}

static int take_option(struct measure *measure, const char *name, const char *help, int option,
                       const char *word)
{
    long n;
    switch (option) {
    case 'q': measure->session.quick = true; return -1;
    case 'o':
        if (!*optarg || strlen(optarg) >= sizeof measure->folder)
            return wrong(name, "out", optarg, "a folder, its path shorter than 512 letters");
        snprintf(measure->folder, sizeof measure->folder, "%s", optarg);
        return -1;
    case 'c':
        if (!measure->prints_table)
            break;
        measure->csv = true;
        return -1;
    case 'n':
        if (!whole(optarg, 1, SESSION_ROUNDS, &n))
            return wrong(name, "rounds", optarg, "a number from 1 to 30");
        measure->session.rounds = (int)n;
        return -1;
    case 's':
        if (!whole(optarg, 0, 1000000000, &n))
            return wrong(name, "seed", optarg, "a number from 0 to 1000000000");
        measure->session.seed = (uint64_t)n;
        return -1;
    case 'r':
        if (!measure->session.rate)
            break;
        if (!whole(optarg, 1, 1000000, &n))
            return wrong(name, "rate", optarg, "requests a second, 1 to 1000000");
        measure->session.offered = (double)n;
        return -1;
    }
    fprintf(stderr, "%s\niolab %s: unknown option, or its value is missing: %s\n", help, name, word);
    return 2;
}

int measure_parse(struct measure *measure, int argc, char **argv, const char *name, const char *help)
{
    static const struct option options[] = {
        {"quick", no_argument, NULL, 'q'},        {"csv", no_argument, NULL, 'c'},
        {"out", required_argument, NULL, 'o'},    {"seed", required_argument, NULL, 's'},
        {"rounds", required_argument, NULL, 'n'}, {"rate", required_argument, NULL, 'r'},
        {"help", no_argument, NULL, 'h'},         {0}};
    default_folder(measure);
    note_command(measure, name, argc, argv);
    measure->session.rounds = 1;
    measure->session.seed = 1;
    opterr = 0;
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (option == 'h') {
            fputs(help, stdout);
            return 0;
        }
        int status = take_option(measure, name, help, option, argv[optind - 1]);
        if (status >= 0)
            return status;
    }
    return take_models(measure, name, argc, argv);
}

void measure_sweep(struct measure *measure)
{
    static const int points[] = {0, 100, 1000, 5000, 10000};
    measure->session.idle = true;
    measure->session.point_count = sizeof points / sizeof *points;
    memcpy(measure->session.points, points, sizeof points);
}

int measure_run(struct measure *measure, const char *name)
{
    char why[600];
    struct session_options *session = &measure->session;
    session->folder = measure->folder;
    session->command = measure->command;
    session->models = measure->models;
    session->path = cmd_model_path;
    session->connections = 64;
    session->size = 64;
    session->stop = &cmd_interrupted;
    session->progress = progress;
    session->found = found;
    cmd_heed_interrupts();
    bool begun = session_run(session, why, sizeof why);
    progress_end();
    if (!begun) {
        fprintf(stderr, "iolab %s: %s\n", name, why);
        return 1;
    }
    if (measured == 0 && !cmd_interrupted) {
        fprintf(stderr, "iolab %s: nothing could be measured\n", name);
        return 1;
    }
    measure->rows = rows;
    measure->row_count = row_count;
    if (session->noisy * 10 > session->begun)
        fprintf(stderr, "%d of %d trials began on a machine that was busy: measure again when nothing else runs\n",
                session->noisy, session->begun);
    if (cmd_interrupted)
        fprintf(stderr, "interrupted: what was measured until then is in %s\n", measure->folder);
    return 0;
}

const char *measure_number(double n)
{
    static char texts[8][32];
    static int turn;
    char *text = texts[turn++ % 8];
    if (isnan(n))
        return "-";
    bool whole_number = (n >= floor(n) && n <= floor(n)) || n >= 100;
    int length = snprintf(text, sizeof texts[0], "%.*f", whole_number ? 0 : n < 10 ? 2 : 1, n);
    for (int at = length - 3; whole_number && at > 0; at -= 3) {
        memmove(text + at + 1, text + at, strlen(text + at) + 1);
        text[at] = ',';
    }
    return text;
}
