/* What bench, sweep and report share: a session is run, its progress shown, what it finds kept as rows. */
#define _GNU_SOURCE
#include "harness/cmd/measure.h"
#include "harness/cmd/cmd.h"
#include "harness/cmd/self_compared.h"
#include "harness/stats/pairs.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROWS_MOST = 4096 };
static struct measure_row rows[ROWS_MOST];
static int row_count, measured;

static struct { char model[32], why[TRIAL_SAYS]; } cannots[SESSION_MODELS];
static int cannot_count;

const char *measure_duration(double seconds)
{
    static char text[40];
    if (seconds < 100)
        snprintf(text, sizeof text, "about %.0f s", seconds);
    else
        snprintf(text, sizeof text, "about %.0f minutes", seconds / 60);
    return text;
}

/* -- Progress: on a terminal one line that changes, elsewhere plain lines ---------------------------------------- */

static void progress(const char *what, int done, int all, double left_s)
{
    bool terminal = isatty(STDERR_FILENO);
    fprintf(stderr, "%s%3d of %d  %-40s %s left%s", terminal ? "\r\033[K" : "", done + 1, all, what,
            measure_duration(left_s), terminal ? "" : "\n");
    fflush(stderr);
}

static void progress_end(void)
{
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r\033[K");
}

/* -- What was found ---------------------------------------------------------------------------------------------- */

static void note_cannot(const char *model, const char *why)
{
    if (cannot_count == SESSION_MODELS || measure_cannot(model))
        return;
    snprintf(cannots[cannot_count].model, sizeof cannots[0].model, "%s", model);
    snprintf(cannots[cannot_count++].why, sizeof cannots[0].why, "%s", why);
}

const char *measure_cannot(const char *model)
{
    for (int i = 0; i < cannot_count; i++)
        if (strcmp(cannots[i].model, model) == 0)
            return cannots[i].why;
    return NULL;
}

int measure_end(const struct measure *measure)
{
    if (!measure->csv)
        printf("Results: %s\n", measure->folder);
    for (const char *const *model = measure->models; *model && !measure->csv; model++)
        if (measure_cannot(*model)) {
            printf("%s cannot run on this machine: ", *model);
            cmd_print_from((int)strlen(*model) + (int)strlen(" cannot run on this machine: "), measure_cannot(*model));
        }
    return cmd_interrupted ? 130 : 0;
}

/* The number behind "name=" in the parameters of a trial; 0: it is not there. */
static double parameter(const struct record_place *place, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = place->parameters; (at = strstr(at, name)); at += length)
        if ((at == place->parameters || at[-1] == ' ') && at[length] == '=')
            return strtod(at + length + 1, NULL);
    return 0;
}

static double us(struct hist_quantile quantile) { return (double)quantile.ns / 1000; }

/* Who does not serve all fails in no other way. */
static void say_why(struct measure_row *row, const struct trial *trial)
{
    const char *stops = session_why_not_all(row->model, &trial->load);
    if (stops || trial->failed[0])
        snprintf(row->why, sizeof row->why, "%.*s", (int)sizeof row->why - 1, stops ? stops : trial->failed);
    else if (trial->load.lost > 0)
        snprintf(row->why, sizeof row->why, "%d of its connections broke on the way", trial->load.lost);
}

static void found(const struct record_place *place, const struct trial *trial)
{
    const struct load_result *load = &trial->load;
    if (trial->cannot[0])
        note_cannot(place->model, trial->cannot);
    if (row_count == ROWS_MOST || trial->cannot[0])
        return;
    struct measure_row *row = &rows[row_count++];
    *row = (struct measure_row){.round = place->round, .served = load->served, .total = load->total,
                                .idle = (int)parameter(place, "idle"), .load = (int)parameter(place, "load"),
                                .connections = (int)parameter(place, "connections"),
                                .size = (int)parameter(place, "size"), .rate = parameter(place, "rate"),
                                .flags = load->flags, .lost = load->lost,
                                .idle_served = load->idle_served, .idle_total = load->idle_total,
                                .per_s = NAN, .cpu_us = NAN, .p50_us = NAN, .p99_us = NAN, .p999_us = NAN};
    snprintf(row->experiment, sizeof row->experiment, "%s", place->experiment);
    snprintf(row->model, sizeof row->model, "%s", place->model);
    say_why(row, trial);
    if (trial->failed[0] && load->served == load->total)     /* who serves not all says so in the table */
        fprintf(stderr, "%s%s: %s\n", isatty(STDERR_FILENO) ? "\r\033[K" : "", place->model, trial->failed);
    if (!trial->measured)
        return;
    measured++;
    double window_s = (double)load->window_ns / 1e9;
    struct hist_quantile p50 = hist_quantile(&load->response, 0.5);
    struct hist_quantile p99 = hist_quantile(&load->response, 0.99), p999 = hist_quantile(&load->response, 0.999);
    row->per_s = (double)load->requests / window_s;
    row->cpu_us = load->requests > 0 ? (double)trial->server_cpu_ns / 1000 / (double)load->requests : NAN;
    row->p50_us = us(p50);
    row->p50_above = p50.above;
    row->one_cpu = trial->one_cpu;
    row->behind = row->rate > 0 && (p50.above || pairs_behind((double)p50.ns, load->total, row->rate));
    row->p99_us = us(p99);
    row->p99_above = p99.above;
    row->p999_us = us(p999);
    row->p999_above = p999.above;
    row->driver_share = (double)load->driver_cpu_ns / (double)load->window_ns;
}

/* -- The session ------------------------------------------------------------------------------------------------- */

int measure_run(struct measure *measure, const char *name)
{
    char why[600];
    struct session_options *session = &measure->session;
    session->folder = measure->folder;
    session->command = measure->command;
    session->self_compared = self_compared(measure->folder);
    session->path = cmd_model_path;
    session->foreign = servers_command;
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
    if (measured == 0 && cannot_count > 0 && row_count == 0) {
        for (int i = 0; i < cannot_count; i++)
            fprintf(stderr, "iolab %s: this machine cannot run %s: %s\n", name, cannots[i].model, cannots[i].why);
        return 77;
    }
    if (measured == 0 && !cmd_interrupted) {
        fprintf(stderr, "iolab %s: nothing could be measured\n", name);
        return 1;
    }
    measure->rows = rows;
    measure->row_count = row_count;
    if (session->noisy * 10 > session->begun)
        fprintf(stderr, "%d of %d trials began on a busy machine: measure again when nothing else runs\n",
                session->noisy, session->begun);
    if (cmd_interrupted)
        fprintf(stderr, "interrupted: what was measured until then is in %s\n", measure->folder);
    return 0;
}

bool measure_busy(const struct measure *measure) { return measure->session.noisy * 2 > measure->session.begun; }

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
