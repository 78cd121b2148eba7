/* show.h: the lines that tell what is seen, and do not judge. Internal to harness/scene. */
#pragma once
#include "harness/scene/lines.h"

enum line_result show_do(struct stage *, const struct scene_line *);
