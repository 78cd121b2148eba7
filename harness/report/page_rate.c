/* One offered rate for all: the server's CPU per request, and how long a request took. */
#define _GNU_SOURCE
#include "harness/report/page.h"

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
    struct words words;
    int64_t rate = parameter(spot->parameters, "rate", 0);
    struct response found = results_response(page->results, spot->experiment, spot->model, "rate", rate, quantile);
    snprintf(words.text, sizeof words.text, "%s%.60s", found.above ? "> " : "", words_count(found.ns / 1000).text);
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
    page_timed_table_open(page, "",
                    "All models at this rate. The percentiles are response times, from the intended start; p99.9 "
                    "rests on the few slowest requests.",
                    heads, COLUMNS);
    for (int i = 0; i < count; i++) {
        page_family(page, models[i], &family);
        table_row(page, models[i]);
    }
    tell_table_close(page->tell, "");
}

/* -- The section ------------------------------------------------------------------------------------------------- */

void page_rate(struct page *page)
{
    const char *models[MODELS_MOST], *parameters = results_parameters(page->results, "rate");
    struct spot spots[MODELS_MOST];
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
    for (int i = 0; i < count; i++) {
        spots[i] = spot_of(page, models[i]);
        page_spot_notes(page, &spots[i], "");
    }
    page_notes_close(page);
    page_latency(page, spots, models, count);
    tell_section_close(page->tell);
}
