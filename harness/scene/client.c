#define _GNU_SOURCE
#include "harness/scene/client.h"
#include "harness/child/clock.h"
#include "harness/scene/scene.h"
#include <errno.h>
#include <linux/sockios.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CHUNK = SCENE_READ_MOST, CHUNKS_A_TURN = 4 };    /* nobody keeps the others from their turn */

/* -- Beginning and end ------------------------------------------------------------------------------------------- */

static void over(struct client *client, enum client_state state)
{
    client->state = state;
    client->ended_ms = now_ms();
}

static void open_up(struct client *client)
{
    struct sockaddr_in mine;
    socklen_t size = sizeof mine;
    if (getsockname(client->fd, (struct sockaddr *)&mine, &size) == 0)
        client->port = ntohs(mine.sin_port);
    client->state = CLIENT_OPEN;
    client->connected_ms = now_ms();
}

void client_begin(struct client *client, const struct sockaddr_in *server, int rcvbuf, uint32_t seed, bool compares)
{
    const int on = 1;
    *client = (struct client){.said.seed = seed, .compares = compares, .reading = true, .began_ms = now_ms()};
    client->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (client->fd < 0) {
        perror("socket");           /* ours: without descriptors there is no scene */
        exit(1);
    }
    setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (rcvbuf > 0)
        setsockopt(client->fd, SOL_SOCKET, SO_RCVBUF, &rcvbuf, sizeof rcvbuf);
    if (connect(client->fd, (const struct sockaddr *)server, sizeof *server) == 0)
        open_up(client);
    else if (errno != EINPROGRESS)
        over(client, CLIENT_REFUSED);
}

void client_end(struct client *client, bool reset)
{
    if (client->fd >= 0 && reset)
        setsockopt(client->fd, SOL_SOCKET, SO_LINGER, &(struct linger){.l_onoff = 1}, sizeof(struct linger));
    if (client->fd >= 0)
        close(client->fd);
    client->fd = -1;
    if (!client_is_over(client))
        over(client, CLIENT_CLOSED);
}

void client_forget(struct client *client)
{
    client_end(client, false);
    stream_free(&client->said);
    inbox_free(&client->inbox);
}

/* -- Writing ----------------------------------------------------------------------------------------------------- */

static bool wants_to_write(const struct client *client)
{
    bool fin_is_next = client->fin_wanted && !client->fin_sent;
    return client->state == CLIENT_OPEN && (client->sent < client->said.length || fin_is_next);
}

/* A segment of what is next: all of the piece, a byte of a slow one, the last byte of an urgent one for itself. */
static ssize_t write_some(struct client *client)
{
    size_t n = CHUNK;
    const struct piece *piece = stream_piece(&client->said, client->sent);
    const char *bytes = stream_bytes(&client->said, client->sent, &n);
    if (piece->every_ms >= 0)
        n = 1;
    if (client->sent == piece->begin)
        client->last_sent_ms = now_ms();
    ssize_t taken = send(client->fd, bytes, n, MSG_NOSIGNAL | (piece->urgent ? MSG_OOB : 0));
    if (taken > 0) {
        client->sent += taken;
        if (piece->every_ms > 0)
            client->next_byte_ms = now_ms() + piece->every_ms;
    }
    return taken;
}

static void write_all(struct client *client)
{
    for (int i = 0; i < CHUNKS_A_TURN && client->sent < client->said.length; i++) {
        if (client->next_byte_ms > now_ms())
            return;
        if (write_some(client) < 0) {
            if (errno != EAGAIN && errno != EINTR)
                over(client, CLIENT_RESET);
            return;
        }
    }
    if (client->sent == client->said.length && client->fin_wanted && !client->fin_sent) {
        shutdown(client->fd, SHUT_WR);
        client->fin_sent = true;
    }
}

/* -- Reading ----------------------------------------------------------------------------------------------------- */

static bool may_read(const struct client *client)
{
    return client->state == CLIENT_OPEN && client->reading && client->next_read_ms <= now_ms();
}

static void hear(struct client *client, const char *bytes, size_t n)
{
    if (client->wrong_byte > 0)
        return;
    size_t good = client->compares ? stream_match(&client->said, client->got, bytes, n) : n;
    client->got += (int64_t)good;
    client->last_got_ms = now_ms();
    if (!client->compares)
        inbox_add(&client->inbox, bytes, n);
    if (good < n)
        client->wrong_byte = client->got + 1;
}

static void read_all(struct client *client)
{
    static char bytes[CHUNK];
    size_t most = client->read_size > 0 ? (size_t)client->read_size : sizeof bytes;
    for (int i = 0; i < CHUNKS_A_TURN && may_read(client); i++) {
        ssize_t n = recv(client->fd, bytes, most, 0);
        if (n > 0) {
            hear(client, bytes, (size_t)n);
            if (client->read_size > 0)
                client->next_read_ms = now_ms() + client->read_every_ms;
        } else if (n == 0) {
            over(client, CLIENT_EOF);
        } else {
            if (errno != EAGAIN && errno != EINTR)
                over(client, CLIENT_RESET);
            return;
        }
    }
}

/* -- Turns ------------------------------------------------------------------------------------------------------- */

struct pollfd client_wish(const struct client *client, double *until_ms)
{
    struct pollfd wish = {.fd = client->fd};
    if (client->hung_up || client_is_over(client)) {
        wish.fd = -1;
        return wish;
    }
    if (client->state == CLIENT_CONNECTING || (wants_to_write(client) && client->next_byte_ms <= now_ms()))
        wish.events |= POLLOUT;
    else if (wants_to_write(client) && client->next_byte_ms < *until_ms)
        *until_ms = client->next_byte_ms;
    if (may_read(client))
        wish.events |= POLLIN;
    else if (client->reading && client->state == CLIENT_OPEN && client->next_read_ms < *until_ms)
        *until_ms = client->next_read_ms;
    if (client->reading && !wish.events)
        wish.fd = -1;           /* a server that hung up would wake us at once, again and again, until it reads */
    return wish;
}

static void finish_connecting(struct client *client)
{
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(client->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error)
        over(client, CLIENT_REFUSED);
    else
        open_up(client);
}

void client_turn(struct client *client, short happened)
{
    if (client->state == CLIENT_CONNECTING && happened)
        finish_connecting(client);
    if (client->state != CLIENT_OPEN)
        return;
    if (happened & (POLLERR | POLLHUP) && !client->reading) {
        client->hung_up = true;
        if (happened & POLLERR)
            over(client, CLIENT_RESET);
        return;
    }
    if (happened & (POLLIN | POLLERR | POLLHUP))
        read_all(client);
    if (wants_to_write(client) && client->next_byte_ms <= now_ms())
        write_all(client);
}

bool client_has_sent_all(const struct client *client) { return client->sent == client->said.length; }
bool client_has_all(const struct client *client) { return client->got == client->said.length; }
bool client_is_over(const struct client *client) { return client->state >= CLIENT_EOF; }

int64_t client_in_flight(const struct client *client)
{
    int bytes = 0;
    return client->fd >= 0 && ioctl(client->fd, SIOCOUTQ, &bytes) == 0 ? bytes : 0;
}

const char *client_state_name(const struct client *client)
{
    static const char *const names[] = {"connecting", "open", "eof", "reset", "refused", "closed"};
    return names[client->state];
}
