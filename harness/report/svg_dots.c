/* Charts of many dots per row: the ratios of pairs, with their estimate and its interval, and trials in the order in
 * which they ran. Both have ratios for an axis, so both are logarithmic: twice and half are as far from the same. */
#define _GNU_SOURCE
#include "harness/report/svg.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void dot(FILE *to, double x, double y, const char *hue, bool outside)
{
    fprintf(to, "<circle class=\"dot%s %s\" cx=\"%.1f\" cy=\"%.1f\" r=\"3.2\"/>\n", outside ? " outside" : "", hue, x,
            y);
}

/* -- Pairs ------------------------------------------------------------------------------------------------------- */

enum { PAIR_ROW = 62, EDGE = 24, TOP = 8 };

static const struct svg_tick ratios[] = {
    {0.0625, "1/16"}, {0.125, "1/8"}, {0.25, "1/4"}, {0.5, "half"}, {0.67, "\xe2\x88\x92" "33 %"},
    {0.8, "\xe2\x88\x92" "20 %"}, {0.9, "\xe2\x88\x92" "10 %"}, {0.95, "\xe2\x88\x92" "5 %"}, {1.05, "+5 %"},
    {1.1, "+10 %"}, {1.25, "+25 %"}, {1.5, "+50 %"}, {2, "twice"}, {4, "4 times"}, {8, "8 times"}, {16, "16 times"}};
enum { RATIOS = sizeof ratios / sizeof *ratios };

static double clamped(const struct svg_scale *scale, double ratio)
{
    return fmin(fmax(ratio, scale->low), scale->high);
}

static int by_value(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

/* How far off the same four fifths of the row's dots lie at most, on the side of -1 or of 1. */
static double usual_reach(const struct svg_pair_row *row, int side)
{
    enum { MOST = 128 };
    double off[MOST];
    int count = row->count < MOST ? row->count : MOST;
    for (int i = 0; i < count; i++)
        off[i] = fmax(0, side * log(row->ratios[i]));
    qsort(off, (size_t)count, sizeof *off, by_value);
    return count > 0 ? off[(count - 1) * 4 / 5] : 0;
}

/* All intervals, and nearly all dots: one wild pair, ten times as far off as the others, would press them together. */
static double reach(const struct svg_pairs *pairs, int side)
{
    double most = log(1.07);
    for (int i = 0; i < pairs->row_count; i++) {
        const struct svg_pair_row *row = &pairs->rows[i];
        most = fmax(most, 1.4 * usual_reach(row, side));
        if (row->low > 0 && isfinite(row->high))
            most = fmax(most, 1.1 * side * log(side < 0 ? row->low : row->high));
    }
    return fmin(most, log(18));
}

static void find_range(const struct svg_pairs *pairs, struct svg_scale *scale)
{
    scale->low = exp(-reach(pairs, -1));
    scale->high = exp(reach(pairs, 1));
}

/* A label that would touch the last one on its side, going outward from "the same", is left out. */
static void draw_side(FILE *to, const struct svg_scale *scale, double bottom, int from, int step)
{
    double free = svg_text_width("the same") / 2 + 8, middle = svg_place(scale, 1);
    for (int i = from; i >= 0 && i < RATIOS; i += step) {
        double x = svg_place(scale, ratios[i].at), half = svg_text_width(ratios[i].label) / 2;
        if (x < scale->from || x > scale->to)
            continue;
        if (fabs(x - middle) - half < free)
            continue;
        svg_rule(to, x, TOP, x, bottom + 5, "grid");
        svg_label(to, x, bottom + 20, "soft mid", ratios[i].label);
        free = fabs(x - middle) + half + 8;
    }
}

static void draw_axis(FILE *to, const struct svg_pairs *pairs, const struct svg_scale *scale, double bottom)
{
    int more = 0;
    while (more < RATIOS && ratios[more].at < 1)
        more++;
    double from = svg_place(scale, 0.95), until = svg_place(scale, 1.05), middle = svg_place(scale, 1);
    fprintf(to, "<rect class=\"band\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%.1f\"/>\n", from, TOP, until - from,
            bottom - TOP);
    draw_side(to, scale, bottom, more - 1, -1);
    draw_side(to, scale, bottom, more, 1);
    svg_rule(to, middle, TOP, middle, bottom + 5, "base");
    svg_label(to, middle, bottom + 20, "soft mid", "the same");
    svg_label(to, scale->from - EDGE, bottom + 42, "soft", pairs->less);
    svg_label(to, scale->to + EDGE, bottom + 42, "soft end", pairs->more);
}

/* The dots lie in five lines, so that near ones are seen beside each other. */
static void draw_dots(FILE *to, const struct svg_pair_row *row, const struct svg_scale *scale, double y)
{
    for (int i = 0; i < row->count; i++) {
        double ratio = clamped(scale, row->ratios[i]);
        dot(to, svg_place(scale, ratio), y - 8 + i * 2 % 5 * 4, row->look.hue, ratio != row->ratios[i]);
    }
}

static void draw_interval(FILE *to, const struct svg_pair_row *row, const struct svg_scale *scale, double y)
{
    if (!(row->low > 0 && isfinite(row->high)))
        return;
    double from = svg_place(scale, clamped(scale, row->low)), until = svg_place(scale, clamped(scale, row->high));
    fprintf(to, "<g class=\"%s\">\n", row->look.hue);
    svg_rule(to, from, y, until, y, "interval");
    svg_rule(to, from, y - 6, from, y + 6, "stop");
    svg_rule(to, until, y - 6, until, y + 6, "stop");
    fputs("</g>\n", to);
    svg_mark(to, svg_place(scale, clamped(scale, row->estimate)), y, &row->look, row->hollow);
}

/* The verdict stands behind the name, or where there is no room below it. */
static void draw_pair_row(FILE *to, const struct svg_pairs *pairs, int i, const struct svg_scale *scale, double y)
{
    const struct svg_pair_row *row = &pairs->rows[i];
    double width = 0;
    for (int k = 0; k < pairs->row_count; k++)
        width = fmax(width, svg_text_width(pairs->rows[k].label));
    bool narrow = pairs->figure.width < 600;
    svg_label(to, 0, y + 14, "name halo", row->label);
    svg_label(to, narrow ? 0 : width + 6, y + (narrow ? 31 : 14), "halo", row->text);
    double middle = y + (narrow ? 54 : 38);
    draw_dots(to, row, scale, middle);
    draw_interval(to, row, scale, middle);
}

void svg_pair_chart(FILE *to, const struct svg_pairs *pairs)
{
    int height = PAIR_ROW + (pairs->figure.width < 600 ? 16 : 0);
    double bottom = TOP + (double)pairs->row_count * height;
    struct svg_scale scale = {.from = EDGE, .to = pairs->figure.width - EDGE, .logarithmic = true};
    find_range(pairs, &scale);
    svg_open(to, &pairs->figure, bottom + 52);
    draw_axis(to, pairs, &scale, bottom);
    for (int i = 0; i < pairs->row_count; i++)
        draw_pair_row(to, pairs, i, &scale, TOP + (double)i * height);
    svg_rule(to, 0, bottom, pairs->figure.width, bottom, "base");
    svg_close(to);
}

/* -- In the order in which they ran ------------------------------------------------------------------------------ */

enum { STRIP = 46 };

static double strip_y(double middle, double ratio)
{
    double reach = STRIP / 2.0 - 6;
    return middle - fmin(fmax(log2(ratio), -1), 1) * reach;
}

static void draw_strip(FILE *to, const struct svg_strip_row *row, const struct svg_scale *scale, double middle)
{
    svg_label(to, scale->from - 16, middle + 4, "name end", row->label);
    svg_rule(to, scale->from - 8, middle, scale->to, middle, "base");
    svg_rule(to, scale->from - 8, strip_y(middle, 2), scale->to, strip_y(middle, 2), "grid");
    svg_rule(to, scale->from - 8, strip_y(middle, 0.5), scale->to, strip_y(middle, 0.5), "grid");
    for (int i = 0; i < row->count; i++) {
        double ratio = row->points[i].y;
        dot(to, svg_place(scale, row->points[i].x), strip_y(middle, ratio), row->look.hue, ratio > 2 || ratio < 0.5);
    }
}

void svg_strip_chart(FILE *to, const struct svg_strips *strips)
{
    struct svg_tick ticks[SVG_TICKS];
    double left = 72, bottom = TOP + (double)strips->row_count * STRIP, most = 1, free_from = -1000;
    for (int i = 0; i < strips->row_count; i++) {
        left = fmax(left, svg_text_width(strips->rows[i].label) + 20);
        for (int k = 0; k < strips->rows[i].count; k++)
            most = fmax(most, strips->rows[i].points[k].x);
    }
    int count = svg_ticks(0, most, false, ticks);
    struct svg_scale scale = {.low = 0, .high = most, .from = left, .to = strips->figure.width - 34};
    svg_open(to, &strips->figure, bottom + 52);
    for (int i = 0; i < strips->row_count; i++)
        draw_strip(to, &strips->rows[i], &scale, TOP + (i + 0.5) * STRIP);
    for (int i = 0; i < count && ticks[i].at <= most; i++) {
        double x = svg_place(&scale, ticks[i].at), half = svg_text_width(ticks[i].label) / 2;
        if (x - half < free_from)
            continue;
        svg_rule(to, x, bottom, x, bottom + 5, "base");
        svg_label(to, x, bottom + 20, "soft mid", ticks[i].label);
        free_from = x + half + 6;
    }
    svg_label(to, scale.to + 8, strip_y(TOP + STRIP / 2.0, 2) + 4, "soft", "\xc3\x97" "2");
    svg_label(to, scale.to + 8, strip_y(TOP + STRIP / 2.0, 0.5) + 4, "soft", "\xc3\x97\xc2\xbd");
    svg_rule(to, left - 8, bottom, scale.to, bottom, "base");
    svg_label(to, left - 8, bottom + 42, "soft", strips->x_title);
    svg_close(to);
}
