/* iolab bench: all models in one table. */
#define _GNU_SOURCE
#include "harness/cmd/cmd.h"
#include "harness/cmd/measure.h"
#include "harness/report/csv.h"
#include <math.h>
#include <string.h>

static const char help[] =
    "usage: iolab bench [MODEL...] [OPTION]...\n\n"
    "Measures the models, all if none is named: as fast as they go, and at one offered rate for all.\n\n"
    "  --quick       shorter windows\n"
    "  --rounds N    so many rounds, 1 to 30 (1); the table shows the last\n"
    "  --rate N      the offered rate, in requests a second (half of the slowest, 500 to 10,000)\n"
    "  --seed N      of the arrivals and of the order (1)\n"
    MEASURE_HELP
    "  --out DIR     where the results go (results/DATE-TIME)\n"
    "  --csv         the table as CSV\n\n"
    "Example: iolab bench select poll epoll-lt --quick\n"
    "         iolab bench epoll-et --service http --server nginx='harness/tests/nginx.sh {port}'\n";

static const struct measure_row *row_of(const struct measure *measure, const char *experiment, const char *model)
{
    for (int i = measure->row_count - 1; i >= 0; i--)
        if (strcmp(measure->rows[i].experiment, experiment) == 0 && strcmp(measure->rows[i].model, model) == 0)
            return &measure->rows[i];
    return NULL;
}

/* The answer: who needs least and most CPU for the same work; 20 % is what one round can tell. */
static void answer(const struct measure *measure)
{
    const struct measure_row *least = NULL, *most = NULL;
    for (const char *const *model = measure->models; *model; model++) {
        const struct measure_row *row = row_of(measure, "rate", *model);
        if (!row || isnan(row->cpu_us))
            continue;
        least = !least || row->cpu_us < least->cpu_us ? row : least;
        most = !most || row->cpu_us > most->cpu_us ? row : most;
    }
    if (!least)
        printf("Nothing was measured.\n");
    else if (most->cpu_us < least->cpu_us * 1.2)
        printf("For the same work all use the same CPU, within 20 %%.\n");
    else
        printf("For the same work %s uses %.1f times the CPU of %s.\n", most->model, most->cpu_us / least->cpu_us,
               least->model);
    printf("%s: differences below 20 %% mean nothing yet.\n\n",
           measure->session.rounds == 1 ? "One round" : "The last of several rounds");
}

/* One line for each model; what was not measured is empty. */
static void csv_line(const char *model, const struct measure_row *closed, const struct measure_row *rate)
{
    char text[8][32] = {""};
    const char *cannot = measure_cannot(model);
    if (closed) {
        snprintf(text[0], sizeof *text, "%d", closed->served);
        snprintf(text[1], sizeof *text, "%d", closed->total);
    }
    if (closed && !isnan(closed->per_s))
        snprintf(text[2], sizeof *text, "%.0f", closed->per_s);
    if (rate && !isnan(rate->cpu_us)) {
        snprintf(text[3], sizeof *text, "%.2f", rate->cpu_us);
        snprintf(text[4], sizeof *text, "%.0f", rate->rate);
        snprintf(text[5], sizeof *text, "%.2f", rate->p50_us);
        snprintf(text[6], sizeof *text, "%.2f", rate->p99_us);
        snprintf(text[7], sizeof *text, "%.2f", rate->p999_us);
    }
    const char *const fields[] = {model,   text[0], text[1], text[2], text[3],
                                  text[4], text[5], text[6], text[7], cannot ? cannot : ""};
    csv_write(stdout, fields, sizeof fields / sizeof *fields);
}

static void print_csv(const struct measure *measure)
{
    printf("model,served,total,requests_per_s,cpu_us_per_request,offered_per_s,p50_us,p99_us,p999_us,cannot_run\n");
    for (const char *const *model = measure->models; *model; model++)
        csv_line(*model, row_of(measure, "closed", *model), row_of(measure, "rate", *model));
}

static void print_table(const struct measure *measure)
{
    printf("%-12s %8s %11s %11s %9s %10s %10s\n", "", "served", "requests/s", "CPU us per", "p50", "p99", "p99.9");
    printf("%-12s %8s %11s %11s %9s %10s %10s\n", "", "of all", "at least", "request", "us", "us", "us");
    for (const char *const *model = measure->models; *model; model++) {
        const struct measure_row *closed = row_of(measure, "closed", *model), *rate = row_of(measure, "rate", *model);
        char served[32] = "-";
        if (closed && closed->total > 0)
            snprintf(served, sizeof served, "%d of %d", closed->served, closed->total);
        printf("%-12s %8s %11s", *model, served, measure_number(closed ? closed->per_s : NAN));
        printf(" %11s %9s", measure_number(rate ? rate->cpu_us : NAN), measure_number(rate ? rate->p50_us : NAN));
        printf(" %s%9s", rate && rate->p99_above ? ">" : " ", measure_number(rate ? rate->p99_us : NAN));
        printf(" %s%9s\n", rate && rate->p999_above ? ">" : " ", measure_number(rate ? rate->p999_us : NAN));
    }
    for (int i = measure->row_count - 1; i >= 0; i--)
        if (strcmp(measure->rows[i].experiment, "rate") == 0 && measure->rows[i].rate > 0) {
            printf("\nrequests/s: %d connections, as fast as it goes.\n"
                   "The rest: 16 connections, %s requests a second offered.\n",
                   measure->session.connections, measure_number(measure->rows[i].rate));
            break;
        }
    if (measure->session.http)
        printf("GET / over connections that stay");
    else
        printf("%zu bytes a request", measure->session.size);
    printf("; CPU is that of all processes of the server.\nResults: %s\n", measure->folder);
    measure_print_cannot(measure);
}

int cmd_bench(int argc, char **argv)
{
    static struct measure measure;
    measure.session.closed = measure.session.rate = measure.prints_table = true;
    int status = measure_parse(&measure, argc, argv, "bench", help);
    if (status >= 0)
        return status;
    if ((status = measure_run(&measure, "bench")) != 0)
        return status;
    if (measure.csv) {
        print_csv(&measure);
    } else {
        answer(&measure);
        print_table(&measure);
    }
    return cmd_interrupted ? 130 : 0;
}
