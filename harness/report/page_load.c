/* Response time against offered load: what a server can do was measured just before, and the load is part of that. */
#define _GNU_SOURCE
#include "harness/report/page.h"
#include <stdlib.h>
#include <string.h>

struct loads {
    int64_t percent[STEPS_MOST];
    int count;
    const char *names[MODELS_MOST];
    int model_count;
};

static bool find_loads(const struct page *page, struct loads *loads)
{
    loads->count = results_axis(page->results, "load", "load", loads->percent);
    loads->model_count = page_models(page, "load", loads->names);
    return loads->count > 1;
}

static struct response response_at(const struct page *page, const char *model, int64_t percent, const char *quantile)
{
    return results_response(page->results, "load", model, "load", percent, quantile);
}

/* -- The answer -------------------------------------------------------------------------------------------------- */

/* The load at half of the capacity, or next to it. */
static int64_t half_load(const struct loads *loads)
{
    int64_t half = loads->percent[0];
    for (int i = 1; i < loads->count; i++)
        if (llabs(loads->percent[i] - 50) < llabs(half - 50))
            half = loads->percent[i];
    return half;
}

/* "64 to 210 µs": of all models that were measured there. False: none was. */
static bool range_at(const struct page *page, const struct loads *loads, int64_t percent, char *text, size_t size)
{
    double least = INFINITY, most = 0;
    bool above = false;
    for (int i = 0; i < loads->model_count; i++) {
        struct response found = response_at(page, loads->names[i], percent, "p99");
        least = fmin(least, found.ns / 1000);
        most = fmax(most, found.ns / 1000);
        above |= found.above;
    }
    snprintf(text, size, "%.60s%s%.60s µs%s", words_count(least).text, most > least ? " to " : "",
             most > least ? words_count(most).text : "", above ? " and more" : "");
    return most > 0;
}

/* "At 50 % of what they can do, poll and thread answer": by name, where few took part. */
static void tell_who(struct page *page, const struct loads *loads, int64_t percent)
{
    enum { BY_NAME = 4 };
    const char *names[MODELS_MOST];
    int count = 0;
    for (int i = 0; i < loads->model_count; i++)
        if (!isnan(response_at(page, loads->names[i], percent, "p99").ns))
            names[count++] = loads->names[i];
    bool all = count == page->results->model_count, one = all || count == 1;
    struct words who = all ? (struct words){"a server"} : words_list(names, count);
    if (!all && count > BY_NAME)
        snprintf(who.text, sizeof who.text, "%.40s servers", words_small(count).text);
    tell_format(page->tell, "At %d %% of what %s can do, %s answer%s", (int)percent, one ? "it" : "they", who.text,
                one ? "s" : "");
}

void page_load_sentence(struct page *page)
{
    struct loads loads;
    char half[200], full[200];
    if (!find_loads(page, &loads) || page_busy(page))
        return;
    int64_t low = half_load(&loads), high = loads.percent[loads.count - 1];
    if (!range_at(page, &loads, low, half, sizeof half) || !range_at(page, &loads, high, full, sizeof full))
        return;
    tell_item_open(page->tell, "");
    tell_who(page, &loads, low);
    tell_words(page->tell, " 99 of 100 requests within ");
    tell_strong(page->tell, half);
    tell_format(page->tell, "; at %d %% within ", (int)high);
    tell_strong(page->tell, full);
    tell_words(page->tell, high > 100 ? ": what comes faster than it is answered stands in line." : ".");
    tell_item_close(page->tell);
}

/* -- Drawn ------------------------------------------------------------------------------------------------------- */

static void figure(struct page *page, const struct loads *loads, const char *quantile)
{
    static struct svg_point points[MODELS_MOST][STEPS_MOST];
    struct svg_tick ticks[STEPS_MOST];
    struct svg_line lines[MODELS_MOST];
    char title[80], id[32];
    for (int i = 0; i < loads->count; i++) {
        ticks[i].at = (double)loads->percent[i];
        snprintf(ticks[i].label, sizeof ticks[i].label, "%d %%", (int)loads->percent[i]);
    }
    for (int i = 0; i < loads->model_count; i++) {
        int count = 0;
        for (int k = 0; k < loads->count; k++) {
            struct response found = response_at(page, loads->names[i], loads->percent[k], quantile);
            if (found.ns > 0 && !found.above)
                points[i][count++] = (struct svg_point){(double)loads->percent[k], found.ns / 1000};
        }
        lines[i] = (struct svg_line){loads->names[i], page_look(page, loads->names[i]), points[i], count,
                                     count > 0 && count < loads->count};
    }
    struct svg_chart chart = {.x_title = "offered load, of what the server can do", .x_linear = true,
                              .y_title = "response time, µs, logarithmic", .x_ticks = ticks,
                              .x_tick_count = loads->count, .lines = lines, .line_count = loads->model_count};
    snprintf(title, sizeof title, "Response time %s against offered load", quantile);
    snprintf(id, sizeof id, "fig-load-%s", quantile);
    chart.figure.title = title;
    chart.figure.description = "One line per model; it ends with a bar where so many requests were never answered that "
                               "the percentile is not known. The numbers stand in the table below.";
    chart.hollow = page_busy(page);
    page_line_figure(page, id, &chart);
}

static void table(struct page *page, const struct loads *loads, const char *quantile)
{
    struct words labels[STEPS_MOST];
    struct html_head heads[STEPS_MOST + 1] = {{"Model", ""}};
    const char *summary = "The numbers of this figure";
    char caption[200];
    for (int i = 0; i < loads->count; i++) {
        snprintf(labels[i].text, sizeof labels[i].text, "%d %%", (int)loads->percent[i]);
        heads[i + 1] = (struct html_head){labels[i].text, ""};
    }
    snprintf(caption, sizeof caption, "Response time %s in µs, at so much of what the server can do; “> …” lies among "
                                      "requests that were never answered.", quantile);
    page_timed_table_open(page, summary, caption, heads, loads->count + 1);
    for (int i = 0; i < loads->model_count; i++) {
        tell_row_open(page->tell, loads->names[i]);
        for (int k = 0; k < loads->count; k++) {
            struct response found = response_at(page, loads->names[i], loads->percent[k], quantile);
            struct words text;
            struct words us = words_count(found.ns / 1000);
            snprintf(text.text, sizeof text.text, "%s%.60s", found.above ? "> " : "", us.text);
            tell_cell(page->tell, text.text);
        }
        tell_row_close(page->tell);
    }
    tell_table_close(page->tell, summary);
}

/* At any of the loads? */
static bool was_tried(const struct page *page, const struct loads *loads, const char *model)
{
    for (int i = 0; i < loads->count; i++)
        if (!isnan(results_along(page->results, "load", model, "load", loads->percent[i], "total", NULL)))
            return true;
    return false;
}

/* Of who was tried nowhere that is told once, and not of each load. */
static void notes_of(struct page *page, const char *model, bool tried)
{
    const struct csv *trials = &page->results->trials;
    const char *told = "";
    for (int row = 0; row < trials->count; row++) {
        struct spot spot = {csv_field(trials, row, EXPERIMENT), csv_field(trials, row, MODEL),
                            csv_field(trials, row, PARAMETERS)};
        char where[64] = "";
        if (strcmp(spot.experiment, "load") != 0 || strcmp(spot.model, model) != 0 ||
            strcmp(spot.parameters, told) == 0)
            continue;
        told = spot.parameters;
        if (tried)
            snprintf(where, sizeof where, " (at %d %%)", (int)parameter(spot.parameters, "load", 0));
        page_spot_notes(page, &spot, where);
    }
}

static void notes(struct page *page, const struct loads *loads)
{
    for (int i = 0; i < loads->model_count; i++)
        notes_of(page, loads->names[i], was_tried(page, loads, loads->names[i]));
    page_notes_close(page);
}

void page_load(struct page *page)
{
    static const char *const quantiles[][2] = {{"p50", "Half of the requests"}, {"p99", "99 of 100 requests"}};
    struct loads loads;
    if (!find_loads(page, &loads))
        return;
    tell_section_open(page->tell, "load", "Response time as the load rises");
    tell_paragraph(page->tell, "",
                   "Each server was first measured as fast as it goes with this driver: that is 100 %. Then requests "
                   "came at times that a seed decides, at a part of that rate. A response counts from when the request "
                   "was due. Near 100 % requests stand in line, and the line is what is waited for. With little load "
                   "one may take longer than with more: a server that sleeps must be woken first.");
    for (size_t i = 0; i < sizeof quantiles / sizeof *quantiles; i++) {
        fprintf(page->to, "<figure>\n<figcaption><b>%s</b> were answered within this time.</figcaption>\n",
                quantiles[i][1]);
        page_busy_caption(page);
        figure(page, &loads, quantiles[i][0]);
        table(page, &loads, quantiles[i][0]);
        fputs("</figure>\n", page->to);
    }
    notes(page, &loads);
    tell_section_close(page->tell);
}
