/* Latency by percentile, on an axis of 1/(1-p): each step of the same length leaves a tenth, a hundredth ... that is
 * slower. */
#define _GNU_SOURCE
#include "harness/report/page.h"
#include <stdlib.h>

enum { POINTS = 64 };
struct curve {
    const char *label, *model;
    struct svg_point points[POINTS];
    int count;
};

/* The curve of a spot, empty where it did not serve all: who answers one of sixteen looks quick. */
static void find_curve(const struct page *page, const struct spot *spot, struct curve *curve)
{
    struct curve_point points[POINTS];
    curve->count = results_served_all(page->results, spot) ? results_curve(page->results, spot, points, POINTS) : 0;
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

static void table(struct page *page, const struct curve *curves, int count)
{
    static const struct html_head heads[] = {{"Model", ""}, {"p50", "µs"}, {"p75", "µs"},  {"p90", "µs"},
                                             {"p95", "µs"}, {"p99", "µs"}, {"p99.9", "µs"}};
    static const double inverses[] = {2, 4, 10, 20, 100, 1000};
    page_timed_table_open(page, "The numbers of this figure", "Response time by percentile, from the histogram.", heads,
                          sizeof heads / sizeof *heads);
    for (int i = 0; i < count; i++) {
        tell_row_open(page->tell, curves[i].label);
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

static void figure(struct page *page, const struct curve *curves, int count)
{
    struct svg_tick ticks[SVG_TICKS];
    struct svg_line lines[MODELS_MOST];
    for (int i = 0; i < count; i++)
        lines[i] = (struct svg_line){curves[i].label, page_look(page, curves[i].model), curves[i].points,
                                     curves[i].count, false};
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
    table(page, curves, count);
    fputs("</figure>\n", page->to);
}

void page_latency(struct page *page, const struct spot *spots, const char *const *labels, int count)
{
    struct curve *curves = calloc(MODELS_MOST, sizeof *curves);
    int with = 0;
    for (int i = 0; curves && i < count; i++) {
        curves[with].label = labels[i];
        curves[with].model = spots[i].model;
        find_curve(page, &spots[i], &curves[with]);
        with += curves[with].count > 1;
    }
    if (with > 0)
        figure(page, curves, with);
    free(curves);
}
