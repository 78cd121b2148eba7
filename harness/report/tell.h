/* tell.h: the report's words, told once and written twice: into the page, which is HTML, and into its twin, which is
 * Markdown and reads as plain text, too. So both say the same, and neither can be forgotten. What is drawn goes into
 * the page alone, and each drawing has a table, which goes into both.
 *
 * Words stand in a block: a paragraph, an item of a list, a heading. Every text is escaped as each of the two needs it.
 * Outside of a block words go into the page alone: into the caption of a figure, say. */
#pragma once
#include "harness/report/html.h"
#include <stddef.h>

enum { TELL_CELLS = 4096 };

struct tell {
    FILE *page, *twin;
    FILE *block;                /* what the twin's open block has so far; NULL: none is open */
    char *text;
    size_t size;
    const char *mark;           /* before its first line: "- ", "## ", "" */
    char *cells[TELL_CELLS];    /* of the twin's open table, row by row, its head the first */
    int cell_count, columns;
};

void tell_section_open(struct tell *, const char *id, const char *heading);
void tell_section_close(struct tell *);
void tell_title(struct tell *, const char *text);       /* of the page: there is one */
void tell_heading(struct tell *, const char *text);     /* in a section */

void tell_paragraph(struct tell *, const char *class, const char *text);
void tell_paragraph_open(struct tell *, const char *class);
void tell_paragraph_close(struct tell *);
void tell_list_open(struct tell *, const char *class);
void tell_list_close(struct tell *);
void tell_item_open(struct tell *, const char *class);
void tell_item_close(struct tell *);

void tell_words(struct tell *, const char *text);
void tell_format(struct tell *, const char *format, ...) __attribute__((format(printf, 2, 3)));
void tell_strong(struct tell *, const char *text);
void tell_name(struct tell *, const char *text);         /* bold, and no more important than the rest */
void tell_emphasis(struct tell *, const char *text);
void tell_code(struct tell *, const char *text);
void tell_break(struct tell *);         /* a new line in the same block */
void tell_next(struct tell *);          /* the same in the twin alone: in the page it stands beside, or below */
/* A block in the twin alone, of what the page lays out otherwise: after "### " a heading, after "- " an item. An empty
 * one ends a list. */
void tell_twin(struct tell *, const char *mark, const char *text);

/* A table, as in html.h; the twin has it unfolded. */
void tell_table_open(struct tell *, const char *summary, const char *caption, const struct html_head *heads, int count);
void tell_group(struct tell *, const char *name);
void tell_row_open(struct tell *, const char *name);
void tell_cell(struct tell *, const char *number);
void tell_cell_words(struct tell *, const char *text);
void tell_row_close(struct tell *);
void tell_table_close(struct tell *, const char *summary);
