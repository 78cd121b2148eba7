#include "harness/server/die.h"
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *speaker = "server";

void die_named(const char *model) { speaker = model; }

_Noreturn void die_hinting(const char *call, const char *way_out)
{
    fprintf(stderr, "%s: %s: %s%s\n", speaker, call, strerror(errno), way_out);
    exit(1);
}

_Noreturn void die(const char *call)
{
    bool full = errno == EMFILE || errno == ENFILE;
    die_hinting(call, full ? "; the limit of descriptors is too low: raise it with ulimit -n" : "");
}
