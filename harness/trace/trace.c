#define _GNU_SOURCE
#include "harness/trace/trace.h"
#include "harness/trace/tracer.h"
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct trace {
    pid_t pid;
    int door;               /* our end of a pair of sockets: who is to be traced knocks here */
    int64_t seen;
    struct trace_shared *shared;
    char **environment;     /* of who is traced */
    char leaks[512];
};

/* -- Beginning --------------------------------------------------------------------------------------------------- */

/* It keeps nothing open but its door: a pipe of somebody's would else never end. A Ctrl-C is ours to heed. */
_Noreturn static void become_tracer(struct trace_shared *shared, int door, int cpu, pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    setpgid(0, 0);
    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL);
    int lowest = dup2(door, 0);
#ifdef SYS_close_range
    syscall(SYS_close_range, 1u, ~0u, 0);
#endif
    if (cpu >= 0) {
        cpu_set_t cpus;
        CPU_ZERO(&cpus);
        CPU_SET((size_t)cpu, &cpus);
        sched_setaffinity(0, sizeof cpus, &cpus);
    }
    tracer_run(shared, lowest);
}

/* LeakSanitizer looks for leaks by tracing its own process at its end. Nobody can whose process is traced already, and
 * it then ends with an error: so it is not to look. The last of several options holds. */
static bool prepare_environment(struct trace *trace)
{
    static const char name[] = "LSAN_OPTIONS=";
    const char *options = getenv("LSAN_OPTIONS");
    size_t count = 0, kept = 0;
    while (environ[count])
        count++;
    trace->environment = calloc(count + 2, sizeof *trace->environment);
    for (size_t i = 0; trace->environment && i < count; i++)
        if (strncmp(environ[i], name, strlen(name)) != 0)
            trace->environment[kept++] = environ[i];
    snprintf(trace->leaks, sizeof trace->leaks, "%s%s%sdetect_leaks=0", name, options ? options : "",
             options ? ":" : "");
    if (trace->environment)
        trace->environment[kept] = trace->leaks;
    return trace->environment != NULL;
}

static struct trace *fail(struct trace *trace, const char *call, char *why, size_t size)
{
    snprintf(why, size, "%s: %s", call, strerror(errno));
    if (trace && trace->shared != MAP_FAILED && trace->shared)
        munmap(trace->shared, sizeof *trace->shared);
    if (trace)
        free(trace->environment);
    free(trace);
    return NULL;
}

int trace_best_cpu(void)
{
    cpu_set_t cpus;
    int last = -1;
    if (sched_getaffinity(0, sizeof cpus, &cpus) == 0)
        for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
            last = CPU_ISSET((size_t)cpu, &cpus) ? cpu : last;
    return last;
}

struct trace *trace_start(int cpu, char *why, size_t size)
{
    int doors[2];
    pid_t parent = getpid();
    struct trace *trace = calloc(1, sizeof *trace);
    if (!trace || !prepare_environment(trace))
        return fail(trace, "calloc", why, size);
    trace->shared = mmap(NULL, sizeof *trace->shared, PROT_READ | PROT_WRITE,
                         MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (trace->shared == MAP_FAILED)
        return fail(trace, "mmap", why, size);
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, doors) < 0)
        return fail(trace, "socketpair", why, size);
    trace->door = doors[0];
    trace->shared->room = TRACE_EVENTS;
    if ((trace->pid = fork()) == 0) {
        close(doors[0]);
        become_tracer(trace->shared, doors[1], cpu, parent);
    }
    close(doors[1]);            /* the tracer alone has it: if it dies, who knocks sees the end */
    if (trace->pid > 0)
        return trace;
    close(doors[0]);
    return fail(trace, "fork", why, size);
}

pid_t trace_pid(const struct trace *trace) { return trace->pid; }

/* Yama lets only ancestors trace, unless the program names somebody (prctl(2), PR_SET_PTRACER). */
const char *trace_me(const struct trace *trace)
{
    pid_t me = getpid();
    int error = 0;
    environ = trace->environment;
    prctl(PR_SET_PTRACER, (unsigned long)trace->pid, 0, 0, 0);
    if (write(trace->door, &me, sizeof me) != sizeof me || read(trace->door, &error, sizeof error) != sizeof error)
        error = ECONNREFUSED;
    if (!error && filter_install())
        return NULL;
    error = error ? error : errno;
    trace->shared->denied = error;
    errno = error;
    return "ptrace";
}

const char *trace_denied(const struct trace *trace)
{
    static char text[300];
    int error = trace->shared->denied, scope = 0;
    FILE *yama = error ? fopen("/proc/sys/kernel/yama/ptrace_scope", "re") : NULL;
    if (!error)
        return NULL;
    if (yama && fscanf(yama, "%d", &scope) != 1)
        scope = 0;
    if (yama)
        fclose(yama);
    if (scope >= 2)
        snprintf(text, sizeof text, "tracing is denied here (kernel.yama.ptrace_scope is %d); as root: "
                                    "sysctl kernel.yama.ptrace_scope=1", scope);
    else
        snprintf(text, sizeof text, "tracing is denied here (ptrace: %s); a container may forbid it: start it with "
                                    "--cap-add SYS_PTRACE, or trace outside of it", strerror(error));
    return text;
}

bool trace_is_possible(char *why, size_t size)
{
    struct trace *trace = trace_start(-1, why, size);
    pid_t pid = trace ? fork() : -1;
    if (pid == 0)
        _exit(trace_me(trace) != NULL);
    if (pid > 0)
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
            ;
    const char *denied = trace ? trace_denied(trace) : NULL;
    if (denied)
        snprintf(why, size, "%s", denied);
    if (trace)
        trace_end(trace);
    return pid > 0 && !denied;
}

/* -- Reading ----------------------------------------------------------------------------------------------------- */

const struct trace_event *trace_next(struct trace *trace)
{
    if (trace->shared->room != TRACE_EVENTS)
        trace->shared->forgotten = trace->seen;
    bool there = trace->seen < atomic_load_explicit(&trace->shared->count, memory_order_acquire);
    return there ? &trace->shared->events[trace->seen++ & (trace->shared->room - 1)] : NULL;
}

void trace_forget(struct trace *trace) { trace->shared->room = TRACE_EVENTS_OF_RING; }

int trace_under_way(const struct trace *trace, struct trace_event *calls, int most)
{
    int count = 0;
    for (int i = 0; i < trace->shared->under_way_count && count < most; i++) {
        struct under_way *call = &trace->shared->under_way[i];
        int64_t since_ns = atomic_load_explicit(&call->since_ns, memory_order_acquire);
        calls[count] = call->event;
        atomic_thread_fence(memory_order_acquire);
        count += since_ns && atomic_load_explicit(&call->since_ns, memory_order_relaxed) == since_ns;
    }
    return count;
}

bool trace_is_over(const struct trace *trace) { return trace->shared->over; }

bool trace_all_stopped(const struct trace *trace)
{
    return trace->shared->tasks > 0 && trace->shared->tasks == trace->shared->stopped;
}

int64_t trace_lost(const struct trace *trace) { return trace->shared->lost; }

int64_t trace_position(const struct trace *trace) { return trace->shared->count; }

static bool is_asked_for(const struct trace_event *event, const char *family, int error, bool in_handler)
{
    return event->kind == TRACE_CALL && event->returned_ns > 0 && (error < 0 || event->error == error) &&
           (!in_handler || event->in_handler) && call_is_of(event->number, family);
}

int64_t trace_count_since(const struct trace *trace, int64_t position, const char *family, int error, bool in_handler)
{
    int64_t end = trace_position(trace), count = 0;
    if (trace_lost(trace) > 0 || trace->shared->forgotten > 0)
        return -1;
    for (int64_t at = position; at < end; at++)
        count += is_asked_for(&trace->shared->events[at], family, error, in_handler);
    return count;
}

int64_t trace_bytes_since(const struct trace *trace, int64_t position, const char *family, bool in_handler)
{
    int64_t end = trace_position(trace), bytes = 0;
    if (trace_lost(trace) > 0 || trace->shared->forgotten > 0)
        return -1;
    for (int64_t at = position; at < end; at++)
        if (is_asked_for(&trace->shared->events[at], family, 0, in_handler))
            bytes += trace->shared->events[at].result;
    return bytes;
}

/* -- The end ----------------------------------------------------------------------------------------------------- */

void trace_end(struct trace *trace)
{
    close(trace->door);
    if (!trace_is_over(trace))
        kill(trace->pid, SIGKILL);
    while (waitpid(trace->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    munmap(trace->shared, sizeof *trace->shared);
    free(trace->environment);
    free(trace);
}
