/* trace.h: what did a program really do? Every system call of a process, its threads and its descendants, seen by
 * ptrace(2), with who was meant: the listener, A, B, ... in the order of acceptance.
 *
 * A process of its own traces, as only the thread that traces may ask, and as the real parent can so wait for its
 * child as ever. It writes an event for each call into memory shared with this process; to look at them costs no
 * call. The traced program gets a filter (seccomp(2)) before it is executed, so that the calls that nobody asks
 * about (memory, clocks: call_is_quiet) do not stop it. Signals reach it unchanged, it can stop and go on; if the
 * tracer is killed, it is, too, and nothing stays. Traced, all is slower and nobody's times mean anything: take
 * order and number from a trace.
 *
 *     struct trace *trace = trace_start(cpu, why, sizeof why);         in the parent
 *     const char *failed = trace_me(trace);                            in the child, before exec
 *     while ((event = trace_next(trace))) ...                          in the parent, whenever it likes
 *     trace_end(trace);
 */
#pragma once
#include "harness/trace/fds.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum trace_kind {
    TRACE_CALL,             /* a system call has returned, or will not: its task has ended */
    TRACE_SIGNAL,           /* a signal is delivered; one that is taken by sigwaitinfo is no delivery, but that call */
    TRACE_BORN,             /* `other` is a new process or thread */
    TRACE_EXEC, TRACE_STOPPED, TRACE_CONTINUED,
    TRACE_ENDED,            /* with `status`, as waitpid(2) tells it */
};

enum { TRACE_BYTES = 24, TRACE_READY = 8, TRACE_PATH = 64 };

/* Who is ready, as poll, select, epoll_wait or a signal say it; events in the bits of poll(2). */
struct trace_ready { struct fd_who who; int fd; uint32_t events; };

struct trace_event {
    enum trace_kind kind;
    pid_t pid, tid;                         /* the process, and which of its threads */
    int64_t entered_ns, returned_ns;        /* of CLOCK_MONOTONIC; returned_ns is 0: it never came back */
    long number;                            /* of the call: calls.h has its name */
    uint64_t args[6];
    int64_t result;                         /* as the program saw it; -1 if it failed, with */
    int error;                              /* its errno; 0 */
    int fd;                                 /* the descriptor that it is about; -1: none */
    struct fd_who who;                      /* who that is, before the call */
    struct fd_who made;                     /* what the descriptor is that it returned: of accept, the connection */
    bool may_block, waited;                 /* waited: it may block, and took longer than tracing alone can take */
    bool in_handler;                        /* made while a signal handler runs */
    int byte_count;                         /* the first ones that were read or written */
    unsigned char bytes[TRACE_BYTES];
    char path[TRACE_PATH];                  /* of the file that it names, cut off if it is longer; "" */
    int ready_count;                        /* how many are ready; the first TRACE_READY are told */
    struct trace_ready ready[TRACE_READY];
    uint32_t wanted;                        /* of epoll_ctl: the events asked for */
    int signal_number, signal_code;         /* of a delivery, and of sigwaitinfo (sigaction(2): si_signo, si_code) */
    bool handled;                           /* the program has a handler for it */
    pid_t other;
    bool is_thread;                         /* the new one shares the memory and descriptors of `pid` */
    int status;
};

enum { TRACE_WAIT_US = 100 };               /* below that, waiting cannot be told from being traced */

struct trace;

/* The tracer runs on that CPU, as the traced should: on two it takes ten times as long; -1: anywhere. The best is the
 * last one that we may use, as most else begins with the first. NULL: it could
 * not be started, and `why` says so. */
int trace_best_cpu(void);
struct trace *trace_start(int cpu, char *why, size_t size);
pid_t trace_pid(const struct trace *);      /* the tracer, a child of this process */

/* In the child, between fork and exec: async-signal-safe. NULL: it is traced from exec on, and its environment forbids
 * LeakSanitizer, which cannot work then. Else what failed, errno set. */
const char *trace_me(const struct trace *);
/* If nothing could be traced because it is denied here: why, and the way out; else NULL. Static storage. */
const char *trace_denied(const struct trace *);
/* Tries it. False: `why` says why it cannot be done here. */
bool trace_is_possible(char *why, size_t size);

/* The next event that nobody has seen yet, in the order in which they happened; NULL: there is none for now. */
const struct trace_event *trace_next(struct trace *);
bool trace_is_over(const struct trace *);   /* every process that was traced has ended */
/* Before anything is traced: an event is forgotten as soon as the next one is asked for. For who watches for long:
 * there is always room for what comes, unless 8,192 are waiting to be seen. Positions (below) are not known then. */
void trace_forget(struct trace *);
/* Calls that may block and have not returned, one for each task that is in one; returns how many. */
int trace_under_way(const struct trace *, struct trace_event *calls, int most);
/* Every task that is traced has been stopped, by SIGSTOP, say. (For who looks from outside, state t in proc(5) may be
 * that, or any call.) */
bool trace_all_stopped(const struct trace *);
int64_t trace_lost(const struct trace *);   /* events for which there was no more room */

/* How many calls of that family (calls.h) have returned since a position, that of an earlier moment (0: the beginning):
 * with that errno, 0: successfully, -1: all. And how many bytes such calls have read or written. -1: events were lost,
 * and it is not known any more. */
int64_t trace_position(const struct trace *);
int64_t trace_count_since(const struct trace *, int64_t position, const char *family, int error, bool in_handler);
int64_t trace_bytes_since(const struct trace *, int64_t position, const char *family, bool in_handler);

/* What is still traced is killed. */
void trace_end(struct trace *);

/* -- In words (pure) --------------------------------------------------------------------------------------------- */

/* "read A: 6 bytes "hello\n"", "poll: A can be read", "signal SIGRTMIN for A". */
void trace_describe(const struct trace_event *, char *text, size_t size);
