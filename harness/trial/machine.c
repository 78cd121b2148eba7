#define _GNU_SOURCE
#include "harness/trial/machine.h"
#include "harness/child/clock.h"
#include "harness/meter/environment.h"
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { QUIET_MOST_MS = 400, REST_MOST_MS = 6000 };

static cpu_set_t allowed;               /* before machine_pin */

/* -- Which CPUs -------------------------------------------------------------------------------------------------- */

/* The CPUs that are threads of the same core as this one, in the kernel's words ("0,4"); "": it does not tell. */
static void core_of(int cpu, char *text, int size)
{
    char path[80];
    snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list", cpu);
    text[0] = '\0';
    FILE *from = fopen(path, "re");
    if (!from)
        return;
    if (!fgets(text, size, from))
        text[0] = '\0';
    fclose(from);
}

static bool share_a_core(int one, int other)
{
    char cores[2][64];
    core_of(one, cores[0], sizeof cores[0]);
    core_of(other, cores[1], sizeof cores[1]);
    return cores[0][0] && strcmp(cores[0], cores[1]) == 0;
}

/* The driver on the first that is allowed; the server on the first of another core or, where there is none, on the
 * next. */
static void choose(struct machine *machine)
{
    bool alone = false;
    for (int cpu = 0; cpu < CPU_SETSIZE && !alone; cpu++) {
        if (!CPU_ISSET((size_t)cpu, &allowed))
            continue;
        if (machine->driver_cpu < 0) {
            machine->driver_cpu = cpu;
            continue;
        }
        alone = !share_a_core(machine->driver_cpu, cpu);
        if (alone || machine->server_cpu < 0)
            machine->server_cpu = cpu;
    }
}

/* -- Before and after the trials --------------------------------------------------------------------------------- */

const char *machine_pin(struct machine *machine)
{
    static char words[120];
    cpu_set_t mine;
    *machine = (struct machine){.driver_cpu = -1, .server_cpu = -1, .rest_most_ms = REST_MOST_MS};
    if (sched_getaffinity(0, sizeof allowed, &allowed) < 0 || CPU_COUNT(&allowed) < 2)
        return "none: one CPU for both";
    choose(machine);
    CPU_ZERO(&mine);
    CPU_SET((size_t)machine->driver_cpu, &mine);
    sched_setaffinity(0, sizeof mine, &mine);
    snprintf(words, sizeof words, "driver on CPU %d, server on CPU %d, the same for all%s", machine->driver_cpu,
             machine->server_cpu,
             share_a_core(machine->driver_cpu, machine->server_cpu) ? "; both are threads of one core" : "");
    return words;
}

void machine_release(const struct machine *machine)
{
    if (machine->driver_cpu >= 0)
        sched_setaffinity(0, sizeof allowed, &allowed);
}

void machine_rest(struct machine *machine)
{
    double began_ms = now_ms();
    int most_ms = machine->rested_ms < machine->rest_most_ms ? QUIET_MOST_MS : 1;
    machine->begun++;
    machine->noisy += !environment_await_quiet(machine->driver_cpu, machine->server_cpu, most_ms);
    machine->rested_ms += now_ms() - began_ms;
}
