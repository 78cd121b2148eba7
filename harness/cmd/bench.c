/* iolab bench: all models in one table. */
#define _GNU_SOURCE
#include "harness/cmd/cmd.h"
#include "harness/cmd/measure.h"
#include "harness/cmd/ranking.h"
#include "harness/child/clock.h"
#include "harness/report/csv.h"
#include "harness/stats/median.h"
#include <math.h>
#include <string.h>

static const char help[] =
    "usage: iolab bench [MODEL...] [OPTION]...\n\n"
    "Measures the models, all if none is named: as fast as they go, and at one\n"
    "offered rate for all. One round shows what it found, and claims nothing; 20 tell\n"
    "who can be told from whom.\n\n"
    "  --quick       shorter windows\n"
    "  --rounds N    so many rounds, 1 to 30 (1); the table shows the medians\n"
    "  --rate N      the offered rate, in requests a second (half of the slowest, 500\n"
    "                to 10,000)\n"
    "  --seed N      of the arrivals and of the order (1)\n"
    MEASURE_HELP
    "  --out DIR     where the results go (results/DATE-TIME)\n"
    "  --csv         the table as CSV\n\n"
    "Example: iolab bench select poll epoll-lt --quick --rounds 20\n"
    "         iolab bench epoll-et --service http \\\n"
    "           --server nginx='harness/tests/nginx.sh {port}'\n";

/* -- One row of several rounds ----------------------------------------------------------------------------------- */

/* Of the numbers that stand so many bytes from the beginning of the rows; NAN where there is none. */
static double median_of(const struct measure_row *const *rows, int count, size_t offset)
{
    double values[SESSION_ROUNDS];
    int known = 0;
    for (int i = 0; i < count; i++) {
        memcpy(&values[known], (const char *)rows[i] + offset, sizeof *values);
        known += !isnan(values[known]);
    }
    return median(values, known);
}

/* The medians of the model's rounds; the rest is that of the last one. False: it was not measured. */
static bool row_of(const struct measure *measure, const char *experiment, const char *model, struct measure_row *row)
{
    const struct measure_row *rows[SESSION_ROUNDS];
    int count = 0;
    for (int i = 0; i < measure->row_count && count < SESSION_ROUNDS; i++)
        if (strcmp(measure->rows[i].experiment, experiment) == 0 && strcmp(measure->rows[i].model, model) == 0)
            rows[count++] = &measure->rows[i];
    if (count == 0)
        return false;
    *row = *rows[count - 1];
    row->per_s = median_of(rows, count, offsetof(struct measure_row, per_s));
    row->cpu_us = median_of(rows, count, offsetof(struct measure_row, cpu_us));
    row->p50_us = median_of(rows, count, offsetof(struct measure_row, p50_us));
    row->p99_us = median_of(rows, count, offsetof(struct measure_row, p99_us));
    row->p999_us = median_of(rows, count, offsetof(struct measure_row, p999_us));
    for (int i = 0; i < count; i++) {
        row->p99_above |= rows[i]->p99_above;
        row->p999_above |= rows[i]->p999_above;
    }
    return true;
}

static struct ranking ranking;

static void answer(const struct measure *measure, double took_s)
{
    char text[RANKING_SAYS];
    int rounds = measure->session.rate.rounds;
    double enough_s = took_s * ROUNDS_TO_CLAIM / rounds;
    ranking_say(measure, &ranking, text, sizeof text);
    if (rounds < ROUNDS_TO_CLAIM)
        snprintf(text, sizeof text, "No order yet: %d round%s none. %d would: --rounds %d, %s.", rounds,
                 rounds == 1 ? " tells" : "s tell", ROUNDS_TO_CLAIM, ROUNDS_TO_CLAIM, measure_duration(enough_s));
    cmd_print_from(0, text);
    printf("\n");
}

/* -- The table --------------------------------------------------------------------------------------------------- */

/* One line for each model; what was not measured is empty. */
static void csv_line(const struct measure *measure, int index)
{
    const char *model = measure->models[index], *cannot = measure_cannot(model);
    char text[8][32] = {""};
    struct measure_row closed, rate;
    if (row_of(measure, "closed", model, &closed)) {
        snprintf(text[0], sizeof *text, "%d", closed.served);
        snprintf(text[1], sizeof *text, "%d", closed.total);
        if (!isnan(closed.per_s))
            snprintf(text[2], sizeof *text, "%.0f", closed.per_s);
    }
    if (row_of(measure, "rate", model, &rate) && !isnan(rate.cpu_us)) {
        snprintf(text[3], sizeof *text, "%.2f", rate.cpu_us);
        snprintf(text[4], sizeof *text, "%.0f", rate.rate);
        snprintf(text[5], sizeof *text, "%.2f", rate.p50_us);
        snprintf(text[6], sizeof *text, "%.2f", rate.p99_us);
        snprintf(text[7], sizeof *text, "%.2f", rate.p999_us);
    }
    const char *const fields[] = {model,   text[0], text[1], text[2],               text[3],            text[4],
                                  text[5], text[6], text[7], cannot ? cannot : "", ranking.told.letters[index]};
    csv_write(stdout, fields, sizeof fields / sizeof *fields);
}

static void print_csv(const struct measure *measure)
{
    printf("model,served,total,requests_per_s,cpu_us_per_request,offered_per_s,p50_us,p99_us,p999_us,cannot_run,"
           "alike\n");
    for (int i = 0; measure->models[i]; i++)
        csv_line(measure, i);
}

static void print_line(const struct measure *measure, int index)
{
    struct measure_row closed = {.per_s = NAN};
    struct measure_row rate = {.cpu_us = NAN, .p50_us = NAN, .p99_us = NAN, .p999_us = NAN};
    char served[32] = "-";
    if (row_of(measure, "closed", measure->models[index], &closed) && closed.total > 0)
        snprintf(served, sizeof served, "%d of %d", closed.served, closed.total);
    row_of(measure, "rate", measure->models[index], &rate);
    printf("%-12s %8s %11s", measure->models[index], served, measure_number(closed.per_s));
    printf(" %11s %-4s %8s", measure_number(rate.cpu_us), ranking.told.letters[index], measure_number(rate.p50_us));
    printf(" %s%7s", rate.p99_above ? ">" : " ", measure_number(rate.p99_us));
    printf(" %s%7s\n", rate.p999_above ? ">" : " ", measure_number(rate.p999_us));
}

static void print_table(const struct measure *measure)
{
    const char *rounds_say = measure->session.rate.rounds == 1 ? "one round" : "medians";
    printf("%-12s %8s %11s %11s %-4s %8s %8s %8s\n", rounds_say, "served", "requests/s", "CPU us per", "", "p50",
           "p99", "p99.9");
    printf("%-12s %8s %11s %11s %-4s %8s %8s %8s\n", "", "of all", "at least", "request", "", "us", "us", "us");
    for (int i = 0; measure->models[i]; i++)
        print_line(measure, i);
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
        printf("%s bytes a request", measure_number((double)measure->session.size));
    printf("; CPU is that of all processes of the server.\n");
}

int cmd_bench(int argc, char **argv)
{
    static struct measure measure;
    double began_ms = now_ms();
    measure.session.closed.rounds = measure.session.rate.rounds = 1;
    measure.prints_table = true;
    int status = measure_parse(&measure, argc, argv, "bench", help);
    if (status >= 0)
        return status;
    if ((status = measure_run(&measure, "bench")) != 0)
        return status;
    ranking_judge(&measure, &ranking);
    if (ranking.told.claims)
        ranking_write(&measure, &ranking);
    if (measure.csv) {
        print_csv(&measure);
    } else {
        answer(&measure, (now_ms() - began_ms) / 1000);
        print_table(&measure);
    }
    return measure_end(&measure);
}
