/* braces.h: what stands in the braces of an else's text: {got}, {A got}, {server said(KEY)}, {cpu}. Pure. */
#pragma once
#include "harness/scene/scene.h"
#include <stddef.h>

enum { BRACES_MOST = 64 };

/* How long the braces are that begin at the text, with what stands in them; 0: none do. */
size_t braces_at(const char *text, char name[BRACES_MOST]);
/* {got} and so on, which a line fills in. */
bool braces_of_line(const char *name);
/* Anything that can be seen; and {server said}, which is SEE_SAID without a KEY: what it printed last. */
bool braces_read(const char *name, struct scene_observation *);
