/* Is the report's twin Markdown that says what was meant, and does it read as plain text? */
#define _GNU_SOURCE
#include "harness/report/markdown.h"
#include "harness/tests/check.h"
#include <stdlib.h>
#include <string.h>

static FILE *to;
static char *written;
static size_t size;

static void begin(void) { to = open_memstream(&written, &size); }

static void wrote(const char *want)
{
    fclose(to);
    CHECK(strcmp(written, want) == 0, "wrote: %s, want: %s", written, want);
    free(written);
}

static void text_is(const char *text, const char *want)
{
    begin();
    markdown_text(to, text);
    wrote(want);
}

/* What would be markup is escaped; an underscore inside of a word is none; what is no UTF-8 is marked. */
static void test_text(void)
{
    text_is("p99 of 16", "p99 of 16");
    text_is("a *star*, <b>, a|b, [x] & `y` \\", "a \\*star\\*, \\<b\\>, a\\|b, \\[x\\] \\& \\`y\\` \\\\");
    text_is("FD_SETSIZE, _x and y_", "FD_SETSIZE, \\_x and y\\_");
    text_is("two\nlines\tand caf\xc3", "two lines and caf\xef\xbf\xbd");
    text_is("5 µs", "5 µs");
}

static void code_is(const char *text, const char *want)
{
    begin();
    markdown_code(to, text);
    wrote(want);
}

static void test_code(void)
{
    code_is("a_b *c* <d> \\", "`a_b *c* <d> \\`");
    code_is("echo `date`", "`` echo `date` ``");
    code_is("two\nlines caf\xc3", "`two lines caf\xef\xbf\xbd`");
}

static void block_is(const char *mark, const char *text, const char *want)
{
    begin();
    markdown_block(to, mark, text);
    wrote(want);
}

/* A line is no longer than 100 columns, but for a command, and none begins as a list or a heading would. */
static void test_blocks(void)
{
    char words[400] = "";
    block_is("", "one  two", "one two\n");
    block_is("- ", "first\nsecond", "- first  \n  second\n");
    block_is("", "# no heading", "\\# no heading\n");
    block_is("", "20. no list", "20\\. no list\n");
    block_is("", "20 would", "20 would\n");
    for (int i = 0; i < 34; i++)
        strcat(words, i < 33 ? "ab " : "- cd ef");     /* the dash begins the second line */
    begin();
    markdown_block(to, "- ", words);
    fclose(to);
    CHECK(strcspn(written, "\n") <= 100, "nothing is wrapped: %s", written);
    CHECK(strstr(written, "\n  \\- cd ef\n"), "a line begins as an item: %s", written);
    free(written);
    begin();
    strcpy(words + 90, " `run -- it`, or \\` `` a `b` ``, c");
    markdown_block(to, "", words);
    fclose(to);
    CHECK(strstr(written, "\n`run -- it`, or \\` `` a `b` ``, c\n"), "a command is broken, or escaped: %s", written);
    free(written);
    block_is("## ",
             "20. of a heading that is never wrapped, however long it is, for its second line would be a paragraph",
             "## 20\\. of a heading that is never wrapped, however long it is, for its second line would be a "
             "paragraph\n");
}

/* Columns stand under each other; a column of numbers is flushed right, one with a word in it left. */
static void test_table(void)
{
    char *cells[] = {"Model", "p50 (µs)", "Waits", "*Multiplexing*", "", "", "poll", "12", "in poll", "epoll-lt",
                     "1,200", "–"};
    begin();
    markdown_table(to, cells, 12, 3);
    wrote("| Model          | p50 (µs) | Waits   |\n"
          "|:-------------- | --------:|:------- |\n"
          "| *Multiplexing* |          |         |\n"
          "| poll           |       12 | in poll |\n"
          "| epoll-lt       |    1,200 | –       |\n\n");
}

int main(void)
{
    test_text();
    test_code();
    test_blocks();
    test_table();
    return checks_failed();
}
