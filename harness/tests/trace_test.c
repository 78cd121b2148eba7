/* Does the tracer see each call, of whoever is traced, and leave the traced as it was? */
#define _GNU_SOURCE
#include "harness/trace/trace.h"
#include "harness/tests/check.h"
#include "harness/meter/meter.h"
#include "harness/trace/calls.h"
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char program[PATH_MAX + 64];

struct run { struct trace *trace; pid_t pid; int status; };

/* Starts known_calls with up to three words, traced. */
static struct run begin(const char *how, const char *first, const char *second)
{
    char why[200];
    struct run run = {.trace = trace_start(-1, why, sizeof why)};
    if (!run.trace) {
        printf("no tracer: %s\n", why);
        exit(1);
    }
    if ((run.pid = fork()) == 0) {
        const char *failed = trace_me(run.trace);
        if (!failed)
            execl(program, program, how, first, second, (char *)NULL);
        _exit(failed ? 77 : 127);
    }
    return run;
}

static void await(struct run *run)
{
    int ended = 0;
    for (int i = 0; i < 10000 && (ended = waitpid(run->pid, &run->status, WNOHANG)) == 0; i++)
        usleep(1000);
    CHECK(ended == run->pid, "after 10 s it has not ended");
    if (trace_denied(run->trace)) {
        printf("skipped: %s\n", trace_denied(run->trace));
        exit(0);
    }
    for (int i = 0; i < 5000 && !trace_is_over(run->trace); i++)
        usleep(1000);
    CHECK(trace_is_over(run->trace), "all have ended, and the tracer goes on");
}

/* Waits until an event of that kind, and of that call if it is one, has been seen. */
static const struct trace_event *await_event(struct run *run, enum trace_kind kind)
{
    for (int i = 0; i < 5000; i++) {
        for (const struct trace_event *event; (event = trace_next(run->trace));)
            if (event->kind == kind)
                return event;
        usleep(1000);
    }
    return NULL;
}

/* Waits until it sleeps in that call. */
static bool await_call(struct run *run, const char *name)
{
    struct trace_event call;
    for (int i = 0; i < 50000; i++) {
        if (trace_under_way(run->trace, &call, 1) == 1 && call_is_of(call.number, name))
            return true;
        usleep(100);
    }
    return false;
}

static int64_t calls_of(const struct run *run, const char *family, int error)
{
    return trace_count_since(run->trace, 0, family, error, false);
}

static int count_events(struct run *run, enum trace_kind kind)
{
    int count = 0;
    for (const struct trace_event *event; (event = trace_next(run->trace));)
        count += event->kind == kind;
    return count;
}

/* Without the reads that every program's start makes (its libraries' first bytes). */
static int64_t reads_at_start(void)
{
    struct run run = begin("read", "0", NULL);
    await(&run);
    int64_t count = calls_of(&run, "read", -1);
    trace_end(run.trace);
    return count;
}

static void counts(const char *how, const char *first, const char *second, int64_t want)
{
    struct run run = begin(how, first, second);
    await(&run);
    int64_t got = calls_of(&run, "read", 0);
    CHECK(got == want, "known_calls %s %s %s: %lld reads, want %lld", how, first, second ? second : "", (long long)got,
          (long long)want);
    CHECK(WIFEXITED(run.status) && WEXITSTATUS(run.status) == 0, "%s ended with status %x", how, (unsigned)run.status);
    CHECK(trace_lost(run.trace) == 0, "%lld events lost", (long long)trace_lost(run.trace));
    struct trace_event call;
    CHECK(trace_under_way(run.trace, &call, 1) == 0, "known_calls %s: all have ended, and %s is under way", how,
          call_name(call.number));
    trace_end(run.trace);
}

static void test_counts(int64_t start)
{
    counts("read", "1000", NULL, start + 1000);
    counts("threads", "8", "500", start + 8 * 500);
    counts("forks", "8", "500", start + 8 * 500);
    counts("exec", "300", NULL, 2 * start + 2 * 300);
    counts("thread-exec", "300", NULL, 2 * start + 2 * 300);
    counts("storm", "1000", "2", start + 2000);
    counts("signals", "200", NULL, start + 400);
}

/* What is counted from the events is what the counters say. */
static void test_positions(int64_t start)
{
    struct run run = begin("read", "100", NULL);
    await(&run);
    int64_t end = trace_position(run.trace), reads = calls_of(&run, "read", 0);
    CHECK(reads == start + 100, "%lld reads since the beginning, want %lld", (long long)reads, (long long)start + 100);
    CHECK(trace_count_since(run.trace, end, "read", -1, false) == 0, "calls since the end");
    CHECK(calls_of(&run, "read", EAGAIN) == 0, "EAGAIN of /dev/zero");
    int64_t half = end - 50;        /* behind the last read there is exit_group, and the end */
    CHECK(trace_count_since(run.trace, half, "read", 0, false) == 48, "%lld of the last 50 events are reads, want 48",
          (long long)trace_count_since(run.trace, half, "read", 0, false));
    trace_end(run.trace);
}

static void test_births(void)
{
    struct run run = begin("storm", "100", "0");
    await(&run);
    int ended = 0, born = 0;
    for (const struct trace_event *event; (event = trace_next(run.trace));) {
        ended += event->kind == TRACE_ENDED;
        born += event->kind == TRACE_BORN && !event->is_thread;
    }
    CHECK(born == 100 && ended == 101, "%d born, %d ended, want 100 and 101", born, ended);
    trace_end(run.trace);
}

static void test_killed(int64_t start)
{
    struct run run = begin("kill", "3", NULL);
    await(&run);
    CHECK(WIFSIGNALED(run.status) && WTERMSIG(run.status) == SIGKILL, "status %x", (unsigned)run.status);
    CHECK(calls_of(&run, "read", 0) == start + 3, "%lld", (long long)calls_of(&run, "read", 0));
    CHECK(count_events(&run, TRACE_ENDED) == 1, "its end was not seen");
    trace_end(run.trace);
    run = begin("crash", "3", NULL);
    await(&run);
    CHECK(WIFSIGNALED(run.status) && WTERMSIG(run.status) == SIGABRT, "status %x", (unsigned)run.status);
    trace_end(run.trace);
}

static void test_stops(int64_t start)
{
    struct run run = begin("stop", "10", NULL);
    int status = 0;
    pid_t pid = waitpid(run.pid, &status, WUNTRACED);
    CHECK(pid == run.pid && WIFSTOPPED(status), "its parent is told that it stopped, got status %x", (unsigned)status);
    CHECK(await_event(&run, TRACE_STOPPED) != NULL, "no stop was seen");
    int64_t reads = calls_of(&run, "read", 0);
    CHECK(reads == start + 10, "it has read %lld times when it stops, want %lld", (long long)reads,
          (long long)start + 10);
    usleep(50000);
    CHECK(calls_of(&run, "read", 0) == reads && !trace_is_over(run.trace), "it does not stay stopped");
    kill(run.pid, SIGCONT);
    await(&run);
    CHECK(calls_of(&run, "read", 0) == start + 20, "%lld", (long long)calls_of(&run, "read", 0));
    CHECK(count_events(&run, TRACE_CONTINUED) == 1, "it was not seen to go on");
    trace_end(run.trace);
}

/* The kernel goes on with a sleep that SIGSTOP interrupted, by another call: to the program it is one. */
static void test_interrupted(void)
{
    struct run run = begin("sleep", "1000", NULL);
    CHECK(await_call(&run, "nanosleep"), "it does not sleep");
    kill(run.pid, SIGSTOP);
    CHECK(await_event(&run, TRACE_STOPPED) != NULL, "no stop was seen");
    kill(run.pid, SIGCONT);
    await(&run);
    CHECK(calls_of(&run, "nanosleep", -1) == 1 && calls_of(&run, "restart_syscall", -1) == 0,
          "%lld sleeps and %lld restarts, want 1 and 0", (long long)calls_of(&run, "nanosleep", -1),
          (long long)calls_of(&run, "restart_syscall", -1));
    trace_end(run.trace);
}

/* What the kernel says to itself of an interrupted sleep (516, say) is no result: it never came back. */
static void test_killed_in_call(void)
{
    struct run run = begin("sleep", "60000", NULL);
    int sleeps = 0;
    CHECK(await_call(&run, "nanosleep"), "it does not sleep");
    kill(run.pid, SIGSTOP);
    CHECK(await_event(&run, TRACE_STOPPED) != NULL, "no stop was seen");
    kill(run.pid, SIGCONT);
    CHECK(await_event(&run, TRACE_CONTINUED) != NULL, "it was not seen to go on");
    kill(run.pid, SIGKILL);
    await(&run);
    for (const struct trace_event *event; (event = trace_next(run.trace));)
        if (event->kind == TRACE_CALL && event->number == SYS_clock_nanosleep) {
            sleeps++;
            CHECK(event->returned_ns == 0 && event->error == 0 && event->result == 0,
                  "a sleep that was never over has returned %lld (%s)", (long long)event->result,
                  error_name(event->error));
        }
    CHECK(sleeps == 1, "%d sleeps, want 1", sleeps);
    trace_end(run.trace);
}

/* Who ignores SIGTERM does so traced, too; and when the tracer ends, nothing is left. */
static void test_stubborn(void)
{
    struct run run = begin("stubborn", NULL, NULL);
    CHECK(await_call(&run, "pause"), "it does not wait");
    kill(run.pid, SIGTERM);
    usleep(20000);
    CHECK(waitpid(run.pid, &run.status, WNOHANG) == 0, "SIGTERM ended it");
    trace_end(run.trace);
    for (int i = 0; i < 5000 && waitpid(run.pid, &run.status, WNOHANG) == 0; i++)
        usleep(1000);
    CHECK(WIFSIGNALED(run.status) && WTERMSIG(run.status) == SIGKILL, "it lives on, status %x", (unsigned)run.status);
}

static void test_handlers(void)
{
    struct run run = begin("signals", "200", NULL);
    await(&run);
    int64_t in_handler = trace_count_since(run.trace, 0, "read", -1, true);
    CHECK(in_handler == 200, "%lld reads in the handler, want 200", (long long)in_handler);
    int signals = count_events(&run, TRACE_SIGNAL);
    CHECK(signals == 200, "%d signals were delivered, want 200", signals);
    trace_end(run.trace);
}

/* Each read of no byte that known_calls makes, and of what: what was opened, copied and closed is known. */
static void test_descriptors(void)
{
    static const enum fd_kind want[] = {FD_FILE, FD_FILE, FD_UNKNOWN, FD_PIPE, FD_FILE, FD_PIPE, FD_SOCKET, FD_UNKNOWN,
                                        FD_EPOLL};
    enum { WANT = sizeof want / sizeof *want };
    struct run run = begin("descriptors", NULL, NULL);
    await(&run);
    int reads = 0;
    for (const struct trace_event *event; (event = trace_next(run.trace));)
        if (event->kind == TRACE_CALL && event->number == SYS_read && event->args[2] == 0) {
            CHECK(reads < WANT && event->who.kind == want[reads], "read %d is of kind %d, want %d", reads + 1,
                  event->who.kind, reads < WANT ? (int)want[reads] : -1);
            reads++;
        }
    CHECK(reads == WANT, "%d reads, want %d", reads, WANT);
    trace_end(run.trace);
}

/* Who calls without a rest is held by the tracer most of the time: that is neither stopped nor blocked. */
static void test_held_is_not_stopped(void)
{
    struct run run = begin("busy", NULL, NULL);
    const struct tree tree = {.count = 1, .pids = {run.pid}};
    const char *name;
    int stopped = 0, blocked = 0;
    for (int i = 0; i < 5000 && calls_of(&run, "read", 0) < 1000; i++)
        usleep(1000);
    for (int i = 0; i < 3000; i++) {
        stopped += meter_all_stopped(&tree) || trace_all_stopped(run.trace);
        blocked += meter_blocked_in(&tree, "read", -1, &name);
    }
    CHECK(stopped == 0 && blocked == 0, "of 3000 looks at one who never rests, %d saw it stopped and %d blocked",
          stopped, blocked);
    kill(run.pid, SIGSTOP);
    for (int i = 0; i < 5000 && !trace_all_stopped(run.trace); i++)
        usleep(1000);
    CHECK(trace_all_stopped(run.trace), "SIGSTOP has not stopped it, says the tracer");
    kill(run.pid, SIGKILL);
    await(&run);
    CHECK(!trace_all_stopped(run.trace), "it is dead, and not stopped");
    trace_end(run.trace);
}

/* Who watches for long: there is room again for what comes, as what was read is forgotten. */
static void test_ring(void)
{
    enum { MANY = 20000 };          /* some times more than there is room for */
    char why[200];
    int cpu = sched_getcpu();       /* one CPU for tracer and traced: many calls in little time */
    struct run run = {.trace = trace_start(cpu, why, sizeof why)};
    trace_forget(run.trace);
    if ((run.pid = fork()) == 0) {
        cpu_set_t mine;
        CPU_ZERO(&mine);
        CPU_SET((size_t)cpu, &mine);
        sched_setaffinity(0, sizeof mine, &mine);
        if (!trace_me(run.trace))
            execl(program, program, "busy", (char *)NULL);
        _exit(127);
    }
    int64_t reads = 0;
    for (int turns = 0; turns < 20000 && reads < MANY; turns++) {
        usleep(turns == 10 ? 500000 : 1000);    /* kept from it for longer than there is room for: that waits */
        for (const struct trace_event *event; reads < MANY && (event = trace_next(run.trace));)
            reads += event->number == SYS_read && event->args[2] == 1;
    }
    CHECK(reads == MANY, "after 20 s, %lld reads were seen, and %lld events lost", (long long)reads,
          (long long)trace_lost(run.trace));
    CHECK(trace_lost(run.trace) == 0, "%lld events lost, though they were read", (long long)trace_lost(run.trace));
    CHECK(calls_of(&run, "read", -1) == -1, "what is forgotten is counted");
    for (int i = 0; i < 20000 && trace_lost(run.trace) == 0; i++)
        usleep(1000);
    CHECK(trace_lost(run.trace) > 0, "nobody reads on, and there is still room");
    kill(run.pid, SIGKILL);
    waitpid(run.pid, NULL, 0);
    trace_end(run.trace);
}

static void test_under_way(void)
{
    struct trace_event call;
    struct run run = begin("sleep", "1000", NULL);
    CHECK(await_call(&run, "nanosleep"), "no sleep is under way");
    await(&run);
    CHECK(trace_under_way(run.trace, &call, 1) == 0, "it has ended, and %s is under way", call_name(call.number));
    trace_end(run.trace);
}

int main(int argc, char **argv)
{
    (void)argc;
    char self[PATH_MAX];
    snprintf(self, sizeof self, "%s", argv[0]);
    snprintf(program, sizeof program, "%s/known_calls", dirname(self));
    /* LeakSanitizer stops its process by ptrace, which nobody can whose process is traced. */
    setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
    int64_t start = reads_at_start();
    test_counts(start);
    test_positions(start);
    test_births();
    test_killed(start);
    test_stops(start);
    test_interrupted();
    test_killed_in_call();
    test_stubborn();
    test_handlers();
    test_descriptors();
    test_held_is_not_stopped();
    test_ring();
    test_under_way();
    return checks_failed();
}
