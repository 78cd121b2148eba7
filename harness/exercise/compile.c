#define _GNU_SOURCE
#include "harness/exercise/compile.h"
#include "harness/child/child.h"
#include "harness/child/clock.h"
#include "harness/child/split.h"
#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    WORDS_MOST = 96, LINES_SHOWN = 24, MEMORY_MIB = 4096, CPU_S = 8,
    COMPILE_MS = 6000, COMPILE_MOST_MS = 20000, GRACE_MS = 300, LOOK_MS = 2
};

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
    add(command, options->source);
}

/* A source can make a compiler write and take without end: `int a[1 << 30] = {1};` is enough. */
static const char *be_bounded(const void *nothing)
{
    (void)nothing;
    const struct rlimit memory = {(rlim_t)MEMORY_MIB << 20, (rlim_t)MEMORY_MIB << 20};
    const struct rlimit cpu = {CPU_S, CPU_S};
    return setrlimit(RLIMIT_AS, &memory) < 0 || setrlimit(RLIMIT_CPU, &cpu) < 0 ? "setrlimit" : NULL;
}

/* How long those who run now have waited for a CPU, in ms: on a busy machine that is no hanging. */
static double waited_ms(const struct child *compiler)
{
    static struct tree tree;
    double sum_ns = 0, ns;
    char path[64];
    child_tree(compiler, &tree);
    for (int i = 0; i < tree.count; i++) {
        snprintf(path, sizeof path, "/proc/%d/schedstat", (int)tree.pids[i]);
        FILE *from = fopen(path, "re");
        if (from && fscanf(from, "%*s %lf", &ns) == 1)
            sum_ns += ns;
        if (from)
            fclose(from);
    }
    return sum_ns / 1e6;
}

static bool is_late(const struct child *compiler, double spent_ms)
{
    return spent_ms > COMPILE_MS && (spent_ms > COMPILE_MOST_MS || spent_ms - waited_ms(compiler) > COMPILE_MS);
}

/* All that it started is ended, too: the compiler proper and the linker are its children. It is asked first, and then
 * removes its files in /tmp. */
static enum compile_verdict await(struct child *compiler, volatile sig_atomic_t *interrupted)
{
    double began_ms = now_ms();
    while (child_alive(compiler) && !*interrupted && !is_late(compiler, now_ms() - began_ms))
        pause_ms(LOOK_MS);
    if (child_alive(compiler)) {
        kill(-compiler->pid, SIGTERM);
        child_await_end(compiler, GRACE_MS);
        return *interrupted ? COMPILE_INTERRUPTED : COMPILE_LATE;
    }
    return WIFEXITED(compiler->status) && WEXITSTATUS(compiler->status) == 0 ? COMPILED : COMPILE_FAILED;
}

/* What could move the cursor of a terminal is left out: a source may hold it, and the compiler shows the source. */
static void read_first_lines(int from, char *said, size_t size)
{
    ssize_t n = pread(from, said, size - 1, 0);
    said[n > 0 ? n : 0] = '\0';
    char *at = said;
    for (int lines = 0; lines < LINES_SHOWN && *at; at++) {
        lines += *at == '\n';
        if (((unsigned char)*at < ' ' && *at != '\n' && *at != '\t') || *at == 127)
            *at = '?';
    }
    *at = '\0';
}

static enum compile_verdict run(const struct command *command, volatile sig_atomic_t *interrupted, char *said,
                                size_t size)
{
    const struct child_options options = {.argv = (char *const *)command->words, .cpu = -1, .before_exec = be_bounded};
    struct child compiler;
    if (!child_start(&compiler, &options, said, size))
        return COMPILE_CANNOT;
    enum compile_verdict verdict = await(&compiler, interrupted);
    read_first_lines(compiler.err, said, size);
    child_kill(&compiler);
    return verdict;
}

/* Beside it, and then in its place: another check of the same file may play the one of before. */
static enum compile_verdict run_aside(struct command *command, const struct compile_options *options, char *said,
                                      size_t size)
{
    char aside[PATH_MAX];
    snprintf(aside, sizeof aside, "%.*s.%d", PATH_MAX - 16, options->program, (int)getpid());
    add(command, "-o");
    add(command, aside);
    enum compile_verdict verdict = run(command, options->interrupted, said, size);
    if (verdict == COMPILED && rename(aside, options->program) < 0) {
        snprintf(said, size, "%s: %s", options->program, strerror(errno));
        verdict = COMPILE_CANNOT;
    }
    unlink(aside);
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
    verdict = run_aside(&command, options, said, size);
    globfree(&objects);
    free(words);
    return verdict;
}
