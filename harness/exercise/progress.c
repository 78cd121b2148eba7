#define _GNU_SOURCE
#include "harness/exercise/progress.h"
#include "harness/exercise/text.h"
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FIELDS = 7, FIELDS_ONCE = 6 };

/* Files of before have no last column. */
static const char *const header = "exercise,checks,hints,last,times,passed,attempt";
static const char *const header_once = "exercise,checks,hints,last,times,passed";

/* -- A line ------------------------------------------------------------------------------------------------------ */

static bool read_word(const char *field, char to[PROGRESS_WORD])
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    bool good = strlen(field) < PROGRESS_WORD && !field[strspn(field, plain)];
    snprintf(to, PROGRESS_WORD, "%s", good ? field : "");
    return good;
}

static bool read_count(const char *field, int *to)
{
    char *end;
    long n = strtol(field, &end, 10);
    bool good = end > field && !*end && n >= 0 && n <= 1000000;
    *to = good ? (int)n : 0;
    return good;
}

bool progress_read_line(const char *line, struct progress_entry *entry)
{
    char copy[256], *rest = copy;
    const char *fields[FIELDS + 1] = {NULL};
    int count = 0;
    snprintf(copy, sizeof copy, "%.*s", (int)strcspn(line, "\r\n"), line);
    *entry = (struct progress_entry){0};
    while (rest && count <= FIELDS)
        fields[count++] = strsep(&rest, ",");
    if (count == FIELDS_ONCE)
        fields[count++] = "";
    return count == FIELDS && *fields[0] && read_word(fields[0], entry->id) && read_count(fields[1], &entry->checks) &&
           read_count(fields[2], &entry->hints) && read_word(fields[3], entry->last) &&
           read_count(fields[4], &entry->times) && read_word(fields[5], entry->passed) &&
           read_word(fields[6], entry->attempt);
}

/* -- The file ---------------------------------------------------------------------------------------------------- */

static bool has(const struct progress *progress, const char *id)
{
    for (int i = 0; i < progress->count; i++)
        if (strcmp(progress->entries[i].id, id) == 0)
            return true;
    return false;
}

static bool is_line(const char *text, const char *line)
{
    size_t length = strlen(line);
    return strncmp(text, line, length) == 0 && strchr("\r\n", text[length]);
}

/* Returns the number of lines that could not be read. */
static int read_lines(struct progress *progress, const char *text)
{
    int damaged = !is_line(text, header) && !is_line(text, header_once);
    for (const char *line = damaged ? text : text_next_line(text); *line; line = text_next_line(line)) {
        struct progress_entry entry;
        bool good = strchr(line, '\n') && progress_read_line(line, &entry) && !has(progress, entry.id);
        if (good && progress->count < PROGRESS_MOST)
            progress->entries[progress->count++] = entry;
        else
            damaged++;
    }
    return damaged;
}

bool progress_write(const struct progress *progress, const char *path)
{
    char aside[PATH_MAX];
    snprintf(aside, sizeof aside, "%s.%d", path, (int)getpid());
    FILE *to = fopen(aside, "we");
    if (!to)
        return false;
    fprintf(to, "%s\n", header);
    for (int i = 0; i < progress->count; i++) {
        const struct progress_entry *entry = &progress->entries[i];
        fprintf(to, "%s,%d,%d,%s,%d,%s,%s\n", entry->id, entry->checks, entry->hints, entry->last, entry->times,
                entry->passed, entry->attempt);
    }
    bool written = !ferror(to);
    written = fclose(to) == 0 && written && rename(aside, path) == 0;
    int error = errno;
    if (!written)
        unlink(aside);
    errno = error;
    return written;
}

void progress_read(struct progress *progress, const char *path, FILE *errors)
{
    *progress = (struct progress){0};
    if (access(path, F_OK) < 0)
        return;
    char aside[PATH_MAX], *text = text_of_file(path, errors);
    if (!text || read_lines(progress, text) > 0) {
        snprintf(aside, sizeof aside, "%s.damaged", path);
        bool moved = rename(path, aside) == 0 && progress_write(progress, path);
        fprintf(errors, "%s was damaged, and is begun anew with the %d line%s that could be read%s%s.\n", path,
                progress->count, progress->count == 1 ? "" : "s", moved ? "; the old one is now " : "",
                moved ? aside : "");
    }
    free(text);
}

/* -- Entries ----------------------------------------------------------------------------------------------------- */

struct progress_entry *progress_of(struct progress *progress, const char *id)
{
    for (int i = 0; i < progress->count; i++)
        if (strcmp(progress->entries[i].id, id) == 0)
            return &progress->entries[i];
    int at = progress->count < PROGRESS_MOST ? progress->count++ : PROGRESS_MOST - 1;
    progress->entries[at] = (struct progress_entry){0};
    snprintf(progress->entries[at].id, PROGRESS_WORD, "%s", id);
    return &progress->entries[at];
}

bool progress_note(struct progress_entry *entry, const char *code, const char *attempt, const char *day)
{
    bool other = *attempt && strcmp(attempt, entry->attempt) != 0;
    bool same_code = strcmp(entry->last, code) == 0;
    entry->checks++;
    entry->times = (same_code ? entry->times : 0) + other;
    snprintf(entry->last, sizeof entry->last, "%s", code);
    if (other)
        snprintf(entry->attempt, sizeof entry->attempt, "%s", attempt);
    if (strcmp(code, "PASS") == 0 && !*entry->passed)
        snprintf(entry->passed, sizeof entry->passed, "%s", day);
    return other;
}
