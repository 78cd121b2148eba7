/* iolab doctor: what this machine can and cannot do, and the way out where there is one. */
#define _GNU_SOURCE
#include "harness/cmd/cmd.h"
#include "harness/trace/trace.h"
#include <errno.h>
#include <getopt.h>
#include <linux/io_uring.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

enum verdict { GOOD, MIND, BAD };
static const char *const verdicts[] = {"good", "mind", "BAD"};

static struct finding { enum verdict verdict; char what[24], says[160], way_out[200]; } findings[32];
static int count;

__attribute__((format(printf, 4, 5))) static void find(enum verdict verdict, const char *what, const char *way_out,
                                                        const char *format, ...)
{
    if (count == (int)(sizeof findings / sizeof *findings))
        return;
    struct finding *finding = &findings[count++];
    finding->verdict = verdict;
    snprintf(finding->what, sizeof finding->what, "%s", what);
    snprintf(finding->way_out, sizeof finding->way_out, "%s", verdict == GOOD ? "" : way_out);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(finding->says, sizeof finding->says, format, arguments);
    va_end(arguments);
}

static long read_number(const char *path, long missing)
{
    long n;
    FILE *file = fopen(path, "re");
    bool read = file && fscanf(file, "%ld", &n) == 1;
    if (file)
        fclose(file);
    return read ? n : missing;
}

/* -- The machine ------------------------------------------------------------------------------------------------- */

static void look_at_system(void)
{
    struct utsname system;
    int major = 0, minor = 0;
    uname(&system);
    sscanf(system.release, "%d.%d", &major, &minor);
    find(major > 5 || (major == 5 && minor >= 10) ? GOOD : MIND, "kernel", "Linux 5.10 or later is what we test on",
         "%s %s %s", system.sysname, system.release, system.machine);
    if (strcasestr(system.release, "microsoft"))
        find(MIND, "WSL", "keep the checkout in the Linux file system, not under /mnt/c",
             "figures from WSL2 are those of a virtual machine");
}

static void look_at_cpus(void)
{
    cpu_set_t mine;
    int cpus = sched_getaffinity(0, sizeof mine, &mine) == 0 ? CPU_COUNT(&mine) : 1;
    double load;
    find(cpus >= 2 ? GOOD : MIND, "CPUs", "give the virtual machine a second CPU: driver and server share this one",
         "%d for us", cpus);
    if (getloadavg(&load, 1) == 1)
        find(load < 0.5 * cpus ? GOOD : MIND, "load", "end what else is running before you measure",
             "%.1f processes were running on average in the last minute", load);
}

static void look_at_limits(void)
{
    enum { WANTED = 10100 };
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    find(files.rlim_max >= WANTED ? GOOD : MIND, "descriptors",
         "raise it in /etc/security/limits.conf (nofile); the sweep ends where it ends",
         "%llu at most (ulimit -Hn); the sweep to 10,000 clients wants %d", (unsigned long long)files.rlim_max, WANTED);
    long somaxconn = read_number("/proc/sys/net/core/somaxconn", 0);
    find(somaxconn >= 1024 ? GOOD : MIND, "backlog", "sysctl net.core.somaxconn=4096",
         "%ld connections may wait to be accepted (net.core.somaxconn)", somaxconn);
    find(access("/proc/self/task", R_OK) == 0 ? GOOD : BAD, "/proc", "mount it: mount -t proc proc /proc",
         "what the harness sees, it reads there");
    find(access("/proc/thread-self/children", R_OK) == 0 ? GOOD : BAD, "children",
         "a kernel with CONFIG_PROC_CHILDREN (all distributions have it)", "/proc tells who is whose child");
}

/* -- What single models need ------------------------------------------------------------------------------------- */

/* Tried, not looked up: a setting, a container and an old kernel all say no in the same place. */
static void look_at_io_uring(void)
{
    struct io_uring_params params = {0};
    long ring = syscall(SYS_io_uring_setup, 4, &params);
    int why = errno;
    if (ring >= 0)
        close((int)ring);
    long disabled = read_number("/proc/sys/kernel/io_uring_disabled", 0);
    if (ring >= 0)
        find(GOOD, "io_uring", "", "a ring could be set up (uring)");
    else
        find(MIND, "io_uring",
             disabled > 0 ? "sysctl kernel.io_uring_disabled=0; else all but uring can be measured"
                          : "a container may forbid it, a kernel may lack it; all but uring can be measured",
             "io_uring_setup: %s%s", strerror(why), disabled > 0 ? " (kernel.io_uring_disabled)" : "");
}

static void look_at_tracing(void)
{
    char why[300] = "";
    bool possible = trace_is_possible(why, sizeof why);
    char *way_out = strstr(why, "; ");
    if (way_out)
        *way_out = '\0';
    find(possible ? GOOD : MIND, "tracing", way_out ? way_out + 2 : "all but `iolab trace` can be done",
         "%s", possible ? "a process could be traced (iolab trace, and counted calls in scenes)" : why);
}

/* POSIX AIO on a socket is a thread for each waiting read (glibc), and prefork and fork are processes. */
static void look_at_tasks(void)
{
    enum { WANTED = 2100 };
    struct rlimit tasks, signals;
    getrlimit(RLIMIT_NPROC, &tasks);
    getrlimit(RLIMIT_SIGPENDING, &signals);
    long most = read_number("/proc/sys/kernel/threads-max", WANTED);
    bool enough = (tasks.rlim_cur == RLIM_INFINITY || tasks.rlim_cur >= WANTED) && most >= WANTED;
    if (tasks.rlim_cur == RLIM_INFINITY || tasks.rlim_cur > (rlim_t)most)
        tasks.rlim_cur = (rlim_t)most;
    find(enough ? GOOD : MIND, "tasks", "raise it (ulimit -u); fork, thread and aio then hold fewer clients",
         "%llu processes and threads at most; fork, thread and aio want some %d", (unsigned long long)tasks.rlim_cur,
         WANTED);
    find(signals.rlim_cur >= 1024 ? GOOD : MIND, "signals",
         "raise it (ulimit -i); signal-io looks at all clients whenever the queue is full",
         "%llu may be queued (RLIMIT_SIGPENDING): signal-io needs one for each event",
         (unsigned long long)signals.rlim_cur);
}

/* -- Tools ------------------------------------------------------------------------------------------------------- */

static bool installed(const char *program)
{
    char path[4096], folders[8192];
    snprintf(folders, sizeof folders, "%s:/usr/sbin", getenv("PATH") ? getenv("PATH") : "/usr/bin:/bin");
    char *more;
    for (char *folder = strtok_r(folders, ":", &more); folder; folder = strtok_r(NULL, ":", &more)) {
        snprintf(path, sizeof path, "%s/%s", folder, program);
        if (access(path, X_OK) == 0)
            return true;
    }
    return false;
}

static void look_at_tools(void)
{
    static const struct { const char *program, *use; } tools[] = {
        {"bats", "`make test` installs it where that asks no password"},
        {"nc", "to talk to a server by hand; install netcat-openbsd"},
        {"clang", "`make check` builds with it, too"},
        {"shellcheck", "`make check` reads the shell scripts with it"},
        {"curl", "to ask a server of http by hand"},
        {"wrk", "`make speed` compares our driver with it"},
        {"ab", "one more driver to compare with; in apache2-utils"},
        {"nginx", "`make speed` and harness/tests/nginx.sh measure it beside ours"}};
    for (size_t i = 0; i < sizeof tools / sizeof *tools; i++) {
        bool there = installed(tools[i].program);
        find(there ? GOOD : MIND, tools[i].program, tools[i].use, there ? "installed" : "not installed");
    }
}

/* -- What is said ------------------------------------------------------------------------------------------------ */

static void print_csv(void)
{
    printf("what,verdict,says,way_out\n");
    for (int i = 0; i < count; i++)
        printf("%s,%s,\"%s\",\"%s\"\n", findings[i].what, verdicts[findings[i].verdict], findings[i].says,
               findings[i].way_out);
}

static void print(int bad, int mind)
{
    enum { SAYS = 19 };     /* the column in which the words begin */
    if (bad)
        printf("This machine lacks something that the lab needs:\n\n");
    else if (mind)
        printf("The lab works here; %d %s to mind:\n\n", mind, mind == 1 ? "thing" : "things");
    else
        printf("This machine has all that the lab wants.\n\n");
    for (int i = 0; i < count; i++) {
        printf("%-5s %-12s ", verdicts[findings[i].verdict], findings[i].what);
        cmd_print_from(SAYS, findings[i].says);
        if (findings[i].way_out[0]) {
            printf("%*sway out: ", SAYS, "");
            cmd_print_from(SAYS + (int)strlen("way out: "), findings[i].way_out);
        }
    }
    char models[1024] = "";
    for (const char *const *model = cmd_models(); *model; model++)
        snprintf(models + strlen(models), sizeof models - strlen(models), "%s ", *model);
    printf("\nmodels: ");
    cmd_print_from((int)strlen("models: "), models);
}

int cmd_doctor(int argc, char **argv)
{
    static const struct option options[] = {{"csv", no_argument, NULL, 'c'}, {"help", no_argument, NULL, 'h'}, {0}};
    bool csv = false;
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (option == 'c')
            csv = true;
        else {
            fprintf(option == 'h' ? stdout : stderr,
                    "usage: iolab doctor [--csv]\n\n"
                    "Says what this machine can and cannot do, and the way out where there is one.\n"
                    "Exit 1 where something that the lab needs is missing.\n\n"
                    "Example: iolab doctor\n");
            return option == 'h' ? 0 : 2;
        }
    }
    look_at_system();
    look_at_cpus();
    look_at_limits();
    look_at_io_uring();
    look_at_tracing();
    look_at_tasks();
    look_at_tools();
    int bad = 0, mind = 0;
    for (int i = 0; i < count; i++) {
        bad += findings[i].verdict == BAD;
        mind += findings[i].verdict == MIND;
    }
    if (csv)
        print_csv();
    else
        print(bad, mind);
    return bad > 0;
}
