/* A bench of rounds enough: who can be told from whom, in letters; and the pairs that are a lesson. */
#define _GNU_SOURCE
#include "harness/report/page_pairs.h"
#include "harness/report/verdicts.h"
#include <string.h>

static double median_us(const struct page *page, int model)
{
    return rulings_median(page->rulings, page->results->model[model]) / 1000;
}

static void tiers_figure(struct page *page, const int *order, int count,
                         char letters[ROUNDS_SERVERS][TIERS_WORD])
{
    struct words text[MODELS_MOST];
    struct svg_row rows[MODELS_MOST];
    for (int i = 0; i < count; i++) {
        const char *name = page->results->model[order[i]];
        double us = median_us(page, order[i]);
        snprintf(text[i].text, sizeof text[i].text, "%.40s µs · %.26s", words_decimal(us).text, letters[order[i]]);
        rows[i] = (struct svg_row){"", name, model_find(name)->look, us, text[i].text, false};
    }
    struct svg_rows chart = {.x_title = "µs of CPU per request, median, logarithmic", .logarithmic = true,
                             .rows = rows, .row_count = count};
    chart.figure.title = "CPU per request, and letters: who shares one cannot be told apart";
    chart.figure.description = "One dot per model, who needs least first; the same numbers stand in the table below.";
    page_row_figure(page, "fig-tiers", &chart);
}

/* From whom it cannot be told. */
static struct words alike(const struct page *page, const char *model)
{
    const char *names[MODELS_MOST];
    int count = 0;
    for (int i = 0; i < page->results->model_count; i++) {
        const struct ruling *ruling = rulings_find(page->rulings, model, page->results->model[i]);
        if (ruling && strcmp(model, page->results->model[i]) != 0 && ruling->verdict.kind != VERDICT_DIFFERENT)
            names[count++] = page->results->model[i];
    }
    return count > 0 ? words_list(names, count) : (struct words){"nobody"};
}

static void tiers_table(struct page *page, const int *order, int count,
                        char letters[ROUNDS_SERVERS][TIERS_WORD])
{
    static const struct html_head heads[] = {{"Model", ""}, {"CPU", "µs per request, median"}, {"Letters", ""},
                                             {"Not told from", html_words}};
    tell_table_open(page->tell, "", "Two that share a letter cannot be told apart; two that share none are different.",
                    heads, 4);
    for (int i = 0; i < count; i++) {
        const char *name = page->results->model[order[i]];
        tell_row_open(page->tell, name);
        tell_cell(page->tell, words_decimal(median_us(page, order[i])).text);
        tell_cell(page->tell, letters[order[i]]);
        tell_cell_words(page->tell, alike(page, name).text);
        tell_row_close(page->tell);
    }
    tell_table_close(page->tell, "");
}

static void pairs_table(struct page *page)
{
    static const struct html_head heads[] = {{"Of what the first needs, the second needs", ""},
                                             {"Rounds", ""}, {"Verdict", html_words}};
    const char *summary = "The verdicts on all pairs";
    tell_table_open(page->tell, summary, "All questions are judged together (Holm).", heads, 3);
    for (int i = 0; i < page->rulings->count; i++) {
        const struct ruling *ruling = &page->rulings->all[i];
        char name[140], cell[VERDICT_WORDS];
        snprintf(name, sizeof name, "%.60s, %.60s", ruling->a, ruling->b);
        verdict_cell(cell, sizeof cell, &ruling->verdict);
        tell_row_open(page->tell, name);
        tell_cell(page->tell, words_count(ruling->verdict.pairs).text);
        tell_cell_words(page->tell, *ruling->silent ? verdict_word(ruling->verdict.kind) : cell);
        tell_row_close(page->tell);
    }
    tell_table_close(page->tell, summary);
}

static void pairs_figure(struct page *page)
{
    static struct pairs_drawn kept[PAIRS_TELLING];
    const struct ruling *list[PAIRS_TELLING];
    struct svg_pair_row rows[PAIRS_TELLING];
    int count = pairs_telling(page, list);
    for (int i = 0; i < count; i++) {
        snprintf(kept[i].label.text, sizeof kept[i].label.text, "%.60s → %.60s", list[i]->a, list[i]->b);
        rows[i] = pairs_row(page, list[i], &kept[i]);
    }
    pairs_caption(page, "Neighbours: each dot is a round, and tells what the second needed, of what the first needed. "
                        "A verdict must hold among all questions, and takes more than a bar that leaves out the same.");
    pairs_draw(page, "fig-pairs", rows, count, "← the second needs less", "the second needs more →");
    pairs_table(page);
    fputs("</figure>\n", page->to);
}

/* Who is in no verdict, and why: else a server that is missing looks forgotten. */
static void tell_not_judged(struct page *page)
{
    const char *names[MODELS_MOST];
    int count = 0;
    for (int i = 0; i < page->results->model_count; i++)
        if (isnan(median_us(page, i)) && !results_cannot(page->results, page->results->model[i]))
            names[count++] = page->results->model[i];
    if (count > 0)
        tell_format(page->tell, " Not judged: %s. Who leaves clients unserved, or falls behind the rate in more than a "
                                "quarter of the rounds, does other work.", words_list(names, count).text);
}

void page_tiers(struct page *page)
{
    char letters[ROUNDS_SERVERS][TIERS_WORD];
    int order[ROUNDS_SERVERS];
    if (!page_told_apart(page) || !rulings_letters(page->rulings, page->results, letters))
        return;
    int count = rulings_order(page->rulings, page->results, order);
    tell_section_open(page->tell, "tiers", "Who can be told from whom");
    tell_paragraph_open(page->tell, "");
    tell_format(page->tell, "%s rounds, in each of them every server once, in a fresh random order, at the same rate. "
                            "Of each two only the ratios of the same round count, so that what the machine does "
                            "meanwhile falls out.", words_count(page->results->rounds).text);
    tell_not_judged(page);
    tell_paragraph_close(page->tell);
    fputs("<figure>\n", page->to);
    tiers_figure(page, order, count, letters);
    tiers_table(page, order, count, letters);
    fputs("</figure>\n", page->to);
    pairs_figure(page);
    tell_section_close(page->tell);
}
