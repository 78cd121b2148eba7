/* wall: an echo server with select. It was tried with three clients, and with three hundred.
 *
 * usage: wall [--port N] [--help] */
#define _GNU_SOURCE
#include "harness/server/server.h"
#include <errno.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

static struct exchange *talks;              /* by descriptor: what each client has said and is owed */
static fd_set to_read, to_write;            /* what we ask of select next time */
static int count;                           /* one more than the highest descriptor in them */
//@ solution, starter
//@ reject COUNT_NOT_VALUE
static int clients;
//@ end

static void watch(int fd)
{
    FD_SET(fd, &to_read);
    if (count <= fd)
        count = fd + 1;
}

static void turn(int fd, bool writing)
{
    FD_CLR(fd, writing ? &to_read : &to_write);
    FD_SET(fd, writing ? &to_write : &to_read);
}

static void part(int client)
{
    FD_CLR(client, &to_read);
    FD_CLR(client, &to_write);
    server_leave(client, &talks[client]);
    close(client);
//@ solution, starter
//@ reject COUNT_NOT_VALUE
    clients--;
//@ end
}

static void meet(int client)
{
//@ solution
    if (client < FD_SETSIZE && server_admit(client, &talks[client]))
        watch(client);
    else if (client >= FD_SETSIZE)
        server_refuse(client);              /* it has no bit in a set */
//@ starter, reject FDSET_OVERFLOW
    if (server_admit(client, &talks[client]))
        watch(client);
//@ reject COUNT_NOT_VALUE
    enum { MOST = 1000 };
    if (clients < MOST && server_admit(client, &talks[client])) {
        clients++;
        watch(client);
    } else if (clients >= MOST) {
        server_refuse(client);
    }
//@ reject OFF_BY_ONE
    if (client <= FD_SETSIZE && server_admit(client, &talks[client]))
        watch(client);
    else if (client > FD_SETSIZE)
        server_refuse(client);
//@ reject SILENT_DROP
    if (client < FD_SETSIZE && server_admit(client, &talks[client]))
        watch(client);
//@ reject DIED
    if (client >= FD_SETSIZE)
        die("too many clients");
    if (server_admit(client, &talks[client]))
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
        FD_CLR(listener, &to_read);
}

int main(int argc, char **argv)
{
    int listener = server_listen(argc, argv, "wall", SOCK_NONBLOCK);
    talks = server_table(sizeof *talks);
    watch(listener);

    while (server_serving()) {
        fd_set readable = to_read, writable = to_write;
        int ready = select(count, &readable, &writable, NULL, NULL);
        calls.waits++;
        if (ready < 0 && errno != EINTR)
            die("select");
        for (int fd = 0; fd < count && ready > 0; fd++) {
            if (!FD_ISSET(fd, &readable) && !FD_ISSET(fd, &writable))
                continue;
            if (fd == listener)
                welcome(listener);
            else
                serve(fd);
        }
    }
    return server_sum_up();
}
