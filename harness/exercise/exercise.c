#define _GNU_SOURCE
#include "harness/exercise/exercise.h"
#include <glob.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const endings[EXERCISE_FILES] = {".c", ".predictions"};

/* -- Finding ----------------------------------------------------------------------------------------------------- */

/* "05b_drain.md": 05b and drain. */
static bool read_name(struct exercise *exercise, const char *path, FILE *errors)
{
    const char *file = strrchr(path, '/') + 1, *under = strchr(file, '_'), *end = strrchr(file, '.');
    if (!under || under == file || end <= under + 1 || under - file >= EXERCISE_WORD || end - under > EXERCISE_WORD ||
        strlen(path) >= sizeof exercise->base) {
        fprintf(errors, "%s: want a name such as 05b_drain.md\n", path);
        return false;
    }
    snprintf(exercise->id, sizeof exercise->id, "%.*s", (int)(under - file), file);
    snprintf(exercise->name, sizeof exercise->name, "%.*s", (int)(end - under - 1), under + 1);
    snprintf(exercise->base, sizeof exercise->base, "%.*s", (int)(end - path), path);
    return true;
}

static bool read_files(struct exercise *exercise, FILE *errors)
{
    bool good = true;
    for (enum exercise_file i = 0; i < EXERCISE_FILES && good; i++) {
        char path[EXERCISE_PATH];
        snprintf(path, sizeof path, "%s%s", exercise->base, endings[i]);
        exercise->has[i] = access(path, F_OK) == 0;
        good = !exercise->has[i] || variants_read(&exercise->files[i], path, errors);
    }
    bool program = exercise->has[EXERCISE_PROGRAM];
    if (good && program == (*exercise->sheet.model != '\0')) {
        fprintf(errors, "%s.md: want either a program, %s.c, or a line `- model: NAME`\n", exercise->base,
                strrchr(exercise->base, '/') + 1);
        return false;
    }
    return good;
}

static bool read_one(struct exercise *exercise, const char *path, FILE *errors)
{
    *exercise = (struct exercise){0};
    return read_name(exercise, path, errors) && sheet_read(&exercise->sheet, path, errors) &&
           read_files(exercise, errors);
}

static void free_one(struct exercise *exercise)
{
    sheet_free(&exercise->sheet);
    for (enum exercise_file i = 0; i < EXERCISE_FILES; i++)
        variants_free(&exercise->files[i]);
}

static int by_file(const void *a, const void *b)
{
    const char *const *one = a, *const *other = b;
    return strcmp(strrchr(*one, '/'), strrchr(*other, '/'));
}

bool exercises_read(struct exercises *all, const char *root, FILE *errors)
{
    char pattern[EXERCISE_PATH];
    glob_t found = {0};
    *all = (struct exercises){.list = calloc(EXERCISES_MOST, sizeof *all->list)};
    snprintf(pattern, sizeof pattern, "%s/[0-9]*_*/exercises/*.md", root);
    if (!all->list || glob(pattern, 0, NULL, &found) != 0)
        return all->list != NULL;
    qsort(found.gl_pathv, found.gl_pathc, sizeof *found.gl_pathv, by_file);
    for (size_t i = 0; i < found.gl_pathc && all->count < EXERCISES_MOST; i++) {
        bool good = read_one(&all->list[all->count], found.gl_pathv[i], errors);
        if (!good)
            free_one(&all->list[all->count]);
        all->count += good;
        all->wrong += !good;
    }
    globfree(&found);
    return true;
}

void exercises_free(struct exercises *all)
{
    for (int i = 0; i < all->count; i++)
        free_one(&all->list[i]);
    free(all->list);
    *all = (struct exercises){0};
}

struct exercise *exercises_find(const struct exercises *all, const char *id)
{
    for (int i = 0; i < all->count; i++)
        if (strcasecmp(all->list[i].id, id) == 0)
            return &all->list[i];
    return NULL;
}

/* -- Places ------------------------------------------------------------------------------------------------------ */

bool exercise_scene(const struct exercise *exercise, char *path)
{
    return snprintf(path, EXERCISE_PATH, "%s.scene", exercise->base) < EXERCISE_PATH;
}

bool exercise_place(const struct exercise *exercise, const char *work, enum exercise_file file, char *path)
{
    return snprintf(path, EXERCISE_PATH, "%s/%s/%s%s", work, exercise->id, exercise->name, endings[file]) <
           EXERCISE_PATH;
}

/* -- Variants ---------------------------------------------------------------------------------------------------- */

bool exercise_is_handout(const struct exercise *exercise)
{
    for (enum exercise_file i = 0; i < EXERCISE_FILES; i++)
        if (exercise->has[i] && variants_find(&exercise->files[i], "solution") >= 0)
            return false;
    return true;
}

const char *exercise_variant(const struct exercise *exercise, int at)
{
    if (at < VARIANT_FIRST_REJECT)
        return at == VARIANT_SOLUTION ? "solution" : "starter";
    for (enum exercise_file i = 0; i < EXERCISE_FILES; i++) {
        const struct variants *file = &exercise->files[i];
        int rejects = exercise->has[i] ? file->count - VARIANT_FIRST_REJECT : 0;
        if (at - VARIANT_FIRST_REJECT < rejects)
            return file->names[at];
        at -= rejects;
    }
    return NULL;
}

static bool knows(const struct exercise *exercise, const char *variant)
{
    for (enum exercise_file i = 0; i < EXERCISE_FILES; i++)
        if (exercise->has[i] && variants_find(&exercise->files[i], variant) >= 0)
            return true;
    return false;
}

bool exercise_write(const struct exercise *exercise, enum exercise_file which, const char *variant, FILE *to)
{
    const struct variants *file = &exercise->files[which];
    if (!exercise->has[which] || !knows(exercise, variant))
        return false;
    int at = variants_find(file, variant);
    variants_write(file, at >= 0 ? at : file->regions > 0 ? VARIANT_SOLUTION : VARIANT_STARTER, to);
    return true;
}
