/* funerals: a process for each client. The children do their work and end; whether anybody buries them is the question.
 *
 * usage: funerals [--port N] [--help] */
#define _GNU_SOURCE
#include "harness/server/server.h"
#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

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

static void serve(int client, struct exchange *talk)
{
    ssize_t n = 0;
    while (!exchange_over(talk) && (n >= 0 || errno == EINTR))
        n = exchange_owes(talk) ? answer(client, talk) : hear(client, talk);
    server_leave(client, talk);
    close(client);
}

/* SIGCHLD: a child of ours has ended. Each child that has been waited for is told to the books. */
static void bury(int signal_number)
{
    (void)signal_number;
//@ solution, reject CHILDREN
    int status, error = errno;
    while (waitpid(-1, &status, WNOHANG) > 0)
        server_child_ended(status);     /* signals do not queue: bury until nobody is left */
    errno = error;
//@ reject COUNTED
    int status, error = errno;
    for (int i = 0; i < 20; i++)
        if (waitpid(-1, &status, WNOHANG) > 0)
            server_child_ended(status);
    errno = error;
//@ reject NOT_BOOKED
    int error = errno;
    while (waitpid(-1, NULL, WNOHANG) > 0)
        ;
    errno = error;
//@ reject HANDLER_SPINS
    int status, error = errno;
    while (waitpid(-1, &status, WNOHANG) >= 0)
        server_child_ended(status);
    errno = error;
//@ reject ERRNO_LOST
//@ starter, reject ZOMBIES, reject ACCEPT_EINTR
    int status;
    if (waitpid(-1, &status, 0) > 0)
        server_child_ended(status);
//@ reject HANDLER_BLOCKS
    int status;
    while (waitpid(-1, &status, 0) > 0)
        server_child_ended(status);
//@ end
}

static void meet(int listener, int client)
{
    struct exchange talk;
    if (!server_admit(client, &talk))
        return;
    pid_t child = fork();
    if (child < 0) {
        server_refuse_after_all(client, &talk);
    } else if (child > 0) {
        server_in_parent(client);
        close(client);
    } else {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
//@ solution, starter
        close(listener);
        server_in_child();
        serve(client, &talk);
        server_child_exit();
//@ reject CHILDREN
        server_in_child();
        serve(client, &talk);
        (void)listener;
//@ end
    }
}

int main(int argc, char **argv)
{
    int listener = server_listen(argc, argv, "funerals", 0);
//@ solution, starter
    sigaction(SIGCHLD, &(struct sigaction){.sa_handler = bury}, NULL);
//@ reject KERNEL_BURIES
    sigaction(SIGCHLD, &(struct sigaction){.sa_handler = bury, .sa_flags = SA_NOCLDWAIT}, NULL);
//@ end

    while (server_serving()) {
        int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        calls.waits++;
//@ solution, starter
//@ reject ERRNO_LOST
        for (int status; waitpid(-1, &status, WNOHANG) > 0;)
            server_child_ended(status);
//@ end
        if (client >= 0)
            meet(listener, client);
//@ solution, starter
        else if (server_accept_failed() == ACCEPT_SHUT)
            break;
//@ reject ACCEPT_EINTR
        else
            die("accept4");
//@ end
    }
    return server_sum_up();
}
