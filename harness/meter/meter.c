#define _GNU_SOURCE
#include "harness/meter/meter.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* -- Files of a process ------------------------------------------------------------------------------------------ */

static FILE *open_of(pid_t pid, const char *file)
{
    char path[128];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, file);
    return fopen(path, "re");
}

/* The number behind `key` at the start of a line; 0 if there is none. */
static long long field(pid_t pid, const char *file, const char *key)
{
    char line[256];
    long long value = 0;
    FILE *status = open_of(pid, file);
    while (status && fgets(line, sizeof line, status))
        if (strncmp(line, key, strlen(key)) == 0) {
            value = strtoll(line + strlen(key), NULL, 10);
            break;
        }
    if (status)
        fclose(status);
    return value;
}

struct stat_line { char state; unsigned long long children_ticks; };

static bool read_stat_line(pid_t pid, const char *path, struct stat_line *stat)
{
    char line[512];
    FILE *file = open_of(pid, path);
    bool read = file && fgets(line, sizeof line, file);
    const char *after_name = read ? strrchr(line, ')') : NULL;     /* the name may hold blanks */
    unsigned long long user = 0, system = 0;
    read = after_name && sscanf(after_name + 1, " %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %llu %llu",
                                &stat->state, &user, &system) == 3;
    stat->children_ticks = user + system;
    if (file)
        fclose(file);
    return read;
}

static bool read_stat(pid_t pid, struct stat_line *stat) { return read_stat_line(pid, "stat", stat); }

static int count_entries(pid_t pid, const char *folder)
{
    char path[64];
    int count = 0;
    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, folder);
    DIR *entries = opendir(path);
    for (struct dirent *entry; entries && (entry = readdir(entries));)
        count += entry->d_name[0] != '.';
    if (entries)
        closedir(entries);
    return count;
}

/* Calls `look` with "task/TID" for each thread of each process, until it returns true. */
static bool each_thread(const struct tree *tree, bool (*look)(pid_t, const char *task, void *), void *context)
{
    bool found = false;
    for (int i = 0; i < tree->count && !found; i++) {
        char path[64], task[64];
        snprintf(path, sizeof path, "/proc/%d/task", (int)tree->pids[i]);
        DIR *threads = opendir(path);
        for (struct dirent *entry; threads && !found && (entry = readdir(threads));)
            if (entry->d_name[0] != '.') {
                snprintf(task, sizeof task, "task/%.16s", entry->d_name);
                found = look(tree->pids[i], task, context);
            }
        if (threads)
            closedir(threads);
    }
    return found;
}

/* -- What it uses ------------------------------------------------------------------------------------------------ */

static int64_t cpu_clock_ns(pid_t pid)
{
    clockid_t clock;
    struct timespec used;
    if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &used) < 0)
        return 0;
    return (int64_t)used.tv_sec * 1000000000 + used.tv_nsec;
}

int64_t meter_cpu_ns(const struct tree *tree)
{
    struct stat_line first;
    int64_t total = 0;
    for (int i = 0; i < tree->count; i++)
        total += cpu_clock_ns(tree->pids[i]);
    if (read_stat(tree->pids[0], &first))
        total += (int64_t)first.children_ticks * (1000000000 / sysconf(_SC_CLK_TCK));
    return total;
}

struct switches { int64_t voluntary, involuntary; };

static bool add_switches(pid_t pid, const char *task, void *context)
{
    struct switches *sum = context;
    char file[80];
    snprintf(file, sizeof file, "%s/status", task);
    sum->voluntary += field(pid, file, "voluntary_ctxt_switches:");
    sum->involuntary += field(pid, file, "nonvoluntary_ctxt_switches:");
    return false;
}

void meter_switches(const struct tree *tree, int64_t *voluntary, int64_t *involuntary)
{
    struct switches sum = {0, 0};
    each_thread(tree, add_switches, &sum);
    *voluntary = sum.voluntary;
    *involuntary = sum.involuntary;
}

int64_t meter_rss(const struct tree *tree)
{
    int64_t pages = 0;
    for (int i = 0; i < tree->count; i++) {
        FILE *statm = open_of(tree->pids[i], "statm");
        long long resident;
        if (statm && fscanf(statm, "%*d %lld", &resident) == 1)
            pages += resident;
        if (statm)
            fclose(statm);
    }
    return pages * sysconf(_SC_PAGESIZE);
}

int64_t meter_pss(const struct tree *tree)
{
    int64_t kib = 0;
    for (int i = 0; i < tree->count; i++)
        kib += field(tree->pids[i], "smaps_rollup", "Pss:");
    return kib > 0 ? kib * 1024 : -1;
}

int meter_fds(const struct tree *tree)
{
    int count = 0;
    for (int i = 0; i < tree->count; i++)
        count += count_entries(tree->pids[i], "fd");
    return count;
}

int meter_threads(const struct tree *tree)
{
    int count = 0;
    for (int i = 0; i < tree->count; i++)
        count += count_entries(tree->pids[i], "task");
    return count;
}

/* How many of the processes are in one of the states. */
static int count_states(const struct tree *tree, const char *states)
{
    struct stat_line stat;
    int count = 0;
    for (int i = 0; i < tree->count; i++)
        count += read_stat(tree->pids[i], &stat) && strchr(states, stat.state);
    return count;
}

int meter_processes(const struct tree *tree) { return count_states(tree, "RSDTtZXIPKW"); }
int meter_zombies(const struct tree *tree) { return count_states(tree, "Z"); }
bool meter_all_stopped(const struct tree *tree) { return count_states(tree, "TZX") == meter_processes(tree); }

int meter_signal_queue(const struct tree *tree)
{
    return tree->count > 0 ? (int)field(tree->pids[0], "status", "SigQ:") : 0;
}

static bool is_running(pid_t pid, const char *task, void *context)
{
    struct stat_line stat;
    char file[80];
    (void)context;
    snprintf(file, sizeof file, "%s/stat", task);
    return read_stat_line(pid, file, &stat) && stat.state == 'R';
}

bool meter_any_running(const struct tree *tree) { return each_thread(tree, is_running, NULL); }

bool meter_is_running(pid_t pid)
{
    struct stat_line stat;
    return read_stat(pid, &stat) && stat.state == 'R';
}

/* -- What it waits in -------------------------------------------------------------------------------------------- */

static const struct { long number; const char *family; } waiting_calls[] = {
#ifdef SYS_poll     /* not on aarch64, as the others in such lines */
    {SYS_poll, "poll"}, {SYS_select, "select"}, {SYS_epoll_wait, "epoll_wait"}, {SYS_pause, "pause"},
#endif
    {SYS_read, "read"}, {SYS_readv, "read"}, {SYS_recvfrom, "read"}, {SYS_recvmsg, "read"},
    {SYS_write, "write"}, {SYS_writev, "write"}, {SYS_sendto, "write"}, {SYS_sendmsg, "write"},
    {SYS_accept, "accept"}, {SYS_accept4, "accept"}, {SYS_ppoll, "poll"}, {SYS_pselect6, "select"},
    {SYS_epoll_pwait, "epoll_wait"},
#ifdef SYS_epoll_pwait2
    {SYS_epoll_pwait2, "epoll_wait"},
#endif
    {SYS_wait4, "wait"}, {SYS_waitid, "wait"}, {SYS_nanosleep, "nanosleep"}, {SYS_clock_nanosleep, "nanosleep"},
    {SYS_rt_sigtimedwait, "sigwaitinfo"}, {SYS_rt_sigsuspend, "sigsuspend"}, {SYS_futex, "futex"},
    {SYS_io_uring_enter, "io_uring_enter"}};

static const char *family_of(long number)
{
    for (size_t i = 0; i < sizeof waiting_calls / sizeof *waiting_calls; i++)
        if (waiting_calls[i].number == number)
            return waiting_calls[i].family;
    return "another call";
}

enum { DESCRIPTORS_MOST = 1 << 20 };    /* an argument above is no descriptor */
struct blocked { const char *wanted, *name; int wanted_fd; };

/* Running, or held by its tracer for a moment at a call, in which it does not wait. */
static bool is_busy(pid_t pid, const char *task)
{
    struct stat_line stat;
    char file[80];
    snprintf(file, sizeof file, "%s/stat", task);
    return read_stat_line(pid, file, &stat) && strchr("Rt", stat.state);
}

static bool look_blocked(pid_t pid, const char *task, void *context)
{
    struct blocked *blocked = context;
    char file[80];
    long number;
    unsigned long long first;
    if (is_busy(pid, task))
        return false;
    snprintf(file, sizeof file, "%s/syscall", task);
    FILE *call = open_of(pid, file);
    int fields = call ? fscanf(call, "%ld %llx", &number, &first) : 0;      /* "running" when it is */
    if (call)
        fclose(call);
    if (fields != 2 || number < 0 || is_busy(pid, task))
        return false;
    blocked->name = family_of(number);
    int fd = first < DESCRIPTORS_MOST ? (int)first : -1;
    return (!blocked->wanted || strcmp(blocked->name, blocked->wanted) == 0) &&
           (blocked->wanted_fd < 0 || blocked->wanted_fd == fd);
}

bool meter_blocked_in(const struct tree *tree, const char *wanted, int fd, const char **name)
{
    struct blocked blocked = {.wanted = wanted, .wanted_fd = fd};
    bool found = each_thread(tree, look_blocked, &blocked);
    *name = found ? blocked.name : "no call";
    return found;
}

static int fd_of_socket_in(pid_t pid, const char *wanted)
{
    char folder[64], path[128], target[64];
    int fd = -1;
    snprintf(folder, sizeof folder, "/proc/%d/fd", (int)pid);
    DIR *entries = opendir(folder);
    for (struct dirent *entry; entries && fd < 0 && (entry = readdir(entries));) {
        snprintf(path, sizeof path, "%s/%.16s", folder, entry->d_name);
        ssize_t n = readlink(path, target, sizeof target - 1);
        target[n > 0 ? n : 0] = '\0';
        if (strcmp(target, wanted) == 0)
            fd = atoi(entry->d_name);
    }
    if (entries)
        closedir(entries);
    return fd;
}

int meter_fd_of_socket(const struct tree *tree, uint64_t inode)
{
    char wanted[64];
    int fd = -1;
    snprintf(wanted, sizeof wanted, "socket:[%llu]", (unsigned long long)inode);
    for (int i = 0; i < tree->count && fd < 0; i++)
        fd = fd_of_socket_in(tree->pids[i], wanted);
    return fd;
}

/* -- What epoll was asked ---------------------------------------------------------------------------------------- */

/* A line of fdinfo is `tfd: 5 events: 80000019 data: 5 pos:0 ino:1f3a sdev:8`. The descriptor's number may be somebody
 * else's by now; the inode is the socket's own. */
static uint32_t events_in(pid_t pid, const char *fd, uint64_t inode)
{
    char file[64], line[160];
    unsigned long long ino;
    uint32_t events, found = 0;
    snprintf(file, sizeof file, "fdinfo/%.16s", fd);
    FILE *info = open_of(pid, file);
    while (info && !found && fgets(line, sizeof line, info))
        if (sscanf(line, "tfd: %*d events: %x data: %*x pos:%*d ino:%llx", &events, &ino) == 2 && ino == inode)
            found = events;
    if (info)
        fclose(info);
    return found;
}

/* False: its descriptors may not be seen. */
static bool watched_in(pid_t pid, uint64_t inode, uint32_t *events)
{
    char folder[64], path[128], target[64];
    snprintf(folder, sizeof folder, "/proc/%d/fd", (int)pid);
    DIR *entries = opendir(folder);
    for (struct dirent *entry; entries && !*events && (entry = readdir(entries));) {
        snprintf(path, sizeof path, "%s/%.16s", folder, entry->d_name);
        ssize_t n = readlink(path, target, sizeof target - 1);
        target[n > 0 ? n : 0] = '\0';
        if (strcmp(target, "anon_inode:[eventpoll]") == 0)
            *events = events_in(pid, entry->d_name, inode);
    }
    if (entries)
        closedir(entries);
    return entries != NULL;
}

bool meter_watched(const struct tree *tree, uint64_t inode, uint32_t *events)
{
    bool seen = false;
    *events = 0;
    for (int i = 0; i < tree->count && !*events; i++)
        seen |= watched_in(tree->pids[i], inode, events);
    return seen;
}
