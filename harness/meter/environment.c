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
    tell(to, "libc", "glibc %s", gnu_get_libc_version());
#ifdef __clang__
    tell(to, "compiler", "%s", __VERSION__);
#else
    tell(to, "compiler", "gcc %s", __VERSION__);
#endif
    tell(to, "cflags", "%s", BUILD_FLAGS);
    tell(to, "commit", "%s", BUILD_COMMIT);
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

/* Ticks since boot in which the CPU (-1: any) had something to do. */
static long long busy_ticks(int cpu)
{
    char line[512], name[16];
    long long busy = 0;
    FILE *stat = fopen("/proc/stat", "re");
    snprintf(name, sizeof name, cpu < 0 ? "cpu " : "cpu%d ", cpu);
    while (stat && fgets(line, sizeof line, stat)) {
        long long user, nice, system, irq, softirq, steal;
        if (strncmp(line, name, strlen(name)) == 0 &&
            sscanf(line, "%*s %lld %lld %lld %*d %*d %lld %lld %lld", &user, &nice, &system, &irq, &softirq,
                   &steal) == 6)
            busy = user + nice + system + irq + softirq + steal;
    }
    if (stat)
        fclose(stat);
    return busy;
}

bool environment_await_quiet(int one_cpu, int other_cpu, int most_ms)
{
    enum { LOOK_MS = 50 };
    for (double end = now_ms() + most_ms; now_ms() < end;) {
        long long before = busy_ticks(one_cpu) + busy_ticks(other_cpu);
        pause_ms(LOOK_MS);
        if (busy_ticks(one_cpu) + busy_ticks(other_cpu) - before <= 1)
            return true;
    }
    return false;
}
