/* machine.h: where driver and server run, and whether the machine is at rest before a trial. */
#pragma once

struct machine {
    int driver_cpu, server_cpu;         /* -1: not pinned */
    int begun, noisy;                   /* trials, and those before which the machine did not come to rest */
    double rested_ms, rest_most_ms;     /* so long trials have waited for that, all together; and may wait */
};

/* This process on the first CPU that it may use, the server on another, where there are two: on one of another core, if
 * that may be. Says so in words. Sets all of it, for trials that may rest 6 s. */
const char *machine_pin(struct machine *);

/* After the trials: this process has all the CPUs again that it had. */
void machine_release(const struct machine *);

/* Before each trial. Waits until nothing else runs on the two CPUs, or not much longer; and where the machine never
 * rests, hardly at all. */
void machine_rest(struct machine *);
