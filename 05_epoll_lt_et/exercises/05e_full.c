/* full: an echo server with epoll, level-triggered. It watches over as many clients as there are descriptors. Then one
 * more comes.
 *
 * usage: full [--port N] [--help] */
#define _GNU_SOURCE
#include "harness/server/server.h"
#include <errno.h>
//@ solution, starter
//@ reject SPARE_LOST
#include <fcntl.h>
//@ end
//@ solution, starter
//@ reject WAITS_ASIDE
#include <poll.h>
//@ end
#include <sys/epoll.h>
#include <sys/socket.h>
//@ solution, starter
//@ reject NAPS
#include <time.h>
//@ end
#include <unistd.h>

enum { BATCH = 64 };

static struct exchange *talks;          /* by descriptor: what each client has said and is owed */
static int interest;
//@ solution
static int resting = -1;                /* the listener, while there is no descriptor for whoever knocks */
//@ starter, reject ACCEPT_LOOP, reject DIED_ON_EMFILE, reject NEVER_RECOVERS, reject NAPS, reject VICTIM
//@ reject WAITS_ASIDE, reject HUNG_UP, reject FD_GONE, reject ONE_ACCEPT
//@ reject SPARE_LOST
static int spare;                       /* given up for a moment, so that accept4 has a descriptor */
//@ end

static void control(int operation, int fd, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.fd = fd};
    if (epoll_ctl(interest, operation, fd, &event) < 0)
        die("epoll_ctl");
}

static void part(int client)
{
    server_leave(client, &talks[client]);
    close(client);
//@ solution
    if (resting >= 0) {
        control(EPOLL_CTL_ADD, resting, EPOLLIN);
        resting = -1;
    }
//@ starter, reject ACCEPT_LOOP, reject DIED_ON_EMFILE, reject NEVER_RECOVERS, reject NAPS, reject VICTIM
//@ reject WAITS_ASIDE, reject HUNG_UP, reject FD_GONE, reject ONE_ACCEPT
//@ reject SPARE_LOST
//@ end
}

static void meet(int client)
{
    if (server_admit(client, &talks[client]))
        control(EPOLL_CTL_ADD, client, EPOLLIN);
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

static void serve(int client)
{
    struct exchange *talk = &talks[client];
    ssize_t n = exchange_owes(talk) ? answer(client, talk) : hear(client, talk);
    if (n < 0 ? !server_not_now() : exchange_over(talk))
        part(client);
    else
        control(EPOLL_CTL_MOD, client, exchange_owes(talk) ? EPOLLOUT : EPOLLIN);
}

/* The listener is ready: somebody waits in its queue. */
static void welcome(int listener)
{
//@ solution, starter
    int client = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
//@ reject ACCEPT_LOOP
    int client;
    do {
        client = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    } while (client < 0 && errno == EMFILE);
//@ end
    if (client >= 0)
        meet(client);
    else if (errno == EINVAL)
        control(EPOLL_CTL_DEL, listener, 0);    /* it was shut: we are to end */
//@ solution
    else if (errno == EMFILE || errno == ENFILE) {
        control(EPOLL_CTL_DEL, listener, 0);    /* the queue keeps whoever is in it, until somebody leaves */
        resting = listener;
    }
//@ starter, reject ACCEPT_LOOP, reject ONE_ACCEPT
//@ reject DIED_ON_EMFILE
    else if (errno != EAGAIN)
        die("accept4");
//@ reject NEVER_RECOVERS
    else if (errno == EMFILE || errno == ENFILE)
        control(EPOLL_CTL_DEL, listener, 0);
//@ reject WAITS_ASIDE
    else if (errno == EMFILE || errno == ENFILE)
        poll(NULL, 0, 100);
//@ reject HUNG_UP
    else if (errno == EMFILE || errno == ENFILE)
        shutdown(listener, SHUT_RD);
//@ reject FD_GONE
    else if (errno == EMFILE || errno == ENFILE)
        close(63);                              /* whoever came last, has he not? */
//@ reject NAPS
    else if (errno == EMFILE || errno == ENFILE) {
        struct timespec moment = {.tv_nsec = 10 * 1000 * 1000};
        nanosleep(&moment, NULL);
    }
//@ reject VICTIM
    else if (errno == EMFILE || errno == ENFILE) {
        int first = 0;
        while (!exchange_open(&talks[first]))
            first++;
        part(first);
    }
//@ reject SPARE_LOST
    else if (errno == EMFILE || errno == ENFILE) {
        close(spare);
        client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (client >= 0)
            server_refuse(client);
    }
//@ end
}

int main(int argc, char **argv)
{
    int listener = server_listen(argc, argv, "full", SOCK_NONBLOCK);
    talks = server_table(sizeof *talks);
    if ((interest = epoll_create1(EPOLL_CLOEXEC)) < 0)
        die("epoll_create1");
//@ solution, starter
//@ reject SPARE_LOST
    spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
//@ end
//@ solution, starter
    control(EPOLL_CTL_ADD, listener, EPOLLIN);
//@ reject ONE_ACCEPT
    control(EPOLL_CTL_ADD, listener, EPOLLIN | EPOLLET);
//@ end

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
