/* twin.h: a second copy of the server, as somebody starts it who takes the first to be gone. Internal to
 * harness/scene. */
#pragma once
#include "harness/scene/lines.h"

/* The same command, limits and port; it is not waited for. Failed: it could not be executed. */
enum line_result twin_start(struct stage *);
