#define _GNU_SOURCE
#include "harness/load/conn.h"
#include <errno.h>
#include <inttypes.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EAR_SIZE = 64 * 1024, STRAY = 10000 };
static unsigned char ear[EAR_SIZE]; /* what was heard is compared at once: one is enough for all */

/* -- Opening and closing ----------------------------------------------------------------------------------------- */

bool conn_open(struct conn *c, const struct sockaddr_in *to)
{
    int on = 1;
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (c->fd < 0)
        return false;
    c->state = CONN_CONNECTING;
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(c->fd, (const struct sockaddr *)to, sizeof *to) == 0 || errno == EINPROGRESS)
        return true;
    int why = errno;
    conn_close(c);
    errno = why;
    return false;
}

void conn_close(struct conn *c)
{
    if (c->state != CONN_CLOSED)
        close(c->fd);
    c->state = CONN_CLOSED;
}

/* -- Saying ---------------------------------------------------------------------------------------------------------
 * A send that took less than all has found the buffer full: the kernel will tell when there is room again. */

static enum conn_step say(struct conn *c, struct message *m)
{
    const unsigned char *request = message_at(m, c->number, c->sequence);
    ssize_t n = send(c->fd, request + c->sent, c->size - c->sent, MSG_NOSIGNAL);
    if (n > 0)
        c->sent += (size_t)n;
    return n < 0 && errno != EAGAIN && errno != EINTR ? CONN_BROKEN : CONN_WAITS;
}

enum conn_step conn_request(struct conn *c, struct message *m)
{
    c->sequence++;
    c->sent = c->heard = 0;
    c->state = CONN_BUSY;
    return say(c, m);
}

/* -- Hearing ----------------------------------------------------------------------------------------------------- */

static enum conn_step surplus(const struct conn *c, unsigned char got, char says[CONN_SAYS])
{
    snprintf(says, CONN_SAYS, "connection %" PRIu32 ", sequence %" PRIu32 ": a surplus byte after all %zu: 0x%02x",
             c->number, c->sequence, c->size, got);
    return CONN_WRONG;
}

/* Bytes at random make a stamp of small numbers once in 2^30: then the guess would mislead. */
static enum conn_step wrong(const struct conn *c, struct message *m, size_t right, size_t n, char says[CONN_SAYS])
{
    size_t at = c->heard + right;
    unsigned char want = message_at(m, c->number, c->sequence)[at];
    uint32_t whose, which;
    char guess[80] = "";
    message_whose(ear, &whose, &which);
    if (c->heard == 0 && n >= MESSAGE_STAMP && whose <= UINT16_MAX && which <= c->sequence + STRAY)
        snprintf(guess, sizeof guess, " (these bytes are connection %" PRIu32 "'s, sequence %" PRIu32 ")", whose,
                 which);
    snprintf(says, CONN_SAYS, "connection %" PRIu32 ", sequence %" PRIu32 ", byte %zu: wanted 0x%02x, got 0x%02x%s",
             c->number, c->sequence, at, want, ear[right], guess);
    return CONN_WRONG;
}

void conn_missing(const struct conn *c, const char *how, char says[CONN_SAYS])
{
    if (*says == 0)
        snprintf(says, CONN_SAYS, "connection %" PRIu32 ", sequence %" PRIu32 ", byte %zu of %zu: missing, %s",
                 c->number, c->sequence, c->heard, c->size, how);
}

/* Until the answer is whole or the kernel has no more: a short read alone might hide the server's FIN behind it. */
static enum conn_step hear(struct conn *c, struct message *m, char says[CONN_SAYS])
{
    for (;;) {
        size_t owed = c->size - c->heard, room = owed < EAR_SIZE ? owed + 1 : EAR_SIZE;
        ssize_t got = recv(c->fd, ear, room, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            if (got == 0)
                errno = 0;
            return got < 0 && errno == EAGAIN ? CONN_WAITS : CONN_BROKEN;
        }
        size_t n = (size_t)got < owed ? (size_t)got : owed;
        size_t right = message_right(m, c->number, c->sequence, c->heard, ear, n);
        if (right < n)
            return wrong(c, m, right, (size_t)got, says);
        c->heard += n;
        if ((size_t)got > n)
            return surplus(c, ear[n], says);
        if (c->heard == c->size) {
            c->state = CONN_FREE;
            return CONN_DONE;
        }
    }
}

enum conn_step conn_go_on(struct conn *c, struct message *m, char says[CONN_SAYS])
{
    if (c->sent < c->size && say(c, m) == CONN_BROKEN)
        return CONN_BROKEN;
    return hear(c, m, says);
}

enum conn_step conn_listen(struct conn *c, char says[CONN_SAYS])
{
    unsigned char byte;
    ssize_t n = recv(c->fd, &byte, 1, 0);
    if (n > 0)
        return surplus(c, byte, says);
    if (n == 0)
        errno = 0;
    return n < 0 && (errno == EAGAIN || errno == EINTR) ? CONN_WAITS : CONN_BROKEN;
}
