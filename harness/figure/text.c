/* The figure of one request, as a page of characters: who makes calls on the left, the kernel on its right, and beside
 * them the phases. */
#define _GNU_SOURCE
#include "harness/figure/canvas.h"
#include "harness/figure/wrap.h"
#include <string.h>

enum { TIME = 9, BEFORE_LANES = 11, PHASES = 19 };

static int min(int a, int b) { return a < b ? a : b; }

struct columns { int lane[FIGURE_LANES], kernel; };

static struct columns columns_of(const struct figure *figure, int width)
{
    struct columns columns = {.kernel = width - PHASES - 3};
    int room = columns.kernel - BEFORE_LANES;
    for (int i = 0; i < figure->lane_count; i++)
        columns.lane[i] = BEFORE_LANES + i * room / figure->lane_count;
    return columns;
}

static void put_arrow(struct canvas *canvas, const struct columns *columns, const struct figure_row *row)
{
    int from = columns->lane[row->lane], room = columns->kernel - from - 4;
    bool comes_back = row->kind != ROW_CALL;
    for (int i = from + 1; i < columns->kernel; i++)
        canvas_glyph(canvas, i, row->kind == ROW_SIGNAL ? DOUBLE : ACROSS);
    canvas_glyph(canvas, comes_back ? from + 1 : columns->kernel - 1, comes_back ? LEFT : RIGHT);
    canvas_put(canvas, from + 2 + comes_back, " ");
    canvas_text(canvas, from + 3 + comes_back, room - 2, row->text);
    canvas_put(canvas, from + 3 + comes_back + min((int)strlen(row->text), room - 2), " ");
}

static void put_in_kernel(struct canvas *canvas, const struct columns *columns, const struct figure_row *row)
{
    int length = (int)strlen(row->text);
    canvas_text(canvas, columns->kernel - 1 - length, length, row->text);
    canvas_glyph(canvas, columns->kernel, DOT);
}

static void put_row(struct canvas *canvas, const struct figure *figure, const struct columns *columns,
                    const struct figure_row *row)
{
    canvas_text(canvas, TIME - (int)strlen(row->time), TIME, row->time);
    canvas_glyph(canvas, columns->kernel, LINE);
    for (int i = 0; i < figure->lane_count; i++) {
        canvas_glyph(canvas, columns->lane[i], row->asleep[i] ? DEEP : LINE);
        if (row->kind == ROW_ASLEEP && row->asleep[i])
            canvas_text(canvas, columns->lane[i] + 2, 12, row->text);
    }
    int lane = columns->lane[row->lane];
    switch (row->kind) {
    case ROW_CALL: case ROW_RETURN: case ROW_SIGNAL: put_arrow(canvas, columns, row); break;
    case ROW_POINT:
        canvas_glyph(canvas, lane, DOT);
        canvas_text(canvas, lane + 2, columns->kernel - lane - 3, row->text);
        break;
    case ROW_VAIN: canvas_text(canvas, lane + 3, columns->kernel - lane - 4, row->text); break;
    case ROW_ARRIVES: case ROW_COPIES: put_in_kernel(canvas, columns, row); break;
    case ROW_ASLEEP: break;
    }
}

struct bracket { int first, last; char words[2][24]; };

static struct bracket bracket_of(const struct figure_row *rows, int count, bool copy)
{
    struct bracket bracket = {-1, -1, {"", ""}};
    for (int i = 0; i < count; i++)
        if (copy ? rows[i].in_copy : rows[i].in_wait) {
            bracket.first = bracket.first < 0 ? i : bracket.first;
            bracket.last = i;
        }
    return bracket;
}

static void put_bracket(struct canvas *canvas, int column, const struct bracket *bracket, int row)
{
    int line = row - bracket->first - (bracket->last - bracket->first) / 3;
    if (bracket->first < 0 || row < bracket->first || row > bracket->last)
        return;
    canvas_glyph(canvas, column, bracket->first == bracket->last ? ONLY : row == bracket->first ? FIRST
                                                             : row == bracket->last  ? LAST : MIDDLE);
    if (line >= 0 && line < 2)
        canvas_text(canvas, column + 2, PHASES - 2, bracket->words[line]);
}

static void put_heads(struct canvas *canvas, const struct figure *figure, const struct columns *columns)
{
    for (int i = 0; i < figure->lane_count; i++)
        canvas_text(canvas, columns->lane[i], columns->kernel - columns->lane[i] - 1, figure->lane[i]);
    canvas_text(canvas, columns->kernel, 6, "kernel");
    canvas_print(canvas);
}

void text_figure(const struct text_look *look, const struct figure *figure)
{
    struct canvas canvas = {.look = look};
    struct columns columns = columns_of(figure, look->width);
    struct figure_row rows[FIGURE_ROWS];
    struct figure_phases phases = figure_phases(figure);
    char sentence[400], time[20];
    figure_say(figure, sentence, sizeof sentence);
    wrap_print(look->to, sentence, 0, 0, look->width);
    if (*figure->cannot)
        return;
    int count = figure_rows(figure, rows);
    struct bracket wait = bracket_of(rows, count, false), copy = bracket_of(rows, count, true);
    snprintf(wait.words[0], sizeof wait.words[0], "wait for data");
    figure_say_time(phases.wait_ns, wait.words[1], sizeof wait.words[1]);
    figure_say_time(phases.copy_to_ns - phases.copy_from_ns, time, sizeof time);
    snprintf(copy.words[0], sizeof copy.words[0], "copy to the user");
    snprintf(copy.words[1], sizeof copy.words[1], "<= %s", time);
    canvas_clear(&canvas);
    canvas_print(&canvas);
    put_heads(&canvas, figure, &columns);
    for (int i = 0; i < count; i++) {
        put_row(&canvas, figure, &columns, &rows[i]);
        put_bracket(&canvas, columns.kernel + 2, &wait, i);
        put_bracket(&canvas, columns.kernel + 2, &copy, i);
        canvas_print(&canvas);
    }
}
