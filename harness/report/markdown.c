#define _GNU_SOURCE
#include "harness/report/markdown.h"
#include "harness/report/svg.h"
#include <stdbool.h>
#include <string.h>

/* -- Text -------------------------------------------------------------------------------------------------------- */

static bool is_word(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

/* Inside a word an underscore is no markup: FD_SETSIZE reads better without a backslash. */
static bool is_markup(const char *text, char before)
{
    if (*text == '_')
        return !is_word(before) || !is_word(text[1]);
    return strchr("\\`*[]<>|~&", *text);
}

/* What is no UTF-8 is marked, and what would control a terminal is a blank. Returns how many bytes it was. */
static int write_character(FILE *to, const char *text)
{
    int length = svg_character(text);
    if (length == 0)
        fputs("\xef\xbf\xbd", to);
    else if (length == 1)
        putc((unsigned char)*text <= ' ' || *text == 0x7f ? ' ' : *text, to);
    else
        fwrite(text, 1, (size_t)length, to);
    return length > 0 ? length : 1;
}

void markdown_text(FILE *to, const char *text)
{
    for (char before = ' '; *text;) {
        if (is_markup(text, before))
            putc('\\', to);
        before = *text;
        text += write_character(to, text);
    }
}

void markdown_code(FILE *to, const char *text)
{
    bool has_quote = strchr(text, '`');
    fputs(has_quote ? "`` " : "`", to);
    while (*text)
        text += write_character(to, text);
    fputs(has_quote ? " ``" : "`", to);
}

/* -- Blocks ------------------------------------------------------------------------------------------------------ */

/* How many columns the first bytes of the text take. */
static int columns_of(const char *text, size_t bytes)
{
    int columns = 0;
    for (size_t i = 0; i < bytes; i++)
        columns += ((unsigned char)text[i] & 0xc0) != 0x80;
    return columns;
}

/* At the beginning of a line it would make a list or a heading of the line: "- ", "# ", "20. ". */
static bool is_mark(const char *word, size_t length)
{
    if (length > 0 && strspn(word, "-+#=") >= length)
        return true;
    return length > 1 && strchr(".)", word[length - 1]) && strspn(word, "0123456789") == length - 1;
}

/* "20. " becomes "20\. ", and "# " becomes "\# ". */
static void write_word(FILE *to, const char *word, size_t length, bool begins_line)
{
    size_t before = begins_line && is_mark(word, length) ? length - 1 : length;
    fwrite(word, 1, before, to);
    if (before < length)
        fprintf(to, "\\%c", word[before]);
}

static void indent(FILE *to, const char *mark) { fprintf(to, "\n%*s", *mark == '#' ? 0 : (int)strlen(mark), ""); }

/* A word ends at a blank; but what stands between backquotes is one word: a command is copied whole, and nothing is
 * escaped in it. */
static size_t word_length(const char *text)
{
    size_t length = strcspn(text, " \n\\`");
    while (text[length] == '\\' || text[length] == '`') {
        const char *at = text + length, *quote = strncmp(at, "``", 2) == 0 ? "``" : "`";
        const char *end = *at == '`' ? strstr(at + strlen(quote), quote) : NULL;
        size_t unclosed = *at == '\\' && at[1] ? 2 : 1, taken = end ? (size_t)(end - at) + strlen(quote) : unclosed;
        length += taken + strcspn(at + taken, " \n\\`");
    }
    return length;
}

void markdown_block(FILE *to, const char *mark, const char *text)
{
    enum { LINE = 100 };
    int at = fprintf(to, "%s", mark), begin = at;
    bool heading = *mark == '#';
    while (*text) {
        size_t length = word_length(text);
        int width = columns_of(text, length);
        if (at > begin && at + 1 + width > LINE && !heading) {
            indent(to, mark);
            at = begin;
        } else if (at > begin) {
            at += fprintf(to, " ");
        }
        write_word(to, text, length, at == begin);
        at += width;
        text += length;
        if (*text == '\n') {
            fputs("  ", to);
            indent(to, mark);
            at = begin;
        }
        text += strspn(text, " \n");
    }
    putc('\n', to);
}

/* -- Tables ------------------------------------------------------------------------------------------------------ */

enum { COLUMNS_MOST = 40, WIDTH_MOST = 60 };

/* A number, a time with its unit, a dash: what begins with a digit or a sign. */
static bool is_number(const char *cell) { return !*cell || strchr("0123456789-+.<>\\", *cell) || *cell == '\xe2'; }

static void write_cell(FILE *to, const char *cell, int width, bool number)
{
    int gap = width - columns_of(cell, strlen(cell));
    gap = gap > 0 ? gap : 0;
    fprintf(to, " %*s%s%*s |", number ? gap : 0, "", cell, number ? 0 : gap, "");
}

static void write_rule(FILE *to, const int *width, const bool *number, int columns)
{
    putc('|', to);
    for (int column = 0; column < columns; column++) {
        putc(number[column] ? ' ' : ':', to);
        for (int i = 0; i < width[column]; i++)
            putc('-', to);
        fputs(number[column] ? ":|" : " |", to);
    }
    putc('\n', to);
}

void markdown_table(FILE *to, char *const *cells, int count, int columns)
{
    int width[COLUMNS_MOST] = {0};
    bool number[COLUMNS_MOST];
    for (int column = 0; column < columns && column < COLUMNS_MOST; column++)
        number[column] = column > 0;
    for (int i = 0; i < count; i++) {
        int own = columns_of(cells[i], strlen(cells[i])), column = i % columns;
        width[column] = own > width[column] && own <= WIDTH_MOST ? own : width[column];
        number[column] = number[column] && (i < columns || is_number(cells[i]));
    }
    for (int i = 0; i + columns <= count; i += columns) {
        putc('|', to);
        for (int column = 0; column < columns; column++)
            write_cell(to, cells[i + column], width[column], number[column]);
        putc('\n', to);
        if (i == 0)
            write_rule(to, width, number, columns);
    }
    putc('\n', to);
}
