/* Is a trial that the machine held up known for one, and a sound one not? */
#include "harness/trial/trial.h"
#include "harness/tests/check.h"
#include <string.h>

static struct trial trial;

static const char *held_up(bool measured, uint64_t requests, uint64_t window_ms, int64_t cpu_ns)
{
    trial.measured = measured;
    trial.load.requests = requests;
    trial.load.window_ns = window_ms * 1000000;
    trial.server_cpu_ns = cpu_ns;
    return trial_held_up(&trial, 250);
}

int main(void)
{
    CHECK(!held_up(true, 100, 250, 1000000), "of a sound trial: %s", held_up(true, 100, 250, 1000000));
    CHECK(!held_up(true, 100, 130, 1000000), "of one that lost a little: %s", held_up(true, 100, 130, 1000000));
    const char *paused = held_up(true, 1, 0, 1000000), *did_not_run = held_up(true, 100, 250, 0);
    CHECK(paused && strstr(paused, "half of the window"), "of a window that was hardly there: %s", paused);
    CHECK(did_not_run && strstr(did_not_run, "did not run"), "of a server without a turn: %s", did_not_run);
    CHECK(!held_up(true, 0, 250, 0), "a server that answered nothing is not excused");
    CHECK(!held_up(false, 100, 0, 0), "a trial that was not measured has its own reason");
    return checks_failed();
}
