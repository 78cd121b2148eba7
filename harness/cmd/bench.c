/* iolab bench: all models in one table. */
#define _GNU_SOURCE
#include "harness/cmd/cmd.h"
#include "harness/cmd/measure.h"
#include "harness/child/clock.h"
#include "harness/report/csv.h"
#include "harness/report/verdicts.h"
#include "harness/stats/median.h"
#include "harness/stats/rounds.h"
#include <errno.h>
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

/* -- Who can be told from whom ----------------------------------------------------------------------------------- */

static struct rounds rounds;
static struct rounds_told told;

/* CPU per request at the one rate. Who left clients unserved, or fell behind in more than a quarter of the rounds, did
 * not do the same work as the others. */
static void take_rounds(const struct measure *measure, int server)
{
    int behind = 0;
    for (int round = 0; round < ROUNDS_MOST; round++)
        rounds.of[server][round] = NAN;
    for (int i = 0; i < measure->row_count; i++) {
        const struct measure_row *row = &measure->rows[i];
        if (strcmp(row->experiment, "rate") != 0 || strcmp(row->model, measure->models[server]) != 0)
            continue;
        behind += row->behind;
        rounds.of[server][row->round - 1] = row->served == row->total ? row->cpu_us : NAN;
    }
    for (int round = 0; behind * 4 > rounds.rounds && round < ROUNDS_MOST; round++)
        rounds.of[server][round] = NAN;
}

static void judge(const struct measure *measure)
{
    rounds.rounds = measure->session.rounds;
    for (; measure->models[rounds.servers]; rounds.servers++)
        take_rounds(measure, rounds.servers);
    rounds_judge(&rounds, &told);
}

/* "epoll-lt, epoll-et": those with the letter. */
static void list(const struct measure *measure, char letter, char *text, size_t size)
{
    text[0] = '\0';
    for (int i = 0; i < rounds.servers; i++)
        if (strchr(told.letters[i], letter))
            snprintf(text + strlen(text), size - strlen(text), "%s%s", text[0] ? ", " : "", measure->models[i]);
}

static char last_letter(void)
{
    char last = 'a';
    for (int i = 0; i < rounds.servers; i++)
        for (const char *letter = told.letters[i]; *letter; letter++)
            last = *letter > last ? *letter : last;
    return last;
}

static void answer(const struct measure *measure, double took_s)
{
    char text[1200], least[500], most[500], last = last_letter();
    double enough_s = took_s * ROUNDS_TO_CLAIM / measure->session.rounds;
    list(measure, 'a', least, sizeof least);
    list(measure, last, most, sizeof most);
    if (!told.claims && measure->session.rounds < ROUNDS_TO_CLAIM)
        snprintf(text, sizeof text, "No order yet: %d round%s tell%s none. %d would: --rounds %d, about %.0f minute%s.",
                 measure->session.rounds, measure->session.rounds == 1 ? "" : "s",
                 measure->session.rounds == 1 ? "s" : "", ROUNDS_TO_CLAIM, ROUNDS_TO_CLAIM, ceil(enough_s / 60),
                 enough_s > 60 ? "s" : "");
    else if (!told.claims)
        snprintf(text, sizeof text, "No order: fewer than two models kept up with the rate in %d rounds.",
                 ROUNDS_TO_CLAIM);
    else if (last == 'a')
        snprintf(text, sizeof text, "For the same work none of them can be told from another by its CPU: %s.", least);
    else
        snprintf(text, sizeof text, "For the same work least CPU is used by %s (a), most by %s (%c). Those that share "
                 "a letter cannot be told apart.", least, most, last);
    cmd_print_from(0, text);
    printf("\n");
}

static void write_verdicts(const struct measure *measure)
{
    char path[600], parameters[64] = "";
    struct measure_row row;
    snprintf(path, sizeof path, "%s/verdicts.csv", measure->folder);
    FILE *to = fopen(path, "we");
    if (!to) {
        fprintf(stderr, "iolab bench: %s: %s\n", path, strerror(errno));
        return;
    }
    verdicts_csv_header(to);
    for (int i = 0; i < rounds.servers; i++)
        for (int j = i + 1; j < rounds.servers; j++) {
            const struct verdicts_place place = {"bench", measure->models[i], measure->models[j], parameters};
            const struct judged judged = {true, {1000 * told.median[i], 1000 * told.median[j]}, told.between[i][j]};
            if (row_of(measure, "rate", measure->models[i], &row))
                snprintf(parameters, sizeof parameters, "rate=%.0f", row.rate);
            if (judged.verdict.pairs > 0)
                verdicts_csv_row(to, &place, PAIRS_CPU, &judged, NULL);
        }
    fclose(to);
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
                                  text[5], text[6], text[7], cannot ? cannot : "", told.letters[index]};
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
    printf(" %11s %-4s %8s", measure_number(rate.cpu_us), told.letters[index], measure_number(rate.p50_us));
    printf(" %s%7s", rate.p99_above ? ">" : " ", measure_number(rate.p99_us));
    printf(" %s%7s\n", rate.p999_above ? ">" : " ", measure_number(rate.p999_us));
}

static void print_table(const struct measure *measure)
{
    const char *rounds_say = measure->session.rounds == 1 ? "one round" : "medians";
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
    printf("; CPU is that of all processes of the server.\nResults: %s\n", measure->folder);
    measure_print_cannot(measure);
}

int cmd_bench(int argc, char **argv)
{
    static struct measure measure;
    double began_ms = now_ms();
    measure.session.closed = measure.session.rate = measure.prints_table = true;
    int status = measure_parse(&measure, argc, argv, "bench", help);
    if (status >= 0)
        return status;
    if ((status = measure_run(&measure, "bench")) != 0)
        return status;
    judge(&measure);
    if (told.claims)
        write_verdicts(&measure);
    if (measure.csv) {
        print_csv(&measure);
    } else {
        answer(&measure, (now_ms() - began_ms) / 1000);
        print_table(&measure);
    }
    return cmd_interrupted ? 130 : 0;
}
