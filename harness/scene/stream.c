#include "harness/scene/stream.h"
#include "harness/scene/words.h"
#include <stdlib.h>
#include <string.h>

enum { TABLE = 1048573 };       /* the largest prime below 1 MiB */

static const char *table(void)
{
    static char bytes[TABLE];
    static bool filled;
    uint64_t state = 0x9E3779B97F4A7C15u;
    for (size_t i = 0; i < TABLE && !filled; i++) {
        state ^= state << 13;   /* xorshift64 (Marsaglia, Xorshift RNGs, 2003) */
        state ^= state >> 7;
        state ^= state << 17;
        bytes[i] = (char)(state >> 32);
    }
    filled = true;
    return bytes;
}

void stream_free(struct stream *stream)
{
    stream_cut(stream, 0);
    free(stream->pieces);
    *stream = (struct stream){.seed = stream->seed};
}

struct piece *stream_add(struct stream *stream, int64_t length, const char *text, int times)
{
    stream->pieces = grown(stream->pieces, stream->count, sizeof *stream->pieces);
    struct piece *piece = &stream->pieces[stream->count++];
    *piece = (struct piece){.begin = stream->length, .length = text ? length * times : length, .every_ms = -1};
    if (text) {
        piece->text = grown(NULL, 0, (size_t)piece->length + 1);
        for (int i = 0; i < times; i++)
            memcpy(piece->text + (int64_t)i * length, text, (size_t)length);
    }
    stream->length += piece->length;
    return piece;
}

void stream_cut(struct stream *stream, int64_t length)
{
    while (stream->count > 0 && stream->pieces[stream->count - 1].begin >= length)
        free(stream->pieces[--stream->count].text);
    if (stream->count > 0)
        stream->pieces[stream->count - 1].length = length - stream->pieces[stream->count - 1].begin;
    stream->length = length;
}

const struct piece *stream_piece(const struct stream *stream, int64_t position)
{
    int low = 0, high = stream->count - 1;
    while (low < high) {
        int middle = (low + high + 1) / 2;
        if (stream->pieces[middle].begin <= position)
            low = middle;
        else
            high = middle - 1;
    }
    return &stream->pieces[low];
}

const char *stream_bytes(const struct stream *stream, int64_t position, size_t *n)
{
    const struct piece *piece = stream_piece(stream, position);
    int64_t left = piece->begin + piece->length - position;
    int64_t place = (position + (int64_t)stream->seed) % TABLE;
    if (!piece->text && left > TABLE - place)
        left = TABLE - place;
    if ((int64_t)*n > left)
        *n = (size_t)left;
    return piece->text ? piece->text + (position - piece->begin) : table() + place;
}

size_t stream_match(const struct stream *stream, int64_t position, const char *bytes, size_t n)
{
    size_t good = 0;
    while (good < n && position + (int64_t)good < stream->length) {
        size_t run = n - good;
        const char *wanted = stream_bytes(stream, position + (int64_t)good, &run);
        if (memcmp(wanted, bytes + good, run) == 0) {
            good += run;
            continue;
        }
        while (wanted[0] == bytes[good]) {
            wanted++;
            good++;
        }
        break;
    }
    return good;
}
