//@ solution
/* array: an echo server with poll. It was one with select, that turned away whoever had no bit in a set.
//@ starter
/* array: an echo server with select. It turns away whoever has no bit in a set: that is to end.
//@ end
 *
 * usage: array [--port N] [--help] */
#define _GNU_SOURCE
#include "harness/server/server.h"
#include <errno.h>
//@ solution
#include <poll.h>
//@ starter, reject FDSET_OVERFLOW
#include <sys/select.h>
//@ end
#include <sys/socket.h>
#include <unistd.h>

static struct exchange *talks;              /* by descriptor: what each client has said and is owed */
//@ solution
static struct pollfd *places;               /* what we ask of poll, by descriptor; -1: nothing */
static int count;                           /* one more than the highest descriptor in them */
//@ reject LOST_ENTRY
static struct pollfd *places;               /* what we ask of poll, one behind the other */
static int count;
//@ reject ARRAY_FULL
static struct pollfd places[1024];          /* what we ask of poll, one behind the other */
static int count;
//@ starter, reject FDSET_OVERFLOW
static fd_set to_read, to_write;            /* what we ask of select next time */
static int count;                           /* one more than the highest descriptor in them */
//@ reject UNWATCHED
static struct pollfd *places;               /* what we ask of poll, by descriptor; -1: nothing */
static int count;                           /* how many of them there are */
//@ end

static void watch(int fd)
{
//@ solution
    while (count <= fd)
        places[count++].fd = -1;
    places[fd] = (struct pollfd){.fd = fd, .events = POLLIN};
//@ reject LOST_ENTRY, reject ARRAY_FULL
    places[count++] = (struct pollfd){.fd = fd, .events = POLLIN};
//@ reject UNWATCHED
    places[fd] = (struct pollfd){.fd = fd, .events = POLLIN};
    count++;
//@ starter, reject FDSET_OVERFLOW
    FD_SET(fd, &to_read);
    if (count <= fd)
        count = fd + 1;
//@ end
}

static void turn(int fd, bool writing)
{
//@ solution
    places[fd].events = writing ? POLLOUT : POLLIN;
//@ reject SPIN
    if (writing)
        places[fd].events |= POLLOUT;
//@ reject LOST_ENTRY, reject ARRAY_FULL
    for (int i = 0; i < count; i++)
        if (places[i].fd == fd)
            places[i].events = writing ? POLLOUT : POLLIN;
//@ starter, reject FDSET_OVERFLOW
    FD_CLR(fd, writing ? &to_read : &to_write);
    FD_SET(fd, writing ? &to_write : &to_read);
//@ end
}

static void forget(int fd)
{
//@ solution
    places[fd].fd = -1;
    while (count > 0 && places[count - 1].fd < 0)
        count--;
//@ reject LOST_ENTRY
    for (int i = 0; i < count; i++)
        if (places[i].fd == fd)
            places[i].fd = -1;
    count--;
//@ reject ARRAY_FULL
    int i = 0;
    while (places[i].fd != fd)
        i++;
    places[i] = places[--count];
//@ reject UNWATCHED
    places[fd].fd = -1;
    count--;
//@ starter, reject FDSET_OVERFLOW
    FD_CLR(fd, &to_read);
    FD_CLR(fd, &to_write);
//@ end
}

static void part(int client)
{
//@ solution, starter
    forget(client);
//@ reject DEAD_ENTRY
//@ end
    server_leave(client, &talks[client]);
    close(client);
}

static void meet(int client)
{
//@ solution, reject FDSET_OVERFLOW
    if (server_admit(client, &talks[client]))
        watch(client);
//@ starter, reject STILL_A_WALL
    if (client >= FD_SETSIZE)
        server_refuse(client);              /* select has no place for it */
    else if (server_admit(client, &talks[client]))
        watch(client);
//@ end
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
        turn(client, exchange_owes(talk));
}

static void welcome(int listener)
{
    int client = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (client >= 0)
        meet(client);
    else if (server_accept_failed() == ACCEPT_SHUT)
        forget(listener);
}

int main(int argc, char **argv)
{
    int listener = server_listen(argc, argv, "array", SOCK_NONBLOCK);
    talks = server_table(sizeof *talks);
//@ solution
    places = server_table(sizeof *places);
//@ starter, reject FDSET_OVERFLOW, reject ARRAY_FULL
//@ end
    watch(listener);

    while (server_serving()) {
//@ solution
        int ready = poll(places, (nfds_t)count, -1);
//@ starter, reject FDSET_OVERFLOW
        fd_set readable = to_read, writable = to_write;
        int ready = select(count, &readable, &writable, NULL, NULL);
//@ end
        calls.waits++;
        if (ready < 0 && errno != EINTR)
//@ solution
            die("poll");
        for (int fd = 0; fd < count && ready > 0; fd++) {
            if (!places[fd].revents)
                continue;
//@ reject HUP_SPIN
            die("poll");
        for (int fd = 0; fd < count && ready > 0; fd++) {
            if (places[fd].revents != POLLIN && places[fd].revents != POLLOUT)
                continue;
//@ reject LOST_ENTRY, reject ARRAY_FULL
            die("poll");
        for (int i = 0; i < count && ready > 0; i++) {
            int fd = places[i].fd;
            if (!places[i].revents)
                continue;
//@ starter, reject FDSET_OVERFLOW
            die("select");
        for (int fd = 0; fd < count && ready > 0; fd++) {
            if (!FD_ISSET(fd, &readable) && !FD_ISSET(fd, &writable))
                continue;
//@ end
            if (fd == listener)
                welcome(listener);
            else
                serve(fd);
        }
    }
    return server_sum_up();
}
