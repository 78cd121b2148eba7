/* Is an answer of http told whole, right or wrong, in whatever pieces it comes? */
#define _GNU_SOURCE
#include "harness/load/http_answer.h"
#include "harness/tests/check.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define HEAD "HTTP/1.1 200 OK\r\nServer: x\r\nDate: Sat, 21 Nov 2026 12:00:00 GMT\r\nContent-Length: 11\r\n\r\n"
static const char first[] = HEAD "hello world";

static struct http_page page;
static struct http_own own;
static char says[200];

/* Everything as it was before a run. */
static void forget(void)
{
    http_page_free(&page);
    http_own_free(&own);
    *says = '\0';
}

/* From a copy that ends where the piece ends, so that a sanitizer sees each byte read too many. */
static enum http_verdict hear_piece(size_t heard, const char *bytes, size_t n)
{
    unsigned char *piece = malloc(n);
    memcpy(piece, bytes, n);
    enum http_verdict verdict = http_hear(&page, &own, heard, piece, n, says, sizeof says);
    free(piece);
    return verdict;
}

/* Of n bytes, first `cut` of them, if any, then the rest. A verdict before the end stands. */
static enum http_verdict hear_in_two(const char *bytes, size_t n, size_t cut)
{
    http_own_free(&own);
    enum http_verdict verdict = cut > 0 ? hear_piece(0, bytes, cut) : HTTP_MORE;
    return verdict == HTTP_MORE ? hear_piece(cut, bytes + cut, n - cut) : verdict;
}

static enum http_verdict hear(const char *answer) { return hear_in_two(answer, strlen(answer), 0); }

/* -- Right ones -------------------------------------------------------------------------------------------------- */

static void is_the_first_answer_whole_wherever_it_is_cut(void)
{
    for (size_t cut = 0; cut < sizeof first - 1; cut++) {
        forget();
        CHECK(hear_in_two(first, sizeof first - 1, cut) == HTTP_WHOLE, "cut at %zu: %s", cut, says);
        CHECK(page.size == sizeof first - 1 && page.size - page.head == 11, "%zu bytes, %zu of them head", page.size,
              page.head);
    }
}

/* As the pattern, so nothing of it is kept: looked at after a cut, and before the last byte, for then it is over. */
static void same_in_three(const char *bytes, size_t n, size_t cut)
{
    bool more = cut == 0 || hear_piece(0, bytes, cut) == HTTP_MORE;
    CHECK(more && !own.bytes, "cut at %zu: its first part is kept, or refused: %s", cut, says);
    more = hear_piece(cut, bytes + cut, n - 1 - cut) == HTTP_MORE;
    CHECK(more && !own.bytes, "cut at %zu: its second part is kept, or refused: %s", cut, says);
    CHECK(hear_piece(n - 1, bytes + n - 1, 1) == HTTP_WHOLE, "cut at %zu: %s", cut, says);
}

static void is_the_same_answer_whole_wherever_it_is_cut(void)
{
    forget();
    hear(first);
    for (size_t cut = 0; cut < sizeof first - 2; cut++)
        same_in_three(first, sizeof first - 1, cut);
}

static void may_the_date_be_another(void)
{
    char later[] = HEAD "hello world";
    forget();
    hear(first);
    memcpy(strstr(later, "12:00:00"), "13:14:59", 8);
    for (size_t cut = 0; cut < sizeof later - 2; cut++)
        same_in_three(later, sizeof later - 1, cut);
}

static void may_the_head_be_another(void)
{
    static const char other[] = "HTTP/1.1 200 OK\r\ncontent-length:\t11 \r\nX-Request: 4711\r\n\r\nhello world";
    forget();
    hear(first);
    for (size_t cut = 0; cut < sizeof other - 1; cut++)
        CHECK(hear_in_two(other, sizeof other - 1, cut) == HTTP_WHOLE, "cut at %zu: %s", cut, says);
    CHECK(hear(first) == HTTP_WHOLE, "%s", says);
}

static void may_the_page_be_empty(void)
{
    forget();
    for (int i = 0; i < 2; i++)
        CHECK(hear("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") == HTTP_WHOLE, "%s", says);
}

/* -- Wrong ones -------------------------------------------------------------------------------------------------- */

/* The answer is refused as the first one and, where that is said, as a later one; and `part` of the reason is told. */
static void wrong_first(const char *answer, const char *part)
{
    forget();
    CHECK(hear(answer) == HTTP_WRONG, "believed: %.60s", answer);
    CHECK(strstr(says, part), "\"%s\", want \"%s\"", says, part);
}

static void wrong_later(const char *answer, const char *part)
{
    forget();
    hear(first);
    for (size_t cut = 0; cut < strlen(answer); cut++) {
        *says = '\0';
        CHECK(hear_in_two(answer, strlen(answer), cut) == HTTP_WRONG, "cut at %zu, believed: %.60s", cut, answer);
        CHECK(strstr(says, part), "cut at %zu: \"%s\", want \"%s\"", cut, says, part);
    }
}

static void is_another_status_refused(void)
{
    wrong_first("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "\"HTTP/1.1 404 Not Found\": want status 200");
    wrong_first("HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n", "want status 200");
    wrong_later("HTTP/1.1 503 Busy\r\nContent-Length: 11\r\n\r\nhello world", "want status 200");
    wrong_later("HTTP/1.1 200 Okay\r\nContent-Length: 11\r\n\r\nhello world", "status line is not that of the first");
}

static void is_what_cannot_be_framed_refused(void)
{
    wrong_first("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "it answers in chunks");
    wrong_first("HTTP/1.1 200 OK\r\nServer: x\r\n\r\nhello", "it has no Content-Length");
    wrong_first("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello", "two Content-Lengths");
    wrong_first("HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello", "not a number");
    wrong_first("HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n", "is empty");
    wrong_first("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n", "larger than 1 MiB");
    wrong_first("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello", "it closes the connection");
    wrong_first("HTTP/1.1 200 OK\r\nContent-Length 5\r\n\r\nhello", "no colon");
}

static void is_what_is_no_http_refused_at_once(void)
{
    wrong_first("GET / HTTP/1.1\r\nHost: x\r\n", "this is no HTTP/1.1: \"GET / HTTP/1.1..Host: x..\"");
    char *endless = calloc(1, HTTP_HEAD_MAX + 2);
    memset(endless, 'x', HTTP_HEAD_MAX + 1);
    memcpy(endless, "HTTP/1.1 200 OK\r\nX: ", 20);
    wrong_first(endless, "its head has no end in 16384 bytes");
    free(endless);
}

static void is_another_length_refused(void)
{
    wrong_later("HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nhello world!", "is 12, in the first answer 11");
    wrong_later("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello worl", "is 10, in the first answer 11");
}

static void is_a_wrong_byte_of_the_page_named(void)
{
    wrong_later(HEAD "hello_world", "byte 5 of the page: wanted 0x20, as in the first answer, got 0x5f");
    wrong_later(HEAD "hello worlD", "byte 10 of the page");
    wrong_later("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nHello world", "byte 0 of the page");
}

/* A line that ends inside of Date would be a field that nobody has read. */
static void may_nothing_hide_in_the_date(void)
{
    char hiding[] = HEAD "hello world";
    forget();
    hear(first);
    memcpy(strstr(hiding, "Sat, 21 Nov"), "S\r\nContent-Length: 12\r\nX: 123", 29);
    CHECK(hear(hiding) == HTTP_WRONG && strstr(says, "two Content-Lengths"), "a field was hidden: \"%s\"", says);
}

static void is_a_surplus_seen(void)
{
    forget();
    CHECK(hear(HEAD "hello world!") == HTTP_WRONG && strstr(says, "1 surplus bytes"), "%s", says);
    forget();
    hear(first);
    CHECK(hear(HEAD "hello worldHTTP") == HTTP_WRONG && strstr(says, "4 surplus bytes after all"), "%s", says);
}

static void is_what_is_missing_waited_for(void)
{
    forget();
    for (int later = 0; later < 2; later++) {
        for (size_t n = 1; n < sizeof first - 1; n++)
            CHECK(hear_in_two(first, n, 0) == HTTP_MORE, "%zu of %zu bytes are taken for all", n, sizeof first - 1);
        hear(first);
    }
}

int main(void)
{
    is_the_first_answer_whole_wherever_it_is_cut();
    is_the_same_answer_whole_wherever_it_is_cut();
    may_the_date_be_another();
    may_the_head_be_another();
    may_the_page_be_empty();
    is_another_status_refused();
    is_what_cannot_be_framed_refused();
    is_what_is_no_http_refused_at_once();
    is_another_length_refused();
    is_a_wrong_byte_of_the_page_named();
    may_nothing_hide_in_the_date();
    is_a_surplus_seen();
    is_what_is_missing_waited_for();
    forget();
    return checks_failed();
}
