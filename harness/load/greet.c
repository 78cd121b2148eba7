#define _GNU_SOURCE
#include "harness/load/greet.h"
#include "harness/load/cpus.h"
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { UNDER_WAY_MAX = 64, BATCH = 256, LONGER = 4, SOURCES_MOST = 254, FROM_ONE = 12000 };

struct progress {
    int begun, under_way, served;
    uint64_t last_ns;                   /* when anybody got further */
    uint64_t quiet_ns, quiet_idle_ns;   /* when it was noticed that nobody does, and the CPUs' idle time then; or 0 */
    bool over;
};

/* -- Patience ---------------------------------------------------------------------------------------------------- */

/* Less than a twentieth of one CPU was left over: the server wants to go on, perhaps, and has had no turn. */
static bool machine_was_busy(const struct progress *p, uint64_t now_ns)
{
    return p->quiet_ns > 0 && cpus_read(CPUS_FILE).idle_ns - p->quiet_idle_ns < (now_ns - p->quiet_ns) / 20;
}

/* A server that has served nobody yet may have just begun: it has longer. So has one on a busy machine. */
static bool patience_is_over(const struct greeting *g, const struct progress *p, uint64_t now_ns)
{
    uint64_t patience_ns = (uint64_t)g->patience_ms * 1000000u, silence_ns = now_ns - p->last_ns;
    bool has_served = p->served > 0 || g->has_served;
    if (silence_ns < patience_ns)
        return false;
    return silence_ns >= LONGER * patience_ns || (has_served && !machine_was_busy(p, now_ns));
}

/* Of quiet turns there are ten a second; to read the CPUs' time in each turn would cost too much. */
static void note_progress(struct progress *p, int ready, uint64_t now_ns)
{
    if (ready > 0) {
        p->last_ns = now_ns;
        p->quiet_ns = 0;
    } else if (p->quiet_ns == 0) {
        p->quiet_ns = now_ns;
        p->quiet_idle_ns = cpus_read(CPUS_FILE).idle_ns;
    }
}

/* -- Why not ----------------------------------------------------------------------------------------------------- */

static const char *way_out(int why)
{
    switch (why) {
    case ECONNREFUSED:
        return "start a server there, or give its port";
    case EMFILE:
    case ENFILE:
        return "raise `ulimit -n`, or use fewer connections";
    case EADDRNOTAVAIL:
        return "no local port is left: wait a minute, or use fewer connections";
    case ECONNRESET:
    case EPIPE:
    case 0:
        return "the server may be at its limit of clients";
    default:
        return "is it the right address?";
    }
}

static void trouble(const struct greeting *g, const char *call, int why)
{
    char host[INET_ADDRSTRLEN];
    if (*g->trouble)
        return;
    inet_ntop(AF_INET, &g->address->sin_addr, host, sizeof host);
    snprintf(g->trouble, DIALOGUE_SAYS, "%s: %s:%d: %s: %s", call, host, ntohs(g->address->sin_port),
             why ? strerror(why) : "the server closed the connection", way_out(why));
}

/* A ping without any answer may be waiting its turn; one that has got a part and no more was answered wrongly. */
static void silence(const struct greeting *g, uint64_t ns, const struct conn *c)
{
    if (c->turn.heard > 0)
        dialogue_missing(g->dialogue, &c->turn, "nothing more came", g->failure);
    if (!*g->trouble)
        snprintf(g->trouble, DIALOGUE_SAYS, "recv: no answer to the first request in %d ms: %s%s server",
                 (int)(ns / 1000000u), "the server may be behind, look after a few clients at a time, or be no ",
                 g->dialogue->http ? "http" : "echo");
}

/* -- One connection ---------------------------------------------------------------------------------------------- */

static void give_up(const struct greeting *g, struct progress *p, struct conn *c, const char *call)
{
    trouble(g, call, errno);
    p->over |= errno == ECONNREFUSED && p->served == 0; /* nobody listens: the others need not knock */
    conn_close(c);
    p->under_way--;
}

/* The kernel chooses the first, 127.0.0.1 on loopback; the second is 127.0.0.2. */
static struct in_addr source(const struct greeting *g)
{
    uint32_t first = INADDR_ANY, later = INADDR_LOOPBACK - 1 + (uint32_t)g->sources->used;
    return (struct in_addr){.s_addr = htonl(g->sources->used <= 1 ? first : later)};
}

static bool next_source(const struct greeting *g)
{
    bool loopback = ntohl(g->address->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
    if (g->sources->used > 0 && (!loopback || g->sources->used == SOURCES_MOST))
        return false;
    *g->sources = (struct sources){.used = g->sources->used + 1};
    return true;
}

static bool open_from_any_source(const struct greeting *g, struct conn *c)
{
    if (g->sources->used == 0 || g->sources->from_last == FROM_ONE)
        next_source(g);
    while (!conn_open(c, g->address, source(g)))
        if (errno != EADDRNOTAVAIL || !next_source(g))
            return false;
    g->sources->from_last++;
    return true;
}

static void knock(const struct greeting *g, struct progress *p, struct conn *c)
{
    p->begun++;
    p->under_way++;
    if (!open_from_any_source(g, c)) {
        p->over = errno != ECONNREFUSED; /* no descriptor, no port: the next would fare the same */
        give_up(g, p, c, "connect");
    } else if (!pace_watch(g->pace, c->fd, c)) {
        give_up(g, p, c, "epoll_ctl");
    }
}

/* The first event of a connection is that it stands, or failed, which its first send tells. */
static void proceed(const struct greeting *g, struct progress *p, struct conn *c)
{
    bool connecting = c->state == CONN_CONNECTING;
    switch (connecting ? conn_request(c, g->dialogue) : conn_go_on(c, g->dialogue, g->failure)) {
    case CONN_WAITS:
    case CONN_MORE:
        break;
    case CONN_DONE:
        p->served++;
        p->under_way--;
        break;
    case CONN_BROKEN:
        give_up(g, p, c, connecting ? "connect" : "recv");
        break;
    case CONN_WRONG:
        p->over = true;
        break;
    }
}

/* -- All of them ------------------------------------------------------------------------------------------------- */

static void turn(const struct greeting *g, struct progress *p, struct conn *conns, int count)
{
    while (p->begun < count && p->under_way < UNDER_WAY_MAX && !p->over)
        knock(g, p, &conns[p->begun]);
    struct epoll_event events[BATCH];
    uint64_t patience_ns = (uint64_t)g->patience_ms * 1000000u, now_ns = clock_ns(CLOCK_MONOTONIC);
    bool longer = now_ns >= p->last_ns + patience_ns;
    int ready = pace_wait(g->pace, events, BATCH, p->last_ns + (longer ? LONGER : 1) * patience_ns);
    for (int i = 0; i < ready; i++) {
        struct conn *c = events[i].data.ptr;
        if (c >= conns && c < conns + count && (c->state == CONN_CONNECTING || c->state == CONN_BUSY))
            proceed(g, p, c);
    }
    now_ns = clock_ns(CLOCK_MONOTONIC);
    note_progress(p, ready, now_ns);
    p->over |= patience_is_over(g, p, now_ns) || (g->stop && *g->stop);
}

int greet(const struct greeting *g, struct conn *conns, int count)
{
    struct progress p = {.last_ns = clock_ns(CLOCK_MONOTONIC)};
    while (!p.over && (p.begun < count || p.under_way > 0))
        turn(g, &p, conns, count);
    bool stopped = g->stop && *g->stop;
    for (int i = 0; i < p.begun; i++)
        if (conns[i].state == CONN_CONNECTING || conns[i].state == CONN_BUSY) {
            if (!stopped && !*g->failure)
                silence(g, clock_ns(CLOCK_MONOTONIC) - p.last_ns, &conns[i]);
            conn_close(&conns[i]);
        }
    return p.served;
}
