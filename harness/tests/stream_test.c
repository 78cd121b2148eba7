/* Is every lost, doubled, swapped or foreign byte of a stream seen, and at its place? */
#include "harness/scene/stream.h"
#include "harness/tests/check.h"
#include <string.h>

enum { TABLE = 1048573, LONG = 3 * TABLE / 2 };

static struct stream said;
static char bytes[LONG];

static void begin(uint32_t seed)
{
    stream_free(&said);
    said.seed = seed;
}

/* The stream's bytes [from, from + n), as a faithful server would send them back. */
static void copy(char *to, int64_t from, int64_t n)
{
    for (int64_t done = 0; done < n;) {
        size_t run = (size_t)(n - done);
        const char *there = stream_bytes(&said, from + done, &run);
        memcpy(to + done, there, run);
        done += (int64_t)run;
    }
}

static void expect_match(int64_t from, int64_t n, size_t want, const char *of)
{
    size_t got = stream_match(&said, from, bytes, (size_t)n);
    CHECK(got == want, "%s: %zu of %lld bytes are right, want %zu", of, got, (long long)n, want);
}

static void do_texts_lie_over_seeded_bytes(void)
{
    begin(7);
    stream_add(&said, 1000, NULL, 1);
    stream_add(&said, 5, "he\0lo", 3);
    stream_add(&said, 1000, NULL, 1);
    CHECK(said.length == 2015, "%lld", (long long)said.length);
    copy(bytes, 0, 2015);
    CHECK(memcmp(bytes + 1000, "he\0lohe\0lohe\0lo", 15) == 0, "%.5s", bytes + 1000);
    expect_match(0, 2015, 2015, "the stream itself");
    CHECK(stream_piece(&said, 999)->text == NULL, "the piece before the text is a text");
    CHECK(stream_piece(&said, 1000)->begin == 1000, "%lld", (long long)stream_piece(&said, 1000)->begin);
    CHECK(stream_piece(&said, 1014)->begin == 1000, "%lld", (long long)stream_piece(&said, 1014)->begin);
    CHECK(stream_piece(&said, 1015)->begin == 1015, "%lld", (long long)stream_piece(&said, 1015)->begin);
    size_t run = 100;
    stream_bytes(&said, 1010, &run);
    CHECK(run == 5, "%zu bytes in a row, to the text's end", run);
}

static void is_a_piece_without_bytes_never_met(void)
{
    begin(7);
    stream_add(&said, 0, "", 5);
    stream_add(&said, 3, "one", 1);
    stream_add(&said, 0, NULL, 1);
    stream_add(&said, 3, "two", 1);
    CHECK(said.length == 6, "%lld", (long long)said.length);
    copy(bytes, 0, 6);
    CHECK(memcmp(bytes, "onetwo", 6) == 0, "%.6s", bytes);
    CHECK(stream_piece(&said, 3)->length == 3, "%lld", (long long)stream_piece(&said, 3)->length);
}

static void does_a_cut_forget_what_lies_behind(void)
{
    begin(7);
    for (int i = 0; i < 5; i++)
        stream_add(&said, 4, "abcd", 1);
    stream_cut(&said, 10);
    CHECK(said.length == 10 && said.count == 3, "length %lld, %d pieces", (long long)said.length, said.count);
    stream_add(&said, 2, "XY", 1);
    copy(bytes, 0, 12);
    CHECK(memcmp(bytes, "abcdabcdabXY", 12) == 0, "%.12s", bytes);
    stream_cut(&said, 12);
    CHECK(said.length == 12, "a cut at the end leaves %lld", (long long)said.length);
    stream_cut(&said, 0);
    CHECK(said.length == 0 && said.count == 0, "length %lld, %d pieces", (long long)said.length, said.count);
    CHECK(stream_match(&said, 0, "abcd", 4) == 0, "an empty stream matches");
}

static void does_the_table_go_round(void)
{
    size_t run = LONG;
    begin(0);
    stream_add(&said, LONG, NULL, 1);
    stream_bytes(&said, TABLE - 3, &run);
    CHECK(run == 3, "%zu bytes in a row, 3 before the table's end", run);
    copy(bytes, 0, LONG);
    expect_match(0, LONG, LONG, "one and a half tables");
    expect_match(TABLE, LONG - TABLE, LONG - TABLE, "the second round is the first");
    begin(UINT32_MAX);
    stream_add(&said, LONG, NULL, 1);
    copy(bytes, 0, LONG);
    expect_match(0, LONG, LONG, "the greatest seed");
}

static void is_every_wrong_byte_seen_at_its_place(void)
{
    enum { N = 100000, AT = 65537 };
    begin(7919);
    stream_add(&said, N + 1, NULL, 1);
    copy(bytes, 0, N);
    memmove(bytes + AT, bytes + AT + 1, N - AT - 1);
    size_t lost = stream_match(&said, 0, bytes, N - 1);
    CHECK(lost >= AT && lost < AT + 4, "a lost byte at %d is seen at %zu", AT, lost);

    copy(bytes, 0, N);
    memmove(bytes + AT + 1, bytes + AT, N - AT);
    size_t doubled = stream_match(&said, 0, bytes, N + 1);
    CHECK(doubled > AT && doubled < AT + 4, "a doubled byte at %d is seen at %zu", AT, doubled);

    copy(bytes, 0, N);
    int other = AT;
    while (bytes[other] == bytes[AT])
        other++;
    char kept = bytes[AT];
    bytes[AT] = bytes[other];
    bytes[other] = kept;
    expect_match(0, N, AT, "two swapped bytes");

    for (int64_t at = 0; at < N; at += 997) {
        copy(bytes, 0, N);
        bytes[at] = (char)(bytes[at] ^ 0x40);
        expect_match(0, N, (size_t)at, "a foreign byte");
    }
}

/* Whatever is lost or doubled whole, a KiB or a MiB: the next bytes are others. */
static void is_a_whole_block_missed(void)
{
    static const int blocks[] = {1, 100, 1024, 4096, 65536, 262144, 1000000, 1048576};
    begin(7919);
    stream_add(&said, 4 * (int64_t)TABLE, NULL, 1);
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
        copy(bytes, blocks[i], 64);
        size_t seen = stream_match(&said, 0, bytes, 64);
        CHECK(seen < 4, "after %d lost bytes %zu are taken for right", blocks[i], seen);
    }
}

static void has_each_client_bytes_of_its_own(void)
{
    begin(7919);
    stream_add(&said, 1000, NULL, 1);
    copy(bytes, 0, 1000);
    begin(2 * 7919);
    stream_add(&said, 1000, NULL, 1);
    size_t alike = stream_match(&said, 0, bytes, 1000);
    CHECK(alike < 4, "the neighbour's bytes are taken for right: %zu", alike);
}

static void is_more_than_was_said_not_right(void)
{
    begin(7);
    stream_add(&said, 3, "abc", 1);
    memcpy(bytes, "abcabc", 6);
    expect_match(0, 6, 3, "a reply that comes twice");
    expect_match(3, 3, 0, "bytes behind the end");
}

int main(void)
{
    do_texts_lie_over_seeded_bytes();
    is_a_piece_without_bytes_never_met();
    does_a_cut_forget_what_lies_behind();
    does_the_table_go_round();
    is_every_wrong_byte_seen_at_its_place();
    is_a_whole_block_missed();
    has_each_client_bytes_of_its_own();
    is_more_than_was_said_not_right();
    stream_free(&said);
    return checks_failed();
}
