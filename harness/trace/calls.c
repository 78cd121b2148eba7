#define _GNU_SOURCE
#include "harness/trace/calls.h"
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

/* -- Names ------------------------------------------------------------------------------------------------------- */

static const char *const names[CALLS_MOST] = {
#include "harness/trace/names.h"
};

static bool has_name(long number) { return number >= 0 && number < CALLS_MOST && names[number]; }

const char *call_name(long number)
{
    static char nameless[32];
    if (has_name(number))
        return names[number];
    snprintf(nameless, sizeof nameless, "call %ld", number);
    return nameless;
}

/* -- What is known of some --------------------------------------------------------------------------------------- */

/* title: the family is also the name to show. */
static const struct known { long number; enum call_shape shape; const char *family; bool title; } table[] = {
#ifdef SYS_open     /* not on aarch64, as the others in such lines */
    {SYS_open, CALL_OPEN, NULL, false}, {SYS_creat, CALL_OPEN, NULL, false}, {SYS_pipe, CALL_PIPE, NULL, false},
    {SYS_dup2, CALL_DUP_TO, NULL, false}, {SYS_epoll_create, CALL_OPEN, NULL, false},
    {SYS_epoll_wait, CALL_EPOLL_WAIT, "epoll_wait", true}, {SYS_poll, CALL_POLL, "poll", true},
    {SYS_select, CALL_SELECT, "select", true}, {SYS_pause, CALL_SLEEP, "pause", true},
    {SYS_fork, CALL_BIRTH, "fork", false}, {SYS_vfork, CALL_BIRTH, "fork", false},
    {SYS_eventfd, CALL_OPEN, NULL, false}, {SYS_signalfd, CALL_OPEN, NULL, false},
#endif
    {SYS_read, CALL_READ, "read", false}, {SYS_recvfrom, CALL_READ, "read", false},
    {SYS_pread64, CALL_READ, "read", false}, {SYS_readv, CALL_READ_PARTS, "read", false},
    {SYS_recvmsg, CALL_READ_PARTS, "read", false},
    {SYS_write, CALL_WRITE, "write", false}, {SYS_sendto, CALL_WRITE, "write", false},
    {SYS_pwrite64, CALL_WRITE, "write", false}, {SYS_writev, CALL_WRITE_PARTS, "write", false},
    {SYS_sendmsg, CALL_WRITE_PARTS, "write", false}, {SYS_sendfile, CALL_WRITE_PARTS, "write", false},
    {SYS_accept, CALL_ACCEPT, "accept", false}, {SYS_accept4, CALL_ACCEPT, "accept", false},
    {SYS_listen, CALL_LISTEN, NULL, false}, {SYS_socket, CALL_SOCKET, NULL, false},
    {SYS_openat, CALL_OPEN, NULL, false}, {SYS_epoll_create1, CALL_OPEN, NULL, false},
    {SYS_eventfd2, CALL_OPEN, NULL, false}, {SYS_signalfd4, CALL_OPEN, NULL, false},
    {SYS_timerfd_create, CALL_OPEN, NULL, false}, {SYS_memfd_create, CALL_OPEN, NULL, false},
#ifdef SYS_pidfd_open
    {SYS_pidfd_open, CALL_OPEN, NULL, false},
#endif
    {SYS_io_uring_setup, CALL_OPEN, NULL, false}, {SYS_pipe2, CALL_PIPE, NULL, false},
    {SYS_socketpair, CALL_PIPE, NULL, false},
    {SYS_close, CALL_CLOSE, NULL, false},
#ifdef SYS_close_range
    {SYS_close_range, CALL_CLOSE_RANGE, NULL, false},
#endif
    {SYS_dup, CALL_DUP, NULL, false}, {SYS_dup3, CALL_DUP_TO, NULL, false}, {SYS_fcntl, CALL_FCNTL, NULL, false},
    {SYS_ioctl, CALL_IOCTL, NULL, false}, {SYS_bind, CALL_OF_FD, NULL, false}, {SYS_connect, CALL_OF_FD, NULL, false},
    {SYS_shutdown, CALL_OF_FD, NULL, false}, {SYS_setsockopt, CALL_OF_FD, NULL, false},
    {SYS_getsockopt, CALL_OF_FD, NULL, false}, {SYS_getsockname, CALL_OF_FD, NULL, false},
    {SYS_getpeername, CALL_OF_FD, NULL, false}, {SYS_fstat, CALL_OF_FD, NULL, false},
    {SYS_lseek, CALL_OF_FD, NULL, false}, {SYS_ftruncate, CALL_OF_FD, NULL, false},
    {SYS_timerfd_settime, CALL_OF_FD, NULL, false}, {SYS_io_uring_register, CALL_OF_FD, NULL, false},
    {SYS_io_uring_enter, CALL_RING, "io_uring_enter", true},
    {SYS_epoll_ctl, CALL_EPOLL_CTL, NULL, false}, {SYS_epoll_pwait, CALL_EPOLL_WAIT, "epoll_wait", true},
#ifdef SYS_epoll_pwait2
    {SYS_epoll_pwait2, CALL_EPOLL_WAIT, "epoll_wait", true},
#endif
    {SYS_ppoll, CALL_POLL, "poll", true}, {SYS_pselect6, CALL_SELECT, "select", true},
    {SYS_rt_sigtimedwait, CALL_SIGWAIT, "sigwaitinfo", true}, {SYS_rt_sigsuspend, CALL_SLEEP, "sigsuspend", true},
    {SYS_wait4, CALL_SLEEP, "wait", false}, {SYS_waitid, CALL_SLEEP, "wait", false},
    {SYS_nanosleep, CALL_SLEEP, "nanosleep", true}, {SYS_clock_nanosleep, CALL_SLEEP, "nanosleep", true},
    {SYS_futex, CALL_SLEEP, "futex", true}, {SYS_clone, CALL_BIRTH, "fork", false},
#ifdef SYS_clone3
    {SYS_clone3, CALL_BIRTH, "fork", false},
#endif
};

/* Asked several times for each call that is traced: so not searched for, but for the first time. */
static const struct known *known(long number)
{
    static const struct known nothing, *of_number[CALLS_MOST];
    if (!of_number[SYS_read])
        for (const struct known *at = table; at < table + sizeof table / sizeof *table; at++)
            of_number[at->number] = at;
    return number >= 0 && number < CALLS_MOST && of_number[number] ? of_number[number] : &nothing;
}

const char *call_family(long number)
{
    const char *family = known(number)->family;
    return family ? family : call_name(number);
}

const char *call_title(long number) { return known(number)->title ? known(number)->family : call_name(number); }

bool call_is_of(long number, const char *name)
{
    return strcmp(call_family(number), name) == 0 || strcmp(call_name(number), name) == 0;
}

bool call_is_named(const char *name)
{
    for (long number = 0; number < CALLS_MOST; number++)
        if (has_name(number) && call_is_of(number, name))
            return true;
    return false;
}

enum call_shape call_shape(long number) { return known(number)->shape; }

int call_path_at(long number)
{
    static const struct { long number; int at; } of_files[] = {
#ifdef SYS_open
        {SYS_open, 0}, {SYS_creat, 0}, {SYS_access, 0}, {SYS_stat, 0}, {SYS_lstat, 0}, {SYS_readlink, 0},
        {SYS_unlink, 0}, {SYS_mkdir, 0}, {SYS_rmdir, 0},
#endif
        {SYS_execve, 0}, {SYS_chdir, 0}, {SYS_openat, 1}, {SYS_newfstatat, 1}, {SYS_faccessat, 1},
        {SYS_readlinkat, 1}, {SYS_unlinkat, 1}, {SYS_mkdirat, 1},
#ifdef SYS_faccessat2
        {SYS_faccessat2, 1},
#endif
    };
    for (size_t i = 0; i < sizeof of_files / sizeof *of_files; i++)
        if (of_files[i].number == number)
            return of_files[i].at;
    return -1;
}

/* -- What is left out -------------------------------------------------------------------------------------------- */

bool call_is_quiet(long number)
{
    static const long quiet[] = {
        SYS_brk, SYS_mmap, SYS_munmap, SYS_mprotect, SYS_mremap, SYS_madvise,
        SYS_clock_gettime, SYS_clock_getres, SYS_gettimeofday,
        SYS_getpid, SYS_getppid, SYS_gettid, SYS_getuid, SYS_geteuid, SYS_getgid, SYS_getegid,
        SYS_sched_yield, SYS_set_tid_address, SYS_set_robust_list, SYS_prlimit64, SYS_getrandom,
#ifdef SYS_arch_prctl
        SYS_arch_prctl, SYS_time,
#endif
#ifdef SYS_rseq
        SYS_rseq,
#endif
    };
    for (unsigned i = 0; i < sizeof quiet / sizeof *quiet; i++)
        if (quiet[i] == number)
            return true;
    return false;
}
