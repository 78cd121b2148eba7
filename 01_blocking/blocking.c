/* blocking: one client after the other, waiting inside each call.
 *
 * The idea      The program is the conversation: accept, read, write, as one would tell it. Where it waits is where it
 *               stands in the text.
 * What blocks   Every call, and with it the whole process. Client 2 is connected by the kernel, and answered by nobody
 *               until client 1 has left, or has been silent for PATIENCE_S.
 * A wakeup      is the return of the very call that we wanted: no other call asks what there is to do.
 * It breaks     with the second client. And a client that only writes stops us in write, with full buffers both ways,
 *               until PATIENCE_S is over.
 * Compare       02_nonblocking waits in no call; 08_fork keeps this loop and gives each client a process.
 *
 * usage: blocking [--port N] [--help] */
#define _GNU_SOURCE
#include "harness/server/server.h"
#include <errno.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { PATIENCE_S = 60 };

/* -- One connection -------------------------------------------------------------------------------------------------
 * It owes bytes, and waits to write, or owes none, and waits to read. Its exchange says which. */

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

/* The whole conversation. EINTR is a signal passing by; EAGAIN means that PATIENCE_S is over. */
static void serve(int client, struct exchange *talk)
{
    struct timeval patience = {.tv_sec = PATIENCE_S};
    setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);

    ssize_t n = 0;
    while (!exchange_over(talk) && (n >= 0 || errno == EINTR)) {
        n = exchange_owes(talk) ? answer(client, talk) : hear(client, talk);
        calls.waits++;
    }
    server_leave(client, talk);
    close(client);
}

/* -- The model: wait in the call --------------------------------------------------------------------------------- */

static void meet(int client)
{
    struct exchange talk;
    if (server_admit(client, &talk))
        serve(client, &talk);
}

int main(int argc, char **argv)
{
    int listener = server_listen(argc, argv, "blocking", 0);

    while (server_serving()) {
        /* Wait */
        int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        calls.waits++;
        /* Answer */
        if (client >= 0)
            meet(client);
        else
            server_accept_failed();
    }
    return server_sum_up();
}
