/* Scales, ticks and the few shapes that all figures are made of. Coordinates are written with one decimal: a tenth
 * of a pixel is finer than a screen and keeps the page small. */
#define _GNU_SOURCE
#include "harness/report/svg.h"
#include <math.h>
#include <string.h>

/* The hues are Okabe and Ito's, which people with any kind of colour vision tell apart. On light paper orange and
 * purple are darkened and on dark paper blue is lightened, so that each keeps 3:1 against the paper. */
const char svg_style[] =
    ".fig{display:block;width:100%;height:auto;overflow:visible;font:13px/1 var(--sans)}\n"
    ".fig text{fill:var(--ink);font-variant-numeric:tabular-nums}\n"
    ".fig .soft{fill:var(--soft);font-size:12px}\n"
    ".fig .end{text-anchor:end}.fig .mid{text-anchor:middle}\n"
    ".fig .name,.fig .title{font-weight:600}\n"
    ".fig .halo{stroke:var(--paper);stroke-width:5px;stroke-linejoin:round;paint-order:stroke}\n"
    ".fig .grid{stroke:var(--rule);stroke-width:1}\n"
    ".fig .base{stroke:var(--soft);stroke-width:1}\n"
    ".fig .lead{stroke:var(--soft);stroke-width:1;stroke-dasharray:1 2}\n"
    ".fig .line{fill:none;stroke:var(--hue);stroke-width:2.25;stroke-linejoin:round;stroke-linecap:butt}\n"
    ".fig .mark{fill:var(--hue);stroke:var(--paper);stroke-width:1.5;paint-order:stroke}\n"
    ".fig .hollow{fill:var(--paper);stroke:var(--hue);stroke-width:2;paint-order:normal}\n"
    ".fig .asleep{fill:var(--hue);fill-opacity:.2;stroke:none}.fig .copies{fill:var(--hue)}\n"
    ".fig .wakes{fill:var(--paper);stroke:var(--hue);stroke-width:1.5}\n"
    ".fig .arrow{fill:none;stroke:var(--hue);stroke-width:1.5}.fig .head{fill:var(--hue)}\n"
    ".fig .dot{fill:var(--hue);fill-opacity:.6}.fig .dot.outside{fill:none;stroke:var(--hue);stroke-width:1.5}\n"
    ".fig .band{fill:var(--rule);fill-opacity:.6}.fig .interval{stroke:var(--hue);stroke-width:4}\n"
    ".fig .stop{stroke:var(--hue);stroke-width:3}\n"
    ".ink{--hue:var(--ink)}.blue{--hue:#0072b2}.green{--hue:#007a5a}.orange{--hue:#b06f00}\n"
    ".vermillion{--hue:#d55e00}.purple{--hue:#b0558a}.grey{--hue:var(--soft)}\n"
    "@media screen and (prefers-color-scheme:dark){.blue{--hue:#56b4e9}.green{--hue:#2bc19a}.orange{--hue:#e69f00}\n"
    ".vermillion{--hue:#f0793a}.purple{--hue:#dd9cc0}}\n";

/* -- Scales ------------------------------------------------------------------------------------------------------ */

double svg_place(const struct svg_scale *scale, double value)
{
    double from = scale->from, length = scale->to - scale->from, low = scale->low, high = scale->high;
    if (scale->has_zero) {
        if (value <= 0)
            return from;
        from += length / 8;
        length -= length / 8;
    }
    if (scale->logarithmic)
        return from + length * log(value / low) / log(high / low);
    return from + length * (value - low) / (high - low);
}

/* "10,000", "0.5". */
static void label_number(struct svg_tick *tick)
{
    char digits[24];
    int length = snprintf(digits, sizeof digits, tick->at < 1e6 ? "%.6g" : "%.0f", fmin(tick->at, 1e15)), to = 0;
    bool whole = strspn(digits, "0123456789") == strlen(digits);
    for (int i = 0; i < length && to < (int)sizeof tick->label - 2; i++) {
        tick->label[to++] = digits[i];
        if (whole && i + 1 < length && (length - i - 1) % 3 == 0)
            tick->label[to++] = ',';
    }
    tick->label[to] = '\0';
}

/* The round value that comes after value: 1, 2, 5, 10 ... or, in decades, 1, 10, 100 ... */
static double next_round(double value, bool decades)
{
    double ten = pow(10, floor(log10(value) + 1e-9));
    double digit = value / ten;
    if (decades)
        return ten * 10;
    return digit < 1.5 ? 2 * ten : digit < 3.5 ? 5 * ten : 10 * ten;
}

static int logarithmic_ticks(double low, double high, struct svg_tick *ticks)
{
    bool decades = log10(high / low) > 2.7;
    int count = 0;
    for (double at = pow(10, floor(log10(low) + 1e-9)); count < SVG_TICKS; at = next_round(at, decades)) {
        if (next_round(at, decades) <= low * (1 + 1e-9))
            continue;
        ticks[count++].at = at;
        if (at >= high * (1 - 1e-9) && count > 1)
            break;
    }
    return count;
}

static int linear_ticks(double low, double high, struct svg_tick *ticks)
{
    double rough = (high > low ? high - low : 1) / 6, step = pow(10, floor(log10(rough)));
    int count = 0;
    while (step < rough)
        step = next_round(step, false);
    double first = floor(low / step + 1e-9) * step;
    do {
        ticks[count].at = first + count * step;
        count++;
    } while (count < SVG_TICKS && (ticks[count - 1].at < high - step * 1e-9 || count < 2));
    return count;
}

int svg_ticks(double low, double high, bool logarithmic, struct svg_tick ticks[SVG_TICKS])
{
    int count = logarithmic ? logarithmic_ticks(low, high, ticks) : linear_ticks(low, high, ticks);
    for (int i = 0; i < count; i++)
        label_number(&ticks[i]);
    return count;
}

/* With i gaps taken off the i-th place the task is: the nearest rising sequence. Neighbours in the wrong order share
 * their mean, as one block, until no block stands above its successor. */
void svg_spread(double *places, int count, double gap, double low, double high)
{
    enum { MOST = 64 };
    double mean[MOST];
    int size[MOST], blocks = 0, done = 0;
    double top = fmax(low, high - (count - 1) * gap);
    for (int i = 0; i < count && i < MOST; i++) {
        mean[blocks] = places[i] - i * gap;
        size[blocks++] = 1;
        for (; blocks > 1 && mean[blocks - 2] > mean[blocks - 1]; blocks--) {
            int both = size[blocks - 2] + size[blocks - 1];
            mean[blocks - 2] = (mean[blocks - 2] * size[blocks - 2] + mean[blocks - 1] * size[blocks - 1]) / both;
            size[blocks - 2] = both;
        }
    }
    for (int b = 0; b < blocks; b++)
        for (int i = 0; i < size[b]; i++, done++)
            places[done] = fmin(fmax(mean[b], low), top) + done * gap;
}

/* -- Shapes ------------------------------------------------------------------------------------------------------ */

int svg_character(const char *text)
{
    unsigned char first = (unsigned char)*text;
    int length = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
    for (int i = 1; i < length; i++)
        if ((text[i] & 0xc0) != 0x80)
            return 0;
    return length;
}

/* What was cut in the middle of a character, or never was UTF-8, would make the page no page. */
void svg_text(FILE *to, const char *text)
{
    for (int length; *text; text += length ? length : 1) {
        unsigned char c = (unsigned char)*text;
        length = svg_character(text);
        if (length == 0)
            fputs("\xef\xbf\xbd", to);
        else if (strchr("&<>\"'", c))
            fprintf(to, "&#%d;", c);
        else if (c < ' ' || c == 0x7f)
            putc(' ', to);
        else
            fwrite(text, 1, (size_t)length, to);
    }
}

void svg_open(FILE *to, const struct svg_figure *figure, double height)
{
    fprintf(to, "<svg class=\"fig\" viewBox=\"0 0 %d %.0f\" role=\"img\" aria-labelledby=\"%s-t %s-d\">\n",
            figure->width, height, figure->id, figure->id);
    fprintf(to, "<title id=\"%s-t\">", figure->id);
    svg_text(to, figure->title);
    fprintf(to, "</title>\n<desc id=\"%s-d\">", figure->id);
    svg_text(to, figure->description);
    fputs("</desc>\n", to);
}

static const char colours[] =
    ":root{--ink:#1b1b1b;--soft:#595959;--rule:#d0d0d0;--paper:#fff;--sans:system-ui,sans-serif}\n"
    "@media (prefers-color-scheme:dark){:root{--ink:#eee;--soft:#b0b0b0;--rule:#444;--paper:#161616}}\n"
    ".paper{fill:var(--paper)}\n";

/* With a margin, and a paper of its own. */
void svg_open_file(FILE *to, const struct svg_figure *figure, double height)
{
    enum { MARGIN = 16 };
    fprintf(to, "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"fig\" viewBox=\"%d %d %d %.0f\" role=\"img\" "
                "aria-labelledby=\"%s-t %s-d\">\n<title id=\"%s-t\">", -MARGIN, -MARGIN, figure->width + 2 * MARGIN,
            height + 2 * MARGIN, figure->id, figure->id, figure->id);
    svg_text(to, figure->title);
    fprintf(to, "</title>\n<desc id=\"%s-d\">", figure->id);
    svg_text(to, figure->description);
    fprintf(to, "</desc>\n<style>%s%s.fig{max-width:%dpx}</style>\n<rect class=\"paper\" x=\"%d\" y=\"%d\" "
                "width=\"%d\" height=\"%.0f\"/>\n", colours, svg_style, figure->width + 2 * MARGIN, -MARGIN, -MARGIN,
            figure->width + 2 * MARGIN, height + 2 * MARGIN);
}

void svg_close(FILE *to) { fputs("</svg>\n", to); }

void svg_label(FILE *to, double x, double y, const char *class, const char *text)
{
    fprintf(to, "<text x=\"%.1f\" y=\"%.1f\" class=\"%s\">", x, y, class);
    svg_text(to, text);
    fputs("</text>\n", to);
}

void svg_rule(FILE *to, double x1, double y1, double x2, double y2, const char *class)
{
    fprintf(to, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"%s\"/>\n", x1, y1, x2, y2, class);
}

/* All markers cover about the same area, so that none looks more important. */
void svg_mark(FILE *to, double x, double y, const struct svg_look *look, bool hollow)
{
    static const char *const shapes[] = {
        [SVG_DISC] = "M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0z",
        [SVG_SQUARE] = "M-4 -4h8v8h-8z",
        [SVG_DIAMOND] = "M0 -5.7L5.7 0L0 5.7L-5.7 0z",
        [SVG_TRIANGLE] = "M0 -5.6L5.4 4H-5.4z",
        [SVG_WEDGE] = "M0 5.6L5.4 -4H-5.4z",
        [SVG_CROSS] = "M-5 -2h3v-3h4v3h3v4h-3v3h-4v-3h-3z",
    };
    fprintf(to, "<path transform=\"translate(%.1f %.1f)\" class=\"mark%s %s\" d=\"%s\"/>\n", x, y,
            hollow ? " hollow" : "", look->hue, shapes[look->marker]);
}

double svg_text_width(const char *text)
{
    double width = 0; /* of bold 13 pixels in a wide face */
    for (; *text; text++)
        width += ((unsigned char)*text & 0xc0) == 0x80 ? 0 : 8.1; /* a UTF-8 continuation byte is no character */
    return width;
}
