/* What a call is about. Its arguments are numbers; what they point to is read from the program's memory. */
#define _GNU_SOURCE
#include "harness/trace/tracer.h"
#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

/* How many bytes could be read: the program may have given a wrong pointer. */
static size_t peek(const struct task *task, uint64_t at, void *to, size_t size)
{
    struct iovec here = {to, size}, there = {(void *)(uintptr_t)at, size};
    ssize_t n = size > 0 && at ? process_vm_readv(task->tid, &here, 1, &there, 1, 0) : 0;
    return n > 0 ? (size_t)n : 0;
}

/* -- Before ------------------------------------------------------------------------------------------------------ */

static bool is_blocking(const struct trace_event *event)
{
    static const bool can_wait[] = {[FD_UNKNOWN] = true, [FD_SOCKET] = true, [FD_LISTENER] = true,
                                    [FD_CONNECTION] = true, [FD_EVENTFD] = true, [FD_SIGNALFD] = true,
                                    [FD_TIMERFD] = true, [FD_PIPE] = true, [FD_RING] = false};
    bool asked_not_to = (event->number == SYS_recvfrom || event->number == SYS_sendto) && event->args[3] & MSG_DONTWAIT;
    return can_wait[event->who.kind] && !event->who.nonblocking && !asked_not_to;
}

static bool sleep_may_block(const struct trace_event *event)
{
    if (event->number == SYS_wait4)
        return !(event->args[2] & WNOHANG);
    if (event->number == SYS_waitid)
        return !(event->args[3] & WNOHANG);
    int operation = (int)event->args[1] & FUTEX_CMD_MASK;
    return event->number != SYS_futex || operation == FUTEX_WAIT || operation == FUTEX_WAIT_BITSET ||
           operation == FUTEX_LOCK_PI;
}

static bool may_block(const struct trace_event *event)
{
    switch (call_shape(event->number)) {
    case CALL_READ: case CALL_READ_PARTS: case CALL_WRITE: case CALL_WRITE_PARTS: case CALL_ACCEPT:
        return is_blocking(event);
    case CALL_EPOLL_WAIT: return event->args[3] != 0;
    case CALL_POLL: return event->number == SYS_ppoll || event->args[2] != 0;
    case CALL_SELECT: case CALL_SIGWAIT: return true;
    case CALL_RING: return event->args[2] > 0;
    case CALL_SLEEP: return sleep_may_block(event);
    default: return false;
    }
}

static int fd_of(const struct trace_event *event)
{
    switch (call_shape(event->number)) {
    case CALL_PLAIN: case CALL_SOCKET: case CALL_OPEN: case CALL_PIPE: case CALL_CLOSE_RANGE: case CALL_POLL:
    case CALL_SELECT: case CALL_SIGWAIT: case CALL_BIRTH: case CALL_SLEEP:
        return -1;
    case CALL_EPOLL_CTL: return (int)event->args[2];
    default: return (int)event->args[0];
    }
}

/* What the kernel leaves of it afterwards is not sure. */
static void read_extra(struct task *task)
{
    struct trace_event *event = &task->event;
    struct epoll_event interest = {0};
    task->extra = 0;
    if (call_shape(event->number) == CALL_EPOLL_CTL && peek(task, event->args[3], &interest, sizeof interest)) {
        task->extra = interest.data.u64;
        event->wanted = interest.events;
    } else if (event->number == SYS_clone) {
        task->extra = event->args[0];
#ifdef SYS_clone3
    } else if (event->number == SYS_clone3) {
        peek(task, event->args[0], &task->extra, sizeof task->extra);       /* struct clone_args begins with flags */
#endif
    }
}

/* Up to the end of its page, and then the rest: what lies behind may not be the program's to read. */
static void read_path(struct task *task)
{
    enum { PAGE = 4096 };
    struct trace_event *event = &task->event;
    int which = call_path_at(event->number);
    if (which < 0)
        return;
    size_t most = sizeof event->path - 1, in_page = PAGE - event->args[which] % PAGE;
    size_t first = in_page < most ? in_page : most;
    if (peek(task, event->args[which], event->path, first) == first && strlen(event->path) == first)
        peek(task, event->args[which] + first, event->path + first, most - first);
}

void look_at_entry(struct task *task)
{
    struct trace_event *event = &task->event;
    event->fd = fd_of(event);
    event->who = fds_who(task->fds, event->fd);
    event->may_block = may_block(event);
    event->in_handler = task->handlers > 0;
    read_extra(task);
    read_path(task);
}

/* -- Descriptors that come and go -------------------------------------------------------------------------------- */

static int connections, instances;

/* The client's port, by a copy of the connection of our own: a moment, in which nobody can close it
 * (pidfd_getfd(2)). */
static uint16_t port_of_peer(pid_t pid, int fd)
{
    struct sockaddr_in peer = {.sin_port = 0};
#ifdef SYS_pidfd_getfd
    socklen_t size = sizeof peer;
    int process = (int)syscall(SYS_pidfd_open, pid, 0);
    int copy = process < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, process, fd, 0);
    if (copy >= 0 && (getpeername(copy, (struct sockaddr *)&peer, &size) < 0 || peer.sin_family != AF_INET))
        peer.sin_port = 0;
    if (copy >= 0)
        close(copy);
    if (process >= 0)
        close(process);
#else
    (void)pid;
    (void)fd;
#endif
    return ntohs(peer.sin_port);
}

static void accepted(struct task *task)
{
    struct trace_event *event = &task->event;
    uint64_t flags = event->number == SYS_accept4 ? event->args[3] : 0;
    int fd = (int)event->result;
    event->made = (struct fd_who){.kind = FD_CONNECTION, .number = ++connections,
                                  .nonblocking = flags & SOCK_NONBLOCK, .port = port_of_peer(task->pid, fd)};
    fds_open(task->fds, fd, event->made, flags & SOCK_CLOEXEC);
}

static void opened(struct task *task)
{
    static const struct { long number; enum fd_kind kind; int flags_at; } openers[] = {
        {SYS_openat, FD_FILE, 2}, {SYS_epoll_create1, FD_EPOLL, 0}, {SYS_eventfd2, FD_EVENTFD, 1},
        {SYS_signalfd4, FD_SIGNALFD, 3}, {SYS_timerfd_create, FD_TIMERFD, 1}, {SYS_memfd_create, FD_MEMORY, -1},
        {SYS_io_uring_setup, FD_RING, -1}, {SYS_socket, FD_SOCKET, 1},
#ifdef SYS_pidfd_open
        {SYS_pidfd_open, FD_PIDFD, -1},
#endif
#ifdef SYS_open
        {SYS_open, FD_FILE, 1}, {SYS_creat, FD_FILE, -1}, {SYS_epoll_create, FD_EPOLL, -1},
        {SYS_eventfd, FD_EVENTFD, -1}, {SYS_signalfd, FD_SIGNALFD, -1},
#endif
    };
    struct trace_event *event = &task->event;
    for (size_t i = 0; i < sizeof openers / sizeof *openers; i++)
        if (openers[i].number == event->number) {
            uint64_t flags = openers[i].flags_at < 0 ? 0 : event->args[openers[i].flags_at];
            bool own_flags = openers[i].kind == FD_PIDFD || openers[i].kind == FD_RING;     /* set by the kernel */
            event->made = (struct fd_who){.kind = (uint8_t)openers[i].kind, .nonblocking = flags & O_NONBLOCK};
            if (openers[i].kind == FD_EPOLL)
                event->made.number = ++instances;
            fds_open(task->fds, (int)event->result, event->made, own_flags || flags & O_CLOEXEC);
        }
}

static void opened_pair(struct task *task)
{
    bool sockets = task->event.number == SYS_socketpair;
    int pair[2];
    uint64_t flags = task->event.number == SYS_pipe2 || sockets ? task->event.args[1] : 0;
    if (peek(task, task->event.args[sockets ? 3 : 0], pair, sizeof pair) != sizeof pair)
        return;
    for (int i = 0; i < 2; i++)
        fds_open(task->fds, pair[i], (struct fd_who){.kind = sockets ? FD_SOCKET : FD_PIPE,
                                                     .nonblocking = flags & O_NONBLOCK}, flags & O_CLOEXEC);
}

static void set_by_fcntl(struct task *task)
{
    const struct trace_event *event = &task->event;
    switch (event->args[1]) {
    case F_SETFL: fds_set_nonblocking(task->fds, event->fd, event->args[2] & O_NONBLOCK); break;
    case F_SETFD: fds_set_close_on_exec(task->fds, event->fd, event->args[2] & FD_CLOEXEC); break;
    case F_DUPFD: fds_dup(task->fds, event->fd, (int)event->result, false); break;
    case F_DUPFD_CLOEXEC: fds_dup(task->fds, event->fd, (int)event->result, true); break;
    }
}

static void set_by_ioctl(struct task *task)
{
    int on = 0;
    if (task->event.args[1] == FIONBIO && peek(task, task->event.args[2], &on, sizeof on))
        fds_set_nonblocking(task->fds, task->event.fd, on != 0);
}

static void watched(struct task *task)
{
    const struct trace_event *event = &task->event;
    if (event->args[1] == EPOLL_CTL_DEL)
        fds_unwatch(task->fds, (int)event->args[0], event->fd);
    else
        fds_watch(task->fds, (int)event->args[0], event->fd, task->extra);
}

static void closed_range(struct task *task)
{
    const struct trace_event *event = &task->event;
    for (uint64_t fd = event->args[0]; event->args[2] & 4 && fd <= event->args[1] && fd < 65536; fd++)
        fds_set_close_on_exec(task->fds, (int)fd, true);        /* CLOSE_RANGE_CLOEXEC */
    if (!(event->args[2] & 4))
        fds_close_range(task->fds, (unsigned)event->args[0], (unsigned)event->args[1]);
}

static void keep_books(struct task *task)
{
    struct trace_event *event = &task->event;
    switch (call_shape(event->number)) {
    case CALL_ACCEPT: accepted(task); break;
    case CALL_OPEN: case CALL_SOCKET: opened(task); break;
    case CALL_PIPE: opened_pair(task); break;
    case CALL_LISTEN: fds_become(task->fds, event->fd, FD_LISTENER); break;
    case CALL_CLOSE: fds_close(task->fds, event->fd); break;
    case CALL_CLOSE_RANGE: closed_range(task); break;
    case CALL_DUP: fds_dup(task->fds, event->fd, (int)event->result, false); break;
    case CALL_DUP_TO:
        fds_dup(task->fds, event->fd, (int)event->result, event->number == SYS_dup3 && event->args[2] & O_CLOEXEC);
        break;
    case CALL_FCNTL: set_by_fcntl(task); break;
    case CALL_IOCTL: set_by_ioctl(task); break;
    case CALL_EPOLL_CTL: watched(task); break;
    default: break;
    }
}

/* -- Who is ready ------------------------------------------------------------------------------------------------ */

static void add_ready(struct trace_event *event, struct fd_who who, int fd, uint32_t events)
{
    if (event->ready_count < TRACE_READY)
        event->ready[event->ready_count] = (struct trace_ready){who, fd, events};
    event->ready_count++;
}

static void look_at_epoll(struct task *task)
{
    enum { MOST = 64 };
    struct trace_event *event = &task->event;
    struct epoll_event ready[MOST];
    size_t count = event->result < MOST ? (size_t)event->result : MOST;
    count = peek(task, event->args[1], ready, count * sizeof *ready) / sizeof *ready;
    for (size_t i = 0; i < count; i++) {
        struct fd_who who = {.kind = FD_UNKNOWN};
        int fd = fds_watched(task->fds, (int)event->args[0], ready[i].data.u64, &who);
        add_ready(event, who, fd >= 0 ? fd : ready[i].data.fd, ready[i].events);
    }
    event->ready_count = (int)event->result;
}

static void look_at_poll(struct task *task)
{
    enum { MOST = 8192 };
    static struct pollfd polled[MOST];
    struct trace_event *event = &task->event;
    size_t count = event->args[1] < MOST ? (size_t)event->args[1] : MOST;
    count = peek(task, event->args[0], polled, count * sizeof *polled) / sizeof *polled;
    for (size_t i = 0; i < count; i++)
        if (polled[i].revents)
            add_ready(event, fds_who(task->fds, polled[i].fd), polled[i].fd, (uint16_t)polled[i].revents);
}

static void look_at_select(struct task *task)
{
    static const uint32_t means[] = {POLLIN, POLLOUT, POLLPRI};
    struct trace_event *event = &task->event;
    fd_set sets[3];
    int count = event->args[0] < FD_SETSIZE ? (int)event->args[0] : FD_SETSIZE;
    for (int i = 0; i < 3; i++) {
        FD_ZERO(&sets[i]);
        peek(task, event->args[i + 1], &sets[i], (size_t)(count + 63) / 64 * 8);    /* the kernel counts in longs */
    }
    for (int fd = 0; fd < count; fd++) {
        uint32_t events = 0;
        for (int i = 0; i < 3; i++)
            events |= FD_ISSET(fd, &sets[i]) ? means[i] : 0;
        if (events)
            add_ready(event, fds_who(task->fds, fd), fd, events);
    }
}

/* A positive code is the kernel's word on a descriptor (sigaction(2), "SIGIO/SIGPOLL"). */
void look_at_signal(const struct fds *fds, const void *siginfo, struct trace_event *event)
{
    const siginfo_t *info = siginfo;
    bool names_fd = info->si_code >= POLL_IN && info->si_code <= POLL_HUP &&
                    (info->si_signo == SIGIO || info->si_signo >= SIGRTMIN);
    event->signal_number = info->si_signo;
    event->signal_code = info->si_code;
    if (names_fd)
        add_ready(event, fds_who(fds, info->si_fd), info->si_fd, (uint32_t)info->si_band);
    else if (info->si_code <= 0 && info->si_code != SI_ASYNCIO && info->si_code != SI_TIMER)
        event->other = info->si_pid;
}

static void look_at_taken_signal(struct task *task)
{
    siginfo_t info = {.si_signo = 0};
    if (peek(task, task->event.args[1], &info, sizeof info) == sizeof info)
        look_at_signal(task->fds, &info, &task->event);
    task->event.signal_number = (int)task->event.result;
}

/* -- After ------------------------------------------------------------------------------------------------------- */

static void look_at_bytes(struct task *task)
{
    struct trace_event *event = &task->event;
    size_t count = event->result < TRACE_BYTES ? (size_t)event->result : TRACE_BYTES;
    event->byte_count = (int)peek(task, event->args[1], event->bytes, count);
}

void look_at_return(struct task *task)
{
    struct trace_event *event = &task->event;
    event->waited = event->may_block && event->returned_ns - event->entered_ns >= TRACE_WAIT_US * 1000;
    if (event->error)
        return;
    keep_books(task);
    switch (call_shape(event->number)) {
    case CALL_READ: case CALL_WRITE: look_at_bytes(task); break;
    case CALL_EPOLL_WAIT: look_at_epoll(task); break;
    case CALL_POLL: look_at_poll(task); break;
    case CALL_SELECT: look_at_select(task); break;
    case CALL_SIGWAIT: look_at_taken_signal(task); break;
    default: break;
    }
}

/* -- From /proc -------------------------------------------------------------------------------------------------- */

void look_at_open_descriptors(struct task *task)
{
    char path[64], target[64];
    snprintf(path, sizeof path, "/proc/%d/fd", task->pid);
    DIR *folder = opendir(path);
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "/proc/%d/fd/%.16s", task->pid, entry->d_name);
        ssize_t n = readlink(path, target, sizeof target - 1);
        target[n > 0 ? n : 0] = '\0';
        enum fd_kind kind = strncmp(target, "socket:", 7) == 0 ? FD_SOCKET :
                            strncmp(target, "pipe:", 5) == 0 ? FD_PIPE : FD_FILE;
        fds_open(task->fds, atoi(entry->d_name), (struct fd_who){.kind = (uint8_t)kind}, false);
    }
    if (folder)
        closedir(folder);
}

bool look_is_handled(pid_t tid, int signal_number)
{
    char path[64], line[256];
    unsigned long long caught = 0;
    snprintf(path, sizeof path, "/proc/%d/status", tid);
    FILE *status = fopen(path, "re");
    while (status && fgets(line, sizeof line, status))
        if (sscanf(line, "SigCgt: %llx", &caught) == 1)
            break;
    if (status)
        fclose(status);
    return caught >> (signal_number - 1) & 1;
}
