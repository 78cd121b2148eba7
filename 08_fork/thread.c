/* thread: a thread for each client, and each waits inside its own calls.
 *
 * The idea      Keep 01's conversation as it is, and have many of it in one process: main accepts, a thread serves.
 *               What fork copies, threads share: memory, descriptors, and what happens on a signal.
 * What blocks   Every call, and with it one thread: nobody else notices.
 * A wakeup      is the return of the very call that we wanted, plus a switch to the thread that made it.
 * It breaks     with many clients, later than fork: each costs a stack and a place among all that the kernel schedules.
 *               And with one mistake: a thread that writes where it should not hurts all of them.
 * Compare       fork.c has children in the place of threads: nothing is shared there, and nothing needs a lock.
 *
 * usage: thread [--port N] [--max-clients N] [--help] */
#define _GNU_SOURCE
#include "harness/server/server.h"
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { PATIENCE_S = 60, STACK_SIZE = 128 * 1024 };

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

/* -- The model: a thread for each client ------------------------------------------------------------------------- */

static struct exchange *talks;          /* by descriptor */
static pthread_attr_t detached;         /* nobody joins a thread: its stack is free when it ends */
static sigset_t all;
static int count;                       /* of threads; the lock is for it alone */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

static void count_threads(int more)
{
    pthread_mutex_lock(&lock);
    count += more;
    pthread_cond_signal(&changed);
    pthread_mutex_unlock(&lock);
}

/* A thread's whole life. Its place in the table is its client's number. */
static void *live(void *place)
{
    struct exchange *talk = place;
    serve((int)(talk - talks), talk);
    server_thread_ends();
    count_threads(-1);
    return NULL;
}

/* A thread inherits what signals it blocks, so it is born with all of them blocked: they are for main to hear. */
static void meet(int client)
{
    struct exchange *talk = &talks[client];
    if (!server_admit(client, talk))
        return;
    sigset_t before;
    pthread_t thread;
    count_threads(+1);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    if (pthread_create(&thread, &detached, live, talk) != 0) {
        count_threads(-1);
        server_refuse_after_all(client, talk);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* Nobody will come any more: sleep until the last thread has ended. That its client has left is not enough: what it did
 * goes into the books after that. Its word cannot fall between look and sleep, as it needs the lock, and
 * pthread_cond_wait lets that go only when it sleeps. */
static void mourn(void)
{
    pthread_mutex_lock(&lock);
    while (count > 0)
        pthread_cond_wait(&changed, &lock);
    pthread_mutex_unlock(&lock);
}

int main(int argc, char **argv)
{
    server.max_clients = 2000;
    int listener = server_listen(argc, argv, "thread", 0);
    talks = server_table(sizeof *talks);

    /* Ask */
    sigfillset(&all);
    pthread_attr_init(&detached);
    pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
    if ((errno = pthread_attr_setstacksize(&detached, STACK_SIZE)) != 0)
        die("pthread_attr_setstacksize");

    while (server_serving()) {
        /* Wait */
        int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        calls.waits++;
        /* Answer */
        if (client >= 0)
            meet(client);
        else if (server_accept_failed() == ACCEPT_SHUT)
            break;
    }
    mourn();
    return server_sum_up();
}
