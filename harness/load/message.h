/* message.h: what a request looks like, and whether what came back is it. No system call in here.
 *
 *     | stamp, 8 bytes | a slice of a random text |        both cut to the size of the request
 *
 * The stamp is the connection and the sequence of the request, mixed so that its first byte already depends on both: a
 * request of one byte is still told from most others. Where the slice begins follows from the stamp, so two connections
 * that use one buffer by mistake differ all along, not in the stamp alone.
 *
 * Nothing is generated or copied per request: the stamp is lent a place in the text, in front of the slice, and the
 * bytes that stood there come back with the next call. A request is thus one piece, for one send and one memcmp. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MESSAGE_STAMP = 8 };

struct message {
    unsigned char *text;
    size_t stamp_at;                      /* the stamp's place in the text, */
    unsigned char under[MESSAGE_STAMP];   /* and what stands there otherwise */
};

/* For messages of up to `size_max` bytes. False: no memory. */
bool message_init(struct message *m, size_t size_max, uint64_t seed);
void message_free(struct message *m);

/* All of it, good until the next call. */
const unsigned char *message_at(struct message *m, uint32_t connection, uint32_t sequence);

/* How many of the n bytes, which came back from `offset` on, are right: n, or the place of the first wrong one. */
size_t message_right(struct message *m, uint32_t connection, uint32_t sequence, size_t offset,
                     const unsigned char *bytes, size_t n);

/* Whose request begins with this stamp. Of any other bytes it makes two numbers without sense. */
void message_whose(const unsigned char *stamp, uint32_t *connection, uint32_t *sequence);
