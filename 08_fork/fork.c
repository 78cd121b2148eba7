/* fork: a process for each client, and each waits inside its own calls.
 *
 * The idea      Keep 01's conversation as it is, and have many of it: the parent accepts, a child serves. The kernel's
 *               scheduler does what select and epoll make us do ourselves.
 * What blocks   Every call, and with it one process: nobody else notices.
 * A wakeup      is the return of the very call that we wanted, plus a switch to the process that made it.
 * It breaks     with many clients: each costs a process, silent or not, and a fork and a funeral. So their number is
 *               bounded. A copy of the connection forgotten in the parent, and the client never sees the end.
 * Compare       01_blocking is the same conversation without the copy; 04_poll serves many with one process.
 *
 * usage: fork [--port N] [--max-clients N] [--help] */
#define _GNU_SOURCE
#include "harness/server/server.h"
#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATIENCE_S = 60 };

/* -- One connection -------------------------------------------------------------------------------------------------
 * It owes bytes, and waits to write, or owes none, and waits to read. Its exchange says which. */

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

/* The whole conversation. EINTR is a signal passing by; EAGAIN means that PATIENCE_S is over. */
static void serve(int client, struct exchange *talk)
{
    struct timeval patience = {.tv_sec = PATIENCE_S};
    setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);

    ssize_t n = 0;
    while (!exchange_over(talk) && (n >= 0 || errno == EINTR)) {
        n = exchange_owes(talk) ? answer(client, talk) : hear(client, talk);
        calls.waits++;
    }
    server_leave(client, talk);
    close(client);
}

/* -- The model: a process for each client ------------------------------------------------------------------------ */

static pid_t *children;                 /* dense: the first `count` are alive, or not yet buried */
static volatile sig_atomic_t count;
static sigset_t all;                    /* signals: their handlers, too, use the list */

/* Runs in a signal handler: kill is async-signal-safe. */
static void tell(int signal_number)
{
    for (int i = 0; i < count; i++)
        kill(children[i], signal_number);
}

/* False: it is none of ours. Whoever became this server by exec may have had children. */
static bool forget(pid_t child)
{
    int before = count;
    for (int i = 0; i < count; i++)
        if (children[i] == child)
            children[i--] = children[--count];
    return count < before;
}

/* SIGCHLD. Signals do not queue: one may stand for twenty deaths, so bury until nobody is left to bury. */
static void bury(int signal_number)
{
    int saved = errno, status;
    (void)signal_number;
    for (pid_t child; (child = waitpid(-1, &status, WNOHANG)) > 0;)
        if (forget(child))
            server_child_ended(status);
    errno = saved;
}

/* After fork both have the client, and each closes what is not its own: a copy left here, and the client would wait for
 * ever for the end; a copy of the listener left in the child, and the port would stay taken after us. */
static void meet(int listener, int client)
{
    struct exchange talk;
    if (!server_admit(client, &talk))
        return;
    sigset_t before;
    sigprocmask(SIG_BLOCK, &all, &before);
    pid_t child = fork();
    if (child == 0) {
        close(listener);
        server_in_child();
        sigprocmask(SIG_SETMASK, &before, NULL);
        serve(client, &talk);
        server_child_exit();
    }
    if (child < 0) {
        server_refuse_after_all(client, &talk);
    } else {
        children[count++] = child;
        server_in_parent(client);
        close(client);
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
}

/* Nobody will come any more: sleep until the last child is buried. */
static void mourn(void)
{
    sigset_t before;
    sigprocmask(SIG_BLOCK, &all, &before);
    while (count > 0)
        sigsuspend(&before);
    sigprocmask(SIG_SETMASK, &before, NULL);
}

int main(int argc, char **argv)
{
    server.max_clients = 2000;
    server.tell = tell;
    int listener = server_listen(argc, argv, "fork", 0);
    children = server_table(sizeof *children);

    /* Ask */
    sigfillset(&all);
    if (sigaction(SIGCHLD, &(struct sigaction){.sa_handler = bury, .sa_mask = all}, NULL) < 0)
        die("sigaction");

    while (server_serving()) {
        /* Wait */
        int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        calls.waits++;
        /* Answer */
        if (client >= 0)
            meet(listener, client);
        else if (server_accept_failed() == ACCEPT_SHUT)
            break;
    }
    mourn();
    return server_sum_up();
}
