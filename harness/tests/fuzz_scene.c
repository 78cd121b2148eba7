/* Any text to the parser of scenes. What must hold: it survives, it is refused with one line that names the file and a
 * line of it, or it is taken without a word; and the second reading says what the first said. */
#define _GNU_SOURCE
#include "harness/scene/scene.h"
#include "harness/tests/fuzz.h"
#include <fcntl.h>
#include <glob.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { INPUT_MOST = 256 * 1024, SEEDS_MOST = 100 };

const char fuzz_name[] = "fuzz_scene";
const int fuzz_runs = 30000;
const char *const fuzz_words[] = {
    "scene s \"S\"\n", "client A\n", "client C x5\n", "client C x2000\n", "repeat 3\n", "end\n", " else X \"x\"",
    " if ", "server ", "always ", " within 5ms", " for 5ms", " since start", " at most 3 above start",
    " between 1 and 2", "\\x", 
    "\\0", "\"", "#", "{n}", "{server exit}", "A send 64KiB byte by byte every 5ms",
    "\nvary a/b 1/2 3/4\n", "{a}", "show x A got\n", "\ntwin start\n", "twin exit is 1", " for a",
    "\nask q \"Q\" number\n", "\nask q \"Q\" choice a \"A\" choice b \"B\"\n",
    "\nanswer q is server fds within factor 2", "\nanswer q\nis a when A got is 5\nis b otherwise\n",
    "A expect all or reset", "C2..C5 ping", "9999999999999999999", "-1", "1e9", "0", "\n", "\r\n", NULL};

/* -- Seeds: the battery, and the examples of the manual ---------------------------------------------------------- */

static char *seeds[SEEDS_MOST + 1];

static char *read_file(const char *path)
{
    char *text = NULL;
    size_t n = 0;
    FILE *file = fopen(path, "re");
    if (!file || getdelim(&text, &n, '\0', file) < 0) {
        perror(path);
        exit(1);
    }
    fclose(file);
    return text;
}

static void find_examples(char *manual, size_t *count)
{
    for (char *at = manual, *end; (at = strstr(at, "\n```scene")); at = end) {
        at = strchr(at + 1, '\n') + 1;
        if (!(end = strstr(at, "\n```")))
            return;
        end += 1;
        if (*count < SEEDS_MOST)
            seeds[(*count)++] = strndup(at, (size_t)(end - at));
        end += 3;
    }
}

static void find_seeds(void)
{
    size_t count = 0;
    glob_t files;
    if (glob("harness/battery/*.scene", 0, NULL, &files) != 0) {
        fprintf(stderr, "fuzz_scene: no harness/battery/*.scene here: run it in the repository's folder\n");
        exit(1);
    }
    for (size_t i = 0; i < files.gl_pathc && count < SEEDS_MOST; i++)
        seeds[count++] = read_file(files.gl_pathv[i]);
    globfree(&files);
    char *manual = read_file("docs/scenes.md");
    find_examples(manual, &count);
    free(manual);
}

const char *fuzz_seed(size_t i, size_t *n)
{
    if (!seeds[0])
        find_seeds();
    if (i >= SEEDS_MOST || !seeds[i])
        return NULL;
    *n = strlen(seeds[i]);
    return seeds[i];
}

/* -- One input --------------------------------------------------------------------------------------------------- */

static bool read_scene(const char *path, char said[4096])
{
    memset(said, 0, 4096);
    FILE *errors = fmemopen(said, 4095, "w");
    struct scene_file *file = scene_read(path, errors);
    fclose(errors);
    if (file)
        scene_free(file);
    return file;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static int fd = -1;
    static char path[64], said[4096], said_again[4096];
    if (fd < 0) {
        fd = memfd_create("scene", MFD_CLOEXEC);
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    }
    if (n > INPUT_MOST)
        return 0;
    if (ftruncate(fd, 0) < 0 || pwrite(fd, bytes, n, 0) != (ssize_t)n) {
        perror("fuzz_scene: a file in memory");
        exit(1);
    }
    bool taken = read_scene(path, said);
    FUZZ_HOLDS(!taken || said[0] == '\0', bytes, n, "taken, and it says: %s", said);
    FUZZ_HOLDS(taken || strncmp(said, path, strlen(path)) == 0, bytes, n, "refused without the file's name: %s", said);
    const char *line_end = strchr(said, '\n');
    bool cut_off = strlen(said) == sizeof said - 1;
    FUZZ_HOLDS(taken || cut_off || (line_end && line_end[1] == '\0'), bytes, n, "not one line: %s", said);
    FUZZ_HOLDS(read_scene(path, said_again) == taken && strcmp(said, said_again) == 0, bytes, n,
               "first: %s\n    and then: %s", said, said_again);
    return 0;
}
