/* What tutorials say, tried here: each claim with its verdict, what was seen, and how to see it oneself. */
#define _GNU_SOURCE
#include "harness/report/page.h"
#include <stdlib.h>
#include <string.h>

/* A shape and a word for each: colour alone tells nothing. */
static const struct kind {
    const char *verdict, *shape, *heading, *few;
} kinds[] = {
    {"REFUTED", "✗", "Refuted here", "refuted"},
    {"DEPENDS", "◐", "It depends", "depending on something"},
    {"CONFIRMED", "✓", "Confirmed here", "confirmed"},
    {"NOT TRIED", "○", "Not tried", "not tried"},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static const char *at(const struct page *page, int row, enum claims_column column)
{
    return csv_field(&page->results->claims, row, (int)column);
}

static bool is_kind(const struct page *page, int row, const struct kind *kind)
{
    return strcmp(at(page, row, C_VERDICT), kind->verdict) == 0;
}

static int count_of(const struct page *page, const struct kind *kind)
{
    int count = 0;
    for (int row = 0; row < page->results->claims.count; row++)
        count += is_kind(page, row, kind);
    return count;
}

/* -- The answer -------------------------------------------------------------------------------------------------- */

/* "Of 31 claims that tutorials make: 14 refuted, 6 depending on something, 9 confirmed and 2 not tried." */
static void tell_counts(struct page *page)
{
    char texts[KINDS][80];
    const char *parts[KINDS];
    int told = 0, all = page->results->claims.count;
    for (int i = 0; i < KINDS; i++) {
        int count = count_of(page, &kinds[i]);
        if (count == 0)
            continue;
        snprintf(texts[told], sizeof texts[told], "%d %s", count, kinds[i].few);
        parts[told] = texts[told];
        told++;
    }
    tell_format(page->tell, "Of %s claim%s that tutorials make, this machine finds ", words_small(all).text,
                all == 1 ? "" : "s");
    tell_strong(page->tell, words_list(parts, told).text);
    tell_words(page->tell, ".");
}

void page_claims_sentence(struct page *page)
{
    if (page->results->claims.count == 0)
        return;
    tell_item_open(page->tell, "");
    tell_counts(page);
    tell_item_close(page->tell);
}

/* -- One claim --------------------------------------------------------------------------------------------------- */

static const char *figure_at(const struct page *page, int row, enum claim_figures_column column)
{
    return csv_field(&page->results->claim_figures, row, (int)column);
}

static bool has_figures(const struct page *page, const char *id)
{
    for (int row = 0; row < page->results->claim_figures.count; row++)
        if (strcmp(figure_at(page, row, F_ID), id) == 0)
            return true;
    return false;
}

/* "210,465", "48.3", "0.002": three digits that matter, and all of a count. */
static struct words value_words(double value)
{
    struct words words;
    if (fabs(value) >= 100 || fmod(value, 1) == 0)
        snprintf(words.text, sizeof words.text, "%s%.60s", value < 0 ? "\xe2\x88\x92" : "", words_count(value).text);
    else
        snprintf(words.text, sizeof words.text, "%.3g", value);
    return words;
}

static void figures(struct page *page, const char *id)
{
    if (!has_figures(page, id))
        return;
    fputs("<details>\n<summary>The figures</summary>\n<dl>\n", page->to);
    for (int row = 0; row < page->results->claim_figures.count; row++) {
        if (strcmp(figure_at(page, row, F_ID), id) != 0)
            continue;
        fputs("<div><dt>", page->to);
        html_text(page->to, figure_at(page, row, F_WHAT));
        fputs("</dt><dd>", page->to);
        html_text(page->to, value_words(strtod(figure_at(page, row, F_VALUE), NULL)).text);
        fputs(" ", page->to);
        html_text(page->to, figure_at(page, row, F_UNIT));
        fputs("</dd></div>\n", page->to);
    }
    fputs("</dl>\n</details>\n", page->to);
}

/* Left the verdict and the slogan, right what was seen, and how to see it oneself. */
static void claim(struct page *page, int row, const struct kind *kind)
{
    tell_item_open(page->tell, "claim");
    fprintf(page->to, "<div><span class=\"badge\"><span aria-hidden=\"true\">%s</span> ", kind->shape);
    tell_name(page->tell, kind->verdict);
    fputs("</span> <span class=\"slogan\">", page->to);
    tell_format(page->tell, " “%s”", at(page, row, C_CLAIM));
    fputs("</span></div><div>\n", page->to);
    tell_next(page->tell);
    tell_words(page->tell, at(page, row, C_SAW));
    const char *depends = at(page, row, C_DEPENDS);
    if (*depends) {
        tell_words(page->tell, " ");
        tell_emphasis(page->tell, "It depends:");
        tell_format(page->tell, " %s%s", depends, depends[strlen(depends) - 1] == '.' ? "" : ".");
    }
    fputs("<div class=\"soft\">", page->to);
    tell_next(page->tell);
    tell_words(page->tell, at(page, row, C_LAB));
    if (*at(page, row, C_TRY)) {
        tell_words(page->tell, " · see it: ");
        tell_code(page->tell, at(page, row, C_TRY));
    }
    figures(page, at(page, row, C_ID));
    fputs("</div></div>", page->to);
    tell_item_close(page->tell);
}

/* -- The section ------------------------------------------------------------------------------------------------- */

void page_claims(struct page *page)
{
    if (page->results->claims.count == 0)
        return;
    tell_section_open(page->tell, "claims", "What tutorials say, tried here");
    tell_paragraph_open(page->tell, "");
    tell_counts(page);
    tell_words(page->tell, " A verdict holds for this machine and this run: what was seen stands beside it.");
    if (results_setting(page->results, "interrupted"))
        tell_words(page->tell, " The run was interrupted: claims may be missing.");
    tell_paragraph_close(page->tell);
    for (int i = 0; i < KINDS; i++) {
        if (count_of(page, &kinds[i]) == 0)
            continue;
        tell_heading(page->tell, kinds[i].heading);
        tell_list_open(page->tell, "claims");
        for (int row = 0; row < page->results->claims.count; row++)
            if (is_kind(page, row, &kinds[i]))
                claim(page, row, &kinds[i]);
        tell_list_close(page->tell);
    }
    tell_section_close(page->tell);
}
