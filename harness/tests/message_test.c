/* Is a request told from any other, at any size, and is the first wrong byte found wherever it lies? */
#include "harness/load/message.h"
#include "harness/tests/check.h"
#include <inttypes.h>
#include <string.h>

enum { SIZE_MAX_TESTED = 5000 };
static unsigned char sent[SIZE_MAX_TESTED], later[SIZE_MAX_TESTED];
static struct message m;

static void does_a_request_stay_what_it_is_while_others_are_made(void)
{
    memcpy(sent, message_at(&m, 3, 17), sizeof sent);
    for (uint32_t i = 0; i < 10000; i++)
        message_at(&m, i % 64, i);
    memcpy(later, message_at(&m, 3, 17), sizeof later);
    CHECK(memcmp(sent, later, sizeof sent) == 0, "request 3/17 has changed");
}

static void is_every_wrong_byte_found(void)
{
    memcpy(sent, message_at(&m, 3, 17), sizeof sent);
    for (size_t at = 0; at < sizeof sent; at += at < 20 ? 1 : 311) {
        sent[at] ^= 1;
        size_t right = message_right(&m, 3, 17, 0, sent, sizeof sent);
        CHECK(right == at, "byte %zu is wrong, %zu was found", at, right);
        sent[at] ^= 1;
    }
    CHECK(message_right(&m, 3, 17, 0, sent, sizeof sent) == sizeof sent, "an honest answer is taken for wrong");
}

static void is_an_answer_in_pieces_compared_where_it_belongs(void)
{
    memcpy(sent, message_at(&m, 9, 1), sizeof sent);
    for (size_t at = 0; at + 7 <= sizeof sent; at += 7)
        CHECK(message_right(&m, 9, 1, at, sent + at, 7) == 7, "the piece at %zu is taken for wrong", at);
    CHECK(message_right(&m, 9, 1, 100, sent + 101, 7) < 7, "a piece that has moved by one is taken for right");
}

static void is_the_answer_of_another_told_by_its_first_byte(void)
{
    for (uint32_t i = 1; i < 64; i++) {
        unsigned char mine = *message_at(&m, 0, 5), neighbour = *message_at(&m, i, 5), next = *message_at(&m, 0, 5 + i);
        CHECK(mine != neighbour, "connections 0 and %" PRIu32 " begin alike", i);
        CHECK(mine != next, "sequences 5 and %" PRIu32 " begin alike", 5 + i);
    }
}

static void does_the_slice_differ_and_not_the_stamp_alone(void)
{
    memcpy(sent, message_at(&m, 0, 1), sizeof sent);
    memcpy(later, message_at(&m, 1, 1), sizeof later);
    CHECK(memcmp(sent + 8, later + 8, 8) != 0, "the same text behind both stamps");
}

static void does_a_stamp_tell_whose_it_is(void)
{
    static const uint32_t some[][2] = {{0, 0}, {0, 1}, {1, 0}, {63, 123456}, {10063, UINT32_MAX}, {UINT32_MAX, 7}};
    for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
        uint32_t connection, sequence;
        message_whose(message_at(&m, some[i][0], some[i][1]), &connection, &sequence);
        CHECK(connection == some[i][0] && sequence == some[i][1], "%" PRIu32 "/%" PRIu32 ", want %" PRIu32 "/%" PRIu32,
              connection, sequence, some[i][0], some[i][1]);
    }
}

int main(void)
{
    if (!message_init(&m, SIZE_MAX_TESTED, 1))
        return 1;
    does_a_request_stay_what_it_is_while_others_are_made();
    is_every_wrong_byte_found();
    is_an_answer_in_pieces_compared_where_it_belongs();
    is_the_answer_of_another_told_by_its_first_byte();
    does_the_slice_differ_and_not_the_stamp_alone();
    does_a_stamp_tell_whose_it_is();
    message_free(&m);
    return checks_failed();
}
