/* conn.h: one connection of the driver. It sends a request, hears the answer, has each byte compared (dialogue.h), and
 * no more than one request is under way: what is not sent of it we owe, what is not heard of it the server owes.
 *
 * A request may be larger than all buffers between here and the server, which will not read on while its own answer has
 * nowhere to go: so a step sends what goes *and* hears what has come. When the whole answer is here the step ends,
 * without a last read to be told EAGAIN: one send and one recv is all that a small request costs. It asks for
 * more than it is owed, so that a surplus shows. */
#pragma once
#include "harness/load/dialogue.h"

enum conn_state { CONN_CLOSED, CONN_CONNECTING, CONN_FREE, CONN_BUSY };

struct conn {
    int fd;
    enum conn_state state;
    struct turn turn;
    uint64_t intended_ns, sent_ns, heard_ns;     /* kept by the callers, for they know the time; heard_ns: whenever a
                                                    step has heard of an answer */
    bool counts;
};

/* What a step led to. BROKEN: closed, refused or reset, errno tells (0: the server closed). WRONG: `says` tells. MORE:
 * a part was heard, and there may be more (conn_piece). */
enum conn_step { CONN_WAITS, CONN_DONE, CONN_BROKEN, CONN_WRONG, CONN_MORE };

/* Begins to connect, from the address `from`, or from one that the kernel chooses (INADDR_ANY). False: errno, and the
 * connection stays closed; EADDRNOTAVAIL: no port is left between these two addresses. */
bool conn_open(struct conn *c, const struct sockaddr_in *to, struct in_addr from);
void conn_close(struct conn *c);

/* The next request, sent as far as it goes. CONN_WAITS or CONN_BROKEN. */
enum conn_step conn_request(struct conn *c, struct dialogue *d);

/* After an event: as far as it goes, or of a free one, conn_listen. CONN_DONE leaves the connection free. */
enum conn_step conn_go_on(struct conn *c, struct dialogue *d, char says[DIALOGUE_SAYS]);

/* For one that takes its time: begin a request without a word; say and hear one piece of it, of so many. */
void conn_begin(struct conn *c, const struct dialogue *d);
enum conn_step conn_piece(struct conn *c, struct dialogue *d, size_t pieces, char says[DIALOGUE_SAYS]);

/* Half an answer is here, and nothing more came for two seconds, in which on a busy machine, too, everybody would have
 * had a turn: the rest is missing. */
bool conn_fell_silent(const struct conn *c, uint64_t now_ns);

/* Of a free connection: is it really silent? CONN_WAITS if so. */
enum conn_step conn_listen(struct conn *c, const struct dialogue *d, char says[DIALOGUE_SAYS]);
