/* oracle.h: servers that do one small thing wrong, or late, and always the same one: what the driver says of them is
 * known beforehand.
 *
 * An oracle is a process of its own. Its listener exists before the fork, so nobody has to wait until it is ready; it
 * is killed, and waited for, by its pid. */
#pragma once
#include "harness/load/load.h"
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SIZE = 64, SLOTS = 64 };

/* -- Oracles: poll, and one small thing to do with each request -------------------------------------------------- */

struct client {
    int fd;
    int answers, pieces;        /* pieces: those that the request at hand came in */
    size_t held;
    unsigned char request[SIZE];
};

/* What becomes of a whole request. False: the connection is closed. */
typedef bool behaviour(struct client *c, struct client *all);

static inline bool put(int fd, const unsigned char *bytes, size_t n)
{
    return send(fd, bytes, n, MSG_NOSIGNAL) == (ssize_t)n;
}

static inline bool honest(struct client *c, struct client *all)
{
    (void)all;
    return put(c->fd, c->request, SIZE);
}

/* Not by the request, but what comes, at once: for requests of other sizes. It waits until each write is done. */
static inline bool streams(struct client *c, struct client *all)
{
    (void)c, (void)all;
    return true;
}

static inline void stream(struct client *c)
{
    static unsigned char bytes[64 * 1024];
    ssize_t n = recv(c->fd, bytes, sizeof bytes, 0);
    if (n <= 0 || !put(c->fd, bytes, (size_t)n)) {
        close(c->fd);
        *c = (struct client){.fd = -1};
    }
}

static bool speaks_http;     /* what its clients say */

/* -- Their loop -------------------------------------------------------------------------------------------------- */

/* An echo's request has a size, one of http ends with an empty line. */
static inline bool is_whole(const struct client *c)
{
    if (speaks_http)
        return c->held >= 4 && memcmp(c->request + c->held - 4, "\r\n\r\n", 4) == 0;
    return c->held == SIZE;
}

static inline void serve(struct client *c, struct client *all, behaviour *behave)
{
    ssize_t n = recv(c->fd, c->request + c->held, SIZE - c->held, 0);
    bool keep = n > 0;
    if (keep) {
        c->held += (size_t)n;
        c->pieces++;
    }
    if (keep && is_whole(c)) {
        keep = behave(c, all);
        c->held = 0;
        c->pieces = 0;
        c->answers++;
    }
    if (!keep) {
        close(c->fd);
        *c = (struct client){.fd = -1};
    }
}

/* At most `at_once` clients are looked after; the others stay in the backlog. */
static inline _Noreturn void oracle(int listener, behaviour *behave, int at_once)
{
    static struct client clients[SLOTS];
    struct pollfd polled[SLOTS + 1];
    for (int i = 0; i < SLOTS; i++)
        clients[i].fd = -1;
    for (;;) {
        int open = 0, slot = -1;
        for (int i = 0; i < SLOTS; i++) {
            polled[i] = (struct pollfd){.fd = clients[i].fd, .events = POLLIN};
            open += clients[i].fd >= 0;
            slot = slot < 0 && clients[i].fd < 0 ? i : slot;
        }
        polled[SLOTS] = (struct pollfd){.fd = open < at_once ? listener : -1, .events = POLLIN};
        if (poll(polled, SLOTS + 1, -1) < 0)
            _exit(1);
        for (int i = 0; i < SLOTS; i++)
            if (polled[i].revents && behave == streams)
                stream(&clients[i]);
            else if (polled[i].revents)
                serve(&clients[i], clients, behave);
        if (polled[SLOTS].revents)
            clients[slot] = (struct client){.fd = accept(listener, NULL, NULL)};
    }
}

static inline int listen_somewhere(struct sockaddr_in *address)
{
    socklen_t size = sizeof *address;
    *address = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)address, size) < 0 || listen(listener, 128) < 0 ||
        getsockname(listener, (struct sockaddr *)address, &size) < 0) {
        perror("oracle: listen");
        exit(1);
    }
    return listener;
}

/* -- A driver that is away ---------------------------------------------------------------------------------------
 * A signal comes in the middle of the window, and whoever heeds it, the driver's only thread, does nothing else. */

enum { AWAY_AFTER_MS = 120, AWAY_MS = 300 };

static inline void stay_away(int signal_number)
{
    struct timespec left = {.tv_nsec = AWAY_MS * 1000000L};
    (void)signal_number;
    while (nanosleep(&left, &left) < 0)
        ;
}

/* For load_options.window. */
static inline void be_away_soon(void *context, bool begins)
{
    (void)context;
    const struct itimerval once = {.it_value.tv_usec = begins ? AWAY_AFTER_MS * 1000 : 0};
    signal(SIGALRM, stay_away);
    setitimer(ITIMER_REAL, &once, NULL);
}

/* -- A run against one of them ----------------------------------------------------------------------------------- */

static struct load_result result;

static inline bool run(behaviour *behave, int at_once, struct load_options o)
{
    int listener = listen_somewhere(&o.address);
    pid_t pid = fork();
    if (pid < 0) {
        perror("oracle: fork");
        exit(1);
    }
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        oracle(listener, behave, at_once);
    }
    close(listener);
    bool good = load_run(&o, &result);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    return good;
}
