/* nonblocking: one thread, many clients, and no call ever waits. It asks everybody, again and again.
 *
 * The idea      O_NONBLOCK turns "wait" into "not now" (EAGAIN). So nobody can hold the others up: try
 *               each, and go round.
 * What blocks   Nothing; or, with --nap, the pause between two rounds.
 * A wakeup      does not exist: we find out by asking. Every round costs a call for every client, ready or not.
 * It breaks     at once: a CPU burns even if nobody says a word. A nap cures that and makes everyone wait for its end:
 *               the mean answer comes half a nap late. Look at wakeups and latency, not at CPU alone.
 * Compare       01_blocking waits in the call itself; 03_select asks the kernel once about all.
 *
 * usage: nonblocking [--port N] [--nap MS] [--help] */
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
static int count;

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
    if (server_admit(client, &talks[client]) && count <= client)
        count = client + 1;
}

static void part(int client)
{
    server_leave(client, &talks[client]);
    close(client);
}

/* One visit: until EAGAIN, or until the others should have their turn. */
static void serve(int client)
{
    struct exchange *talk = &talks[client];
    for (int reads = 0; exchange_owes(talk) || reads++ < READ_ALL;) {
        ssize_t n = exchange_owes(talk) ? answer(client, talk) : hear(client, talk);
        if (n < 0 ? !server_not_now() : exchange_over(talk)) {
            part(client);
            return;
        }
        if (n < 0)
            return;
    }
}

/* All newcomers. */
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

/* -- The model: ask everybody ------------------------------------------------------------------------------------ */

static void nap(void)
{
    poll(NULL, 0, server.nap_ms);
    calls.waits++;
}

int main(int argc, char **argv)
{
    server.nap_ms = 0;
    int listener = server_listen(argc, argv, "nonblocking", SOCK_NONBLOCK);
    talks = server_table(sizeof *talks);

    while (server_serving()) {
        /* Wait: nowhere, unless told to nap */
        if (server.nap_ms > 0)
            nap();
        /* Answer */
        welcome(listener);
        for (int fd = 0; fd < count; fd++)
            if (exchange_open(&talks[fd]))
                serve(fd);
    }
    return server_sum_up();
}
