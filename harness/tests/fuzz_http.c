/* Any bytes to the http service. What must hold: a connection owes or reads, never both; there is room to read into;
 * the answers are the same however the bytes are cut; after the last word there is silence; what is said is in
 * proportion to what was heard; and all of it is answers, each as long as it says. */
#define _GNU_SOURCE
#include "harness/server/buffer.h"
#include "harness/tests/fuzz.h"
#include "harness/tests/http_table.h"
#include "harness/tests/talk.h"

/* A request takes 18 bytes at least, and a page less than 1,000. */
enum { INPUT_MOST = 256 * 1024, ANSWERS_MOST = INPUT_MOST / 18 * 1000, LONGEST_SEED = 60000 };

const char fuzz_name[] = "fuzz_http";
const int fuzz_runs = 20000;
const char *const fuzz_words[] = {
    "\r\n", "\n", "\r", "\r\n\r\n", " ", ":", "Host: a\r\n", "Content-Length: 5\r\n", "Content-Length: 40960\r\n",
    "Transfer-Encoding: chunked\r\n", "Expect: 100-continue\r\n", "Connection: close\r\n", "Connection: keep-alive\r\n",
    "0\r\n\r\n", "5\r\nhello\r\n", "a000\r\n", "ffffffffffffffff", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.0",
    "HEAD", "POST", "OPTIONS", "*", "http://a", "HTTP/1.1 100 Continue\r\n\r\n", NULL};

static void add(char *to, size_t *n, const struct bytes *part)
{
    memcpy(to + *n, part->at, part->n);
    *n += part->n;
}

/* The table of http_test.c; of what has no end, the beginning. */
const char *fuzz_seed(size_t i, size_t *n)
{
    static char request[LONGEST_SEED * 2];
    if (i >= HTTP_CASES)
        return NULL;
    const struct http_case *c = &http_cases[i];
    *n = 0;
    add(request, n, &c->request);
    size_t times = c->times < LONGEST_SEED ? c->times : LONGEST_SEED;
    memset(request + *n, c->fill, times);
    *n += times;
    add(request, n, &c->rest);
    return request;
}

static uint64_t hash(const uint8_t *bytes, size_t n)
{
    uint64_t h = 14695981039346656037u;     /* FNV-1a */
    for (size_t i = 0; i < n; i++)
        h = (h ^ bytes[i]) * 1099511628211u;
    return h;
}

static bool begins_answer(const char *at, const char *end)
{
    return at == end || (end - at > 9 && memcmp(at, "HTTP/1.1 ", 9) == 0);
}

/* Is all that was said made of heads, and of bodies as long as they say? A body may be missing, as one to HEAD is: then
 * the next answer begins in its place. */
static bool are_answers(const char *at, const char *end)
{
    static const char field[] = "\r\nContent-Length: ";
    while (at < end) {
        const char *head_end = memmem(at, (size_t)(end - at), "\r\n\r\n", 4);
        if (!begins_answer(at, end) || !head_end)
            return false;
        const char *length = memmem(at, (size_t)(head_end - at), field, sizeof field - 1);
        bool interim = memcmp(at + 9, "100", 3) == 0;
        if (!length && !interim)
            return false;
        size_t body = length ? strtoul(length + sizeof field - 1, NULL, 10) : 0;
        at = head_end + 4;
        if (body > 0 && begins_answer(at, end) && are_answers(at, end))
            return true;
        if (end - at < (ptrdiff_t)body)
            return false;
        at += body;
    }
    return true;
}

static void converse(struct talk *t, struct plan plan, const uint8_t *bytes, size_t n)
{
    talk_play(t, service_named("http"), plan, (const char *)bytes, n);
    FUZZ_HOLDS(!t->broken, bytes, n, "%s (read %zu, write %zu, seed %llu)", t->broken, plan.read_most, plan.write_most,
               (unsigned long long)plan.seed);
    FUZZ_HOLDS(are_answers(t->said, t->said + t->said_size), bytes, n, "%.*s", (int)(t->said_size % 2000), t->said);
    talk_without_interim(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static char said[ANSWERS_MOST], said_cut[ANSWERS_MOST];
    static bool begun;
    if (!begun)
        service_named("http")->begin("test");
    begun = true;
    if (n > INPUT_MOST)
        return 0;
    struct talk whole = {.said = said, .room = ANSWERS_MOST}, cut = {.said = said_cut, .room = ANSWERS_MOST};
    converse(&whole, (struct plan){64 * 1024, 64 * 1024, 0}, bytes, n);
    uint64_t seed = hash(bytes, n) | 1;
    const struct plan plans[] = {{1, 64 * 1024, 0}, {1 + seed % 97, 64 * 1024, seed}, {40000, 3000, seed}};
    for (size_t i = 0; i < sizeof plans / sizeof *plans; i++) {
        converse(&cut, plans[i], bytes, n);
        FUZZ_HOLDS(cut.said_size == whole.said_size && memcmp(said, said_cut, cut.said_size) == 0 &&
                       cut.closing == whole.closing,
                   bytes, n, "cut by %zu it says:\n%.*s\n    and whole:\n%.*s", plans[i].read_most,
                   (int)(cut.said_size % 2000), said_cut, (int)(whole.said_size % 2000), said);
    }
    return 0;
}
