/* The end of the page: how to read it, what it cannot show, and the machine it was made on. */
#define _GNU_SOURCE
#include "harness/report/page.h"

static const char reading[] =
    "<div class=\"pair\">\n<div>\n<h3>How to read it</h3>\n<ul class=\"plain\">\n"
    "<li><b>CPU per request</b> at one rate is what to compare: every model does the same work.</li>\n"
    "<li><b>Response time</b> counts from when a request was due, so a server that falls behind cannot hide it.</li>\n"
    "<li><b>Logarithmic axes</b>: the same distance is the same factor.</li>\n"
    "<li><b>Throughput</b> is “at least”: in a closed loop the CPU per request depends on how fast the driver "
    "is.</li>\n"
    "</ul>\n</div>\n"
    "<div>\n<h3>What is not seen</h3>\n<ul class=\"plain\">\n"
    "<li>On loopback part of the work of receiving is charged to the sender.</li>\n"
    "<li>Resident memory leaves out what the kernel holds for each socket.</li>\n"
    "<li>One core for the server hides what processes and threads can do in parallel.</li>\n"
    "<li>A network with loss and distance, and clients that do something else than echo.</li>\n"
    "</ul>\n</div>\n</div>\n";

void page_reading(struct page *page)
{
    html_section_open(page->to, "reading", "How to read this, and what it does not show");
    fputs(reading, page->to);
    html_section_close(page->to);
}

/* -- The machine ------------------------------------------------------------------------------------------------- */

/* One short line from the keys that are there, in this order. */
static void stamp(struct page *page)
{
    static const struct part {
        const char *key, *before, *after;
    } parts[] = {{"cpu_model", "", ""}, {"cpus", "", " CPUs"},     {"kernel", "", ""},    {"hypervisor", "under ", ""},
                 {"compiler", "", ""},  {"commit", "commit ", ""}, {"seed", "seed ", ""}, {"date", "", ""}};
    int told = 0;
    fputs("<p class=\"soft small\">Measured on ", page->to);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        const char *value = results_setting(page->results, parts[i].key);
        if (!value || !*value)
            continue;
        fprintf(page->to, "%s%s", told++ ? " · " : "", parts[i].before);
        html_text(page->to, value);
        fputs(parts[i].after, page->to);
    }
    fputs("</p>\n", page->to);
}

void page_environment(struct page *page)
{
    static const struct html_head heads[] = {{"Setting", ""}, {"Value", ""}};
    const struct csv *csv = &page->results->environment;
    const char *summary = "The environment, in full";
    if (csv->count == 0)
        return;
    fputs("<footer>\n", page->to);
    stamp(page);
    html_table_open(page->to, summary, "What was found on this machine when the run began.", heads, 2);
    for (int row = 0; row < csv->count; row++) {
        html_row_open(page->to, csv_field(csv, row, 0));
        html_cell_words(page->to, csv_field(csv, row, 1));
        html_row_close(page->to);
    }
    html_table_close(page->to, summary);
    fputs("</footer>\n", page->to);
}
