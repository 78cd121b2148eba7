/* burner: a server of echo whose CPU per request is known to differ: it burns so many microseconds more for each. It
 * can also die in one of its lives. An oracle for comparisons.
 *
 * usage: burner [--extra-us N] [--dies-in LIFE FILE] PORT
 *
 * --dies-in 3 FILE: in the third life it ends after a few requests. FILE remembers: a byte for each life. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { REQUESTS_OF_THE_LAST_LIFE = 24 };

static long extra_us, requests_left = -1;

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static int64_t cpu_ns(void)
{
    struct timespec used;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return (int64_t)used.tv_sec * 1000000000 + used.tv_nsec;
}

static void burn(long us)
{
    for (int64_t end = cpu_ns() + us * 1000; us > 0 && cpu_ns() < end;)
        continue;
}

static void live(long last_life, const char *path)
{
    FILE *lives = fopen(path, "a");
    if (!lives || putc('.', lives) == EOF || fflush(lives) != 0)
        fail(path);
    if (ftell(lives) == last_life)
        requests_left = REQUESTS_OF_THE_LAST_LIFE;
    fclose(lives);
}

static int listen_on(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                  .sin_port = htons((uint16_t)port)};
    const int on = 1;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 1024) < 0)
        fail("listen");
    return listener;
}

static void echo(int client)
{
    char bytes[65536];
    ssize_t n = read(client, bytes, sizeof bytes);
    burn(extra_us);
    if (requests_left >= 0 && requests_left-- == 0)
        exit(3);
    if (n <= 0 || write(client, bytes, (size_t)n) < 0)
        close(client);
}

static void serve(int listener)
{
    enum { BATCH = 64 };
    int interest = epoll_create1(0);
    struct epoll_event events[BATCH], event = {.events = EPOLLIN, .data.fd = listener};
    epoll_ctl(interest, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        int ready = epoll_wait(interest, events, BATCH, -1);
        for (int i = 0; i < ready; i++) {
            if (events[i].data.fd != listener) {
                echo(events[i].data.fd);
                continue;
            }
            event.data.fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
            epoll_ctl(interest, EPOLL_CTL_ADD, event.data.fd, &event);
        }
    }
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc - 1; i++) {
        if (strcmp(argv[i], "--extra-us") == 0)
            extra_us = strtol(argv[i + 1], NULL, 10);
        if (strcmp(argv[i], "--dies-in") == 0)
            live(strtol(argv[i + 1], NULL, 10), argv[i + 2]);
    }
    serve(listen_on(argc > 1 ? atoi(argv[argc - 1]) : 0));
}
