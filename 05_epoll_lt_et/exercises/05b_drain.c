/* drain: an echo server with edge-triggered epoll. It answers everybody who sends a line and waits for the line, so its
 * author was content. Then somebody sent more at once.
 *
 * usage: drain [--port N] [--read-size N] [--help] */
#define _GNU_SOURCE
#include "harness/server/server.h"
#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BATCH = 64 };

static struct exchange *talks;          /* by descriptor: what each client has said and is owed */
static int interest;

static void watch(int fd)
{
//@ solution, starter
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.fd = fd};
//@ reject NOT_ET
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT, .data.fd = fd};
//@ end
    if (epoll_ctl(interest, EPOLL_CTL_ADD, fd, &event) < 0)
        die("epoll_ctl");
}

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
    return n;
}

static void part(int client)
{
    server_leave(client, &talks[client]);
    close(client);
}

/* epoll_wait has named this client. */
static void serve(int client)
{
    struct exchange *talk = &talks[client];
//@ solution, reject ACCEPT_STALL, reject BLOCKED_IN_READ
    for (;;) {
        ssize_t n = exchange_owes(talk) ? answer(client, talk) : hear(client, talk);
        if (n < 0 && errno == EAGAIN)
            return;                     /* it is empty, or full: the next edge will name it again */
        if (exchange_over(talk) || (n < 0 && errno != EINTR)) {
            part(client);
            return;
        }
    }
//@ starter, reject ET_STALL, reject NOT_ET
    ssize_t n = exchange_owes(talk) ? 0 : hear(client, talk);
    if (exchange_owes(talk))
        n = answer(client, talk);
    if (exchange_over(talk) || (n < 0 && !server_not_now()))
        part(client);
//@ reject SPIN
    ssize_t n;
    do
        n = exchange_owes(talk) ? answer(client, talk) : hear(client, talk);
    while (n > 0 || errno == EAGAIN);
    if (exchange_over(talk) || n < 0)
        part(client);
//@ end
}

static void meet(int client)
{
    if (server_admit(client, &talks[client]))
        watch(client);
}

/* epoll_wait has named the listener. */
static void welcome(int listener)
{
//@ solution, reject ET_STALL, reject SPIN
    for (;;) {
        int client = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (client < 0 && server_accept_failed() != ACCEPT_MORE)
            break;                      /* nobody waits any more */
        if (client >= 0)
            meet(client);
    }
//@ starter, reject NOT_ET
    int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (client >= 0)
        meet(client);
    else
        server_accept_failed();
//@ reject ACCEPT_STALL
    int client = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (client >= 0)
        meet(client);
    else
        server_accept_failed();
//@ reject BLOCKED_IN_READ
    for (;;) {
        int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (client < 0 && server_accept_failed() != ACCEPT_MORE)
            break;
        if (client >= 0)
            meet(client);
    }
//@ end
}

int main(int argc, char **argv)
{
    int listener = server_listen(argc, argv, "drain", SOCK_NONBLOCK);
    talks = server_table(sizeof *talks);
    if ((interest = epoll_create1(EPOLL_CLOEXEC)) < 0)
        die("epoll_create1");
    watch(listener);

    while (server_serving()) {
        struct epoll_event events[BATCH];
        int ready = epoll_wait(interest, events, BATCH, -1);
        calls.waits++;
        if (ready < 0 && errno != EINTR)
            die("epoll_wait");
        for (int i = 0; i < ready; i++) {
            if (events[i].data.fd == listener)
                welcome(listener);
            else
                serve(events[i].data.fd);
        }
    }
    return server_sum_up();
}
