/* exercise.h: what the parts of `iolab exercise` share. */
#pragma once
#include "harness/exercise/check.h"
#include "harness/exercise/progress.h"

/* Where a student sits: the exercises, their work, how far they are, and what is asked for. */
struct desk {
    struct exercises all;
    struct exercise *exercise;          /* that of the ID; NULL: none was wanted */
    char *wrong;                        /* a line for each exercise that is wrong, and was left out: file, line, what */
    struct progress progress;
    char root[EXERCISE_PATH], build[EXERCISE_PATH], work[EXERCISE_PATH / 2], progress_file[EXERCISE_PATH];
    char behind[EXERCISE_PATH];         /* of each `make check-05b` that is told: " WORK=DIR", or nothing */
    const char *variant;                /* the word behind the ID, or NULL */
    const char *only;                   /* of verify: this variant alone, or NULL */
    int lock;                           /* the work folder, while the progress is changed */
    bool csv, alone;                    /* alone: nobody is there to ask, in `watch` */
    bool predicting;                    /* the check is that of `predict`: no attempt at the program */
    int jobs;
};

/* The subcommands; each returns iolab's exit status. */
int exercise_check(struct desk *);
int exercise_watch(struct desk *);
int exercise_predict(struct desk *);
int exercise_verify(struct desk *);
int exercise_handout(struct desk *);

/* The path as one types it where make is: without the house in front. */
const char *exercise_typed(const struct desk *, const char *path);
/* What one types: make check-05b, with WORK=DIR behind it where --work was. The last two stay as they are. */
const char *exercise_make(const struct desk *, const char *what);
/* A word for a shell: in quotes, if it needs them. */
void exercise_write_word(const char *word, FILE *to);
/* A text of a sheet: its paragraphs in lines that fit, what is indented as it is. */
void exercise_tell_text(const char *text);
/* Moves a student's file to PATH.1, PATH.2 ..., and says so. False: it stays, and why has been said. */
bool exercise_keep(const struct desk *, const char *path);
/* Nothing is there, or a file: no folder, and no pipe that one would wait for. */
bool exercise_may_write(const char *path);
/* A variant of one file, written to a path whose folder is made. False: why has been said. */
bool exercise_write_to(const struct desk *, const struct exercise *, enum exercise_file, const char *variant,
                       const char *path);
/* The progress as it is by now, to be changed: whoever else checks in this folder waits until it is saved. */
void exercise_open_progress(struct desk *);
/* False: it could not be written, and that has been said. */
bool exercise_save(struct desk *);
struct check_options exercise_check_options(const struct desk *, const char *work);
