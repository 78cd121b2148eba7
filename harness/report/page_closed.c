/* Throughput in a closed loop: each client sends its next request when it has the last answer. */
#define _GNU_SOURCE
#include "harness/report/page.h"

static double per_second(const struct page *page, const struct spot *spot)
{
    return 1e9 * results_ratio(page->results, spot, "requests", "window");
}

/* Of one core, in percent. */
static double core_share(const struct page *page, const struct spot *spot, const char *cpu)
{
    return 100 * results_ratio(page->results, spot, cpu, "window");
}

static void figure(struct page *page, const struct spot *spots, int count)
{
    struct words text[MODELS_MOST];
    struct svg_row rows[MODELS_MOST];
    for (int i = 0; i < count; i++) {
        double rate = per_second(page, &spots[i]);
        text[i] = page_row_text(page, &spots[i], rate, words_rate(rate));
        rows[i] = page_timed_row(page, &spots[i], rate, text[i].text);
    }
    struct svg_rows chart = {
        .x_title = "requests per second, at least", .bars = true, .rows = rows, .row_count = count};
    chart.figure.title = "Throughput, at least";
    chart.figure.description =
        "One bar per model; an outline did not serve all clients. The numbers stand in the table below.";
    page_busy_caption(page);
    page_row_figure(page, "fig-throughput", &chart);
}

static void table(struct page *page, const struct spot *spots, int count)
{
    static const struct html_head heads[] = {{"Model", ""},
                                             {"Clients", "served"},
                                             {"At least", "requests per second"},
                                             {"Server", "% of one core"},
                                             {"Driver", "% of one core"}};
    const char *summary = "The numbers of this figure";
    page_timed_table_open(page, summary,
                    "Throughput, and who was busy: a driver near 100 % is the limit, not the server.", heads, 5);
    for (int i = 0; i < count; i++) {
        tell_row_open(page->tell, spots[i].model);
        tell_cell(page->tell, page_served(page, &spots[i], "served", "total").text);
        tell_cell(page->tell, words_rate(per_second(page, &spots[i])).text);
        tell_cell(page->tell, words_count(core_share(page, &spots[i], "server_cpu")).text);
        tell_cell(page->tell, words_count(core_share(page, &spots[i], "driver_cpu")).text);
        tell_row_close(page->tell);
    }
    tell_table_close(page->tell, summary);
}

void page_closed(struct page *page)
{
    const char *names[MODELS_MOST], *parameters = results_parameters(page->results, "closed");
    struct spot spots[MODELS_MOST];
    int count = page_models(page, "closed", names);
    if (!parameters)
        return;
    for (int i = 0; i < count; i++)
        spots[i] = (struct spot){"closed", names[i], parameters};
    tell_section_open(page->tell, "throughput", "Throughput, at least");
    tell_paragraph_open(page->tell, "");
    tell_format(page->tell,
                "%s clients, each sends its next request as soon as it has its answer. Server and driver share the "
                "machine, so a server can do this much or more.",
                words_count((double)parameter(parameters, "connections", 0)).text);
    tell_paragraph_close(page->tell);
    fputs("<figure>\n", page->to);
    figure(page, spots, count);
    for (int i = 0; i < count; i++)
        page_spot_notes(page, &spots[i], "");
    page_notes_close(page);
    table(page, spots, count);
    fputs("</figure>\n", page->to);
    tell_section_close(page->tell);
}
