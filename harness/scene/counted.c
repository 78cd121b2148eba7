#define _GNU_SOURCE
#include "harness/scene/counted.h"
#include "harness/trace/calls.h"
#include <string.h>

static bool is_traced(const char *name)
{
    for (long number = 0; number < CALLS_MOST; number++)
        if (call_is_of(number, name) && !call_is_quiet(number))
            return true;
    return false;
}

bool counted_read(const char *text, struct scene_observation *seen, const char **wrong)
{
    bool bytes = strncmp(text, "bytes(", 6) == 0;
    char error[SCENE_NAME] = "", tail[SCENE_NAME] = "";
    if (!bytes && strncmp(text, "calls(", 6) != 0)
        return false;
    seen->what = bytes ? SEE_BYTES : SEE_CALLS;
    seen->error = -1;
    *wrong = "calls(NAME), calls(NAME=ERRNO), calls(NAME in handler), bytes(NAME) or "
             "bytes(NAME in handler)";
    int fields = sscanf(text + 6, "%31[a-z0-9_]%31[^\n]", seen->word, tail);
    if (fields != 2)
        return true;
    if (!call_is_named(seen->word)) {
        *wrong = "the name of a system call, or of a family such as read, write, accept, wait";
        return true;
    }
    if (!is_traced(seen->word)) {
        *wrong = "a call that is counted: those for memory, clocks and its own numbers are not";
        return true;
    }
    seen->in_handler = strcmp(tail, " in handler)") == 0;
    if (!bytes && sscanf(tail, "=%31[A-Z0-9])", error) == 1) {
        seen->error = error_number(error);
        *wrong = seen->error ? NULL : "the name of an error such as EAGAIN";
    } else if (seen->in_handler || strcmp(tail, ")") == 0) {
        *wrong = NULL;
    }
    return true;
}
