/* die.h: the verdict on a call without which there is no server. One line on stderr, exit 1. */
#pragma once

_Noreturn void die(const char *call);   /* "select: bind: Address already in use", from errno */
_Noreturn void die_hinting(const char *call, const char *way_out);

void die_named(const char *model);      /* who speaks */
