#define _GNU_SOURCE
#include "harness/meter/environment.h"
#include "harness/child/clock.h"
#include "harness/meter/meter.h"
#include <dirent.h>
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
    char value[2048];
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

/* `silent`: what it means that there is no such file; NULL: it is left out then. */
static void tell_file(const struct teller *to, const char *name, const char *path, const char *silent)
{
    char line[256];
    if (first_line(path, line, sizeof line))
        tell(to, name, "%s", line);
    else if (silent)
        tell(to, name, "%s", silent);
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

/* An aarch64 has no name there, but says who made which part. */
static void tell_cpu(const struct teller *to)
{
    char value[4096], part[64];
    if (cpuinfo("model name", value, sizeof value))
        tell(to, "cpu_model", "%s", value);
    else if (cpuinfo("CPU implementer", value, sizeof value) && cpuinfo("CPU part", part, sizeof part))
        tell(to, "cpu_model", "implementer %.64s, part %s", value, part);
    tell(to, "cpus", "%ld", sysconf(_SC_NPROCESSORS_ONLN));
    tell_file(to, "governor", "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor",
              "none: the kernel does not scale the clock");
}

static bool in_container(void)
{
    static const char *const marks[] = {"/.dockerenv", "/run/.containerenv", "/run/systemd/container"};
    bool found = false;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        found |= access(marks[i], F_OK) == 0;
    return found;
}

static void tell_system(const struct teller *to)
{
    char value[4096];
    struct utsname system;
    bool known = uname(&system) == 0;
    if (known)
        tell(to, "kernel", "%s %s %s", system.sysname, system.release, system.machine);
    bool virtual = cpuinfo("flags", value, sizeof value) && strstr(value, " hypervisor");
    bool wsl = known && strcasestr(system.release, "microsoft");
    tell(to, "hypervisor", "%s", wsl ? "WSL2" : virtual ? "a virtual machine" : "none seen");
    tell(to, "container", "%s", in_container() ? "yes" : "none seen");
    tell_file(to, "clocksource", "/sys/devices/system/clocksource/clocksource0/current_clocksource", NULL);
}

static int is_no_dot(const struct dirent *entry) { return entry->d_name[0] != '.'; }

/* What the kernel does against the faults of this CPU, which makes each system call dearer: "spectre_v2: Retpolines".
 * Those that it is free of are left out. */
static void tell_mitigations(const struct teller *to)
{
    static const char folder[] = "/sys/devices/system/cpu/vulnerabilities", free_of[] = "Not affected";
    char path[512], line[256], all[2048] = "";
    struct dirent **faults;
    int count = scandir(folder, &faults, is_no_dot, alphasort);
    for (int i = 0; i < count; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, faults[i]->d_name);
        if (first_line(path, line, sizeof line) && strcmp(line, free_of) != 0)
            snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s: %s", *all ? "; " : "", faults[i]->d_name,
                     line);
        free(faults[i]);
    }
    if (count >= 0)
        free(faults);
    tell(to, "mitigations", "%s", *all ? all : count > 0 ? "none needed" : "not told by this kernel");
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
    tell(to, "timer_slack_ns", "%d; 1 in the driver while it loads", prctl(PR_GET_TIMERSLACK));
    tell_file(to, "somaxconn", "/proc/sys/net/core/somaxconn", NULL);
    tell_file(to, "tcp_rmem", "/proc/sys/net/ipv4/tcp_rmem", NULL);
    tell_file(to, "tcp_wmem", "/proc/sys/net/ipv4/tcp_wmem", NULL);
    tell_file(to, "ptrace_scope", "/proc/sys/kernel/yama/ptrace_scope", "none: no Yama in this kernel");
    tell_file(to, "io_uring_disabled", "/proc/sys/kernel/io_uring_disabled",
              "none: a kernel before 6.6");
    tell_file(to, "load", "/proc/loadavg", NULL);
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
    tell_cpu(&to);
    tell_system(&to);
    tell_mitigations(&to);
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
