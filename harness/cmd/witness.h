/* witness.h: what is seen of a scene that is played to a traced server: the timeline, and the figure of its first
 * request. */
#pragma once
#include "harness/cmd/timeline.h"
#include "harness/figure/phases.h"
#include "harness/figure/text.h"
#include "harness/scene/play.h"

struct witness { struct timeline timeline; struct figure_stamps stamps; };

/* Plays the scene, which must outlive the witness; the timeline is finished, and timeline_free ends it. `all`: see
 * timeline.h. Skipped if the scene's file cannot be read any more. */
struct play_outcome witness_play(struct witness *, const char *who, const struct scene_file *, const struct scene *,
                                 const struct play_options *, bool all);
/* False: figure->cannot says why there is none. */
bool witness_figure(const struct witness *, const char *model, struct figure *);

/* How stdout is to be written to: as wide as the terminal, or COLUMNS says; ASCII where the locale has no more. */
struct text_look witness_look(void);
/* Draws one figure, or several on one axis, into a file of its own. Returns the exit status. */
int witness_draw(const char *command, const char *path, const struct figure *figures, int count);
