/* canvas.h: a line of characters on a terminal, put together cell by cell, then printed. */
#pragma once
#include "harness/figure/text.h"

enum glyph {
    LINE, DEEP, ACROSS, DOUBLE, RIGHT, LEFT, DOT, FIRST, MIDDLE, LAST, ONLY, BLOCK, SHADE, PALE, ASKING, GLYPHS
};

struct canvas { const struct text_look *look; char cell[TEXT_WIDEST][4]; };     /* a character of UTF-8 each */

void canvas_clear(struct canvas *);
void canvas_put(struct canvas *, int column, const char *character);
void canvas_glyph(struct canvas *, int column, enum glyph);
/* As much of it as there is room for. ASCII only. */
void canvas_text(struct canvas *, int column, int room, const char *text);
void canvas_print(struct canvas *);         /* and clears it */
