/* check.h: is the exercise done? Compiles the student's program, plays the scene, and says what came of it in the first
 * words that fit. Nothing is left of the program, whatever it did; but it runs with the rights of whoever checks it. */
#pragma once
#include "harness/exercise/exercise.h"
#include "harness/scene/play.h"

enum check_verdict { CHECK_PASS, CHECK_FAIL, CHECK_CANNOT, CHECK_INTERRUPTED };

struct check_options {
    const char *root, *build;           /* as in compile.h */
    const char *work;                   /* the student's files are in WORK/ID */
    const char *behind;                 /* what stands behind each `make start-ID` that is told */
    char *const *(*model)(const char *name);    /* the command of a model: played where there is no program */
    volatile sig_atomic_t *interrupted;
};

enum { CHECK_CAUSES = 16 };

struct check_cause {
    char code[SCENE_NAME];              /* of a failure; else "PASS", "CANNOT" */
    char text[900];                     /* one sentence; or what stands in the way */
    char got[64], want[64];             /* "" where there is nothing to compare */
    const char *signal;                 /* of which the program died; NULL: it did not */
    bool predicted;                     /* a prediction was wrong: `want` is what was predicted */
    const struct scene *scene;          /* whose failure this is, or NULL */
};

struct check {
    enum check_verdict verdict;
    /* At least one. Of several, all predictions that were wrong, and behind them what the program failed in. */
    struct check_cause causes[CHECK_CAUSES];
    int count;
    char compiler[4096];                /* what the compiler said; "" nothing */
    char program[EXERCISE_PATH];        /* who was played; "": the model */
    struct scene_file *file;            /* NULL: it did not come to that */
    struct play_outcome *outcomes;      /* of the scenes, as far as they were played; empty between */
    int played;
    double ms;
};

void check_run(const struct exercise *, const struct check_options *, struct check *);
void check_free(struct check *);
