#define _GNU_SOURCE
#include "harness/exercise/compile.h"
#include "harness/child/clock.h"
#include "harness/child/split.h"
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORDS_MOST = 96, COMPILE_MS = 6000, LOOK_MS = 2, LINES_SHOWN = 24 };

extern char **environ;

struct command { const char *words[WORDS_MOST + 1]; int count; };

static void add(struct command *command, const char *word)
{
    if (command->count < WORDS_MOST)
        command->words[command->count++] = word;
}

static bool is_of_the_machine(const char *flag) { return strncmp(flag, "-f", 2) == 0 || strncmp(flag, "-m", 2) == 0; }

/* The compiler of the labs, and of its flags those without which objects do not fit together: sanitizers, say. Returns
 * what is to be freed when the words are no longer needed. */
static char **add_compiler(struct command *command, const char *build)
{
    char path[PATH_MAX], line[1000] = "cc";
    snprintf(path, sizeof path, "%s/flags", build);
    FILE *from = fopen(path, "re");
    if (from && !fgets(line, sizeof line, from))
        snprintf(line, sizeof line, "cc");
    if (from)
        fclose(from);
    line[strcspn(line, "\n")] = '\0';
    char **words = split_words(line);
    bool of_compiler = true;
    for (int i = 0; words && words[i] && i < WORDS_MOST / 2; i++) {
        of_compiler = of_compiler && (i == 0 || words[i][0] != '-');
        if (of_compiler || is_of_the_machine(words[i]))
            add(command, words[i]);
    }
    return words;
}

/* An FD_SET past its set, or a copy past its array, ends a program with _FORTIFY_SOURCE, instead of damaging it. */
static void add_options(struct command *command, const struct compile_options *options)
{
    static const char *const fixed[] = {"-std=c11", "-Wall", "-Wextra", "-O2", "-g", "-U_FORTIFY_SOURCE",
                                        "-D_FORTIFY_SOURCE=2", "-fdiagnostics-color=never"};
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        add(command, fixed[i]);
    add(command, "-I");
    add(command, options->root);
    add(command, "-o");
    add(command, options->program);
    add(command, options->source);
}

static pid_t spawn(struct command *command, int output)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t defaults;
    pid_t pid;
    sigfillset(&defaults);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files, output, STDERR_FILENO);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
    errno = posix_spawnp(&pid, command->words[0], &files, &attributes, (char **)command->words, environ);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
    return errno ? -1 : pid;
}

/* Its group is ended in any case: the compiler proper and the linker are its children. */
static enum compile_verdict await(pid_t pid, volatile sig_atomic_t *interrupted)
{
    int status = 0;
    bool ended = false;
    for (double end = now_ms() + COMPILE_MS; !ended && !*interrupted && now_ms() < end;) {
        ended = waitpid(pid, &status, WNOHANG) == pid;
        if (!ended)
            pause_ms(LOOK_MS);
    }
    if (!ended) {
        kill(-pid, SIGKILL);
        waitpid(pid, &status, 0);
        return *interrupted ? COMPILE_INTERRUPTED : COMPILE_LATE;
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? COMPILED : COMPILE_FAILED;
}

static void read_first_lines(int from, char *said, size_t size)
{
    ssize_t n = pread(from, said, size - 1, 0);
    said[n > 0 ? n : 0] = '\0';
    char *at = said;
    for (int i = 0; i < LINES_SHOWN && *at; i++) {
        char *end = strchrnul(at, '\n');
        at = *end ? end + 1 : end;
    }
    *at = '\0';
}

static enum compile_verdict run(struct command *command, const struct compile_options *options, char *said, size_t size)
{
    int output = memfd_create("compiler", MFD_CLOEXEC);
    pid_t pid = output < 0 ? -1 : spawn(command, output);
    enum compile_verdict verdict = COMPILE_CANNOT;
    if (pid < 0) {
        snprintf(said, size, "%s: %s", command->words[0], strerror(errno));
    } else {
        verdict = await(pid, options->interrupted);
        read_first_lines(output, said, size);
    }
    if (output >= 0)
        close(output);
    return verdict;
}

enum compile_verdict compile(const struct compile_options *options, char *said, size_t size)
{
    struct command command = {0};
    char pattern[PATH_MAX];
    glob_t objects = {0};
    enum compile_verdict verdict = COMPILE_CANNOT;
    snprintf(pattern, sizeof pattern, "%s/harness/server/*.o", options->build);
    if (glob(pattern, 0, NULL, &objects) != 0) {
        snprintf(said, size, "%s: there are none; `make` builds what a server links", pattern);
        return verdict;
    }
    char **words = add_compiler(&command, options->build);
    add_options(&command, options);
    for (size_t i = 0; i < objects.gl_pathc; i++)
        add(&command, objects.gl_pathv[i]);
    add(&command, "-pthread");
    add(&command, "-lm");
    verdict = run(&command, options, said, size);
    globfree(&objects);
    free(words);
    return verdict;
}
