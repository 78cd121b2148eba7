/* Are these figures about the server, or about the driver? Pure: from a result to its flags. */
#include "harness/load/load.h"

/* Little's law: in a closed loop each connection always has one request under way, so requests per ns x their mean
 * latency is the number of connections, exactly but for what straddles the edges of the window. Where that is not small
 * against 2 %, or a connection has dropped out, the law says nothing. */
static bool little_is_off(const struct load_result *r)
{
    double mean_ns = hist_mean_ns(&r->response), window_ns = (double)r->window_ns;
    if (r->lost > 0 || r->unfinished > 0 || r->served == 0 || mean_ns > window_ns / 200)
        return false;
    double under_way = (double)r->requests / window_ns * mean_ns, off = under_way / r->served - 1;
    return off > 0.02 || off < -0.02;
}

static bool driver_is_late(const struct load_result *r)
{
    uint64_t late_ns = hist_quantile(&r->lateness, 0.99).ns;
    return late_ns > 50000 && late_ns > hist_quantile(&r->response, 0.5).ns / 10;
}

/* Awake before arrivals, it uses a CPU without need. But if hardly any request found a free connection, there was no
 * time to stay awake in. */
static bool driver_is_busy(const struct load_options *o, const struct load_result *r)
{
    bool spins = o->rate > 0 && o->spin_us > 0 && r->lateness.count >= r->offered / 10;
    return !spins && r->driver_cpu_ns > r->window_ns / 10 * 9;
}

unsigned load_flags(const struct load_options *o, const struct load_result *r)
{
    unsigned flags = 0;
    int64_t drift_ns = r->wall_drift_ns < 0 ? -r->wall_drift_ns : r->wall_drift_ns;
    if (r->window_ns == 0)
        return 0;
    if (driver_is_busy(o, r))
        flags |= LOAD_DRIVER_BUSY;
    if (o->rate <= 0 && little_is_off(r))
        flags |= LOAD_LITTLE_OFF;
    if (o->rate > 0 && driver_is_late(r))
        flags |= LOAD_DRIVER_LATE;
    if (drift_ns > 1000000 && (uint64_t)drift_ns > r->window_ns / 1000)
        flags |= LOAD_CLOCK_SET;
    if (r->stolen_ns > 20000000 && r->stolen_ns > r->window_ns / 50)
        flags |= LOAD_STOLEN;
    return flags;
}

const char *load_flag_says(enum load_flag flag)
{
    switch (flag) {
    case LOAD_DRIVER_BUSY:
        return "limited by the driver: it used more than 90 % of a CPU";
    case LOAD_DRIVER_LATE:
        return "limited by the driver: it sent late (one in a hundred by more than 50 µs and 10 % of the median)";
    case LOAD_LITTLE_OFF:
        return "its numbers contradict each other: requests/s x mean time of one is not the number of clients";
    case LOAD_CLOCK_SET:
        return "the wall clock was set, or the machine paused, during the window";
    case LOAD_STOLEN:
        return "the hypervisor gave more than 2 % of a CPU to others (steal): all of it looks slower than it is";
    }
    return "";
}
