/* tracer.h: what the parts of the tracing process share. Internal to harness/trace. */
#pragma once
#include "harness/trace/calls.h"
#include "harness/trace/trace.h"
#include <stdatomic.h>

enum { TRACE_EVENTS = 1 << 18, TRACE_EVENTS_OF_RING = 1 << 13, TRACE_TASKS = 1024 };

/* A call that may block, and has not returned. `since_ns` says whether the rest may be believed: 0 while it changes. */
struct under_way { atomic_int_fast64_t since_ns; struct trace_event event; };

/* Written by the tracer, read by the process that started it. Memory is used only as far as there are events. */
struct trace_shared {
    atomic_int_fast64_t count, lost;        /* events that are complete; and those for which there was no room */
    atomic_int tasks, stopped;              /* that are traced; and those of them that a signal has stopped */
    atomic_bool over;
    atomic_int denied;                      /* errno of what is denied; 0: nothing is */
    atomic_int under_way_count;             /* no more of these were ever used */
    struct under_way under_way[TRACE_TASKS];
    int64_t room;                           /* for events: a power of two */
    atomic_int_fast64_t forgotten;          /* so many of the first events may be written over */
    struct trace_event events[TRACE_EVENTS];
};

/* A thread that is traced. */
struct task {
    pid_t tid, pid;
    struct fds *fds;
    bool waits_for_parent;  /* it has stopped for the first time, and nobody has said yet whose child it is */
    bool stopped;           /* by a signal such as SIGSTOP */
    bool in_call, interrupted;              /* interrupted: the kernel may begin the call anew */
    int handlers;           /* signal handlers that it is in */
    int place;              /* of its calls in under_way, from 1; 0: it has none yet */
    uint64_t extra;         /* of the call: flags of clone, data of epoll_ctl */
    struct trace_event event;               /* the call that it is in */
    struct task *next;
};

struct task *task_find(pid_t tid);
struct task *task_add(pid_t tid, pid_t pid);
void task_remove(struct task *);
/* Any task that waits for its parent; NULL: there is none. */
struct task *task_orphan(void);
/* exec by a thread that was not the first: it takes the place, and the number, of its process. */
struct task *task_take_first_place(struct task *, pid_t former);

/* What a call is about: from its arguments, and from its result, which the books on descriptors then know, too. */
void look_at_entry(struct task *);
void look_at_return(struct task *);
void look_at_open_descriptors(struct task *);
void look_at_signal(const struct fds *, const void *siginfo, struct trace_event *);
bool look_is_handled(pid_t tid, int signal_number);

/* The tracing process: traces who asks for it at the other end of `door`, until all have ended. */
_Noreturn void tracer_run(struct trace_shared *, int door);

/* Stops the calls of this process, and of all that descend from it, at their tracer. False: errno says why not. */
bool filter_install(void);
