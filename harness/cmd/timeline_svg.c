/* A timeline as a drawing: time runs down, a column for the scene and one for each process or thread. A wait is a pale
 * box, the longer the higher (but not to scale: 50 ms beside 20 us cannot be); all else is a mark. */
#define _GNU_SOURCE
#include "harness/cmd/timeline.h"
#include "harness/cmd/cmd.h"
#include "harness/figure/wrap.h"
#include "harness/report/svg.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LEFT = 74, SCENE = 180, LANE = 330, TOP = 110, ROW = 21, ROWS_MOST = 120, LANES_MOST = 6, TEXT = 160 };

struct drawing { FILE *to; const struct timeline *timeline; int rows, lanes; double y; };

static const char paper[] =
    ":root{--ink:#1b1b1b;--soft:#595959;--rule:#d0d0d0;--paper:#fff;--pale:#e8f1f8;--sans:system-ui,sans-serif}\n"
    "@media (prefers-color-scheme:dark){:root{--ink:#eee;--soft:#b0b0b0;--rule:#444;--paper:#161616;--pale:#1e3040}}\n"
    ".paper{fill:var(--paper)}.wait{fill:var(--pale);stroke:var(--hue);stroke-width:1}\n";

/* -- Sizes ------------------------------------------------------------------------------------------------------- */

static bool is_drawn(const struct drawing *drawing, const struct step *step)
{
    return step->line || timeline_lane(drawing->timeline, &step->event) < drawing->lanes;
}

static double waited_ms(const struct drawing *drawing, const struct step *step)
{
    char text[24] = "";
    if (!step->line)
        timeline_waited(drawing->timeline, &step->event, text, sizeof text);
    return strtod(text, NULL);
}

static double height_of(const struct drawing *drawing, const struct step *step)
{
    double ms = waited_ms(drawing, step);
    return ms > 0 ? ROW + 10 * log10(1 + ms) : ROW;
}

/* -- Text alternative -------------------------------------------------------------------------------------------- */

/* All that the drawing shows, in its order. */
static void describe(const struct drawing *drawing)
{
    for (int i = 0; i < drawing->rows; i++) {
        const struct step *step = &drawing->timeline->steps[i];
        char text[TEXT];
        if (!is_drawn(drawing, step))
            continue;
        if (step->line)
            snprintf(text, sizeof text, "The scene: %.120s", step->line);
        else
            trace_describe(&step->event, text, sizeof text);
        svg_text(drawing->to, text);
        if (waited_ms(drawing, step) > 0)
            fprintf(drawing->to, ", waited %.1f ms", waited_ms(drawing, step));
        fputs(". ", drawing->to);
    }
}

/* -- Rows -------------------------------------------------------------------------------------------------------- */

/* As much of the text as has room. */
static void label(const struct drawing *drawing, double x, double y, int room, const char *class, const char *text)
{
    char shown[TEXT + 44];
    int most = wrap_cut(text, room / 7);
    snprintf(shown, sizeof shown, "%.*s%s", most, text, text[most] ? "..." : "");
    svg_label(drawing->to, x, y, class, shown);
}

static void draw_event(struct drawing *drawing, const struct step *step, double height)
{
    char text[TEXT], full[TEXT + 40];
    int lane = timeline_lane(drawing->timeline, &step->event);
    double x = LEFT + SCENE + lane * LANE, ms = waited_ms(drawing, step);
    trace_describe(&step->event, text, sizeof text);
    snprintf(full, sizeof full, "%s", text);
    if (ms > 0) {
        fprintf(drawing->to, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%d\" height=\"%.1f\" class=\"wait blue\"/>\n", x,
                drawing->y + 1, LANE - 14, height - 4);
        snprintf(full, sizeof full, "waits %.1f ms: %s", ms, text);
    } else {
        const struct svg_look look = {step->event.error ? "vermillion" : "ink", "",
                                      step->event.kind == TRACE_CALL ? SVG_SQUARE : SVG_DIAMOND};
        svg_mark(drawing->to, x + 8, drawing->y + ROW / 2.0, &look, step->event.error != 0);
    }
    label(drawing, x + 20, drawing->y + height - 7, LANE - 34, "", full);
}

static void draw_step(struct drawing *drawing, const struct step *step)
{
    char at[24];
    double height = height_of(drawing, step);
    bool still_waits = !step->line && step->event.returned_ns == 0 && step->event.may_block;
    if (!still_waits) {
        snprintf(at, sizeof at, "%.2f", (double)(step->at_ns - drawing->timeline->began_ns) / 1e6);
        svg_label(drawing->to, LEFT - 12, drawing->y + height - 7, "soft end", at);
    }
    if (step->line) {
        label(drawing, LEFT, drawing->y + height - 7, SCENE - 8, "name", step->line);
        double y = drawing->y + height - 2;
        svg_rule(drawing->to, LEFT, y, LEFT + SCENE + drawing->lanes * LANE, y, "grid");
    } else {
        draw_event(drawing, step, height);
    }
    drawing->y += height;
}

static void draw_heads(const struct drawing *drawing)
{
    svg_label(drawing->to, LEFT - 12, TOP - 12, "soft end", "ms");
    svg_label(drawing->to, LEFT, TOP - 12, "soft", "the scene");
    for (int lane = 0; lane < drawing->lanes; lane++) {
        char name[24];
        timeline_lane_name(drawing->timeline, lane, name, sizeof name);
        svg_label(drawing->to, LEFT + SCENE + lane * LANE, TOP - 12, "soft", name);
    }
}

/* -- The file ---------------------------------------------------------------------------------------------------- */

static void open_figure(const struct drawing *drawing, double height)
{
    int width = LEFT + SCENE + drawing->lanes * LANE + 10;
    fprintf(drawing->to, "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"fig\" viewBox=\"0 0 %d %.0f\" width=\"%d\" "
                         "height=\"%.0f\" role=\"img\" aria-labelledby=\"trace-t trace-d\">\n<title id=\"trace-t\">",
            width, height, width, height);
    svg_text(drawing->to, drawing->timeline->who);
    fputs(", call by call</title>\n<desc id=\"trace-d\">", drawing->to);
    describe(drawing);
    fprintf(drawing->to, "</desc>\n<style>%s%s</style>\n<rect class=\"paper\" width=\"%d\" height=\"%.0f\"/>\n", paper,
            svg_style, width, height);
}

static void draw(struct drawing *drawing)
{
    const struct timeline *timeline = drawing->timeline;
    char title[200], left_out[120] = "";
    double height = TOP + 40;
    for (int i = 0; i < drawing->rows; i++)
        height += is_drawn(drawing, &timeline->steps[i]) ? height_of(drawing, &timeline->steps[i]) : 0;
    open_figure(drawing, height);
    snprintf(title, sizeof title, "%s, call by call", timeline->who);
    svg_label(drawing->to, 12, 26, "name", title);
    svg_label(drawing->to, 12, 46, "soft", "Time runs down, not to scale.");
    svg_label(drawing->to, 12, 64, "soft", "Box: a wait. Square: a call that did not wait, hollow if it failed.");
    draw_heads(drawing);
    drawing->y = TOP;
    for (int i = 0; i < drawing->rows; i++)
        if (is_drawn(drawing, &timeline->steps[i]))
            draw_step(drawing, &timeline->steps[i]);
    if (drawing->rows < timeline->count || drawing->lanes < timeline->lane_count)
        snprintf(left_out, sizeof left_out, "Not drawn: %d more steps, %d more processes or threads.",
                 timeline->count - drawing->rows, timeline->lane_count - drawing->lanes);
    svg_label(drawing->to, 12, drawing->y + 26, "soft", left_out);
    svg_close(drawing->to);
}

bool timeline_draw(const struct timeline *timeline, const char *path)
{
    struct drawing drawing = {.to = fopen(path, "we"), .timeline = timeline, .rows = timeline->count,
                              .lanes = timeline->lane_count};
    if (!drawing.to)
        return false;
    drawing.rows = drawing.rows < ROWS_MOST ? drawing.rows : ROWS_MOST;
    drawing.lanes = drawing.lanes < LANES_MOST ? drawing.lanes : LANES_MOST;
    draw(&drawing);
    return cmd_close(drawing.to);
}
