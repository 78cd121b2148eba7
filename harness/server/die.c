#include "harness/server/die.h"
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *speaker = "server";

void die_named(const char *model) { speaker = model; }

static _Noreturn void verdict(int status, const char *call, const char *way_out)
{
    fprintf(stderr, "%s: %s: %s%s\n", speaker, call, strerror(errno), way_out);
    exit(status);
}

_Noreturn void die_hinting(const char *call, const char *way_out) { verdict(1, call, way_out); }
_Noreturn void die_unable(const char *call, const char *way_out) { verdict(77, call, way_out); }

_Noreturn void die(const char *call)
{
    bool full = errno == EMFILE || errno == ENFILE;
    die_hinting(call, full ? "; the limit of descriptors is too low: raise it with ulimit -n" : "");
}
