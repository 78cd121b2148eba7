/* lines.h: a line of a scene, done. Internal to harness/scene. */
#pragma once
#include "harness/scene/stage.h"

enum line_result { LINE_OK, LINE_FAILED, LINE_SKIPPED };

/* Runs the line to its end or its deadline. Failed: stage->code, got, want, ok and of tell what was seen. */
enum line_result line_do(struct stage *, const struct scene_line *);
/* Takes the levels under that name; a mark that was there before (in a repeat) is moved. */
void line_mark(struct stage *, const char *name);
