/* The figure of one request as the books draw it: time runs down, calls go from the application to the kernel and
 * back, and a bracket beside them holds each phase. */
#define _GNU_SOURCE
#include "harness/report/figure.h"
#include "harness/report/models.h"
#include "harness/report/svg.h"
#include <math.h>
#include <string.h>

enum { WIDTH = 430, ALONE = 560, TIMES = 62, LANES = 78, PHASES = 120, TOP = 38, ROW = 25, TITLE_ROW = 20 };

struct drawing {
    FILE *to;
    const struct figure *figure;
    const struct figure_row *rows;
    int count;
    const char *hue;
    double top, kernel;     /* where the lanes begin, and where the kernel stands */
};

static double lane_x(const struct drawing *drawing, int lane)
{
    return LANES + lane * (drawing->kernel - LANES) / (double)drawing->figure->lane_count;
}

static double row_y(const struct drawing *drawing, int row) { return drawing->top + 20 + row * ROW; }

/* -- Text alternative -------------------------------------------------------------------------------------------- */

static void say_row(const struct drawing *drawing, const struct figure_row *row, char *text, size_t size)
{
    const char *who = drawing->figure->lane[row->lane], *at = *row->time ? ", at " : "";
    switch (row->kind) {
    case ROW_CALL: snprintf(text, size, "%s calls %s%s%s. ", who, row->text, at, row->time); break;
    case ROW_RETURN: snprintf(text, size, "It returns to %s: %s%s%s. ", who, row->text, at, row->time); break;
    case ROW_SIGNAL: snprintf(text, size, "A signal comes to %s: %s%s%s. ", who, row->text, at, row->time); break;
    case ROW_ARRIVES: case ROW_COPIES: snprintf(text, size, "Kernel: %s%s%s. ", row->text, at, row->time); break;
    default: snprintf(text, size, "%s: %s%s%s. ", who, row->text, at, row->time);
    }
}

static void describe(const struct drawing *drawing, char *text, size_t size)
{
    size_t at = 0;
    for (int i = 0; i < drawing->count && at < size; i++) {
        say_row(drawing, &drawing->rows[i], text + at, size - at);
        at += strlen(text + at);
    }
}

/* -- Rows -------------------------------------------------------------------------------------------------------- */

/* So many letters have room; one of this size is seldom wider. */
static int room_for(double room) { return (int)(room / 6.2); }

/* As much of the text as has room. */
static void label(const struct drawing *drawing, double x, double y, double room, const char *class, const char *text)
{
    char cut[80];
    int most = room_for(room);
    snprintf(cut, sizeof cut, "%s", text);
    if (most < (int)strlen(cut) && most > 2)
        memcpy(cut + most - 2, "..", 3);
    svg_label(drawing->to, x, y, class, cut);
}

/* "epoll_ctl: add A (in, out, edge-triggered)": where that has no room in a line, what is in brackets has one of its
 * own. */
static void label_in_two(const struct drawing *drawing, double x, double y, double room, const char *text)
{
    const char *bracket = strstr(text, " (");
    char first[80];
    if (!bracket || (int)strlen(text) <= room_for(room)) {
        label(drawing, x, y + 4, room, "soft halo", text);
        return;
    }
    snprintf(first, sizeof first, "%.*s", (int)(bracket - text), text);
    label(drawing, x, y - 5, room, "soft halo", first);
    label(drawing, x, y + 7, room, "soft halo", bracket + 1);
}

static void arrow_head(FILE *to, double x, double y, int direction, const char *hue)
{
    fprintf(to, "<path class=\"head %s\" d=\"M%.1f %.1fl%d -4v8z\"/>\n", hue, x, y, -8 * direction);
}

static void draw_arrow(const struct drawing *drawing, const struct figure_row *row, double y)
{
    double x = lane_x(drawing, row->lane);
    bool signal = row->kind == ROW_SIGNAL;
    const char *hue = signal ? drawing->hue : "ink";
    fprintf(drawing->to, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"arrow %s\"%s/>\n", x + 5, y,
            drawing->kernel, y, hue, signal ? " stroke-dasharray=\"5 3\"" : "");
    if (row->kind == ROW_CALL)
        arrow_head(drawing->to, drawing->kernel, y, 1, hue);
    else
        arrow_head(drawing->to, x + 5, y, -1, hue);
    label(drawing, x + 15, y - 5, drawing->kernel - x - 20, "soft", row->text);
}

static void draw_row(const struct drawing *drawing, int i)
{
    const struct figure_row *row = &drawing->rows[i];
    double y = row_y(drawing, i), x = lane_x(drawing, row->lane);
    struct svg_look point = {drawing->hue, "", SVG_SQUARE}, event = {"ink", "", SVG_DISC};
    char time[24];
    snprintf(time, sizeof time, "%s%s", *row->time == '-' ? "\xe2\x88\x92" : "", row->time + (*row->time == '-'));
    figure_typeset(time, sizeof time);
    if (*time)
        svg_label(drawing->to, TIMES, y + 4, "soft end", time);
    switch (row->kind) {
    case ROW_CALL: case ROW_RETURN: case ROW_SIGNAL: draw_arrow(drawing, row, y); break;
    case ROW_POINT:
        svg_mark(drawing->to, x, y, &point, false);
        label_in_two(drawing, x + 12, y, drawing->kernel - x - 16, row->text);
        break;
    case ROW_VAIN: label(drawing, x + 12, y + 4, drawing->kernel - x - 16, "halo", row->text); break;
    case ROW_ARRIVES: case ROW_COPIES:
        svg_mark(drawing->to, drawing->kernel, y, &event, row->kind == ROW_COPIES);
        svg_label(drawing->to, drawing->kernel - 10, y + 4,
                  row->kind == ROW_ARRIVES ? "end name halo" : "end soft halo", row->text);
        break;
    case ROW_ASLEEP:
        for (int lane = 0; lane < drawing->figure->lane_count; lane++)
            if (row->asleep[lane])
                svg_label(drawing->to, lane_x(drawing, lane) + 12, y + 4, "soft halo", row->text);
        break;
    }
}

/* -- What lies behind the rows ----------------------------------------------------------------------------------- */

static void draw_lanes(const struct drawing *drawing)
{
    double bottom = row_y(drawing, drawing->count - 1) + 14;
    for (int lane = 0; lane < drawing->figure->lane_count; lane++) {
        double x = lane_x(drawing, lane);
        svg_label(drawing->to, x - 4, drawing->top - 12, "name", drawing->figure->lane[lane]);
        svg_rule(drawing->to, x, drawing->top, x, bottom, "base");
        for (int i = 0; i < drawing->count; i++)
            if (drawing->rows[i].asleep[lane])
                fprintf(drawing->to, "<rect x=\"%.1f\" y=\"%.1f\" width=\"10\" height=\"%.1f\" class=\"asleep %s\"/>\n",
                        x - 5, row_y(drawing, i), fmin(ROW, bottom - row_y(drawing, i)), drawing->hue);
    }
    svg_label(drawing->to, drawing->kernel + 2, drawing->top - 12, "name", "kernel");
    svg_rule(drawing->to, drawing->kernel, drawing->top, drawing->kernel, bottom, "base");
}

static void draw_bracket(const struct drawing *drawing, bool copy, const char *name, const char *time)
{
    int first = -1, last = -1;
    for (int i = 0; i < drawing->count; i++)
        if (copy ? drawing->rows[i].in_copy : drawing->rows[i].in_wait) {
            first = first < 0 ? i : first;
            last = i;
        }
    if (first < 0)
        return;
    double top = row_y(drawing, first) - (copy ? 6 : 8), bottom = row_y(drawing, last) + (copy ? 8 : 6);
    double middle = (top + bottom) / 2;
    fprintf(drawing->to, "<path class=\"arrow %s\" d=\"M%.1f %.1fh6V%.1fh-6\"/>\n", drawing->hue,
            drawing->kernel + 8, top, bottom);
    svg_label(drawing->to, drawing->kernel + 20, middle - 2, "name", name);
    svg_label(drawing->to, drawing->kernel + 20, middle + 14, "", time);
}

/* -- The title --------------------------------------------------------------------------------------------------- */

/* How many bytes of the text are its first line, up to a blank. */
static int line_of(const char *text)
{
    enum { LINE = ALONE / 8 };
    int end = (int)strlen(text), last = 0;
    if (end <= LINE)
        return end;
    for (int i = 0; i <= LINE; i++)
        last = text[i] == ' ' ? i : last;
    return last > 0 ? last : LINE;
}

/* On a slide there is nothing around the drawing that says what it is of. Returns how high the title is. */
static int draw_title(FILE *to, const struct figure *figure)
{
    char sentence[400], line[100];
    int height = 0;
    figure_say(figure, sentence, sizeof sentence);
    figure_typeset(sentence, sizeof sentence);
    for (const char *text = sentence; *text; height += TITLE_ROW) {
        int length = line_of(text);
        snprintf(line, sizeof line, "%.*s", length, text);
        if (to)
            svg_label(to, 0, height + 10, "title", line);
        text += length;
        text += *text == ' ';
    }
    return height;
}

/* -- The figure -------------------------------------------------------------------------------------------------- */

void figure_draw(FILE *to, const struct figure *figure, const char *id, bool alone)
{
    struct figure_row rows[FIGURE_ROWS];
    struct figure_phases phases = figure_phases(figure);
    char title[96], words[4096], wait[24], copy[24], most[32];
    struct svg_figure frame = {id, title, words, alone ? ALONE : WIDTH};
    struct drawing drawing = {to, figure, rows, figure_rows(figure, rows), model_find(figure->model)->look.hue,
                              TOP + (alone ? draw_title(NULL, figure) : 0), frame.width - PHASES};
    double height = row_y(&drawing, drawing.count - 1) + 24;
    snprintf(title, sizeof title, "%s: the wait for data, and the copy to the user", figure->model);
    describe(&drawing, words, sizeof words);
    figure_say_time(phases.wait_ns, wait, sizeof wait);
    figure_say_time(phases.copy_to_ns - phases.copy_from_ns, copy, sizeof copy);
    snprintf(most, sizeof most, "\xe2\x89\xa4 %s", copy);
    figure_typeset(words, sizeof words);
    figure_typeset(wait, sizeof wait);
    figure_typeset(most, sizeof most);
    (alone ? svg_open_file : svg_open)(to, &frame, height);
    if (alone)
        draw_title(to, figure);
    draw_lanes(&drawing);
    for (int i = 0; i < drawing.count; i++)
        draw_row(&drawing, i);
    draw_bracket(&drawing, false, "wait for data", wait);
    draw_bracket(&drawing, true, "copy to user", most);
    svg_close(to);
}
