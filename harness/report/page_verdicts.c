/* Verdicts in words and as dots: what the sections on a comparison and on a bench share. */
#define _GNU_SOURCE
#include "harness/report/page_pairs.h"
#include "harness/report/verdicts.h"
#include <string.h>

static bool is_of(const struct page *page, const char *experiment)
{
    return page->rulings->experiment && strcmp(page->rulings->experiment, experiment) == 0;
}

bool page_compared(const struct page *page) { return is_of(page, "compare"); }
bool page_told_apart(const struct page *page) { return is_of(page, "bench"); }

struct words pairs_side_name(const struct ruling *ruling, int side)
{
    struct words words;
    bool itself = strcmp(ruling->a, ruling->b) == 0;
    snprintf(words.text, sizeof words.text, "%.60s%s", side ? ruling->b : ruling->a,
             !itself ? "" : side ? " (B)" : " (A)");
    return words;
}

/* -- In words ---------------------------------------------------------------------------------------------------- */

/* "different: epoll-et uses 4.1 % less CPU per request than select (2.6 to 5.5 %)", its first words strong. */
static void tell_ruling(struct page *page, const struct ruling *ruling)
{
    char text[VERDICT_WORDS + 300];
    const char *word = verdict_word(ruling->verdict.kind);
    if (*ruling->silent)
        snprintf(text, sizeof text, "%s: %s", word, ruling->silent);
    else
        verdict_sentence(text, sizeof text, pairs_side_name(ruling, 0).text, pairs_side_name(ruling, 1).text,
                         &ruling->verdict);
    tell_strong(page->tell, words_capital(word).text);
    tell_format(page->tell, "%s.", text + strlen(word));
}

/* Who has that letter, and no other: "epoll-lt, epoll-et and uring"; if nobody has, all that have it. */
static struct words with_letter(const struct page *page, char letters[ROUNDS_SERVERS][TIERS_WORD], char letter)
{
    const char *names[MODELS_MOST];
    int count = 0;
    for (int others = 0; others < 2 && count == 0; others++)
        for (int i = 0; i < page->results->model_count; i++)
            if (strchr(letters[i], letter) && (others || strlen(letters[i]) == 1))
                names[count++] = page->results->model[i];
    return words_list(names, count);
}

static char last_letter(char letters[ROUNDS_SERVERS][TIERS_WORD])
{
    char last = 'a';
    for (int i = 0; i < ROUNDS_SERVERS; i++)
        for (const char *letter = letters[i]; *letter; letter++)
            last = *letter > last ? *letter : last;
    return last;
}

static void tell_tiers(struct page *page)
{
    char letters[ROUNDS_SERVERS][TIERS_WORD];
    if (!rulings_letters(page->rulings, page->results, letters))
        return;
    char last = last_letter(letters);
    if (last == 'a') {
        tell_words(page->tell, "For the same work ");
        tell_strong(page->tell, "none of them can be told from another");
        tell_format(page->tell, " by its CPU: %s.", with_letter(page, letters, 'a').text);
        return;
    }
    tell_words(page->tell, "For the same work least CPU is used by ");
    tell_strong(page->tell, with_letter(page, letters, 'a').text);
    tell_words(page->tell, " (a), most by ");
    tell_strong(page->tell, with_letter(page, letters, last).text);
    tell_format(page->tell, " (%c). Those that share a letter cannot be told apart.", last);
}

/* -- The telling pairs ------------------------------------------------------------------------------------------- */

static bool is_listed(const struct ruling *const *list, int count, const struct ruling *ruling)
{
    for (int i = 0; i < count; i++)
        if (list[i] == ruling)
            return true;
    return false;
}

int pairs_telling(const struct page *page, const struct ruling *list[PAIRS_TELLING])
{
    static const char *const pairs[][2] = {{"select", "poll"}, {"poll", "epoll-lt"}, {"epoll-lt", "epoll-et"},
                                           {"fork", "prefork"}, {"epoll-et", "uring"}};
    int count = 0;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const struct ruling *ruling = rulings_find(page->rulings, pairs[i][0], pairs[i][1]);
        if (ruling)
            list[count++] = ruling;
    }
    for (int i = 0; count < 2 && i < page->rulings->count; i++)
        if (!is_listed(list, count, &page->rulings->all[i]))
            list[count++] = &page->rulings->all[i];
    return count;
}

void page_verdict_sentences(struct page *page)
{
    const struct ruling *list[PAIRS_TELLING];
    if (page_compared(page)) {
        tell_item_open(page->tell, "");
        tell_ruling(page, &page->rulings->all[0]);
        tell_item_close(page->tell);
    } else if (page_told_apart(page)) {
        int count = pairs_telling(page, list);
        tell_item_open(page->tell, "");
        tell_tiers(page);
        tell_item_close(page->tell);
        for (int i = 0; i < count; i++)
            if (list[i]->verdict.kind != VERDICT_CANNOT_TELL) {
                tell_item_open(page->tell, "");
                tell_ruling(page, list[i]);
                tell_item_close(page->tell);
            }
    }
}

/* -- Drawn ------------------------------------------------------------------------------------------------------- */

static void add_ratio(struct pairs_drawn *row, int *count, double a, double b)
{
    if (*count < SIGNED_RANK_MOST && a > 0 && b > 0)
        row->ratios[(*count)++] = b / a;
}

int pairs_metric_of(const struct ruling *ruling)
{
    int metric = 0;
    while (metric < PAIRS_METRICS && strcmp(pairs_names[metric].metric, ruling->metric) != 0)
        metric++;
    return metric;
}

static int index_of(const struct page *page, const char *name)
{
    int i = 0;
    while (i < page->results->model_count && strcmp(page->results->model[i], name) != 0)
        i++;
    return i;
}

/* Returns how many. */
static int find_ratios(const struct page *page, const struct ruling *ruling, struct pairs_drawn *row)
{
    const struct paired *paired = &page->rulings->paired;
    const struct rounds *rounds = &page->rulings->rounds;
    int metric = pairs_metric_of(ruling), count = 0;
    int a = index_of(page, ruling->a), b = index_of(page, ruling->b);
    if (page_compared(page) && metric < PAIRS_METRICS)
        for (int i = 0; i < paired->count; i++)
            add_ratio(row, &count, paired->pairs[i].of[0][metric], paired->pairs[i].of[1][metric]);
    else if (a < rounds->servers && b < rounds->servers)
        for (int i = 0; i < rounds->rounds; i++)
            add_ratio(row, &count, rounds->of[a][i], rounds->of[b][i]);
    return count;
}

struct svg_pair_row pairs_row(const struct page *page, const struct ruling *ruling, struct pairs_drawn *row)
{
    const struct verdict *verdict = &ruling->verdict;
    char cell[VERDICT_WORDS];
    verdict_cell(cell, sizeof cell, verdict);
    snprintf(row->text.text, sizeof row->text.text, "%.200s", *ruling->silent ? verdict_word(verdict->kind) : cell);
    int count = find_ratios(page, ruling, row);
    bool told = !*ruling->silent && isfinite(verdict->ratio) && isfinite(verdict->high) && isfinite(verdict->low);
    return (struct svg_pair_row){row->label.text, row->text.text, model_find(ruling->b)->look, row->ratios, count,
                                 told ? verdict->ratio : 1, told ? verdict->low : 0, told ? verdict->high : 0,
                                 verdict->kind == VERDICT_CANNOT_TELL};
}

void pairs_draw(struct page *page, const char *id, struct svg_pair_row *rows, int count, const char *less,
                 const char *more)
{
    struct svg_pairs chart = {.less = less, .more = more, .rows = rows, .row_count = count};
    chart.figure.title = "Pairs, the estimate and its interval";
    chart.figure.description = "A dot for each pair, on an axis of ratios; the mark is the estimate and the bar its "
                               "interval. The same numbers stand in the table below.";
    page_pair_figure(page, id, &chart);
}

void pairs_caption(struct page *page, const char *dot)
{
    double level = page_compared(page) ? 1 - page->rulings->paired.alpha : 0.95;
    fprintf(page->to, "<figure>\n<figcaption>%s The mark is the estimate, and the bar holds the truth with %.4g %%: a "
                      "filled mark is a verdict, a hollow one cannot tell. The grey band is what counts as the same."
                      "</figcaption>\n", dot, 100 * level);
}
