#define _GNU_SOURCE
#include "harness/scene/parse_vary.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { KEYS = 1, VALUES = 2 };          /* words of the statement: `vary`, the names, and the values of each variant */

/* -- Names and values -------------------------------------------------------------------------------------------- */

static int count_parts(const char *word)
{
    int parts = 1;
    for (; *word; word++)
        parts += *word == '/';
    return parts;
}

/* The n-th part of "reads/size", with its length. */
static const char *part_of(const char *word, int n, size_t *length)
{
    for (; n > 0; n--)
        word += strcspn(word, "/") + 1;
    *length = strcspn(word, "/");
    return word;
}

/* A name of letters and -, which stands in no braces already: {n}, {got}, {cpu} ... */
static bool is_free_name(const char *name, size_t length)
{
    static const char *const taken[] = {"n", "got", "want", "ok", "of"};
    char word[SCENE_NAME];
    enum scene_what what;
    bool of_server;
    snprintf(word, sizeof word, "%.*s", (int)length, name);
    for (size_t i = 0; i < length; i++)
        if (!islower((unsigned char)name[i]) && name[i] != '-')
            return false;
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
        if (strcmp(word, taken[i]) == 0)
            return false;
    return length > 0 && !scene_observation_named(word, &what, &of_server);
}

static void check_names(struct parser *p, const char *names)
{
    for (int i = 0; i < count_parts(names); i++) {
        size_t length, other_length;
        const char *name = part_of(names, i, &length);
        bool good = is_free_name(name, length);
        for (int j = 0; j < i; j++) {
            const char *other = part_of(names, j, &other_length);
            good &= length != other_length || memcmp(name, other, length) != 0;
        }
        if (!good) {
            p->at--;
            fail(p, "want a name of small letters that braces do not know yet, or several, such as reads/size");
        }
    }
}

static bool has_empty_part(const char *word)
{
    bool empty = false;
    for (int i = 0; i < count_parts(word); i++) {
        size_t length;
        part_of(word, i, &length);
        empty |= length == 0;
    }
    return empty;
}

/* Each variant has a value for each name, and no two variants are the same. They stand in CSV as they are. */
static void check_values(struct parser *p, int names)
{
    const struct word *words = p->statement->words;
    char value[SCENE_NAME];
    want_short(p, value, "a value");
    bool good = count_parts(value) == names && !has_empty_part(value) && !strpbrk(value, ",\"");
    for (int i = VALUES; i < p->at - 1; i++)
        good &= strcmp(words[i].text, value) != 0;
    if (!good) {
        p->at--;
        fail(p, "want %d value%s with / between them, other than those before", names, names == 1 ? "" : "s");
    }
}

static bool stands_in(const struct statement *statement, const char *braces)
{
    for (int i = 0; i < statement->count; i++)
        if (memmem(statement->words[i].text, statement->words[i].length, braces, strlen(braces)))
            return true;
    return false;
}

/* What varies nothing was misspelt, here or where it should stand. */
static void check_use(struct parser *p, const struct statement *vary, const struct statements *all, int begin, int end)
{
    const char *names = vary->words[KEYS].text;
    p->statement = vary;
    for (int i = 0; i < count_parts(names); i++) {
        size_t length;
        const char *name = part_of(names, i, &length);
        char braces[SCENE_NAME + 2];
        bool used = false;
        snprintf(braces, sizeof braces, "{%.*s}", (int)length, name);
        for (int j = begin; j < end && !used; j++)
            used = stands_in(&all->list[j], braces);
        p->at = KEYS;
        if (!used)
            fail(p, "want %s somewhere in the scene", braces);
    }
}

struct vary vary_find(struct parser *p, const struct statements *all, int begin, int end)
{
    struct vary vary = {.variants = 1};
    char names[SCENE_NAME];
    for (int i = begin; i < end && !p->failed; i++) {
        p->statement = &all->list[i];
        p->at = 0;
        if (!take(p, "vary"))
            continue;
        if (vary.said)
            fail(p, "want `vary` once in a scene: names and values with / between them go together, before");
        want_short(p, names, "a name");
        check_names(p, names);
        do
            check_values(p, count_parts(names));
        while (peek(p));
        vary = (struct vary){p->statement, p->statement->count - VALUES};
        if (vary.variants > SCENE_VARIANTS)
            fail(p, "want at most %d variants of a scene", SCENE_VARIANTS);
    }
    if (vary.said && !p->failed)
        check_use(p, vary.said, all, begin, end);
    return vary;
}

const char *vary_names(const struct vary *vary) { return vary->said ? vary->said->words[KEYS].text : ""; }

const char *vary_name(const struct vary *vary, int variant)
{
    return vary->said ? vary->said->words[VALUES + variant].text : "";
}

/* -- Filling in -------------------------------------------------------------------------------------------------- */

/* The value that stands for the braces at `at`, and the length of both. NULL: these are no braces of ours. */
static const char *value_at(const char *names, const char *values, const char *at, size_t left, size_t *value_length,
                            size_t *length)
{
    for (int i = 0; names[0] && i < count_parts(names); i++) {
        size_t n;
        const char *name = part_of(names, i, &n);
        *length = n + 2;
        if (left >= *length && at[0] == '{' && memcmp(at + 1, name, n) == 0 && at[n + 1] == '}')
            return part_of(values, i, value_length);
    }
    return NULL;
}

/* The text, which may hold NULs, with the values in it. To be freed. */
static char *fill(const char *names, const char *values, const char *text, size_t text_length, size_t *filled_length)
{
    char *filled;
    FILE *out = open_memstream(&filled, filled_length);
    if (!out) {
        perror("open_memstream");
        exit(1);
    }
    for (size_t i = 0, n, length; i < text_length; i += length) {
        const char *at = text + i, *value = value_at(names, values, at, text_length - i, &n, &length);
        if (!value) {
            value = at;
            n = length = 1;
        }
        fwrite(value, 1, n, out);
    }
    fclose(out);
    return filled;
}

struct statement vary_fill(const struct vary *vary, int variant, const struct statement *statement)
{
    const char *names = vary_names(vary), *values = vary_name(vary, variant);
    struct statement filled = {0};
    for (int i = 0; i < statement->count; i++) {
        struct word word = statement->words[i];
        word.text = fill(names, values, word.text, word.length, &word.length);
        filled.words = grown(filled.words, filled.count, sizeof *filled.words);
        filled.words[filled.count++] = word;
    }
    return filled;
}

char *scene_filled(const struct scene *scene, const char *text)
{
    size_t length;
    return fill(scene->vary, scene->variant, text, strlen(text), &length);
}

void vary_free(struct statement *statement)
{
    for (int i = 0; i < statement->count; i++)
        free(statement->words[i].text);
    free(statement->words);
}
