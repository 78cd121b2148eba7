/* meter.h: what a process tree uses, and what it waits in, read from /proc without privilege (proc(5)).
 *
 * CPU is the sum of the processes' CPU clocks (clock_getcpuclockid(3), nanoseconds, all threads), plus what the first
 * process has inherited from children that it reaped (`cutime` and `cstime`, in ticks of 10 ms): METER_CPU_SOURCE names
 * that for the reports. */
#pragma once
#include "harness/child/tree.h"
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#define METER_CPU_SOURCE "CPU clocks of the live processes + cutime of the first"

int64_t meter_cpu_ns(const struct tree *);
/* Context switches of all threads. A voluntary one is a sleep. */
void meter_switches(const struct tree *, int64_t *voluntary, int64_t *involuntary);
int64_t meter_rss(const struct tree *);         /* bytes; pages shared by several processes count for each */
int64_t meter_pss(const struct tree *);         /* bytes; shared pages are divided; -1: this kernel does not tell */
int meter_fds(const struct tree *);
int meter_threads(const struct tree *);
int meter_processes(const struct tree *);       /* zombies included */
int meter_zombies(const struct tree *);
bool meter_all_stopped(const struct tree *);    /* by SIGSTOP, or dead; of a traced one, its tracer knows that */
int meter_signal_queue(const struct tree *);    /* queued signals; the kernel counts them for each user, not process */
bool meter_any_running(const struct tree *);    /* a thread is on a CPU, or waits for one (state R) */
bool meter_is_running(pid_t);                   /* the same of one process, that has one thread */

/* The system call that a thread of the tree is blocked in: "read", "epoll_wait", "accept" ... ; families go under one
 * name (read: recv, recvfrom, readv too). False: no thread is blocked, or it may not be seen. `wanted` and `fd`, its
 * first argument, pick among several threads; NULL and -1 take the first. */
bool meter_blocked_in(const struct tree *, const char *wanted, int fd, const char **name);
/* The descriptor under which a process of the tree holds that socket; -1: none does. */
int meter_fd_of_socket(const struct tree *, uint64_t inode);
/* The events that an epoll instance of the tree was asked to report of that socket, with EPOLLET and EPOLLONESHOT; 0:
 * no instance has it. False: it may not be seen. */
bool meter_watched(const struct tree *, uint64_t inode, uint32_t *events);
