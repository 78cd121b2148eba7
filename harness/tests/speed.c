/* speed: what being correct costs, as ratios within one run; nothing here passes or fails.
 *
 * Throughput is the closed loop's with 64 connections, where one core is the server's alone; CPU per request is at one
 * offered rate.
 *
 * usage: speed [ROUNDS]    (build/tests/speed, or `make speed`) */
#define _GNU_SOURCE
#include "harness/tests/speed.h"

static void throughput(const char *path, const char *bare, int rounds)
{
    double ratios[ROUNDS_MOST], cpu[ROUNDS_MOST];
    char text[100];
    for (int i = 0; i < rounds; i++) {
        struct figures ours, theirs;
        pair(&(struct side){.path = path}, &(struct side){.path = bare}, &ours, &theirs);
        ratios[i] = ours.per_s / theirs.per_s;
        cpu[i] = ours.cpu_us / theirs.cpu_us;
    }
    snprintf(text, sizeof text, "%s: requests/s against bare_epoll", strrchr(path, '/') + 1);
    tell(text, ratios, rounds, "want at least 0.90");
    snprintf(text, sizeof text, "%s: CPU per request against bare_epoll, same loop", strrchr(path, '/') + 1);
    tell(text, cpu, rounds, "");
}

static void idle(const char *path, int rounds, const char *want)
{
    double ratios[ROUNDS_MOST], bytes[ROUNDS_MOST], connect_s[ROUNDS_MOST];
    char text[100];
    int served = 0, total = 0;
    for (int i = 0; i < rounds; i++) {
        struct figures with, without;
        pair(&(struct side){.path = path, .idle = 10000, .rate = 2000}, &(struct side){.path = path, .rate = 2000},
             &with, &without);
        ratios[i] = with.cpu_us / without.cpu_us;
        bytes[i] = with.bytes_per_idle;
        connect_s[i] = with.connect_s;
        served = with.served;
        total = with.total;
    }
    snprintf(text, sizeof text, "%s: CPU per request, 10,000 idle against none", strrchr(path, '/') + 1);
    tell(text, ratios, rounds, want);
    snprintf(text, sizeof text, "%s: bytes for an idle connection (%d of %d served)", strrchr(path, '/') + 1, served,
             total);
    tell(text, bytes, rounds, "want at most 128");
    snprintf(text, sizeof text, "%s: seconds until all of them are connected and answered", strrchr(path, '/') + 1);
    tell(text, connect_s, rounds, *want ? "want less than 2" : "");
}

int main(int argc, char **argv)
{
    int rounds = begin(argc, argv);
    printf("medians of %d rounds (lowest to highest); driver on CPU 0, server on CPU 1, %d bytes a request\n", rounds,
           SIZE);
    throughput(beside(argv[0], "../bin/epoll-lt"), beside(argv[0], "bare_epoll"), rounds);
    throughput(beside(argv[0], "../bin/epoll-et"), beside(argv[0], "bare_epoll"), rounds);
    idle(beside(argv[0], "../bin/epoll-lt"), rounds, "want at most 1.05");
    idle(beside(argv[0], "../bin/epoll-et"), rounds, "want at most 1.05");
    idle(beside(argv[0], "../bin/poll"), 1, "");
    return 0;
}
