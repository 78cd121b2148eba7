/* Are scales and ticks right, are labels kept apart, and is a drawing well-formed whatever its texts and numbers
 * are? */
#define _GNU_SOURCE
#include "harness/report/svg.h"
#include "harness/tests/check.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool near(double a, double b) { return fabs(a - b) < 1e-6 * fmax(1, fabs(b)); }

/* -- Scales ------------------------------------------------------------------------------------------------------ */

static void test_places(void)
{
    struct svg_scale line = {0, 10, 100, 200, false, false}, powers = {1, 1000, 0, 300, true, false};
    struct svg_scale zero = {100, 10000, 0, 80, true, true}, upward = {1, 100, 400, 0, true, false};
    CHECK(near(svg_place(&line, 5), 150), "%g", svg_place(&line, 5));
    CHECK(near(svg_place(&powers, 10), 100), "%g", svg_place(&powers, 10));
    CHECK(near(svg_place(&zero, 0), 0), "%g", svg_place(&zero, 0));
    CHECK(near(svg_place(&zero, 100), 10), "%g", svg_place(&zero, 100));
    CHECK(near(svg_place(&zero, 1000), 45), "%g", svg_place(&zero, 1000));
    CHECK(near(svg_place(&upward, 10), 200), "%g", svg_place(&upward, 10));
}

static void ticks_are(double low, double high, bool logarithmic, const char *want)
{
    struct svg_tick ticks[SVG_TICKS];
    char got[512] = "";
    int count = svg_ticks(low, high, logarithmic, ticks);
    for (int i = 0; i < count; i++)
        snprintf(got + strlen(got), sizeof got - strlen(got), "%s%s", i ? " " : "", ticks[i].label);
    CHECK(strcmp(got, want) == 0, "%s, want %s", got, want);
}

static void test_ticks(void)
{
    ticks_are(9, 62, true, "5 10 20 50 100");
    ticks_are(10, 100, true, "10 20 50 100");
    ticks_are(10, 10, true, "10 20");
    ticks_are(0.3, 0.9, true, "0.2 0.5 1");
    ticks_are(90, 151000, true, "10 100 1,000 10,000 100,000 1,000,000");
    ticks_are(0, 112000, false, "0 20,000 40,000 60,000 80,000 100,000 120,000");
    ticks_are(0, 0, false, "0 0.2");
}

static void spread_is(double *places, int count, double gap, const double *want)
{
    svg_spread(places, count, gap, 0, 100);
    for (int i = 0; i < count; i++)
        CHECK(near(places[i], want[i]), "place %d is %g, want %g", i, places[i], want[i]);
}

static void test_labels_are_kept_apart(void)
{
    spread_is((double[]){10, 50, 90}, 3, 20, (double[]){10, 50, 90});
    spread_is((double[]){50, 50}, 2, 20, (double[]){40, 60});
    spread_is((double[]){48, 50, 52, 90}, 4, 10, (double[]){40, 50, 60, 90});
    spread_is((double[]){0, 0, 0}, 3, 20, (double[]){0, 20, 40});
    spread_is((double[]){100, 100}, 2, 20, (double[]){80, 100});
    spread_is((double[]){7}, 1, 20, (double[]){7});
}

/* -- Drawings ---------------------------------------------------------------------------------------------------- */

/* Is every tag closed, in order, and every < and & part of markup? Good enough for what this program writes. */
static bool well_formed(const char *text)
{
    char open[32][16];
    int depth = 0;
    for (const char *at = strchr(text, '<'); at; at = strchr(at + 1, '<')) {
        char name[16] = "";
        const char *end = strchr(at, '>');
        bool closes = at[1] == '/';
        if (!end || depth == 31 || sscanf(at + 1 + closes, "%15[a-z]", name) != 1)
            return false;
        if (closes && (depth == 0 || strcmp(open[--depth], name) != 0))
            return false;
        if (!closes && end[-1] != '/')
            strcpy(open[depth++], name);
        at = end;
    }
    return depth == 0;
}

static const struct svg_look look = {"blue", "2 3", SVG_DIAMOND};
static const struct svg_figure narrow = {"f-n", "A <title> & \"more\"", "what's > seen", 360},
                               wide = {"f-w", "t", "d", 880};

static void check_drawing(char *text, const char *what)
{
    CHECK(well_formed(text), "%s: %s", what, text);
    CHECK(strstr(text, "role=\"img\"") && strstr(text, "<title id=") && strstr(text, "<desc id="), "%s: %s", what,
          text);
    CHECK(!strstr(text, "nan") && !strstr(text, "inf\""), "%s has a number that is none", what);
    free(text);
}

static void test_line_chart(const struct svg_figure *figure, int points)
{
    static const struct svg_tick ticks[] = {{0, "0"}, {100, "100"}, {10000, "10,000"}};
    static const struct svg_point rising[] = {{0, 10}, {100, 12}, {10000, 400}};
    struct svg_line lines[] = {
        {"a<b", look, rising, points, points < 3}, {"c&d", look, rising, 3, false}, {"none", look, NULL, 0, true}};
    struct svg_chart chart = {*figure, "x", "y", ticks, 3, 0, false, lines, 3, false};
    char *text;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    svg_line_chart(to, &chart);
    fclose(to);
    CHECK((points == 0 || strstr(text, "a&#60;b")) && !strstr(text, "a<b"), "a name is not escaped");
    CHECK((strstr(text, "class=\"stop\"") != NULL) == (points > 0 && points < 3), "%d points", points);
    check_drawing(text, "line chart");
}

/* Each name stands on its own, also where all twelve lines stop at one point: reads off where the chart put them. */
static void test_names(const struct svg_figure *figure)
{
    enum { LINES = 12 };
    static const struct svg_tick ticks[] = {{0, "0"}, {100, "100"}, {10000, "10,000"}};
    static const struct svg_point points[] = {{0, 10}, {100, 12}, {10000, 400}};
    struct svg_line lines[LINES];
    struct svg_point at[LINES];
    char *text;
    size_t size;
    int found = 0;
    for (int i = 0; i < LINES; i++)
        lines[i] = (struct svg_line){"nonblocking", look, points, i < 9 ? 2 : 3, i < 9};
    struct svg_chart chart = {*figure, "x", "y", ticks, 3, 0, false, lines, LINES, false};
    FILE *to = open_memstream(&text, &size);
    svg_line_chart(to, &chart);
    fclose(to);
    for (const char *tag = text; found < LINES && (tag = strstr(tag, "<text x=")); tag++) {
        const char *class = strstr(tag, "class=\"name");
        if (class && class < strchr(tag, '>') &&
            sscanf(tag, "<text x=\"%lf\" y=\"%lf\"", &at[found].x, &at[found].y) == 2)
            found++;
    }
    CHECK(found == LINES, "%d of %d lines are named", found, LINES);
    for (int i = 0; i < found; i++)
        for (int k = 0; k < i; k++)
            CHECK(fabs(at[i].y - at[k].y) >= 13 || fabs(at[i].x - at[k].x) >= svg_text_width("nonblocking"),
                  "width %d: name %d covers name %d", figure->width, i, k);
    for (int i = 0; i < found; i++)
        CHECK(at[i].x >= 0 && at[i].x + svg_text_width("nonblocking") <= figure->width, "width %d: name %d is cut",
              figure->width, i);
    free(text);
}

static void test_row_chart(const struct svg_figure *figure, bool bars, double value)
{
    struct svg_row rows[] = {{"one", "a", look, value, "x < y", false}, {"two", "b", look, 5, "5", true}};
    struct svg_rows chart = {*figure, "x", bars, true, rows, 2};
    char *text;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    svg_row_chart(to, &chart);
    fclose(to);
    check_drawing(text, "row chart");
}

static int count_of(const char *text, const char *wanted)
{
    int count = 0;
    for (; (text = strstr(text, wanted)); text++)
        count++;
    return count;
}

/* A dot for each pair, a bar where there is an interval; and a wild pair stands hollow at the edge, where it presses
 * nobody. */
static void test_pairs(const struct svg_figure *figure, double low, double high)
{
    const double near_same[] = {0.98, 1, 1.01, 1.02, 60}, half[] = {0.5, 0.51};
    struct svg_pair_row rows[] = {{"a<b", "same", look, near_same, 5, 1, low, high, false},
                                  {"c", "different", look, half, 2, 0.5, 0.49, 0.52, false},
                                  {"none", "cannot tell", look, NULL, 0, 1, 0, 0, true}};
    struct svg_pairs chart = {*figure, "less", "more", rows, 3};
    char *text;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    svg_pair_chart(to, &chart);
    fclose(to);
    CHECK(count_of(text, "<circle class=\"dot") == 7, "%d dots of 7", count_of(text, "<circle class=\"dot"));
    CHECK(count_of(text, "class=\"dot outside") == 1, "%d lie outside, want 1", count_of(text, "class=\"dot outside"));
    CHECK(count_of(text, "class=\"interval\"") == (low > 0 && isfinite(high) ? 2 : 1), "%d intervals",
          count_of(text, "class=\"interval\""));
    CHECK(count_of(text, ">the same<") == 1 && count_of(text, ">half<") == 1, "the axis lacks a label: %s", text);
    check_drawing(text, "pair chart");
}

/* The scale reaches as far as the dots do on either side, also without an interval. */
static void test_one_sided(double ratio)
{
    const double ratios[] = {ratio, ratio, ratio};
    struct svg_pair_row row = {"a", "cannot tell", look, ratios, 3, 1, 0, 0, true};
    struct svg_pairs chart = {wide, "less", "more", &row, 1};
    char *text;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    svg_pair_chart(to, &chart);
    fclose(to);
    CHECK(count_of(text, "class=\"dot outside") == 0, "dots at %g lie outside", ratio);
    check_drawing(text, "one-sided pairs");
}

static void test_strips(const struct svg_figure *figure, int count)
{
    const struct svg_point points[] = {{1, 1}, {7, 0.9}, {40, 9}};
    struct svg_strip_row rows[] = {{"a&b", look, points, count}, {"c", look, points, 1}};
    struct svg_strips chart = {*figure, "trial", rows, 2};
    char *text;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    svg_strip_chart(to, &chart);
    fclose(to);
    CHECK(count_of(text, "<circle") == count + 1, "%d dots, want %d", count_of(text, "<circle"), count + 1);
    CHECK(count_of(text, "dot outside") == (count == 3), "%d lie outside", count_of(text, "dot outside"));
    check_drawing(text, "strips");
}

/* On a linear axis equal steps are equal distances. */
static void test_linear_axis(void)
{
    static const struct svg_tick ticks[] = {{10, "10 %"}, {60, "60 %"}, {110, "110 %"}};
    static const struct svg_point points[] = {{10, 5}, {60, 5}, {110, 5}};
    struct svg_line line = {"one", look, points, 3, false};
    struct svg_chart chart = {wide, "x", "y", ticks, 3, 0, true, &line, 1, false};
    double x[3] = {0};
    char *text;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    svg_line_chart(to, &chart);
    fclose(to);
    const char *path = strstr(text, "d=\"M");
    int found = path ? sscanf(path, "d=\"M%lf %*fL%lf %*fL%lf", &x[0], &x[1], &x[2]) : 0;
    CHECK(found == 3 && fabs(x[2] - 2 * x[1] + x[0]) < 0.3, "%.1f, %.1f, %.1f", x[0], x[1], x[2]);
    check_drawing(text, "linear axis");
}

static void test_counts(int count)
{
    char *text;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    int drawn = 0;
    svg_squares(to, &narrow, count, "blue");
    fclose(to);
    for (const char *at = text; (at = strchr(at, 'M')); at++)
        drawn++;
    CHECK(drawn == count, "%d squares, want %d", drawn, count);
    check_drawing(text, "squares");
    to = open_memstream(&text, &size);
    svg_strip(to, &narrow, count, 64, "blue");
    fclose(to);
    check_drawing(text, "strip");
}

int main(void)
{
    test_places();
    test_ticks();
    test_labels_are_kept_apart();
    for (int points = 0; points <= 3; points++) {
        test_line_chart(&narrow, points);
        test_line_chart(&wide, points);
    }
    test_names(&narrow);
    test_names(&wide);
    const double values[] = {0, 1e-3, 7, 1e9, NAN};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        test_row_chart(&narrow, true, values[i]);
        test_row_chart(&wide, false, values[i]);
    }
    for (int i = 0; i < 2; i++) {
        test_pairs(i ? &wide : &narrow, 0.97, 1.03);
        test_pairs(i ? &wide : &narrow, 0, 0);
        test_pairs(i ? &wide : &narrow, 0.5, INFINITY);
        for (int count = 0; count <= 3; count++)
            test_strips(i ? &wide : &narrow, count);
    }
    test_one_sided(0.5);
    test_one_sided(3);
    test_linear_axis();
    test_counts(0);
    test_counts(1);
    test_counts(64);
    return checks_failed();
}
