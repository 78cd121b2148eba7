/* exchange.h: what one connection has said and is owed. No system call in here (sans-I/O), but to die without memory.
 *
 * A connection either owes bytes, and then wants to write, or owes none, and then wants to read; never both.
 * That one rule is partial writes and back-pressure: who does not take its answers is not read from.
 *
 *     owes nothing:   room -> read()  -> got      (answers are prepared)
 *     owes:           owed -> write() -> sent
 *
 * got and sent take what the call returned, as it is, and leave errno alone. The span stays where it is between room
 * and got, and between owed and sent. A buffer is owned from room until all that came into it has been sent: an idle
 * connection owns none. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct span { char *at; size_t n; };

struct exchange {
    const struct service *service;  /* NULL: no conversation here */
    struct buffer *in, *out;        /* NULL while empty */
    size_t read_size;               /* room is never more than this */
    uint64_t bytes_in, bytes_out;
    size_t dropped;                 /* bytes that came after our last word, or with it */
    bool ended;                     /* the peer's FIN has come */
    bool closing;                   /* a service sets it: what is owed now is our last word */
    bool said;                      /* ... and exchange_said_all has told so */
};

/* What this thread did: got and sent count reads, writes and EAGAINs; each model counts the returns of its wait. */
struct calls { unsigned long waits, reads, writes, not_now; };
extern _Thread_local struct calls calls;

void exchange_begin(struct exchange *, const struct service *, size_t read_size);
size_t exchange_end(struct exchange *);             /* gives the buffers back; returns the bytes never sent */

struct span exchange_room(struct exchange *);       /* never empty; only when nothing is owed */
size_t exchange_room_left(const struct exchange *); /* how much that will be; takes no buffer yet */
void exchange_got(struct exchange *, ssize_t n);    /* n as read returned it: 0 the end, -1 nothing came */
struct span exchange_owed(const struct exchange *);
void exchange_sent(struct exchange *, ssize_t n);   /* n as write returned it */

bool exchange_open(const struct exchange *);        /* begun and not ended */
bool exchange_owes(const struct exchange *);
bool exchange_over(const struct exchange *);        /* both sides are done: close */

/* True once, when our last word is sent: time for shutdown(SHUT_WR). Not yet for close: with unread input that would
 * send a reset, and the peer could lose the word (RFC 9112, 9.6). Its rest is read and dropped, up to 4 MiB. */
bool exchange_said_all(struct exchange *);
