/* fifty: an echo server that sleeps until a signal says that something has arrived. The signal even names the
 * descriptor, so the handler notes the number, and main serves that one. With one client after the other it is perfect.
 *
 * usage: fifty [--port N] [--help] */
#define _GNU_SOURCE
#include "harness/server/server.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

static struct exchange *talks;          /* by descriptor: what each client has said and is owed */
static int listener, highest;
static volatile sig_atomic_t named;     /* the descriptor that the latest signal has named */
static volatile sig_atomic_t signals;   /* how many there have been */

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
    return n;
}

/* All that a client has said, and a hint is not a fact: he may have said nothing, or be gone. */
static void serve(int client)
{
    struct exchange *talk = &talks[client];
    while (exchange_open(talk)) {
        ssize_t n = exchange_owes(talk) ? answer(client, talk) : hear(client, talk);
        if (n < 0 && errno == EAGAIN)
            return;
        if ((n < 0 && errno != EINTR) || exchange_over(talk)) {
            server_leave(client, talk);
            close(client);
        }
    }
}

/* From now on a signal tells of this descriptor. */
static void watch(int fd)
{
//@ solution, starter
    int number = SIGIO;
//@ reject QUEUE_OVERFLOW, reject NO_HANDLER
    int number = SIGRTMIN;
//@ end
    if (fcntl(fd, F_SETOWN, getpid()) < 0 || fcntl(fd, F_SETSIG, number) < 0 ||
        fcntl(fd, F_SETFL, O_ASYNC | O_NONBLOCK) < 0)
        die("fcntl");
    highest = fd > highest ? fd : highest;
}

static void meet(int client)
{
    if (!server_admit(client, &talks[client]))
        return;
    watch(client);
    serve(client);      /* of what came before we asked, no signal tells */
}

static void welcome(void)
{
    for (;;) {
        int client = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (client >= 0)
            meet(client);
        else if (server_accept_failed() != ACCEPT_MORE)
            return;
    }
}

static void note(int signal_number, siginfo_t *info, void *context)
{
    (void)signal_number;
    (void)context;
    signals++;
    named = info->si_fd;
//@ solution, starter
//@ reject PRINTS_IN_HANDLER
    printf("a signal for %d\n", (int)named);
//@ reject UNSAFE_HANDLER
    welcome();
    for (int fd = 0; fd <= highest; fd++)
        serve(fd);
//@ end
}

/* The library asks us to stop: it has shut the sockets, of which no signal tells. */
static void tell(int signal_number)
{
    (void)signal_number;
    raise(SIGIO);
}

int main(int argc, char **argv)
{
    sigset_t none, io;
    setvbuf(stdout, NULL, _IONBF, 0);   /* what is printed goes out at once, and where it is printed */
    sigemptyset(&none);
    sigemptyset(&io);
    sigaddset(&io, SIGIO);
//@ solution, starter
//@ reject NO_HANDLER
    sigaddset(&io, SIGRTMIN);
//@ reject QUEUE_OVERFLOW
    sigaddset(&io, SIGRTMIN);
    sigaction(SIGRTMIN, &(struct sigaction){.sa_sigaction = note, .sa_mask = io, .sa_flags = SA_SIGINFO}, NULL);
//@ end
    sigprocmask(SIG_BLOCK, &io, NULL);  /* it comes in sigsuspend, and nowhere else */
    sigaction(SIGIO, &(struct sigaction){.sa_sigaction = note, .sa_mask = io, .sa_flags = SA_SIGINFO}, NULL);
    server.tell = tell;
    listener = server_listen(argc, argv, "fifty", SOCK_NONBLOCK);
    talks = server_table(sizeof *talks);
    watch(listener);
    welcome();

    while (server_serving()) {
//@ solution, starter
        sigsuspend(&none);
//@ reject NOT_TOLD
        usleep(2000);
//@ end
        calls.waits++;
        printf("signals %d\n", (int)signals);
//@ solution
        welcome();
        for (int fd = 0; fd <= highest; fd++)
            serve(fd);
//@ starter, reject COALESCED, reject QUEUE_OVERFLOW
        if (named == listener)
            welcome();
        else
            serve(named);
//@ reject NOT_ACCEPTED
        if (named == listener)
            welcome();
        else
            for (int fd = 0; fd <= highest; fd++)
                serve(fd);
//@ reject CONNECTED_ALONE
        if (named == listener) {
            welcome();
            continue;
        }
        welcome();
        for (int fd = 0; fd <= highest; fd++)
            serve(fd);
//@ reject UNSAFE_HANDLER
//@ end
    }
    return server_sum_up();
}
