/* One offered rate for all: the server's CPU per request, and how long a request took. */
#define _GNU_SOURCE
#include "harness/report/page.h"
#include <stdlib.h>

static struct spot spot_of(const struct page *page, const char *model)
{
    return (struct spot){"rate", model, results_parameters(page->results, "rate")};
}

/* -- CPU per request --------------------------------------------------------------------------------------------- */

static void cpu_figure(struct page *page, const char *const *models, int count)
{
    struct words text[MODELS_MOST];
    struct svg_row rows[MODELS_MOST];
    for (int i = 0; i < count; i++) {
        struct spot spot = spot_of(page, models[i]);
        double us = results_cpu_us(page->results, &spot);
        text[i] = page_row_text(page, &spot, us, words_decimal(us));
        rows[i] = page_timed_row(page, &spot, us, text[i].text);
    }
    struct svg_rows chart = {
        .x_title = "µs of CPU per request, logarithmic", .logarithmic = true, .rows = rows, .row_count = count};
    chart.figure.title = "Server CPU per request at one offered rate";
    chart.figure.description = "One dot per model; the same numbers stand in the table below.";
    fprintf(page->to, "<figure>\n<figcaption><b>CPU per request.</b> %s</figcaption>\n",
            page_busy(page) ? "All marks are hollow."
                            : "Further left is cheaper. A hollow mark did not serve all clients and cannot be "
                              "compared.");
    page_busy_caption(page);
    page_row_figure(page, "fig-cpu", &chart);
    fputs("</figure>\n", page->to);
}

/* -- The table of all models ------------------------------------------------------------------------------------- */

/* A response time in µs: "> ..." where it lies among requests that were never answered. */
static struct words response(const struct page *page, const struct spot *spot, const char *quantile)
{
    char metric[64];
    struct words words;
    snprintf(metric, sizeof metric, "response_%s_above", quantile);
    double above = results_value(page->results, spot, metric);
    snprintf(metric, sizeof metric, "response_%s", quantile);
    double ns = isnan(above) ? results_value(page->results, spot, metric) : above;
    snprintf(words.text, sizeof words.text, "%s%.60s", isnan(above) ? "" : "> ", words_count(ns / 1000).text);
    return words;
}

static void table_row(struct page *page, const char *model)
{
    struct spot spot = spot_of(page, model);
    struct words answered;
    double unfinished = results_value(page->results, &spot, "unfinished");
    snprintf(answered.text, sizeof answered.text, "%.40s%s%.40s",
             words_count(results_value(page->results, &spot, "offered")).text, unfinished > 0 ? ", unanswered " : "",
             unfinished > 0 ? words_count(unfinished).text : "");
    tell_row_open(page->tell, model);
    tell_cell(page->tell, page_served(page, &spot, "served", "total").text);
    tell_cell(page->tell, words_decimal(results_cpu_us(page->results, &spot)).text);
    tell_cell(page->tell, response(page, &spot, "p50").text);
    tell_cell(page->tell, response(page, &spot, "p99").text);
    tell_cell(page->tell, response(page, &spot, "p999").text);
    tell_cell(page->tell, answered.text);
    tell_row_close(page->tell);
}

static void table(struct page *page, const char *const *models, int count)
{
    static const struct html_head heads[] = {{"Model", ""},           {"Clients", "served"}, {"CPU", "µs per request"},
                                             {"p50", "µs"},           {"p99", "µs"},         {"p99.9", "µs"},
                                             {"Requests", "due"}};
    enum { COLUMNS = sizeof heads / sizeof *heads };
    const char *family = NULL;
    tell_table_open(page->tell, "",
                    "All models at this rate. The percentiles are response times, from the intended start; p99.9 "
                    "rests on the few slowest requests.",
                    heads, COLUMNS);
    for (int i = 0; i < count; i++) {
        page_family(page, models[i], &family);
        table_row(page, models[i]);
    }
    tell_table_close(page->tell, "");
}

/* -- Latency by percentile --------------------------------------------------------------------------------------- */

enum { POINTS = 64 };
struct curve {
    struct svg_point points[POINTS];
    int count;
};

/* The curve of a model, empty where it did not serve all: who answers one of sixteen looks quick. */
static void find_curve(const struct page *page, const char *model, struct curve *curve)
{
    struct spot spot = spot_of(page, model);
    struct curve_point points[POINTS];
    curve->count = results_served_all(page->results, &spot) ? results_curve(page->results, &spot, points, POINTS) : 0;
    for (int i = 0; i < curve->count; i++)
        curve->points[i] = (struct svg_point){points[i].inverse, points[i].us};
}

static double at_inverse(const struct curve *curve, double inverse)
{
    for (int i = 0; i < curve->count; i++)
        if (curve->points[i].x > inverse * 0.999)
            return curve->points[i].y;
    return NAN;
}

static void curve_table(struct page *page, const char *const *models, const struct curve *curves, int count)
{
    static const struct html_head heads[] = {{"Model", ""}, {"p50", "µs"}, {"p75", "µs"},  {"p90", "µs"},
                                             {"p95", "µs"}, {"p99", "µs"}, {"p99.9", "µs"}};
    static const double inverses[] = {2, 4, 10, 20, 100, 1000};
    tell_table_open(page->tell, "The numbers of this figure", "Response time by percentile, from the histogram.", heads,
                    sizeof heads / sizeof *heads);
    for (int i = 0; i < count; i++) {
        tell_row_open(page->tell, models[i]);
        for (size_t k = 0; k < sizeof inverses / sizeof *inverses; k++)
            tell_cell(page->tell, words_count(at_inverse(&curves[i], inverses[k])).text);
        tell_row_close(page->tell);
    }
    tell_table_close(page->tell, "The numbers of this figure");
}

/* The axis ends where the longest curve ends, so that most are named in the margin. Returns how many ticks it has. */
static int percentile_ticks(const struct curve *curves, int count, struct svg_tick *ticks, double *furthest)
{
    static const struct svg_tick all[] = {{2, "p50"},  {4, "p75"},   {10, "p90"},
                                          {20, "p95"}, {100, "p99"}, {1000, "p99.9"}};
    enum { TICKS = sizeof all / sizeof *all };
    int made = 0;
    *furthest = 4;
    for (int i = 0; i < count; i++)
        if (curves[i].count > 0)
            *furthest = fmax(*furthest, curves[i].points[curves[i].count - 1].x);
    for (; made < TICKS && all[made].at < *furthest * 1.001; made++)
        ticks[made] = all[made];
    return made;
}

static void curve_figure(struct page *page, const char *const *models, const struct curve *curves, int count)
{
    struct svg_tick ticks[SVG_TICKS];
    struct svg_line lines[MODELS_MOST];
    for (int i = 0; i < count; i++)
        lines[i] = (struct svg_line){models[i], page_look(page, models[i]), curves[i].points, curves[i].count, false};
    struct svg_chart chart = {
        .x_title = "percentile of the requests", .y_title = "response time, µs, logarithmic", .lines = lines};
    chart.x_ticks = ticks;
    chart.x_tick_count = percentile_ticks(curves, count, ticks, &chart.x_most);
    chart.line_count = count;
    chart.figure.title = "Response time by percentile";
    chart.figure.description =
        "One line per model that served all clients; it ends where fewer than ten requests were slower.";
    chart.hollow = page_busy(page);
    fputs("<figure>\n<figcaption><b>Latency by percentile.</b> Lower is quicker; to the right stand the slower "
          "requests. A line "
          "ends where fewer than ten requests were slower.</figcaption>\n",
          page->to);
    page_busy_caption(page);
    page_line_figure(page, "fig-latency", &chart);
    curve_table(page, models, curves, count);
    fputs("</figure>\n", page->to);
}

static void latency(struct page *page, const char *const *models, int count)
{
    struct curve *curves = calloc(MODELS_MOST, sizeof *curves);
    const char *drawn[MODELS_MOST];
    int with = 0;
    for (int i = 0; curves && i < count; i++) {
        find_curve(page, models[i], &curves[with]);
        if (curves[with].count > 1)
            drawn[with++] = models[i];
    }
    if (with > 0)
        curve_figure(page, drawn, curves, with);
    free(curves);
}

/* -- The section ------------------------------------------------------------------------------------------------- */

void page_rate(struct page *page)
{
    const char *models[MODELS_MOST], *parameters = results_parameters(page->results, "rate");
    int count = page_models(page, "rate", models);
    if (!parameters)
        return;
    tell_section_open(page->tell, "rate", "One rate for all");
    tell_paragraph_open(page->tell, "");
    tell_format(page->tell,
            "%s requests per second over %s connections, %s, whether or not the server keeps up: "
            "every model gets the same work%s.",
            words_count((double)parameter(parameters, "rate", 0)).text,
            words_count((double)parameter(parameters, "connections", 0)).text,
            page_request(page, parameters).text,
            page_busy(page) ? "" : ", so its CPU per request can be compared");
    tell_paragraph_close(page->tell);
    cpu_figure(page, models, count);
    table(page, models, count);
    for (int i = 0; i < count; i++)
        page_spot_notes(page, &(struct spot){"rate", models[i], parameters}, "");
    page_notes_close(page);
    latency(page, models, count);
    tell_section_close(page->tell);
}
