/* wrap.h: text in lines that fit. Its columns are those of a terminal: a character of UTF-8 takes one, however many
 * bytes it has, and is never cut in the middle. Pure. */
#pragma once
#include <stdio.h>

/* How many bytes of the text have room in a line, up to a blank if there is one; it then stands at what is behind. */
int wrap_line(const char **text, int width);
int wrap_columns(const char *text, int bytes);
/* A paragraph, and the end of its last line. The cursor stands in column `at`; the next lines begin in `indent`. */
void wrap_print(FILE *, const char *text, int at, int indent, int width);
/* How many bytes to show of what is to stay one line: all, or as many as leave room for "..." behind them. */
int wrap_cut(const char *text, int width);
