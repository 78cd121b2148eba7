/* answers.h: a file of predictions: `SCENE QUESTION ANSWER` lines, # comments. Pure but for the file. */
#pragma once
#include "harness/scene/scene.h"

/* Writes them into the questions of the scenes. SCENE is an id, which means all of its variants, or ID/VARIANT; lines
 * about other scenes are passed over. False: one line on `errors` says where and why. */
bool answers_read(const char *path, struct scene_file *const *files, int count, FILE *errors);
/* The first question that nobody has answered; NULL: there is none. */
const struct scene_ask *answers_missing(const struct scene *);
