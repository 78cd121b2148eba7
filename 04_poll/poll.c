/* poll: one thread waits for all of its clients at once, by handing the kernel an array.
 *
 * The idea      The array says, for each descriptor, what would interest us (events); poll sleeps until one of these is
 *               so and writes beside it what is (revents). It takes any descriptor and keeps our question intact.
 * What blocks   poll alone. The sockets do not: readiness is a hint, and read may still find nothing.
 * A wakeup      costs a walk over the whole array, in the kernel and again here, even if one client of 10,000 has said
 *               a word.
 * It breaks     slowly: with many idle clients the walk outgrows the work. `make report` draws it.
 * Compare       03_select asks with two sets of bits, that end at 1,024; 05_epoll_lt_et leaves the question in the
 *               kernel.
 *
 * usage: poll [--port N] [--reads-per-event N|all] [--help] */
#define _GNU_SOURCE
#include "harness/server/server.h"
#include <errno.h>
#include <poll.h>
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

/* -- The model: poll ------------------------------------------------------------------------------------------------
 * The array has a place for every descriptor, so that nothing ever moves in it; poll skips a place that says -1. */

static struct pollfd *places;
static int count;

static void watch(int fd)
{
    while (count <= fd)
        places[count++].fd = -1;
    places[fd] = (struct pollfd){.fd = fd, .events = POLLIN};
}

static void turn(int fd, bool writing)
{
    places[fd].events = writing ? POLLOUT : POLLIN;
}

static void forget(int fd)
{
    places[fd].fd = -1;
    while (count > 0 && places[count - 1].fd < 0)
        count--;
}

int main(int argc, char **argv)
{
    int listener = server_listen(argc, argv, "poll", SOCK_NONBLOCK);
    talks = server_table(sizeof *talks);
    places = server_table(sizeof *places);

    /* Ask */
    watch(listener);

    while (server_serving()) {
        /* Wait */
        int ready = poll(places, (nfds_t)count, -1);
        calls.waits++;
        if (ready < 0 && errno != EINTR)
            die("poll");
        /* Answer */
        for (int fd = 0; fd < count && ready > 0; fd++) {
            if (!places[fd].revents)
                continue;
            if (fd == listener)
                welcome(listener);
            else
                serve(fd);
        }
    }
    return server_sum_up();
}
