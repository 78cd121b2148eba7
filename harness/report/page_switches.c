/* How often a request made the server wait and sleep, at the one offered rate. */
#define _GNU_SOURCE
#include "harness/report/page.h"

static void figure(struct page *page, const struct spot *spots, int count)
{
    struct words text[MODELS_MOST];
    struct svg_row rows[MODELS_MOST];
    for (int i = 0; i < count; i++) {
        double waits = results_ratio(page->results, &spots[i], "waits", "answered");
        text[i] = page_row_text(page, &spots[i], waits, words_decimal(waits));
        rows[i] = page_row(page, &spots[i], waits, text[i].text);
    }
    struct svg_rows chart = {
        .x_title = "wakeups per request, logarithmic", .logarithmic = true, .rows = rows, .row_count = count};
    chart.figure.title = "Wakeups per request";
    chart.figure.description = "One dot per model; the same numbers stand in the table below.";
    page_row_figure(page, "fig-wakeups", &chart);
}

static void table(struct page *page, const struct spot *spots, int count)
{
    static const struct html_head heads[] = {{"Model", ""},
                                             {"Wakeups", "per request"},
                                             {"Sleeps", "voluntary switches per request"},
                                             {"Pushed aside", "involuntary switches per request"}};
    const char *summary = "The numbers of this figure, and the context switches";
    tell_table_open(page->tell, summary, "Wakeups over the server’s life, context switches in the measured window.",
                    heads, 4);
    for (int i = 0; i < count; i++) {
        tell_row_open(page->tell, spots[i].model);
        tell_cell(page->tell, words_decimal(results_ratio(page->results, &spots[i], "waits", "answered")).text);
        tell_cell(page->tell,
                  words_decimal(results_ratio(page->results, &spots[i], "switches_voluntary", "requests")).text);
        tell_cell(page->tell,
                  words_decimal(results_ratio(page->results, &spots[i], "switches_involuntary", "requests")).text);
        tell_row_close(page->tell);
    }
    tell_table_close(page->tell, summary);
}

void page_switches(struct page *page)
{
    const char *names[MODELS_MOST], *parameters = results_parameters(page->results, "rate");
    struct spot spots[MODELS_MOST];
    int count = page_models(page, "rate", names);
    if (!parameters)
        return;
    for (int i = 0; i < count; i++)
        spots[i] = (struct spot){"rate", names[i], parameters};
    tell_section_open(page->tell, "wakeups", "How often a server wakes");
    tell_paragraph_open(page->tell, "");
    tell_words(page->tell, "A ");
    tell_emphasis(page->tell, "wakeup");
    tell_words(page->tell, " is a return of the call that the server waits in; a ");
    tell_emphasis(page->tell, "sleep");
    tell_words(page->tell, " is a switch to another task because there was nothing to do. Below one per request, a "
                           "single wakeup brought several requests.");
    tell_paragraph_close(page->tell);
    fputs("<figure>\n", page->to);
    figure(page, spots, count);
    table(page, spots, count);
    fputs("</figure>\n", page->to);
    tell_section_close(page->tell);
}
