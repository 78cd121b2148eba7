/* careless: an echo server with epoll that makes one mistake, which the claims need to be seen. No model for anybody.
 *
 *   careless emfile        forgets that accept may fail: at the limit of descriptors the listener stays readable
 *   careless writable-lt   asks for room (EPOLLOUT) though it owes nothing, level-triggered
 *   careless writable-et   the same, edge-triggered
 *
 * And in general: it takes it that a write takes all. At its end it says how often it woke, and how often accept failed. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

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

static bool open_listener(in_port_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    epoll = epoll_create1(EPOLL_CLOEXEC);
    listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (bind(listener, (struct sockaddr *)&address, size) < 0 || listen(listener, 128) < 0 ||
        getsockname(listener, (struct sockaddr *)&address, &size) < 0)
        return false;
    watch(listener, EPOLLIN);
    printf("ready careless 127.0.0.1:%d\n", ntohs(address.sin_port));
    return fflush(stdout) == 0;
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
    long port = 0;
    for (int i = 1; i + 1 < argc; i++)
        if (strcmp(argv[i], "--port") == 0)
            port = strtol(argv[i + 1], NULL, 10);
    if (argc < 2 || !choose(argv[1]) || port < 0 || port > 65535) {
        fprintf(stderr, "usage: careless emfile|writable-lt|writable-et [--port N]\n");
        return 2;
    }
    if (!open_listener((in_port_t)port)) {
        perror("careless");
        return 1;
    }
    serve_all();
    fprintf(stderr, "careless: waits %lu, failed accepts %lu\n", waits, failed);
    return 0;
}
