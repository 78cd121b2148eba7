/* epoll_et: one thread waits for all of its clients at once, and the question stays in the kernel. Edge-triggered.
 *
 * The idea      Each descriptor is handed over once, with what interests us. epoll_wait brings back the ready ones and
 *               no others. Edge-triggered: an arrival is reported once, so we read until EAGAIN: nobody reminds us.
 * What blocks   epoll_wait alone. The sockets do not: readiness is a hint, and read may still find nothing.
 * A wakeup      costs what is ready, not what is open; a burst of any length is one wakeup.
 * It breaks     in silence: who does not drain leaves bytes behind until the peer speaks again, and a ping-pong test
 *               never shows it. Who drains without a budget serves a firehose for ever.
 * Compare       epoll_lt.c is reminded, and needs neither the drain nor the budget.
 *
 * usage: epoll-et [--port N] [--reads-per-event N|all] [--help] */
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
static void remind(int fd);

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
    server_leave(client, &talks[client]);
    close(client);
}

/* One visit: until EAGAIN, as the kernel will not say again what it has said; or until the budget is spent: then the
 * others first. (--reads-per-event N stops after N and forgets the rest: to see why that is wrong.) */
static void serve(int client)
{
    struct exchange *talk = &talks[client];
    for (int reads = 0; exchange_owes(talk) || reads++ < server.reads_per_event;) {
        ssize_t n = exchange_owes(talk) ? answer(client, talk) : hear(client, talk);
        if (n < 0 ? !server_not_now() : exchange_over(talk)) {
            part(client);
            return;
        }
        if (n < 0 && errno == EAGAIN)
            return;
    }
    if (server.reads_per_event == READ_ALL)
        remind(client);
}

/* All newcomers: of those that we leave, nobody will remind us. */
static void welcome(int listener)
{
    for (;;) {
        int client = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (client >= 0)
            meet(client);
        else if (server_accept_failed() != ACCEPT_MORE)
            return;
    }
}

/* -- The model: epoll, edge-triggered -------------------------------------------------------------------------------
 * The interest list lives in the kernel. A batch names each descriptor once, and only its own visit closes it: no event
 * of a batch is stale. */

enum { BATCH = 256 };
static int interest;

static void control(int operation, int fd, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.fd = fd};
    if (epoll_ctl(interest, operation, fd, &event) < 0)
        die("epoll_ctl");
}

/* Both directions, once and for all. */
static void watch(int fd)
{
    control(EPOLL_CTL_ADD, fd, EPOLLIN | EPOLLOUT | EPOLLET);
}

/* MOD looks anew: what is still there counts as an arrival. */
static void remind(int fd)
{
    control(EPOLL_CTL_MOD, fd, EPOLLIN | EPOLLOUT | EPOLLET);
}

int main(int argc, char **argv)
{
    server.reads_per_event = READ_ALL;
    int listener = server_listen(argc, argv, "epoll-et", SOCK_NONBLOCK);
    talks = server_table(sizeof *talks);
    if ((interest = epoll_create1(EPOLL_CLOEXEC)) < 0)
        die("epoll_create1");

    /* Ask */
    watch(listener);

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
        }
    }
    return server_sum_up();
}
