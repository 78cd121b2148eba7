#define _GNU_SOURCE
#include "harness/report/tell.h"
#include "harness/report/markdown.h"
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* -- The twin's blocks ------------------------------------------------------------------------------------------- */

static void open_block(struct tell *tell, const char *mark)
{
    tell->mark = mark;
    tell->block = open_memstream(&tell->text, &tell->size);
}

static void close_block(struct tell *tell, const char *after)
{
    if (!tell->block)
        return;
    fclose(tell->block);
    tell->block = NULL;
    markdown_block(tell->twin, tell->mark, tell->text);
    fputs(after, tell->twin);
    free(tell->text);
}

static void say(struct tell *tell, const char *text, const char *tag, const char *mark)
{
    if (tag)
        fprintf(tell->page, "<%s>", tag);
    html_text(tell->page, text);
    if (tag)
        fprintf(tell->page, "</%s>", tag);
    if (!tell->block)
        return;
    fputs(mark, tell->block);
    markdown_text(tell->block, text);
    fputs(mark, tell->block);
}

/* -- Blocks ------------------------------------------------------------------------------------------------------ */

void tell_section_open(struct tell *tell, const char *id, const char *heading)
{
    html_section_open(tell->page, id, heading);
    open_block(tell, "## ");
    markdown_text(tell->block, heading);
    close_block(tell, "\n");
}

void tell_section_close(struct tell *tell) { html_section_close(tell->page); }

static void heading(struct tell *tell, const char *text, const char *tag, const char *mark)
{
    open_block(tell, mark);
    say(tell, text, tag, "");
    fputs("\n", tell->page);
    close_block(tell, "\n");
}

void tell_title(struct tell *tell, const char *text) { heading(tell, text, "h1", "# "); }
void tell_heading(struct tell *tell, const char *text) { heading(tell, text, "h3", "### "); }

static void open_tag(struct tell *tell, const char *tag, const char *class)
{
    if (*class)
        fprintf(tell->page, "<%s class=\"%s\">", tag, class);
    else
        fprintf(tell->page, "<%s>", tag);
}

void tell_paragraph_open(struct tell *tell, const char *class)
{
    open_tag(tell, "p", class);
    open_block(tell, "");
}

void tell_paragraph_close(struct tell *tell)
{
    fputs("</p>\n", tell->page);
    close_block(tell, "\n");
}

void tell_list_open(struct tell *tell, const char *class)
{
    open_tag(tell, "ul", class);
    fputs("\n", tell->page);
}

void tell_list_close(struct tell *tell)
{
    fputs("</ul>\n", tell->page);
    fputs("\n", tell->twin);
}

void tell_item_open(struct tell *tell, const char *class)
{
    open_tag(tell, "li", class);
    open_block(tell, "- ");
}

void tell_item_close(struct tell *tell)
{
    fputs("</li>\n", tell->page);
    close_block(tell, "");
}

/* -- Words ------------------------------------------------------------------------------------------------------- */

void tell_words(struct tell *tell, const char *text) { say(tell, text, NULL, ""); }
void tell_strong(struct tell *tell, const char *text) { say(tell, text, "strong", "**"); }
void tell_name(struct tell *tell, const char *text) { say(tell, text, "b", "**"); }
void tell_emphasis(struct tell *tell, const char *text) { say(tell, text, "em", "*"); }

void tell_code(struct tell *tell, const char *text)
{
    fputs("<code>", tell->page);
    html_text(tell->page, text);
    fputs("</code>", tell->page);
    if (tell->block)
        markdown_code(tell->block, text);
}

void tell_format(struct tell *tell, const char *format, ...)
{
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) >= 0) {
        tell_words(tell, text);
        free(text);
    }
    va_end(arguments);
}

void tell_next(struct tell *tell)
{
    if (tell->block)
        fputs("\n", tell->block);
}

void tell_break(struct tell *tell)
{
    fputs("<br>", tell->page);
    tell_next(tell);
}

void tell_paragraph(struct tell *tell, const char *class, const char *text)
{
    tell_paragraph_open(tell, class);
    tell_words(tell, text);
    tell_paragraph_close(tell);
}

void tell_twin(struct tell *tell, const char *mark, const char *text)
{
    open_block(tell, mark);
    markdown_text(tell->block, text);
    close_block(tell, *text && *mark != '-' ? "\n" : "");
}

/* -- Tables ------------------------------------------------------------------------------------------------------ */

static void keep_cell(struct tell *tell, const char *text, const char *mark)
{
    char *cell = NULL;
    size_t size;
    FILE *to = tell->cell_count < TELL_CELLS ? open_memstream(&cell, &size) : NULL;
    if (!to)
        return;
    fputs(mark, to);
    markdown_text(to, text);
    fputs(mark, to);
    fclose(to);
    tell->cells[tell->cell_count++] = cell;
}

static void keep_head(struct tell *tell, const struct html_head *head)
{
    char text[4300];        /* a unit may be a path */
    snprintf(text, sizeof text, "%s%s%s%s", head->text, *head->unit ? " (" : "", head->unit, *head->unit ? ")" : "");
    keep_cell(tell, text, "");
}

/* A row that ended early is filled, so that the next one begins under the first column. */
static void fill_row(struct tell *tell)
{
    while (tell->cell_count % tell->columns != 0 && tell->cell_count < TELL_CELLS)
        keep_cell(tell, "", "");
}

void tell_table_open(struct tell *tell, const char *summary, const char *caption, const struct html_head *heads,
                     int count)
{
    html_table_open(tell->page, summary, caption, heads, count);
    open_block(tell, "");
    markdown_text(tell->block, caption);
    close_block(tell, "\n");
    tell->columns = count;
    for (int i = 0; i < count; i++)
        keep_head(tell, &heads[i]);
}

void tell_group(struct tell *tell, const char *name)
{
    html_group(tell->page, name, tell->columns);
    keep_cell(tell, name, "*");
    fill_row(tell);
}

void tell_row_open(struct tell *tell, const char *name)
{
    html_row_open(tell->page, name);
    keep_cell(tell, name, "");
}

void tell_cell(struct tell *tell, const char *number)
{
    html_cell(tell->page, number);
    keep_cell(tell, number, "");
}

void tell_cell_words(struct tell *tell, const char *text)
{
    html_cell_words(tell->page, text);
    keep_cell(tell, text, "");
}

void tell_row_close(struct tell *tell)
{
    html_row_close(tell->page);
    fill_row(tell);
}

void tell_table_close(struct tell *tell, const char *summary)
{
    html_table_close(tell->page, summary);
    markdown_table(tell->twin, tell->cells, tell->cell_count, tell->columns);
    while (tell->cell_count > 0)
        free(tell->cells[--tell->cell_count]);
}
