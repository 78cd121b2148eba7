/* The whole file is read at once and cut up in place: a field never grows when its quotes are taken off, so the
 * text it was read from is room enough. A record is known to be damaged only where it ends; the line told is the
 * one where it began, which is where a person starts to look. */
#define _GNU_SOURCE
#include "harness/report/csv.h"
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct cursor {
    char *next;         /* what is read next */
    char *end;          /* one past the file's last byte, a NUL */
    int line;           /* the line next stands on */
    const char *reason; /* why the record is damaged, or NULL */
};

/* -- One field --------------------------------------------------------------------------------------------------- */

/* Takes the quotes off in place. Leaves the cursor behind the closing quote. */
static char *quoted_field(struct cursor *at)
{
    char *start = ++at->next, *to = start;
    for (;; at->next++) {
        if (at->next == at->end) {
            at->reason = "a quote is never closed";
            return start;
        }
        if (*at->next == '"' && *++at->next != '"')
            break;
        at->line += *at->next == '\n';
        *to++ = *at->next;
    }
    if (at->next < at->end && !strchr(",\r\n", *at->next))
        at->reason = "text after a closing quote";
    *to = '\0';
    return start;
}

static char *plain_field(struct cursor *at)
{
    char *start = at->next;
    at->next += strcspn(at->next, ",\r\n\"");
    if (*at->next == '"')
        at->reason = "a quote inside an unquoted field";
    return start;
}

/* Steps over what ends a field. Returns true when the record goes on. */
static bool goes_on(struct cursor *at)
{
    char ended_by = *at->next;
    if (at->next == at->end)
        return false;
    *at->next++ = '\0';
    if (ended_by == '\r' && *at->next != '\n')
        at->reason = "a carriage return inside a line";
    else if (ended_by == '\r')
        at->next++;
    at->line += ended_by != ',';
    return ended_by == ',';
}

/* -- One record -------------------------------------------------------------------------------------------------- */

/* Reads a record and puts its first width fields into field. Returns how many it has. */
static int read_record(struct cursor *at, char **field, int width)
{
    int count = 0;
    bool more = true;
    while (more && !at->reason) {
        char *text = *at->next == '"' ? quoted_field(at) : plain_field(at);
        if (at->reason)
            break;
        more = goes_on(at);
        if (count < width)
            field[count] = text;
        count++;
    }
    return count;
}

static int damaged(char *why, size_t why_size, const char *path, int line, const char *reason)
{
    snprintf(why, why_size, "%s:%d: %s", path, line, reason);
    return -1;
}

static int check_header(struct cursor *at, const char *path, const char *header, char *why, size_t why_size)
{
    size_t length = strlen(header);
    if (at->next == at->end)
        return damaged(why, why_size, path, 1, "empty, want a header line");
    if (strncmp(at->next, header, length) == 0 && strchr("\r\n", at->next[length])) {
        char *unused;
        at->next += length;
        read_record(at, &unused, 0);
        return 0;
    }
    snprintf(why, why_size, "%s:1: not the header line \"%s\"", path, header);
    return -1;
}

static int read_records(struct csv *csv, struct cursor *at, const char *path, char *why, size_t why_size)
{
    while (at->next < at->end) {
        int line = at->line;
        int count = read_record(at, csv->fields + csv->count * csv->width, csv->width);
        if (at->reason)
            return damaged(why, why_size, path, line, at->reason);
        if (count != csv->width) {
            snprintf(why, why_size, "%s:%d: %d %s, want %d", path, line, count, count == 1 ? "field" : "fields",
                     csv->width);
            return -1;
        }
        csv->lines[csv->count++] = line;
    }
    return 0;
}

/* -- The file ---------------------------------------------------------------------------------------------------- */

/* Returns the file's bytes and a NUL behind them, or NULL with errno set. */
static char *read_all(const char *path, size_t *size)
{
    FILE *from = fopen(path, "r");
    char *text = NULL;
    size_t room = 0, got;
    if (!from)
        return NULL;
    *size = 0;
    do {
        char *larger = realloc(text, room = room ? 2 * room : 65536);
        if (!larger)
            break;
        text = larger;
        got = fread(text + *size, 1, room - *size - 1, from);
        *size += got;
        text[*size] = '\0';
    } while (got > 0);
    if (!feof(from)) {
        free(text);
        text = NULL;
    }
    fclose(from);
    return text;
}

static int count_of(const char *text, char wanted)
{
    int count = 0;
    for (; *text; text++)
        count += *text == wanted;
    return count;
}

static int make_room(struct csv *csv, const char *header)
{
    size_t most = (size_t)count_of(csv->text, '\n') + 1;
    csv->width = count_of(header, ',') + 1;
    csv->fields = calloc(most * (size_t)csv->width, sizeof *csv->fields);
    csv->lines = calloc(most, sizeof *csv->lines);
    return csv->fields && csv->lines ? 0 : -1;
}

int csv_load(struct csv *csv, const char *path, const char *header, char *why, size_t why_size)
{
    size_t size;
    *csv = (struct csv){.text = read_all(path, &size)};
    if (!csv->text || make_room(csv, header) < 0) {
        snprintf(why, why_size, "%s: %s", path, strerror(errno));
        csv_free(csv);
        return -1;
    }
    struct cursor at = {.next = csv->text, .end = csv->text + size, .line = 1};
    int status = -1;
    if (strlen(csv->text) != size)
        damaged(why, why_size, path, count_of(csv->text, '\n') + 1, "a NUL byte");
    else if (check_header(&at, path, header, why, why_size) == 0)
        status = read_records(csv, &at, path, why, why_size);
    if (status < 0)
        csv_free(csv);
    return status;
}

void csv_free(struct csv *csv)
{
    free(csv->text);
    free(csv->fields);
    free(csv->lines);
    *csv = (struct csv){0};
}

const char *csv_field(const struct csv *csv, int record, int column)
{
    return csv->fields[record * csv->width + column];
}

int csv_integer(const char *field, int64_t *value)
{
    const char *digits = field + (*field == '-');
    if (!*digits || strspn(digits, "0123456789") != strlen(digits))
        return -1;
    errno = 0;
    long long number = strtoll(field, NULL, 10);
    if (errno)
        return -1;
    *value = number;
    return 0;
}

/* -- Writing ----------------------------------------------------------------------------------------------------- */

void csv_write_text(FILE *to, const char *text)
{
    putc('"', to);
    for (; *text; text++)
        fprintf(to, *text == '"' ? "\"\"" : "%c", *text);
    putc('"', to);
}

void csv_write_field(FILE *to, const char *field)
{
    if (strpbrk(field, ",\"\r\n"))
        csv_write_text(to, field);
    else
        fputs(field, to);
}

void csv_write(FILE *to, const char *const *fields, int count)
{
    for (int i = 0; i < count; i++) {
        if (i > 0)
            putc(',', to);
        csv_write_field(to, fields[i]);
    }
    putc('\n', to);
}
