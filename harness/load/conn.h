/* conn.h: one connection of the driver. It sends a request, hears the answer, compares each byte, and no more than one
 * request is under way: what is not sent of it we owe, what is not heard of it the server owes.
 *
 * A request may be larger than all buffers between here and the server, which will not read on while its own answer has
 * nowhere to go: so a step sends what goes *and* hears what has come. When the whole answer is here the step ends,
 * without a last read to be told EAGAIN: one send and one recv is all that a small request costs. It asks for a byte
 * more than it is owed, so that a surplus shows. */
#pragma once
#include "harness/load/message.h"
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CONN_SAYS = 200 };   /* room for a sentence about a failure */

enum conn_state { CONN_CLOSED, CONN_CONNECTING, CONN_FREE, CONN_BUSY };

struct conn {
    int fd;
    enum conn_state state;
    uint32_t number, sequence;
    size_t size, sent, heard;                    /* of the request under way, or the last */
    uint64_t intended_ns, sent_ns, heard_ns;     /* kept by the callers, for they know the time */
    bool counts;
};

/* What a step led to. BROKEN: closed, refused or reset, errno tells (0: the server closed). WRONG: `says` tells. */
enum conn_step { CONN_WAITS, CONN_DONE, CONN_BROKEN, CONN_WRONG };

/* Begins to connect. False: errno, and the connection stays closed. */
bool conn_open(struct conn *c, const struct sockaddr_in *to);
void conn_close(struct conn *c);

/* The next request, sent as far as it goes. CONN_WAITS or CONN_BROKEN. */
enum conn_step conn_request(struct conn *c, struct message *m);

/* After an event: as far as it goes. CONN_DONE leaves the connection free. */
enum conn_step conn_go_on(struct conn *c, struct message *m, char says[CONN_SAYS]);

/* Of a free connection: is it really silent? CONN_WAITS if so. */
enum conn_step conn_listen(struct conn *c, char says[CONN_SAYS]);

/* That the rest of its answer is missing; `how` ends the sentence. If `says` says something already, that stays. */
void conn_missing(const struct conn *c, const char *how, char says[CONN_SAYS]);
