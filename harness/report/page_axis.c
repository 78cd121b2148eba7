/* A closed loop along an axis: more and more clients, or larger and larger messages. */
#define _GNU_SOURCE
#include "harness/report/page.h"
#include <string.h>

static const struct axis {
    const char *experiment, *key, *heading, *intro, *x_title, *y_title, *unit, *caption;
} axes[] = {
    {"clients", "connections", "More and more clients",
     "Each client sends its next request as soon as it has its answer. Server and driver share the machine, so a "
     "server can do this much or more.",
     "clients, logarithmic", "requests per second, at least, logarithmic", "clients", "Requests per second, at least."},
    {"size", "size", "Larger and larger messages",
     "Sixteen clients, each sends its next message as soon as the last one came back. While messages are small a "
     "request costs its calls; when they are large, the copying.",
     "size of a message, logarithmic", "MiB per second, at least, logarithmic", "",
     "MiB per second in each direction, at least."}};

static double value_at(const struct page *page, const struct axis *axis, const char *model, int64_t at)
{
    double per_s = 1e9 * results_along(page->results, axis->experiment, model, axis->key, at, "requests", "window");
    return strcmp(axis->experiment, "size") == 0 ? per_s * (double)at / (1024 * 1024) : per_s;
}

/* "1,024", "64 KiB". */
static struct words label(const struct axis *axis, int64_t at)
{
    struct words words = words_count((double)at);
    if (strcmp(axis->experiment, "size") == 0 && at >= 1024 * 1024)
        snprintf(words.text, sizeof words.text, "%d MiB", (int)(at / (1024 * 1024)));
    else if (strcmp(axis->experiment, "size") == 0 && at >= 1024)
        snprintf(words.text, sizeof words.text, "%d KiB", (int)(at / 1024));
    else if (strcmp(axis->experiment, "size") == 0)
        snprintf(words.text, sizeof words.text, "%d byte%s", (int)at, at == 1 ? "" : "s");
    return words;
}

static bool served_all(const struct page *page, const struct axis *axis, const char *model, int64_t at)
{
    return results_along(page->results, axis->experiment, model, axis->key, at, "served", "total") >= 1;
}

/* -- The answer -------------------------------------------------------------------------------------------------- */

/* "9,600 to 11,600": of those that served all there. False: nobody did. */
static bool range_at(const struct page *page, const struct axis *axis, int64_t at, struct words *range)
{
    const char *models[MODELS_MOST];
    int count = page_models(page, axis->experiment, models);
    double least = INFINITY, most = 0;
    bool size = strcmp(axis->experiment, "size") == 0;
    for (int i = 0; i < count; i++) {
        double value = value_at(page, axis, models[i], at);
        if (!(value > 0) || !served_all(page, axis, models[i], at))
            continue;
        least = fmin(least, value);
        most = fmax(most, value);
    }
    snprintf(range->text, sizeof range->text, "%.60s%s%.60s", (size ? words_decimal(least) : words_rate(least)).text,
             most > least ? " to " : "", most > least ? (size ? words_decimal(most) : words_rate(most)).text : "");
    return most > 0;
}

static void tell_ends(struct page *page, const struct axis *axis, int64_t first, int64_t last)
{
    struct words with_first, with_last;
    bool size = strcmp(axis->experiment, "size") == 0;
    if (!range_at(page, axis, first, &with_first) || !range_at(page, axis, last, &with_last))
        return;
    tell_item_open(page->tell, "");
    tell_format(page->tell, "With %s%s%s a server does at least ", size ? "messages of " : "", label(axis, last).text,
                size ? "" : " clients");
    tell_strong(page->tell, with_last.text);
    tell_format(page->tell, " %s per second, with %s%s ", size ? "MiB" : "requests", size ? "those of " : "",
                label(axis, first).text);
    tell_strong(page->tell, with_first.text);
    tell_words(page->tell, ".");
    tell_item_close(page->tell);
}

void page_axis_sentence(struct page *page)
{
    for (size_t i = 0; i < sizeof axes / sizeof *axes && !page_busy(page); i++) {
        int64_t values[STEPS_MOST];
        int points = results_axis(page->results, axes[i].experiment, axes[i].key, values);
        if (points > 1)
            tell_ends(page, &axes[i], values[0], values[points - 1]);
    }
}

/* -- Drawn ------------------------------------------------------------------------------------------------------- */

static void figure(struct page *page, const struct axis *axis, const char *const *models, int count,
                   const int64_t *values, int points_most)
{
    static struct svg_point points[MODELS_MOST][STEPS_MOST];
    struct svg_tick ticks[STEPS_MOST];
    struct svg_line lines[MODELS_MOST];
    char id[32];
    for (int i = 0; i < points_most; i++) {
        ticks[i].at = (double)values[i];
        snprintf(ticks[i].label, sizeof ticks[i].label, "%.20s", label(axis, values[i]).text);
    }
    for (int i = 0; i < count; i++) {
        int made = 0;
        for (; made < points_most; made++) {
            double value = value_at(page, axis, models[i], values[made]);
            if (!(value > 0) || !served_all(page, axis, models[i], values[made]))
                break;
            points[i][made] = (struct svg_point){(double)values[made], value};
        }
        lines[i] = (struct svg_line){models[i], page_look(page, models[i]), points[i], made, made < points_most};
    }
    struct svg_chart chart = {.x_title = axis->x_title, .y_title = axis->y_title, .x_ticks = ticks,
                              .x_tick_count = points_most, .lines = lines, .line_count = count};
    snprintf(id, sizeof id, "fig-%s", axis->experiment);
    chart.figure.title = axis->heading;
    chart.figure.description = "One line per model; it ends with a bar where not all clients were served. The numbers "
                               "stand in the table below.";
    chart.hollow = page_busy(page);
    page_busy_caption(page);
    page_line_figure(page, id, &chart);
}

static void table(struct page *page, const struct axis *axis, const char *const *models, int count,
                  const int64_t *values, int points)
{
    struct words labels[STEPS_MOST];
    struct html_head heads[STEPS_MOST + 1] = {{"Model", ""}};
    const char *summary = "The numbers of this figure";
    for (int i = 0; i < points; i++) {
        labels[i] = label(axis, values[i]);
        heads[i + 1] = (struct html_head){labels[i].text, axis->unit};
    }
    page_timed_table_open(page, summary, axis->caption, heads, points + 1);
    for (int i = 0; i < count; i++) {
        tell_row_open(page->tell, models[i]);
        for (int k = 0; k < points; k++) {
            double value = value_at(page, axis, models[i], values[k]);
            bool size = strcmp(axis->experiment, "size") == 0;
            struct words text = size ? words_decimal(value) : words_rate(value);
            if (!isnan(value) && !served_all(page, axis, models[i], values[k]))
                text = (struct words){"not all served"};
            tell_cell(page->tell, isnan(value) ? "–" : text.text);
        }
        tell_row_close(page->tell);
    }
    tell_table_close(page->tell, summary);
}

void page_axis(struct page *page)
{
    for (size_t i = 0; i < sizeof axes / sizeof *axes; i++) {
        const struct axis *axis = &axes[i];
        const char *models[MODELS_MOST];
        int64_t values[STEPS_MOST];
        int points = results_axis(page->results, axis->experiment, axis->key, values);
        int count = page_models(page, axis->experiment, models);
        if (points < 2)
            continue;
        tell_section_open(page->tell, axis->experiment, axis->heading);
        tell_paragraph(page->tell, "", axis->intro);
        fputs("<figure>\n", page->to);
        figure(page, axis, models, count, values, points);
        table(page, axis, models, count, values, points);
        fputs("</figure>\n", page->to);
        tell_section_close(page->tell);
    }
}
