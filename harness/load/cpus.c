#define _GNU_SOURCE
#include "harness/load/cpus.h"
#include <stdio.h>
#include <unistd.h>

/* The first line is the sum of all CPUs: user, nice, system, idle, iowait, irq, softirq, steal. */
struct cpus cpus_read(const char *file)
{
    unsigned long long idle = 0, waiting = 0, stolen = 0, tick_ns = 1000000000u / (unsigned long)sysconf(_SC_CLK_TCK);
    FILE *stat = fopen(file, "re");
    if (!stat)
        return (struct cpus){0};
    if (fscanf(stat, "cpu %*u %*u %*u %llu %llu %*u %*u %llu", &idle, &waiting, &stolen) != 3)
        idle = waiting = stolen = 0;
    fclose(stat);
    return (struct cpus){(idle + waiting) * tick_ns, stolen * tick_ns};
}
