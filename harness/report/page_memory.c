/* What an idle connection holds in memory, from the sweep over idle connections. */
#define _GNU_SOURCE
#include "harness/report/page.h"

double page_idle_bytes(const struct page *page, const char *model, int64_t *idle)
{
    struct step steps[STEPS_MOST];
    for (int i = results_steps(page->results, steps) - 1; i >= 0 && steps[i].idle > 0; i--) {
        struct spot spot = {"idle", model, steps[i].parameters};
        double bytes = results_idle_bytes(page->results, &spot);
        if (isnan(bytes) || !results_served_all(page->results, &spot))
            continue;
        if (idle)
            *idle = steps[i].idle;
        return bytes;
    }
    return NAN;
}

/* Keeps of names those that were measured. Returns how many. */
static int measured(const struct page *page, const char **names, double *bytes, int64_t *idle, int count)
{
    int kept = 0;
    for (int i = 0; i < count; i++) {
        bytes[kept] = page_idle_bytes(page, names[i], &idle[kept]);
        if (!isnan(bytes[kept]))
            names[kept++] = names[i];
    }
    return kept;
}

static void figure(struct page *page, const char *const *names, const double *bytes, int count)
{
    struct words text[MODELS_MOST];
    struct svg_row rows[MODELS_MOST];
    for (int i = 0; i < count; i++) {
        const struct model *model = model_find(names[i]);
        text[i] = words_bytes(bytes[i]);
        rows[i] = (struct svg_row){model->family, names[i], model->look, bytes[i], text[i].text, false};
    }
    struct svg_rows chart = {
        .x_title = "bytes per idle connection, logarithmic", .logarithmic = true, .rows = rows, .row_count = count};
    chart.figure.title = "Memory of the server per idle connection";
    chart.figure.description = "One dot per model; the same numbers stand in the table below.";
    page_row_figure(page, "fig-memory", &chart);
}

static void table(struct page *page, const char *const *names, const double *bytes, const int64_t *idle, int count)
{
    static const struct html_head heads[] = {
        {"Model", ""}, {"Memory", "bytes per connection"}, {"Measured with", "idle connections"}};
    const char *summary = "The numbers of this figure";
    tell_table_open(page->tell, summary, "Growth of the resident memory, divided by the idle connections.", heads, 3);
    for (int i = 0; i < count; i++) {
        tell_row_open(page->tell, names[i]);
        tell_cell(page->tell, words_count(bytes[i]).text);
        tell_cell(page->tell, words_count((double)idle[i]).text);
        tell_row_close(page->tell);
    }
    tell_table_close(page->tell, summary);
}

void page_memory(struct page *page)
{
    const char *names[MODELS_MOST];
    double bytes[MODELS_MOST];
    int64_t idle[MODELS_MOST];
    int count = measured(page, names, bytes, idle, page_models(page, "idle", names));
    if (count == 0)
        return;
    tell_section_open(page->tell, "memory", "What an idle connection holds");
    tell_paragraph(page->tell, "",
                   "By how much the server’s memory grew, per connection that was open and silent. The kernel’s own "
                   "memory for the socket comes on top and is the same for all.");
    fputs("<figure>\n", page->to);
    figure(page, names, bytes, count);
    table(page, names, bytes, idle, count);
    fputs("</figure>\n", page->to);
    tell_section_close(page->tell);
}
