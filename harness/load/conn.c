#define _GNU_SOURCE
#include "harness/load/conn.h"
#include <errno.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EAR_SIZE = 64 * 1024, SILENCE_NS = 2000 * 1000 * 1000 };
static unsigned char ear[EAR_SIZE]; /* what was heard is compared at once: one is enough for all */

/* -- Opening and closing ----------------------------------------------------------------------------------------- */

/* The port is chosen with connect, not with bind: it need only be free between these two addresses (ip(7)). */
static bool come_from(int fd, struct in_addr from)
{
    const struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = from};
    int on = 1;
    if (from.s_addr == htonl(INADDR_ANY))
        return true;
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    return bind(fd, (const struct sockaddr *)&address, sizeof address) == 0;
}

bool conn_open(struct conn *c, const struct sockaddr_in *to, struct in_addr from)
{
    int on = 1;
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (c->fd < 0)
        return false;
    c->state = CONN_CONNECTING;
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (come_from(c->fd, from) &&
        (connect(c->fd, (const struct sockaddr *)to, sizeof *to) == 0 || errno == EINPROGRESS))
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
    dialogue_end(&c->turn);
    c->state = CONN_CLOSED;
}

/* -- Saying ---------------------------------------------------------------------------------------------------------
 * A send that took less than all has found the buffer full: the kernel will tell when there is room again. */

static enum conn_step say(struct conn *c, struct dialogue *d, size_t most)
{
    struct turn *turn = &c->turn;
    size_t left = turn->size - turn->sent;
    ssize_t n = send(c->fd, dialogue_request(d, turn), left < most ? left : most, MSG_NOSIGNAL);
    if (n > 0)
        turn->sent += (size_t)n;
    return n < 0 && errno != EAGAIN && errno != EINTR ? CONN_BROKEN : CONN_WAITS;
}

void conn_begin(struct conn *c, const struct dialogue *d)
{
    dialogue_begin(d, &c->turn);
    c->state = CONN_BUSY;
}

enum conn_step conn_request(struct conn *c, struct dialogue *d)
{
    conn_begin(c, d);
    return say(c, d, SIZE_MAX);
}

/* -- Hearing ----------------------------------------------------------------------------------------------------- */

static enum conn_step hear(struct conn *c, struct dialogue *d, size_t most, char says[DIALOGUE_SAYS])
{
    ssize_t got = recv(c->fd, ear, dialogue_room(d, &c->turn, most), 0);
    if (got < 0 && errno == EINTR)
        return CONN_MORE;
    if (got <= 0) {
        if (got == 0)
            errno = 0;
        return got < 0 && errno == EAGAIN ? CONN_WAITS : CONN_BROKEN;
    }
    enum heard heard = dialogue_hear(d, &c->turn, ear, (size_t)got, says);
    if (heard == HEARD_ALL)
        c->state = CONN_FREE;
    return heard == HEARD_ALL ? CONN_DONE : heard == HEARD_WRONG ? CONN_WRONG : CONN_MORE;
}

/* Until the answer is whole or the kernel has no more: a short read alone might hide the server's FIN behind it. */
enum conn_step conn_go_on(struct conn *c, struct dialogue *d, char says[DIALOGUE_SAYS])
{
    enum conn_step step;
    if (c->state == CONN_FREE)
        return conn_listen(c, d, says);
    if (c->turn.sent < c->turn.size && say(c, d, SIZE_MAX) == CONN_BROKEN)
        return CONN_BROKEN;
    do
        step = hear(c, d, EAR_SIZE, says);
    while (step == CONN_MORE);
    return step;
}

/* The size of a piece: a part of the whole, a byte at least, and no more than there is room for. */
static size_t piece(size_t whole, size_t pieces)
{
    size_t size = (whole + pieces - 1) / pieces;
    return size == 0 ? 1 : size < EAR_SIZE ? size : EAR_SIZE;
}

enum conn_step conn_piece(struct conn *c, struct dialogue *d, size_t pieces, char says[DIALOGUE_SAYS])
{
    if (c->turn.sent < c->turn.size && say(c, d, piece(c->turn.size, pieces)) == CONN_BROKEN)
        return CONN_BROKEN;
    return hear(c, d, piece(dialogue_answer_size(d, &c->turn), pieces), says);
}

bool conn_fell_silent(const struct conn *c, uint64_t now_ns)
{
    return c->state == CONN_BUSY && c->turn.heard > 0 && c->heard_ns + SILENCE_NS <= now_ns;
}

enum conn_step conn_listen(struct conn *c, const struct dialogue *d, char says[DIALOGUE_SAYS])
{
    unsigned char byte;
    ssize_t n = recv(c->fd, &byte, 1, 0);
    if (n > 0) {
        dialogue_surplus(d, &c->turn, byte, says);
        return CONN_WRONG;
    }
    if (n == 0)
        errno = 0;
    return n < 0 && (errno == EAGAIN || errno == EINTR) ? CONN_WAITS : CONN_BROKEN;
}
