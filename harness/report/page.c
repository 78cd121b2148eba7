/* What several sections share: figures in two widths, notes, names. */
#define _GNU_SOURCE
#include "harness/report/page.h"
#include <string.h>

enum { WIDE = 880, NARROW = 360 };

/* -- Figures ----------------------------------------------------------------------------------------------------- */

static void set_size(struct svg_figure *figure, struct words *name, const char *id, const char *variant, int width)
{
    snprintf(name->text, sizeof name->text, "%s-%s", id, variant);
    figure->id = name->text;
    figure->width = width;
}

static void draw_rows(FILE *to, const void *chart) { svg_row_chart(to, chart); }
static void draw_pairs(FILE *to, const void *chart) { svg_pair_chart(to, chart); }
static void draw_strips(FILE *to, const void *chart) { svg_strip_chart(to, chart); }

/* The figure is the chart's own. */
static void draw_twice(struct page *page, const char *id, struct svg_figure *figure, const void *chart,
                       void (*draw)(FILE *, const void *))
{
    struct words name;
    fputs("<div class=\"wide\">\n", page->to);
    set_size(figure, &name, id, "wide", WIDE);
    draw(page->to, chart);
    fputs("</div>\n<div class=\"narrow\">\n", page->to);
    set_size(figure, &name, id, "narrow", NARROW);
    draw(page->to, chart);
    fputs("</div>\n", page->to);
}

void page_row_figure(struct page *page, const char *id, struct svg_rows *rows)
{
    draw_twice(page, id, &rows->figure, rows, draw_rows);
}

void page_pair_figure(struct page *page, const char *id, struct svg_pairs *pairs)
{
    draw_twice(page, id, &pairs->figure, pairs, draw_pairs);
}

void page_strip_figure(struct page *page, const char *id, struct svg_strips *strips)
{
    draw_twice(page, id, &strips->figure, strips, draw_strips);
}

/* "10,000" takes too much of a narrow axis: "10k". */
static void shorten(struct svg_tick *ticks, int count)
{
    for (int i = 0; i < count; i++)
        if (ticks[i].at >= 1000)
            snprintf(ticks[i].label, sizeof ticks[i].label, "%gk", ticks[i].at / 1000);
}

void page_line_figure(struct page *page, const char *id, struct svg_chart *chart)
{
    struct words name;
    struct svg_tick shortened[SVG_TICKS];
    int count = chart->x_tick_count < SVG_TICKS ? chart->x_tick_count : SVG_TICKS;
    fputs("<div class=\"wide\">\n", page->to);
    set_size(&chart->figure, &name, id, "wide", WIDE);
    svg_line_chart(page->to, chart);
    fputs("</div>\n<div class=\"narrow\">\n", page->to);
    memcpy(shortened, chart->x_ticks, (size_t)count * sizeof *shortened);
    if (strchr(shortened[count - 1].label, ','))
        shorten(shortened, count);
    chart->x_ticks = shortened;
    set_size(&chart->figure, &name, id, "narrow", NARROW);
    svg_line_chart(page->to, chart);
    fputs("</div>\n", page->to);
}

/* -- Notes ------------------------------------------------------------------------------------------------------- */

/* Is the model one of "poll, epoll-lt"? */
static bool names_model(const char *models, const char *model)
{
    size_t length = strlen(model);
    for (; models; models = strchr(models, ',') ? strchr(models, ',') + 2 : NULL)
        if (strncmp(models, model, length) == 0 && (models[length] == ',' || !models[length]))
            return true;
    return false;
}

void page_note(struct page *page, const char *model, const char *text)
{
    struct note *note = page->notes;
    while (note < page->notes + page->note_count && strcmp(note->text, text) != 0)
        note++;
    if (note == page->notes + NOTES_MOST)
        return;
    if (note == page->notes + page->note_count) {
        page->note_count++;
        snprintf(note->text, sizeof note->text, "%s", text);
        snprintf(note->models, sizeof note->models, "%s", model);
        return;
    }
    size_t length = strlen(note->models);
    if (!names_model(note->models, model))
        snprintf(note->models + length, sizeof note->models - length, ", %s", model);
}

static int count_ran(const struct page *page)
{
    int ran = 0;
    for (int i = 0; i < page->results->model_count; i++)
        ran += !results_cannot(page->results, page->results->model[i]);
    return ran;
}

/* Are these all that ran? Three or more of them need not be read by name. */
static bool names_all(const struct page *page, const char *models)
{
    int named = 1;
    for (; (models = strchr(models, ',')); models++)
        named++;
    return named > 2 && named == count_ran(page);
}

static void note_who(struct page *page, const struct note *note)
{
    char all[64];
    snprintf(all, sizeof all, "Of all %.40s servers:", words_small(count_ran(page)).text);
    tell_name(page->tell, names_all(page, note->models) ? all : note->models);
    tell_words(page->tell, " ");
}

void page_notes_close(struct page *page)
{
    if (page->note_count > 0)
        tell_list_open(page->tell, "notes");
    for (int i = 0; i < page->note_count; i++) {
        tell_item_open(page->tell, "");
        note_who(page, &page->notes[i]);
        tell_words(page->tell, page->notes[i].text);
        tell_item_close(page->tell);
    }
    if (page->note_count > 0)
        tell_list_close(page->tell);
    page->note_count = 0;
}

static void note_text(struct page *page, const struct spot *spot, const char *metric, const char *before,
                      const char *where)
{
    const char *text;
    char line[600];
    for (int i = 0; (text = results_text(page->results, spot, metric, i)); i++) {
        snprintf(line, sizeof line, "%s%s%s.", before, text, where);
        page_note(page, spot->model, line);
    }
}

/* What weakens the figures: in one round of many, or in most of them. */
static void note_flags(struct page *page, const struct spot *spot)
{
    const char *text;
    char line[600];
    for (int i = 0; (text = results_text(page->results, spot, "note", i)); i++) {
        snprintf(line, sizeof line, "%s%s.", text,
                 results_often(page->results, spot, "note", text) ? "" : ", in some of the rounds");
        page_note(page, spot->model, line);
    }
}

static void note_unserved(struct page *page, const struct spot *spot, const char *where)
{
    char line[600];
    const char *why = results_text(page->results, spot, "stops", 0);
    double idle = results_value(page->results, spot, "idle_total");
    struct words active = page_served(page, spot, "served", "total");
    struct words watched = page_served(page, spot, "idle_served", "idle_total");
    snprintf(line, sizeof line, "serves %.40s clients%s%.40s%s%s%s%s.", active.text, idle > 0 ? " and " : "",
             idle > 0 ? watched.text : "", idle > 0 ? " idle ones" : "", where, why ? ": " : "", why ? why : "");
    page_note(page, spot->model, line);
}

/* Where a model stops serving, that is why there are no figures. */
void page_spot_notes(struct page *page, const struct spot *spot, const char *where)
{
    static const char not_tried[] = "not tried";
    const char *stops = results_text(page->results, spot, "stops", 0);
    if (results_cannot(page->results, spot->model)) {
        note_text(page, spot, "cannot", "cannot run on this machine: ", "");
        return;
    }
    if (!isnan(results_value(page->results, spot, "total")) && !results_served_all(page->results, spot))
        note_unserved(page, spot, where);
    else
        note_text(page, spot, "stops",
                  stops && strncmp(stops, not_tried, strlen(not_tried)) == 0 ? "is " : "is not measured: ", where);
    if (!stops)
        note_text(page, spot, "failed", "has no numbers: ", where);
    note_flags(page, spot);
}

/* -- A busy machine ---------------------------------------------------------------------------------------------- */

bool page_busy(const struct page *page) { return results_busy_share(page->results) > 0.5; }

void page_busy_caption(struct page *page)
{
    if (page_busy(page))
        fputs("<p class=\"busy\">Measured on a busy machine: not for comparing.</p>\n", page->to);
}

void page_timed_table_open(struct page *page, const char *summary, const char *caption, const struct html_head *heads,
                           int count)
{
    char text[600];
    snprintf(text, sizeof text, "%s%.400s", page_busy(page) ? "Measured on a busy machine: not for comparing. " : "",
             caption);
    tell_table_open(page->tell, summary, text, heads, count);
}

struct svg_look page_look(const struct page *page, const char *model)
{
    struct svg_look look = model_find(model)->look;
    if (page_busy(page))
        look.hue = "grey";
    return look;
}

/* -- Names ------------------------------------------------------------------------------------------------------- */

int page_models(const struct page *page, const char *experiment, const char **names)
{
    int count = 0;
    for (int i = 0; i < page->results->model_count; i++)
        if (results_made(page->results, experiment, page->results->model[i]))
            names[count++] = page->results->model[i];
    return count;
}

struct words page_request(const struct page *page, const char *parameters)
{
    struct words words = {"all for the same page"};
    if (!results_of_http(page->results))
        snprintf(words.text, sizeof words.text, "%.40s bytes each",
                 words_count((double)parameter(parameters, "size", 0)).text);
    return words;
}

struct words page_served(const struct page *page, const struct spot *spot, const char *served, const char *total)
{
    struct words words = {"–"};
    if (!isnan(results_value(page->results, spot, total)))
        snprintf(words.text, sizeof words.text, "%.40s of %.40s",
                 words_count(results_value(page->results, spot, served)).text,
                 words_count(results_value(page->results, spot, total)).text);
    return words;
}

void page_family(struct page *page, const char *model, const char **family)
{
    const char *own = model_find(model)->family;
    if (own != *family)
        tell_group(page->tell, own);
    *family = own;
}

struct words page_row_text(const struct page *page, const struct spot *spot, double value, struct words number)
{
    struct words words;
    bool all = results_served_all(page->results, spot);
    const char *none = results_cannot(page->results, spot->model) ? "cannot run here" : "no numbers";
    snprintf(words.text, sizeof words.text, "%.40s%s%.80s", isnan(value) ? none : number.text, all ? "" : ", served ",
             all ? "" : page_served(page, spot, "served", "total").text);
    return words;
}

struct svg_row page_row(const struct page *page, const struct spot *spot, double value, const char *text)
{
    const struct model *model = model_find(spot->model);
    bool partial = !results_served_all(page->results, spot);
    return (struct svg_row){model->family, spot->model, model->look, value, text, partial};
}

struct svg_row page_timed_row(const struct page *page, const struct spot *spot, double value, const char *text)
{
    struct svg_row row = page_row(page, spot, value, text);
    row.look = page_look(page, spot->model);
    row.hollow |= page_busy(page);
    return row;
}
