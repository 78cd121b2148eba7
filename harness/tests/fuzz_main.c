/* The driver of a fuzzer where there is no libFuzzer: known inputs, changed at random. The seed is fixed, so each run
 * is the same.
 *
 * usage: fuzz_NAME [RUNS]            change and try
 *        fuzz_NAME --seeds FOLDER    write the known inputs there, a file each: libFuzzer begins with them
 *        fuzz_NAME FILE              try this input: what libFuzzer left in a file crash-... */
#define _GNU_SOURCE
#include "harness/load/random.h"
#include "harness/tests/fuzz.h"
#include <ctype.h>
#include <string.h>

enum { INPUT_MOST = 1 << 20, CHANGES_MOST = 4 };

static uint64_t state = 1;
static char input[INPUT_MOST];
static size_t input_size;

static size_t below(size_t n) { return n ? (size_t)(random_next(&state) % n) : 0; }

/* -- Changes ----------------------------------------------------------------------------------------------------- */

/* In the place of `old` bytes at `at`: these. */
static void replace(size_t at, size_t old, const char *bytes, size_t n)
{
    if (input_size - old + n > INPUT_MOST)
        return;
    memmove(input + at + n, input + at + old, input_size - at - old);
    memmove(input + at, bytes, n);
    input_size += n - old;
}

static const char *any_word(void)
{
    size_t count = 0;
    while (fuzz_words[count])
        count++;
    return fuzz_words[below(count)];
}

static const char *any_seed(size_t *n)
{
    size_t count = 0;
    while (fuzz_seed(count, n))
        count++;
    return fuzz_seed(below(count), n);
}

static void change(void)
{
    static const char odd[] = {0, '\r', '\n', ' ', '\t', ':', ',', ';', '"', '0', '9', 'x', (char)0x7f, (char)0xff};
    size_t at = below(input_size + 1), n = below(20), other_size;
    const char *word = any_word(), *other;
    n = n < input_size - at ? n : input_size - at;
    char letter = below(2) ? odd[below(sizeof odd)] : (char)random_next(&state), some[20];
    switch (below(6)) {
    case 0: replace(at, n > 0, &letter, 1); break;
    case 1: replace(at, 0, &letter, 1); break;
    case 2: replace(at, n, "", 0); break;
    case 3: replace(at, below(2) ? n : 0, word, strlen(word)); break;
    case 4:                         /* something twice */
        memcpy(some, input + at, n);
        replace(at, 0, some, n);
        break;
    case 5:                         /* the end of another */
        other = any_seed(&other_size);
        n = below(other_size);
        replace(at, input_size - at, other + n, other_size - n);
        break;
    }
}

static void fuzz(int runs)
{
    printf("%s: %d inputs\n", fuzz_name, runs);
    fflush(stdout);
    for (int run = 1; run <= runs; run++) {
        size_t n;
        const char *seed = any_seed(&n);
        input_size = n < INPUT_MOST ? n : INPUT_MOST;
        memcpy(input, seed, input_size);
        for (size_t changes = below(CHANGES_MOST + 1); changes > 0; changes--)
            change();
        LLVMFuzzerTestOneInput((const uint8_t *)input, input_size);
    }
}

/* -- Files ------------------------------------------------------------------------------------------------------- */

static FILE *open_or_end(const char *path, const char *mode)
{
    FILE *file = fopen(path, mode);
    if (!file) {
        perror(path);
        exit(1);
    }
    return file;
}

static void write_seeds(const char *folder)
{
    char path[4096];
    size_t n;
    const char *seed;
    for (size_t i = 0; (seed = fuzz_seed(i, &n)); i++) {
        snprintf(path, sizeof path, "%s/seed-%zu", folder, i);
        FILE *file = open_or_end(path, "we");
        fwrite(seed, 1, n, file);
        fclose(file);
    }
}

static void try_file(const char *path)
{
    FILE *file = open_or_end(path, "re");
    input_size = fread(input, 1, sizeof input, file);
    fclose(file);
    LLVMFuzzerTestOneInput((const uint8_t *)input, input_size);
    printf("%s: holds with %s\n", fuzz_name, path);
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--seeds") == 0)
        write_seeds(argv[2]);
    else if (argc == 2 && !isdigit((unsigned char)argv[1][0]))
        try_file(argv[1]);
    else
        fuzz(argc == 2 ? atoi(argv[1]) : fuzz_runs);
    return 0;
}
