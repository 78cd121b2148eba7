/* One burst, told by the server's own books: a run with it less a run without it. In both the client connects, waits
 * until the server is quiet, and at last resets the connection; so what remains is the burst's. */
#define _GNU_SOURCE
#include "harness/trial/trial.h"
#include "harness/child/child.h"
#include "harness/child/clock.h"
#include "harness/meter/meter.h"
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { READY_MS = 5000, QUIET_LOOKS = 20, SETTLE_MS = 5000, END_MS = 4000 };

/* Until it has slept, and used no CPU, in QUIET_LOOKS looks. On a busy machine it may want to run for long before it
 * does: then it is not asleep (state R), and that is what counts. */
static void settle(const struct child *server)
{
    static struct tree tree;
    int64_t last = -1;
    double end = now_ms() + SETTLE_MS;
    child_tree(server, &tree);
    for (int quiet = 0; quiet < QUIET_LOOKS && now_ms() < end; pause_ms(1)) {
        int64_t now = meter_cpu_ns(&tree);
        quiet = now == last && !meter_any_running(&tree) ? quiet + 1 : 0;
        last = now;
    }
}

static void signal_and_wait(struct child *server, int signal_number, bool stopped)
{
    static struct tree tree;
    child_signal(server, signal_number);
    child_tree(server, &tree);
    for (double end = now_ms() + SETTLE_MS; now_ms() < end && meter_all_stopped(&tree) != stopped;)
        pause_ms(1);
}

/* What comes back until the server sleeps and nothing is on its way. */
static size_t listen_to(const struct child *server, int client, size_t most)
{
    char bytes[65536];
    size_t got = 0;
    struct pollfd readable = {.fd = client, .events = POLLIN};
    while (got < most) {
        if (poll(&readable, 1, 0) == 0) {
            settle(server);
            if (poll(&readable, 1, 0) == 0)
                break;
        }
        ssize_t n = recv(client, bytes, sizeof bytes, 0);
        if (n <= 0)
            break;
        got += (size_t)n;
    }
    return got;
}

/* The server is stopped while the bytes arrive: so they are one burst, and one edge. Going on is a return of its wait,
 * too (EINTR); it is in both runs. */
static bool send_burst(struct child *server, int client, size_t bytes, struct burst *burst)
{
    char *burst_bytes = calloc(1, bytes + 1);
    signal_and_wait(server, SIGSTOP, true);
    bool sent = burst_bytes && send(client, burst_bytes, bytes, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)bytes;
    signal_and_wait(server, SIGCONT, false);
    free(burst_bytes);
    burst->bytes_in = listen_to(server, client, bytes);
    burst->bytes_stranded = bytes - burst->bytes_in;
    return sent;
}

/* NULL, or what went wrong. */
static const char *visit(struct child *server, size_t bytes, struct burst *burst)
{
    const struct linger reset = {.l_onoff = 1};
    const char *wrong = NULL;
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (client < 0 || connect(client, (struct sockaddr *)&server->address, sizeof server->address) < 0)
        wrong = strerror(errno);
    settle(server);
    if (!wrong && !send_burst(server, client, bytes, burst))
        wrong = "the burst did not fit into the sockets' buffers (net.ipv4.tcp_wmem, tcp_rmem)";
    settle(server);
    if (client >= 0) {
        setsockopt(client, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        close(client);
    }
    settle(server);
    return wrong;
}

struct place { char *const *argv; const char *books; int cpu; };

static bool run(const struct place *place, size_t bytes, struct burst *burst, struct books *books, char *why,
                size_t size)
{
    static struct child server;
    const struct child_options options = {.argv = place->argv, .cpu = place->cpu};
    if (!child_start(&server, &options, why, size))
        return false;
    bool ready = child_await_ready(&server, READY_MS) == CHILD_READY;
    const char *wrong = ready ? visit(&server, bytes, burst) : child_last_words(&server);
    if (wrong)
        snprintf(why, size, "%s", wrong);
    child_signal(&server, SIGTERM);
    child_await_end(&server, END_MS);
    child_kill(&server);
    bool written = books_take(place->books, books);
    if (!wrong && !written)
        snprintf(why, size, "it wrote no books");
    return !wrong && written;
}

bool trial_burst(char *const *argv, const char *books, int server_cpu, size_t bytes, struct burst *burst, char *why,
                 size_t size)
{
    const struct place place = {argv, books, server_cpu};
    struct books with, without;
    *burst = (struct burst){0};
    if (!run(&place, 0, burst, &without, why, size) || !run(&place, bytes, burst, &with, why, size))
        return false;
    burst->waits = with.waits - without.waits;
    burst->reads = with.reads - without.reads;
    burst->eagain = with.eagain - without.eagain;
    return true;
}
