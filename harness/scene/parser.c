#define _GNU_SOURCE
#include "harness/scene/parser.h"
#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* -- Words ------------------------------------------------------------------------------------------------------- */

/* The message stays one line, whatever the word holds. */
static void tell_word(FILE *errors, const char *word)
{
    fprintf(errors, ", not \"");
    for (; *word; word++)
        fprintf(errors, iscntrl((unsigned char)*word) ? "\\x%02x" : "%c", (unsigned char)*word);
    fprintf(errors, "\"\n");
}

void fail(struct parser *p, const char *format, ...)
{
    if (p->failed)
        return;
    p->failed = true;
    int last = p->at < p->statement->count ? p->at : p->statement->count - 1;
    fprintf(p->errors, "%s:%d: ", p->path, p->statement->words[last].line);
    va_list arguments;
    va_start(arguments, format);
    vfprintf(p->errors, format, arguments);
    va_end(arguments);
    if (p->at < p->statement->count)
        tell_word(p->errors, p->statement->words[p->at].text);
    else
        fprintf(p->errors, ", but the %s ends\n", p->at_end ? "file" : "line");
}

const struct word *peek(const struct parser *p)
{
    return p->failed || p->at >= p->statement->count ? NULL : &p->statement->words[p->at];
}

bool next_is(const struct parser *p, const char *text)
{
    const struct word *word = peek(p);
    return word && !word->quoted && strcmp(word->text, text) == 0;
}

bool take(struct parser *p, const char *text)
{
    bool found = next_is(p, text);
    p->at += found;
    return found;
}

void want(struct parser *p, const char *text)
{
    if (!take(p, text))
        fail(p, "want `%s` here", text);
}

bool take_both(struct parser *p, const char *first, const char *second)
{
    if (!take(p, first))
        return false;
    want(p, second);
    return true;
}

static const char *want_word(struct parser *p, const char *what)
{
    const struct word *word = peek(p);
    if (!word || word->quoted) {
        fail(p, "want %s", what);
        return "";
    }
    p->at++;
    return word->text;
}

void want_short(struct parser *p, char to[SCENE_NAME], const char *what)
{
    const char *word = want_word(p, what);
    if (strlen(word) >= SCENE_NAME) {
        p->at--;
        fail(p, "want %s of at most %d letters", what, SCENE_NAME - 1);
    }
    snprintf(to, SCENE_NAME, "%s", word);
}

/* A name that a scene gives: it stands in tables, in braces and on command lines. */
void want_label(struct parser *p, char to[SCENE_NAME], const char *what)
{
    want_short(p, to, what);
    for (const char *at = to; *at && !p->failed; at++)
        if (!isalnum((unsigned char)*at) && *at != '-' && *at != '_') {
            p->at--;
            fail(p, "want %s of letters, digits, - and _", what);
        }
}

char *want_text(struct parser *p, const char *what, size_t *length)
{
    const struct word *word = peek(p);
    if (!word || !word->quoted) {
        fail(p, "want %s in \"quotes\"", what);
        return NULL;
    }
    p->at++;
    char *copy = calloc(1, word->length + 1);
    if (copy)
        memcpy(copy, word->text, word->length);
    if (length)
        *length = word->length;
    return copy;
}

static struct scene_value want_value(struct parser *p, enum scene_unit unit, const char *example)
{
    struct scene_value value;
    const struct word *word = peek(p);
    if (!word || word->quoted || !scene_value_read(word->text, &value) || value.unit != unit) {
        fail(p, "want %s", example);
        return (struct scene_value){0};
    }
    p->at++;
    return value;
}

double want_time(struct parser *p) { return want_value(p, UNIT_MS, "a time such as 500ms or 2s").number; }

double want_number(struct parser *p) { return want_value(p, UNIT_COUNT, "a number").number; }

static bool is_whole(double n, double most) { return n <= most && n - (double)(int64_t)n <= 0; }

int want_count(struct parser *p, int least, int most)
{
    double n = want_number(p);
    if (!p->failed && (n < least || !is_whole(n, most))) {
        p->at--;
        fail(p, "want a number from %d to %d", least, most);
    }
    return p->failed ? least : (int)n;
}

/* x5. What else begins with an x has no place where a count may stand. */
void take_times(struct parser *p, int *times, int most)
{
    const struct word *word = peek(p);
    if (!word || word->quoted || word->text[0] != 'x')
        return;
    char *end = word->text + 1;
    long n = isdigit((unsigned char)*end) ? strtol(end, &end, 10) : 0;
    if (*end || n < 1 || n > most)
        fail(p, "want x1 to x%d", most);
    *times = (int)n;
    p->at++;
}

/* 5, 64KiB, 16MiB. False: no size stands here. */
bool take_size(struct parser *p, int64_t *size)
{
    const double most = 1099511627776;      /* 1 TiB */
    struct scene_value value;
    const struct word *word = peek(p);
    if (!word || word->quoted || !scene_value_read(word->text, &value) ||
        (value.unit != UNIT_BYTES && value.unit != UNIT_COUNT) || !is_whole(value.number, most))
        return false;
    *size = (int64_t)value.number;
    p->at++;
    return true;
}

double want_time_in_scene(struct parser *p)
{
    double ms = want_time(p);
    if (!p->failed && ms > p->scene->limit_ms) {
        p->at--;
        fail(p, "want a time below the scene's limit of %.0f ms (`limit TIME` raises it)", p->scene->limit_ms);
    }
    return ms;
}

void take_within(struct parser *p, double *within_ms)
{
    if (take(p, "within"))
        *within_ms = want_time_in_scene(p);
}

void take_room(struct parser *p, int *taken, int most, bool fresh, const char *what)
{
    *taken += fresh;
    if (*taken > most)
        fail(p, "want at most %d %s in a scene", most, what);
}

/* -- Names ------------------------------------------------------------------------------------------------------- */

bool starts_name(const struct parser *p)
{
    const struct word *word = peek(p);
    return word && !word->quoted && isupper((unsigned char)word->text[0]);
}

const char *split_name(const char *text, char name[SCENE_NAME], int *number)
{
    size_t letters = 0;
    while (isalpha((unsigned char)text[letters]) && letters < SCENE_NAME - 1)
        letters++;
    memcpy(name, text, letters);
    name[letters] = '\0';
    char *end = (char *)text + letters;
    long n = *end >= '1' && *end <= '9' ? strtol(end, &end, 10) : 0;
    *number = n > SCENE_GROUP_MOST ? SCENE_GROUP_MOST + 1 : (int)n;
    return end;
}

int declared_count(const struct scene *scene, const char *name)
{
    int count = 0;
    for (int i = 0; i < scene->line_count; i++)
        if (scene->lines[i].action == DO_CLIENT && strcmp(scene->lines[i].client.name, name) == 0)
            count = scene->lines[i].count;
    return count;
}

/* How many of that name the statements to come will make; where `vary` says how many, the most there can be. */
static int announced_count(const struct parser *p, const char *name)
{
    int most = 0;
    for (int i = 0; i < p->coming_count; i++) {
        const struct statement *statement = &p->coming[i];
        if (statement->count < 2 || strcmp(statement->words[0].text, "client") != 0 ||
            strcmp(statement->words[1].text, name) != 0)
            continue;
        const char *times = statement->count > 2 ? statement->words[2].text : "";
        int count = times[0] != 'x' ? 1 : strchr(times, '{') ? SCENE_GROUP_MOST : atoi(times + 1);
        most = count > most ? count : most;
    }
    return most;
}

int known_count(const struct parser *p, const char *name)
{
    return p->coming_count > 0 ? announced_count(p, name) : declared_count(p->scene, name);
}

struct scene_name want_name(struct parser *p)
{
    struct scene_name name = {.name = ""};
    char again[SCENE_NAME];
    if (!starts_name(p)) {
        fail(p, "want a client's name (A, or C, C3, C2..C5 of a group)");
        return name;
    }
    const char *end = split_name(p->statement->words[p->at].text, name.name, &name.first);
    name.last = name.first;
    bool range = strncmp(end, "..", 2) == 0;
    if (range)
        end = split_name(end + 2, again, &name.last);
    int count = known_count(p, name.name);
    if (*end || name.first > name.last || (range && (name.first == 0 || strcmp(again, name.name) != 0)))
        fail(p, "want a client's name (A, or C, C3, C2..C5 of a group)");
    else if (count == 0)
        fail(p, "want a client that %s (`client %s`)", p->coming_count > 0 ? "the scene makes" : "was made before",
             name.name);
    else if (name.last > count)
        fail(p, "want a member that exists: there are %d of %s", count, name.name);
    p->at++;
    return name;
}

int count_named(const struct parser *p, const struct scene_name *name)
{
    return name->last ? name->last - name->first + 1 : declared_count(p->scene, name->name);
}

/* `start` is taken by the player itself. */
bool has_mark(const struct scene *scene, const char *name)
{
    bool has = strcmp(name, "start") == 0;
    for (int i = 0; i < scene->line_count && !has; i++)
        has = scene->lines[i].action == DO_MARK && strcmp(scene->lines[i].name, name) == 0;
    return has;
}

bool has_twin(const struct scene *scene)
{
    bool has = false;
    for (int i = 0; i < scene->line_count && !has; i++)
        has = scene->lines[i].action == DO_TWIN;
    return has;
}

void want_mark(struct parser *p, char to[SCENE_NAME])
{
    want_short(p, to, "a mark");
    if (!has_mark(p->scene, to)) {
        p->at--;
        fail(p, "want `start` or a mark that was made before (`mark NAME`)");
    }
}
