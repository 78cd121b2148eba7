/* compile.h: a student's program is made as a lab is: it includes harness/server, and links what the labs link. */
#pragma once
#include <signal.h>
#include <stddef.h>

enum compile_verdict { COMPILED, COMPILE_FAILED, COMPILE_LATE, COMPILE_CANNOT, COMPILE_INTERRUPTED };

struct compile_options {
    const char *root;           /* where harness/server/server.h is found */
    const char *build;          /* where harness/server/ has the objects, and `flags` what they were built with */
    const char *source, *program;
    volatile sig_atomic_t *interrupted;
};

/* `said`: the first lines of what the compiler printed, as they are; also its warnings. CANNOT: why it could not even
 * be asked. There is no shell; the compiler and all that it starts end with us or after some seconds. */
enum compile_verdict compile(const struct compile_options *, char *said, size_t size);
