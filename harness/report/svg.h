/* svg.h: draws figures as inline SVG. Pure: numbers in, text out, nothing is read or decided. A figure carries
 * role="img", a title and a description; its colours come from svg_style, which the page puts into its style
 * sheet, so that the same figure reads on light and on dark paper. Every text is escaped here.
 *
 * A drawing is as wide as it is told, in units that are pixels where it is shown at its own size: a page draws a
 * figure twice, for a wide and for a narrow window, and shows one. */
#pragma once
#include <stdbool.h>
#include <stdio.h>

extern const char svg_style[];

enum svg_marker { SVG_DISC, SVG_SQUARE, SVG_DIAMOND, SVG_TRIANGLE, SVG_WEDGE, SVG_CROSS };

/* How one series looks. hue: "ink", "blue", "green", "orange", "vermillion", "purple". dash: a stroke-dasharray,
 * or "". */
struct svg_look {
    const char *hue, *dash;
    enum svg_marker marker;
};

/* -- Scales ------------------------------------------------------------------------------------------------------ */

/* Maps low..high to from..to. A logarithmic scale with has_zero keeps the first eighth of its length for the value
 * 0. */
struct svg_scale {
    double low, high, from, to;
    bool logarithmic, has_zero;
};
double svg_place(const struct svg_scale *scale, double value);

struct svg_tick {
    double at;
    char label[24];
};
enum { SVG_TICKS = 24 };

/* Round values that span low..high: 1-2-5 on a short logarithmic scale, decades on a long one, equal steps on a
 * linear one. The first is at or below low and the last at or above high. Returns how many, 2 to SVG_TICKS. */
int svg_ticks(double low, double high, bool logarithmic, struct svg_tick ticks[SVG_TICKS]);

/* Moves the places apart until neighbours stand gap from each other, each as near to where it was as that allows,
 * all of them inside low..high where they fit. The places must be sorted. */
void svg_spread(double *places, int count, double gap, double low, double high);

/* -- Figures ----------------------------------------------------------------------------------------------------- */

struct svg_figure {
    const char *id; /* unique in the page: title and description are named after it */
    const char *title, *description;
    int width;
};

struct svg_point {
    double x, y;
};
struct svg_line {
    const char *label;
    struct svg_look look;
    const struct svg_point *points;
    int count;
    bool stops; /* the sweep goes on, this line does not: it ends with a bar */
};
struct svg_chart {
    struct svg_figure figure;
    const char *x_title, *y_title;
    const struct svg_tick *x_ticks; /* sorted; the first may be 0 */
    int x_tick_count;
    double x_most; /* the right edge, where it is not the last tick; 0: it is */
    bool x_linear; /* its x axis begins at the first tick and is linear; else it is logarithmic */
    const struct svg_line *lines;
    int line_count;
    bool hollow; /* marks are outlines: not to be compared */
};

/* Lines over logarithmic axes, each labelled at its end; points must be sorted by x. */
void svg_line_chart(FILE *to, const struct svg_chart *chart);

struct svg_row {
    const char *group, *label; /* a new group starts where it differs from the row above */
    struct svg_look look;
    double value;     /* NAN: nothing is drawn but the text */
    const char *text; /* stands behind the mark */
    bool hollow;      /* drawn as an outline: not to be compared with the others */
};
struct svg_rows {
    struct svg_figure figure;
    const char *x_title;
    bool bars;        /* bars from 0 on a linear scale; else dots */
    bool logarithmic; /* of dots; a 0 among the values gets its own place at the left */
    const struct svg_row *rows;
    int row_count;
};

/* One horizontal bar or dot per row. */
void svg_row_chart(FILE *to, const struct svg_rows *rows);

/* A dot for each pair: its ratio, B / A. The estimate is the mark, and the bar its interval; without one, low is 0.
 * What lies outside of the scale stands hollow at its edge. The grey band is what counts as the same. */
struct svg_pair_row {
    const char *label, *text;
    struct svg_look look;
    const double *ratios;
    int count;
    double estimate, low, high;
    bool hollow;
};
struct svg_pairs {
    struct svg_figure figure;
    const char *less, *more; /* what the left and the right of the axis mean */
    const struct svg_pair_row *rows;
    int row_count;
};
void svg_pair_chart(FILE *to, const struct svg_pairs *pairs);

/* A strip for each row, which reaches from half to twice: x is when, y the ratio to what is usual. */
struct svg_strip_row {
    const char *label;
    struct svg_look look;
    const struct svg_point *points;
    int count;
};
struct svg_strips {
    struct svg_figure figure;
    const char *x_title;
    const struct svg_strip_row *rows;
    int row_count;
};
void svg_strip_chart(FILE *to, const struct svg_strips *strips);

/* count little squares, in rows of sixteen: a number that can be seen. */
void svg_squares(FILE *to, const struct svg_figure *figure, int count, const char *hue);

/* A strip of which part of whole is filled and the rest an empty outline. */
void svg_strip(FILE *to, const struct svg_figure *figure, double part, double whole, const char *hue);

/* -- Parts, for the files of this drawing ------------------------------------------------------------------------ */

void svg_text(FILE *to, const char *text); /* escaped */
int svg_character(const char *text); /* how many bytes of the text are one character of UTF-8; 0: none is */
void svg_open(FILE *to, const struct svg_figure *figure, double height);
void svg_open_file(FILE *to, const struct svg_figure *figure, double height); /* as a file of its own, not in a page */
void svg_close(FILE *to);
void svg_label(FILE *to, double x, double y, const char *class, const char *text);
void svg_rule(FILE *to, double x1, double y1, double x2, double y2, const char *class);
void svg_mark(FILE *to, double x, double y, const struct svg_look *look, bool hollow);
double svg_text_width(const char *text); /* an estimate, on the wide side */
