/* careless_epoll: an echo server with epoll that makes the mistake one chooses.
 *
 * The faults    `emfile`: it forgets that accept can fail. At the limit of descriptors nobody is let in and nobody is
 *               turned away, so the listener stays readable, and epoll_wait returns at once, for ever.
 *               `writable-lt`: it asks for room (EPOLLOUT) though it owes nothing. There is room nearly always.
 *               `writable-et`: the same, edge-triggered.
 * The remedy    05_epoll_lt_et/epoll_lt.c: `welcome` turns away whom it cannot serve; `serve` asks for room when it
 *               owes.
 * See it        build/bin/iolab scene harness/claim/limits.scene --only full -- build/claim/careless_epoll emfile
 *
 * At its end it says how often it woke, and how often accept failed. */
#define _GNU_SOURCE
#include "harness/claim/careless.h"
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/epoll.h>

static volatile sig_atomic_t stopping;
static unsigned long waits, failed;
static int epoll, listener;
static uint32_t asks_for;

/* A listener that is shut is reported: so the signal is never too late for the wait. */
static void stop(int signal_number)
{
    (void)signal_number;
    stopping = 1;
    shutdown(listener, SHUT_RD);
}

static void watch(int fd, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.fd = fd};
    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

static void welcome(void)
{
    int client = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    failed += client < 0;
    if (client >= 0)
        watch(client, asks_for);
}

static void serve(int client)
{
    char bytes[4096];
    ssize_t n = read(client, bytes, sizeof bytes);
    if (n == 0 || (n < 0 && errno != EAGAIN) || (n > 0 && write(client, bytes, (size_t)n) < 0))
        close(client);
}

/* False: there is no such mistake. */
static bool choose(const char *mistake)
{
    bool level = strcmp(mistake, "writable-lt") == 0, edge = strcmp(mistake, "writable-et") == 0;
    asks_for = EPOLLIN | (level || edge ? EPOLLOUT : 0) | (edge ? EPOLLET : 0);
    return level || edge || strcmp(mistake, "emfile") == 0;
}

static void serve_all(void)
{
    struct epoll_event events[64];
    struct sigaction action = {.sa_handler = stop};
    sigaction(SIGTERM, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    while (!stopping) {
        int ready = epoll_wait(epoll, events, 64, -1);
        waits += ready > 0;
        for (int i = 0; i < ready; i++)
            if (events[i].data.fd == listener)
                welcome();
            else
                serve(events[i].data.fd);
    }
}

int main(int argc, char **argv)
{
    if (argc < 2 || !choose(argv[1])) {
        fprintf(stderr, "usage: careless_epoll emfile|writable-lt|writable-et\n");
        return 2;
    }
    listener = careless_listen("careless_epoll");
    epoll = epoll_create1(EPOLL_CLOEXEC);
    watch(listener, EPOLLIN);
    serve_all();
    fprintf(stderr, "careless_epoll: waits %lu, failed accepts %lu\n", waits, failed);
    return 0;
}
