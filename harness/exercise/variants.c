#define _GNU_SOURCE
#include "harness/exercise/variants.h"
#include "harness/exercise/text.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* -- Reading ----------------------------------------------------------------------------------------------------- */

struct reader {
    struct variants *all;
    const char *path;
    FILE *errors;
    int line;
    bool inside;            /* of a region */
    bool failed;
};

static void wrong(struct reader *r, int line, const char *what, const char *name)
{
    if (!r->failed)
        fprintf(r->errors, "%s:%d: %s%s%s%s\n", r->path, line, what, *name ? " \"" : "", name, *name ? "\"" : "");
    r->failed = true;
}

static void begin_section(struct reader *r, const char *at, int region, unsigned whose)
{
    struct variants *all = r->all;
    if (all->section_count == SECTIONS_MOST)
        wrong(r, r->line, "there is no room for more sections", "");
    else
        all->sections[all->section_count++] = (struct variants_section){at, at, region, r->line, whose};
}

/* What stands behind //@ or #@; NULL: an ordinary line. */
static const char *mark_of(const char *line)
{
    line += strspn(line, " \t");
    return strncmp(line, "//@", 3) == 0 ? line + 3 : strncmp(line, "#@", 2) == 0 ? line + 2 : NULL;
}

static int find(const struct variants *all, const char *name)
{
    for (int i = 0; i < all->count; i++)
        if (strcmp(all->names[i], name) == 0)
            return i;
    return -1;
}

static bool is_code(const char *name)
{
    return *name && !name[strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")];
}

/* `solution`, `starter` or `reject CODE` as the bit of that variant. */
static unsigned bit_of(struct reader *r, const char *word)
{
    struct variants *all = r->all;
    bool reject = strncmp(word, "reject ", 7) == 0;
    if (reject)
        word += 7 + strspn(word + 7, " ");
    if (reject ? !is_code(word) || strlen(word) >= VARIANT_NAME : find(all, word) < 0 || is_code(word)) {
        wrong(r, r->line, "want solution, starter, reject CODE or end, not", word);
        return 0;
    }
    int at = find(all, word);
    if (at < 0 && all->count == VARIANTS_MOST) {
        wrong(r, r->line, "there is no room for one more reject:", word);
        return 0;
    }
    if (at < 0) {
        at = all->count++;
        snprintf(all->names[at], VARIANT_NAME, "%s", word);
    }
    return 1u << at;
}

static unsigned of_region(const struct variants *all, int region)
{
    unsigned whose = 0;
    for (int i = 0; i < all->section_count; i++)
        if (all->sections[i].region == region)
            whose |= all->sections[i].whose;
    return whose;
}

static void read_heading(struct reader *r, const char *mark, size_t length, const char *behind)
{
    char heading[256], *rest = heading;
    snprintf(heading, sizeof heading, "%.*s", (int)length, mark);
    struct variants *all = r->all;
    all->regions += !r->inside;
    r->inside = true;
    unsigned whose = 0, before = of_region(all, all->regions);
    for (char *word; (word = strsep(&rest, ",")) && !r->failed;) {
        unsigned bit = bit_of(r, text_trimmed(word));
        if ((whose | before) & bit)
            wrong(r, r->line, "this region has that variant already:", text_trimmed(word));
        whose |= bit;
    }
    begin_section(r, behind, all->regions, whose);
}

static void end_region(struct reader *r, const char *behind)
{
    if (!r->inside)
        wrong(r, r->line, "nothing has begun that could end here", "");
    else if (~of_region(r->all, r->all->regions) & (1u << VARIANT_SOLUTION | 1u << VARIANT_STARTER))
        wrong(r, r->line, "a region ends that has no section for the solution, or none for the starter", "");
    r->inside = false;
    begin_section(r, behind, 0, ~0u);
}

static void read_line(struct reader *r, const char *line, const char *behind)
{
    const char *mark = mark_of(line);
    if (!mark) {
        r->all->sections[r->all->section_count - 1].end = behind;
        return;
    }
    size_t length = (size_t)(behind - mark);
    char word[8] = "";
    sscanf(mark, " %7[a-z]", word);
    if (strcmp(word, "end") == 0)
        end_region(r, behind);
    else
        read_heading(r, mark, length, behind);
}

/* Whoever makes one mistake makes no other: elsewhere a reject is as the solution. */
static void give_rest_to_solution(struct variants *all)
{
    unsigned everybody = (1u << all->count) - 1;
    for (int i = 0; i < all->section_count; i++) {
        struct variants_section *section = &all->sections[i];
        if (section->region > 0 && section->whose & 1u << VARIANT_SOLUTION)
            section->whose |= everybody & ~of_region(all, section->region);
    }
}

bool variants_parse(struct variants *all, const char *path, const char *text, FILE *errors)
{
    *all = (struct variants){.text = strdup(text), .names = {"solution", "starter"}, .count = 2};
    struct reader r = {all, path, errors, 0, false, !all->text};
    begin_section(&r, all->text, 0, ~0u);
    for (const char *at = all->text, *behind; !r.failed && *at; at = behind) {
        behind = text_next_line(at);
        r.line++;
        read_line(&r, at, behind);
    }
    if (r.inside)
        wrong(&r, all->sections[all->section_count - 1].line, "a region begins here that never ends", "");
    give_rest_to_solution(all);
    return !r.failed;
}

bool variants_read(struct variants *all, const char *path, FILE *errors)
{
    char *text = text_of_file(path, errors);
    *all = (struct variants){0};
    bool good = text && variants_parse(all, path, text, errors);
    free(text);
    return good;
}

void variants_free(struct variants *all)
{
    free(all->text);
    *all = (struct variants){0};
}

/* -- Writing ----------------------------------------------------------------------------------------------------- */

int variants_find(const struct variants *all, const char *name)
{
    int at = find(all, name);
    return all->regions == 0 && at != VARIANT_STARTER ? -1 : at;
}

void variants_write(const struct variants *all, int variant, FILE *to)
{
    for (int i = 0; i < all->section_count; i++) {
        const struct variants_section *section = &all->sections[i];
        if (section->whose & 1u << variant)
            fwrite(section->begin, 1, (size_t)(section->end - section->begin), to);
    }
}

static bool is_in_starter(const struct variants *all, const char *line, size_t length)
{
    for (int i = 0; i < all->section_count; i++) {
        const struct variants_section *section = &all->sections[i];
        if (section->whose & 1u << VARIANT_STARTER &&
            memmem(section->begin, (size_t)(section->end - section->begin), line, length))
            return true;
    }
    return false;
}

const char *variants_secret(const struct variants *all, size_t *at, size_t *length)
{
    const unsigned both = 1u << VARIANT_SOLUTION | 1u << VARIANT_STARTER;
    for (int i = 0; i < all->section_count; i++) {
        const struct variants_section *section = &all->sections[i];
        const char *line = all->text + *at > section->begin ? all->text + *at : section->begin;
        for (; (section->whose & both) == 1u << VARIANT_SOLUTION && line < section->end; line = text_next_line(line)) {
            const char *begin = line + strspn(line, " \t"), *end = text_next_line(line);
            *at = (size_t)(end - all->text);
            while (end > begin && isspace((unsigned char)end[-1]))
                end--;
            *length = (size_t)(end - begin);
            if (*length > 0 && !is_in_starter(all, begin, *length))
                return begin;
        }
    }
    return NULL;
}
