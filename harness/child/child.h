/* child.h: run any program as a server, watch it, and leave nothing of it behind, whatever it does.
 *
 * The program gets limits and inherited descriptors before it is executed, none but these and no terminal, and files in
 * memory for what it prints. It is ready when it has said so (`ready MODEL ADDRESS:PORT`, the line our servers print)
 * or, a foreign one, when somebody listens on the port that was free before (socket.h tells; never by connecting, which
 * would disturb a server that has one client at a time). Its descendants stay ours even if their parent dies: this
 * process is their subreaper. The end freezes the whole tree, so that nobody can be born meanwhile, kills it and reaps
 * it. (A PID namespace would end them all in one call, but only root may make one, and there the server would be the
 * child of nobody it can see: what a student plays should be what root plays.) */
#pragma once
#include "harness/child/tree.h"
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct child_options {
    char *const *argv;          /* argv[0] is looked up in PATH; "{port}" in a word stands for a free port, and makes
                                   the program a foreign one */
    long nofile, sigpending, nproc;         /* limits, soft and hard; 0: as they are */
    int inherit_first, inherit_last;        /* descriptors that it finds open already; 0: none */
    int cpu;                                /* runs there only; -1: where we run */
    int port;                               /* what {port} stands for; 0: a free one */
    /* If set: done in the child, before all else; async-signal-safe. Returns what failed, with errno, or NULL. */
    const char *(*before_exec)(const void *context);
    const void *context;
};

struct child {
    pid_t pid;
    struct sockaddr_in address;             /* where it listens, once ready */
    bool foreign;                           /* {port} was in its words: it says nothing of being ready */
    char model[32];                         /* as its ready line says; "" for a foreign program */
    bool ended;
    int status;                             /* as waitpid told it, once ended */
    bool asked_to_end;
    int out, err;                           /* what it printed */
};

enum { CHILD_BIRTHS = 256 };                /* a server that has more processes before it is ready forks without end */
enum child_verdict { CHILD_READY, CHILD_ENDED, CHILD_LATE, CHILD_FORKS };

/* False: it could not be started, and `why` says in one line which call failed and what to do. */
bool child_start(struct child *, const struct child_options *, char *why, size_t size);
enum child_verdict child_await_ready(struct child *, int deadline_ms);
bool child_is_ready(struct child *);        /* a foreign one: somebody listens on its port */

bool child_alive(struct child *);           /* of the first process; learns its status when it has ended */
void child_tree(const struct child *, struct tree *);
bool child_tree_above(const struct child *, struct tree *, int most);   /* are there more? It does not count them all */
void child_signal(struct child *, int signal_number);       /* the first process only */
bool child_await_end(struct child *, int deadline_ms);
void child_freeze(struct child *);          /* stops the whole tree, however fast it grows; child_kill may follow */
void child_kill(struct child *);            /* the whole tree, at once; also after it has ended by itself */

/* A child of this process that is no server's, and nothing of one: a tracer, say. 0 ends that. */
void child_spare(pid_t);

/* "0" … "255", "SIGSEGV", or "running". */
const char *child_exit_word(const struct child *);
/* What it printed last, as one line: for a message. Static storage. */
const char *child_last_words(const struct child *);
/* Its last two lines, from their beginning. */
const char *child_last_lines(const struct child *);
/* The last number behind KEY in what it printed; false: none. */
bool child_said(const struct child *, const char *key, double *number);
/* Do these bytes stand in what it printed? Its last 64 KiB are looked at. */
bool child_printed(const struct child *, const char *bytes, size_t n);
