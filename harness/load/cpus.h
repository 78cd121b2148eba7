/* cpus.h: what became of the machine's CPU time, all CPUs together, since boot, in steps of a tick (proc(5),
 * /proc/stat). */
#pragma once
#include <stdint.h>

#define CPUS_FILE "/proc/stat"

struct cpus {
    uint64_t idle_ns;       /* nobody wanted it */
    uint64_t stolen_ns;     /* a hypervisor gave it to others: inside it looks as if all had been slower */
};

/* Zeros where the file does not tell. */
struct cpus cpus_read(const char *file);
