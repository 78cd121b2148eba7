/* All models on one time axis, a line each, and the numbers below. Two scales meet where the data comes: the wait
 * before it is a thousand times as long as what comes after it. */
#define _GNU_SOURCE
#include "harness/figure/canvas.h"
#include "harness/figure/wrap.h"
#include <string.h>

/* -- The axis ---------------------------------------------------------------------------------------------------- */

enum { NAME = 12, LEFT_SHARE = 50 };

/* Two scales meet in the column `zero`: milliseconds end there, microseconds begin. */
struct axis { int left, zero, right; int64_t low_ns, high_ns; };

static struct axis axis_of(const struct figure *figures, int count, int width)
{
    struct axis axis = {.left = NAME + 1, .right = width - 1, .low_ns = 1, .high_ns = 1};
    axis.zero = axis.left + (axis.right - axis.left) * LEFT_SHARE / 100;
    for (int i = 0; i < count; i++) {
        struct figure_phases phases = figure_phases(&figures[i]);
        if (*figures[i].cannot)
            continue;
        axis.low_ns = phases.wait_ns > axis.low_ns ? phases.wait_ns : axis.low_ns;
    }
    axis.high_ns = figure_axis_end(figures, count);
    return axis;
}

static int column_of(const struct axis *axis, int64_t at_ns)
{
    if (at_ns < 0)
        return axis->zero - (int)(-at_ns * (axis->zero - axis->left) / axis->low_ns);
    int64_t most = axis->right - axis->zero - 2, column = at_ns * most / axis->high_ns;
    return axis->zero + 1 + (int)(column < most ? column : most);
}

static void fill(struct canvas *canvas, int from, int to, enum glyph glyph)
{
    for (int i = from; i <= to; i++)
        canvas_glyph(canvas, i, glyph);
}

static void put_model(struct canvas *canvas, const struct axis *axis, const struct figure *figure)
{
    struct figure_phases phases = figure_phases(figure);
    char where[40], label[48];
    bool asks = phases.way == FIGURE_ASKS, sleeps = phases.wait && phases.way != FIGURE_HELPED;
    int from = column_of(axis, -phases.wait_ns);
    int64_t until_ns = sleeps ? phases.wait->to_ns : phases.copy_from_ns;
    figure_say_where(figure, where, sizeof where);
    snprintf(label, sizeof label, " %s ", asks ? "asks in vain" : where);
    canvas_text(canvas, 0, NAME, figure->model);
    if (phases.wait_ns > 0)
        fill(canvas, from, axis->zero - 1, asks ? ASKING : PALE);
    canvas_text(canvas, from + 2, axis->zero - from - 3, label);
    canvas_glyph(canvas, axis->zero, LINE);
    fill(canvas, axis->zero + 1, column_of(axis, until_ns), asks ? ASKING : PALE);
    fill(canvas, column_of(axis, until_ns) + 1, column_of(axis, phases.done_ns), ACROSS);
    fill(canvas, column_of(axis, phases.copy_from_ns), column_of(axis, phases.copy_to_ns),
         figure_wakes(&phases) ? SHADE : BLOCK);
    canvas_glyph(canvas, column_of(axis, phases.done_ns), phases.done_ns > axis->high_ns ? RIGHT : DOT);
}

static void print_axis(struct canvas *canvas, const struct axis *axis)
{
    char low[24], high[24];
    figure_say_time(axis->low_ns, low, sizeof low);
    figure_say_time(axis->high_ns, high, sizeof high);
    canvas_put(canvas, axis->left, "-");
    canvas_text(canvas, axis->left + 1, 12, low);
    canvas_text(canvas, axis->zero, 1, "0");
    canvas_text(canvas, axis->right - (int)strlen(high), 12, "+");
    canvas_text(canvas, axis->right + 1 - (int)strlen(high), 12, high);
    canvas_print(canvas);
}

/* -- Around it -------------------------------------------------------------------------------------------------- */

/* "in read itself: blocking, fork, prefork and thread" */
static void print_places(const struct text_look *look, const struct figure *figures, int count)
{
    char names[256], line[400];
    const char *place;
    fprintf(look->to, "One request to each. It waits for the data ...\n");
    for (int i = 0; (place = figure_place(figures, count, i, names, sizeof names)); i++) {
        snprintf(line, sizeof line, "... %s: %s", place, names);
        if (*names)
            wrap_print(look->to, line, 0, 4, look->width);
    }
}

static void print_legend(struct canvas *canvas, int column)
{
    static const struct { enum glyph glyph; const char *says; } marks[] = {
        {PALE, "asleep"}, {ASKING, "asks"}, {ACROSS, "on its way to read, or to main"}, {SHADE, "wakes up and copies"},
        {BLOCK, "copies"}, {DOT, "has the data"}};
    int left = column;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        int length = (int)strlen(marks[i].says);
        if (column + 2 + length > canvas->look->width) {
            canvas_print(canvas);
            column = left;
        }
        canvas_glyph(canvas, column, marks[i].glyph);
        canvas_text(canvas, column + 2, length, marks[i].says);
        column += length + 4;
    }
    canvas_print(canvas);
}

/* -- The numbers ------------------------------------------------------------------------------------------------- */

static void print_numbers(const struct text_look *look, const struct figure *figure)
{
    struct figure_phases phases = figure_phases(figure);
    char where[40], wait[24], told[24] = "-", copy[24];
    figure_say_where(figure, where, sizeof where);
    figure_say_time(phases.wait_ns, wait, sizeof wait);
    figure_say_time(phases.copy_to_ns - phases.copy_from_ns, copy, sizeof copy);
    if (phases.wait && phases.way != FIGURE_NOBODY)
        figure_say_time(phases.wait->to_ns, told, sizeof told);
    fprintf(look->to, "%-12s %-17s %8s %10s %9s\n", figure->model, where, wait, told, copy);
}

/* Those who wake up and copy in one call, or those who only copy: the two times are not to be compared. */
static void print_table(const struct text_look *look, const struct figure *figures, int count, bool wakes)
{
    static const char above[] = "\n                                                wakes up and\n";
    int printed = 0;
    for (int i = 0; i < count; i++) {
        struct figure_phases phases = figure_phases(&figures[i]);
        if (*figures[i].cannot || figure_wakes(&phases) != wakes)
            continue;
        if (printed++ == 0)
            fprintf(look->to, "%s%-12s %-17s %8s %10s %9s\n", wakes ? above : "\n", "", "waits", "for data",
                    "told after", "copies <=");
        print_numbers(look, &figures[i]);
    }
}

/* What the numbers do not say, and who has none. */
static void print_notes(const struct text_look *look, const struct figure *figures, int count)
{
    char sentence[400];
    fprintf(look->to, "\n");
    for (int i = 0; i < count; i++)
        if (*figures[i].cannot || figure_phases(&figures[i]).way == FIGURE_ASKS) {
            figure_say(&figures[i], sentence, sizeof sentence);
            wrap_print(look->to, sentence, 0, 4, look->width);
        }
    wrap_print(look->to, "Traced, each call takes longer: what is right of 0 took at most as long as it is drawn. "
                         "Who waits in the call that copies wakes up in it, too: its time is that of both, and not "
                         "to be compared with a copy alone.",
               0, 0, look->width);
}

/* -- All of it --------------------------------------------------------------------------------------------------- */

void text_figures(const struct text_look *look, const struct figure *figures, int count)
{
    struct canvas canvas = {.look = look};
    struct axis axis = axis_of(figures, count, look->width);
    print_places(look, figures, count);
    canvas_clear(&canvas);
    canvas_print(&canvas);
    canvas_text(&canvas, axis.left, axis.zero - axis.left, "milliseconds");
    canvas_glyph(&canvas, axis.zero, LINE);
    canvas_text(&canvas, axis.zero + 2, axis.right - axis.zero - 1, "microseconds, at most");
    canvas_print(&canvas);
    for (int i = 0; i < count; i++)
        if (!*figures[i].cannot) {
            put_model(&canvas, &axis, &figures[i]);
            canvas_print(&canvas);
        }
    print_axis(&canvas, &axis);
    print_legend(&canvas, look->width < 72 ? 0 : axis.left);
    print_table(look, figures, count, true);
    print_table(look, figures, count, false);
    print_notes(look, figures, count);
}
