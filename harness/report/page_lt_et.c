/* Level-triggered and edge-triggered epoll, side by side: what each server did when a client did something. */
#define _GNU_SOURCE
#include "harness/report/page.h"
#include <string.h>

static const char *count_of(const struct csv *csv, int row, enum lt_et_column column)
{
    return csv_field(csv, row, (int)column);
}

/* -- The burst, as squares --------------------------------------------------------------------------------------- */

struct burst { const char *scene, *model; double wakeups, bytes_in, stranded; };

/* False: this row is no burst, or was not counted. */
static bool burst_at(const struct csv *csv, int row, const char *model, struct burst *burst)
{
    int64_t wakeups, bytes_in, stranded;
    const char *scene = count_of(csv, row, SCENE);
    if (strcmp(count_of(csv, row, S_MODEL), model) != 0 ||
        (strcmp(scene, "burst") != 0 && strcmp(scene, "drained") != 0))
        return false;
    if (csv_integer(count_of(csv, row, WAKEUPS), &wakeups) < 0 ||
        csv_integer(count_of(csv, row, BYTES_IN), &bytes_in) < 0 ||
        csv_integer(count_of(csv, row, BYTES_STRANDED), &stranded) < 0)
        return false;
    *burst = (struct burst){scene, model, (double)wakeups, (double)bytes_in, (double)stranded};
    return true;
}

static void draw_burst(struct page *page, const struct burst *burst)
{
    bool all = strcmp(burst->scene, "drained") == 0;
    const char *hue = model_find(burst->model)->look.hue;
    struct words id, title, strip_id, strip_title;
    snprintf(id.text, sizeof id.text, "fig-%.40s-%.40s", burst->model, burst->scene);
    snprintf(title.text, sizeof title.text, "%.40s: %.40s wakeups", burst->model, words_count(burst->wakeups).text);
    snprintf(strip_id.text, sizeof strip_id.text, "%.90s-bytes", id.text);
    snprintf(strip_title.text, sizeof strip_title.text, "%.40s: bytes read of those sent", burst->model);
    const struct svg_figure squares = {id.text, title.text, "One square per wakeup.", 320};
    const struct svg_figure strip = {strip_id.text, strip_title.text, "Filled: read. Outline: stranded.", 320};
    fprintf(page->to, "<figure>\n<figcaption>%s</figcaption>\n",
            all ? "Reads until EAGAIN" : "Reads once for each event, 1 KiB");
    svg_squares(page->to, &squares, (int)fmin(burst->wakeups, 1e6), hue);
    svg_strip(page->to, &strip, burst->bytes_in, burst->bytes_in + burst->stranded, hue);
    fprintf(page->to, "<p class=\"soft\">%s wakeup%s. ", words_count(burst->wakeups).text,
            burst->wakeups > 1 ? "s" : "");
    if (burst->stranded > 0)
        fprintf(page->to, "<b>%s bytes stranded</b>.</p>\n", words_count(burst->stranded).text);
    else
        fprintf(page->to, "All %s bytes read.</p>\n", words_count(burst->bytes_in).text);
    fputs("</figure>\n", page->to);
}

static void card(struct page *page, const char *model, const char *heading)
{
    const struct csv *csv = &page->results->lt_et;
    struct burst burst;
    fprintf(page->to, "<div class=\"card\">\n<h3>%s</h3>\n", heading);
    for (int row = 0; row < csv->count; row++)
        if (burst_at(csv, row, model, &burst))
            draw_burst(page, &burst);
    fputs("</div>\n", page->to);
}

static void squares(struct page *page)
{
    const struct csv *csv = &page->results->lt_et;
    struct burst burst;
    int bursts = 0;
    for (int row = 0; row < csv->count; row++)
        bursts += burst_at(csv, row, "epoll-lt", &burst) || burst_at(csv, row, "epoll-et", &burst);
    if (bursts == 0)
        return;
    html_paragraph(page->to, "small",
                   "A square is a wakeup: a return of epoll_wait with somebody ready. The strip is the burst; what is "
                   "not filled lay unread in the kernel while the server slept.");
    fputs("<div class=\"pair\">\n", page->to);
    card(page, "epoll-lt", "epoll-lt");
    card(page, "epoll-et", "epoll-et");
    fputs("</div>\n", page->to);
}

/* -- The columns ------------------------------------------------------------------------------------------------- */

static const char *event(const struct page *page, int row, enum lt_et_events_column column)
{
    return csv_field(&page->results->lt_et_events, row, (int)column);
}

static bool is_kind(const struct page *page, int row, const char *kind)
{
    return row < page->results->lt_et_events.count && strcmp(event(page, row, E_KIND), kind) == 0;
}

static const char *model_of(enum lt_et_events_column column) { return column == E_LT ? "epoll-lt" : "epoll-et"; }

/* In a narrow window there is no heading, and one cell under the other: so each says whose it is. */
static void open_cell(struct page *page, const char *class, enum lt_et_events_column column, const char *mode)
{
    fprintf(page->to, "<td class=\"%s\" data-mode=\"%s: ", class, model_of(column));
    html_text(page->to, mode);
    fputs("\">", page->to);
}

/* Lines of one server that follow each other are one cell. */
static void cell_of_lines(struct page *page, int row, enum lt_et_events_column column, const char *mode)
{
    open_cell(page, "calls", column, mode);
    for (const char *before = ""; is_kind(page, row, "calls"); row++) {
        const char *line = event(page, row, column);
        if (!*line)
            continue;
        fputs(before, page->to);
        html_text(page->to, line);
        before = "\n";
    }
    fputs("</td>", page->to);
}

static void cell_of_words(struct page *page, int row, enum lt_et_events_column column, const char *mode)
{
    open_cell(page, "sum", column, mode);
    html_text(page->to, event(page, row, column));
    fputs("</td>", page->to);
}

static void open_columns(struct page *page, const char *title, const char *left, const char *right)
{
    fputs("<table class=\"beside\">\n<caption><span>", page->to);
    html_text(page->to, title);
    fputs("</span></caption>\n<thead><tr>", page->to);
    for (int i = 0; i < 2; i++) {
        fprintf(page->to, "<th scope=\"col\">%s <small>", model_of(i == 0 ? E_LT : E_ET));
        html_text(page->to, i == 0 ? left : right);
        fputs("</small></th>", page->to);
    }
    fputs("</tr></thead>\n<tbody>\n", page->to);
}

/* The rows of the table, from `row` on. Returns the one behind the last. */
static int rows_of_scene(struct page *page, int row, const char *left, const char *right)
{
    for (; is_kind(page, row, "client") || is_kind(page, row, "calls") || is_kind(page, row, "counts"); row++) {
        fputs("<tr>", page->to);
        if (is_kind(page, row, "client")) {
            fputs("<th scope=\"rowgroup\" colspan=\"2\">", page->to);
            html_text(page->to, event(page, row, E_CLIENT));
            fputs("</th>", page->to);
        } else if (is_kind(page, row, "counts")) {
            cell_of_words(page, row, E_LT, left);
            cell_of_words(page, row, E_ET, right);
        } else {
            cell_of_lines(page, row, E_LT, left);
            cell_of_lines(page, row, E_ET, right);
            while (is_kind(page, row + 1, "calls"))
                row++;
        }
        fputs("</tr>\n", page->to);
    }
    return row;
}

/* Its title, what it shows, how the kernel says that its client was watched; then the table. Returns the row behind. */
static int one_scene(struct page *page, int row)
{
    const char *title = event(page, row, E_CLIENT);
    const char *about = is_kind(page, row + 1, "about") ? event(page, row + 1, E_CLIENT) : "";
    if (!is_kind(page, row + 2, "mode"))
        return row + 1;
    const char *left = event(page, row + 2, E_LT), *right = event(page, row + 2, E_ET);
    open_columns(page, title, left, right);
    row = rows_of_scene(page, row + 3, left, right);
    fputs("</tbody>\n</table>\n", page->to);
    html_paragraph(page->to, "small", about);
    return row;
}

/* Without a tracer there are counts, and no calls. */
static void say_skipped(struct page *page)
{
    if (!is_kind(page, 1, "skipped"))
        return;
    tell_paragraph(page->tell, "soft", event(page, 1, E_CLIENT));
}

static void columns(struct page *page)
{
    int row = 0;
    while (row < page->results->lt_et_events.count)
        row = is_kind(page, row, "title") ? one_scene(page, row) : row + 1;
}

/* -- The counts -------------------------------------------------------------------------------------------------- */

static void table(struct page *page)
{
    static const struct html_head heads[] = {{"Scene, model", ""}, {"Reads", "per event"}, {"Wakeups", ""},
                                             {"Reads", ""},        {"EAGAIN", ""},         {"Read", "bytes"},
                                             {"Stranded", "bytes"}};
    const char *summary = "The numbers of these scenes";
    const struct csv *csv = &page->results->lt_et;
    tell_table_open(page->tell, summary, "Between a scene's marks; – was not counted.", heads,
                    sizeof heads / sizeof *heads);
    for (int row = 0; row < csv->count; row++) {
        struct words name;
        snprintf(name.text, sizeof name.text, "%.60s, %.60s", count_of(csv, row, SCENE), count_of(csv, row, S_MODEL));
        tell_row_open(page->tell, name.text);
        tell_cell(page->tell, count_of(csv, row, READS_PER_EVENT));
        for (int column = WAKEUPS; column <= BYTES_STRANDED; column++) {
            int64_t value = 0;
            bool counted = csv_integer(count_of(csv, row, (enum lt_et_column)column), &value) == 0;
            tell_cell(page->tell, words_count(counted ? (double)value : NAN).text);
        }
        tell_row_close(page->tell);
    }
    tell_table_close(page->tell, summary);
}

void page_lt_et(struct page *page)
{
    if (page->results->lt_et.count == 0)
        return;
    tell_section_open(page->tell, "lt-et", "LT against ET");
    if (is_kind(page, 0, "answer"))
        tell_paragraph(page->tell, "lead", event(page, 0, E_CLIENT));
    say_skipped(page);
    squares(page);
    columns(page);
    table(page);
    tell_section_close(page->tell);
}
