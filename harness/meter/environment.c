#define _GNU_SOURCE
#include "harness/meter/environment.h"
#include "harness/child/clock.h"
#include "harness/meter/meter.h"
#include <gnu/libc-version.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

struct teller { void (*tell)(void *, const char *, const char *); void *context; };

__attribute__((format(printf, 3, 4))) static void tell(const struct teller *to, const char *name, const char *format,
                                                        ...)
{
    char value[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(value, sizeof value, format, arguments);
    va_end(arguments);
    if (value[0])
        to->tell(to->context, name, value);
}

/* The first line of a file, without its newline and with blanks for tabs. */
static bool first_line(const char *path, char *line, int size)
{
    FILE *file = fopen(path, "re");
    bool read = file && fgets(line, size, file);
    if (file)
        fclose(file);
    if (!read)
        return false;
    line[strcspn(line, "\n")] = '\0';
    for (char *tab; (tab = strchr(line, '\t'));)
        *tab = ' ';
    return true;
}

static void tell_file(const struct teller *to, const char *name, const char *path)
{
    char line[256];
    if (first_line(path, line, sizeof line))
        tell(to, name, "%s", line);
}

/* The value behind "key : " in /proc/cpuinfo, whose first processor stands for all. */
static bool cpuinfo(const char *key, char *value, int size)
{
    char line[4096];
    bool found = false;
    FILE *file = fopen("/proc/cpuinfo", "re");
    while (file && !found && fgets(line, sizeof line, file)) {
        const char *colon = strchr(line, ':');
        if (colon && strncmp(line, key, strlen(key)) == 0) {
            snprintf(value, (size_t)size, "%s", colon + 1 + strspn(colon + 1, " "));
            value[strcspn(value, "\n")] = '\0';
            found = true;
        }
    }
    if (file)
        fclose(file);
    return found;
}

static void tell_machine(const struct teller *to)
{
    char value[4096];
    struct utsname system;
    if (cpuinfo("model name", value, sizeof value))
        tell(to, "cpu_model", "%s", value);
    tell(to, "cpus", "%ld", sysconf(_SC_NPROCESSORS_ONLN));
    if (uname(&system) == 0)
        tell(to, "kernel", "%s %s %s", system.sysname, system.release, system.machine);
    bool virtual = cpuinfo("flags", value, sizeof value) && strstr(value, " hypervisor");
    bool wsl = uname(&system) == 0 && strcasestr(system.release, "microsoft");
    tell(to, "hypervisor", "%s", wsl ? "WSL2" : virtual ? "a virtual machine" : "none seen");
    if (access("/.dockerenv", F_OK) == 0 || access("/run/.containerenv", F_OK) == 0)
        tell(to, "container", "yes");
    tell_file(to, "governor", "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
    tell_file(to, "clocksource", "/sys/devices/system/clocksource/clocksource0/current_clocksource");
    tell_file(to, "spectre_v2", "/sys/devices/system/cpu/vulnerabilities/spectre_v2");
}

static void tell_build(const struct teller *to)
{
    char commit[64] = "";
    FILE *git = popen("git describe --always --dirty 2>/dev/null", "re");
    if (git && fgets(commit, sizeof commit, git))
        commit[strcspn(commit, "\n")] = '\0';
    if (git)
        pclose(git);
    tell(to, "libc", "glibc %s", gnu_get_libc_version());
#ifdef __clang__
    tell(to, "compiler", "%s", __VERSION__);
#else
    tell(to, "compiler", "gcc %s", __VERSION__);
#endif
    tell(to, "cflags", "%s", BUILD_FLAGS);
    tell(to, "commit", "%s", commit);
}

static void tell_settings(const struct teller *to)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0)
        tell(to, "nofile", "%llu", (unsigned long long)files.rlim_cur);
    tell(to, "timer_slack_ns", "%d", prctl(PR_GET_TIMERSLACK));
    tell_file(to, "somaxconn", "/proc/sys/net/core/somaxconn");
    tell_file(to, "tcp_rmem", "/proc/sys/net/ipv4/tcp_rmem");
    tell_file(to, "tcp_wmem", "/proc/sys/net/ipv4/tcp_wmem");
    tell_file(to, "ptrace_scope", "/proc/sys/kernel/yama/ptrace_scope");
    tell_file(to, "io_uring_disabled", "/proc/sys/kernel/io_uring_disabled");
    tell_file(to, "load", "/proc/loadavg");
    tell(to, "cpu_source", "%s", METER_CPU_SOURCE);
}

void environment(void (*report)(void *context, const char *name, const char *value), void *context)
{
    const struct teller to = {report, context};
    char date[64];
    time_t now = time(NULL);
    struct tm local;
    strftime(date, sizeof date, "%Y-%m-%d %H:%M:%S %z", localtime_r(&now, &local));
    tell(&to, "date", "%s", date);
    tell_machine(&to);
    tell_build(&to);
    tell_settings(&to);
}

long long environment_steal_ticks(void)
{
    char line[256];
    long long steal = 0;
    if (first_line("/proc/stat", line, sizeof line))
        sscanf(line, "cpu %*d %*d %*d %*d %*d %*d %*d %lld", &steal);
    return steal;
}

/* Ticks of all CPUs since boot: all, and those in which there was nothing to do. */
static void idle_ticks(long long *all, long long *idle)
{
    char line[256];
    long long ticks[8] = {0};
    *all = *idle = 0;
    if (!first_line("/proc/stat", line, sizeof line) ||
        sscanf(line, "cpu %lld %lld %lld %lld %lld %lld %lld %lld", &ticks[0], &ticks[1], &ticks[2], &ticks[3],
               &ticks[4], &ticks[5], &ticks[6], &ticks[7]) != 8)
        return;
    for (int i = 0; i < 8; i++)
        *all += ticks[i];
    *idle = ticks[3] + ticks[4];
}

bool environment_await_quiet(int most_ms)
{
    enum { LOOK_MS = 40 };
    for (double end = now_ms() + most_ms; now_ms() < end;) {
        long long all_before, idle_before, all, idle;
        idle_ticks(&all_before, &idle_before);
        pause_ms(LOOK_MS);
        idle_ticks(&all, &idle);
        if ((all - all_before) - (idle - idle_before) <= (all - all_before) / 50)
            return true;
    }
    return false;
}
