#define _GNU_SOURCE
#include "harness/scene/answers.h"
#include "harness/scene/words.h"
#include <string.h>

enum { SCENE, QUESTION, ANSWER, WORDS };

struct reader { const char *path; const struct statement *statement; FILE *errors; };

static bool wrong(const struct reader *r, const char *want, int word)
{
    fprintf(r->errors, "%s:%d: want %s, not \"%s\"\n", r->path, r->statement->words[word].line, want,
            r->statement->words[word].text);
    return false;
}

/* "no, yes" */
static const char *choices_of(const struct scene_ask *ask)
{
    static char list[1024];
    size_t length = 0;
    list[0] = '\0';
    for (int i = 0; i < ask->choice_count && length < sizeof list - 2 * SCENE_NAME; i++)
        length += (size_t)snprintf(list + length, sizeof list - length, "%s%s", i ? ", " : "", ask->choices[i].name);
    return list;
}

static bool is_choice(const struct scene_ask *ask, const char *word)
{
    bool is = false;
    for (int i = 0; i < ask->choice_count; i++)
        is |= strcmp(ask->choices[i].name, word) == 0;
    return is;
}

/* What answers it in the scene. */
static const struct scene_line *answer_line(const struct scene *scene, const char *id)
{
    int i = 0;
    while (scene->lines[i].action != DO_ANSWER || strcmp(scene->lines[i].name, id) != 0)
        i++;
    return &scene->lines[i];
}

/* A plain number is taken for the unit of what is seen: ms, percent. */
static bool read_number(const struct reader *r, const struct scene *scene, struct scene_ask *ask)
{
    enum scene_what what = answer_line(scene, ask->id)->test.seen.what;
    const struct word *word = &r->statement->words[ANSWER];
    bool number = !word->quoted && scene_value_read(word->text, &ask->given) && ask->given.unit != UNIT_WORD;
    if (number && (ask->given.unit == UNIT_COUNT || scene_unit_fits(what, ask->given.unit, true)))
        return true;
    return wrong(r, "a number, in the unit of what is seen", ANSWER);
}

static bool read_given(const struct reader *r, const struct scene *scene, struct scene_ask *ask)
{
    const char *word = r->statement->words[ANSWER].text;
    if (ask->is_given)
        return wrong(r, "one answer to a question", QUESTION);
    ask->is_given = true;
    if (ask->choice_count == 0)
        return read_number(r, scene, ask);
    if (!is_choice(ask, word))
        return wrong(r, choices_of(ask), ANSWER);
    ask->given.unit = UNIT_WORD;
    snprintf(ask->given.word, sizeof ask->given.word, "%s", word);
    return true;
}

static bool read_for_file(const struct reader *r, struct scene_file *file)
{
    const char *id = r->statement->words[SCENE].text;
    for (int i = 0; i < file->count; i++) {
        const struct scene *scene = &file->scenes[i];
        if (!scene_is_called(scene, id))
            continue;
        struct scene_ask *ask = scene_ask_named(scene, r->statement->words[QUESTION].text);
        if (!ask)
            return wrong(r, "a question of that scene", QUESTION);
        if (!read_given(r, scene, ask))
            return false;
    }
    return true;
}

bool answers_read(const char *path, struct scene_file *const *files, int count, FILE *errors)
{
    struct statements all;
    bool good = statements_read(path, &all, errors);
    for (int i = 0; good && i < all.count; i++) {
        const struct reader reader = {path, &all.list[i], errors};
        if (all.list[i].count != WORDS)
            good = wrong(&reader, "SCENE QUESTION ANSWER in a line", 0);
        for (int j = 0; good && j < count; j++)
            good = read_for_file(&reader, files[j]);
    }
    statements_free(&all);
    return good;
}

const struct scene_ask *answers_missing(const struct scene *scene)
{
    for (int i = 0; i < scene->ask_count; i++)
        if (!scene->asks[i].is_given)
            return &scene->asks[i];
    return NULL;
}
