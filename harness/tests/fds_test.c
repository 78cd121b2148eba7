/* Does the tracer know who descriptor 7 is, whatever was copied, closed and opened? Does it say so in plain words? */
#define _GNU_SOURCE
#include "harness/tests/check.h"
#include "harness/trace/calls.h"
#include "harness/trace/fds.h"
#include "harness/trace/trace.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>

static struct fd_who connection(int number) { return (struct fd_who){.kind = FD_CONNECTION, .number = number}; }

static const char *name(const struct fds *fds, int fd)
{
    static char text[32];
    fd_name(fds_who(fds, fd), fd, text, sizeof text);
    return text;
}

static void is(const struct fds *fds, int fd, const char *want)
{
    CHECK(strcmp(name(fds, fd), want) == 0, "descriptor %d is \"%s\", want \"%s\"", fd, name(fds, fd), want);
}

static void test_reuse(void)
{
    struct fds *fds = fds_new();
    is(fds, 5, "fd 5");
    fds_open(fds, 3, (struct fd_who){.kind = FD_SOCKET}, false);
    fds_become(fds, 3, FD_LISTENER);
    fds_open(fds, 5, connection(1), false);
    is(fds, 3, "listener");
    is(fds, 5, "A");
    fds_close(fds, 5);
    is(fds, 5, "fd 5");
    fds_open(fds, 5, connection(2), false);
    is(fds, 5, "B");
    fds_open(fds, 3, connection(3), false);     /* over an open one: a close was not seen */
    is(fds, 3, "C");
    fds_open(fds, 2000, connection(4), false);
    is(fds, 2000, "D");
    fds_open(fds, -1, connection(5), false);
    fds_open(fds, 1 << 30, connection(5), false);
    is(fds, 1 << 30, "fd 1073741824");
    fds_close_range(fds, 5, 3000);
    is(fds, 2000, "fd 2000");
    is(fds, 3, "C");
    fds_leave(fds);
}

static void test_copies(void)
{
    struct fds *fds = fds_new();
    fds_open(fds, 4, connection(1), true);
    fds_dup(fds, 4, 9, false);
    is(fds, 9, "A");
    fds_set_nonblocking(fds, 9, true);
    CHECK(fds_who(fds, 4).nonblocking, "a copy has the same flags: O_NONBLOCK belongs to the description");
    struct fds *child = fds_copy(fds);
    fds_close(fds, 4);
    fds_close(fds, 9);
    is(fds, 4, "fd 4");
    is(child, 4, "A");
    is(child, 9, "A");
    struct fds *thread = fds_share(child);
    fds_close(thread, 9);
    is(child, 9, "fd 9");
    fds_dup(child, 4, 9, false);
    child = fds_exec(child);
    is(child, 4, "fd 4");
    is(child, 9, "A");
    is(thread, 4, "A");         /* exec has descriptors of its own: the others' stay */
    fds_dup(child, 9, 9, true);
    child = fds_exec(child);
    is(child, 9, "fd 9");
    fds_leave(child);
    fds_leave(thread);
    fds_leave(fds);
}

static void watched(const struct fds *fds, uint64_t data, int want_fd, int want_number)
{
    struct fd_who who = {.number = 0};
    int fd = fds_watched(fds, 3, data, &who);
    CHECK(fd == want_fd && who.number == want_number, "data %d is descriptor %d, connection %d; want %d, %d", (int)data,
          fd, who.number, want_fd, want_number);
}

static void test_interest(void)
{
    struct fds *fds = fds_new();
    fds_open(fds, 3, (struct fd_who){.kind = FD_EPOLL, .number = 1}, false);
    fds_open(fds, 5, connection(1), false);
    fds_open(fds, 6, connection(2), false);
    fds_watch(fds, 3, 5, 500);
    fds_watch(fds, 3, 6, 600);
    watched(fds, 500, 5, 1);
    watched(fds, 600, 6, 2);
    fds_watch(fds, 3, 5, 501);                  /* EPOLL_CTL_MOD */
    watched(fds, 501, 5, 1);
    watched(fds, 500, -1, 0);
    fds_unwatch(fds, 3, 6);
    watched(fds, 600, -1, 0);
    fds_dup(fds, 5, 7, false);
    fds_close(fds, 5);
    watched(fds, 501, 5, 1);                    /* a copy is open: it goes on to report (epoll(7), question 6) */
    fds_close(fds, 7);
    watched(fds, 501, -1, 0);
    fds_watch(fds, 3, 8, 800);                  /* a descriptor that nobody saw coming */
    watched(fds, 800, 8, 0);
    fds_leave(fds);
}

static void test_letters(void)
{
    static const struct { int number; const char *want; } cases[] = {
        {1, "A"}, {26, "Z"}, {27, "AA"}, {52, "AZ"}, {53, "BA"}, {702, "ZZ"}, {703, "AAA"}, {0, ""}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[8];
        fd_letters(cases[i].number, text, sizeof text);
        CHECK(strcmp(text, cases[i].want) == 0, "%d is %s, want %s", cases[i].number, text, cases[i].want);
    }
}

/* -- Words ------------------------------------------------------------------------------------------------------- */

static void says(struct trace_event event, const char *want)
{
    char text[200];
    if (event.kind == TRACE_CALL && event.returned_ns == 0)
        event.returned_ns = 1;
    trace_describe(&event, text, sizeof text);
    CHECK(strcmp(text, want) == 0, "\"%s\", want \"%s\"", text, want);
}

static void test_calls_in_words(void)
{
    const struct fd_who a = connection(1), listener = {.kind = FD_LISTENER};
    says((struct trace_event){.number = SYS_read, .fd = 5, .who = a, .result = 6, .byte_count = 6, .bytes = "hello\n"},
         "read A: 6 bytes \"hello\\n\"");
    says((struct trace_event){.number = SYS_read, .fd = 5, .who = a, .result = 99, .byte_count = 3, .bytes = "a\"\xff"},
         "read A: 99 bytes \"a\\\"\\xff\"...");
    says((struct trace_event){.number = SYS_recvfrom, .fd = 5, .who = a}, "recvfrom A: the end");
    says((struct trace_event){.number = SYS_read, .fd = 5, .who = a, .result = -1, .error = EAGAIN},
         "read A: nothing there (EAGAIN)");
    says((struct trace_event){.number = SYS_write, .fd = 5, .who = a, .result = -1, .error = EAGAIN},
         "write A: no room (EAGAIN)");
    says((struct trace_event){.number = SYS_read, .fd = 5, .who = a, .result = -1, .error = ECONNRESET},
         "read A: Connection reset by peer (ECONNRESET)");
    says((struct trace_event){.number = SYS_accept4, .fd = 3, .who = listener, .made = a, .result = 5},
         "accept4 listener: A comes, as fd 5");
    says((struct trace_event){.number = SYS_ppoll, .fd = -1, .result = 2, .ready_count = 2,
                              .ready = {{listener, 3, POLLIN}, {a, 5, POLLIN | POLLHUP}}},
         "poll: listener in; A in, hangup");
    says((struct trace_event){.number = SYS_ppoll, .fd = -1}, "poll: nobody is ready");
    says((struct trace_event){.number = SYS_epoll_pwait, .fd = 3, .result = 20, .ready_count = 20,
                              .ready = {{a, 5, 1}, {a, 5, 1}, {a, 5, 1}, {a, 5, 1}, {a, 5, 1}, {a, 5, 1}, {a, 5, 1},
                                        {a, 5, 1}}},
         "epoll_wait: A in; A in; A in; A in; A in; A in; A in; A in; 12 more");
    says((struct trace_event){.number = SYS_epoll_ctl, .fd = 5, .who = a, .args = {3, EPOLL_CTL_ADD, 5},
                              .wanted = EPOLLIN | EPOLLET},
         "epoll_ctl: add A (in, edge-triggered)");
    says((struct trace_event){.number = SYS_fcntl, .fd = 5, .who = a, .args = {5, F_SETFL, O_NONBLOCK | O_ASYNC}},
         "fcntl A: F_SETFL, does not block, raises signals");
    says((struct trace_event){.number = SYS_rt_sigtimedwait, .fd = -1, .signal_number = SIGRTMIN, .ready_count = 1,
                              .ready = {{a, 5, POLLIN}}},
         "sigwaitinfo: SIGRTMIN for A (in)");
    says((struct trace_event){.number = SYS_close, .fd = 5, .who = a}, "close A");
    says((struct trace_event){.number = 1000, .fd = -1, .result = 3}, "call 1000 = 3");
}

static void test_others_in_words(void)
{
    char text[200];
    struct trace_event stuck = {.number = SYS_accept, .fd = 3, .who = {.kind = FD_LISTENER}, .may_block = true};
    trace_describe(&stuck, text, sizeof text);
    CHECK(strcmp(text, "accept listener: still waits") == 0, "%s", text);
    struct trace_event cut = {.number = SYS_close, .fd = 5, .who = connection(1)};
    trace_describe(&cut, text, sizeof text);
    CHECK(strcmp(text, "close A: not seen to return") == 0, "%s", text);
    struct trace_event last = {.number = SYS_exit_group, .fd = -1};
    trace_describe(&last, text, sizeof text);
    CHECK(strcmp(text, "exit_group: does not return") == 0, "%s", text);
    says((struct trace_event){.kind = TRACE_SIGNAL, .signal_number = SIGTERM, .other = 12, .handled = true},
         "signal SIGTERM from process 12: its handler runs");
    says((struct trace_event){.kind = TRACE_BORN, .other = 7, .is_thread = true}, "a new thread: 7");
    says((struct trace_event){.kind = TRACE_ENDED, .status = 3 << 8}, "ends with 3");
    says((struct trace_event){.kind = TRACE_ENDED, .status = SIGKILL}, "is ended by SIGKILL");
}

static void test_families(void)
{
    CHECK(strcmp(call_name(SYS_read), "read") == 0, "%s", call_name(SYS_read));
    CHECK(strcmp(call_family(SYS_recvfrom), "read") == 0, "%s", call_family(SYS_recvfrom));
    CHECK(strcmp(call_title(SYS_recvfrom), "recvfrom") == 0, "%s", call_title(SYS_recvfrom));
    CHECK(strcmp(call_title(SYS_rt_sigtimedwait), "sigwaitinfo") == 0, "%s", call_title(SYS_rt_sigtimedwait));
    CHECK(strcmp(call_name(CALLS_MOST + 5), "call 1029") == 0, "%s", call_name(CALLS_MOST + 5));
    CHECK(call_is_named("read") && call_is_named("recvfrom") && call_is_named("sigwaitinfo"), "a name is not known");
    CHECK(!call_is_named("raed") && !call_is_named(""), "a name is known that is none");
    CHECK(call_is_of(SYS_readv, "read") && !call_is_of(SYS_readv, "write"), "readv reads");
    CHECK(error_number("EAGAIN") == EAGAIN && error_number("EAGIAN") == 0, "%d", error_number("EAGAIN"));
    CHECK(strcmp(error_name(EMFILE), "EMFILE") == 0, "%s", error_name(EMFILE));
    CHECK(strcmp(error_name(125), "errno 125") == 0, "%s", error_name(125));
    CHECK(call_is_quiet(SYS_mmap) && !call_is_quiet(SYS_read), "memory is not traced, reading is");
}

int main(void)
{
    test_reuse();
    test_copies();
    test_interest();
    test_letters();
    test_calls_in_words();
    test_others_in_words();
    test_families();
    return checks_failed();
}
