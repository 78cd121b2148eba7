#define _GNU_SOURCE
/* Does the driver tell an honest server from a dishonest one, and what is wrong with it?
 *
 * Each oracle (oracle.h) breaks one promise, always at the same place. */
#include "harness/load/cpus.h"
#include "harness/tests/check.h"
#include "harness/tests/oracle.h"

/* After STEADY answers on a connection an oracle misbehaves. */
enum { CLIENTS = 8, STEADY = 5 };

/* -- Oracles of echo --------------------------------------------------------------------------------------------- */

static bool corrupts(struct client *c, struct client *all)
{
    if (c->answers == STEADY)
        c->request[20] ^= 0x01;
    return honest(c, all);
}

static bool drops_inside(struct client *c, struct client *all)
{
    if (c->answers != STEADY)
        return honest(c, all);
    memmove(c->request + 20, c->request + 21, SIZE - 21);
    return put(c->fd, c->request, SIZE - 1);
}

static bool drops_the_last(struct client *c, struct client *all)
{
    return c->answers == STEADY ? put(c->fd, c->request, SIZE - 1) : honest(c, all);
}

static bool adds(struct client *c, struct client *all)
{
    unsigned char more[SIZE + 1] = {0};
    memcpy(more, c->request, SIZE);
    more[SIZE] = 0xAB;
    return c->answers == STEADY ? put(c->fd, more, sizeof more) : honest(c, all);
}

/* The first client is a silent one: it has been greeted when the second comes, and owes nothing. Nobody expects a word
 * from it any more, and only the last look at it can tell. */
static bool adds_to_the_silent_one(struct client *c, struct client *all)
{
    bool good = c != all + 1 || c->answers > 0 || put(all->fd, c->request, 1);
    return good && honest(c, all);
}

/* The first to come at its turn waits for another, and each gets what the other sent. */
static bool swaps(struct client *c, struct client *all)
{
    static struct client *waiting;
    if (c->answers != STEADY || waiting == c)
        return honest(c, all);
    if (!waiting) {
        waiting = c;
        return true;
    }
    return put(waiting->fd, c->request, SIZE) && put(c->fd, waiting->request, SIZE);
}

static bool closes_in_the_middle(struct client *c, struct client *all)
{
    if (c->answers != STEADY)
        return honest(c, all);
    put(c->fd, c->request, SIZE / 2);
    return false;
}

/* Longer than the window and the drain, and far shorter than a silence that is wrong. */
static bool pauses_in_the_middle(struct client *c, struct client *all)
{
    if (c->answers != STEADY)
        return honest(c, all);
    bool half = put(c->fd, c->request, SIZE / 2);
    usleep(700000);
    return half && put(c->fd, c->request + SIZE / 2, SIZE / 2);
}

static bool closes_between(struct client *c, struct client *all)
{
    honest(c, all);
    return c->answers != STEADY;
}

static bool stays_silent(struct client *c, struct client *all)
{
    (void)c, (void)all;
    return true;
}

static bool falls_silent(struct client *c, struct client *all)
{
    return c->answers >= STEADY || honest(c, all);
}

static bool is_late_for_the_second(struct client *c, struct client *all)
{
    if (c == all + 1 && c->answers == 0)
        usleep(700000);
    return honest(c, all);
}

/* -- Oracles of http: a page for each request -------------------------------------------------------------------- */

static const char page[] = "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello world";
enum { PAGE = sizeof page - 1 };

static bool put_page(int fd, size_t from, size_t n) { return put(fd, (const unsigned char *)page + from, n); }

static bool gives_the_page(struct client *c, struct client *all)
{
    (void)all;
    return put_page(c->fd, 0, PAGE);
}

static bool gives_it_in_pieces(struct client *c, struct client *all)
{
    (void)all;
    for (size_t i = 0; i < PAGE; i++)
        if (!put_page(c->fd, i, 1))
            return false;
    return true;
}

static bool gives_another_page(struct client *c, struct client *all)
{
    if (c->answers != STEADY)
        return gives_the_page(c, all);
    return put_page(c->fd, 0, PAGE - 1) && put_page(c->fd, 0, 1);
}

static bool gives_half_and_closes(struct client *c, struct client *all)
{
    if (c->answers != STEADY)
        return gives_the_page(c, all);
    put_page(c->fd, 0, 30);
    return false;
}

static bool gives_it_less_a_byte(struct client *c, struct client *all)
{
    return c->answers == STEADY ? put_page(c->fd, 0, PAGE - 1) : gives_the_page(c, all);
}

static bool gives_it_and_a_byte(struct client *c, struct client *all)
{
    unsigned char more[PAGE + 1] = {0};
    memcpy(more, page, PAGE);
    return c->answers == STEADY ? put(c->fd, more, sizeof more) : gives_the_page(c, all);
}

static bool gives_it_and_closes(struct client *c, struct client *all)
{
    return gives_the_page(c, all) && c->answers != STEADY;
}

static bool has_no_page(struct client *c, struct client *all)
{
    static const char missing[] = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
    (void)all;
    return put(c->fd, (const unsigned char *)missing, sizeof missing - 1);
}

/* -- Runs ------------------------------------------------------------------------------------------------------- */

static struct load_options few(void)
{
    struct load_options o = load_defaults((struct sockaddr_in){0});
    o.connections = CLIENTS;
    o.size = SIZE;
    o.warmup_ms = 20;
    o.window_ms = 100;
    return o;
}

/* For servers who do something wrong: that ends the run, however long the window is. */
static struct load_options until_wrong(void)
{
    struct load_options o = few();
    o.window_ms = 5000;
    return o;
}

/* For servers who stay silent: nobody waits for them as long as for others on a busy machine. */
static struct load_options few_in_haste(void)
{
    struct load_options o = few();
    o.patience_ms = 300;
    return o;
}

static bool says(const char *part) { return strstr(result.failure, part) != NULL; }

/* -- Honest servers ---------------------------------------------------------------------------------------------- */

static void is_an_honest_server_believed(void)
{
    struct load_options o = few();
    o.idle = 5;
    bool good = run(honest, SLOTS, o);
    CHECK(good && !*result.failure, "%s", result.failure);
    CHECK(result.served == CLIENTS && result.idle_served == 5, "%d and %d served", result.served, result.idle_served);
    CHECK(result.lost == 0 && result.unfinished == 0 && !*result.trouble, "%d lost, %s", result.lost, result.trouble);
    CHECK(result.requests > 0 && result.response.count == result.offered, "%ju requests, %ju of %ju timed",
          (uintmax_t)result.requests, (uintmax_t)result.response.count, (uintmax_t)result.offered);
    CHECK(result.answered >= result.offered + CLIENTS + 5, "%ju answered", (uintmax_t)result.answered);
}

static void does_an_open_loop_offer_what_the_seed_says(void)
{
    struct load_options o = few();
    o.rate = 1000;
    uint64_t offered[2];
    for (int i = 0; i < 2; i++) {
        CHECK(run(honest, SLOTS, o), "%s%s", result.failure, result.trouble);
        offered[i] = result.offered;
        CHECK(result.response.count == result.offered && result.unfinished == 0, "%ju of %ju timed",
              (uintmax_t)result.response.count, (uintmax_t)result.offered);
        CHECK(result.lateness.count <= result.offered, "%ju late ones", (uintmax_t)result.lateness.count);
    }
    CHECK(offered[0] == offered[1], "%ju requests, then %ju with the same seed", (uintmax_t)offered[0],
          (uintmax_t)offered[1]);
    CHECK(offered[0] > 50 && offered[0] < 150, "%ju requests in 100 ms at 1000/s", (uintmax_t)offered[0]);
}

/* A byte, and more than all buffers on the way hold: the driver must read while it still writes. */
static void does_any_size_come_back(void)
{
    static const size_t sizes[] = {1, 7, 8, 9, 64 * 1024 - 1, 64 * 1024, 64 * 1024 + 1, LOAD_SIZE_MAX};
    struct load_options o = few();
    o.connections = 3;
    o.idle = 2;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        o.size = sizes[i];
        o.rate = i % 2 ? 100 : 0;
        o.window_ms = o.size < 100000 ? 200 : 1000;
        CHECK(run(streams, SLOTS, o), "%zu bytes: %s%s", o.size, result.failure, result.trouble);
        CHECK(result.served == 3 && result.idle_served == 2, "%zu bytes: %d and %d served", o.size, result.served,
              result.idle_served);
        CHECK(result.requests > 0 && result.unfinished == 0, "%zu bytes: %ju requests, %ju unfinished", o.size,
              (uintmax_t)result.requests, (uintmax_t)result.unfinished);
    }
}

/* -- Dishonest ones ---------------------------------------------------------------------------------------------- */

static void is_a_corrupt_byte_named(void)
{
    CHECK(!run(corrupts, SLOTS, until_wrong()), "a corrupt byte was believed");
    CHECK(says("sequence 6, byte 20: wanted 0x"), "%s", result.failure);
}

static void is_a_dropped_byte_seen_where_it_is_missing(void)
{
    CHECK(!run(drops_inside, SLOTS, until_wrong()), "a dropped byte was believed");
    CHECK(says("sequence 6, byte 20: wanted 0x"), "%s", result.failure);
    CHECK(!run(drops_the_last, SLOTS, few()), "a short answer was believed");
    CHECK(says("sequence 6, byte 63 of 64: missing, nothing more came"), "%s", result.failure);
    CHECK(result.unfinished == CLIENTS, "%ju unfinished", (uintmax_t)result.unfinished);
}

static void is_a_surplus_byte_seen(void)
{
    CHECK(!run(adds, SLOTS, until_wrong()), "a surplus byte was believed");
    CHECK(says("sequence 6: a surplus byte after all 64: 0xab"), "%s", result.failure);
}

static void is_a_surplus_byte_of_a_silent_connection_seen(void)
{
    struct load_options o = few();
    o.connections = o.idle = 1;
    CHECK(!run(adds_to_the_silent_one, SLOTS, o), "it was believed");
    CHECK(says("connection 1, sequence 1: a surplus byte after all 64"), "\"%s\"", result.failure);
}

static void is_the_answer_of_another_told_as_such(void)
{
    CHECK(!run(swaps, SLOTS, until_wrong()), "swapped answers were believed");
    CHECK(says("sequence 6, byte 0: wanted 0x") && says("(these bytes are connection "), "%s", result.failure);
}

static void is_a_connection_that_breaks_counted(void)
{
    CHECK(!run(closes_in_the_middle, SLOTS, until_wrong()), "half an answer was believed");
    CHECK(says("sequence 6, byte 32 of 64: missing, the server closed the connection"), "%s", result.failure);
    CHECK(result.lost == CLIENTS && result.unfinished == CLIENTS, "%d lost, %ju unfinished", result.lost,
          (uintmax_t)result.unfinished);
}

static void is_a_pause_in_an_answer_no_missing_byte(void)
{
    struct load_options o = few();
    o.connections = 1;
    CHECK(run(pauses_in_the_middle, SLOTS, o) && !*result.failure, "%s", result.failure);
    CHECK(result.unfinished == 0, "%ju unfinished", (uintmax_t)result.unfinished);
}

/* Whether an answer is owed then is a race: in an open loop, with a request a second, none is. */
static void is_a_connection_that_ends_between_requests_no_failure(void)
{
    struct load_options o = few();
    o.connections = 1;
    o.rate = 100;
    o.fixed_arrivals = true;
    run(closes_between, SLOTS, o);
    CHECK(!*result.failure && result.lost == 1, "%d lost, \"%s\"", result.lost, result.failure);
}

/* All of them are free when it happens: no answer is missing, and yet there is nothing to believe. */
static void is_a_server_that_leaves_all_not_measured(void)
{
    struct load_options o = until_wrong();
    o.rate = 200;
    o.fixed_arrivals = true;
    CHECK(!run(closes_between, SLOTS, o), "what it did until then was taken for the window");
    CHECK(!*result.failure && result.lost == CLIENTS, "%d lost, \"%s\"", result.lost, result.failure);
    CHECK(strstr(result.trouble, "all 8 connections broke before the window was over"), "\"%s\"", result.trouble);
}

/* -- Over http --------------------------------------------------------------------------------------------------- */

static bool run_http(behaviour *behave, struct load_options o)
{
    o.http = speaks_http = true;
    bool good = run(behave, SLOTS, o);
    speaks_http = false;
    return good;
}

static void is_the_same_page_believed(void)
{
    struct load_options o = few();
    o.idle = 5;
    CHECK(run_http(gives_the_page, o) && !*result.failure, "%s%s", result.failure, result.trouble);
    CHECK(result.served == CLIENTS && result.idle_served == 5, "%d and %d served", result.served, result.idle_served);
    CHECK(result.page_size == 11 && result.answer_size == PAGE, "a page of %zu bytes, an answer of %zu",
          result.page_size, result.answer_size);
    CHECK(result.requests > 0 && result.response.count == result.offered && result.lost == 0, "%ju requests, %d lost",
          (uintmax_t)result.requests, result.lost);
    CHECK(run_http(gives_it_in_pieces, few()) && result.requests > 0, "%s%s", result.failure, result.trouble);
}

static void is_another_page_named(void)
{
    CHECK(!run_http(gives_another_page, until_wrong()), "another page was believed");
    CHECK(says("sequence 6: byte 10 of the page: wanted 0x64, as in the first answer, got 0x48"), "%s", result.failure);
    CHECK(!run_http(gives_it_and_a_byte, until_wrong()), "a surplus byte was believed");
    CHECK(says("sequence 6: 1 surplus bytes after all 50"), "%s", result.failure);
    CHECK(!run_http(has_no_page, until_wrong()), "a 404 was measured");
    CHECK(says("\"HTTP/1.1 404 Not Found\": want status 200"), "%s", result.failure);
}

static void is_the_end_of_a_page_or_a_connection_noticed(void)
{
    CHECK(!run_http(gives_half_and_closes, until_wrong()), "half a page was believed");
    CHECK(says("sequence 6, byte 30 of 50: missing, the server closed the connection"), "%s", result.failure);
    CHECK(!run_http(gives_it_less_a_byte, few()), "a short page was believed");
    CHECK(says("sequence 6, byte 49 of 50: missing, nothing more came"), "%s", result.failure);
    struct load_options o = few();
    o.connections = 1;
    o.rate = 100;
    o.fixed_arrivals = true;
    run_http(gives_it_and_closes, o);
    CHECK(!*result.failure && result.lost == 1, "%d lost, \"%s\"", result.lost, result.failure);
}

static void is_a_server_of_echo_no_server_of_http(void)
{
    struct load_options o = few();
    o.http = true;
    CHECK(!run(streams, SLOTS, o), "an echo was taken for a page");
    CHECK(says("this is no HTTP/1.1: \"GET / HTTP/1.1..Host: "), "%s", result.failure);
}

/* -- Servers that do not serve ----------------------------------------------------------------------------------- */

static void is_a_server_that_never_answers_said_to_serve_nobody(void)
{
    CHECK(!run(stays_silent, SLOTS, few_in_haste()), "silence was measured");
    CHECK(result.served == 0 && result.total == CLIENTS && result.window_ns == 0, "%d served", result.served);
    CHECK(strstr(result.trouble, "no answer") && !*result.failure, "%s", result.trouble);
}

static void is_one_client_at_a_time_seen_and_measured(void)
{
    struct load_options o = few_in_haste();
    o.window_ms = 500;
    CHECK(run(honest, 1, o), "%s", result.failure);
    CHECK(result.served == 1 && result.total == CLIENTS, "%d of %d served", result.served, result.total);
    CHECK(result.requests > 0 && strstr(result.trouble, "no answer"), "%s", result.trouble);
}

/* One for each CPU: nothing is left over. Returns how many there are. */
static int burn(pid_t *burners, int most)
{
    int count = 0;
    for (; count < most && count < sysconf(_SC_NPROCESSORS_ONLN); count++)
        if ((burners[count] = fork()) == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            for (;;)
                ;
        }
    return count;
}

/* Returns how long the CPUs had nothing to do meanwhile. */
static uint64_t run_beside_burners(struct load_options o)
{
    enum { MOST = 256 };
    pid_t burners[MOST];
    int count = burn(burners, MOST);
    uint64_t idle_ns = cpus_read(CPUS_FILE).idle_ns;
    run(is_late_for_the_second, SLOTS, o);
    idle_ns = cpus_read(CPUS_FILE).idle_ns - idle_ns;
    for (int i = 0; i < count; i++) {
        kill(burners[i], SIGKILL);
        waitpid(burners[i], NULL, 0);
    }
    return idle_ns;
}

/* Its 0.7 s are longer than the patience of 0.3 s, and shorter than four times that. Of these 0.3 s one tick of rest,
 * 10 ms, is enough to be no busy machine. */
static void does_a_server_on_a_busy_machine_get_more_time(void)
{
    struct load_options o = few_in_haste();
    o.connections = 2;
    for (int i = 0; i < 5; i++)
        if (run_beside_burners(o) == 0) {
            CHECK(result.served == 2, "%d of 2 served: %s", result.served, result.trouble);
            return;
        }
    printf("skipped: this machine could not be kept busy\n");
}

static void is_silence_kept_as_censored(void)
{
    CHECK(run(falls_silent, SLOTS, few_in_haste()), "%s", result.failure);
    CHECK(result.unfinished == CLIENTS && result.answered <= CLIENTS * STEADY, "%ju unfinished, %ju answered",
          (uintmax_t)result.unfinished, (uintmax_t)result.answered);

    struct load_options o = few_in_haste();
    o.connections = 1;
    o.warmup_ms = 0;
    CHECK(run(falls_silent, 1, o), "%s", result.failure);
    struct hist_quantile max = hist_quantile(&result.response, 1);
    CHECK(result.response.censored == 1 && max.above && max.ns > 400000000, "max above %d: %ju", max.above,
          (uintmax_t)max.ns);
    CHECK(result.response.count == result.offered, "%ju of %ju timed", (uintmax_t)result.response.count,
          (uintmax_t)result.offered);
}

static void does_what_waits_for_a_free_connection_stay_in_the_schedule(void)
{
    struct load_options o = few_in_haste();
    o.connections = 1;
    o.rate = 1000;
    CHECK(run(falls_silent, 1, o), "%s", result.failure);
    CHECK(result.response.count == result.offered && result.response.censored == result.offered, "%ju censored of %ju",
          (uintmax_t)result.response.censored, (uintmax_t)result.offered);
    CHECK(result.unfinished >= result.offered && result.offered > 50, "%ju unfinished", (uintmax_t)result.unfinished);
}

static void is_a_refusal_told_with_the_way_out(void)
{
    struct load_options o = few();
    int listener = listen_somewhere(&o.address);
    close(listener);
    CHECK(!load_run(&o, &result), "nobody was measured");
    CHECK(strncmp(result.trouble, "connect: 127.0.0.1:", 19) == 0, "%s", result.trouble);
    CHECK(strstr(result.trouble, strerror(ECONNREFUSED)), "%s", result.trouble);
    CHECK(strstr(result.trouble, "start a server"), "%s", result.trouble);
}

/* -- The window -------------------------------------------------------------------------------------------------- */

static volatile sig_atomic_t stop;
static int edges[2];

static void count_edges(void *context, bool begins)
{
    (void)context;
    edges[begins]++;
    stop = begins;
}

static void does_a_stop_in_the_window_keep_what_was_measured(void)
{
    struct load_options o = few();
    o.window_ms = 60000;
    o.window = count_edges;
    o.stop = &stop;
    edges[0] = edges[1] = 0;
    CHECK(run(honest, SLOTS, o), "%s", result.failure);
    CHECK(edges[0] == 1 && edges[1] == 1, "began %d times, ended %d times", edges[1], edges[0]);
    CHECK(result.window_ns > 0 && result.window_ns < 30000000000u, "%ju ns", (uintmax_t)result.window_ns);
    stop = 0;
}

int main(void)
{
    is_an_honest_server_believed();
    does_an_open_loop_offer_what_the_seed_says();
    does_any_size_come_back();
    is_a_corrupt_byte_named();
    is_a_dropped_byte_seen_where_it_is_missing();
    is_a_surplus_byte_seen();
    is_a_surplus_byte_of_a_silent_connection_seen();
    is_the_answer_of_another_told_as_such();
    is_a_connection_that_breaks_counted();
    is_a_pause_in_an_answer_no_missing_byte();
    is_a_connection_that_ends_between_requests_no_failure();
    is_a_server_that_leaves_all_not_measured();
    is_the_same_page_believed();
    is_another_page_named();
    is_the_end_of_a_page_or_a_connection_noticed();
    is_a_server_of_echo_no_server_of_http();
    is_a_server_that_never_answers_said_to_serve_nobody();
    is_one_client_at_a_time_seen_and_measured();
    does_a_server_on_a_busy_machine_get_more_time();
    is_silence_kept_as_censored();
    does_what_waits_for_a_free_connection_stay_in_the_schedule();
    is_a_refusal_told_with_the_way_out();
    does_a_stop_in_the_window_keep_what_was_measured();
    return checks_failed();
}
