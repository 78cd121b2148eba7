/* Is what a student has done kept, and what can be kept of a damaged file? */
#define _GNU_SOURCE
#include "harness/exercise/progress.h"
#include "harness/exercise/text.h"
#include "harness/tests/check.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HEADER "exercise,checks,hints,last,times,passed,attempt\n"
#define HEADER_ONCE "exercise,checks,hints,last,times,passed\n"

static void test_lines(void)
{
    struct progress_entry entry;
    CHECK(progress_read_line("05b,7,2,ET_STALL,3,\n", &entry), "it is good");
    CHECK(entry.checks == 7 && entry.hints == 2 && entry.times == 3,
          "%d %d %d", entry.checks, entry.hints, entry.times);
    CHECK(strcmp(entry.last, "ET_STALL") == 0 && !*entry.passed, "<%s> <%s>", entry.last, entry.passed);
    CHECK(progress_read_line("01a,1,0,PASS,1,2026-11-21", &entry) && strcmp(entry.passed, "2026-11-21") == 0,
          "<%s>", entry.passed);
    CHECK(progress_read_line("05b,7,2,ET_STALL,3,,cafe", &entry) && strcmp(entry.attempt, "cafe") == 0, "<%s>",
          entry.attempt);
    static const char *const wrong[] = {"", "05b", "05b,7,2,ET_STALL,3", "05b,7,2,ET_STALL,3,,a,", ",7,2,A,3,",
                                        "05b,x,2,A,3,", "05b,-1,2,A,3,", "05b,7,2,A B,3,", "05b,7,2,A,3,\x01",
                                        "05b,7,2,A_CODE_THAT_IS_FAR_TOO_LONG_TO_BE_ONE,3,"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        CHECK(!progress_read_line(wrong[i], &entry), "taken: <%s>", wrong[i]);
}

static void test_what_a_check_notes(void)
{
    static struct progress progress;
    struct progress_entry *entry = progress_of(&progress, "05b");
    CHECK(!progress_note(entry, "ET_STALL", "", "2026-11-20") && entry->times == 0, "the starter counts: %d",
          entry->times);
    CHECK(progress_note(entry, "ET_STALL", "a1", "2026-11-20"), "the first attempt is one");
    CHECK(!progress_note(entry, "ET_STALL", "a1", "2026-11-20"), "unchanged, it is no other");
    CHECK(!progress_note(entry, "ET_STALL", "", "2026-11-20") && !progress_note(entry, "ET_STALL", "a1", "2026-11-20"),
          "unchanged since, it is no other");
    CHECK(entry->times == 1 && entry->checks == 5 && !*entry->passed, "%d of %d", entry->times, entry->checks);
    CHECK(progress_note(entry, "ET_STALL", "b2", "2026-11-20") && entry->times == 2, "changed, it counts: %d",
          entry->times);
    progress_note(entry, "PASS", "c3", "2026-11-21");
    progress_note(entry, "PASS", "d4", "2026-11-22");
    CHECK(strcmp(entry->passed, "2026-11-21") == 0 && entry->times == 2, "%s, %d", entry->passed, entry->times);
    progress_note(entry, "SPIN", "e5", "2026-11-23");
    CHECK(strcmp(entry->passed, "2026-11-21") == 0 && entry->times == 1,
          "who has passed has passed: %s", entry->passed);
    CHECK(progress_of(&progress, "05b") == entry && progress.count == 1, "%d entries", progress.count);
}

static void write_file(const char *path, const char *text)
{
    FILE *to = fopen(path, "w");
    fputs(text, to);
    fclose(to);
}

/* Reads it; says what was said, and how many entries there are. */
static int read_file(const char *path, struct progress *progress, char said[400])
{
    FILE *errors = fmemopen(said, 400, "w");
    said[0] = '\0';
    progress_read(progress, path, errors);
    fclose(errors);
    return progress->count;
}

static void test_files(void)
{
    static struct progress progress;
    char path[] = "/tmp/iolab-progress-XXXXXX", aside[60], said[400];
    close(mkstemp(path));
    snprintf(aside, sizeof aside, "%s.damaged", path);
    static const struct { const char *text; int left; bool damaged; } files[] = {
        {HEADER, 0, false},
        {HEADER_ONCE "05b,7,2,ET_STALL,3,\n", 1, false},
        {HEADER "05b,7,2,ET_STALL,3,,cafe\n01a,1,0,PASS,1,2026-11-21,\n", 2, false},
        {HEADER "05b,7,2,ET_STALL,3,\n01a,1,0,PASS,1,2026-11-21\n", 2, false},
        {HEADER_ONCE "05b,7,2,ET_STALL,3,\n", 1, false},
        {HEADER "05b,7,2,ET_STALL,3,,cafe\n01a,1,0,PASS,1,2026-11-21,\n", 2, false},
        {HEADER "05b,7,2,ET_ST\xff\x00", 0, true},
        {HEADER "rubbish\n01a,1,0,PASS,1,2026-11-21\n", 1, true},
        {HEADER "01a,1,0,PASS,1,2026-11-21\n01a,2,0,SPIN,1,\n", 1, true},
        {HEADER "01a,1,0,PASS,1,2026", 0, true},
        {"01a,1,0,PASS,1,2026-11-21\n", 1, true},
        {"", 0, true},
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        write_file(path, files[i].text);
        CHECK(read_file(path, &progress, said) == files[i].left, "file %zu: %d entries, want %d", i, progress.count,
              files[i].left);
        CHECK((strstr(said, "was damaged") != NULL) == files[i].damaged, "file %zu: <%s>", i, said);
        CHECK((access(aside, F_OK) == 0) == files[i].damaged, "file %zu: where is the old one?", i);
        CHECK(read_file(path, &progress, said) == files[i].left && !*said, "file %zu: read again: <%s>", i, said);
        unlink(aside);
    }
    unlink(path);
    CHECK(read_file(path, &progress, said) == 0 && !*said, "no file is no damage: <%s>", said);
}

static void test_what_is_written_is_read(void)
{
    static struct progress progress, again;
    char path[] = "/tmp/iolab-progress-XXXXXX", said[400];
    close(mkstemp(path));
    progress_of(&progress, "05b")->hints = 2;
    progress_note(progress_of(&progress, "01a"), "PASS", "d4", "2026-11-21");
    CHECK(progress_write(&progress, path), "it can be written");
    CHECK(read_file(path, &again, said) == 2 && memcmp(&progress, &again, sizeof progress) == 0, "<%s>", said);
    unlink(path);
}

int main(void)
{
    test_lines();
    test_what_a_check_notes();
    test_files();
    test_what_is_written_is_read();
    return checks_failed();
}
