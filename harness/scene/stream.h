/* stream.h: what a client says, byte by byte, so that every byte that comes back can be checked. Pure.
 *
 * Seeded bytes come from one table of prime length, read at a place that depends on the client and on the position in
 * its stream: nothing of it is stored, and a lost, doubled, swapped or foreign byte is seen. Texts lie over it. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct piece {
    int64_t begin, length;
    char *text;
    bool urgent;
    double every_ms;            /* -1: all at once; 0 and up: byte by byte, with this pause */
};

struct stream {
    uint32_t seed;
    int64_t length;
    struct piece *pieces;
    int count;
};

void stream_free(struct stream *);
/* Adds seeded bytes (text NULL) or `times` copies of a text. Returns the piece, to be marked urgent or slow. */
struct piece *stream_add(struct stream *, int64_t length, const char *text, int times);
void stream_cut(struct stream *, int64_t length);       /* forgets what lies behind */
/* The piece at a position below length. */
const struct piece *stream_piece(const struct stream *, int64_t position);
/* The bytes from a position on, as many as lie in a row there (at least 1, at most *n). */
const char *stream_bytes(const struct stream *, int64_t position, size_t *n);
/* How many of the n bytes are those of the stream from that position on. */
size_t stream_match(const struct stream *, int64_t position, const char *bytes, size_t n);
