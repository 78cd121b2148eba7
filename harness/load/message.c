#include "harness/load/message.h"
#include "harness/load/random.h"
#include <stdlib.h>
#include <string.h>

enum { SLICES = 4096 }; /* where a message can begin in the text: few enough to stay in the first cache */

/* An odd multiplier is undone by its inverse modulo 2^64. It carries upwards: the highest byte depends on all, so it
 * goes first. */
static const uint64_t MIX = 0x9E3779B97F4A7C15u, UNMIX = 0xF1DE83E19937733Du;

static uint64_t stamp_of(uint32_t connection, uint32_t sequence)
{
    return ((uint64_t)connection << 32 | sequence) * MIX;
}

bool message_init(struct message *m, size_t size_max, uint64_t seed)
{
    size_t size = SLICES + MESSAGE_STAMP + size_max;
    *m = (struct message){.text = malloc(size)};
    if (!m->text)
        return false;
    for (size_t i = 0; i < size; i++)
        m->text[i] = (unsigned char)random_next(&seed);
    memcpy(m->under, m->text, MESSAGE_STAMP);
    return true;
}

void message_free(struct message *m)
{
    free(m->text);
    m->text = NULL;
}

const unsigned char *message_at(struct message *m, uint32_t connection, uint32_t sequence)
{
    uint64_t stamp = stamp_of(connection, sequence);
    memcpy(m->text + m->stamp_at, m->under, MESSAGE_STAMP);
    m->stamp_at = (stamp >> 24) % SLICES;
    unsigned char *at = m->text + m->stamp_at;
    memcpy(m->under, at, MESSAGE_STAMP);
    for (int i = 0; i < MESSAGE_STAMP; i++)
        at[i] = (unsigned char)(stamp >> (56 - 8 * i));
    return at;
}

size_t message_right(struct message *m, uint32_t connection, uint32_t sequence, size_t offset,
                     const unsigned char *bytes, size_t n)
{
    const unsigned char *want = message_at(m, connection, sequence) + offset;
    if (memcmp(want, bytes, n) == 0)
        return n;
    size_t right = 0;
    while (bytes[right] == want[right])
        right++;
    return right;
}

void message_whose(const unsigned char *stamp, uint32_t *connection, uint32_t *sequence)
{
    uint64_t word = 0;
    for (int i = 0; i < MESSAGE_STAMP; i++)
        word = word << 8 | stamp[i];
    word *= UNMIX;
    *connection = (uint32_t)(word >> 32);
    *sequence = (uint32_t)word;
}
