/* html.h: the page's frame, its style sheet and its tables. Text from result files goes through html_text (or a
 * cell), which escapes it; what is written with fputs is the page's own. */
#pragma once
#include <stdio.h>

void html_open(FILE *to, const char *title);
void html_close(FILE *to);
void html_text(FILE *to, const char *text); /* escaped */

/* A section and the heading in it; the id names it in a link. */
void html_section_open(FILE *to, const char *id, const char *heading);
void html_section_close(FILE *to);
void html_paragraph(FILE *to, const char *class, const char *text); /* escaped */

/* A table: open, then per row open, cells, close. The first head stands above the row names, the others above
 * numbers; a head's unit stands under it: "" for none, html_words where words stand below, and no numbers. A table with
 * a summary is folded away under it. */
extern const char html_words[];
struct html_head {
    const char *text, *unit;
};
void html_table_open(FILE *to, const char *summary, const char *caption, const struct html_head *heads, int count);
void html_group(FILE *to, const char *name, int columns);
void html_row_open(FILE *to, const char *name);
void html_cell(FILE *to, const char *number);
void html_cell_words(FILE *to, const char *text);
void html_row_close(FILE *to);
void html_table_close(FILE *to, const char *summary);
