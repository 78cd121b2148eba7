/* iolab trace --self-test: what does it cost to be traced? The same program, which makes a known number of calls,
 * runs alone, stopped at each call and not looked at, traced by us, and traced by strace -f where that is installed,
 * all on one CPU; and by strace as people use it, on any CPU: where tracer and traced have a CPU each, every stop wakes
 * the other one. */
#define _GNU_SOURCE
#include "harness/cmd/cmd.h"
#include "harness/trace/calls.h"
#include "harness/trace/trace.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CALLS = 20000, BATCHES = 400, ROUNDS = 5 };

static double now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* What is traced: it reads no bytes from /dev/null, CALLS times, and says what one costs: that of the middle one of
 * many short batches, as others may take the CPU away in some. */
int trace_make_calls(void)
{
    char byte;
    double us[BATCHES];
    int null = open("/dev/null", O_RDONLY);
    for (int batch = 0; batch < BATCHES; batch++) {
        double began_us = now_us();
        for (int i = 0; i < CALLS / BATCHES; i++)
            if (read(null, &byte, 1) != 0)
                return 1;
        us[batch] = (now_us() - began_us) / (CALLS / BATCHES);
    }
    qsort(us, BATCHES, sizeof *us, by_size);
    printf("%.3f\n", us[BATCHES / 2]);
    return null < 0;
}

/* On the last CPU that we may use. Returns where we were. */
static cpu_set_t pin(void)
{
    cpu_set_t cpus, before;
    sched_getaffinity(0, sizeof before, &before);
    CPU_ZERO(&cpus);
    CPU_SET((size_t)trace_best_cpu(), &cpus);
    sched_setaffinity(0, sizeof cpus, &cpus);
    return before;
}

static double read_us(int fd, pid_t pid)
{
    char text[64] = "";
    size_t length = 0;
    int status = 0;
    for (ssize_t n; (n = read(fd, text + length, sizeof text - 1 - length)) > 0;)
        length += (size_t)n;
    close(fd);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 && length > 0 ? strtod(text, NULL) : -1;
}

/* Its stdout is `*out`. In the child `prepare`, if there is one, says whether it may be executed. Returns its pid, or
 * -1. */
static pid_t start(char *const *argv, bool (*prepare)(const struct trace *), const struct trace *trace, int *out)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return -1;
    pid_t pid = fork();
    if (pid == 0) {
        dup2(ends[1], STDOUT_FILENO);
        if (!prepare || prepare(trace))
            execvp(argv[0], argv);
        _exit(127);
    }
    close(ends[1]);
    *out = ends[0];
    if (pid < 0)
        close(ends[0]);
    return pid;
}

static bool by_us(const struct trace *trace) { return !trace_me(trace); }
static bool by_parent(const struct trace *trace) { return !trace && ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0; }

/* Microseconds for each call; -1: it could not run. */
static double run(char *const *argv, const struct trace *trace)
{
    int out;
    pid_t pid = start(argv, trace ? by_us : NULL, trace, &out);
    return pid < 0 ? -1 : read_us(out, pid);
}

/* At each of its stops, until it has ended; a Ctrl-C of ours leaves nobody stopped. */
static void let_go_on(pid_t pid)
{
    int status;
    for (pid_t stopped; (stopped = waitpid(pid, &status, 0)) == pid ? WIFSTOPPED(status) : errno == EINTR;)
        if (stopped == pid)
            ptrace(PTRACE_SYSCALL, pid, NULL, NULL);
}

/* The least that a tracer by ptrace(2) can do: let it stop at the beginning and the end of each call, and go on. */
static double run_stopping(char *const *argv)
{
    int out;
    char text[64] = "";
    pid_t pid = start(argv, by_parent, NULL, &out);
    if (pid < 0)
        return -1;
    let_go_on(pid);
    bool said = read(out, text, sizeof text - 1) > 0;
    close(out);
    return said ? strtod(text, NULL) : -1;
}

/* Sets how many calls were counted. */
static double run_traced(char *const *argv, long long *counted, char *why, size_t size)
{
    struct trace *trace = trace_start(-1, why, size);
    double us = trace ? run(argv, trace) : -1;
    if (trace && trace_denied(trace))
        snprintf(why, size, "%s", trace_denied(trace));
    *counted = 0;
    for (const struct trace_event *event; trace && (event = trace_next(trace));)
        *counted += event->kind == TRACE_CALL && strcmp(call_title(event->number), "read") == 0 && event->fd >= 0 &&
                    event->result == 0 && event->args[2] == 1;
    if (trace)
        trace_end(trace);
    return us;
}

struct costs { double bare, stopping, ours, strace_here, strace_anywhere; };

/* What others do meanwhile only adds: the least of some rounds is nearest to the truth. */
static void keep_least(double *least, double us)
{
    if (us > 0 && (*least <= 0 || us < *least))
        *least = us;
}

/* In turns, so that a busy while spoils a round of all. False: it cannot be traced here, and `why` says so. */
static bool measure(struct costs *costs, long long *counted, char *why, size_t size)
{
    static char self[PATH_MAX];
    snprintf(self, sizeof self, "%s", cmd_model_path("iolab"));
    char *const alone[] = {self, (char *)"trace", (char *)"--make-calls", NULL};
    char *const by_strace[] = {(char *)"strace", (char *)"-f", (char *)"-o", (char *)"/dev/null", self, (char *)"trace",
                               (char *)"--make-calls", NULL};
    for (int i = 0; i < ROUNDS && !cmd_interrupted; i++) {
        cpu_set_t before = pin();
        double ours = run_traced(alone, counted, why, size);
        if (ours < 0)
            return false;
        keep_least(&costs->ours, ours);
        keep_least(&costs->bare, run(alone, NULL));
        keep_least(&costs->stopping, run_stopping(alone));
        keep_least(&costs->strace_here, run(by_strace, NULL));
        sched_setaffinity(0, sizeof before, &before);
        keep_least(&costs->strace_anywhere, run(by_strace, NULL));
    }
    return true;
}

static void tell_strace(const char *where, double us, double ours_us)
{
    if (us > 0)
        printf("  by strace -f     %6.2f us a call, %s: %.1f times as much as by iolab\n", us, where, us / ours_us);
    else
        printf("  by strace -f     not known, %s: it is not installed, or failed\n", where);
}

int trace_self_test(void)
{
    char why[300] = "the traced program failed";
    long long counted = 0;
    struct costs costs = {0};
    bool measured = measure(&costs, &counted, why, sizeof why);
    if (cmd_interrupted)
        return 130;
    if (!measured) {
        fprintf(stderr, "iolab trace: %s\n", why);
        return 77;
    }
    printf("To be traced costs %.1f us for each call; at most 15 is what we want.\n\n", costs.ours - costs.bare);
    printf("  not traced       %6.2f us a call\n", costs.bare);
    printf("  stopped, unseen  %6.2f us a call: the least that two stops cost, whoever traces\n", costs.stopping);
    printf("  traced by iolab  %6.2f us a call; %lld of %d calls were counted\n", costs.ours, counted, CALLS);
    tell_strace("on the same CPU", costs.strace_here, costs.ours);
    tell_strace("on any CPU, as it is used", costs.strace_anywhere, costs.ours);
    printf("\n%d reads of /dev/null in %d batches: the middle batch of the best of %d rounds, in turns. All but the\n"
           "last are on one CPU. strace decodes each call into text, and writes it to /dev/null.\n", CALLS, BATCHES,
           ROUNDS);
    return counted != CALLS;
}
