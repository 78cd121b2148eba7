/* speed_http: our servers, our driver and those of others over http, as ratios within one run; nothing passes or fails.
 *
 * Against nginx: the same number of bytes in the page, 64 connections that stay, one process each on the same CPU. Its
 * page comes from a file, which is what it is mostly used for, and from its memory, which is what ours do. The driver's
 * share tells how far a ratio can be trusted: near 100 % it is the limit, and the ratio too near to 1.
 *
 * Against wrk: the CPU that a driver needs for an answer, over its whole life (wait4(2)), and how many it gets in a
 * second, both against the same server.
 *
 * usage: speed_http [ROUNDS]    (build/tests/speed_http, or `make speed`) */
#define _GNU_SOURCE
#include "harness/child/child.h"
#include "harness/tests/speed.h"
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

/* -- Server against server --------------------------------------------------------------------------------------- */

/* Throughput and CPU of `a` in parts of those of `b`. False: one of them cannot run here. */
static bool compare(const char *what, const struct side *a, const struct side *b, int rounds, const char *want)
{
    double per_s[ROUNDS_MOST], cpu[ROUNDS_MOST], share_a[ROUNDS_MOST], share_b[ROUNDS_MOST];
    char text[100];
    for (int i = 0; i < rounds; i++) {
        struct figures fa, fb;
        pair(a, b, &fa, &fb);
        if (fa.cannot || fb.cannot) {
            printf("%-58s skipped: %s\n", what, fa.cannot ? fa.cannot : fb.cannot);
            return false;
        }
        per_s[i] = fa.per_s / fb.per_s;
        cpu[i] = fa.cpu_us / fb.cpu_us;
        share_a[i] = fa.driver_share;
        share_b[i] = fb.driver_share;
    }
    qsort(share_a, (size_t)rounds, sizeof *share_a, rising);
    qsort(share_b, (size_t)rounds, sizeof *share_b, rising);
    snprintf(text, sizeof text, "%s: requests/s", what);
    tell(text, per_s, rounds, want);
    snprintf(text, sizeof text, "%s: CPU per request", what);
    tell(text, cpu, rounds, "");
    printf("    the driver used %.0f %% of its CPU with the one and %.0f %% with the other\n",
           100 * share_a[rounds / 2], 100 * share_b[rounds / 2]);
    return true;
}

static void against_nginx(const char *self, int rounds)
{
    const struct side ours = {.path = beside(self, "../bin/epoll-et"), .http = true};
    char bytes[24], text[60];
    snprintf(bytes, sizeof bytes, "%zu", measure(&ours, 1).page_size);
    static const char *const from[] = {"file", "memory"};
    for (int i = 0; i < 2; i++) {
        char *const nginx[] = {(char *)"harness/tests/nginx.sh", (char *)"{port}", bytes, (char *)from[i], NULL};
        snprintf(text, sizeof text, "epoll-et against nginx, %s bytes from %s", bytes, from[i]);
        if (!compare(text, &ours, &(struct side){.foreign = nginx, .http = true}, rounds, "want at least 1.15"))
            return;
    }
}

static void uring_against_epoll(const char *self, int rounds)
{
    const struct side uring = {.path = beside(self, "../bin/uring"), .http = true};
    const struct side epoll = {.path = beside(self, "../bin/epoll-et"), .http = true};
    if (access(uring.path, X_OK) < 0)
        printf("uring: skipped, it is not built\n");
    else
        compare("uring against epoll-et", &uring, &epoll, rounds, "want at least 1.00");
}

/* -- Driver against driver --------------------------------------------------------------------------------------- */

/* A driver's command, and how it tells its answers, and those in a second: scanf formats, %n where all has come. */
struct driver { char *const *argv; const char *answers, *per_s; };

/* What it did: the CPU that it used for an answer, in µs, and how many it got in a second. */
struct deed { double cpu_us, per_s; };

static void read_line(const struct driver *driver, const char *line, double *answers, double *per_s)
{
    double n;
    int end = 0;
    if (sscanf(line, driver->answers, &n, &end) == 1 && end > 0)
        *answers = n;
    if (sscanf(line, driver->per_s, &n, &end) == 1 && end > 0)
        *per_s = n;
}

/* Runs it on our CPU, to its end. */
static struct deed run_driver(const struct driver *driver)
{
    int out[2], status = -1;
    char line[256];
    double answers = 0, per_s = 0;
    struct rusage used = {0};
    if (pipe2(out, O_CLOEXEC) < 0)
        exit(1);
    pid_t pid = fork();
    if (pid == 0) {
        dup2(out[1], STDOUT_FILENO);
        execvp(driver->argv[0], driver->argv);
        _exit(127);
    }
    close(out[1]);
    FILE *said = fdopen(out[0], "r");
    while (said && fgets(line, sizeof line, said))
        read_line(driver, line, &answers, &per_s);
    if (said)
        fclose(said);
    wait4(pid, &status, 0, &used);
    if (status != 0 || answers <= 0 || per_s <= 0) {
        fprintf(stderr, "%s: ended with status %d after %.0f answers\n", driver->argv[0], status, answers);
        exit(1);
    }
    double us = 1e6 * (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
    return (struct deed){us / answers, per_s};
}

static void drive(const struct child *server, const char *self, int connections, int rounds)
{
    char address[40], url[60], number[16], many[20], text[100];
    double cpu[ROUNDS_MOST], per_s[ROUNDS_MOST];
    snprintf(address, sizeof address, "127.0.0.1:%d", ntohs(server->address.sin_port));
    snprintf(url, sizeof url, "http://%s/", address);
    snprintf(number, sizeof number, "%d", connections);
    snprintf(many, sizeof many, "-c%d", connections);
    char *const drive_argv[] = {(char *)beside(self, "../bin/iolab"), (char *)"drive", address, (char *)"--http",
                                (char *)"-c", number, (char *)"--csv", NULL};
    char *const wrk_argv[] = {(char *)"wrk", (char *)"-t1", many, (char *)"-d1s", url, NULL};
    const struct driver ours = {drive_argv, "answered,count,%lf%n", "throughput,per_second,%lf%n"};
    const struct driver wrk = {wrk_argv, " %lf requests in%n", "Requests/sec: %lf%n"};
    for (int i = 0; i < rounds; i++) {
        struct deed mine, theirs;
        bool first = coin();
        if (first)
            mine = run_driver(&ours);
        theirs = run_driver(&wrk);
        if (!first)
            mine = run_driver(&ours);
        cpu[i] = mine.cpu_us / theirs.cpu_us;
        per_s[i] = mine.per_s / theirs.per_s;
    }
    snprintf(text, sizeof text, "iolab drive against wrk, %d connections: CPU per answer", connections);
    tell(text, cpu, rounds, "want at most 0.80");
    snprintf(text, sizeof text, "iolab drive against wrk, %d connections: answers/s", connections);
    tell(text, per_s, rounds, "want at least 1.00");
}

static void against_wrk(const char *self, int rounds)
{
    static struct child server;
    char why[200];
    if (system("command -v wrk >/dev/null") != 0) {
        printf("iolab drive against wrk: skipped, wrk is not installed\n");
        return;
    }
    char *const argv[] = {(char *)beside(self, "../bin/epoll-et"), (char *)"--port", (char *)"0", (char *)"--quiet",
                          (char *)"--service", (char *)"http", NULL};
    const struct child_options options = {.argv = argv, .cpu = SERVER_CPU};
    if (!child_start(&server, &options, why, sizeof why)) {
        printf("iolab drive against wrk: skipped, %s\n", why);
        return;
    }
    if (child_await_ready(&server, 5000) == CHILD_READY) {
        drive(&server, self, 10, rounds);
        drive(&server, self, 100, rounds);
    } else {
        printf("iolab drive against wrk: skipped, %s\n", child_last_words(&server));
    }
    child_kill(&server);
}

int main(int argc, char **argv)
{
    int rounds = begin(argc, argv);
    printf("over http: medians of %d rounds (lowest to highest), 64 connections that stay; driver on CPU %d, server on "
           "CPU %d\n", rounds, DRIVER_CPU, SERVER_CPU);
    against_nginx(argv[0], rounds);
    uring_against_epoll(argv[0], rounds);
    against_wrk(argv[0], rounds);
    return 0;
}
