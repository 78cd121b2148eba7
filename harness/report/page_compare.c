/* A comparison: two servers, pair by pair and metric by metric. */
#define _GNU_SOURCE
#include "harness/report/page_pairs.h"
#include "harness/report/verdicts.h"

static const struct { const char *name, *unit; double divisor; } metrics[PAIRS_METRICS] = {
    {"CPU per request", "µs", 1000}, {"Response time, p50", "µs", 1000}, {"Response time, p99", "µs", 1000},
    {"Sleeps per request", "switches", 1}, {"Memory", "KiB", 1024}};

static void compare_table(struct page *page)
{
    const struct rulings *rulings = page->rulings;
    struct words a = pairs_side_name(&rulings->all[0], 0), b = pairs_side_name(&rulings->all[0], 1);
    const struct html_head heads[] = {{"Metric", ""}, {a.text, "median"}, {b.text, "median"}, {"Verdict", html_words}};
    tell_table_open(page->tell, "", "CPU was declared before; the others are judged together (Holm).", heads, 4);
    for (int i = 0; i < rulings->count; i++) {
        const struct ruling *ruling = &rulings->all[i];
        int metric = pairs_metric_of(ruling);
        char name[80], cell[VERDICT_WORDS];
        if (metric == PAIRS_METRICS)
            continue;
        snprintf(name, sizeof name, "%s, %s", metrics[metric].name, metrics[metric].unit);
        verdict_cell(cell, sizeof cell, &ruling->verdict);
        tell_row_open(page->tell, name);
        for (int side = 0; side < 2; side++)
            tell_cell(page->tell, words_decimal(ruling->median[side] / metrics[metric].divisor).text);
        tell_cell_words(page->tell, *ruling->silent ? verdict_word(ruling->verdict.kind) : cell);
        tell_row_close(page->tell);
    }
    tell_table_close(page->tell, "");
}

static void compare_intro(struct page *page)
{
    const char *parameters = page->rulings->paired.parameters;
    int idle = (int)parameter(parameters, "idle", 0);
    tell_paragraph_open(page->tell, "");
    tell_format(page->tell, "%d pairs of trials at %s requests per second, offered to both, over %s connections",
                page->rulings->paired.count, words_count((double)parameter(parameters, "rate", 0)).text,
                words_count((double)parameter(parameters, "connections", 0)).text);
    if (idle > 0)
        tell_format(page->tell, " beside %s silent ones", words_count(idle).text);
    tell_words(page->tell, ". A coin decided which of the two came first, so that whatever the machine does meanwhile "
                           "favours neither.");
    tell_paragraph_close(page->tell);
}

/* Of all pairs together: how the slow ones of A and of B are spread. */
static void latency(struct page *page)
{
    const struct paired *paired = &page->rulings->paired;
    struct words names[2], parameters[2];
    struct spot spots[2];
    for (int side = 0; side < 2; side++) {
        names[side] = pairs_side_name(&page->rulings->all[0], side);
        snprintf(parameters[side].text, sizeof parameters[side].text, "side=%c %.200s", side ? 'B' : 'A',
                 paired->parameters);
        spots[side] = (struct spot){"compare", paired->names[side], parameters[side].text};
        page_spot_notes(page, &spots[side], "");
    }
    page_notes_close(page);
    page_latency(page, spots, (const char *const[]){names[0].text, names[1].text}, 2);
}

void page_compare(struct page *page)
{
    static struct pairs_drawn kept[PAIRS_METRICS];
    struct svg_pair_row rows[PAIRS_METRICS];
    struct words less, more;
    int count = 0;
    if (!page_compared(page) || page->rulings->paired.count == 0)
        return;
    for (int i = 0; i < page->rulings->count && count < PAIRS_METRICS; i++) {
        int metric = pairs_metric_of(&page->rulings->all[i]);
        if (metric == PAIRS_METRICS)
            continue;
        snprintf(kept[count].label.text, sizeof kept[count].label.text, "%s", metrics[metric].name);
        rows[count] = pairs_row(page, &page->rulings->all[i], &kept[count]);
        count++;
    }
    snprintf(less.text, sizeof less.text, "← %.60s less", pairs_side_name(&page->rulings->all[0], 1).text);
    snprintf(more.text, sizeof more.text, "%.60s more →", pairs_side_name(&page->rulings->all[0], 1).text);
    tell_section_open(page->tell, "compare", "Pair by pair");
    compare_intro(page);
    pairs_caption(page, "Each dot is a pair: what the second needed, of what the first needed right before or after "
                        "it.");
    pairs_draw(page, "fig-pairs", rows, count, less.text, more.text);
    compare_table(page);
    fputs("</figure>\n", page->to);
    latency(page);
    tell_section_close(page->tell);
}
