/* fuzz.h: a fuzzer is a function that takes any bytes, and looks whether what must hold holds. Two programs drive it:
 * fuzz_main.c, which changes known inputs at random (make test), and clang's libFuzzer, which looks where the changes
 * lead (make check). */
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* What a fuzzer defines. The name of the first is libFuzzer's. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
extern const char fuzz_name[];
extern const int fuzz_runs;                         /* of fuzz_main: a second or two */
extern const char *const fuzz_words[];              /* put in here and there; NULL at the end */
const char *fuzz_seed(size_t i, size_t *n);         /* an input that is worth changing; NULL: there are no more */

/* Tells what does not hold, shows the input as C text, and aborts: both drivers then say how to get it again. */
#define FUZZ_HOLDS(condition, bytes, n, ...)                                                   \
    do {                                                                                       \
        if (!(condition)) {                                                                    \
            printf("%s:%d: not so: %s\n    seen: ", __FILE__, __LINE__, #condition);           \
            printf(__VA_ARGS__);                                                               \
            fuzz_show((bytes), (n));                                                           \
            abort();                                                                           \
        }                                                                                      \
    } while (0)

static inline void fuzz_show(const void *bytes, size_t n)
{
    printf("\n    with: \"");
    for (size_t i = 0; i < n && i < 2000; i++) {
        unsigned char c = ((const unsigned char *)bytes)[i];
        if (c == '"' || c == '\\')
            printf("\\%c", c);
        else
            printf(c >= ' ' && c < 0x7f ? "%c" : "\\%03o", c);
    }
    printf("\"%s\n", n > 2000 ? " ..." : "");
    fflush(stdout);
}
