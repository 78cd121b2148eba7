/* die.h: the verdict on a call without which there is no server. One line on stderr, exit 1; or 77, where the machine
 * cannot run the model at all. */
#pragma once

_Noreturn void die(const char *call);   /* "select: bind: Address already in use", from errno */
_Noreturn void die_hinting(const char *call, const char *way_out);
_Noreturn void die_unable(const char *call, const char *way_out);   /* exit 77: whoever plays or measures skips it */

void die_named(const char *model);      /* who speaks */
