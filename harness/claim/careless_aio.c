/* careless_aio: POSIX AIO as glibc comes: nobody has called aio_init.
 *
 * The fault     A read that is handed over is a blocking read in a thread that glibc hides, and there are 20 of them.
 *               20 clients who are silent hold all 20: the read of the 21st is accepted, and stands in line, without
 *               an error. It is served when one of the silent leaves, or speaks.
 * The remedy    07_aio/aio.c, `prepare`: aio_init with a thread for each client, before the first request.
 * See it        build/bin/iolab scene harness/claim/aio.scene --only twenty-first -- build/claim/careless_aio */
#define _GNU_SOURCE
#include "harness/claim/careless.h"
#include <aio.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>

enum { CLIENTS_MOST = 1000 };
static struct conn { struct aiocb request; char bytes[4096]; bool open; } conns[CLIENTS_MOST];     /* by descriptor */

static void wake(int signal_number) { (void)signal_number; }

static void hand_over(int client)
{
    struct conn *conn = &conns[client];
    conn->request = (struct aiocb){.aio_fildes = client, .aio_buf = conn->bytes, .aio_nbytes = sizeof conn->bytes,
                                   .aio_sigevent = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGIO}};
    conn->open = aio_read(&conn->request) == 0;
}

/* If its read is done: answer, and hand over the next. */
static void serve(int client)
{
    struct conn *conn = &conns[client];
    if (!conn->open || aio_error(&conn->request) == EINPROGRESS)
        return;
    ssize_t n = aio_return(&conn->request);
    conn->open = n > 0 && write(client, conn->bytes, (size_t)n) == n;
    if (conn->open)
        hand_over(client);
    else
        close(client);
}

int main(void)
{
    int listener = careless_listen("careless_aio");
    sigset_t done, before;
    sigemptyset(&done);
    sigaddset(&done, SIGIO);
    sigprocmask(SIG_BLOCK, &done, &before);
    sigaction(SIGIO, &(struct sigaction){.sa_handler = wake}, NULL);
    for (;;) {
        struct pollfd wanted = {.fd = listener, .events = POLLIN};
        if (ppoll(&wanted, 1, NULL, &before) == 1) {
            int client = accept(listener, NULL, NULL);
            if (client >= 0 && client < CLIENTS_MOST)
                hand_over(client);
        }
        for (int client = 0; client < CLIENTS_MOST; client++)
            serve(client);
    }
}
