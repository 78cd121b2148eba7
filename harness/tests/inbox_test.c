/* Is a text found in what came, and a whole answer, however the bytes are cut; and is memory bounded? */
#include "harness/scene/inbox.h"
#include "harness/tests/check.h"
#include <string.h>

static struct inbox inbox;

static void came(const char *text) { inbox_add(&inbox, text, strlen(text)); }

static void begin(const char *text)
{
    inbox_free(&inbox);
    came(text);
}

static void expect_text(const char *text, bool want, size_t want_end)
{
    size_t end;
    bool found = inbox_find(&inbox, text, strlen(text), &end);
    CHECK(found == want && (!want || end == want_end), "\"%s\": found %d, to %zu, want %d, to %zu", text, found, end,
          want, want_end);
}

static void is_a_text_found_behind_what_was_taken(void)
{
    begin("");
    expect_text("a", false, 0);
    expect_text("", true, 0);
    begin("one two");
    came(" three");
    expect_text("one", true, 3);
    expect_text("two three", true, 13);
    expect_text("threes", false, 0);
    inbox_take(&inbox, 3);
    expect_text("one", false, 0);
    expect_text(" two", true, 4);
    inbox_take(&inbox, inbox.length);
    expect_text("two", false, 0);
    came("two");
    expect_text("two", true, 3);
    inbox_free(&inbox);
    inbox_add(&inbox, "a\0b", 3);
    size_t end;
    CHECK(inbox_find(&inbox, "\0b", 2, &end) && end == 3, "a NUL ends the text");
}

static void are_the_last_bytes_kept(void)
{
    static char much[4 * INBOX_MOST];
    inbox_free(&inbox);
    memset(much, 'x', sizeof much);
    memcpy(much, "first", 5);
    memcpy(much + sizeof much - 4, "last", 4);
    for (size_t at = 0; at < sizeof much; at += 4096)
        inbox_add(&inbox, much + at, 4096);
    CHECK(inbox.cut && inbox.length >= INBOX_MOST && inbox.room <= 4 * INBOX_MOST, "%zu bytes in room for %zu",
          inbox.length, inbox.room);
    expect_text("first", false, 0);
    expect_text("last", true, inbox.length);
    char shown[64];
    inbox_show(&inbox, shown, sizeof shown);
    CHECK(strcmp(shown, "more than 256 KiB") == 0, "%s", shown);
    inbox_free(&inbox);
    inbox_add(&inbox, much, INBOX_MOST);
    expect_text("first", true, 5);
}

static void expect_answer(bool ended, bool want, size_t want_end)
{
    size_t end;
    bool found = inbox_find_answer(&inbox, ended, &end);
    CHECK(found == want && (!want || end == want_end), "of %.*s: found %d, to %zu, want %d, to %zu",
          (int)inbox.length, inbox.bytes ? inbox.bytes : "", found, end, want, want_end);
}

/* A byte at a time: the answer is there with its last byte, and not before. */
static void is_an_answer_whole(const char *text)
{
    inbox_free(&inbox);
    for (const char *at = text; *at; at++) {
        expect_answer(false, false, 0);
        inbox_add(&inbox, at, 1);
    }
    expect_answer(false, true, strlen(text));
    came("HTTP/1.1 200 OK\r\n");
    expect_answer(false, true, strlen(text));
}

static void is_the_end_of_an_answer_known(void)
{
    is_an_answer_whole("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\npage\n");
    is_an_answer_whole("HTTP/1.1 200 OK\r\nA: b\r\nCONTENT-length:3\r\nC: Content-Length: 9\r\n\r\n\r\n\r");
    is_an_answer_whole("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    is_an_answer_whole("HTTP/1.1 404 Not\r\nContent-Length: 1\r\n\r\nxHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab");
    begin("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    expect_answer(true, false, 0);
    begin("HTTP/1.1 200 OK\r\n\r\nContent-Length: 1\r\n\r\nto the end");
    expect_answer(false, false, 0);
    expect_answer(true, true, inbox.length);
    begin("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nabc");
    expect_answer(false, false, 0);
    begin("");
    expect_answer(true, false, 0);
}

static void expect_shown(const char *text, const char *want)
{
    char shown[24];
    inbox_show_text(text, strlen(text), shown, sizeof shown);
    CHECK(strcmp(shown, want) == 0, "%s is shown as %s, want %s", text, shown, want);
}

static void is_what_came_told_as_a_scene_would_write_it(void)
{
    char shown[24];
    expect_shown("", "\"\"");
    expect_shown("a\"b\\\r\n\t", "\"a\\\"b\\\\\\r\\n\\t\"");
    expect_shown("\x01\xff", "\"\\x01\\xff\"");
    expect_shown("HTTP/1.1 400 Bad Request", "\"HTTP/1.1 400 B...\"");
    inbox_free(&inbox);
    inbox_show(&inbox, shown, sizeof shown);
    CHECK(strcmp(shown, "nothing") == 0, "%s", shown);
}

int main(void)
{
    is_a_text_found_behind_what_was_taken();
    are_the_last_bytes_kept();
    is_the_end_of_an_answer_known();
    is_what_came_told_as_a_scene_would_write_it();
    inbox_free(&inbox);
    return checks_failed();
}
