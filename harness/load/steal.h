/* steal.h: the CPU time that a hypervisor gave to others while this machine wanted it (proc(5), /proc/stat). To the
 * machine inside it looks as if everything had been slower. */
#pragma once
#include <stdint.h>

#define STEAL_FILE "/proc/stat"

/* Since boot, all CPUs together, in steps of a tick. 0 where the file does not tell. */
uint64_t steal_ns(const char *file);
