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
#include <unistd.h>

/* -- One connection -------------------------------------------------------------------------------------------------
 * It owes bytes, and waits to write, or owes none, and waits to read. Its exchange says which; a table by descriptor
 * holds them all. */

static struct exchange *talks;

static void watch(int fd);
static void remind(int fd);
static void serve(int client);

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

/* Of what came before we asked, no signal tells: ask first, then look at once. */
static void meet(int client)
{
    if (server_admit(client, &talks[client])) {
        watch(client);
        serve(client);
    }
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
 * Both are blocked, so that they wait for us. SIGRTMIN names a descriptor: a hint, as it may be closed, or another
 * client's by now. SIGIO names nobody; it has the lower number, and overtakes. */

enum { BATCH = 256 };
static sigset_t both;
static int *batch, highest;
static bool *named;     /* by descriptor: it is in the batch */

static void watch(int fd)
{
    if (fcntl(fd, F_SETOWN, getpid()) < 0 || fcntl(fd, F_SETSIG, SIGRTMIN) < 0 ||
        fcntl(fd, F_SETFL, O_ASYNC | O_NONBLOCK) < 0)
        die("fcntl");
    highest = fd > highest ? fd : highest;
}

/* The library's handler has shut the sockets, which raises no signal. A pending one cannot be missed, as a flag could
 * that is set between the last look at it and the wait. */
static void tell(int signal_number)
{
    (void)signal_number;
    kill(getpid(), SIGIO);
}

/* A signal of our own, behind the others. Without room in the queue it is SIGIO: the kernel does the same. */
static void remind(int fd)
{
    if (sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = fd}) < 0)
        kill(getpid(), SIGIO);
}

/* Everybody: what is queued names nobody else. To ignore a signal throws it away (POSIX). */
static int take_all(void)
{
    signal(SIGRTMIN, SIG_IGN);
    signal(SIGRTMIN, SIG_DFL);
    for (int fd = 0; fd <= highest; fd++)
        batch[fd] = fd;
    return highest + 1;
}

/* Sleeps until there is a signal, and takes those behind it, too: who sent a hundred segments is named a hundred times,
 * and visited once. */
static int take(void)
{
    siginfo_t info;
    int ready = 0;
    for (int taken = 0; taken < BATCH; taken++) {
        int number = taken ? sigtimedwait(&both, &info, &(struct timespec){0}) : sigwaitinfo(&both, &info);
        calls.waits++;
        if (number == SIGIO)
            return take_all();
        if (number < 0 && !server_not_now())
            die("sigwaitinfo");
        if (number < 0)
            break;
        int fd = info.si_code == SI_QUEUE ? info.si_value.sival_int : info.si_fd;
        if (fd >= 0 && fd <= highest && !named[fd]) {
            named[fd] = true;
            batch[ready++] = fd;
        }
    }
    return ready;
}

int main(int argc, char **argv)
{
    sigemptyset(&both);
    sigaddset(&both, SIGRTMIN);
    sigaddset(&both, SIGIO);
    sigprocmask(SIG_BLOCK, &both, NULL);
    server.tell = tell;
    server.reads_per_event = READ_ALL;
    int listener = server_listen(argc, argv, "signal-io", SOCK_NONBLOCK);
    talks = server_table(sizeof *talks);
    batch = server_table(sizeof *batch);
    named = server_table(sizeof *named);

    /* Ask */
    watch(listener);
    welcome(listener);

    while (server_serving()) {
        /* Wait */
        int ready = take();
        /* Answer */
        for (int i = 0; i < ready; i++) {
            int fd = batch[i];
            named[fd] = false;
            if (fd == listener)
                welcome(listener);
            else if (exchange_open(&talks[fd]))
                serve(fd);
        }
    }
    return server_sum_up();
}
