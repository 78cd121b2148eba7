/* Trials in the order in which they ran: if the machine became faster or slower meanwhile, it shows. */
#define _GNU_SOURCE
#include "harness/report/page.h"
#include "harness/stats/median.h"
#include <stdlib.h>
#include <string.h>

enum { TRIALS_MOST = 256, ROUNDS_LEAST = 5, QUARTERS = 4 };

/* The trials of a model, or of a side of a comparison. */
struct strip {
    char label[64];
    const char *model, *parameters;
    struct svg_point points[TRIALS_MOST];       /* when, and the ratio to their median */
    int count;
};

/* -- What is drawn ----------------------------------------------------------------------------------------------- */

static const char *at(const struct page *page, int row, enum trials_column column)
{
    return csv_field(&page->results->trials, row, (int)column);
}

static void add_trial(const struct page *page, struct strip *strip, const struct spot *spot, int row)
{
    int64_t order;
    double cpu = (double)strtoll(at(page, row, VALUE), NULL, 10);
    double requests = results_in_round(page->results, spot, "requests", atoi(at(page, row, ROUND)));
    if (strip->count < TRIALS_MOST && csv_integer(at(page, row, ORDER), &order) == 0 && cpu > 0 && requests > 0)
        strip->points[strip->count++] = (struct svg_point){(double)order, cpu / requests};
}

/* CPU per request at one rate, of which each trial should be like the last. */
static void find_trials(const struct page *page, const char *experiment, struct strip *strip)
{
    double values[TRIALS_MOST];
    struct spot spot = {experiment, strip->model, strip->parameters};
    strip->count = 0;
    for (int row = 0; row < page->results->trials.count; row++)
        if (strcmp(at(page, row, METRIC), "server_cpu") == 0 && strcmp(at(page, row, EXPERIMENT), experiment) == 0 &&
            strcmp(at(page, row, MODEL), strip->model) == 0 &&
            strcmp(at(page, row, PARAMETERS), strip->parameters) == 0)
            add_trial(page, strip, &spot, row);
    for (int i = 0; i < strip->count; i++)
        values[i] = strip->points[i].y;
    double usual = median(values, strip->count);
    for (int i = 0; i < strip->count; i++)
        strip->points[i].y /= usual;
}

static bool is_listed(const struct strip *strips, int count, const char *model, const char *parameters)
{
    for (int i = 0; i < count; i++)
        if (strcmp(strips[i].model, model) == 0 && strcmp(strips[i].parameters, parameters) == 0)
            return true;
    return false;
}

/* One, or in a comparison with itself two. Returns how many there are then. */
static int add_strips_of(const struct page *page, const char *experiment, const char *model, struct strip *strips,
                         int count)
{
    for (int row = 0; row < page->results->trials.count && count < MODELS_MOST; row++) {
        const char *parameters = at(page, row, PARAMETERS);
        if (strcmp(at(page, row, EXPERIMENT), experiment) != 0 || strcmp(at(page, row, MODEL), model) != 0 ||
            is_listed(strips, count, model, parameters))
            continue;
        struct strip *strip = &strips[count];
        strip->model = model;
        strip->parameters = parameters;
        snprintf(strip->label, sizeof strip->label, "%.40s%s", model,
                 strncmp(parameters, "side=", 5) != 0 ? "" : parameters[5] == 'A' ? " (A)" : " (B)");
        find_trials(page, experiment, strip);
        count += strip->count >= ROUNDS_LEAST;
    }
    return count;
}

/* In the order of the labs, or A before B. Returns how many. */
static int find_strips(const struct page *page, const char *experiment, struct strip *strips)
{
    int count = 0;
    for (int i = 0; i < page->results->model_count; i++)
        count = add_strips_of(page, experiment, page->results->model[i], strips, count);
    if (count == 2 && strncmp(strips[1].parameters, "side=A", 6) == 0) {
        static struct strip first;
        first = strips[0];
        strips[0] = strips[1];
        strips[1] = first;
    }
    return count;
}

/* -- Drawn, and told --------------------------------------------------------------------------------------------- */

static void figure(struct page *page, const struct strip *strips, int count)
{
    struct svg_strip_row rows[MODELS_MOST];
    for (int i = 0; i < count; i++)
        rows[i] = (struct svg_strip_row){strips[i].label, model_find(strips[i].model)->look, strips[i].points,
                                         strips[i].count};
    struct svg_strips chart = {.x_title = "trial, in the order in which they ran", .rows = rows, .row_count = count};
    chart.figure.title = "CPU per request of each trial, in the order in which they ran";
    chart.figure.description = "A strip per model: each dot is a trial, above the line if it needed more than the "
                               "model's median, up to twice. The medians by quarter stand in the table below.";
    page_strip_figure(page, "fig-order", &chart);
}

static double last_order(const struct strip *strips, int count)
{
    double last = 1;
    for (int i = 0; i < count; i++)
        for (int k = 0; k < strips[i].count; k++)
            last = fmax(last, strips[i].points[k].x);
    return last;
}

static double quarter_median(const struct strip *strip, int quarter, double last)
{
    double values[TRIALS_MOST];
    int count = 0;
    for (int i = 0; i < strip->count; i++)
        if ((int)fmin(QUARTERS - 1, (strip->points[i].x - 1) / last * QUARTERS) == quarter)
            values[count++] = strip->points[i].y;
    return median(values, count);
}

static struct words percent(double ratio)
{
    struct words words = {"–"};
    double off = round(100 * (ratio - 1));
    if (!isnan(ratio))
        snprintf(words.text, sizeof words.text, "%s%.0f %%", off > 0 ? "+" : off < 0 ? "\xe2\x88\x92" : "", fabs(off));
    return words;
}

static void table(struct page *page, const struct strip *strips, int count)
{
    static const struct html_head heads[] = {{"Model", ""}, {"First quarter", ""}, {"Second", ""}, {"Third", ""},
                                             {"Last", ""}};
    const char *summary = "The numbers of this figure";
    double last = last_order(strips, count);
    tell_table_open(page->tell, summary, "Median of the trials in each quarter of the run, against that of all.", heads,
                    QUARTERS + 1);
    for (int i = 0; i < count; i++) {
        tell_row_open(page->tell, strips[i].label);
        for (int quarter = 0; quarter < QUARTERS; quarter++)
            tell_cell(page->tell, percent(quarter_median(&strips[i], quarter, last)).text);
        tell_row_close(page->tell);
    }
    tell_table_close(page->tell, summary);
}

void page_order(struct page *page)
{
    static struct strip strips[MODELS_MOST];
    int count = find_strips(page, page_compared(page) ? "compare" : "rate", strips);
    if (count == 0)
        return;
    tell_section_open(page->tell, "order", "Did the machine drift?");
    tell_paragraph(page->tell, "", "The CPU per request of each trial, against the median of the same server, in the "
                                   "order in which they ran. Dots that rise or fall in all strips at once are the "
                                   "machine, and not the server: that is why only trials that ran near each other are "
                                   "compared.");
    fputs("<figure>\n", page->to);
    figure(page, strips, count);
    table(page, strips, count);
    fputs("</figure>\n", page->to);
    tell_section_close(page->tell);
}
