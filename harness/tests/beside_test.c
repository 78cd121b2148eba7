/* Do two stories stand side by side, what comes again told once and nothing else lost, in any width? */
#define _GNU_SOURCE
#include "harness/cmd/beside.h"
#include "harness/tests/check.h"
#include <stdlib.h>
#include <string.h>

static struct beside_story stories[2];
static struct beside_rows rows;

/* Steps behind each other, separated by '/'; one that begins with '>' is a client's. */
static void story(int side, const char *text)
{
    char steps[8192], *after;
    snprintf(steps, sizeof steps, "%s", text);
    beside_forget(&stories[side]);
    for (char *step = strtok_r(steps, "/", &after); step; step = strtok_r(NULL, "/", &after))
        beside_add(&stories[side], *step == '>', *step == '>' ? step + 1 : step);
}

static void align(const char *left, const char *right)
{
    story(0, left);
    story(1, right);
    beside_rows_forget(&rows);
    beside_align(stories, &rows);
}

static void row_is(int at, const char *client, const char *left, const char *right)
{
    static const struct beside_row none = {.client = "(no such row)"};
    const struct beside_row *row = at < rows.count ? &rows.row[at] : &none;
    CHECK(strcmp(row->client, client) == 0, "row %d: client \"%s\", want \"%s\"", at, row->client, client);
    CHECK(strcmp(row->cell[0], left) == 0, "row %d: left \"%s\", want \"%s\"", at, row->cell[0], left);
    CHECK(strcmp(row->cell[1], right) == 0, "row %d: right \"%s\", want \"%s\"", at, row->cell[1], right);
}

static void count_is(int count) { CHECK(rows.count == count, "%d rows, want %d", rows.count, count); }

static void test_what_clients_do_stands_across(void)
{
    align(">A send/wait/read/>A fin/read: the end", ">A send/wait/>A fin/close/more");
    row_is(0, "A send", "", "");
    row_is(1, "", "      wait", "      wait");
    row_is(2, "", "      read", "");
    row_is(3, "A fin", "", "");
    row_is(4, "", "      read: the end", "      close");
    row_is(5, "", "", "      more");
    count_is(6);
    align(">A send/wait", ">A send");
    row_is(1, "", "      wait", "      nothing");
    align(">A send/>A fin", ">A send/>A fin");
    count_is(2);
    align("", "");
    count_is(0);
}

/* One of them ended early: what the other then did is told. */
static void test_one_is_shorter(void)
{
    align(">A send/wait", ">A send/wait/>A fin/close");
    row_is(2, "A fin", "", "");
    row_is(3, "", "      nothing", "      close");
    count_is(4);
}

static void test_what_comes_again(void)
{
    align(">A send/a/b/a/b/a/b/c", ">A send/a/a");
    row_is(1, "", "  3 x a", "      a");
    row_is(2, "", "    | b", "      a");
    row_is(3, "", "      c", "");
    count_is(4);
    align("x/x/x/x", "a/b/c/a/b/c/a/b/c/a/b");
    row_is(0, "", "  4 x x", "  3 x a");
    row_is(3, "", "", "      a");
    row_is(4, "", "", "      b");
    count_is(5);
}

/* Only numbers behind a blank, and those of clients, may differ: never a name of a call, nor an error. */
static void test_what_comes_again_with_other_numbers(void)
{
    align("accept4: C1, fd 7/accept4: C2, fd 8/accept4: C3, fd 9/accept4: C4, fd 10", "read 1/read 2/read 3");
    row_is(0, "", "  4 x accept4: C.., fd ..", "      read 1");
    count_is(3);
    align("call1/call2/call3/call4/call5", "write: 5 bytes/write: 6 bytes/write: 7 bytes/write: 3 of 9 bytes");
    row_is(0, "", "      call1", "      write: 5 bytes");
    row_is(3, "", "      call4", "      write: 3 of 9 bytes");
    count_is(5);
    align("r 1/r 1/r 1/r 1/r 2/r 2/r 2", "r 1/r 2/r 3/r 4/r 4/r 4");
    row_is(0, "", "  4 x r 1", "  6 x r ..");
    row_is(1, "", "  3 x r 2", "");
    count_is(2);
}

/* What is printed in that width; the caller frees it. */
static char *printed(int width)
{
    char *text = NULL;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    const struct beside_pair heads = {{"epoll-lt: level-triggered", "epoll-et: edge-triggered"}};
    const struct beside_pair feet = {{"64 wakeups, 64 reads, none stranded", "1 wakeup, 1 read, 64,512 stranded"}};
    beside_print(to, heads, &rows, feet, width);
    fclose(to);
    return text;
}

static int longest_line(const char *text)
{
    int longest = 0;
    for (; *text; text += strcspn(text, "\n"), text += *text == '\n') {
        int length = (int)strcspn(text, "\n");
        longest = length > longest ? length : longest;
    }
    return longest;
}

static void test_widths(void)
{
    static const char *const words[] = {"level-triggered", "edge-triggered", "accept4", "nobody", "(EAGAIN)", "64,512",
                                        "fourteen"};
    align(">A send \"a line that is as long as a line of a scene can be, for it has fourteen words\"/"
          "accept4 listener: A comes, as fd 17",
          ">A send \"a line that is as long as a line of a scene can be, for it has fourteen words\"/"
          "accept4 listener: nobody there (EAGAIN)");
    for (int width = 40; width <= 160; width++) {
        char *text = printed(width);
        CHECK(longest_line(text) <= width, "a line of %d in a width of %d:\n%s", longest_line(text), width, text);
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
            CHECK(strstr(text, words[i]) != NULL, "no %s in a width of %d:\n%s", words[i], width, text);
        CHECK((strstr(text, " | ") != NULL) == (width >= BESIDE_NARROW), "columns in a width of %d:\n%s", width, text);
        free(text);
    }
}

int main(void)
{
    test_what_clients_do_stands_across();
    test_one_is_shorter();
    test_what_comes_again();
    test_what_comes_again_with_other_numbers();
    test_widths();
    beside_forget(&stories[0]);
    beside_forget(&stories[1]);
    beside_rows_forget(&rows);
    return checks_failed();
}
