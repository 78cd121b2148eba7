/* attempt.h: is this another attempt, or the one that was checked before? */
#pragma once
#include "harness/exercise/exercise.h"

enum { ATTEMPT_NAME = 20 };

/* A name for what the student's files in WORK hold: the same bytes, the same name. "": it is none of theirs, as what
 * they are to write (the program, or else the predictions) is the starter still, or cannot be read. */
void attempt_name(const struct exercise *, const char *work, char name[ATTEMPT_NAME]);
