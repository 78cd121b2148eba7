/* check.h: what a unit test needs. A test is a program: main calls CHECK as often as it likes and ends with
 * `return checks_failed();`. A failed check prints file, line, condition and what was seen; the program goes on. */
#pragma once
#include <stdio.h>

static int checks_done, checks_wrong;

/* The text is a printf format that tells what was seen, so that a failure explains itself. */
#define CHECK(condition, ...)                                                     \
    do {                                                                          \
        checks_done++;                                                            \
        if (!(condition)) {                                                       \
            checks_wrong++;                                                       \
            printf("%s:%d: not so: %s\n    seen: ", __FILE__, __LINE__, #condition); \
            printf(__VA_ARGS__);                                                  \
            printf("\n");                                                         \
        }                                                                         \
    } while (0)

static inline int checks_failed(void)
{
    printf("%d checks, %d wrong\n", checks_done, checks_wrong);
    return checks_wrong > 0 || checks_done == 0;
}
