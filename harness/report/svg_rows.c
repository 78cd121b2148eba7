/* Charts of one number per row, and two small ones that show a count as something to count. */
#define _GNU_SOURCE
#include "harness/report/svg.h"
#include <math.h>
#include <string.h>

enum { ROW = 30, AXIS = 50, FAMILY = 118 };

/* -- Axis -------------------------------------------------------------------------------------------------------- */

static void find_range(const struct svg_rows *rows, struct svg_scale *scale)
{
    scale->low = INFINITY;
    scale->high = 0;
    for (int i = 0; i < rows->row_count; i++) {
        double value = rows->rows[i].value;
        if (isnan(value))
            continue;
        if (value > 0)
            scale->low = fmin(scale->low, value);
        scale->high = fmax(scale->high, value);
        scale->has_zero |= scale->logarithmic && value <= 0;
    }
    if (scale->low > scale->high)
        scale->low = 1, scale->high = 10;
    if (!scale->logarithmic)
        scale->low = 0;
}

static void draw_tick(FILE *to, const struct svg_scale *scale, const struct svg_tick *tick, double bottom,
                      double *free_from)
{
    double x = svg_place(scale, tick->at), half = svg_text_width(tick->label) / 2;
    svg_rule(to, x, 4, x, bottom + 5, "grid");
    if (x - half < *free_from)
        return;
    svg_label(to, x, bottom + 20, "soft mid", tick->label);
    *free_from = x + half + 6;
}

/* The widest scale at which each row's text still stands inside the drawing, behind its mark. */
static void fit(const struct svg_rows *rows, struct svg_scale *scale)
{
    for (int i = 0; i < rows->row_count; i++) {
        const struct svg_row *row = &rows->rows[i];
        double room = rows->figure.width - 12 - svg_text_width(row->text);
        double value = isnan(row->value) ? scale->low : row->value;
        while (svg_place(scale, value) > room && scale->to > scale->from + 60)
            scale->to -= 2;
    }
}

static void draw_axis(FILE *to, const struct svg_rows *rows, struct svg_scale *scale, double bottom)
{
    struct svg_tick ticks[SVG_TICKS];
    double free_from = -1000;
    find_range(rows, scale);
    int count = svg_ticks(scale->low, scale->high, scale->logarithmic, ticks);
    scale->low = ticks[0].at;
    scale->high = ticks[count - 1].at;
    fit(rows, scale);
    if (scale->has_zero)
        draw_tick(to, scale, &(struct svg_tick){0, "0"}, bottom, &free_from);
    for (int i = 0; i < count; i++)
        draw_tick(to, scale, &ticks[i], bottom, &free_from);
    svg_label(to, scale->from, bottom + 42, "soft", rows->x_title);
}

/* -- Rows -------------------------------------------------------------------------------------------------------- */

static bool starts_group(const struct svg_rows *rows, int i)
{
    return i == 0 ? *rows->rows[0].group : strcmp(rows->rows[i].group, rows->rows[i - 1].group) != 0;
}

static void draw_bar(FILE *to, const struct svg_row *row, const struct svg_scale *scale, double y)
{
    fprintf(to, "<rect class=\"mark%s %s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"14\" rx=\"2\"/>\n",
            row->hollow ? " hollow" : "", row->look.hue, scale->from, y - 7,
            fmax(1, svg_place(scale, row->value) - scale->from));
}

static void draw_dot(FILE *to, const struct svg_row *row, const struct svg_scale *scale, double y)
{
    double x = svg_place(scale, row->value);
    svg_rule(to, scale->from, y, x, y, "lead");
    svg_mark(to, x, y, &row->look, row->hollow);
}

static void draw_row(FILE *to, const struct svg_rows *rows, int i, const struct svg_scale *scale, double y)
{
    const struct svg_row *row = &rows->rows[i];
    double end = scale->from + 12;
    if (!isnan(row->value)) {
        end = svg_place(scale, row->value) + 12;
        (rows->bars ? draw_bar : draw_dot)(to, row, scale, y);
    }
    svg_label(to, scale->from - 16, y + 4, "name end", row->label);
    svg_label(to, end, y + 4, "halo", row->text);
}

static double widest_label(const struct svg_rows *rows)
{
    double width = 72;
    for (int i = 0; i < rows->row_count; i++)
        width = fmax(width, svg_text_width(rows->rows[i].label));
    return width;
}

/* Where there is room a group's name stands in a column of its own, else on a line above its rows. */
static double group_gap(const struct svg_rows *rows, int i)
{
    bool narrow = rows->figure.width < 600;
    if (!starts_group(rows, i))
        return 0;
    return narrow ? 32 : i > 0 ? 12 : 0;
}

void svg_row_chart(FILE *to, const struct svg_rows *rows)
{
    bool narrow = rows->figure.width < 600;
    double left = widest_label(rows) + 18 + (narrow ? 0 : FAMILY), y = 4, bottom = 8;
    struct svg_scale scale = {
        .from = left, .to = rows->figure.width - 16, .logarithmic = rows->logarithmic && !rows->bars};
    for (int i = 0; i < rows->row_count; i++)
        bottom += ROW + group_gap(rows, i);
    svg_open(to, &rows->figure, bottom + AXIS);
    draw_axis(to, rows, &scale, bottom);
    for (int i = 0; i < rows->row_count; i++, y += ROW) {
        y += group_gap(rows, i);
        if (starts_group(rows, i))
            svg_label(to, 0, y + (narrow ? -4 : ROW / 2.0 + 4), "soft halo", rows->rows[i].group);
        draw_row(to, rows, i, &scale, y + ROW / 2.0);
    }
    svg_rule(to, left, 4, left, bottom, "base");
    svg_close(to);
}

/* -- Counts ------------------------------------------------------------------------------------------------------ */

void svg_squares(FILE *to, const struct svg_figure *figure, int count, const char *hue)
{
    enum { PER_ROW = 16, MOST = 256 };
    double pitch = figure->width / (double)PER_ROW;
    int shown = count < MOST ? count : MOST;
    svg_open(to, figure, pitch * fmax(1, ceil(shown / (double)PER_ROW)));
    fprintf(to, "<path class=\"mark %s\" d=\"", hue);
    for (int i = 0; i < shown; i++)
        fprintf(to, "M%.1f %.1fh%.1fv%.1fh-%.1fz", i % PER_ROW * pitch + 1, i / PER_ROW * pitch + 1, pitch - 3,
                pitch - 3, pitch - 3);
    fputs("\"/>\n", to);
    svg_close(to);
}

void svg_strip(FILE *to, const struct svg_figure *figure, double part, double whole, const char *hue)
{
    double width = figure->width - 2;
    double filled = whole > 0 ? fmin(fmax(part / whole, 0), 1) * width : 0;
    svg_open(to, figure, 16);
    fprintf(to, "<rect class=\"hollow %s\" x=\"1\" y=\"2\" width=\"%.1f\" height=\"12\" rx=\"2\"/>\n", hue, width);
    fprintf(to, "<rect class=\"mark %s\" x=\"1\" y=\"2\" width=\"%.1f\" height=\"12\" rx=\"2\"/>\n", hue, filled);
    svg_close(to);
}
