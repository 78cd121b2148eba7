/* Claims about signals that tell of I/O (06_signal_io). */
#define _GNU_SOURCE
#include "harness/claim/judge.h"
#include "harness/claim/lab.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

/* -- Events, and signals that tell of them -----------------------------------------------------------------------
 * No server is needed for this: 50 connections of this process with itself, each of which raises a signal when a byte
 * arrives. The signals are blocked, as if we were busy, and counted when all have spoken. */

enum { EVENTS = 50, ROOM = 8 };

struct pair { int server, client; };

/* Raises `number` for what arrives from now on; 0: plain SIGIO, which names nobody. */
static bool watch(int fd, int number)
{
    return fcntl(fd, F_SETOWN, getpid()) == 0 && fcntl(fd, F_SETSIG, number) == 0 &&
           fcntl(fd, F_SETFL, O_ASYNC | O_NONBLOCK) == 0;
}

static bool connect_all(struct pair *pairs)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool fine = bind(listener, (struct sockaddr *)&address, size) == 0 && listen(listener, EVENTS) == 0 &&
                getsockname(listener, (struct sockaddr *)&address, &size) == 0;
    for (int i = 0; i < EVENTS; i++) {
        pairs[i].client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        fine = fine && connect(pairs[i].client, (struct sockaddr *)&address, size) == 0;
        pairs[i].server = fine ? accept4(listener, NULL, NULL, SOCK_CLOEXEC) : -1;
        fine = fine && pairs[i].server >= 0;
    }
    close(listener);
    return fine;
}

static void close_all(const struct pair *pairs)
{
    for (int i = 0; i < EVENTS; i++) {
        close(pairs[i].client);
        close(pairs[i].server);
    }
}

/* Takes what is queued. SIGIO names nobody; the other one has the descriptor with it. */
static struct signals take_all(const sigset_t *both)
{
    struct signals taken = {0};
    for (int number; (number = sigtimedwait(both, NULL, &(struct timespec){0})) > 0;) {
        taken.named += number != SIGIO;
        taken.unnamed += number == SIGIO;
    }
    return taken;
}

/* Each client says a byte. Which signals come? False: it could not be tried, and errno says why. */
static bool count_signals(int number, struct signals *taken)
{
    struct pair pairs[EVENTS];
    sigset_t both;
    sigemptyset(&both);
    sigaddset(&both, SIGIO);
    sigaddset(&both, SIGRTMIN);
    sigprocmask(SIG_BLOCK, &both, NULL);
    bool fine = connect_all(pairs);
    for (int i = 0; i < EVENTS; i++)
        fine = fine && watch(pairs[i].server, number);
    if (fine)
        take_all(&both);
    for (int i = 0; i < EVENTS; i++)
        fine = fine && send(pairs[i].client, "x", 1, MSG_NOSIGNAL) == 1;
    int why_not = errno;
    *taken = take_all(&both);
    close_all(pairs);
    errno = why_not;            /* who closes what was never opened has a reason of its own */
    return fine;
}

/* The same with room for 8 in the queue. */
static bool count_in_little_room(int number, struct signals *taken)
{
    struct rlimit before, little;
    getrlimit(RLIMIT_SIGPENDING, &before);
    little = before;
    little.rlim_cur = ROOM;
    setrlimit(RLIMIT_SIGPENDING, &little);
    bool fine = count_signals(number, taken);
    setrlimit(RLIMIT_SIGPENDING, &before);
    return fine;
}

static void sigio_coalesces(const struct claim_world *world, struct claim_found *found)
{
    struct signals plain, queued, full;
    struct play_outcome outcome;
    if (!count_signals(0, &plain) || !count_signals(SIGRTMIN, &queued) || !count_in_little_room(SIGRTMIN, &full)) {
        claim_cannot(found, "50 connections that raise signals could not be made: %s", strerror(errno));
        return;
    }
    claim_figure(found, plain.unnamed, "", "signals for %d events, SIGIO", EVENTS);
    claim_figure(found, queued.named, "", "signals for %d events, real-time (F_SETSIG)", EVENTS);
    claim_figure(found, full.named, "", "signals for %d events, real-time, room for %d", EVENTS, ROOM);
    claim_figure(found, full.unnamed, "", "SIGIO instead, of a queue that is full");
    bool all_served = claim_play(world, "signals", "little-room/8", "signal-io", &outcome, found);
    if (strcmp(outcome.code, "FORGOTTEN") == 0)
        found->why_not[0] = '\0';       /* that is an answer */
    claim_figure(found, all_served, "", "signal-io serves all, room for %d", ROOM);
    if (claim_all_seen(found))
        judge_signals(EVENTS, &plain, &queued, &full, all_served, found);
}

/* -- The table --------------------------------------------------------------------------------------------------- */

const struct claim claims_signals[] = {
    {"sigio-coalesces", "signals merge, and their queues overflow", "06_signal_io",
     "build/bin/iolab scene harness/claim/signals.scene --only little-room --model signal-io", false,
     sigio_coalesces},
    {0}};
