/* The signature chart: what a request costs while thousands of others are connected and silent. */
#define _GNU_SOURCE
#include "harness/report/page.h"

struct sweep {
    struct step steps[STEPS_MOST];
    int step_count;
    const char *names[MODELS_MOST];
    int model_count;
    struct svg_point points[MODELS_MOST][STEPS_MOST];
    int reached[MODELS_MOST]; /* how many of the steps the model served wholly, from the first on */
};

static struct spot spot_of(const struct sweep *sweep, int model, int step)
{
    return (struct spot){"idle", sweep->names[model], sweep->steps[step].parameters};
}

static void find_sweep(const struct page *page, struct sweep *sweep)
{
    sweep->step_count = results_steps(page->results, sweep->steps);
    sweep->model_count = page_models(page, "idle", sweep->names);
    for (int i = 0; i < sweep->model_count; i++) {
        int *reached = &sweep->reached[i];
        for (*reached = 0; *reached < sweep->step_count; ++*reached) {
            struct spot spot = spot_of(sweep, i, *reached);
            double us = results_cpu_us(page->results, &spot);
            if (!(us > 0) || !results_served_all(page->results, &spot))
                break;
            sweep->points[i][*reached] = (struct svg_point){(double)sweep->steps[*reached].idle, us};
        }
    }
}

static void figure(struct page *page, const struct sweep *sweep)
{
    struct svg_tick ticks[STEPS_MOST];
    struct svg_line lines[MODELS_MOST];
    for (int i = 0; i < sweep->step_count; i++) {
        ticks[i].at = (double)sweep->steps[i].idle;
        snprintf(ticks[i].label, sizeof ticks[i].label, "%.20s", words_count(ticks[i].at).text);
    }
    for (int i = 0; i < sweep->model_count; i++)
        lines[i] = (struct svg_line){sweep->names[i], page_look(page, sweep->names[i]), sweep->points[i],
                                     sweep->reached[i], sweep->reached[i] < sweep->step_count};
    struct svg_chart chart = {.x_title = "idle connections, logarithmic",
                              .y_title = "µs of CPU per request, logarithmic"};
    chart.x_ticks = ticks;
    chart.x_tick_count = sweep->step_count;
    chart.lines = lines;
    chart.line_count = sweep->model_count;
    chart.figure.title = "Server CPU per request against idle connections";
    chart.figure.description =
        "One line per model, from none to the most idle connections; a line that ends with a bar is a model "
        "that could not serve all from there on. The numbers stand in the table below.";
    chart.hollow = page_busy(page);
    page_busy_caption(page);
    page_line_figure(page, "fig-idle", &chart);
}

static void cell(struct page *page, const struct sweep *sweep, int model, int step)
{
    struct spot spot = spot_of(sweep, model, step);
    double us = results_cpu_us(page->results, &spot);
    if (results_served_all(page->results, &spot))
        tell_cell(page->tell, words_decimal(us).text);
    else if (results_value(page->results, &spot, "served") < results_value(page->results, &spot, "total"))
        tell_cell(page->tell, page_served(page, &spot, "served", "total").text);
    else
        tell_cell(page->tell, page_served(page, &spot, "idle_served", "idle_total").text);
}

static void table(struct page *page, const struct sweep *sweep)
{
    struct words labels[STEPS_MOST];
    struct html_head heads[STEPS_MOST + 1] = {{"Model", ""}};
    const char *summary = "The numbers of this figure";
    for (int i = 0; i < sweep->step_count; i++) {
        labels[i] = words_count((double)sweep->steps[i].idle);
        heads[i + 1] = (struct html_head){labels[i].text, "idle"};
    }
    page_timed_table_open(page, summary,
                    "CPU per request in µs; “0 of 16” tells who was served, where that was not everyone.", heads,
                    sweep->step_count + 1);
    for (int i = 0; i < sweep->model_count; i++) {
        tell_row_open(page->tell, sweep->names[i]);
        for (int k = 0; k < sweep->step_count; k++)
            cell(page, sweep, i, k);
        tell_row_close(page->tell);
    }
    tell_table_close(page->tell, summary);
}

/* Of a model that does not serve all, the first such step is told: the later ones only repeat it. */
static void notes(struct page *page, const struct sweep *sweep)
{
    for (int i = 0; i < sweep->model_count; i++)
        for (int k = 0; k < sweep->step_count && k <= sweep->reached[i]; k++) {
            char where[64];
            struct spot spot = spot_of(sweep, i, k);
            snprintf(where, sizeof where, " (at %.40s idle)", words_count((double)sweep->steps[k].idle).text);
            page_spot_notes(page, &spot, where);
        }
    page_notes_close(page);
}

void page_idle(struct page *page)
{
    struct sweep sweep = {0};
    find_sweep(page, &sweep);
    if (sweep.step_count < 2)
        return;
    tell_section_open(page->tell, "idle", "What silent clients cost");
    tell_paragraph_open(page->tell, "");
    tell_format(page->tell,
                "The same work all along: %s requests per second. What grows is the number of clients that are "
                "connected and say nothing. A server that asks about every connection pays for each of them on every "
                "request. A point rests on few requests: read the slope, not the point.",
                words_count((double)parameter(sweep.steps[0].parameters, "rate", 0)).text);
    tell_paragraph_close(page->tell);
    fputs("<figure>\n", page->to);
    figure(page, &sweep);
    notes(page, &sweep);
    table(page, &sweep);
    fputs("</figure>\n", page->to);
    tell_section_close(page->tell);
}
