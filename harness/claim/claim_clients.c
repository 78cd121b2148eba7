/* Claims about clients: who comes and goes, and who speaks at length; and about a client of many servers. */
#define _GNU_SOURCE
#include "harness/child/child.h"
#include "harness/child/clock.h"
#include "harness/claim/judge.h"
#include "harness/claim/lab.h"
#include "harness/load/random.h"
#include "harness/meter/meter.h"
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { READY_MS = 5000, END_MS = 4000 };

/* -- Those who come and go, while others speak ------------------------------------------------------------------- */

/* The scene failed, and neither as the machine was too busy for it nor as the server never began. */
static bool lost_somebody(const struct play_outcome *outcome)
{
    static const char *const others[] = {"RESTLESS", "LIMIT", "NEVER_READY", "NOT_STARTED"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(outcome->code, others[i]) == 0)
            return false;
    return outcome->verdict == PLAY_FAIL;
}

static void churn(const struct claim_world *world, struct churn *churn, struct claim_found *found)
{
    struct play_outcome outcome;
    if (!claim_play(world, "clients", "churn", churn->model, &outcome, found) && lost_somebody(&outcome)) {
        found->why_not[0] = '\0';       /* that is an answer */
        snprintf(churn->failed, sizeof churn->failed, "%s: %.150s", outcome.code, outcome.message);
    }
    churn->came = claim_shown(&outcome, "accepted");
    churn->finished = claim_shown(&outcome, "finished");
    churn->lost = claim_shown(&outcome, "lost");
    if (churn->failed[0])
        return;
    claim_figure(found, churn->came, "", "clients accepted, %s", churn->model);
    claim_figure(found, churn->finished, "", "clients who left when all was said, %s", churn->model);
    claim_figure(found, churn->lost, "", "clients lost, %s", churn->model);
    claim_figure(found, claim_shown(&outcome, "said"), "bytes", "said by one of the 8 when the last left, %s",
                 churn->model);
}

static void join_while_running(const struct claim_world *world, struct claim_found *found)
{
    struct churn seen[] = {{.model = "select"}, {.model = "poll"}, {.model = "epoll-lt"}, {.model = "epoll-et"}};
    enum { COUNT = sizeof seen / sizeof *seen };
    for (int i = 0; i < COUNT; i++)
        churn(world, &seen[i], found);
    if (claim_all_seen(found))
        judge_churn(seen, COUNT, found);
}

/* -- A server of ours, and a connection to it -------------------------------------------------------------------- */

static bool begin(const struct claim_world *world, struct child *server, const char *model, const char *work_ms,
                  struct claim_found *found)
{
    char *argv[] = {(char *)world->path(model), (char *)"--port", (char *)"0", (char *)"--quiet", (char *)"--work",
                    (char *)work_ms, NULL};
    const struct child_options options = {.argv = argv, .cpu = -1};
    char why[200];
    if (!child_start(server, &options, why, sizeof why)) {
        claim_cannot(found, "%s: %s", model, why);
        return false;
    }
    if (child_await_ready(server, READY_MS) == CHILD_READY)
        return true;
    claim_cannot(found, "%s did not begin to listen: %s", model, child_last_words(server));
    child_kill(server);
    return false;
}

static void end(struct child *server)
{
    child_signal(server, SIGTERM);
    child_await_end(server, END_MS);
    child_kill(server);
}

/* `sndbuf`: of its send buffer, in bytes; 0: as the system has it. */
static int connect_to(const struct child *server, int sndbuf)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (sndbuf)
        setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &sndbuf, sizeof sndbuf);
    if (connect(fd, (const struct sockaddr *)&server->address, sizeof server->address) == 0)
        return fd;
    close(fd);
    return -1;
}

/* -- Long messages ----------------------------------------------------------------------------------------------- */

enum { SPEAKERS = 3, MESSAGES = 3, MESSAGE = 3000000, SMALL = 64 << 10, PATIENCE_MS = 5000 };

/* A connection that says one message after the other: the next when the last one is back. */
struct speaker {
    int fd, message;                    /* MESSAGES: all are said, and back */
    size_t sent, heard;                 /* of this message */
    uint64_t seed, hash_sent, hash_heard;
    char bytes[MESSAGE];
};

/* FNV-1a, 64 bits. */
static uint64_t hash_on(uint64_t hash, const char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        hash = (hash ^ (unsigned char)bytes[i]) * 0x100000001B3u;
    return hash;
}

static void compose(struct speaker *speaker)
{
    static const uint64_t hash_begins = 0xCBF29CE484222325u;
    for (size_t i = 0; i < MESSAGE; i++)
        speaker->bytes[i] = (char)(random_next(&speaker->seed) >> 56);
    speaker->hash_heard = hash_begins;
    speaker->hash_sent = hash_on(hash_begins, speaker->bytes, MESSAGE);
    speaker->sent = speaker->heard = 0;
}

/* As much as the kernel takes now. False: the connection is broken. */
static bool say(struct speaker *speaker, struct messages *messages)
{
    ssize_t n = send(speaker->fd, speaker->bytes + speaker->sent, MESSAGE - speaker->sent,
                     MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n < 0)
        return errno == EAGAIN;
    if (speaker->sent == 0) {
        messages->least = messages->count == 0 ? (double)n : fmin(messages->least, (double)n);
        messages->most = fmax(messages->most, (double)n);
        messages->count++;
    }
    speaker->sent += (size_t)n;
    return true;
}

/* Returns false when the connection is at its end. */
static bool listen_to(struct speaker *speaker, struct messages *messages)
{
    char bytes[65536];
    size_t left = MESSAGE - speaker->heard;
    ssize_t n = recv(speaker->fd, bytes, left < sizeof bytes ? left : sizeof bytes, MSG_DONTWAIT);
    if (n <= 0)
        return n < 0 && errno == EAGAIN;
    speaker->hash_heard = hash_on(speaker->hash_heard, bytes, (size_t)n);
    speaker->heard += (size_t)n;
    if (speaker->heard < MESSAGE)
        return true;
    messages->whole += speaker->hash_heard == speaker->hash_sent;
    if (++speaker->message < MESSAGES)
        compose(speaker);
    return true;
}

/* Until all is back, or nothing comes any more. */
static void converse(struct speaker *speakers, struct messages *messages)
{
    for (;;) {
        struct pollfd wanted[SPEAKERS];
        int open = 0;
        for (int i = 0; i < SPEAKERS; i++) {
            bool done = speakers[i].message == MESSAGES;
            wanted[i] = (struct pollfd){.fd = done ? -1 : speakers[i].fd, .events = POLLIN};
            wanted[i].events |= speakers[i].sent < MESSAGE ? POLLOUT : 0;
            open += !done;
        }
        if (open == 0 || poll(wanted, SPEAKERS, PATIENCE_MS) <= 0)
            return;
        for (int i = 0; i < SPEAKERS; i++)
            if ((wanted[i].revents & POLLOUT && !say(&speakers[i], messages)) ||
                (wanted[i].revents & ~POLLOUT && !listen_to(&speakers[i], messages)))
                return;
    }
}

/* Three connections to a fresh server, which speak at once. */
static bool speak(const struct claim_world *world, int sndbuf, struct messages *messages, struct claim_found *found)
{
    static struct child server;
    static struct speaker speakers[SPEAKERS];
    if (!begin(world, &server, "epoll-et", "0", found))
        return false;
    for (int i = 0; i < SPEAKERS; i++) {
        speakers[i].fd = connect_to(&server, sndbuf);
        speakers[i].seed = world->seed + (uint64_t)i;
        speakers[i].message = 0;
        compose(&speakers[i]);
    }
    converse(speakers, messages);
    for (int i = 0; i < SPEAKERS; i++)
        close(speakers[i].fd);
    end(&server);
    const char *room = sndbuf ? "a send buffer of 64 KiB" : "as it comes";
    claim_figure(found, messages->whole, "", "messages that came back whole, of %d, %s", messages->expected, room);
    claim_figure(found, messages->least, "bytes", "the first write of a message took, the least, %s", room);
    claim_figure(found, messages->most, "bytes", "the first write of a message took, the most, %s", room);
    return true;
}

static void big_messages(const struct claim_world *world, struct claim_found *found)
{
    struct messages as_it_comes = {.size = MESSAGE, .expected = SPEAKERS * MESSAGES}, small_buffer = as_it_comes;
    if (speak(world, 0, &as_it_comes, found) && speak(world, SMALL, &small_buffer, found))
        judge_messages(&as_it_comes, &small_buffer, found);
}

/* -- A deadline for many ----------------------------------------------------------------------------------------- */

enum { DEADLINE_MS = 300 };
static const char *const work_ms[DEADLINE_REQUESTS] = {"0", "100", "500"};     /* 200 ms from the deadline: no race */

/* Descriptors of this process. */
static int own_fds(void)
{
    static struct tree self;
    self.count = 1;
    self.pids[0] = getpid();
    return meter_fds(&self);
}

static int fds_of(const struct child *server)
{
    static struct tree tree;
    child_tree(server, &tree);
    return meter_fds(&tree);
}

/* Waits for all of them, and no longer than until the deadline; then cancels who has not answered. */
static void wait_for_all(struct pollfd *wanted, struct deadline *deadline)
{
    double begun_ms = now_ms(), left_ms;
    int open = DEADLINE_REQUESTS;
    while (open > 0 && (left_ms = begun_ms + DEADLINE_MS - now_ms()) > 0) {
        poll(wanted, DEADLINE_REQUESTS, (int)ceil(left_ms));
        for (int i = 0; i < DEADLINE_REQUESTS; i++) {
            char byte;
            if (wanted[i].fd < 0 || !wanted[i].revents)
                continue;
            if (recv(wanted[i].fd, &byte, 1, MSG_DONTWAIT) == 1)
                deadline->requests[i].done_ms = now_ms() - begun_ms;
            close(wanted[i].fd);
            wanted[i].fd = -1;          /* poll passes it over */
            open--;
        }
    }
    deadline->waited_ms = now_ms() - begun_ms;
    for (int i = 0; i < DEADLINE_REQUESTS; i++)
        if (wanted[i].fd >= 0)
            close(wanted[i].fd);
}

/* How long until no server has a descriptor more than before. What is left after 2 s is a leak. */
static void await_servers(const struct child *servers, const int *before, struct deadline *deadline)
{
    double begun_ms = now_ms();
    do {
        deadline->server_fds_left = 0;
        for (int i = 0; i < DEADLINE_REQUESTS; i++)
            deadline->server_fds_left += fds_of(&servers[i]) - before[i];
        deadline->noticed_ms = now_ms() - begun_ms;
    } while (deadline->server_fds_left > 0 && now_ms() < begun_ms + 2000);
}

static void ask_all(const struct child *servers, struct deadline *deadline)
{
    struct pollfd wanted[DEADLINE_REQUESTS];
    int before[DEADLINE_REQUESTS], own = own_fds();
    for (int i = 0; i < DEADLINE_REQUESTS; i++) {
        before[i] = fds_of(&servers[i]);
        deadline->requests[i] = (struct request){.takes_ms = atof(work_ms[i]), .done_ms = NAN};
        wanted[i] = (struct pollfd){.fd = connect_to(&servers[i], 0), .events = POLLIN};
    }
    for (int i = 0; i < DEADLINE_REQUESTS; i++)
        send(wanted[i].fd, "x", 1, MSG_NOSIGNAL);
    wait_for_all(wanted, deadline);
    deadline->fds_left = own_fds() - own;
    await_servers(servers, before, deadline);
}

/* Children of this process that are still there. */
static int children_left(void) { return waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD ? 0 : 1; }

static void wait_with_timeout(const struct claim_world *world, struct claim_found *found)
{
    static struct child servers[DEADLINE_REQUESTS];
    struct deadline deadline = {.ms = DEADLINE_MS};
    int begun = 0;
    while (begun < DEADLINE_REQUESTS && begin(world, &servers[begun], "poll", work_ms[begun], found))
        begun++;
    if (begun == DEADLINE_REQUESTS)
        ask_all(servers, &deadline);
    for (int i = 0; i < begun; i++)
        end(&servers[i]);
    deadline.processes_left = children_left();
    if (begun < DEADLINE_REQUESTS)
        return;
    for (int i = 0; i < DEADLINE_REQUESTS; i++)
        if (!isnan(deadline.requests[i].done_ms))
            claim_figure(found, deadline.requests[i].done_ms, "ms", "answer of who takes %s ms", work_ms[i]);
    claim_figure(found, deadline.waited_ms, "ms", "waited, with a deadline of %d ms", DEADLINE_MS);
    claim_figure(found, deadline.fds_left, "", "descriptors left in the client");
    claim_figure(found, deadline.server_fds_left, "", "descriptors left in the servers");
    claim_figure(found, deadline.noticed_ms, "ms", "until the servers had noticed");
    claim_figure(found, deadline.processes_left, "", "processes left");
    judge_deadline(&deadline, found);
}

/* -- The table --------------------------------------------------------------------------------------------------- */

const struct claim claims_clients[] = {
    {"big-messages", "3 messages of 3 MB on each of 3 connections arrive whole, though no write takes one whole",
     "05_epoll_lt_et", "build/bin/iolab scene harness/claim/clients.scene --only big --model epoll-et", false,
     big_messages},
    {"join-while-running", "connections come and go while the loop runs, and none is lost", "05_epoll_lt_et",
     "build/bin/iolab scene harness/claim/clients.scene --only churn --model epoll-et", false,
     join_while_running},
    {"wait-with-timeout", "one wait for many with a deadline; the rest is cancelled, and nothing leaks", "04_poll",
     "build/bin/iolab scene harness/claim/clients.scene --only deadline --model poll", false, wait_with_timeout},
    {0}};
