/* echo: one thread, many clients, and no call waits: it asks everybody, again and again, and naps when nobody had
 * anything. A line comes back. Of 16 MiB to somebody who reads later, a small part comes back.
 *
 * What it does without is a memory: what a client is owed has to be kept from one visit to the next. That is yours to
 * build, and not to be taken from exchange.h.
 *
 * usage: echo [--port N] [--help] */
#define _GNU_SOURCE
#include "harness/server/server.h"
#include <poll.h>
#include <stdlib.h>
//@ solution, starter
//@ reject NO_BACKPRESSURE
#include <string.h>
//@ end
#include <sys/socket.h>
#include <unistd.h>

enum { ROOM = 64 * 1024, NAP_MS = 1 };

/* What we know of a client from one visit to the next. */
struct client {
    int fd;
//@ solution
    size_t begin, end;          /* bytes[begin] to bytes[end] were read, and are not written yet */
    char bytes[ROOM];
//@ starter, reject WRITE_SPIN, reject BLOCKED
//@ reject NO_BACKPRESSURE
    size_t begin, end;
    char *bytes;
//@ reject FOREIGN_BYTES
    size_t begin, end;
//@ end
};

static struct client **clients;     /* by descriptor; NULL: nobody */
static int count;

//@ solution, reject NO_BACKPRESSURE
//@ starter, reject WRITE_SPIN, reject BLOCKED, reject FOREIGN_BYTES
static char room[ROOM];
//@ end

static void meet(int fd)
{
//@ solution, starter
    if (!(clients[fd] = calloc(1, sizeof **clients)))
        die("calloc");
//@ reject LEFTOVERS
    if (!clients[fd] && !(clients[fd] = calloc(1, sizeof **clients)))   /* its predecessor's will do */
        die("calloc");
//@ end
    clients[fd]->fd = fd;
    if (count <= fd)
        count = fd + 1;
}

static void part(struct client *client)
{
    close(client->fd);
//@ solution, starter
    clients[client->fd] = NULL;
    free(client);
//@ reject NO_BACKPRESSURE
    clients[client->fd] = NULL;
    free(client->bytes);
    free(client);
//@ reject LEFTOVERS
    client->fd = -1;
//@ end
}

//@ solution
static ssize_t hear(struct client *client)
{
    ssize_t n = read(client->fd, client->bytes, sizeof client->bytes);
    client->begin = 0;
    client->end = n > 0 ? (size_t)n : 0;
    return n;
}

/* As much as the kernel takes now; the rest stays for the next visit. */
static ssize_t answer(struct client *client)
{
    ssize_t n = write(client->fd, client->bytes + client->begin, client->end - client->begin);
    client->begin += n > 0 ? (size_t)n : 0;
    return n;
}

//@ starter, reject WRITE_SPIN, reject BLOCKED
//@ reject NO_BACKPRESSURE
static ssize_t hear(struct client *client)
{
    char heard[ROOM];
    ssize_t n = read(client->fd, heard, sizeof heard);
    if (n <= 0)
        return n;
    if (!(client->bytes = realloc(client->bytes, client->end + (size_t)n)))
        die("realloc");
    memcpy(client->bytes + client->end, heard, (size_t)n);
    client->end += (size_t)n;
    return n;
}

static ssize_t answer(struct client *client)
{
    ssize_t n = write(client->fd, client->bytes + client->begin, client->end - client->begin);
    client->begin += n > 0 ? (size_t)n : 0;
    return n;
}

//@ reject CUT_OFF
static ssize_t hear(struct client *client)
{
    ssize_t n = read(client->fd, client->bytes + client->end, ROOM - client->end);
    client->end += n > 0 ? (size_t)n : 0;
    return n;
}

static ssize_t answer(struct client *client)
{
    ssize_t n = write(client->fd, client->bytes + client->begin, client->end - client->begin);
    client->begin += n > 0 ? (size_t)n : 0;
    if (client->begin == client->end)
        client->begin = client->end = 0;
    return n;
}

//@ reject FOREIGN_BYTES
static ssize_t hear(struct client *client)
{
    ssize_t n = read(client->fd, room, sizeof room);
    client->begin = 0;
    client->end = n > 0 ? (size_t)n : 0;
    return n;
}

static ssize_t answer(struct client *client)
{
    ssize_t n = write(client->fd, room + client->begin, client->end - client->begin);
    client->begin += n > 0 ? (size_t)n : 0;
    return n;
}

//@ end
/* One visit. True: there was something to do. */
static bool serve(struct client *client)
{
//@ solution, reject FOREIGN_BYTES
    bool owes = client->begin < client->end;
    ssize_t n = owes ? answer(client) : hear(client);
    if (n < 0 ? !server_not_now() : n == 0 && !owes)
        part(client);
    return n > 0;
//@ starter, reject BLOCKED
    ssize_t n = read(client->fd, room, sizeof room);
    if (n > 0)
        n = write(client->fd, room, (size_t)n);
    if (n < 0 ? !server_not_now() : n == 0)
        part(client);
    return n > 0;
//@ reject WRITE_SPIN
    ssize_t heard = read(client->fd, room, sizeof room), n = heard;
    for (ssize_t done = 0; done < heard && (n >= 0 || server_not_now()); done += n > 0 ? n : 0)
        n = write(client->fd, room + done, (size_t)(heard - done));
    if (n < 0 ? !server_not_now() : n == 0)
        part(client);
    return n > 0;
//@ reject NO_BACKPRESSURE
    ssize_t heard = hear(client);
    bool owes = client->begin < client->end;
    ssize_t n = owes ? answer(client) : heard;
    if (n < 0 ? !server_not_now() : n == 0 && !owes)
        part(client);
    return n > 0 || heard > 0;
//@ reject CUT_OFF
    ssize_t n = 1;
    while (client->end < ROOM && (n = hear(client)) > 0)
        continue;                       /* all that has come */
    if (n < 0 ? !server_not_now() : n == 0) {
        part(client);
        return false;
    }
    n = client->begin < client->end ? answer(client) : 0;
    if (n < 0 && !server_not_now())
        part(client);
    return n > 0;
//@ reject LEFTOVERS
    if (client->fd < 0)
        return false;
    bool owes = client->begin < client->end;
    ssize_t n = owes ? answer(client) : hear(client);
    if (n < 0 ? !server_not_now() : n == 0 && !owes)
        part(client);
    return n > 0;
//@ end
}

/* All newcomers. */
static void welcome(int listener)
{
    for (;;) {
//@ solution, starter
        int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
//@ reject BLOCKED
        int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
//@ end
        if (fd >= 0)
            meet(fd);
        else if (server_accept_failed() != ACCEPT_MORE)
            return;
    }
}

int main(int argc, char **argv)
{
    int listener = server_listen(argc, argv, "echo", SOCK_NONBLOCK);
    clients = server_table(sizeof *clients);

    while (server_serving()) {
        bool busy = false;
        welcome(listener);
        for (int fd = 0; fd < count; fd++)
            if (clients[fd] && serve(clients[fd]))
                busy = true;
        if (!busy)
            poll(NULL, 0, NAP_MS);
    }
    return 0;
}
