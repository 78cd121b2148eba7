/* show.h: the lines that tell what is seen, and judge no server: `show`, and `answer`, which judges a prediction.
 * Internal to harness/scene. */
#pragma once
#include "harness/scene/lines.h"

enum line_result show_do(struct stage *, const struct scene_line *);
/* A wrong prediction does not end the scene; each is kept in stage->wrong. */
enum line_result show_do_answer(struct stage *, const struct scene_line *);
