/* Any text to the readers of an exercise: its sheet, its variants, a line of the progress. What must hold: they
 * survive; a text is refused with one line that names the file and a line of it, or taken without a word. A sheet
 * that is taken has no explanation in its handout, and the same task; no variant holds a mark; what is secret stands in
 * the text. */
#define _GNU_SOURCE
#include "harness/exercise/exercise.h"
#include "harness/exercise/progress.h"
#include "harness/exercise/text.h"
#include "harness/tests/fuzz.h"
#include <glob.h>
#include <string.h>

enum { INPUT_MOST = 64 * 1024, SEEDS_MOST = 100, SAYS = 4096 };

const char fuzz_name[] = "fuzz_exercise";
const int fuzz_runs = 60000;
const char *const fuzz_words[] = {
    "//@ solution\n", "//@ starter\n", "//@ end\n", "//@ reject X\n", "//@ solution, starter\n", "//@",
    "//@ starter, reject A\n", "#@ solution\n", "#@ end\n", "  //@ end\n", "//@ reject \n", "//@ reject lower\n",
    "//@ , ,\n", "reject ", "\n- minutes: 99999999999999999999\n", "\n- kind: fix\n", "\n- : x\n", "\n- A:\n",
    "\n- A: | |\n", "\n# T\n", "\n## Task\n", "\n## Hint 1\n", "\n## Hint 4\n", "\n## Codes\n",
    "\n## Explanation\n", "\n##  Explanation\n", "\n## Explanations\n",
    "%s%n", "\r\n", "\n", ":", "08a,1,0,PASS,1,2026-11-21\n", ",,,,,", "-1",
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", NULL};

static char *seeds[SEEDS_MOST + 1];

static void find_seeds(void)
{
    static const char *const patterns[] = {"0?_*/exercises/*.md", "0?_*/exercises/*.c", "0?_*/exercises/*.predictions"};
    size_t count = 0;
    glob_t files;
    for (int i = 0; i < 3; i++)
        glob(patterns[i], i ? GLOB_APPEND : 0, NULL, &files);
    for (size_t i = 0; i < files.gl_pathc && count < SEEDS_MOST; i++)
        seeds[count++] = text_of_file(files.gl_pathv[i], stderr);
    globfree(&files);
    if (!seeds[0]) {
        fprintf(stderr, "fuzz_exercise: no exercises here: run it in the repository's folder\n");
        exit(1);
    }
}

const char *fuzz_seed(size_t i, size_t *n)
{
    if (!seeds[0])
        find_seeds();
    if (i >= SEEDS_MOST || !seeds[i])
        return NULL;
    *n = strlen(seeds[i]);
    return seeds[i];
}

/* -- One input --------------------------------------------------------------------------------------------------- */

static void one_line_or_none(bool taken, const char said[SAYS], const char *text)
{
    size_t n = strlen(text);
    int line = 0;
    FUZZ_HOLDS(!taken || !*said, text, n, "taken, and it says: %s", said);
    FUZZ_HOLDS(taken || sscanf(said, "FILE:%d: ", &line) == 1, text, n, "refused without file and line: %s", said);
    const char *end = strchrnul(said, '\n');
    FUZZ_HOLDS(taken || strlen(said) == SAYS - 2 || (*end && !end[1]), text, n, "not one line: %s", said);
}

static void try_sheet(const char *text)
{
    static char said[SAYS];
    struct sheet sheet, handed;
    char *handout = NULL;
    size_t size;
    memset(said, 0, sizeof said);
    FILE *errors = fmemopen(said, sizeof said - 1, "w");
    bool taken = sheet_parse(&sheet, "FILE", text, errors);
    fclose(errors);
    one_line_or_none(taken, said, text);
    if (taken) {
        FILE *to = open_memstream(&handout, &size);
        sheet_write_handout(text, to);
        fclose(to);
        bool again = sheet_parse(&handed, "FILE", handout, stderr);
        FUZZ_HOLDS(again && !handed.explanation, text, strlen(text), "a handout with explanation: %s", handout);
        FUZZ_HOLDS(strcmp(handed.task, sheet.task) == 0, text, strlen(text), "another task: %s", handed.task);
        sheet_free(&handed);
        free(handout);
    }
    sheet_free(&sheet);
}

static bool holds_a_mark(const char *line)
{
    for (; *line; line = text_next_line(line)) {
        const char *begin = line + strspn(line, " \t");
        if (strncmp(begin, "//@", 3) == 0 || strncmp(begin, "#@", 2) == 0)
            return true;
    }
    return false;
}

static void try_variants(const char *text)
{
    static char said[SAYS];
    struct variants all;
    size_t n = strlen(text), at = 0, length;
    memset(said, 0, sizeof said);
    FILE *errors = fmemopen(said, sizeof said - 1, "w");
    bool taken = variants_parse(&all, "FILE", text, errors);
    fclose(errors);
    one_line_or_none(taken, said, text);
    for (int i = 0; taken && i < all.count; i++) {
        char *variant = NULL;
        size_t size;
        FILE *to = open_memstream(&variant, &size);
        variants_write(&all, i, to);
        fclose(to);
        FUZZ_HOLDS(size <= n && !holds_a_mark(variant), text, n, "%s is: %s", all.names[i], variant);
        free(variant);
    }
    for (const char *secret; taken && (secret = variants_secret(&all, &at, &length));)
        FUZZ_HOLDS(memmem(text, n, secret, length) && length > 0, text, n, "no line of it: %.*s", (int)length, secret);
    variants_free(&all);
}

static void try_progress(const char *text)
{
    struct progress_entry entry;
    if (progress_read_line(text, &entry))
        FUZZ_HOLDS(*entry.id && entry.checks >= 0 && entry.hints >= 0, text, strlen(text), "id \"%s\"", entry.id);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static char text[INPUT_MOST + 1];
    if (n > INPUT_MOST)
        return 0;
    memcpy(text, bytes, n);
    text[n] = '\0';
    try_sheet(text);
    try_variants(text);
    try_progress(text);
    return 0;
}
