#define _GNU_SOURCE
#include "harness/cmd/beside.h"
#include "harness/cmd/grow.h"
#include "harness/figure/wrap.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* -- Stories and rows -------------------------------------------------------------------------------------------- */

void beside_add(struct beside_story *story, bool by_client, const char *text)
{
    story->steps = grown(story->steps, story->count, &story->room, sizeof *story->steps);
    struct beside_step *step = &story->steps[story->count++];
    step->by_client = by_client;
    snprintf(step->text, sizeof step->text, "%s", text);
}

void beside_forget(struct beside_story *story)
{
    free(story->steps);
    *story = (struct beside_story){0};
}

void beside_rows_forget(struct beside_rows *rows)
{
    free(rows->row);
    *rows = (struct beside_rows){0};
}

static struct beside_row *row_at(struct beside_rows *rows, int at)
{
    rows->row = grown(rows->row, at, &rows->room, sizeof *rows->row);
    if (at == rows->count)
        rows->row[rows->count++] = (struct beside_row){.client = ""};
    return &rows->row[at];
}

/* -- What comes again -------------------------------------------------------------------------------------------- */

/* A number that may differ from one time to the next begins behind a blank, or is that of a client: C17. */
static bool begins_number(const char *text, const char *at)
{
    return isdigit((unsigned char)*at) && at > text && (at[-1] == ' ' || isupper((unsigned char)at[-1]));
}

/* "accept4 listener: C.. comes, as fd .." */
static void shape_of(const char *text, char *shape, size_t size)
{
    size_t length = 0;
    for (const char *at = text; *at && length + 3 < size;) {
        if (!begins_number(text, at)) {
            shape[length++] = *at++;
            continue;
        }
        memcpy(shape + length, "..", 2);
        length += 2;
        at += strspn(at, "0123456789");
    }
    shape[length] = '\0';
}

static bool same_text(const char *a, const char *b) { return strcmp(a, b) == 0; }

static bool same_shape(const char *a, const char *b)
{
    char first[BESIDE_TEXT + 8], second[BESIDE_TEXT + 8];
    shape_of(a, first, sizeof first);
    shape_of(b, second, sizeof second);
    return strcmp(first, second) == 0;
}

struct pattern { int length, times; };

/* The shortest run of steps at the beginning that comes at least `least` times, one behind the other. */
static struct pattern find_pattern(const struct beside_step *steps, int count, bool (*same)(const char *, const char *),
                                   int least)
{
    enum { LONGEST = 8 };
    for (int length = 1; length <= LONGEST; length++) {
        int alike = 0;
        while (length + alike < count && same(steps[alike].text, steps[length + alike].text))
            alike++;
        if (alike / length + 1 >= least)
            return (struct pattern){length, alike / length + 1};
    }
    return (struct pattern){1, 1};
}

/* The same each time: as it is. Else without the numbers. */
static void text_of_all(const struct beside_step *step, struct pattern pattern, char *text, size_t size)
{
    snprintf(text, size, "%s", step->text);
    for (int i = 1; i < pattern.times; i++)
        if (!same_text(step->text, step[i * pattern.length].text))
            shape_of(step->text, text, size);
}

/* Writes the steps into the cells of one column, from row `at` on. Returns the row behind the last. */
static int fill_column(struct beside_rows *rows, int at, int column, const struct beside_step *steps, int count)
{
    for (int i = 0; i < count;) {
        struct pattern pattern = find_pattern(steps + i, count - i, same_text, 3);
        if (pattern.times == 1)
            pattern = find_pattern(steps + i, count - i, same_shape, 4);
        for (int j = 0; j < pattern.length; j++) {
            char text[BESIDE_TEXT], gutter[16] = "      ";
            if (pattern.times > 1)
                snprintf(gutter, sizeof gutter, j == 0 ? "%3d x " : "    | ", pattern.times);
            text_of_all(&steps[i + j], pattern, text, sizeof text);
            struct beside_row *row = row_at(rows, at++);
            snprintf(row->cell[column], sizeof row->cell[column], "%s%s", gutter, text);
        }
        i += pattern.length * pattern.times;
    }
    return at;
}

/* -- Side by side ------------------------------------------------------------------------------------------------ */

/* How many steps of the server stand from `at` on, before a client does something again. */
static int steps_of_server(const struct beside_story *story, int at)
{
    int count = 0;
    while (at + count < story->count && !story->steps[at + count].by_client)
        count++;
    return count;
}

void beside_align(const struct beside_story stories[2], struct beside_rows *rows)
{
    int at[2] = {0, 0};
    *rows = (struct beside_rows){0};
    while (at[0] < stories[0].count || at[1] < stories[1].count) {
        int count[2], begin;
        const char *act = NULL;
        for (int i = 0; i < 2; i++)
            if (at[i] < stories[i].count && stories[i].steps[at[i]].by_client)
                act = stories[i].steps[at[i]++].text;
        if (act)
            snprintf(row_at(rows, rows->count)->client, BESIDE_TEXT, "%s", act);
        begin = rows->count;
        for (int i = 0; i < 2; i++)
            count[i] = steps_of_server(&stories[i], at[i]);
        for (int i = 0; i < 2; i++) {
            fill_column(rows, begin, i, stories[i].steps + at[i], count[i]);
            at[i] += count[i];
            if (count[i] == 0 && count[1 - i] > 0)
                snprintf(row_at(rows, begin)->cell[i], sizeof rows->row->cell[i], "      nothing");
        }
    }
}

/* -- On a terminal ----------------------------------------------------------------------------------------------- */

/* Lines of both cells, until both have told all; what does not fit goes on below, further in. */
static void print_cells(FILE *to, const char *left, const char *right, int further, int width)
{
    bool again = false;
    while (*left || *right) {
        int in_left = again && *left ? further : 0, in_right = again && *right ? further : 0;
        const char *from_left = left, *from_right = right;
        int n = wrap_line(&left, width - in_left);
        fprintf(to, "  %*s%.*s%*s", in_left, "", n, from_left, width - in_left - wrap_columns(from_left, n), "");
        n = wrap_line(&right, width - in_right);
        fprintf(to, n > 0 ? " | %*s%.*s\n" : " |\n", in_right, "", n, from_right);
        again = true;
    }
}

/* Its first line begins in column `first`, the others in `rest`. */
static void print_wrapped(FILE *to, const char *text, int first, int rest, int width)
{
    if (*text) {
        fprintf(to, "%*s", first, "");
        wrap_print(to, text, first, rest, width);
    }
}

static void print_act(FILE *to, const char *act, int width)
{
    fputs("  > ", to);
    wrap_print(to, act, 4, 4, width);
}

static void print_beside(FILE *to, struct beside_pair heads, const struct beside_rows *rows, struct beside_pair feet,
                         int width)
{
    int cell = (width - 5) / 2;
    print_cells(to, heads.text[0], heads.text[1], 0, cell);
    for (int i = 0; i < rows->count; i++)
        if (*rows->row[i].client)
            print_act(to, rows->row[i].client, width);
        else
            print_cells(to, rows->row[i].cell[0], rows->row[i].cell[1], 8, cell);
    print_cells(to, feet.text[0], feet.text[1], 0, cell);
}

void beside_print(FILE *to, struct beside_pair heads, const struct beside_rows *rows, struct beside_pair feet,
                  int width)
{
    if (width >= BESIDE_NARROW) {
        print_beside(to, heads, rows, feet, width);
        return;
    }
    for (int column = 0; column < 2; column++) {
        print_wrapped(to, heads.text[column], 2, 2, width);
        for (int i = 0; i < rows->count; i++)
            if (*rows->row[i].client)
                print_act(to, rows->row[i].client, width);
            else
                print_wrapped(to, rows->row[i].cell[column], 2, 10, width);
        print_wrapped(to, feet.text[column], 2, 2, width);
        if (column == 0)
            fputc('\n', to);
    }
}
