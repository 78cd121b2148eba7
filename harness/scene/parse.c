/* The parser: a function for each rule of the grammar in docs/scenes.md. The first fault is told, with its line, and
 * ends the reading: nothing is played from a file that is wrong. Here are the file and its scenes; the rules of a
 * header, a line and a test have files of their own. */
#define _GNU_SOURCE
#include "harness/scene/parse_vary.h"
#include "harness/scene/parser.h"
#include <stdlib.h>
#include <string.h>

static void begin_scene(struct parser *p, struct scene_file *file, const struct vary *vary, int variant)
{
    file->scenes = grown(file->scenes, file->count, sizeof *file->scenes);
    p->scene = &file->scenes[file->count++];
    *p->scene = (struct scene){.limit_ms = 10000, .line = p->statement->words[0].line};
    snprintf(p->scene->vary, sizeof p->scene->vary, "%s", vary_names(vary));
    snprintf(p->scene->variant, sizeof p->scene->variant, "%s", vary_name(vary, variant));
    p->begun = p->limited = p->served = false;
    p->groups = p->marks = p->always = p->shows = 0;
    want_label(p, p->scene->id, "the scene's id");
    for (int i = 0; i < file->count - 1 && !p->failed; i++)
        if (file->scenes[i].line != p->scene->line && strcmp(file->scenes[i].id, p->scene->id) == 0) {
            p->at--;
            fail(p, "want an id that no other scene of this file has");
        }
    p->scene->title = want_text(p, "the scene's title", NULL);
    read_elses(p, &p->scene->elses);
    if (peek(p))
        fail(p, "want the end of the statement");
}

/* Told of what follows: the next scene, or the last statement of the file. */
static void end_scene(struct parser *p, const struct statements *all, int next)
{
    p->statement = &all->list[next < all->count ? next : all->count - 1];
    p->at = next < all->count ? 0 : p->statement->count;
    p->at_end = next == all->count;
    if (!p->scene || p->failed)
        return;
    if (inside_repeat(p->scene))
        fail(p, "the scene \"%s\" has a repeat without an end: want `end` before this", p->scene->id);
    check_answers(p);
    if (p->scene->line_count == 0)
        fail(p, "nothing happens in the scene \"%s\": want a line before this", p->scene->id);
    p->at_end = false;
}

static void read_statement(struct parser *p, struct scene_file *file, const struct vary *vary, int variant)
{
    p->at = 0;
    if (take(p, "scene")) {
        begin_scene(p, file, vary, variant);
        return;
    }
    if (!p->scene) {
        fail(p, "want `scene ID \"TITLE\"` first");
        return;
    }
    if (next_is_header(p)) {
        if (p->begun)
            fail(p, "it is a header: want it before the scene's first line");
        read_header(p);
        if (peek(p))
            fail(p, "want the end of the line");
        return;
    }
    p->begun = true;
    p->scene->lines = grown(p->scene->lines, p->scene->line_count, sizeof *p->scene->lines);
    struct scene_line line;
    read_line(p, &line);
    p->scene->lines[p->scene->line_count++] = line;
}

static bool begins_scene(const struct statement *statement)
{
    return !statement->words[0].quoted && strcmp(statement->words[0].text, "scene") == 0;
}

/* From its first statement, once for each variant. Returns where the next one begins. */
static int read_scene(struct parser *p, struct scene_file *file, const struct statements *all, int begin)
{
    int end = begin + 1;
    while (end < all->count && !begins_scene(&all->list[end]))
        end++;
    struct vary vary = vary_find(p, all, begin, end);
    for (int variant = 0; variant < vary.variants && !p->failed; variant++) {
        for (int i = begin; i < end && !p->failed; i++) {
            struct statement filled = vary_fill(&vary, variant, &all->list[i]);
            p->statement = &filled;
            p->coming = &all->list[begin + 1];
            p->coming_count = i == begin ? end - begin - 1 : 0;
            read_statement(p, file, &vary, variant);
            vary_free(&filled);
        }
        end_scene(p, all, end);
    }
    return end;
}

struct scene_file *scene_read(const char *path, FILE *errors)
{
    struct statements statements;
    struct scene_file *file = calloc(1, sizeof *file);
    struct parser parser = {.path = path, .errors = errors};
    if (!file || !statements_read(path, &statements, errors)) {
        free(file);
        return NULL;
    }
    file->path = strdup(path);
    for (int next = 0; next < statements.count && !parser.failed;)
        next = read_scene(&parser, file, &statements, next);
    if (!parser.failed && file->count == 0) {
        fprintf(errors, "%s:1: want at least one scene, but the file holds none\n", path);
        parser.failed = true;
    }
    statements_free(&statements);
    if (!parser.failed)
        return file;
    scene_free(file);
    return NULL;
}

static void free_elses(struct scene_elses *elses)
{
    for (int i = 0; i < elses->count; i++) {
        free(elses->list[i].test.seen.text);
        free(elses->list[i].text);
    }
    free(elses->list);
}

static void free_cases(struct scene_line *line)
{
    for (int i = 0; i < line->case_count; i++)
        free(line->cases[i].test.seen.text);
    free(line->cases);
}

static void free_ask(struct scene_ask *ask)
{
    for (int i = 0; i < ask->choice_count; i++)
        free(ask->choices[i].text);
    free(ask->choices);
    free(ask->text);
}

void scene_free(struct scene_file *file)
{
    for (int i = 0; i < file->count; i++) {
        struct scene *scene = &file->scenes[i];
        for (int j = 0; j < scene->line_count; j++) {
            free(scene->lines[j].text);
            free(scene->lines[j].test.seen.text);
            free_elses(&scene->lines[j].elses);
            free_cases(&scene->lines[j]);
        }
        for (int j = 0; j < scene->ask_count; j++)
            free_ask(&scene->asks[j]);
        free(scene->asks);
        for (int j = 0; j < scene->option_count; j++)
            free(scene->options[j]);
        free(scene->options);
        free(scene->lines);
        free_elses(&scene->elses);
        free(scene->title);
        free(scene->models);
        free(scene->because);
    }
    free(file->scenes);
    free(file->path);
    free(file);
}

bool scene_applies(const struct scene *scene, const char *model)
{
    char wanted[SCENE_NAME + 2];
    if (!scene->models || !model[0])
        return true;
    snprintf(wanted, sizeof wanted, ",%s,", model);
    return (strstr(scene->models, wanted) != NULL) == scene->only;
}

const char *scene_label(const struct scene *scene)
{
    static char labels[2][2 * SCENE_NAME];
    static int turn;
    char *label = labels[turn++ % 2];
    snprintf(label, sizeof labels[0], "%s%s%s", scene->id, scene->variant[0] ? "/" : "", scene->variant);
    return label;
}

bool scene_is_called(const struct scene *scene, const char *name)
{
    return !name || strcmp(name, scene->id) == 0 || strcmp(name, scene_label(scene)) == 0;
}

struct scene_ask *scene_ask_named(const struct scene *scene, const char *id)
{
    for (int i = 0; i < scene->ask_count; i++)
        if (strcmp(scene->asks[i].id, id) == 0)
            return &scene->asks[i];
    return NULL;
}

const struct scene_line *scene_answer_to(const struct scene *scene, const struct scene_ask *ask)
{
    for (int i = 0; i < scene->line_count; i++)
        if (scene->lines[i].action == DO_ANSWER && strcmp(scene->lines[i].name, ask->id) == 0)
            return &scene->lines[i];
    return NULL;
}

bool scene_is_predicted(const struct scene_line *answer, const struct scene_value *given,
                        const struct scene_value *seen)
{
    if (given->unit == UNIT_WORD)
        return strcmp(given->word, seen->word) == 0;
    return given->number <= seen->number * answer->factor && given->number * answer->factor >= seen->number;
}
