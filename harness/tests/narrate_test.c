/* Does the narrator tell what happens, in plain words, once, and no more than can be read? Events made by hand. */
#define _GNU_SOURCE
#include "harness/trace/narrate.h"
#include "harness/tests/check.h"
#include "harness/trace/calls.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>

enum { MAIN = 100, LINES = 4000 };
static const int64_t MS = 1000000;

static char said[LINES][128];
static int said_count;
static struct narrator *narrator;

static void on_line(void *context, enum narrate_tone tone, const char *line)
{
    (void)context;
    (void)tone;
    if (said_count < LINES)
        snprintf(said[said_count++], sizeof *said, "%s", line);
}

static void begin_with(struct narrate_options options)
{
    said_count = 0;
    narrator = narrate_new(options);
    narrate_event(narrator, &(struct trace_event){.kind = TRACE_EXEC, .pid = MAIN, .tid = MAIN});
    narrate_speak(narrator, 0);
}

static void begin(int columns) { begin_with((struct narrate_options){.columns = columns, .tell = on_line}); }

/* What was said last, without its columns; told from the end: 0 is the last line. */
static const char *words(int from_end)
{
    int at = said_count - 1 - from_end;
    return at >= 0 && strlen(said[at]) > 19 ? said[at] + 19 : "(nothing)";
}

static void last_is(const char *want) { CHECK(strcmp(words(0), want) == 0, "\"%s\", want \"%s\"", words(0), want); }

static struct fd_who client(int number) { return (struct fd_who){.kind = FD_CONNECTION, .number = number}; }
static const struct fd_who door = {.kind = FD_LISTENER}, epoll = {.kind = FD_EPOLL, .number = 1};

static struct trace_event call(long number, int64_t from_ms, int64_t to_ms)
{
    return (struct trace_event){.number = number, .pid = MAIN, .tid = MAIN, .fd = -1, .entered_ns = from_ms * MS,
                                .returned_ns = to_ms * MS, .waited = to_ms > from_ms, .may_block = to_ms > from_ms};
}

static struct trace_event with_client(struct trace_event event, int number, int64_t result, int error)
{
    event.fd = 4 + number;
    event.who = client(number);
    event.result = error ? -1 : result;
    event.error = error;
    return event;
}

static struct trace_event woken(int64_t from_ms, int64_t to_ms, struct fd_who who, uint32_t events)
{
    struct trace_event event = call(SYS_epoll_pwait, from_ms, to_ms);
    event.fd = 3;
    event.who = epoll;
    event.result = event.ready_count = 1;
    event.ready[0] = (struct trace_ready){who, 5, events};
    return event;
}

static void happens(struct trace_event event) { narrate_event(narrator, &event); }

/* -- Words ------------------------------------------------------------------------------------------------------- */

static void test_a_visit(void)
{
    begin(100);
    happens(woken(0, 2100, door, POLLIN));
    CHECK(strcmp(said[0], "   2.100   +2.100  epoll_wait woke after 2.1 s: the listener has a client") == 0, "%s",
          said[0]);
    struct trace_event accept = call(SYS_accept4, 2100, 2100);
    accept.who = door;
    accept.made = client(1);
    accept.made.port = 4242;
    accept.result = 5;
    happens(accept);
    CHECK(strcmp(said[1], "   2.100           accept4: A comes from port 4242") == 0, "%s", said[1]);
    happens(woken(2100, 2600, client(1), POLLIN));
    last_is("epoll_wait woke after 500 ms: A has data");
    struct trace_event read = with_client(call(SYS_read, 2600, 2600), 1, 6, 0);
    read.byte_count = 6;
    memcpy(read.bytes, "hello\n", 6);
    happens(read);
    last_is("read A: 6 bytes \"hello\\n\"");
    happens(with_client(call(SYS_read, 2600, 2600), 1, 0, EAGAIN));
    last_is("read A: nothing left (EAGAIN)");
    happens(woken(2600, 2700, client(1), POLLIN | POLLOUT | POLLRDHUP));
    last_is("epoll_wait woke after 100 ms: A has data, room and its last word said");
    happens(with_client(call(SYS_read, 2700, 2700), 1, 0, 0));
    last_is("read A: it has said its last word (end)");
    happens(with_client(call(SYS_close, 2700, 2700), 1, 0, 0));
    last_is("close A");
    narrate_free(narrator);
}

static void test_failures(void)
{
    begin(100);
    happens(with_client(call(SYS_read, 5, 5), 2, 0, EAGAIN));
    last_is("read B: nothing there (EAGAIN)");
    happens(with_client(call(SYS_write, 5, 5), 2, 0, EAGAIN));
    last_is("write B: no room left (EAGAIN)");
    happens(with_client(call(SYS_read, 5, 5), 2, 0, ECONNRESET));
    last_is("read B: it has left without a word (ECONNRESET)");
    happens(with_client(call(SYS_pread64, 5, 5), 2, 0, ESPIPE));
    last_is("pread64 B: a socket has no position (ESPIPE), says glibc's hidden thread");
    narrate_free(narrator);
}

static void test_files(void)
{
    begin(100);
    struct trace_event open = call(SYS_openat, 5, 5);
    open.result = 5;
    snprintf(open.path, sizeof open.path, "/etc/hosts\n");
    happens(open);
    last_is("openat \"/etc/hosts\\n\" = 5");
    struct trace_event exec = call(SYS_execve, 5, 5);
    exec.result = -1;
    exec.error = ENOENT;
    memset(exec.path, 'x', sizeof exec.path - 1);
    happens(exec);
    CHECK(strncmp(words(1), "execve \"xxxx", 12) == 0 && strstr(words(1), "xxx\"...: No"),
          "too long, and cut: \"%s\"", words(1));
    narrate_free(narrator);
}

static void test_others(void)
{
    begin(100);
    struct trace_event ring = call(SYS_io_uring_enter, 0, 300);
    ring.args[2] = 1;
    happens(ring);
    last_is("io_uring_enter woke after 300 ms: the kernel has done it");
    happens((struct trace_event){.kind = TRACE_SIGNAL, .pid = MAIN, .tid = MAIN, .entered_ns = 1, .returned_ns = 1,
                                 .signal_number = SIGTERM, .other = 7, .handled = true});
    last_is("signal SIGTERM from process 7; its handler runs");
    happens(call(SYS_rt_sigprocmask, 400, 400));
    last_is("signal SIGTERM from process 7; its handler runs");
    happens((struct trace_event){.kind = TRACE_ENDED, .pid = MAIN, .tid = MAIN, .status = 0});
    last_is("ends with 0");
    narrate_free(narrator);
}

/* For a class, the end is to be no riddle. */
static void test_the_end(void)
{
    begin(100);
    narrate_farewell(narrator, 5 * MS);
    CHECK(strcmp(said[0], "   0.005   +0.005  Ctrl-C: it is asked to end (SIGTERM)") == 0, "%s", said[0]);
    happens((struct trace_event){.kind = TRACE_SIGNAL, .pid = MAIN, .tid = MAIN, .entered_ns = 6 * MS,
                                 .returned_ns = 6 * MS, .signal_number = SIGTERM, .other = 7, .handled = true});
    last_is("SIGTERM comes; its handler runs");
    struct trace_event shutdown = call(SYS_shutdown, 6, 6), accept = call(SYS_accept4, 6, 6);
    shutdown.who = accept.who = door;
    shutdown.fd = accept.fd = 3;
    happens(shutdown);
    last_is("shutdown listener: no more clients");
    happens(woken(5, 905, door, POLLIN | POLLOUT | POLLHUP));
    last_is("epoll_wait woke after 900 ms: the listener is shut");
    accept.error = EINVAL;
    happens(accept);
    last_is("accept4: the listener is shut (EINVAL)");
    struct trace_event write = call(SYS_write, 6, 6);
    write.who.kind = FD_FILE;
    write.fd = 2;
    write.result = 85;
    happens(write);
    last_is("accept4: the listener is shut (EINVAL)");
    write.fd = 5;
    happens(write);
    last_is("write file 5: 85 bytes");
    narrate_free(narrator);
}

/* Everybody has a name, in the order of birth, as soon as there are two. */
static void test_births(void)
{
    begin(80);
    struct trace_event birth = {.kind = TRACE_BORN, .pid = MAIN, .tid = MAIN, .other = 101, .is_thread = true,
                                .entered_ns = MS, .returned_ns = MS};
    happens(birth);
    CHECK(strcmp(said[0], "   0.001   +0.001  main        thread 2 is born (101)") == 0, "%s", said[0]);
    struct trace_event read = with_client(call(SYS_read, 1, 901), 1, 0, 0);
    read.tid = 101;
    happens(read);
    CHECK(strcmp(said[1], "   0.901   +0.900  thread 2    read A woke after 900 ms: it has said its last") == 0, "%s",
          said[1]);
    CHECK(strcmp(said[2], "                                 word (end)") == 0, "a long line goes on: \"%s\"", said[2]);
    narrate_free(narrator);
}

static bool is_even(pid_t tid) { return tid % 2 == 0; }

/* A server that makes and ends 100 threads before it is ready, so fast that the end of 50 of them is not seen. */
static void test_before_it_speaks(void)
{
    said_count = 0;
    narrator = narrate_new((struct narrate_options){.columns = 100, .tell = on_line, .lives = is_even});
    happens((struct trace_event){.kind = TRACE_EXEC, .pid = MAIN, .tid = MAIN});
    for (int i = 1; i <= 100; i++)
        happens((struct trace_event){.kind = TRACE_BORN, .pid = MAIN, .tid = MAIN, .other = MAIN + i,
                                     .is_thread = true});
    for (int i = 1; i <= 49; i++)
        happens((struct trace_event){.kind = TRACE_ENDED, .pid = MAIN, .tid = MAIN + 2 * i});
    narrate_lost(narrator, 6002);
    narrate_under_way(narrator, NULL, 0, 5000 * MS);
    CHECK(said_count == 0, "before it is ready nothing is told, not even what was skipped: \"%s\"", said[0]);
    narrate_speak(narrator, 6000 * MS);
    narrate_under_way(narrator, NULL, 0, 7000 * MS);
    CHECK(said_count == 0, "what was skipped before is not told afterwards: \"%s\"", said[0]);
    struct trace_event read = with_client(call(SYS_read, 6001, 6001), 1, 6, 0);
    read.tid = MAIN + 100;
    happens(read);
    last_is("thread 2    read A: 6 bytes");
    narrate_free(narrator);
}

static void test_quantities(void)
{
    static const struct { int64_t n; const char *number, *duration; } cases[] = {
        {0, "0", "0.0 ms"}, {999, "999", "0.0 ms"}, {1000, "1,000", "0.0 ms"}, {12345678, "12,345,678", "12 ms"},
        {9940000, "9,940,000", "9.9 ms"}, {2100000000, "2,100,000,000", "2.1 s"},
        {100000000000, "100,000,000,000", "100 s"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[32];
        narrate_number(cases[i].n, text, sizeof text);
        CHECK(strcmp(text, cases[i].number) == 0, "%s, want %s", text, cases[i].number);
        narrate_duration(cases[i].n, text, sizeof text);
        CHECK(strcmp(text, cases[i].duration) == 0, "%s, want %s", text, cases[i].duration);
    }
}

/* -- In vain ----------------------------------------------------------------------------------------------------- */

static void test_in_vain(void)
{
    begin(100);
    struct trace_event nobody = call(SYS_accept4, 0, 0);
    nobody.error = EAGAIN;
    for (int i = 0; i < 1000; i++) {
        nobody.entered_ns = nobody.returned_ns = (2 * i + 1) * MS;
        happens(nobody);
        happens(with_client(call(SYS_read, 2 * i + 2, 2 * i + 2), 1, 0, EAGAIN));
    }
    CHECK(said_count == 3, "%d lines for 1,000 rounds, want 3", said_count);
    CHECK(strcmp(words(2), "accept4: nobody there (EAGAIN)") == 0, "%s", words(2));
    CHECK(strcmp(words(1), "read A: nothing there (EAGAIN)") == 0, "%s", words(1));
    last_is("asks again and again ...");
    char status[200];
    narrate_status(narrator, NULL, 0, 2003 * MS, status, sizeof status);
    CHECK(strcmp(status, "main asks again and again: 1,998 times in vain, for 2.0 s") == 0, "%s", status);
    happens(with_client(call(SYS_read, 2003, 2003), 1, 6, 0));
    CHECK(strcmp(words(1), "... asked 1,998 times in vain for 2.0 s") == 0, "%s", words(1));
    last_is("read A: 6 bytes");
    happens(with_client(call(SYS_read, 2004, 2004), 1, 0, EAGAIN));
    last_is("read A: nothing left (EAGAIN)");           /* told anew */
    narrate_finish(narrator, 2005 * MS);
    last_is("read A: nothing left (EAGAIN)");           /* and what was in vain before is not told again */
    narrate_free(narrator);
}

/* A few times more than once is no drumming, but is said. */
static void test_once_more(void)
{
    begin(100);
    for (int i = 1; i < 4; i++)
        happens(with_client(call(SYS_read, i, i), 1, 0, EAGAIN));
    CHECK(said_count == 1, "%d lines, want 1", said_count);
    narrate_finish(narrator, 4 * MS);
    last_is("... asked 2 times more in vain for 2.0 ms");
    narrate_free(narrator);
}

/* -- Sleep ------------------------------------------------------------------------------------------------------- */

static struct trace_event asleep(pid_t tid, long number, int64_t since_ms)
{
    return (struct trace_event){.number = number, .pid = tid, .tid = tid, .fd = 3, .who = epoll, .may_block = true,
                                .entered_ns = since_ms * MS};
}

static void test_asleep(void)
{
    begin(100);
    struct trace_event sleeper = asleep(MAIN, SYS_epoll_pwait, 5);
    narrate_under_way(narrator, &sleeper, 1, 10 * MS);
    CHECK(said_count == 0, "5 ms are no sleep worth a word: %s", words(0));
    narrate_under_way(narrator, &sleeper, 1, 30 * MS);
    narrate_under_way(narrator, &sleeper, 1, 40 * MS);
    CHECK(said_count == 1, "%d lines, want 1", said_count);
    CHECK(strcmp(said[0], "   0.005   +0.005  epoll_wait: asleep") == 0, "%s", said[0]);
    char status[200];
    narrate_status(narrator, &sleeper, 1, 2105 * MS, status, sizeof status);
    CHECK(strcmp(status, "epoll_wait, asleep for 2.1 s") == 0, "%s", status);
    happens(woken(5, 3005, client(1), POLLIN));
    last_is("epoll_wait woke after 3.0 s: A has data");
    narrate_under_way(narrator, &sleeper, 1, 3006 * MS);
    CHECK(said_count == 2, "it has woken since it was looked at: %s", words(0));
    sleeper.entered_ns = 3006 * MS;
    narrate_under_way(narrator, &sleeper, 1, 3100 * MS);
    last_is("epoll_wait: asleep");
    sleeper.entered_ns = 3200 * MS;
    happens(woken(3200, 3300, client(1), POLLIN));
    narrate_under_way(narrator, &sleeper, 1, 3301 * MS);
    last_is("epoll_wait woke after 100 ms: A has data");
    narrate_free(narrator);
}

/* Its call was seen, and then its end. */
static void test_status_of_who_has_ended(void)
{
    char status[200];
    begin(100);
    happens((struct trace_event){.kind = TRACE_BORN, .pid = MAIN, .tid = MAIN, .other = 200, .returned_ns = MS});
    struct trace_event sleepers[] = {asleep(MAIN, SYS_epoll_pwait, 0), asleep(200, SYS_read, 2)};
    happens((struct trace_event){.kind = TRACE_ENDED, .pid = 200, .tid = 200, .entered_ns = 3 * MS,
                                 .returned_ns = 3 * MS});
    narrate_status(narrator, sleepers, 2, 1000 * MS, status, sizeof status);
    CHECK(strcmp(status, "main: epoll_wait, asleep for 1.0 s") == 0, "%s", status);
    narrate_free(narrator);
}

/* Nobody reads that, but it ends. */
static void test_no_columns(void)
{
    begin(12);
    happens(woken(0, 1, client(1), POLLIN | POLLOUT | POLLERR | POLLHUP));
    CHECK(said_count == 4, "%d lines, want 4", said_count);
    narrate_free(narrator);
}

static int64_t lying;

static int64_t unread_of(void *context, int port)
{
    (void)context;
    return port == 4242 ? lying : -1;
}

/* Edge-triggered, and it has not read all: the best moment of the lesson. */
static void test_asleep_beside_bytes(void)
{
    begin_with((struct narrate_options){.columns = 100, .tell = on_line, .unread = unread_of});
    struct trace_event accept = call(SYS_accept4, 1, 1), sleeper = asleep(MAIN, SYS_epoll_pwait, 5);
    accept.made = client(1);
    accept.made.port = 4242;
    happens(accept);
    lying = 9;
    narrate_under_way(narrator, &sleeper, 1, 30 * MS);
    CHECK(said_count == 1, "bytes that have just come will wake it: \"%s\"", words(0));
    narrate_under_way(narrator, &sleeper, 1, 40 * MS);
    last_is("epoll_wait: asleep, and 9 bytes of A lie unread");
    char status[200];
    narrate_status(narrator, &sleeper, 1, 2105 * MS, status, sizeof status);
    CHECK(strcmp(status, "epoll_wait, asleep for 2.1 s, and 9 bytes of A lie unread") == 0, "%s", status);
    happens(woken(5, 3000, client(1), POLLIN));
    lying = 1;
    sleeper.entered_ns = 3000 * MS;
    narrate_under_way(narrator, &sleeper, 1, 3030 * MS);
    lying = 0;                                              /* it was read meanwhile, by somebody */
    narrate_under_way(narrator, &sleeper, 1, 3040 * MS);
    last_is("epoll_wait: asleep");
    narrate_free(narrator);
}

/* As long as somebody is awake, it may be about to read. */
static void test_one_is_awake(void)
{
    begin_with((struct narrate_options){.columns = 100, .tell = on_line, .unread = unread_of});
    struct trace_event accept = call(SYS_accept4, 1, 1), sleeper = asleep(MAIN, SYS_accept4, 5);
    accept.made = client(1);
    accept.made.port = 4242;
    happens(accept);
    happens((struct trace_event){.kind = TRACE_BORN, .pid = MAIN, .tid = MAIN, .other = 101, .entered_ns = MS,
                                 .returned_ns = MS});
    lying = 9;
    narrate_under_way(narrator, &sleeper, 1, 30 * MS);
    narrate_under_way(narrator, &sleeper, 1, 40 * MS);
    last_is("main        accept4: asleep");
    narrate_free(narrator);
}

static void test_a_crowd_asleep(void)
{
    begin(100);
    struct trace_event sleepers[64];
    for (int i = 0; i < 64; i++) {
        struct trace_event birth = {.kind = TRACE_BORN, .pid = MAIN, .tid = MAIN, .other = 200 + i,
                                    .entered_ns = i * 100 * MS, .returned_ns = i * 100 * MS};
        happens(birth);
        sleepers[i] = asleep(200 + i, SYS_epoll_pwait, 6400);
        sleepers[i].who.number = i + 1;         /* each has an epoll instance of its own */
    }
    int before = said_count;
    narrate_under_way(narrator, sleepers, 64, 7000 * MS);
    narrate_under_way(narrator, sleepers, 64, 7001 * MS);
    last_is("process 2   epoll_wait: asleep, and 63 others, too");
    CHECK(said_count - before <= 2, "%d lines for 64 who sleep", said_count - before);
    narrate_free(narrator);
}

/* -- Too much ---------------------------------------------------------------------------------------------------- */

/* Each happening is told, or counted as skipped. */
static void test_flood(void)
{
    enum { SECONDS = 20, EACH = 10000 };
    begin(100);
    for (int64_t i = 1; i <= SECONDS * EACH; i++) {
        struct trace_event write = with_client(call(SYS_write, 0, 0), 1, 6, 0);
        write.entered_ns = write.returned_ns = i * (1000 * MS / EACH);
        happens(write);
    }
    narrate_under_way(narrator, NULL, 0, (SECONDS * 1000 + 300) * MS);
    long told = 0, skipped = 0;
    for (int i = 0; i < said_count; i++) {
        long n = 0;
        if (strncmp(said[i] + 19, "... ", 4) != 0)
            told++;
        for (const char *at = said[i] + 23; strncmp(said[i] + 19, "... ", 4) == 0 && *at != ' '; at++)
            n = *at == ',' ? n : 10 * n + (*at - '0');
        skipped += n;
    }
    CHECK(told + skipped == SECONDS * EACH, "%ld told and %ld skipped of %d", told, skipped, SECONDS * EACH);
    CHECK(said_count < NARRATE_AT_ONCE + SECONDS * (NARRATE_A_SECOND + 2), "%d lines in %d s", said_count, SECONDS);
    CHECK(strstr(words(0), "happenings skipped: too many to tell") != NULL, "%s", words(0));
    narrate_lost(narrator, 1234567);
    narrate_finish(narrator, (SECONDS + 9) * 1000 * MS);
    last_is("... 1,234,567 happenings skipped: too many to tell");
    narrate_free(narrator);
}

static void test_sum_up(void)
{
    char text[300];
    begin(100);
    happens(woken(0, 900, client(1), POLLIN));
    happens(with_client(call(SYS_read, 900, 900), 1, 6, 0));
    happens(with_client(call(SYS_read, 900, 900), 1, 0, EAGAIN));
    narrate_sum_up(narrator, 1000 * MS, text, sizeof text);
    CHECK(strcmp(text, "1.0 s, 0 clients, 3 calls: 2 read, 1 epoll_wait. Asleep in a call: 90 % of the time.") == 0,
          "%s", text);
    narrate_free(narrator);
}

int main(void)
{
    test_a_visit();
    test_failures();
    test_files();
    test_others();
    test_the_end();
    test_births();
    test_before_it_speaks();
    test_quantities();
    test_in_vain();
    test_once_more();
    test_asleep();
    test_status_of_who_has_ended();
    test_no_columns();
    test_asleep_beside_bytes();
    test_one_is_awake();
    test_a_crowd_asleep();
    test_flood();
    test_sum_up();
    return checks_failed();
}
