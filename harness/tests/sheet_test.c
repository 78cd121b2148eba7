/* Is the sheet of an exercise read as its author meant it, and a wrong one told by its line? */
#define _GNU_SOURCE
#include "harness/exercise/sheet.h"
#include "harness/tests/check.h"
#include <stdlib.h>
#include <string.h>

#define HEAD "# A title: with a colon\n\n- minutes: 30\n- kind: fix\n- starter: ET_STALL\n- man: epoll(7), read(2)\n\n"
#define TASK "## Task\n\nDo it.\n\nAll of it: now.\n\n"
#define HINTS_TEXT "## Hint 1\none\n## Hint 2\ntwo\n## Hint 3\nthree\n"
#define CODES "## Codes\n\n- ET_STALL: epoll(7), \"a: b\" | make lt-et ARGS='--only burst'\n- OTHER: read(2)\n"
#define END "## Explanation\n\nBecause.\n"

static void test_a_good_sheet(void)
{
    struct sheet sheet;
    CHECK(sheet_parse(&sheet, "x.md", HEAD TASK HINTS_TEXT CODES END, stdout), "it is good");
    CHECK(strcmp(sheet.title, "A title: with a colon") == 0, "%s", sheet.title);
    CHECK(sheet.minutes == 30, "%d", sheet.minutes);
    CHECK(strcmp(sheet.starter, "ET_STALL") == 0 && !*sheet.model, "%s, <%s>", sheet.starter, sheet.model);
    CHECK(strcmp(sheet.task, "Do it.\n\nAll of it: now.") == 0, "<%s>", sheet.task);
    CHECK(strcmp(sheet.hints[0], "one") == 0 && strcmp(sheet.hints[2], "three") == 0, "<%s>", sheet.hints[2]);
    CHECK(strcmp(sheet.explanation, "Because.") == 0, "<%s>", sheet.explanation);
    const struct sheet_code *code = sheet_code(&sheet, "ET_STALL");
    CHECK(code && strcmp(code->man, "epoll(7), \"a: b\"") == 0, "<%s>", code ? code->man : "none");
    CHECK(code && strcmp(code->command, "make lt-et ARGS='--only burst'") == 0, "<%s>", code ? code->command : "none");
    code = sheet_code(&sheet, "OTHER");
    CHECK(code && !*code->command, "<%s>", code ? code->command : "none");
    CHECK(!sheet_code(&sheet, "NONE"), "a code that nobody has named");
    sheet_free(&sheet);
}

static void test_handout(void)
{
    char *got = NULL;
    size_t size;
    FILE *to = open_memstream(&got, &size);
    sheet_write_handout(HEAD TASK HINTS_TEXT "## Explanation\nBecause.\n" CODES, to);
    fclose(to);
    CHECK(strcmp(got, HEAD TASK HINTS_TEXT CODES) == 0, "<%s>", got);
    struct sheet sheet;
    CHECK(sheet_parse(&sheet, "x.md", got, stdout) && !sheet.explanation, "a handout is a sheet without explanation");
    sheet_free(&sheet);
    free(got);
}

static void is_refused(const char *text, const char *want)
{
    struct sheet sheet;
    char said[400] = "";
    FILE *errors = fmemopen(said, sizeof said, "w");
    bool good = sheet_parse(&sheet, "x.md", text, errors);
    fclose(errors);
    CHECK(!good && strstr(said, want), "<%s>, want <%s>", said, want);
    sheet_free(&sheet);
}

static void test_wrong_sheets(void)
{
    is_refused("", "x.md:0: the sheet ends and has no line \"# TITLE\"");
    is_refused(HEAD TASK "## Hint 1\none\n## Hint 2\ntwo\n", "the sheet ends and has no text under \"## Hint 3\"");
    is_refused(HEAD TASK "## Hint 1\n\n## Hint 2\ntwo\n## Hint 3\nthree\n", "no text under \"## Hint 1\"");
    is_refused(HEAD HINTS_TEXT, "no text under \"## Task\"");
    is_refused("# T\n- minutes: soon\n", "x.md:2: want a number of minutes, not \"soon\"");
    is_refused("# T\n- minutes: 0\n", "x.md:2: want a number of minutes");
    is_refused("# T\n- kind: guess\n", "x.md:2: want fix, build, modify, measure or predict, not \"guess\"");
    is_refused("# T\n- colour: red\n", "x.md:2: want minutes, kind, starter, model or man, not \"colour\"");
    is_refused("# T\nwords\n", "x.md:2: want a line `- NAME: VALUE`, not \"words\"");
    is_refused("# T\n- man:\n", "x.md:2: something is to stand behind the colon");
    is_refused("# T\n- man: a\n- man: b\n", "x.md:3: this was said before: \"b\"");
    is_refused("# T\n## Hint 4\n", "x.md:2: want Task, Hint 1 to Hint 3, Codes or Explanation, not \"Hint 4\"");
    is_refused("# T\n## Task\na\n## Task\n", "x.md:4: this section stands above, too: \"Task\"");
    is_refused("# T\n## Codes\n- A: b\n- A: c\n", "x.md:4: this code stands above, too: \"A\"");
}

int main(void)
{
    test_a_good_sheet();
    test_handout();
    test_wrong_sheets();
    return checks_failed();
}
