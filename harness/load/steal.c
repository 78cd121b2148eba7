#define _GNU_SOURCE
#include "harness/load/steal.h"
#include <stdio.h>
#include <unistd.h>

/* The first line is the sum of all CPUs: user, nice, system, idle, iowait, irq, softirq, steal. */
uint64_t steal_ns(const char *file)
{
    unsigned long long ticks = 0;
    FILE *stat = fopen(file, "re");
    if (!stat)
        return 0;
    if (fscanf(stat, "cpu %*u %*u %*u %*u %*u %*u %*u %llu", &ticks) != 1)
        ticks = 0;
    fclose(stat);
    return ticks * (1000000000u / (unsigned long long)sysconf(_SC_CLK_TCK));
}
