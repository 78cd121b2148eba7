/* epoll_lt: one thread waits for all of its clients at once, and the question stays in the kernel. Level-triggered.
 *
 * The idea      Each descriptor is handed over once, with what interests us. epoll_wait brings back the ready ones and
 *               no others. Level-triggered: a client is reported again for as long as it is ready.
 * What blocks   epoll_wait alone. The sockets do not: readiness is a hint, and read may still find nothing.
 * A wakeup      costs what is ready, not what is open: 10,000 idle clients cost nothing.
 * It breaks     when all are ready at once it does more work than poll; and whoever asks to write and owes nothing
 *               spins.
 * Compare       04_poll hands the whole question over at each call; epoll_et.c is told of each arrival once.
 *
 * usage: epoll-lt [--port N] [--reads-per-event N|all] [--oneshot] [--help] */
#define _GNU_SOURCE
#include "harness/server/server.h"
#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* -- One connection -------------------------------------------------------------------------------------------------
 * It owes bytes, and waits to write, or owes none, and waits to read. Its exchange says which; a table by descriptor
 * holds them all. */

static struct exchange *talks;

static void watch(int fd);
static void turn(int fd, bool writing);
static void forget(int fd);

static ssize_t hear(int client, struct exchange *talk)
{
    struct span room = exchange_room(talk);
    ssize_t n = read(client, room.at, room.n);
    exchange_got(talk, n);
    return n;
}

static ssize_t answer(int client, struct exchange *talk)
{
    struct span owed = exchange_owed(talk);
    ssize_t n = write(client, owed.at, owed.n);
    exchange_sent(talk, n);
    if (exchange_said_all(talk))
        shutdown(client, SHUT_WR);
    return n;
}

static void meet(int client)
{
    if (server_admit(client, &talks[client]))
        watch(client);
}

static void part(int client)
{
    forget(client);
    server_leave(client, &talks[client]);
    close(client);
}

/* One visit: reads_per_event reads, each with its answer, unless the kernel says EAGAIN before. What is left will make
 * the client ready again. */
static void serve(int client)
{
    struct exchange *talk = &talks[client];
    bool owed = exchange_owes(talk);
    for (int reads = 0; exchange_owes(talk) || reads++ < server.reads_per_event;) {
        ssize_t n = exchange_owes(talk) ? answer(client, talk) : hear(client, talk);
        if (n < 0 ? !server_not_now() : exchange_over(talk)) {
            part(client);
            return;
        }
        if (n < 0)
            break;
    }
    if (exchange_owes(talk) != owed)
        turn(client, !owed);
}

/* One newcomer. If more wait, the listener will be ready again. */
static void welcome(int listener)
{
    int client = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (client >= 0)
        meet(client);
    else if (server_accept_failed() == ACCEPT_SHUT)
        forget(listener);
}

/* -- The model: epoll, level-triggered ------------------------------------------------------------------------------
 * The interest list lives in the kernel. A batch names each descriptor once, and only its own visit closes it: no event
 * of a batch is stale. */

enum { BATCH = 256 };
static int interest;
static uint32_t once;       /* EPOLLONESHOT, with --oneshot: whoever is reported is not again, until we ask anew */

static void control(int operation, int fd, uint32_t events)
{
    struct epoll_event event = {.events = events | once, .data.fd = fd};
    if (epoll_ctl(interest, operation, fd, &event) < 0)
        die("epoll_ctl");
}

static void watch(int fd)
{
    control(EPOLL_CTL_ADD, fd, EPOLLIN);
}

static void turn(int fd, bool writing)
{
    control(EPOLL_CTL_MOD, fd, writing ? EPOLLOUT : EPOLLIN);
}

static void forget(int fd)
{
    control(EPOLL_CTL_DEL, fd, 0);
}

int main(int argc, char **argv)
{
    server.oneshot = 0;
    int listener = server_listen(argc, argv, "epoll-lt", SOCK_NONBLOCK);
    talks = server_table(sizeof *talks);
    if ((interest = epoll_create1(EPOLL_CLOEXEC)) < 0)
        die("epoll_create1");

    /* Ask */
    watch(listener);
    once = server.oneshot ? EPOLLONESHOT : 0;

    while (server_serving()) {
        /* Wait */
        struct epoll_event events[BATCH];
        int ready = epoll_wait(interest, events, BATCH, -1);
        calls.waits++;
        if (ready < 0 && errno != EINTR)
            die("epoll_wait");
        /* Answer */
        for (int i = 0; i < ready; i++) {
            int fd = events[i].data.fd;
            if (fd == listener)
                welcome(listener);
            else
                serve(fd);
            if (once && exchange_open(&talks[fd]))
                turn(fd, exchange_owes(&talks[fd]));
        }
    }
    return server_sum_up();
}
