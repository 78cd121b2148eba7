/* All models on one time axis, a row each. They meet where the data comes. What is left of it is long, and what is
 * right of it short: so the axis has two scales, milliseconds until there and microseconds from there on. */
#define _GNU_SOURCE
#include "harness/report/figure.h"
#include "harness/report/models.h"
#include "harness/report/svg.h"
#include "harness/report/words.h"
#include <math.h>
#include <string.h>

enum { NAMES = 96, TOP = 46, ROW = 34, GROUP = 22, BAR = 16, EDGE = 14, LEGEND = 76, TITLE = 32 };

struct drawing {
    FILE *to;
    struct svg_scale wait, copy;    /* milliseconds, microseconds */
    double y, top;
    int width;
};

static double place(const struct drawing *drawing, int64_t at_ns)
{
    if (at_ns < 0)
        return svg_place(&drawing->wait, (double)at_ns / 1e6);
    return fmin(svg_place(&drawing->copy, (double)at_ns / 1e3), drawing->copy.to);
}

/* -- A row ------------------------------------------------------------------------------------------------------- */

static void bar(const struct drawing *drawing, int64_t from_ns, int64_t to_ns, const char *class, const char *hue)
{
    double x = place(drawing, from_ns), width = place(drawing, to_ns) - x;
    fprintf(drawing->to, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%d\" class=\"%s %s\"/>\n", x,
            drawing->y - BAR / 2.0, fmax(width, 1), BAR, class, hue);
}

/* Hatched: who wakes up, and then copies. */
static void hatch(FILE *to, double x, double y, double width, double height, const char *hue)
{
    enum { APART = 5 };
    fprintf(to, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" class=\"wakes %s\"/>\n", x, y,
            fmax(width, 1), height, hue);
    fprintf(to, "<path class=\"arrow %s\" d=\"", hue);
    for (double at = APART - height; at < width; at += APART) {
        double from = fmax(0, -at), until = fmin(height, width - at);
        fprintf(to, "M%.1f %.1fL%.1f %.1f", x + at + from, y + height - from, x + at + until, y + height - until);
    }
    fputs("\"/>\n", to);
}

/* Thousands of questions: a fence stands for them. */
static void fence(const struct drawing *drawing, int64_t from_ns, int64_t to_ns, const char *hue)
{
    fprintf(drawing->to, "<path class=\"arrow %s\" d=\"", hue);
    for (double x = place(drawing, from_ns); x <= place(drawing, to_ns); x += 5)
        fprintf(drawing->to, "M%.1f %.1fv%d", x, drawing->y - BAR / 2.0, BAR);
    fputs("\"/>\n", drawing->to);
}

/* Held up, by a busy machine: it ends outside. */
static void label_end(const struct drawing *drawing, int64_t at_ns)
{
    char time[24], text[40];
    figure_say_time(at_ns, time, sizeof time);
    snprintf(text, sizeof text, "%s \xe2\x86\x92", time);
    figure_typeset(text, sizeof text);
    svg_label(drawing->to, drawing->copy.to, drawing->y + 4, "soft end halo", text);
}

/* On the wait, which ends at 0: more of it where there is room. */
static void label_wait(const struct drawing *drawing, const struct figure *figure, const struct figure_phases *phases)
{
    char where[40], full[80];
    if (phases->wait_ns == 0)
        return;
    double x = place(drawing, -phases->wait_ns) + 10, room = drawing->wait.to - x;
    figure_say_where(figure, where, sizeof where);
    snprintf(full, sizeof full, "%s%s%.20s", where, phases->way == FIGURE_HELPED ? "; main: " : "",
             phases->way == FIGURE_HELPED ? phases->wait->call : "");
    if (phases->way == FIGURE_ASKS) {
        snprintf(where, sizeof where, "asks in vain");
        snprintf(full, sizeof full, "asks %.20s times in vain", words_count((double)phases->vain).text);
    }
    svg_label(drawing->to, x, drawing->y + 4, "soft halo", (double)strlen(full) * 6.6 < room ? full : where);
}

static void draw_row(struct drawing *drawing, const struct figure *figure)
{
    struct figure_phases phases = figure_phases(figure);
    const char *hue = model_find(figure->model)->look.hue;
    struct svg_look has = {hue, "", SVG_DISC};
    bool asks = phases.way == FIGURE_ASKS;
    bool told = phases.wait && (phases.way == FIGURE_READINESS || phases.way == FIGURE_BY_SIGNAL);
    svg_label(drawing->to, 0, drawing->y + 4, "name", figure->model);
    if (asks)
        fence(drawing, -phases.wait_ns, phases.copy_from_ns, hue);
    else if (phases.wait_ns > 0)
        bar(drawing, -phases.wait_ns, told ? phases.wait->to_ns : 0, "asleep", hue);
    if (told)
        svg_rule(drawing->to, place(drawing, phases.wait->to_ns), drawing->y, place(drawing, phases.copy_from_ns),
                 drawing->y, "base");
    double copy_from = place(drawing, phases.copy_from_ns);
    if (figure_wakes(&phases))
        hatch(drawing->to, copy_from, drawing->y - BAR / 2.0, place(drawing, phases.copy_to_ns) - copy_from, BAR, hue);
    else
        bar(drawing, phases.copy_from_ns, phases.copy_to_ns, "copies", hue);
    svg_rule(drawing->to, place(drawing, phases.copy_to_ns), drawing->y, place(drawing, phases.done_ns), drawing->y,
             "base");
    if ((double)phases.done_ns <= drawing->copy.high * 1e3 + 1)
        svg_mark(drawing->to, place(drawing, phases.done_ns), drawing->y, &has, false);
    else
        label_end(drawing, phases.done_ns);
    label_wait(drawing, figure, &phases);
}

/* -- Axis -------------------------------------------------------------------------------------------------------- */

/* As many marks as have room: the wait is some tens of milliseconds, what follows some tens of microseconds. */
static void draw_scale(const struct drawing *drawing, const struct svg_scale *scale, double bottom, const char *unit)
{
    struct svg_tick ticks[SVG_TICKS];
    double most = fmax(-scale->low, scale->high), sign = scale->low < 0 ? -1 : 1;
    double last = scale->low < 0 ? scale->to : scale->from;
    int count = svg_ticks(0, most, false, ticks);
    for (int i = 1; i < count; i++) {
        double x = svg_place(scale, sign * ticks[i].at);
        char text[48];
        if (ticks[i].at > most || fabs(x - last) < 56)
            continue;
        snprintf(text, sizeof text, "%s%s %s", sign < 0 ? "\xe2\x88\x92" : "+", ticks[i].label, unit);
        svg_rule(drawing->to, x, drawing->top - 14, x, bottom, "grid");
        svg_label(drawing->to, x, bottom + 16, "soft mid", text);
        last = x;
    }
}

static void draw_axis(const struct drawing *drawing, double bottom)
{
    double zero = drawing->wait.to;
    draw_scale(drawing, &drawing->wait, bottom, "ms");
    draw_scale(drawing, &drawing->copy, bottom, "\xc2\xb5s");
    svg_rule(drawing->to, zero, drawing->top - 18, zero, bottom + 4, "base");
    svg_label(drawing->to, zero, bottom + 16, "name mid", "0");
    svg_label(drawing->to, zero - 8, drawing->top - 26, "soft end", "waits for data");
    svg_label(drawing->to, zero + 8, drawing->top - 26, "soft",
              drawing->width > 600 ? "wakes up or is told, and copies: at most (traced)" : "wakes up, copies");
}

static void swatch(FILE *to, double x, double y, const char *class)
{
    fprintf(to, "<rect x=\"%.1f\" y=\"%.1f\" width=\"16\" height=\"10\" class=\"%s\"/>\n", x, y, class);
}

static void draw_legend(struct drawing *drawing, double y)
{
    static const char *const says[] = {"asleep", "on its way to read, or to main", "wakes up and copies", "copies",
                                       "has the data"};
    struct svg_look has = {"ink", "", SVG_DISC};
    double left = drawing->width > 600 ? NAMES : 0, x = left;
    for (int i = 0; i < (int)(sizeof says / sizeof *says); i++) {
        double length = 36 + (double)strlen(says[i]) * 6.4;
        if (x + length > drawing->width) {
            x = left;
            y += 20;
        }
        switch (i) {
        case 0: swatch(drawing->to, x, y - 9, "asleep ink"); break;
        case 1: svg_rule(drawing->to, x, y - 4, x + 16, y - 4, "base"); break;
        case 2: hatch(drawing->to, x, y - 9, 16, 10, "ink"); break;
        case 3: swatch(drawing->to, x, y - 9, "copies ink"); break;
        default: svg_mark(drawing->to, x + 8, y - 4, &has, false);
        }
        svg_label(drawing->to, x + 22, y, "soft", says[i]);
        x += length;
    }
}

/* -- The figure -------------------------------------------------------------------------------------------------- */

static double height_of(const struct figure *figures, int count)
{
    const char *family = "";
    double height = 0;
    for (int i = 0; i < count; i++) {
        const char *own = model_find(figures[i].model)->family;
        if (*figures[i].cannot)
            continue;
        height += strcmp(own, family) != 0 ? ROW + GROUP : ROW;
        family = own;
    }
    return height;
}

static void describe(const struct figure *figures, int count, char *text, size_t size)
{
    size_t at = 0;
    text[0] = '\0';
    for (int i = 0; i < count && at + 1 < size; i++) {
        figure_say(&figures[i], text + at, size - at);
        at += strlen(text + at);
        if (at + 1 < size && i < count - 1)
            strcpy(text + at++, " ");
    }
    figure_typeset(text, size);
}

static double longest_wait_ms(const struct figure *figures, int count)
{
    double longest = 1;
    for (int i = 0; i < count; i++)
        if (!*figures[i].cannot)
            longest = fmax(longest, (double)figure_phases(&figures[i]).wait_ns / 1e6);
    return longest;
}

void figure_draw_all(FILE *to, const struct figure *figures, int count, const char *id, int width, bool alone)
{
    char words[FIGURES_MOST * 300];
    const char *family = "";
    double zero = NAMES + (width - NAMES) * 0.5;
    double top = TOP + (alone ? TITLE : 0), bottom = top + height_of(figures, count);
    const char *title = "One request to each model: the wait for data, and the copy to the user";
    struct svg_figure frame = {id, title, words, width};
    double end_us = (double)figure_axis_end(figures, count) / 1e3;
    struct drawing drawing = {.to = to, .y = top, .top = top, .width = width,
                              .wait = {-longest_wait_ms(figures, count), 0, NAMES, zero, false, false},
                              .copy = {0, end_us, zero, width - EDGE, false, false}};
    describe(figures, count, words, sizeof words);
    if (alone) {
        svg_open_file(to, &frame, bottom + LEGEND);
        svg_label(to, 0, 12, "title", width > 600 ? title : "One request to each model");
    } else {
        svg_open(to, &frame, bottom + LEGEND);
    }
    draw_axis(&drawing, bottom);
    draw_legend(&drawing, bottom + 44);
    for (int i = 0; i < count; i++) {
        const char *own = model_find(figures[i].model)->family;
        if (*figures[i].cannot)
            continue;
        if (strcmp(own, family) != 0) {
            svg_label(to, 0, drawing.y + 18, "soft", own);
            drawing.y += GROUP;
        }
        family = own;
        drawing.y += ROW / 2.0;
        draw_row(&drawing, &figures[i]);
        drawing.y += ROW / 2.0;
    }
    svg_close(to);
}
