#define _GNU_SOURCE
#include "harness/exercise/sheet.h"
#include "harness/exercise/text.h"
#include <stdlib.h>
#include <string.h>

static const char *const kinds = " fix build modify measure predict ";

struct reader {
    struct sheet *sheet;
    const char *path;
    FILE *errors;
    int line;
    char **section;         /* whose text is read; NULL: the head, or the codes */
    bool in_codes, failed;
};

static void wrong(struct reader *r, int line, const char *what, const char *name)
{
    if (!r->failed)
        fprintf(r->errors, "%s:%d: %s%s%s%s\n", r->path, line, what, *name ? " \"" : "", name, *name ? "\"" : "");
    r->failed = true;
}

/* -- Lines ------------------------------------------------------------------------------------------------------- */

static void keep(struct reader *r, char *to, size_t size, const char *value)
{
    if (*to)
        wrong(r, r->line, "this was said before:", value);
    if (!*value || strlen(value) >= size)
        wrong(r, r->line, *value ? "this is too long:" : "something is to stand behind the colon", value);
    snprintf(to, size, "%s", value);
}

static void read_minutes(struct reader *r, const char *value)
{
    char *end;
    long minutes = strtol(value, &end, 10);
    if (end == value || *end || minutes < 1 || minutes > 1000)
        wrong(r, r->line, "want a number of minutes, not", value);
    r->sheet->minutes = (int)minutes;
}

static void read_kind(struct reader *r, const char *value)
{
    char padded[SHEET_WORD + 2];
    snprintf(padded, sizeof padded, " %.*s ", SHEET_WORD - 1, value);
    if (!strstr(kinds, padded))
        wrong(r, r->line, "want fix, build, modify, measure or predict, not", value);
    keep(r, r->sheet->kind, sizeof r->sheet->kind, value);
}

/* `- minutes: 30` */
static void read_head(struct reader *r, char *name, const char *value)
{
    struct sheet *sheet = r->sheet;
    if (strcmp(name, "minutes") == 0)
        read_minutes(r, value);
    else if (strcmp(name, "kind") == 0)
        read_kind(r, value);
    else if (strcmp(name, "starter") == 0)
        keep(r, sheet->starter, sizeof sheet->starter, value);
    else if (strcmp(name, "model") == 0)
        keep(r, sheet->model, sizeof sheet->model, value);
    else if (strcmp(name, "man") == 0)
        keep(r, sheet->man, sizeof sheet->man, value);
    else
        wrong(r, r->line, "want minutes, kind, starter, model or man, not", name);
}

/* `- ET_STALL: epoll(7) | make lt-et` */
static void read_code(struct reader *r, const char *name, char *value)
{
    struct sheet *sheet = r->sheet;
    if (sheet_code(sheet, name) || sheet->code_count == SHEET_CODES) {
        wrong(r, r->line, sheet_code(sheet, name) ? "this code stands above, too:" : "no room for more codes:", name);
        return;
    }
    struct sheet_code *code = &sheet->codes[sheet->code_count++];
    char *command = strchr(value, '|');
    if (command) {
        *command++ = '\0';
        keep(r, code->command, sizeof code->command, text_trimmed(command));
    }
    keep(r, code->code, sizeof code->code, name);
    keep(r, code->man, sizeof code->man, text_trimmed(value));
}

static void read_item(struct reader *r, char *line)
{
    char *colon = strchr(line, ':');
    if (strncmp(line, "- ", 2) != 0 || !colon) {
        wrong(r, r->line, "want a line `- NAME: VALUE`, not", line);
        return;
    }
    *colon = '\0';
    if (r->in_codes)
        read_code(r, text_trimmed(line + 2), text_trimmed(colon + 1));
    else
        read_head(r, text_trimmed(line + 2), text_trimmed(colon + 1));
}

static void read_section(struct reader *r, const char *name)
{
    struct sheet *sheet = r->sheet;
    r->in_codes = strcmp(name, "Codes") == 0;
    int hint = 0;
    r->section = strcmp(name, "Task") == 0 ? &sheet->task : NULL;
    if (strcmp(name, "Explanation") == 0)
        r->section = &sheet->explanation;
    if (sscanf(name, "Hint %d", &hint) == 1 && hint >= 1 && hint <= HINTS)
        r->section = &sheet->hints[hint - 1];
    if (!r->section && !r->in_codes)
        wrong(r, r->line, "want Task, Hint 1 to Hint 3, Codes or Explanation, not", name);
    else if (r->section && *r->section)
        wrong(r, r->line, "this section stands above, too:", name);
    else if (r->section)
        *r->section = strdup("");
}

static void append(char **to, const char *line)
{
    char *longer = NULL;
    if (asprintf(&longer, "%s%s\n", *to, line) < 0)
        abort();
    free(*to);
    *to = longer;
}

static void read_line(struct reader *r, char *line)
{
    if (strncmp(line, "## ", 3) == 0)
        read_section(r, text_trimmed(line + 3));
    else if (strncmp(line, "# ", 2) == 0 && !r->section)
        keep(r, r->sheet->title, sizeof r->sheet->title, text_trimmed(line + 2));
    else if (r->section)
        append(r->section, line);
    else if (*text_trimmed(line))
        read_item(r, line);
}

/* -- The sheet --------------------------------------------------------------------------------------------------- */

static void want_all(struct reader *r)
{
    struct sheet *sheet = r->sheet;
    char *const texts[] = {sheet->task, sheet->hints[0], sheet->hints[1], sheet->hints[2]};
    const char *const names[] = {"## Task", "## Hint 1", "## Hint 2", "## Hint 3"};
    const char *const heads[] = {sheet->title, sheet->kind, sheet->starter, sheet->man};
    const char *const head_names[] = {"# TITLE", "- kind", "- starter", "- man"};
    for (int i = 0; i < 4; i++)
        if (!*heads[i])
            wrong(r, r->line, "the sheet ends and has no line", head_names[i]);
    if (sheet->minutes == 0)
        wrong(r, r->line, "the sheet ends and has no line", "- minutes");
    for (int i = 0; i < 4; i++)
        if (!texts[i] || !*texts[i])
            wrong(r, r->line, "the sheet ends and has no text under", names[i]);
}

static void trim(char *text)
{
    if (!text)
        return;
    char *begin = text_trimmed(text);
    memmove(text, begin, strlen(begin) + 1);
}

bool sheet_parse(struct sheet *sheet, const char *path, const char *text, FILE *errors)
{
    *sheet = (struct sheet){0};
    struct reader r = {.sheet = sheet, .path = path, .errors = errors};
    for (const char *at = text; *at && !r.failed; at = text_next_line(at)) {
        char *line = strndup(at, strcspn(at, "\r\n"));
        r.line++;
        read_line(&r, line);
        free(line);
    }
    trim(sheet->task);
    trim(sheet->explanation);
    for (int i = 0; i < HINTS; i++)
        trim(sheet->hints[i]);
    want_all(&r);
    return !r.failed;
}

bool sheet_read(struct sheet *sheet, const char *path, FILE *errors)
{
    char *text = text_of_file(path, errors);
    *sheet = (struct sheet){0};
    bool good = text && sheet_parse(sheet, path, text, errors);
    free(text);
    return good;
}

void sheet_free(struct sheet *sheet)
{
    free(sheet->task);
    free(sheet->explanation);
    for (int i = 0; i < HINTS; i++)
        free(sheet->hints[i]);
    *sheet = (struct sheet){0};
}

const struct sheet_code *sheet_code(const struct sheet *sheet, const char *code)
{
    for (int i = 0; i < sheet->code_count; i++)
        if (strcmp(sheet->codes[i].code, code) == 0)
            return &sheet->codes[i];
    return NULL;
}

void sheet_write_handout(const char *text, FILE *to)
{
    bool told = true;
    for (const char *at = text, *next; *at; at = next) {
        next = text_next_line(at);
        if (strncmp(at, "## ", 3) == 0)
            told = strncmp(at + 3 + strspn(at + 3, " \t"), "Explanation", 11) != 0;
        if (told)
            fwrite(at, 1, (size_t)(next - at), to);
    }
}
