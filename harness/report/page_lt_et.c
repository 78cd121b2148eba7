/* Level-triggered and edge-triggered epoll on the same burst, side by side. */
#define _GNU_SOURCE
#include "harness/report/page.h"
#include <string.h>

struct burst {
    const char *model, *reads_per_event;
    int64_t wakeups, reads, eagain, bytes_in, bytes_stranded;
};

static int64_t count_at(const struct csv *csv, int row, enum lt_et_column column)
{
    int64_t value = 0;
    csv_integer(csv_field(csv, row, (int)column), &value);
    return value;
}

static struct burst burst_at(const struct csv *csv, int row)
{
    return (struct burst){csv_field(csv, row, S_MODEL),      csv_field(csv, row, READS_PER_EVENT),
                          count_at(csv, row, WAKEUPS),       count_at(csv, row, READS),
                          count_at(csv, row, EAGAIN_COUNT),  count_at(csv, row, BYTES_IN),
                          count_at(csv, row, BYTES_STRANDED)};
}

static bool is_burst(const struct csv *csv, int row, const char *model)
{
    return strcmp(csv_field(csv, row, SCENE), "burst") == 0 &&
           (!*model || strcmp(csv_field(csv, row, S_MODEL), model) == 0);
}

/* -- One run ----------------------------------------------------------------------------------------------------- */

static void outcome(struct page *page, const struct burst *burst)
{
    fprintf(page->to, "<p class=\"soft\">%s wakeup%s, %s read%s, %s EAGAIN. ", words_count((double)burst->wakeups).text,
            burst->wakeups == 1 ? "" : "s", words_count((double)burst->reads).text, burst->reads == 1 ? "" : "s",
            words_count((double)burst->eagain).text);
    if (burst->bytes_stranded > 0)
        fprintf(page->to, "<b>%s bytes stranded</b>, until the peer speaks again.</p>\n",
                words_count((double)burst->bytes_stranded).text);
    else
        fprintf(page->to, "All %s bytes read.</p>\n", words_count((double)burst->bytes_in).text);
}

static void run(struct page *page, const struct burst *burst)
{
    bool all = strcmp(burst->reads_per_event, "all") == 0;
    struct words id, title;
    snprintf(id.text, sizeof id.text, "fig-%.40s-%s", burst->model, all ? "all" : "some");
    snprintf(title.text, sizeof title.text, "%.40s: %.40s wakeups", burst->model,
             words_count((double)burst->wakeups).text);
    struct svg_figure squares = {id.text, title.text, "One square per wakeup.", 320};
    fputs("<figure>\n<figcaption>Reads ", page->to);
    html_text(page->to, all ? "until EAGAIN" : burst->reads_per_event);
    fputs(all ? "</figcaption>\n" : " KiB per wakeup</figcaption>\n", page->to);
    svg_squares(page->to, &squares, (int)burst->wakeups, model_find(burst->model)->look.hue);
    struct words strip_id, strip_title;
    snprintf(strip_id.text, sizeof strip_id.text, "%.80s-bytes", id.text);
    snprintf(strip_title.text, sizeof strip_title.text, "%.40s: bytes read of those sent", burst->model);
    struct svg_figure strip = {strip_id.text, strip_title.text, "Filled: read. Outline: stranded.", 320};
    svg_strip(page->to, &strip, (double)burst->bytes_in, (double)(burst->bytes_in + burst->bytes_stranded),
              model_find(burst->model)->look.hue);
    outcome(page, burst);
    fputs("</figure>\n", page->to);
}

/* -- The two columns --------------------------------------------------------------------------------------------- */

static void card(struct page *page, const char *model, const char *heading, const char *meaning)
{
    const struct csv *csv = &page->results->lt_et;
    fputs("<div class=\"card\">\n<h3>", page->to);
    html_text(page->to, heading);
    fputs("</h3>\n", page->to);
    html_paragraph(page->to, "small", meaning);
    for (int row = 0; row < csv->count; row++)
        if (is_burst(csv, row, model)) {
            struct burst burst = burst_at(csv, row);
            run(page, &burst);
        }
    fputs("</div>\n", page->to);
}

static void table(struct page *page)
{
    static const struct html_head heads[] = {{"Model", ""},        {"Reads", "per wakeup"}, {"Wakeups", ""},
                                             {"Reads", ""},        {"EAGAIN", ""},          {"Read", "bytes"},
                                             {"Stranded", "bytes"}};
    const char *summary = "The numbers of these figures";
    const struct csv *csv = &page->results->lt_et;
    html_table_open(page->to, summary, "One burst, read in pieces of 1 KiB.", heads, sizeof heads / sizeof *heads);
    for (int row = 0; row < csv->count; row++) {
        if (!is_burst(csv, row, ""))
            continue;
        html_row_open(page->to, csv_field(csv, row, S_MODEL));
        html_cell(page->to, csv_field(csv, row, READS_PER_EVENT));
        for (int column = WAKEUPS; column <= BYTES_STRANDED; column++)
            html_cell(page->to, words_count((double)count_at(csv, row, (enum lt_et_column)column)).text);
        html_row_close(page->to);
    }
    html_table_close(page->to, summary);
}

void page_lt_et(struct page *page)
{
    const struct csv *csv = &page->results->lt_et;
    int row = 0;
    while (row < csv->count && !is_burst(csv, row, ""))
        row++;
    if (row == csv->count)
        return;
    struct burst first = burst_at(csv, row);
    html_section_open(page->to, "lt-et", "LT and ET side by side");
    fprintf(page->to,
            "<p>%s bytes arrive at once; the server reads 1 KiB at a time. Each square is one return of "
            "<code>epoll_wait</code>; the strip shows how much of the burst was read.</p>\n<div class=\"pair\">\n",
            words_count((double)(first.bytes_in + first.bytes_stranded)).text);
    card(page, "epoll-lt", "Level-triggered", "Reminds as long as there is something to read.");
    card(page, "epoll-et", "Edge-triggered",
         "Tells of an arrival once. What is not drained then stays in the kernel until the peer speaks again.");
    fputs("</div>\n", page->to);
    table(page);
    html_section_close(page->to);
}
