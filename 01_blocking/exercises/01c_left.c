/* left: an echo server as many a tutorial has it: one client after the other, nothing but the calls. It does without
 * server.h, so nobody has settled with the kernel which signals it wants to hear of (die.h is only the last words of a
 * program that ends). `kill -USR1 PID` makes it say that it lives.
 *
 * Its author took every error for the end of the world. But clients leave when they like.
 *
 * usage: left [--port N] */
#define _GNU_SOURCE
#include "harness/server/die.h"
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* SIGUSR1: somebody wants to know whether we are still there. */
static void sign_of_life(int signal_number)
{
    static const char text[] = "left: still here\n";
    int error = errno;
    (void)signal_number;
    if (write(STDERR_FILENO, text, sizeof text - 1) < 0)
        abort();
    errno = error;
}

static ssize_t hear(int client, char *bytes, size_t size)
{
//@ solution
    ssize_t n;
    while ((n = read(client, bytes, size)) < 0 && errno == EINTR)
        continue;                       /* a signal passed by: again */
    return n;
//@ starter, reject DIED_ON_PEER
    ssize_t n = read(client, bytes, size);
    if (n < 0)
        die("read");
    return n;
//@ reject LOST_CLIENT
    return read(client, bytes, size);
//@ end
}

//@ solution
/* All of it. False: the peer has left. */
static bool answer(int client, const char *bytes, size_t size)
{
    for (ssize_t n; size > 0; bytes += n, size -= (size_t)n) {
        n = write(client, bytes, size);
        if (n < 0 && errno != EINTR)
            return false;
        if (n < 0)
            n = 0;                      /* the same here */
    }
    return true;
}
//@ starter, reject DIED_ON_PEER
/* All of it. */
static bool answer(int client, const char *bytes, size_t size)
{
    for (ssize_t n; size > 0; bytes += n, size -= (size_t)n)
        if ((n = write(client, bytes, size)) < 0)
            die("write");
    return true;
}
//@ reject RETRY_SPIN
/* All of it. */
static bool answer(int client, const char *bytes, size_t size)
{
    for (ssize_t n; size > 0; bytes += n, size -= (size_t)n)
        if ((n = write(client, bytes, size)) < 0)
            n = 0;                      /* it did not work: again */
    return true;
}
//@ reject LOST_BYTES
/* False: the peer has left. */
static bool answer(int client, const char *bytes, size_t size)
{
    return write(client, bytes, size) >= 0 || errno == EINTR;
}
//@ end

static void serve(int client)
{
    char bytes[4096];
    ssize_t n;
//@ solution, starter
    while ((n = hear(client, bytes, sizeof bytes)) > 0 && answer(client, bytes, (size_t)n))
        continue;
    close(client);
//@ reject EOF_SPIN
    while ((n = hear(client, bytes, sizeof bytes)) >= 0 && answer(client, bytes, (size_t)n))
        continue;                       /* 0: it has nothing to say just now */
    close(client);
//@ reject FD_LEAK
    while ((n = hear(client, bytes, sizeof bytes)) > 0)
        if (!answer(client, bytes, (size_t)n))
            return;
    if (n < 0)
        return;                         /* it has left: there is nothing to close any more */
    close(client);
//@ end
}

static int open_listener(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((in_port_t)port)};
    const int on = 1;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (listener < 0 || setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0)
        die("socket");
    if (bind(listener, (const struct sockaddr *)&address, sizeof address) < 0)
        die("bind");
    if (listen(listener, 1024) < 0)
        die("listen");
    return listener;
}

int main(int argc, char **argv)
{
    int port = 8080;
    for (int i = 1; i + 1 < argc; i++)
        if (strcmp(argv[i], "--port") == 0)
            port = atoi(argv[i + 1]);

    die_named("left");
    sigaction(SIGUSR1, &(struct sigaction){.sa_handler = sign_of_life}, NULL);
//@ solution
    signal(SIGPIPE, SIG_IGN);           /* who has left is an error of write, and that client's matter alone */
//@ starter, reject SIGPIPE_DEATH
//@ end
    int listener = open_listener(port);

    for (;;) {
        int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
//@ solution
        if (client >= 0)
            serve(client);
        else if (errno != EINTR && errno != ECONNABORTED)
            die("accept4");
//@ starter, reject DIED_ON_EINTR
        if (client < 0)
            die("accept4");
        serve(client);
//@ end
    }
}
