#define _GNU_SOURCE
#include "harness/figure/canvas.h"
#include <string.h>

/* -- Characters -------------------------------------------------------------------------------------------------- */

static const char *const rich[GLYPHS] = {"│", "┃", "─", "═", "▶", "◀", "●", "┐", "│", "┘", "┤", "█", "▒", "━", "┅"};
static const char *const plain[GLYPHS] = {"|", "#", "-", "=", ">", "<", "o", "\\", "|", "/", "]", "#", "%", "=", "."};

void canvas_put(struct canvas *canvas, int column, const char *character)
{
    if (column >= 0 && column < canvas->look->width)
        snprintf(canvas->cell[column], sizeof canvas->cell[0], "%.3s", character);
}

void canvas_glyph(struct canvas *canvas, int column, enum glyph glyph)
{
    canvas_put(canvas, column, canvas->look->plain ? plain[glyph] : rich[glyph]);
}

void canvas_text(struct canvas *canvas, int column, int room, const char *text)
{
    int length = (int)strlen(text);
    for (int i = 0; i < length && i < room; i++)
        canvas_put(canvas, column + i, (char[]){length > room && i >= room - 2 ? '.' : text[i], '\0'});
}

void canvas_clear(struct canvas *canvas)
{
    for (int i = 0; i < TEXT_WIDEST; i++)
        strcpy(canvas->cell[i], " ");
}

void canvas_print(struct canvas *canvas)
{
    int end = canvas->look->width;
    while (end > 0 && strcmp(canvas->cell[end - 1], " ") == 0)
        end--;
    for (int i = 0; i < end; i++)
        fputs(canvas->cell[i], canvas->look->to);
    putc('\n', canvas->look->to);
    canvas_clear(canvas);
}
