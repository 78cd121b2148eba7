/* expect.h: the lines that want something back. Internal to harness/scene.
 *
 * Echo: what comes back is compared with what was sent, byte by byte. http: it is kept, and texts are looked for in
 * what came behind the last one that was expected. */
#pragma once
#include "harness/scene/lines.h"

enum line_result expect_do(struct stage *, const struct scene_line *);
enum line_result expect_do_nothing(struct stage *, const struct scene_line *);
enum line_result expect_do_ping(struct stage *, const struct scene_line *);
enum line_result expect_do_answers(struct stage *, const struct scene_line *);
