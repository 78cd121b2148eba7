/* counted.h: calls(read), calls(read=EAGAIN), calls(read in handler), bytes(read), bytes(read in handler): what a
 * traced server has done, as a scene writes it. Internal to harness/scene. Pure. */
#pragma once
#include "harness/scene/scene.h"

/* False: it is no such thing. Else `wrong` is what is wrong with it, or NULL. */
bool counted_read(const char *text, struct scene_observation *, const char **wrong);
