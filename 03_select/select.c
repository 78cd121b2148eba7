/* select: one thread waits for all of its clients at once, by handing the kernel two sets of bits.
 *
 * The idea      A bit for each descriptor: in one set those that we would read, in the other those that we would write.
 *               select sleeps until one of these can be done, and leaves only those bits: question becomes answer.
 * What blocks   select alone. The sockets do not: readiness is a hint, and read may still find nothing.
 * A wakeup      costs a copy of the sets, and a walk over all bits up to the highest, in the kernel and again here.
 * It breaks     at 1,024: a descriptor of FD_SETSIZE or more has no bit, and FD_SET would write past the set. Such a
 *               client is refused. What counts is the number of the descriptor, not how many there are.
 * Compare       02_nonblocking asks each client; 04_poll asks with an array, which has no such end.
 *
 * usage: select [--port N] [--reads-per-event N|all] [--help] */
#define _GNU_SOURCE
#include "harness/server/server.h"
#include <errno.h>
#include <sys/select.h>
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
    if (client >= FD_SETSIZE)
        server_refuse(client);
    else if (server_admit(client, &talks[client]))
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

/* -- The model: select ----------------------------------------------------------------------------------------------
 * select overwrites the sets that it is given, so it gets copies. */

static fd_set to_read, to_write;
static int count;

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

static void forget(int fd)
{
    FD_CLR(fd, &to_read);
    FD_CLR(fd, &to_write);
    while (count > 0 && !FD_ISSET(count - 1, &to_read) && !FD_ISSET(count - 1, &to_write))
        count--;
}

int main(int argc, char **argv)
{
    int listener = server_listen(argc, argv, "select", SOCK_NONBLOCK);
    if (listener >= FD_SETSIZE)
        listener = server_move_listener(listener, STDIN_FILENO);
    talks = server_table(sizeof *talks);

    /* Ask */
    watch(listener);

    while (server_serving()) {
        /* Wait */
        fd_set readable = to_read, writable = to_write;
        int ready = select(count, &readable, &writable, NULL, NULL);
        calls.waits++;
        if (ready < 0 && errno != EINTR)
            die("select");
        /* Answer */
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
