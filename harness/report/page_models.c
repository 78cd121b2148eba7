/* One request to each model, on one time axis: where it waits for the data, and how that is copied. */
#define _GNU_SOURCE
#include "harness/report/page.h"
#include <string.h>

enum { WIDE = 880, NARROW = 360 };

static bool is_shown(const struct figure *figure) { return !*figure->cannot; }

static int count_shown(const struct results *results)
{
    int shown = 0;
    for (int i = 0; i < results->figure_count; i++)
        shown += is_shown(&results->figures[i]);
    return shown;
}

/* -- The table --------------------------------------------------------------------------------------------------- */

static struct words time_words(int64_t ns)
{
    struct words words;
    figure_say_time(ns, words.text, sizeof words.text);
    figure_typeset(words.text, sizeof words.text);
    return words;
}

static void row(struct page *page, const struct figure *figure)
{
    struct figure_phases phases = figure_phases(figure);
    char where[48];
    bool told = phases.wait && phases.way != FIGURE_NOBODY;
    figure_say_where(figure, where, sizeof where);
    tell_row_open(page->tell, figure->model);
    tell_cell(page->tell, where);
    tell_cell(page->tell, phases.way == FIGURE_NOBODY ? "the kernel" : figure->lane[phases.reader]);
    tell_cell(page->tell, time_words(phases.wait_ns).text);
    tell_cell(page->tell, phases.vain > 1 ? words_count((double)phases.vain).text : "\xe2\x80\x93");
    tell_cell(page->tell, told ? time_words(phases.wait->to_ns).text : "\xe2\x80\x93");
    struct words copy = time_words(phases.copy_to_ns - phases.copy_from_ns);
    tell_cell(page->tell, figure_wakes(&phases) ? copy.text : "\xe2\x80\x93");
    tell_cell(page->tell, figure_wakes(&phases) ? "\xe2\x80\x93" : copy.text);
    tell_row_close(page->tell);
}

static void table(struct page *page)
{
    static const struct html_head heads[] = {{"Model", ""},       {"Waits", ""},        {"Reads", ""},
                                             {"Waited", "for data"}, {"Asked", "in vain"}, {"Told", "after"},
                                             {"Wakes up and copies", "in at most"}, {"Copies", "in at most"}};
    const char *summary = "The numbers of this figure", *family = "";
    tell_table_open(page->tell, summary, "One request to each, traced.", heads, sizeof heads / sizeof *heads);
    for (int i = 0; i < page->results->figure_count; i++) {
        const struct figure *figure = &page->results->figures[i];
        if (!is_shown(figure))
            continue;
        page_family(page, figure->model, &family);
        row(page, figure);
    }
    tell_table_close(page->tell, summary);
}

/* The answer: who waits where. */
static void places(struct page *page)
{
    const struct results *results = page->results;
    char names[256];
    const char *place;
    tell_paragraph(page->tell, "",
                   "One request to each, when it has had nothing to do for a while. It waits for the data");
    tell_list_open(page->tell, "plain");
    for (int i = 0; (place = figure_place(results->figures, results->figure_count, i, names, sizeof names)); i++)
        if (*names) {
            tell_item_open(page->tell, "");
            tell_format(page->tell, "%s: ", place);
            tell_name(page->tell, names);
            tell_item_close(page->tell);
        }
    tell_list_close(page->tell);
}

/* -- Figures ----------------------------------------------------------------------------------------------------- */

static void on_one_axis(struct page *page)
{
    const struct results *results = page->results;
    fputs("<figure>\n<figcaption>The axis has two scales: <b>milliseconds</b> until the data comes, "
          "<b>microseconds</b> from there on. Those are of a traced server, which is slower: each took <b>at most</b> "
          "as long as it is drawn. <b>Hatched</b>: it wakes up and copies in one call, which is not to be compared "
          "with a copy alone.</figcaption>\n", page->to);
    page_busy_caption(page);
    fputs("<div class=\"wide\">\n", page->to);
    figure_draw_all(page->to, results->figures, results->figure_count, "fig-models-wide", WIDE, false);
    fputs("</div>\n<div class=\"narrow\">\n", page->to);
    figure_draw_all(page->to, results->figures, results->figure_count, "fig-models-narrow", NARROW, false);
    fputs("</div>\n", page->to);
    table(page);
    fputs("</figure>\n", page->to);
}

static void one_by_one(struct page *page)
{
    fputs("<details>\n<summary>Each of them, call by call</summary>\n<div class=\"pair calls\">\n", page->to);
    for (int i = 0; i < page->results->figure_count; i++) {
        const struct figure *figure = &page->results->figures[i];
        char words[400], id[64];
        if (!is_shown(figure))
            continue;
        snprintf(id, sizeof id, "fig-calls-%d", i + 1);
        figure_say(figure, words, sizeof words);
        figure_typeset(words, sizeof words);
        fputs("<div class=\"card\">\n<h3>", page->to);
        html_text(page->to, figure->model);
        fputs("</h3>\n", page->to);
        html_paragraph(page->to, "small", words);
        fputs("<figure>\n", page->to);
        figure_draw(page->to, figure, id, false);
        fputs("</figure>\n</div>\n", page->to);
        tell_twin(page->tell, "- ", words);
    }
    tell_twin(page->tell, "", "");
    fputs("</div>\n</details>\n", page->to);
}

/* -- The section ------------------------------------------------------------------------------------------------- */

void page_models_section(struct page *page)
{
    const struct results *results = page->results;
    char words[1200];
    if (results->figure_count == 0)
        return;
    tell_section_open(page->tell, "models", "Who waits, and where");
    for (int i = 0; i < results->figure_count; i++)
        if (!is_shown(&results->figures[i])) {
            snprintf(words, sizeof words, "is skipped: %.300s.", results->figures[i].cannot);
            page_note(page, results->figures[i].model, words);
        }
    if (count_shown(results) > 0) {
        places(page);
        on_one_axis(page);
    }
    page_notes_close(page);
    if (count_shown(results) > 0)
        one_by_one(page);
    tell_section_close(page->tell);
}
