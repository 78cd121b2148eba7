/* The end of the page: how to read it, what it cannot show, and the machine it was made on. */
#define _GNU_SOURCE
#include "harness/report/page.h"

static void remarks(struct page *page, const char *heading, const char *const (*remarks)[2])
{
    fputs("<div>\n", page->to);
    tell_heading(page->tell, heading);
    tell_list_open(page->tell, "plain");
    for (; (*remarks)[1]; remarks++) {
        tell_item_open(page->tell, "");
        if (*(*remarks)[0])
            tell_name(page->tell, (*remarks)[0]);
        tell_words(page->tell, (*remarks)[1]);
        tell_item_close(page->tell);
    }
    tell_list_close(page->tell);
    fputs("</div>\n", page->to);
}

void page_reading(struct page *page)
{
    static const char *const reading[][2] = {
        {"CPU per request", " at one rate is what to compare: every model does the same work."},
        {"Response time", " counts from when a request was due, so a server that falls behind cannot hide it."},
        {"Logarithmic axes", ": the same distance is the same factor."},
        {"Throughput", " is “at least”: in a closed loop the CPU per request depends on how fast the driver is."},
        {"", NULL}};
    static const char *const unseen[][2] = {
        {"", "On loopback part of the work of receiving is charged to the sender."},
        {"", "Resident memory leaves out what the kernel holds for each socket."},
        {"", "One core for the server hides what processes and threads can do in parallel."},
        {"", "A network with loss and distance, and clients that do something else than echo."},
        {"", NULL}};
    tell_section_open(page->tell, "reading", "How to read this, and what it does not show");
    fputs("<div class=\"pair\">\n", page->to);
    remarks(page, "How to read it", reading);
    remarks(page, "What is not seen", unseen);
    fputs("</div>\n", page->to);
    tell_section_close(page->tell);
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
    tell_paragraph_open(page->tell, "soft small");
    tell_words(page->tell, "Measured on ");
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        const char *value = results_setting(page->results, parts[i].key);
        if (!value || !*value)
            continue;
        tell_format(page->tell, "%s%s", told++ ? " · " : "", parts[i].before);
        tell_words(page->tell, value);
        tell_words(page->tell, parts[i].after);
    }
    tell_paragraph_close(page->tell);
}

void page_environment(struct page *page)
{
    static const struct html_head heads[] = {{"Setting", ""}, {"Value", html_words}};
    const struct csv *csv = &page->results->environment;
    const char *summary = "The environment, in full";
    if (csv->count == 0)
        return;
    fputs("<footer>\n", page->to);
    stamp(page);
    tell_table_open(page->tell, summary, "What was found on this machine when the run began.", heads, 2);
    for (int row = 0; row < csv->count; row++) {
        tell_row_open(page->tell, csv_field(csv, row, 0));
        tell_cell_words(page->tell, csv_field(csv, row, 1));
        tell_row_close(page->tell);
    }
    tell_table_close(page->tell, summary);
    fputs("</footer>\n", page->to);
}
