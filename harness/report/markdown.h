/* markdown.h: the twin's back-end. Its lines are short and its columns stand under each other, so that it also reads in
 * a terminal, in a mail and in a diff. The dialect is CommonMark with the tables of GitHub (GFM). */
#pragma once
#include <stdio.h>

/* Escaped: what would be markup stands as it is. */
void markdown_text(FILE *to, const char *text);

/* Between backquotes, where a backslash is a backslash: nothing is escaped. In the text no two of them may follow each
 * other. */
void markdown_code(FILE *to, const char *text);

/* A block of escaped text, wrapped, but for what stands between backquotes; mark stands before its first line, and
 * blanks as wide before the others. A line break in the text stays one. */
void markdown_block(FILE *to, const char *mark, const char *text);

/* A table of count cells, already escaped: rows of so many columns, of which the first is the head. The first column is
 * text; so is each other one in which a word stands, and the rest are numbers, flushed right. */
void markdown_table(FILE *to, char *const *cells, int count, int columns);
