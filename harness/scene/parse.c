/* The parser: a function for each rule of the grammar in docs/scenes.md. The first fault is told, with its line, and
 * ends the reading: nothing is played from a file that is wrong. Here are the file and its scenes; the rules of a
 * header, a line and a test have files of their own. */
#define _GNU_SOURCE
#include "harness/scene/parser.h"
#include <stdlib.h>
#include <string.h>

static void begin_scene(struct parser *p, struct scene_file *file)
{
    file->scenes = grown(file->scenes, file->count, sizeof *file->scenes);
    p->scene = &file->scenes[file->count++];
    *p->scene = (struct scene){.limit_ms = 10000, .line = p->statement->words[0].line};
    p->begun = false;
    p->groups = p->marks = p->always = p->shows = 0;
    want_short(p, p->scene->id, "the scene's id");
    for (int i = 0; i < file->count - 1 && !p->failed; i++)
        if (strcmp(file->scenes[i].id, p->scene->id) == 0) {
            p->at--;
            fail(p, "want an id that no other scene of this file has");
        }
    p->scene->title = want_text(p, "the scene's title", NULL);
    read_elses(p, &p->scene->elses);
    if (peek(p))
        fail(p, "want the end of the statement");
}

static void end_scene(struct parser *p)
{
    if (p->scene && !p->failed && inside_repeat(p->scene))
        fail(p, "the scene \"%s\" has a repeat without an end: want `end` before this", p->scene->id);
}

static void read_statement(struct parser *p, struct scene_file *file)
{
    p->at = 0;
    if (next_is(p, "scene")) {
        end_scene(p);
        take(p, "scene");
        begin_scene(p, file);
        return;
    }
    if (!p->scene) {
        fail(p, "want `scene ID \"TITLE\"` first");
        return;
    }
    if (!p->begun && read_header(p)) {
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
    for (int i = 0; i < statements.count && !parser.failed; i++) {
        parser.statement = &statements.list[i];
        read_statement(&parser, file);
    }
    end_scene(&parser);
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

void scene_free(struct scene_file *file)
{
    for (int i = 0; i < file->count; i++) {
        struct scene *scene = &file->scenes[i];
        for (int j = 0; j < scene->line_count; j++) {
            free(scene->lines[j].text);
            free(scene->lines[j].test.seen.text);
            free_elses(&scene->lines[j].elses);
        }
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
