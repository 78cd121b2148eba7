/* exercise.h: the exercises of the labs, found by their files: 05_epoll_lt_et/exercises/05b_drain.md and so on.
 *
 *     05b_drain.md            task, hints, explanation (sheet.h)
 *     05b_drain.scene         the check (docs/scenes.md)
 *     05b_drain.c             every variant of the program (variants.h), if one is to be written
 *     05b_drain.predictions   every variant of the predictions, if the scene asks for some
 *
 * A student works on WORK/05b/drain.c, and on drain.predictions beside it. */
#pragma once
#include "harness/exercise/sheet.h"
#include "harness/exercise/variants.h"
#include <limits.h>

enum { EXERCISES_MOST = 64, EXERCISE_WORD = 32, EXERCISE_PATH = PATH_MAX };
enum exercise_file { EXERCISE_PROGRAM, EXERCISE_PREDICTIONS, EXERCISE_FILES };

struct exercise {
    char id[EXERCISE_WORD], name[EXERCISE_WORD];        /* 05b, drain */
    char base[EXERCISE_PATH - 32];                      /* .../exercises/05b_drain, without an ending */
    struct sheet sheet;
    struct variants files[EXERCISE_FILES];
    bool has[EXERCISE_FILES];
};

struct exercises { struct exercise *list; int count, wrong; };

/* All below `root`, in the order of their names. One that is wrong is left out and counted, and a line on `errors` says
 * what is wrong, and where. False: there is no memory. */
bool exercises_read(struct exercises *, const char *root, FILE *errors);
void exercises_free(struct exercises *);
struct exercise *exercises_find(const struct exercises *, const char *id);      /* 05b or 05B; NULL: there is none */

/* PATH_MAX bytes: the scene; and where a student has the file, WORK/05b/drain.c. False: that would be too long. */
bool exercise_scene(const struct exercise *, char *path);
bool exercise_place(const struct exercise *, const char *work, enum exercise_file, char *path);

/* The variants of all its files: the solution, the starter, then each reject. NULL: no more. */
const char *exercise_variant(const struct exercise *, int at);
/* A file in that variant. A reject of another file has the solution here. False: there is no such variant. */
bool exercise_write(const struct exercise *, enum exercise_file, const char *variant, FILE *to);
bool exercise_is_handout(const struct exercise *);      /* it has no solution */
