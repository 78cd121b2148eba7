/* An event in one line of plain words. Pure. */
#define _GNU_SOURCE
#include "harness/trace/calls.h"
#include "harness/trace/say.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static void say_events(struct line *line, uint32_t events)
{
    static const struct { uint32_t bit; const char *name; } bits[] = {
        {POLLIN, "in"}, {POLLPRI, "urgent"}, {POLLOUT, "out"}, {POLLERR, "error"}, {POLLHUP, "hangup"},
        {POLLRDHUP, "half-closed"}, {POLLNVAL, "not open"}, {EPOLLET, "edge-triggered"}, {EPOLLONESHOT, "once"},
        {EPOLLEXCLUSIVE, "exclusive"}};
    const char *before = "";
    for (size_t i = 0; i < sizeof bits / sizeof *bits; i++)
        if (events & bits[i].bit) {
            say(line, "%s%s", before, bits[i].name);
            before = ", ";
        }
}

/* -- Calls ------------------------------------------------------------------------------------------------------- */

static void say_failure(struct line *line, const struct trace_event *event)
{
    enum call_shape shape = call_shape(event->number);
    if (event->error == EINTR)
        say(line, ": a signal came between (EINTR)");
    else if (event->error == EAGAIN && (shape == CALL_READ || shape == CALL_READ_PARTS))
        say(line, ": nothing there (EAGAIN)");
    else if (event->error == EAGAIN && (shape == CALL_WRITE || shape == CALL_WRITE_PARTS))
        say(line, ": no room (EAGAIN)");
    else if (event->error == EAGAIN && shape == CALL_ACCEPT)
        say(line, ": nobody there (EAGAIN)");
    else if (event->error == EAGAIN && shape == CALL_SIGWAIT)
        say(line, ": no signal there (EAGAIN)");
    else
        say(line, ": %s (%s)", strerror(event->error), error_name(event->error));
}

/* Who is ready for what: "A in; B in, out; 3 more". */
static void say_ready(struct line *line, const struct trace_event *event)
{
    int told = event->ready_count < TRACE_READY ? event->ready_count : TRACE_READY;
    say(line, event->result > 0 ? ": " : ": nobody is ready");
    for (int i = 0; i < told; i++) {
        say(line, i > 0 ? "; " : "");
        say_fd(line, event->ready[i].who, event->ready[i].fd);
        say(line, " ");
        say_events(line, event->ready[i].events);
    }
    if (event->result > 0 && event->ready_count > told)
        say(line, "; %d more", event->ready_count - told);
}

/* Whom the signal names, and whether it came from the kernel. */
static void say_cause_of_signal(struct line *line, const struct trace_event *event)
{
    if (event->ready_count > 0) {
        say(line, " for ");
        say_fd(line, event->ready[0].who, event->ready[0].fd);
        say(line, " (");
        say_events(line, event->ready[0].events);
        say(line, ")");
    } else if (event->other > 0) {
        say(line, " from process %d", event->other);
    } else if (event->signal_code == SI_ASYNCIO) {
        say(line, ": an asynchronous request is done");
    }
}

static void say_epoll_ctl(struct line *line, const struct trace_event *event)
{
    static const char *const operations[] = {"?", "add", "remove", "change"};
    uint64_t operation = event->args[1];
    say(line, ": %s ", operations[operation <= EPOLL_CTL_MOD ? operation : 0]);
    say_fd(line, event->who, event->fd);
    if (operation != EPOLL_CTL_DEL) {
        say(line, " (");
        say_events(line, event->wanted);
        say(line, ")");
    }
}

static void say_fcntl(struct line *line, const struct trace_event *event)
{
    int flags = (int)event->args[2];
    switch (event->args[1]) {
    case F_SETFL:
        say(line, ": F_SETFL%s%s", flags & O_NONBLOCK ? ", does not block" : "",
            flags & O_ASYNC ? ", raises signals" : "");
        break;
    case F_SETSIG: say(line, ": F_SETSIG "); say_signal(line, flags); break;
    case F_SETOWN: say(line, ": F_SETOWN %d", flags); break;
    case F_GETFL: say(line, ": F_GETFL"); break;
    case F_DUPFD: case F_DUPFD_CLOEXEC: say(line, ": a copy, fd %d", (int)event->result); break;
    default: say(line, "(%d)", (int)event->args[1]);
    }
}

static void say_success(struct line *line, const struct trace_event *event)
{
    switch (call_shape(event->number)) {
    case CALL_READ: case CALL_READ_PARTS:
        if (event->result == 0) {
            say(line, ": the end");
            break;
        }
        /* fall through */
    case CALL_WRITE: case CALL_WRITE_PARTS:
        say(line, ": %lld byte%s", (long long)event->result, event->result == 1 ? "" : "s");
        if (event->byte_count > 0)
            say_bytes(line, event);
        break;
    case CALL_ACCEPT:
        say(line, ": ");
        say_fd(line, event->made, (int)event->result);
        say(line, " comes, as fd %d", (int)event->result);
        break;
    case CALL_EPOLL_CTL: say_epoll_ctl(line, event); break;
    case CALL_EPOLL_WAIT: case CALL_POLL: case CALL_SELECT: say_ready(line, event); break;
    case CALL_SIGWAIT:
        say(line, ": ");
        say_signal(line, event->signal_number);
        say_cause_of_signal(line, event);
        break;
    case CALL_RING:
        say(line, ": %d handed over", (int)event->args[1]);
        if (event->args[2] > 0)
            say(line, ", and something is done");
        break;
    case CALL_FCNTL: say_fcntl(line, event); break;
    case CALL_BIRTH: say(line, ": %d", (int)event->result); break;
    case CALL_DUP: case CALL_DUP_TO: say(line, ": a copy, fd %d", (int)event->result); break;
    default:
        if (event->result != 0)
            say(line, " = %lld", (long long)event->result);
    }
}

/* It had not come back when the trace ended. Of exit nobody expects that. */
static const char *without_return(const struct trace_event *event)
{
    bool ends = event->number == SYS_exit || event->number == SYS_exit_group;
    return event->may_block ? ": still waits" : ends ? ": does not return" : ": not seen to return";
}

static void describe_call(struct line *line, const struct trace_event *event)
{
    say(line, "%s", call_title(event->number));
    if (event->fd >= 0 && call_shape(event->number) != CALL_EPOLL_CTL && call_shape(event->number) != CALL_EPOLL_WAIT) {
        say(line, " ");
        say_fd(line, event->who, event->fd);
    }
    say_path(line, event);
    if (event->returned_ns == 0)
        say(line, "%s", without_return(event));
    else if (event->error)
        say_failure(line, event);
    else
        say_success(line, event);
}

/* -- The rest ---------------------------------------------------------------------------------------------------- */

void trace_describe(const struct trace_event *event, char *text, size_t size)
{
    struct line line = {text, size};
    text[0] = '\0';
    switch (event->kind) {
    case TRACE_CALL: describe_call(&line, event); break;
    case TRACE_SIGNAL:
        say(&line, "signal ");
        say_signal(&line, event->signal_number);
        say_cause_of_signal(&line, event);
        say(&line, event->handled ? ": its handler runs" : "");
        break;
    case TRACE_BORN: say(&line, "a new %s: %d", event->is_thread ? "thread" : "process", event->other); break;
    case TRACE_EXEC: say(&line, "becomes another program"); break;
    case TRACE_STOPPED: say(&line, "stops: "); say_signal(&line, event->signal_number); break;
    case TRACE_CONTINUED: say(&line, "goes on"); break;
    case TRACE_ENDED:
        if (WIFSIGNALED(event->status)) {
            say(&line, "is ended by ");
            say_signal(&line, WTERMSIG(event->status));
        } else {
            say(&line, "ends with %d", WEXITSTATUS(event->status));
        }
        break;
    }
}
