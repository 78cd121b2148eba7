/* The tracing process (ptrace(2)). It sleeps in waitpid until something that it traces has stopped, writes down why,
 * and lets it go on:
 *
 *     a call begins               SECCOMP: note arguments and time, go on to its end (PTRACE_SYSCALL)
 *     a call returns              the event is complete, go on to the next call (PTRACE_CONT)
 *     a process or thread is born its first stop, and its parent's word of it, come in any order: wait for both
 *     exec                        new program, the same filter
 *     a signal is delivered       hand it on, as it is
 *     SIGSTOP, SIGTSTP            let it be stopped, as without us (PTRACE_LISTEN), until SIGCONT
 *
 * A traced process may be killed at any time: then a request fails with ESRCH, and waitpid tells of its end. */
#define _GNU_SOURCE
#include "harness/trace/tracer.h"
#include <errno.h>
#include <linux/ptrace.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Results with which the kernel says to itself that an interrupted call may be begun again (linux/errno.h). */
enum { RESTART_FIRST = 512, RESTART_LAST = 516 };

static struct trace_shared *shared;
static bool recording;          /* from the first exec on */

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* The C library's ptrace needs a header that some versions cannot have together with linux/ptrace.h. */
static long request(int what, pid_t tid, uintptr_t address, uintptr_t data)
{
    return syscall(SYS_ptrace, what, tid, address, data);
}

/* -- Writing down ------------------------------------------------------------------------------------------------ */

/* Who reads along may be kept from it by others for a while: then what is traced waits. Not for ever, and not again
 * before somebody has read on; and where nobody reads along, the room is full for good. */
static bool is_room(int_fast64_t count)
{
    enum { WAITS_MOST = 3000 };
    static const struct timespec ms = {.tv_nsec = 1000000};
    static bool in_vain;
    for (int waits = 0; count - shared->forgotten == shared->room; waits++) {
        in_vain |= shared->room == TRACE_EVENTS || waits == WAITS_MOST;
        if (in_vain)
            return false;
        nanosleep(&ms, NULL);
    }
    in_vain = false;
    return true;
}

static void emit(const struct trace_event *event)
{
    int_fast64_t count = atomic_load_explicit(&shared->count, memory_order_relaxed);
    if (!recording)
        return;
    if (!is_room(count)) {
        shared->lost++;
        return;
    }
    shared->events[count & (shared->room - 1)] = *event;
    atomic_store_explicit(&shared->count, count + 1, memory_order_release);
}

static void emit_other(const struct task *task, enum trace_kind kind, int status)
{
    int64_t now = now_ns();
    emit(&(struct trace_event){.kind = kind, .pid = task->pid, .tid = task->tid, .entered_ns = now, .returned_ns = now,
                               .fd = -1, .status = status, .signal_number = status});
}

/* -- Who is in the middle of what -------------------------------------------------------------------------------- */

static bool taken[TRACE_TASKS];

/* Who comes when all places are taken is not told of. */
static void take_place(struct task *task)
{
    for (int i = 0; i < TRACE_TASKS && !task->place; i++)
        if (!taken[i]) {
            taken[i] = true;
            task->place = i + 1;
            if (i >= shared->under_way_count)
                shared->under_way_count = i + 1;
        }
}

static void goes_in(struct task *task)
{
    if (!task->event.may_block)
        return;
    take_place(task);
    if (!task->place)
        return;
    shared->under_way[task->place - 1].event = task->event;
    atomic_store_explicit(&shared->under_way[task->place - 1].since_ns, task->event.entered_ns, memory_order_release);
}

/* What is written into the place next is not seen before the 0 is. */
static void comes_out(const struct task *task)
{
    if (task->place)
        shared->under_way[task->place - 1].since_ns = 0;
    atomic_thread_fence(memory_order_release);
}

static struct task *new_task(pid_t tid)
{
    shared->tasks++;
    return task_add(tid, tid);
}

static void leaves_place(const struct task *task)
{
    comes_out(task);
    if (task->place)
        taken[task->place - 1] = false;
}

/* -- Calls ------------------------------------------------------------------------------------------------------- */

static void emit_call(struct task *task)
{
    comes_out(task);
    emit(&task->event);
    task->in_call = task->interrupted = false;
}

static void go_on(const struct task *task, int signal_number)
{
    request(task->in_call ? PTRACE_SYSCALL : PTRACE_CONT, task->tid, 0, (uintptr_t)signal_number);
}

/* It has gone on in the call, or has ended in it: what the kernel said to itself is no result. */
static void has_not_returned(struct trace_event *event)
{
    event->returned_ns = 0;
    event->result = 0;
    event->error = 0;
}

/* The program sees EINTR. */
static void finish_interrupted(struct task *task)
{
    if (!task->interrupted)
        return;
    task->event.result = -1;
    task->event.error = EINTR;
    emit_call(task);
}

/* The kernel begins an interrupted call anew: it is one call to the program, and to us. */
static bool is_the_same_again(const struct task *task, long number, const uint64_t *args)
{
    return task->interrupted && (number == SYS_restart_syscall ||
           (number == task->event.number && memcmp(args, task->event.args, sizeof task->event.args) == 0));
}

static void call_begins(struct task *task)
{
    struct ptrace_syscall_info info;
    if (request(PTRACE_GET_SYSCALL_INFO, task->tid, sizeof info, (uintptr_t)&info) <= 0 || !recording)
        return;
    uint64_t args[6];
    for (int i = 0; i < 6; i++)
        args[i] = info.seccomp.args[i];
    bool again = is_the_same_again(task, (long)info.seccomp.nr, args);
    task->in_call = true;
    if (again) {
        task->interrupted = false;
        has_not_returned(&task->event);
        return;
    }
    finish_interrupted(task);
    task->in_call = true;
    task->event = (struct trace_event){.kind = TRACE_CALL, .pid = task->pid, .tid = task->tid,
                                       .number = (long)info.seccomp.nr};
    memcpy(task->event.args, args, sizeof args);
    look_at_entry(task);
    task->event.entered_ns = now_ns();
    goes_in(task);
    if (task->event.number == SYS_rt_sigreturn && task->handlers > 0)
        task->handlers--;
}

static void call_returns(struct task *task)
{
    struct ptrace_syscall_info info;
    int64_t now = now_ns();
    if (!task->in_call || request(PTRACE_GET_SYSCALL_INFO, task->tid, sizeof info, (uintptr_t)&info) <= 0)
        return;
    struct trace_event *event = &task->event;
    int64_t error = info.exit.is_error ? -info.exit.rval : 0;
    event->returned_ns = now;
    if (event->number == SYS_rt_sigreturn) {        /* what is seen is the result of what the signal interrupted */
        event->result = 0;
        emit_call(task);
        return;
    }
    event->result = error ? -1 : info.exit.rval;
    event->error = (int)error;
    task->interrupted = error >= RESTART_FIRST && error <= RESTART_LAST;
    task->in_call = false;
    if (task->interrupted) {
        event->waited = event->may_block && now - event->entered_ns >= TRACE_WAIT_US * 1000;
        return;
    }
    look_at_return(task);
    emit_call(task);
}

/* -- Birth and death --------------------------------------------------------------------------------------------- */

static void inherit(struct task *child, const struct task *parent, bool thread, bool same_descriptors)
{
    child->pid = thread ? parent->pid : child->tid;
    child->fds = same_descriptors ? fds_share(parent->fds) : fds_copy(parent->fds);
    child->handlers = parent->handlers;
}

/* The parent's word. */
static void gave_birth(struct task *parent)
{
    enum { SHARES_FILES = 0x400, SHARES_THREAD_GROUP = 0x10000 };   /* CLONE_FILES, CLONE_THREAD: clone(2) */
    unsigned long tid = 0;
    if (request(PTRACE_GETEVENTMSG, parent->tid, 0, (uintptr_t)&tid) < 0)
        return;
    struct task *child = task_find((pid_t)tid);
    bool here = child && child->waits_for_parent;
    if (child && !here)
        return;
    if (!child)
        child = new_task((pid_t)tid);
    bool thread = parent->extra & SHARES_THREAD_GROUP;
    inherit(child, parent, thread, parent->extra & SHARES_FILES);
    child->waits_for_parent = false;
    int64_t now = now_ns();
    emit(&(struct trace_event){.kind = TRACE_BORN, .pid = parent->pid, .tid = parent->tid, .entered_ns = now,
                               .returned_ns = now, .fd = -1, .other = child->tid, .is_thread = thread});
    if (here)
        go_on(child, 0);
}

static void became_another(struct task *task)
{
    unsigned long former = 0;
    request(PTRACE_GETEVENTMSG, task->tid, 0, (uintptr_t)&former);
    if ((pid_t)former != task->tid && task_find((pid_t)former)) {
        shared->tasks--;
        leaves_place(task);
    }
    task = task_take_first_place(task, (pid_t)former);
    task->event.tid = task->tid;
    task->handlers = 0;
    if (recording) {
        task->fds = fds_exec(task->fds);
        emit_other(task, TRACE_EXEC, 0);
    } else {
        recording = true;
        look_at_open_descriptors(task);
    }
    go_on(task, 0);
}

/* Its parent was killed before it could tell of it. */
static void adopt_orphans(void)
{
    for (struct task *task; (task = task_orphan());) {
        task->fds = fds_new();
        task->waits_for_parent = false;
        go_on(task, 0);
    }
}

static void ended(struct task *task, int status)
{
    if (task->interrupted)
        has_not_returned(&task->event);
    if (task->in_call || task->interrupted)
        emit_call(task);
    emit_other(task, TRACE_ENDED, status);
    leaves_place(task);
    shared->stopped -= task->stopped;
    shared->tasks--;
    task_remove(task);
    if (WIFSIGNALED(status))
        adopt_orphans();
}

/* -- Signals ----------------------------------------------------------------------------------------------------- */

static void signal_comes(struct task *task, int number)
{
    siginfo_t info;
    int64_t now = now_ns();
    struct trace_event event = {.kind = TRACE_SIGNAL, .pid = task->pid, .tid = task->tid, .entered_ns = now,
                                .returned_ns = now, .fd = -1, .signal_number = number};
    if (request(PTRACE_GETSIGINFO, task->tid, 0, (uintptr_t)&info) == 0)
        look_at_signal(task->fds, &info, &event);
    event.handled = look_is_handled(task->tid, number);
    if (event.handled) {
        finish_interrupted(task);
        task->handlers++;
    }
    emit(&event);
    go_on(task, number);
}

/* A stop of the group, or its end: or the first stop of a new task. */
static void stops_or_continues(struct task *task, int number)
{
    bool was_stopped = task->stopped;
    task->stopped = number != SIGTRAP;
    shared->stopped += task->stopped - was_stopped;
    if (task->stopped != was_stopped)
        emit_other(task, task->stopped ? TRACE_STOPPED : TRACE_CONTINUED, number);
    if (task->stopped)
        request(PTRACE_LISTEN, task->tid, 0, 0);
    else
        go_on(task, 0);
}

/* -- The loop ---------------------------------------------------------------------------------------------------- */

static void stopped(struct task *task, int status)
{
    int number = WSTOPSIG(status), event = status >> 16;
    if (number == (SIGTRAP | 0x80)) {
        call_returns(task);
    } else if (event == PTRACE_EVENT_SECCOMP) {
        call_begins(task);
    } else if (event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK || event == PTRACE_EVENT_CLONE) {
        gave_birth(task);
    } else if (event == PTRACE_EVENT_EXEC) {
        became_another(task);
        return;
    } else if (event == PTRACE_EVENT_STOP) {
        stops_or_continues(task, number);
        return;
    } else {
        signal_comes(task, number);
        return;
    }
    go_on(task, 0);
}

static void turn(pid_t tid, int status)
{
    struct task *task = task_find(tid);
    if (!WIFSTOPPED(status)) {
        if (task)
            ended(task, status);
    } else if (task) {
        stopped(task, status);
    } else {
        new_task(tid)->waits_for_parent = true;
    }
}

/* Who wants to be traced says its number, and waits for an errno. */
static bool meet(int door)
{
    enum { OPTIONS = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
                     PTRACE_O_TRACEEXEC | PTRACE_O_TRACESECCOMP | PTRACE_O_EXITKILL };
    pid_t pid;
    if (read(door, &pid, sizeof pid) != sizeof pid)
        return false;
    int error = request(PTRACE_SEIZE, pid, 0, OPTIONS) == 0 ? 0 : errno;
    shared->denied = error;
    if (!error)
        new_task(pid)->fds = fds_new();
    return write(door, &error, sizeof error) == sizeof error && !error;
}

_Noreturn void tracer_run(struct trace_shared *memory, int door)
{
    shared = memory;
    if (!meet(door))
        _exit(1);
    close(door);
    int status;
    for (pid_t tid; (tid = waitpid(-1, &status, __WALL)) > 0 || errno == EINTR;)
        if (tid > 0)
            turn(tid, status);
    shared->over = true;
    _exit(0);
}
