/* client.h: a scripted client: what the scene tells it to send waits in its stream, what comes back is compared with it
 * or, where the service is no echo, kept until it is expected. All clients live in one poll loop; times are
 * milliseconds of CLOCK_MONOTONIC. */
#pragma once
#include "harness/scene/inbox.h"
#include "harness/scene/stream.h"
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>

enum client_state { CLIENT_CONNECTING, CLIENT_OPEN, CLIENT_EOF, CLIENT_RESET, CLIENT_REFUSED, CLIENT_CLOSED };

struct client {
    int fd;                         /* -1: closed */
    uint16_t port;                  /* its own, once connected; 0 before */
    enum client_state state;
    struct stream said;
    bool compares;                  /* what comes back with what was said; else it goes into the inbox */
    struct inbox inbox;
    int64_t sent, got;              /* taken by our kernel; come back, and right (where it is compared) */
    int64_t wrong_byte;             /* counted from 1; 0: none */
    int64_t heard;                  /* how far `expect` has looked */
    int64_t noticed;                /* what had come when it last sent, or a line looked at what came */
    bool fin_wanted, fin_sent, reading;
    bool hung_up;                   /* not reading, and nothing more to hear: not to be polled */
    int64_t read_size;              /* 0: as much as there is */
    double read_every_ms, next_read_ms, next_byte_ms;
    double began_ms, connected_ms, ended_ms, last_got_ms;
    double last_sent_ms;            /* of the latest piece, when its first byte went out */
    double ping_total_ms, ping_worst_ms;
    int pings;
};

/* Begins to connect. The client must stay where it is. rcvbuf: bytes, 0 as it is. */
void client_begin(struct client *, const struct sockaddr_in *server, int rcvbuf, uint32_t seed, bool compares);
void client_end(struct client *, bool reset);       /* by FIN, or by RST */
void client_forget(struct client *);                /* ends it, and frees what it has */

/* What poll should look for, and until when the client wants to sleep at most (*until_ms is lowered, never raised). */
struct pollfd client_wish(const struct client *, double *until_ms);
/* Does what can be done after poll has said so. */
void client_turn(struct client *, short happened);

bool client_has_sent_all(const struct client *);
bool client_has_all(const struct client *);         /* everything that was said has come back */
bool client_is_over(const struct client *);         /* nothing more will come */
/* Bytes that our kernel took and the server's has not acknowledged (tcp(7), SIOCOUTQ). */
int64_t client_in_flight(const struct client *);
const char *client_state_name(const struct client *);
