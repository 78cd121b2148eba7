/* outcome.h: what came of a scene, told on stdout; for the commands that play scenes. */
#pragma once
#include "harness/scene/play.h"
#include <stdio.h>

/* "iolab scene: no scene "x" in FILE; there are: ...", on stderr; returns 2. */
int outcome_no_such_scene(const char *command, const char *only, struct scene_file *const *files, int count);

/* The cause of a failure, its place, and the command that plays the scene again. `argv`: a program of somebody else,
 * or NULL for the model of that name; `answers`: the file of predictions, or NULL. */
void outcome_tell_failure(const char *path, const struct scene *, const char *model, const char *answers,
                          char *const *argv, const struct play_outcome *);

/* What the scene asks, before it is played; and what it shows, a line each, with the predictions. */
void outcome_tell_questions(const struct scene *);
void outcome_tell_shown(const struct scene *, const struct play_outcome *, const char *before);

#define OUTCOME_SHOWS_HEADER "scene,variant,model,name,value\n"
void outcome_tell_shown_csv(const struct scene *, const struct play_outcome *);

#define OUTCOME_COLUMNS "scene,variant,model,result,code,line,got,want,ms,message"
#define OUTCOME_CSV_HEADER OUTCOME_COLUMNS "\n"
/* Without the line's end: more may follow. A text is written in quotes. */
void outcome_write_csv(FILE *to, const struct scene *, const struct play_outcome *);
void outcome_tell_csv(const struct scene *, const struct play_outcome *);
