#define _GNU_SOURCE
#include "harness/trial/machine.h"
#include "harness/child/clock.h"
#include "harness/meter/environment.h"
#include <sched.h>
#include <stdio.h>

enum { QUIET_MOST_MS = 400, REST_MOST_MS = 6000 };

static cpu_set_t allowed;               /* before machine_pin */

const char *machine_pin(struct machine *machine)
{
    static char words[100];
    cpu_set_t mine;
    *machine = (struct machine){.driver_cpu = -1, .server_cpu = -1, .rest_most_ms = REST_MOST_MS};
    if (sched_getaffinity(0, sizeof allowed, &allowed) < 0 || CPU_COUNT(&allowed) < 2)
        return "none: one CPU for both";
    for (int cpu = 0; cpu < CPU_SETSIZE && machine->server_cpu < 0; cpu++)
        if (CPU_ISSET((size_t)cpu, &allowed))
            *(machine->driver_cpu < 0 ? &machine->driver_cpu : &machine->server_cpu) = cpu;
    CPU_ZERO(&mine);
    CPU_SET((size_t)machine->driver_cpu, &mine);
    sched_setaffinity(0, sizeof mine, &mine);
    snprintf(words, sizeof words, "driver on CPU %d, server on CPU %d, the same for all", machine->driver_cpu,
             machine->server_cpu);
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
