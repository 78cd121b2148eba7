/* signal_io: one thread sleeps until a signal names a client to look at. Signal-driven I/O.
 *
 * The idea      O_ASYNC makes the kernel send a signal when something arrives; F_SETSIG makes it a real-time one, which
 *               queues and carries the descriptor. No handler: we take the signals as epoll_wait takes events.
 * What blocks   sigwaitinfo alone. The sockets do not: a signal is a hint, and may name somebody who has left.
 * A wakeup      costs what is ready, and a call for each segment that arrived: the queue has a signal for every one.
 * It breaks     when the queue is full (RLIMIT_SIGPENDING): then comes SIGIO, which names nobody, and we look at
 *               everybody, the silent ones too. Who ignores it forgets clients, but only under load.
 * Compare       05_epoll_lt_et/epoll_et.c: the same edges, in a list of the kernel's that names each client once and
 *               is never full.
 *
 * usage: signal-io [--port N] [--reads-per-event N|all] [--help] */
#define _GNU_SOURCE
#include "harness/server/server.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* -- One connection -------------------------------------------------------------------------------------------------
 * It owes bytes, and waits to write, or owes none, and waits to read. Its exchange says which; a table by descriptor
 * holds them all. */

static struct exchange *talks;

static void watch(int fd);
static void remind(int fd);

static ssize_t hear(int client, struct exchange *talk)
{
    struct span room = exchange_room(talk);
    ssize_t n = read(client, room.at, room.n);
    exchange_got(talk, n);
    return n;
}

static ssize_t answer(int client, struct exchange *talk)
{
    struct span owed = exchange_owed(talk);
    ssize_t n = write(client, owed.at, owed.n);
    exchange_sent(talk, n);
    if (exchange_said_all(talk))
        shutdown(client, SHUT_WR);
    return n;
}

static void part(int client)
{
    server_leave(client, &talks[client]);
    close(client);
}

/* One visit: until EAGAIN, as the kernel will not say again what it has said; or until the budget is spent: then the
 * others first. (--reads-per-event N stops after N and forgets the rest: to see why that is wrong.) */
static void serve(int client)
{
    struct exchange *talk = &talks[client];
    for (int reads = 0; exchange_owes(talk) || reads++ < server.reads_per_event;) {
        ssize_t n = exchange_owes(talk) ? answer(client, talk) : hear(client, talk);
        if (n < 0 ? !server_not_now() : exchange_over(talk)) {
            part(client);
            return;
        }
        if (n < 0 && errno == EAGAIN)
            return;
    }
    if (server.reads_per_event == READ_ALL)
        remind(client);
}

/* Of what came before we asked, no signal tells: so ask first, and then look at once. */
static void meet(int client)
{
    if (server_admit(client, &talks[client])) {
        watch(client);
        serve(client);
    }
}

/* All newcomers: of those that we leave, nobody will remind us. */
static void welcome(int listener)
{
    for (;;) {
        int client = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (client >= 0)
            meet(client);
        else if (server_accept_failed() != ACCEPT_MORE)
            return;
    }
}

/* -- The model: signals that queue ----------------------------------------------------------------------------------
 * Both are blocked, so that they wait for us: SIGRTMIN names a descriptor; SIGIO says that somebody was not named. */

enum { BATCH = 256, EVERYBODY = -1 };
static sigset_t signals;
static bool *named;                     /* by descriptor: it is in the batch already */
static int highest;

static void watch(int fd)
{
    if (fcntl(fd, F_SETOWN, getpid()) < 0 || fcntl(fd, F_SETSIG, SIGRTMIN) < 0 ||
        fcntl(fd, F_SETFL, O_ASYNC | O_NONBLOCK) < 0)
        die("fcntl");
    if (fd > highest)
        highest = fd;
}

/* The library's handler calls it: that it has shut the sockets raises no signal. A pending SIGIO outlasts the moment
 * before a wait, where a flag would be missed. kill is async-signal-safe. */
static void tell(int signal_number)
{
    (void)signal_number;
    kill(getpid(), SIGIO);
}

/* A signal to ourselves, behind the others. Where the queue has no room, we do as the kernel does. */
static void remind(int fd)
{
    if (sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = fd}) < 0)
        tell(SIGIO);
}

/* Sleeps until there is a signal, and takes those that are queued behind it: who sent a hundred segments is named a
 * hundred times, and visited once. SIGIO has the lower number, and so overtakes. */
static int take(int *fds)
{
    siginfo_t info;
    int count = 0, taken = 0, number;
    do {
        number = taken++ ? sigtimedwait(&signals, &info, &(struct timespec){0}) : sigwaitinfo(&signals, &info);
        calls.waits++;
        int fd = info.si_code == SI_QUEUE ? info.si_value.sival_int : info.si_fd;
        if (number == SIGRTMIN && fd >= 0 && fd <= highest && !named[fd]) {
            named[fd] = true;
            fds[count++] = fd;
        }
    } while (number == SIGRTMIN && taken < BATCH);
    if (number < 0 && !server_not_now())
        die("sigwaitinfo");
    return number == SIGIO ? EVERYBODY : count;
}

/* The descriptor is a hint: it may be closed, or another client's by now. */
static void look(int fd, int listener)
{
    named[fd] = false;
    if (fd == listener)
        welcome(listener);
    else if (exchange_open(&talks[fd]))
        serve(fd);
}

/* To ignore a signal throws away what is queued of it (POSIX): it would only name again whom we look at now. */
static void sweep(int listener)
{
    signal(SIGRTMIN, SIG_IGN);
    signal(SIGRTMIN, SIG_DFL);
    for (int fd = 0; fd <= highest; fd++)
        look(fd, listener);
}

int main(int argc, char **argv)
{
    sigemptyset(&signals);
    sigaddset(&signals, SIGRTMIN);
    sigaddset(&signals, SIGIO);
    sigprocmask(SIG_BLOCK, &signals, NULL);     /* before the first can come: unblocked, either one kills */
    server.reads_per_event = READ_ALL;
    server.tell = tell;
    int listener = server_listen(argc, argv, "signal-io", SOCK_NONBLOCK);
    talks = server_table(sizeof *talks);
    named = server_table(sizeof *named);

    /* Ask */
    watch(listener);
    welcome(listener);

    while (server_serving()) {
        /* Wait */
        int fds[BATCH];
        int ready = take(fds);
        /* Answer */
        if (ready == EVERYBODY)
            sweep(listener);
        for (int i = 0; i < ready; i++)
            look(fds[i], listener);
    }
    return server_sum_up();
}
