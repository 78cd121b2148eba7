/* The line chart: both axes logarithmic, each line named where it ends, behind its own marker. A line that reaches the
 * right edge has its name in the margin, where names are spread so that none covers another. A line that stops before
 * has its name beside its last point, at the first of some places around it that covers neither a line nor a name; in
 * a narrow chart, which has no such place, it stands in the margin with the others. */
#define _GNU_SOURCE
#include "harness/report/svg.h"
#include <math.h>
#include <stdlib.h>

enum { LINES = 20, NAME_HEIGHT = 18 };

struct box {
    double left, top, right, bottom;
};

struct plot {
    FILE *to;
    const struct svg_chart *chart;
    struct svg_scale x, y;
    double left, right, top, bottom, height;
    bool narrow;
    int lines;               /* at most LINES */
    struct box names[LINES]; /* the names that stand in the plot so far */
    int name_count;
};

/* -- Axes -------------------------------------------------------------------------------------------------------- */

static void find_range(const struct svg_chart *chart, double *low, double *high)
{
    *low = INFINITY;
    *high = 0;
    for (int i = 0; i < chart->line_count; i++)
        for (int k = 0; k < chart->lines[i].count; k++) {
            *low = fmin(*low, chart->lines[i].points[k].y);
            *high = fmax(*high, chart->lines[i].points[k].y);
        }
    if (*low > *high || *low <= 0) {
        *low = 1;
        *high = fmax(*high, 10);
    }
}

static void draw_y_axis(struct plot *plot)
{
    struct svg_tick ticks[SVG_TICKS];
    double low, high;
    find_range(plot->chart, &low, &high);
    int count = svg_ticks(low, high, true, ticks);
    plot->y = (struct svg_scale){ticks[0].at, ticks[count - 1].at, plot->bottom - 8, plot->top, true, false};
    for (int i = 0; i < count; i++) {
        double y = svg_place(&plot->y, ticks[i].at);
        if (plot->narrow && ticks[i].at >= 10000)      /* "100,000" takes too much of a narrow chart */
            snprintf(ticks[i].label, sizeof ticks[i].label, "%gk", ticks[i].at / 1000);
        svg_rule(plot->to, plot->left - 8, y, plot->right, y, "grid");
        svg_label(plot->to, plot->left - 14, y + 4, "soft end", ticks[i].label);
    }
    svg_label(plot->to, 0, plot->top - 20, "soft", plot->chart->y_title);
}

/* A label that would touch the one before it, or the last one, is left out; its tick stays. */
static void draw_x_axis(struct plot *plot)
{
    const struct svg_tick *ticks = plot->chart->x_ticks;
    int count = plot->chart->x_tick_count;
    bool has_zero = ticks[0].at <= 0 && !plot->chart->x_linear;
    double most = plot->chart->x_most > 0 ? plot->chart->x_most : ticks[count - 1].at;
    plot->x = (struct svg_scale){ticks[has_zero].at, most, plot->left, plot->right, true, has_zero};
    if (plot->chart->x_linear)
        plot->x = (struct svg_scale){ticks[0].at, most, plot->left, plot->right, false, false};
    double last = svg_place(&plot->x, ticks[count - 1].at);
    double free_from = -1000, last_from = last - svg_text_width(ticks[count - 1].label) / 2 - 4;
    svg_rule(plot->to, plot->left - 8, plot->bottom, plot->right, plot->bottom, "base");
    for (int i = 0; i < count; i++) {
        double x = svg_place(&plot->x, ticks[i].at), half = svg_text_width(ticks[i].label) / 2;
        svg_rule(plot->to, x, plot->bottom, x, plot->bottom + 5, "base");
        if (i < count - 1 && (x - half < free_from || x + half > last_from))
            continue;
        svg_label(plot->to, x, plot->bottom + 20, "soft mid", ticks[i].label);
        free_from = x + half + 4;
    }
    if (has_zero) { /* the axis is broken between 0 and the first power */
        double gap = plot->left + (plot->right - plot->left) / 16;
        svg_rule(plot->to, gap - 5, plot->bottom + 5, gap - 1, plot->bottom - 5, "base");
        svg_rule(plot->to, gap + 1, plot->bottom + 5, gap + 5, plot->bottom - 5, "base");
    }
    svg_label(plot->to, (plot->left + plot->right) / 2, plot->bottom + 42, "soft mid", plot->chart->x_title);
}

/* -- Lines ------------------------------------------------------------------------------------------------------- */

static struct svg_point on_paper(const struct plot *plot, struct svg_point point)
{
    return (struct svg_point){svg_place(&plot->x, point.x), svg_place(&plot->y, point.y)};
}

static struct svg_point last_of(const struct plot *plot, const struct svg_line *line)
{
    return on_paper(plot, line->points[line->count - 1]);
}

/* Has the i-th point of a line a marker? On a curve one on each would hide it: it has one in twelve, and none where its
 * neighbour in the list has one, so that lines that run together are still told apart. */
static bool has_marker(const struct plot *plot, const struct svg_line *line, int i)
{
    enum { APART = 12 };
    int turn = (int)(line - plot->chart->lines) % APART, last = line->count - 1;
    return line->count <= APART || i == last || (i % APART == turn && i < last - APART / 3);
}

static void draw_line(const struct plot *plot, const struct svg_line *line)
{
    fprintf(plot->to, "<path class=\"line %s\" stroke-dasharray=\"%s\" d=\"", line->look.hue,
            *line->look.dash ? line->look.dash : "none");
    for (int i = 0; i < line->count; i++) {
        struct svg_point at = on_paper(plot, line->points[i]);
        fprintf(plot->to, "%c%.1f %.1f", i ? 'L' : 'M', at.x, at.y);
    }
    fputs("\"/>\n", plot->to);
    for (int i = 0; i < line->count; i++) {
        struct svg_point at = on_paper(plot, line->points[i]);
        if (has_marker(plot, line, i))
            svg_mark(plot->to, at.x, at.y, &line->look, plot->chart->hollow);
    }
    if (line->stops) {
        struct svg_point end = last_of(plot, line);
        fprintf(plot->to, "<g class=\"%s\">", line->look.hue);
        svg_rule(plot->to, end.x + 9, end.y - 8, end.x + 9, end.y + 8, "stop");
        fputs("</g>\n", plot->to);
    }
}

/* -- Names in the margin ----------------------------------------------------------------------------------------- */

/* Or nearly: curves end where too few requests were slower, which is seldom at one place. */
static bool reaches_edge(const struct plot *plot, const struct svg_line *line)
{
    return last_of(plot, line).x > plot->right - (plot->right - plot->left) / 8;
}

static bool named_in_margin(const struct plot *plot, const struct svg_line *line)
{
    return line->count > 0 && (plot->narrow || reaches_edge(plot, line));
}

/* Fills order with the lines that are named in the margin, the one that ends highest first. Returns how many. */
static int sort_by_end(const struct plot *plot, int *order)
{
    int count = 0;
    for (int i = 0; i < plot->lines; i++) {
        const struct svg_line *line = &plot->chart->lines[i];
        if (!named_in_margin(plot, line))
            continue;
        int k = count++;
        for (; k > 0 && last_of(plot, &plot->chart->lines[order[k - 1]]).y > last_of(plot, line).y; k--)
            order[k] = order[k - 1];
        order[k] = i;
    }
    return count;
}

static void name_in_margin(const struct plot *plot)
{
    int order[LINES];
    double places[LINES];
    int count = sort_by_end(plot, order);
    for (int i = 0; i < count; i++)
        places[i] = last_of(plot, &plot->chart->lines[order[i]]).y;
    svg_spread(places, count, NAME_HEIGHT, plot->top, plot->bottom);
    for (int i = 0; i < count; i++) {
        const struct svg_line *line = &plot->chart->lines[order[i]];
        if (reaches_edge(plot, line))
            svg_rule(plot->to, last_of(plot, line).x + 8, last_of(plot, line).y, plot->right + 20, places[i], "lead");
        svg_mark(plot->to, plot->right + 27, places[i], &line->look, plot->chart->hollow);
        svg_label(plot->to, plot->right + 37, places[i] + 4, "name", line->label);
    }
}

/* -- Names in the plot ------------------------------------------------------------------------------------------- */

static bool inside(const struct box *box, double x, double y)
{
    return x > box->left && x < box->right && y > box->top && y < box->bottom;
}

/* How much of the lines box covers, in steps along them. */
static int covered(const struct plot *plot, const struct box *box)
{
    enum { STEPS = 24 };
    int steps = 0;
    for (int i = 0; i < plot->lines; i++) {
        const struct svg_line *line = &plot->chart->lines[i];
        for (int k = 0; k < line->count; k++) {
            struct svg_point a = on_paper(plot, line->points[k]);
            struct svg_point b = on_paper(plot, line->points[k + 1 < line->count ? k + 1 : k]);
            for (int s = 0; s < STEPS; s++)
                steps += inside(box, a.x + (b.x - a.x) * s / STEPS, a.y + (b.y - a.y) * s / STEPS);
        }
    }
    return steps;
}

static double badness(const struct plot *plot, const struct box *box, struct svg_point end)
{
    double x = (box->left + box->right) / 2 - end.x, y = (box->top + box->bottom) / 2 - end.y;
    double sum = fabs(x) / 4 + fabs(y) + 50 * covered(plot, box);
    for (int i = 0; i < plot->name_count; i++) {
        const struct box *other = &plot->names[i];
        if (box->left < other->right && other->left < box->right && box->top < other->bottom &&
            other->top < box->bottom)
            sum += 1e5;
    }
    if (box->left < end.x + 16 && box->right > end.x - 8 && box->top < end.y + 9 && box->bottom > end.y - 9)
        sum += 1000; /* its own marker */
    if (box->left < plot->left || box->right > plot->right || box->top < plot->top - 8 || box->bottom > plot->bottom)
        sum += 1e6;
    return sum;
}

static struct box best_place(const struct plot *plot, struct svg_point end, double width)
{
    struct box best = {0};
    double least = INFINITY;
    for (int up = -12; up <= 12; up++)
        for (int side = 0; side < 4; side++) {
            double left = end.x + (double[]){17, -width / 2, -width - 8, 0}[side], middle = end.y + up * NAME_HEIGHT;
            struct box box = {left, middle - 9, left + width, middle + 9};
            double bad = badness(plot, &box, end);
            if (bad < least) {
                least = bad;
                best = box;
            }
        }
    return best;
}

static void name_in_plot(struct plot *plot, const struct svg_line *line)
{
    struct svg_point end = last_of(plot, line);
    struct box box = best_place(plot, end, svg_text_width(line->label) + 22);
    double middle = (box.top + box.bottom) / 2, near = fmin(fmax(end.x, box.left), box.right);
    plot->names[plot->name_count++] = box;
    if (fabs(middle - end.y) > 24)
        svg_rule(plot->to, end.x, end.y, near, middle < end.y ? box.bottom : box.top, "lead");
    svg_mark(plot->to, box.left + 9, middle, &line->look, plot->chart->hollow);
    svg_label(plot->to, box.left + 19, middle + 4, "name halo", line->label);
}

/* -- The chart --------------------------------------------------------------------------------------------------- */

void svg_line_chart(FILE *to, const struct svg_chart *chart)
{
    struct plot plot = {.to = to, .chart = chart, .lines = chart->line_count < LINES ? chart->line_count : LINES};
    double margin = 0;
    for (int i = 0; i < plot.lines; i++)
        margin = fmax(margin, svg_text_width(chart->lines[i].label));
    plot.narrow = chart->figure.width < 600;
    plot.height = plot.narrow ? 400 : 440;
    plot.left = plot.narrow ? 48 : 64;
    plot.right = chart->figure.width - 40 - margin;
    plot.top = 36;
    plot.bottom = plot.height - 52;
    svg_open(to, &chart->figure, plot.height);
    draw_y_axis(&plot);
    draw_x_axis(&plot);
    for (int i = 0; i < plot.lines; i++)
        if (chart->lines[i].count > 0)
            draw_line(&plot, &chart->lines[i]);
    name_in_margin(&plot);
    for (int i = 0; i < plot.lines; i++)
        if (chart->lines[i].count > 0 && !named_in_margin(&plot, &chart->lines[i]))
            name_in_plot(&plot, &chart->lines[i]);
    svg_close(to);
}
