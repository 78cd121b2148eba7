/* Does each variant of a source have its own lines, and no other; and is a wrong source told by its line? */
#define _GNU_SOURCE
#include "harness/exercise/variants.h"
#include "harness/tests/check.h"
#include <stdlib.h>
#include <string.h>

static const char source[] = "one\n"
                             "//@ solution\n"
                             "  all of it;\n"
                             "//@ starter, reject PART\n"
                             "  a part;\n"
                             "//@ end\n"
                             "two\n"
                             "    //@ solution, starter\n"
                             "three\n"
                             "//@ reject NONE, reject PART\n"
                             "//@ end\n"
                             "four";

static void writes(const struct variants *all, const char *name, const char *want)
{
    char *got = NULL;
    size_t size;
    FILE *to = open_memstream(&got, &size);
    int at = variants_find(all, name);
    if (at >= 0)
        variants_write(all, at, to);
    fclose(to);
    CHECK(at >= 0 && strcmp(got, want) == 0, "%s: <%s>, want <%s>", name, got, want);
    free(got);
}

static void test_each_has_its_lines(void)
{
    struct variants all;
    CHECK(variants_parse(&all, "x.c", source, stdout), "it is a good source");
    CHECK(all.count == 4, "%d variants", all.count);
    writes(&all, "solution", "one\n  all of it;\ntwo\nthree\nfour");
    writes(&all, "starter", "one\n  a part;\ntwo\nthree\nfour");
    writes(&all, "PART", "one\n  a part;\ntwo\nfour");
    writes(&all, "NONE", "one\n  all of it;\ntwo\nfour");
    CHECK(variants_find(&all, "OTHER") < 0 && variants_find(&all, "end") < 0, "a variant that nobody has named");
    variants_free(&all);
}

static void test_other_marks(void)
{
    struct variants all;
    CHECK(variants_parse(&all, "x", "#@ solution\na b c\n#@ starter\n#@ end\n# a comment\n", stdout), "it is good");
    writes(&all, "solution", "a b c\n# a comment\n");
    writes(&all, "starter", "# a comment\n");
    variants_free(&all);
}

static void test_a_starter_alone(void)
{
    struct variants all;
    CHECK(variants_parse(&all, "x.c", "one\ntwo\n", stdout), "it is good");
    writes(&all, "starter", "one\ntwo\n");
    CHECK(variants_find(&all, "solution") < 0, "a handout has no solution");
    variants_free(&all);
}

static void test_secrets(void)
{
    struct variants all;
    size_t at = 0, length = 0;
    const char *text = "//@ solution\n  first one  \n\ncommon\n  }\n//@ starter\ncommon\n//@ end\n"
                       "//@ solution\nsecond\n//@ starter\n//@ end\n";
    CHECK(variants_parse(&all, "x.c", text, stdout), "it is good");
    const char *want[] = {"first one", "}", "second"};
    for (int i = 0; i < 3; i++) {
        const char *secret = variants_secret(&all, &at, &length);
        CHECK(secret && length == strlen(want[i]) && strncmp(secret, want[i], length) == 0, "%.*s, want %s",
              (int)length, secret ? secret : "nothing", want[i]);
    }
    CHECK(!variants_secret(&all, &at, &length), "one too many");
    variants_free(&all);
}

static void is_refused(const char *text, const char *want)
{
    struct variants all;
    char said[300] = "";
    FILE *errors = fmemopen(said, sizeof said, "w");
    bool good = variants_parse(&all, "x.c", text, errors);
    fclose(errors);
    CHECK(!good && strstr(said, want), "<%s>, want <%s>", said, want);
    variants_free(&all);
}

static void test_wrong_sources(void)
{
    is_refused("a\n//@ solution\nb\n", "x.c:2: a region begins here that never ends");
    is_refused("a\n//@ end\n", "x.c:2: nothing has begun");
    is_refused("//@ solution\n//@ end\n", "x.c:2: a region ends that has no section");
    is_refused("//@ starter\n//@ end\n", "x.c:2: a region ends that has no section");
    is_refused("//@ solution\n//@ starter\n//@ solution\n//@ end\n",
               "x.c:3: this region has that variant already: \"solution\"");
    is_refused("//@ solution, solution\n//@ starter\n//@ end\n", "x.c:1: this region has that variant already");
    is_refused("//@ solution\n//@ starter, reject A, reject A\n//@ end\n",
               "x.c:2: this region has that variant already: \"reject A\"");
    is_refused("//@ answer\n", "x.c:1: want solution, starter, reject CODE or end, not \"answer\"");
    is_refused("//@ reject small\n", "x.c:1: want solution, starter, reject CODE or end, not \"small\"");
    is_refused("//@ reject\n", "x.c:1: want");
    is_refused("//@\n", "x.c:1: want");
    is_refused("//@ solution\n//@ PART\n", "x.c:2: want");
    is_refused("//@ reject A_CODE_THAT_IS_FAR_TOO_LONG_TO_BE_ONE\n", "x.c:1: want");
}

static void test_too_many(void)
{
    char text[4000] = "//@ solution\n//@ starter\n";
    for (int i = 0; i < VARIANTS_MOST; i++)
        sprintf(text + strlen(text), "//@ reject CODE%d\n", i);
    is_refused(text, "there is no room for one more reject: \"CODE14\"");
}

int main(void)
{
    test_each_has_its_lines();
    test_other_marks();
    test_a_starter_alone();
    test_secrets();
    test_wrong_sources();
    test_too_many();
    return checks_failed();
}
