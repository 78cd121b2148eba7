/* fds.h: who is descriptor 7? Books on the descriptors of a program, kept from the calls that it makes. Pure.
 *
 * As in the kernel (open(2)), a descriptor is a number that leads to an open file description, and several may lead to
 * the same: after dup, and after fork. What it is, and whether it blocks, belongs to the description; close-on-exec to
 * the number. A connection has a number in the order of acceptance, which nobody else gets after it: 1 is A, 2 is B.
 * A descriptor that came with a message (SCM_RIGHTS) or was opened by io_uring is unknown. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum fd_kind {
    FD_UNKNOWN, FD_FILE, FD_SOCKET, FD_LISTENER, FD_CONNECTION, FD_EPOLL, FD_EVENTFD, FD_SIGNALFD, FD_TIMERFD,
    FD_PIDFD, FD_PIPE, FD_MEMORY, FD_RING
};

struct fd_who {
    uint8_t kind;           /* enum fd_kind */
    bool nonblocking;
    uint16_t port;          /* of a connection: its client's, 0 where it is not known */
    int number;             /* of a connection: which, from 1; of an epoll instance too */
};

struct fds;                 /* the descriptors of a process: its threads share them */

struct fds *fds_new(void);
struct fds *fds_share(struct fds *);        /* one more user of the same descriptors (CLONE_FILES) */
struct fds *fds_copy(const struct fds *);   /* as fork does */
void fds_leave(struct fds *);               /* a user less; with the last one all are closed */
/* What exec does: descriptors of its own from now on, and close-on-exec ones are closed. */
struct fds *fds_exec(struct fds *);

void fds_open(struct fds *, int fd, struct fd_who, bool close_on_exec);
void fds_dup(struct fds *, int from, int to, bool close_on_exec);
void fds_close(struct fds *, int fd);
void fds_close_range(struct fds *, unsigned first, unsigned last);
void fds_set_close_on_exec(struct fds *, int fd, bool);
void fds_set_nonblocking(struct fds *, int fd, bool);
void fds_become(struct fds *, int fd, enum fd_kind);            /* a socket becomes a listener */
struct fd_who fds_who(const struct fds *, int fd);

/* The interest list of an epoll instance: events name not the descriptor, but `data`. */
void fds_watch(struct fds *, int epoll, int fd, uint64_t data);
void fds_unwatch(struct fds *, int epoll, int fd);
/* Whose data it is: returns the descriptor under which it was added, or -1. */
int fds_watched(const struct fds *, int epoll, uint64_t data, struct fd_who *);

/* "A", "listener", "epoll", "fd 7". */
void fd_name(struct fd_who, int fd, char *text, size_t size);
/* "A" ... "Z", "AA" ...: the name of the connection that is the number-th, from 1; unless it has another. */
void fd_letters(int number, char *text, size_t size);
/* Another name for it, from now on: of the client that a scene knows. NULL for all: forget such names. */
void fd_rename(int number, const char *name);
