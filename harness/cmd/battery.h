/* battery.h: the matrix of behaviours and models. Internal to the command. */
#pragma once
#include "harness/scene/play.h"
#include <stdatomic.h>
#include <stdio.h>

enum { BATTERY_MODELS = 16 };

/* A scene, and the file that it stands in: a row of the matrix. */
struct behaviour { const struct scene_file *file; const struct scene *scene; };
/* alone: it failed beside others, and held when it was played alone; outcome.message says with which code it failed. */
struct cell { atomic_bool played; bool alone; struct play_outcome outcome; };

struct battery {
    struct scene_file **files;
    int file_count;
    struct behaviour *rows;
    int row_count;
    const char *models[BATTERY_MODELS];     /* the columns; "" for somebody's program of which no model is known */
    int model_count;
    char *const *argv;                      /* that program, or NULL */
    struct cell *cells;                     /* row by row */
};

static inline struct cell *battery_cell(const struct battery *battery, int row, int model)
{
    return &battery->cells[row * battery->model_count + model];
}

struct battery_count { int passed, failed, skipped, not_applicable, alone, missing; };
struct battery_count battery_count(const struct battery *);

/* On stdout: the answer in one line, each failure with its cause, and the matrix, in which a group that holds is one
 * line. `all`: a row for each behaviour, and what does not apply. */
void matrix_print(const struct battery *, bool all);
void matrix_print_csv(const struct battery *);
/* battery.csv of a run: the same, with what the group and the scene are about, for who has the scenes not at hand. */
void matrix_record(const struct battery *, FILE *to);

/* Plays the battery against those of the models that are ours, with progress on stderr, and writes what came of it into
 * a new file. False: it could not; stderr says why. */
bool battery_record(const char *const *models, const char *path);
