/* pool: an echo server that hands its reads over to glibc (POSIX AIO). It was tried with three clients, and with ten.
 *
 * A read that is handed over owns its buffer until aio_return; a signal says that something is done, not what. With
 * --threads N, as the last words, it says to glibc beforehand how many threads it wants (aio_init); without, glibc
 * does as it does.
 *
 * usage: pool [--port N] [--help] [--threads N] */
#define _GNU_SOURCE
#include "harness/server/server.h"
#include <aio.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct conn { struct exchange talk; struct aiocb request; };

static struct conn *conns;      /* by descriptor */
static int count;

/* It owes bytes, and a write is under way, or owes none, and a read is. */
static bool hand_over(int client)
{
    struct conn *conn = &conns[client];
    bool writing = exchange_owes(&conn->talk);
    struct span span = writing ? exchange_owed(&conn->talk) : exchange_room(&conn->talk);
    conn->request.aio_buf = span.at;
    conn->request.aio_nbytes = span.n;
    return (writing ? aio_write(&conn->request) : aio_read(&conn->request)) == 0;
}

static void meet(int client)
{
    struct conn *conn = &conns[client];
    if (!server_admit(client, &conn->talk))
        return;
    conn->request = (struct aiocb){.aio_fildes = client, .aio_sigevent.sigev_notify = SIGEV_SIGNAL};
    conn->request.aio_sigevent.sigev_signo = SIGIO;
    if (!hand_over(client))
        server_refuse_after_all(client, &conn->talk);
    else if (count <= client)
        count = client + 1;
}

static void part(int client)
{
    server_leave(client, &conns[client].talk);
    close(client);
}

/* If its request is done: take what came of it, and hand over the next. */
static void serve(int client)
{
    struct conn *conn = &conns[client];
    int error = aio_error(&conn->request);
    if (error == EINPROGRESS)
        return;
    ssize_t n = aio_return(&conn->request);
    errno = error;
    if (exchange_owes(&conn->talk))
        exchange_sent(&conn->talk, n);
    else
        exchange_got(&conn->talk, n);
    if (n < 0 || exchange_over(&conn->talk) || !hand_over(client))
        part(client);
}

static void welcome(int listener)
{
    for (;;) {
        int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (client >= 0)
            meet(client);
        else if (server_accept_failed() != ACCEPT_MORE)
            return;
    }
}

int main(int argc, char **argv)
{
    sigset_t wanted;
    sigemptyset(&wanted);
    sigaddset(&wanted, SIGIO);
    sigprocmask(SIG_BLOCK, &wanted, NULL);
    if (argc > 2 && strcmp(argv[argc - 2], "--threads") == 0) {
        int threads = atoi(argv[argc - 1]);
        aio_init(&(struct aioinit){.aio_threads = threads, .aio_num = threads});
        argc -= 2;
    }
    int listener = server_listen(argc, argv, "pool", SOCK_NONBLOCK);
    conns = server_table(sizeof *conns);
    if (fcntl(listener, F_SETOWN, getpid()) < 0 || fcntl(listener, F_SETFL, O_ASYNC | O_NONBLOCK) < 0)
        die("fcntl");
    welcome(listener);

    while (server_serving()) {
        int signal_number = sigwaitinfo(&wanted, NULL);
        calls.waits++;
        if (signal_number < 0 && errno != EINTR)
            die("sigwaitinfo");
        welcome(listener);
        for (int client = 0; client < count; client++)
            if (exchange_open(&conns[client].talk))
                serve(client);
    }
    return server_sum_up();
}
