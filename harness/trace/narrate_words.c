/* What happened, in the words of somebody who tells it to a class. */
#define _GNU_SOURCE
#include "harness/trace/calls.h"
#include "harness/trace/narrate.h"
#include "harness/trace/say.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>

/* -- Quantities -------------------------------------------------------------------------------------------------- */

void narrate_duration(int64_t ns, char *text, size_t size)
{
    double ms = (double)ns / 1e6;
    if (ms < 9.95)
        snprintf(text, size, "%.1f ms", ms);
    else if (ms < 999.5)
        snprintf(text, size, "%.0f ms", ms);
    else
        snprintf(text, size, ms < 99950 ? "%.1f s" : "%.0f s", ms / 1e3);
}

void narrate_number(int64_t n, char *text, size_t size)
{
    struct line line = {text, size};
    text[0] = '\0';
    int64_t group = 1;
    while (n / group >= 1000)
        group *= 1000;
    say(&line, "%lld", (long long)(n / group));
    for (; group > 1; group /= 1000)
        say(&line, ",%03lld", (long long)(n % group / (group / 1000)));
}

/* -- Who is ready ------------------------------------------------------------------------------------------------ */

/* "data", "data and room", "data, room and an error". */
static void say_list(struct line *line, const char *const *words, int count)
{
    for (int i = 0; i < count; i++)
        say(line, "%s%s", i == 0 ? "" : i == count - 1 ? " and " : ", ", words[i]);
}

/* "A has data and room", "the listener has a client", "A has hung up". */
static void say_one_ready(struct line *line, const struct trace_ready *ready)
{
    bool door = ready->who.kind == FD_LISTENER;
    const struct { uint32_t bit; const char *words; } known[] = {
        {POLLIN, door ? "a client" : "data"}, {POLLOUT, "room"}, {POLLPRI, "an urgent byte"}, {POLLERR, "an error"},
        {POLLRDHUP, "its last word said"}, {POLLHUP, "hung up"}};
    const char *has[sizeof known / sizeof *known];
    int count = 0;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (ready->events & known[i].bit)
            has[count++] = known[i].words;
    say(line, door ? "the " : "");
    say_fd(line, ready->who, ready->fd);
    if (door && ready->events & POLLHUP) {
        say(line, " is shut");
        return;
    }
    say(line, ready->events & POLLNVAL ? " is not open" : " has ");
    say_list(line, has, count);
}

static void say_who_is_ready(struct line *line, const struct trace_event *event)
{
    int told = event->ready_count < TRACE_READY ? event->ready_count : TRACE_READY;
    for (int i = 0; i < told; i++) {
        say(line, i > 0 ? "; " : "");
        say_one_ready(line, &event->ready[i]);
    }
    if (event->ready_count > told)
        say(line, "; %d more", event->ready_count - told);
    if (event->result == 0)
        say(line, "nobody has anything");
}

static void say_why_signal(struct line *line, const struct trace_event *event)
{
    say_signal(line, event->signal_number);
    if (event->ready_count > 0) {
        say(line, ": ");
        say_one_ready(line, &event->ready[0]);
    } else if (event->signal_code == SI_ASYNCIO) {
        say(line, ": what was asked for is done");
    } else if (event->other > 0) {
        say(line, " from process %d", event->other);
    }
}

/* -- Calls ------------------------------------------------------------------------------------------------------- */

static bool is_read(const struct trace_event *event)
{
    return call_shape(event->number) == CALL_READ || call_shape(event->number) == CALL_READ_PARTS;
}

static const char *words_of_eagain(const struct trace_event *event, bool again)
{
    if (is_read(event))
        return again ? "nothing left" : "nothing there";
    switch (call_shape(event->number)) {
    case CALL_WRITE: case CALL_WRITE_PARTS: return "no room left";
    case CALL_ACCEPT: return again ? "nobody else there" : "nobody there";
    case CALL_SIGWAIT: return "no signal there";
    default: return "not now";
    }
}

/* glibc's asynchronous I/O tries pread64, as a file would have it, and then reads as everybody does. */
static void say_failure(struct line *line, const struct trace_event *event, bool again)
{
    const char *name = error_name(event->error);
    if (event->error == EAGAIN)
        say(line, "%s (EAGAIN)", words_of_eagain(event, again));
    else if (event->error == EINVAL && call_shape(event->number) == CALL_ACCEPT)
        say(line, "the listener is shut (EINVAL)");
    else if (event->error == EINTR)
        say(line, "a signal came between (EINTR)");
    else if (event->error == ESPIPE && (event->number == SYS_pread64 || event->number == SYS_pwrite64))
        say(line, "a socket has no position (ESPIPE), says glibc's hidden thread");
    else if (event->error == ECONNRESET || event->error == EPIPE)
        say(line, "it has left without a word (%s)", name);
    else
        say(line, "%s (%s)", strerror(event->error), name);
}

static void say_interest(struct line *line, const struct trace_event *event)
{
    bool in = event->wanted & EPOLLIN, out = event->wanted & EPOLLOUT;
    if (event->args[1] == EPOLL_CTL_DEL) {
        say(line, "no more news of ");
        say_fd(line, event->who, event->fd);
        return;
    }
    say(line, event->args[1] == EPOLL_CTL_ADD ? "wants news of " : "from now on, news of ");
    say_fd(line, event->who, event->fd);
    say(line, ": %s%s%s%s", in ? event->who.kind == FD_LISTENER ? "clients" : "data" : "", in && out ? " and " : "",
        out ? "room" : in ? "" : "errors only", event->wanted & EPOLLET ? ", edge-triggered" : "");
}

static void say_bytes_or_end(struct line *line, const struct trace_event *event)
{
    if (event->result == 0 && is_read(event)) {
        say(line, "it has said its last word (end)");
        return;
    }
    say(line, "%lld byte%s", (long long)event->result, event->result == 1 ? "" : "s");
    if (event->byte_count > 0)
        say_bytes(line, event);
}

static void say_guest(struct line *line, const struct trace_event *event)
{
    say_fd(line, event->made, (int)event->result);
    say(line, " comes");
    if (event->made.port)
        say(line, " from port %d", event->made.port);
}

/* What some calls are for. False: nothing is known. */
static bool say_purpose(struct line *line, const struct trace_event *event)
{
    static const char *const shut[] = {"hears no more", "says no more", "neither hears nor says more"};
    switch (event->number) {
    case SYS_shutdown:
        say(line, "%s", event->who.kind == FD_LISTENER ? "no more clients" :
                        shut[event->args[1] <= SHUT_RDWR ? event->args[1] : 0]);
        break;
#ifdef SYS_alarm
    case SYS_alarm: say(line, event->args[0] > 0 ? "a time limit, of its own" : "no time limit any more"); break;
#endif
    case SYS_rt_sigqueueinfo: say(line, "it is done, says a signal"); break;
    case SYS_wait4:
        if (event->result == 0)
            say(line, "no other has ended");
        else
            say(line, "knows now how process %lld ended", (long long)event->result);
        break;
    default: return false;
    }
    return true;
}

/* False: there is nothing to add to its name. */
static bool say_outcome(struct line *line, const struct trace_event *event, bool again)
{
    if (event->error) {
        say_failure(line, event, again);
        return true;
    }
    switch (call_shape(event->number)) {
    case CALL_READ: case CALL_READ_PARTS: case CALL_WRITE: case CALL_WRITE_PARTS:
        say_bytes_or_end(line, event);
        break;
    case CALL_ACCEPT: say_guest(line, event); break;
    case CALL_EPOLL_WAIT: case CALL_POLL: case CALL_SELECT: say_who_is_ready(line, event); break;
    case CALL_EPOLL_CTL: say_interest(line, event); break;
    case CALL_SIGWAIT: say_why_signal(line, event); break;
    case CALL_RING:
        say(line, event->args[2] > 0 ? "the kernel has done it" : "%d handed to the kernel",
            (int)event->args[1]);
        break;
    default: return say_purpose(line, event);
    }
    return true;
}

static bool names_its_descriptor(const struct trace_event *event)
{
    enum call_shape shape = call_shape(event->number);
    return event->fd >= 0 && shape != CALL_ACCEPT && shape != CALL_EPOLL_CTL && shape != CALL_EPOLL_WAIT &&
           shape != CALL_RING;
}

/* What trace_describe says behind the name, where nothing better is known here. */
static void say_plainly(struct line *line, const struct trace_event *event)
{
    char text[160];
    trace_describe(event, text, sizeof text);
    say(line, "%s", text);
}

static void say_call(struct line *line, const struct trace_event *event, bool waited, bool again)
{
    char outcome[160] = "", duration[24];
    struct line end = {outcome, sizeof outcome};
    bool told = say_outcome(&end, event, again);
    if (!told && !waited) {
        say_plainly(line, event);
        return;
    }
    say(line, "%s", call_title(event->number));
    if (names_its_descriptor(event)) {
        say(line, " ");
        say_fd(line, event->who, event->fd);
    }
    say_path(line, event);
    if (waited) {
        narrate_duration(event->returned_ns - event->entered_ns, duration, sizeof duration);
        say(line, " woke after %s", duration);
    }
    if (told)
        say(line, ": %s", outcome);
}

void narrate_words(const struct trace_event *event, bool waited, bool again, char *text, size_t size)
{
    struct line line = {text, size};
    text[0] = '\0';
    if (event->kind == TRACE_CALL && event->returned_ns) {
        say_call(&line, event, waited, again);
    } else if (event->kind == TRACE_SIGNAL) {
        say(&line, "signal ");
        say_why_signal(&line, event);
        say(&line, event->handled ? "; its handler runs" : "");
    } else {
        say_plainly(&line, event);
    }
}
