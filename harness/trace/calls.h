/* calls.h: the system calls by number: what they are called, which belong together, and what their arguments mean.
 * Pure.
 *
 * Names and numbers are those of the system's headers (build/harness/trace/names.h is made of them), so that x86-64
 * and aarch64 need no table each. */
#pragma once
#include <stdbool.h>

/* No call has a higher number, for now and for long. */
enum { CALLS_MOST = 1024 };

/* What the arguments mean, as far as it is looked at. */
enum call_shape {
    CALL_PLAIN,             /* nothing is known of it */
    CALL_OF_FD,             /* the first argument is a descriptor */
    CALL_READ, CALL_WRITE,  /* (fd, bytes, count), and the result is a number of bytes */
    CALL_READ_PARTS, CALL_WRITE_PARTS,      /* the same with an iovec or a msghdr */
    CALL_ACCEPT, CALL_LISTEN, CALL_SOCKET, CALL_OPEN, CALL_PIPE,
    CALL_CLOSE, CALL_CLOSE_RANGE, CALL_DUP, CALL_DUP_TO, CALL_FCNTL, CALL_IOCTL,
    CALL_EPOLL_CTL, CALL_EPOLL_WAIT, CALL_POLL, CALL_SELECT, CALL_SIGWAIT,
    CALL_RING,              /* io_uring_enter(fd, to_submit, min_complete, flags) */
    CALL_BIRTH,             /* fork, vfork, clone, clone3 */
    CALL_SLEEP,             /* it waits, and not for a descriptor: nanosleep, futex, wait4 ... */
};

const char *call_name(long number);         /* "read"; "call 999" (static storage) where the headers have no name */
/* What it does, under the name that books use: read for recvfrom and readv, sigwaitinfo for rt_sigtimedwait; its own
 * name where there is no such family. */
const char *call_family(long number);
/* What to show: its family where only that is known from books (sigwaitinfo, poll for ppoll), else its name. */
const char *call_title(long number);
enum call_shape call_shape(long number);
/* Memory, clocks and names of oneself: so frequent, and so far from waiting, that they are not traced at all. */
bool call_is_quiet(long number);
/* Which of its arguments, from 0, is the path of a file; -1: none is. */
int call_path_at(long number);
/* Is a call, or a family of them, known by that name? */
bool call_is_named(const char *name);
bool call_is_of(long number, const char *name);     /* of that name, or of that family */

const char *error_name(int error);          /* "EAGAIN"; "errno 99" (static storage) */
int error_number(const char *name);         /* 0: no such name */
