/* Does the http service answer as the table says, however the bytes are cut? Whole, one by one, in random pieces, with
 * a kernel that takes little at a time: each must give the same bytes, and a request behind it must be answered if, and
 * only if, the connection stays. */
#define _GNU_SOURCE
#include "harness/server/http.h"
#include "harness/server/buffer.h"
#include "harness/tests/check.h"
#include "harness/tests/http_table.h"
#include "harness/tests/talk.h"
#include <stdlib.h>

enum { ROOM = 2 << 20, RANDOM_PLANS = 12, LONG_REQUEST = 4096 };

static const struct plan at_once = {64 * 1024, 64 * 1024, 0};
static char input[8 << 20], said[ROOM], said_again[ROOM];
static size_t input_size;

static void add(const char *bytes, size_t n)
{
    memcpy(input + input_size, bytes, n);
    input_size += n;
}

static void add_text(const char *text) { add(text, strlen(text)); }

static void add_case(const struct http_case *c)
{
    add(c->request.at, c->request.n);
    memset(input + input_size, c->fill, c->times);
    input_size += c->times;
    add(c->rest.at, c->rest.n);
}

static struct talk play(struct plan plan, char *to)
{
    struct talk t = {.said = to, .room = ROOM};
    talk_play(&t, service_named("http"), plan, input, input_size);
    CHECK(!t.broken, "%s", t.broken);
    talk_without_interim(&t);
    return t;
}

/* -- Answers ----------------------------------------------------------------------------------------------------- */

struct reply { int status; bool closes; const char *at; size_t head, size; };

/* Takes the next answer off the text. Status 0: that is none. */
static struct reply next_reply(const char **text, const char *end, bool to_head)
{
    static const char length_field[] = "\r\nContent-Length: ", close_field[] = "\r\nConnection: close\r\n";
    struct reply reply = {.at = *text};
    size_t there = (size_t)(end - *text);
    const char *head_end = memmem(*text, there, "\r\n\r\n", 4);
    if (!head_end || there < 12 || memcmp(*text, "HTTP/1.1 ", 9) != 0)
        return (struct reply){0};
    reply.head = (size_t)(head_end - *text) + 4;
    const char *length = memmem(*text, reply.head, length_field, sizeof length_field - 1);
    size_t body = length ? strtoul(length + sizeof length_field - 1, NULL, 10) : 0;
    reply.closes = memmem(*text, reply.head, close_field, sizeof close_field - 1);
    reply.size = reply.head + (to_head ? 0 : body);
    if (!length || reply.size > there)
        return (struct reply){0};
    reply.status = atoi(*text + 9);
    *text += reply.size;
    return reply;
}

static bool is_head(const struct http_case *c) { return strncmp(c->request.at, "HEAD ", 5) == 0; }

/* -- The table --------------------------------------------------------------------------------------------------- */

static void check_answer(const struct http_case *c, const struct talk *t)
{
    const char *text = t->said, *end = t->said + t->said_size;
    struct reply first = next_reply(&text, end, is_head(c));
    CHECK(first.status == c->status, "%s (RFC %s): %d, want %d: %.*s", c->what, c->section, first.status, c->status,
          (int)(t->said_size < 300 ? t->said_size : 300), t->said);
    CHECK(first.status && memmem(first.at, first.size, c->says, strlen(c->says)), "%s: not \"%s\": %.*s", c->what,
          c->says, (int)(t->said_size < 300 ? t->said_size : 300), t->said);
    CHECK(first.closes == !c->stays && t->closing == !c->stays, "%s: the connection %s (RFC %s)", c->what,
          t->closing ? "ends" : "stays", c->section);
    struct reply second = next_reply(&text, end, false);
    CHECK(second.status == (c->stays ? 200 : 0), "%s: a GET behind it is answered with %d (RFC %s)", c->what,
          second.status, c->section);
    CHECK(text == end, "%s: %zu bytes too many", c->what, (size_t)(end - text));
}

static void check_same(const char *what, struct plan plan, const struct talk *whole)
{
    struct talk t = play(plan, said_again);
    CHECK(t.said_size == whole->said_size && memcmp(t.said, whole->said, t.said_size) == 0,
          "%s, cut by read %zu, write %zu, seed %llu: %.*s", what, plan.read_most, plan.write_most,
          (unsigned long long)plan.seed, (int)(t.said_size < 300 ? t.said_size : 300), t.said);
    CHECK(t.closing == whole->closing, "%s, cut: it %s", what, t.closing ? "ends" : "stays");
}

static void check_cuts(const char *what, const struct talk *whole)
{
    check_same(what, (struct plan){1, 1, 0}, whole);
    for (size_t read_most = 2; read_most < 80; read_most += input_size > LONG_REQUEST ? 26 : 1)
        check_same(what, (struct plan){read_most, 64 * 1024, 0}, whole);
    for (uint64_t seed = 1; seed <= RANDOM_PLANS; seed++)
        check_same(what, (struct plan){input_size > LONG_REQUEST ? 9000 : 50, seed % 3 == 0 ? 20 : 5000, seed}, whole);
}

static void test_the_table(void)
{
    for (const struct http_case *c = http_cases; c < http_cases + HTTP_CASES; c++) {
        input_size = 0;
        add_case(c);
        add_text("GET / HTTP/1.1\r\nHost: behind\r\n\r\n");
        struct talk whole = play(at_once, said);
        check_answer(c, &whole);
        check_cuts(c->what, &whole);
    }
}

/* Requests without waiting for the answers: these come in order, as many as there is room for in one write. */
static void test_pipelines(void)
{
    size_t sent = 0;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        const struct http_case *order[200];
        uint64_t state = seed;
        input_size = sent = 0;
        while (sent < 60) {
            const struct http_case *c = &http_cases[random_next(&state) % HTTP_CASES];
            if (!c->stays || (c->times > 0 && sent % 8 != 0))
                continue;
            order[sent++] = c;
            add_case(c);
        }
        struct talk whole = play(at_once, said);
        const char *text = whole.said, *end = whole.said + whole.said_size;
        for (size_t i = 0; i < sent; i++) {
            int status = next_reply(&text, end, is_head(order[i])).status;
            CHECK(status == order[i]->status, "seed %llu: answer %zu, to \"%s\", is %d, want %d",
                  (unsigned long long)seed, i, order[i]->what, status, order[i]->status);
        }
        CHECK(text == end, "%zu bytes too many", (size_t)(end - text));
        check_same("a pipeline", (struct plan){1, 7, 0}, &whole);
        check_same("a pipeline", (struct plan){30000, 30000, seed}, &whole);
    }
}

static void test_few_writes(void)
{
    input_size = 0;
    for (int i = 0; i < 200; i++)
        add_text("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    struct talk t = play(at_once, said);
    CHECK(t.writes <= 1 + t.said_size / (BUFFER_SIZE - 2048), "%zu writes for %zu bytes", t.writes, t.said_size);
    add_text("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
    size_t before = t.said_size;
    t = play(at_once, said);
    CHECK(t.closing && t.dropped == strlen("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), "%zu bytes dropped", t.dropped);
    CHECK(t.said_size > before && t.said_size < before + before / 100, "%zu bytes said", t.said_size);
}

/* -- Bodies ------------------------------------------------------------------------------------------------------ */

static char body[HTTP_BODY_MOST];

static void add_chunks(size_t size, uint64_t *state)
{
    char line[32];
    for (size_t n, at = 0; at < size; at += n) {
        n = 1 + (size_t)(random_next(state) % (random_next(state) % 4 ? 20000 : 50));
        n = n < size - at ? n : size - at;
        snprintf(line, sizeof line, "%zx;extension\r\n", n);
        add_text(line);
        add(body + at, n);
        add_text("\r\n");
    }
    add_text("0\r\nTrailer: yes\r\n\r\n");
}

static void check_body(size_t size, const char *how, struct plan plan)
{
    struct talk t = play(plan, said);
    const char *text = t.said;
    struct reply reply = next_reply(&text, t.said + t.said_size, false);
    CHECK(reply.status == 200 && reply.size - reply.head == size && text == t.said + t.said_size &&
              memcmp(reply.at + reply.head, body, size) == 0,
          "%zu bytes, %s: %d, %zu bytes", size, how, reply.status, reply.size - reply.head);
}

static void test_bodies_of_every_size(void)
{
    uint64_t state = 1;
    char head[128];
    for (size_t i = 0; i < sizeof body; i++)
        body[i] = (char)random_next(&state);
    for (size_t size = 0; size <= sizeof body; size++) {
        struct plan some = {1 + size % 30000 + 500, 64 * 1024, state};
        snprintf(head, sizeof head, "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: %zu\r\n\r\n", size);
        input_size = 0;
        add_text(head);
        add(body, size);
        check_body(size, "by length", size % 2 ? at_once : some);
        input_size = 0;
        add_text("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
        add_chunks(size, &state);
        check_body(size, "in chunks", size % 2 ? some : at_once);
    }
}

/* As many lines of chunks as there can be: they must not eat up the room. */
static void test_the_smallest_chunks(void)
{
    input_size = 0;
    add_text("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (size_t i = 0; i < sizeof body; i++) {
        add_text("1;an-extension-that-nobody-reads=and-that-is-much-longer-than-its-data\r\n");
        add(body + i, 1);
        add_text("\r\n");
    }
    add_text("0\r\n\r\n");
    check_body(sizeof body, "in chunks of one byte", at_once);
    check_body(sizeof body, "in chunks of one byte, read one by one", (struct plan){1, 100, 0});
    input_size -= strlen("0\r\n\r\n");
    while (input_size < sizeof input - 100)
        add_text("1\r\nx\r\n");
    struct talk t = play(at_once, said);
    const char *text = t.said;
    CHECK(next_reply(&text, t.said + t.said_size, false).status == 413 && t.closing, "no end of chunks: %.99s", said);
    CHECK(t.over, "4 MiB behind the last word, and it still listens");
}

static void test_many_trailers(void)
{
    input_size = 0;
    add_text("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n");
    for (size_t n = 0; n + 6 <= HTTP_TRAILERS_MOST; n += 6)
        add_text("X: y\r\n");
    add_text("\r\n");
    check_body(0, "with as many trailers as there may be", at_once);
    input_size -= strlen("\r\n");
    add_text("X: y\r\n");
    struct talk t = play((struct plan){100, 100, 0}, said);
    const char *text = t.said;
    CHECK(next_reply(&text, t.said + t.said_size, false).status == 431, "a trailer too many: %.99s", said);
}

/* -- Single rules ------------------------------------------------------------------------------------------------ */

static size_t say(struct exchange *talk, const char *text)
{
    struct span room = exchange_room(talk);
    memcpy(room.at, text, strlen(text));
    exchange_got(talk, (ssize_t)strlen(text));
    return exchange_owes(talk) ? exchange_owed(talk).n : 0;
}

static void test_100_continue(void)
{
    struct exchange talk;
    exchange_begin(&talk, service_named("http"), 64 * 1024);
    size_t n = say(&talk, "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r");
    CHECK(n == 0, "a word in the middle of the head");
    n = say(&talk, "\n");
    CHECK(n == strlen(talk_interim) && memcmp(exchange_owed(&talk).at, talk_interim, n) == 0, "%zu bytes, no 100", n);
    exchange_sent(&talk, (ssize_t)n);
    CHECK(!exchange_owes(&talk), "a second 100");
    CHECK(say(&talk, "a") == 0, "a 100 in the middle of the body");
    n = say(&talk, "bc");
    CHECK(n > 3 && memcmp(exchange_owed(&talk).at + n - 3, "abc", 3) == 0, "the body did not come back");
    exchange_sent(&talk, (ssize_t)n);
    CHECK(!talk.in && !talk.out, "an idle connection owns a buffer");
    n = say(&talk, "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\na");
    CHECK(n == 0, "the body has begun to come, and yet %zu bytes are said", n);
    exchange_end(&talk);
    exchange_begin(&talk, service_named("http"), 64 * 1024);
    n = say(&talk, "POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
    CHECK(n == 0, "HTTP/1.0 knows no 100, and yet %zu bytes are said", n);
    exchange_end(&talk);
}

static void test_head_is_get_without_the_body(void)
{
    static char get[4096];
    input_size = 0;
    add_text("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    struct talk t = play(at_once, get);
    size_t head = (size_t)((char *)memmem(get, t.said_size, "\r\n\r\n", 4) - get) + 4;
    input_size = 0;
    add_text("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
    t = play(at_once, said);
    CHECK(t.said_size == head && memcmp(said, get, head) == 0, "%zu bytes, want %zu", t.said_size, head);
}

int main(void)
{
    service_named("http")->begin("test");
    test_the_table();
    test_pipelines();
    test_few_writes();
    test_bodies_of_every_size();
    test_the_smallest_chunks();
    test_many_trailers();
    test_100_continue();
    test_head_is_get_without_the_body();
    return checks_failed();
}
