/* prefork: a pool of processes, made before anybody comes; each serves one client after the other.
 *
 * The idea      Keep 01's loop as it is, and have it running N times on one listener: whoever is free takes the next
 *               client. No fork, and no funeral, for each client. A supervisor keeps the pool full.
 * What blocks   In a worker, as in 01, every call but accept: it waits for the listener, and who comes first has the
 *               client; another finds EAGAIN. The supervisor sleeps until somebody dies.
 * A wakeup      is that of one worker for one newcomer (EPOLLEXCLUSIVE); without it all who are free would wake up.
 * It breaks     with N clients, talking or silent: the next one queues in the kernel, as with 01, until one leaves. And
 *               with a worker that dies of what it is sent, if the pool is refilled without a pause.
 * Compare       fork.c makes a process when a client comes; 01_blocking is the pool of one.
 *
 * usage: prefork [--port N] [--max-clients N] [--help]     N is the number of workers */
#define _GNU_SOURCE
#include "harness/server/server.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
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

/* -- A worker -------------------------------------------------------------------------------------------------------
 * All signals are blocked, but while it waits: one that comes between a look and a wait is not lost. Told to stop, it
 * ends after its client; the listener is not its own to shut. */

static sigset_t all, before;

static void meet(int client)
{
    struct exchange talk;
    if (!server_admit(client, &talk))
        return;
    sigprocmask(SIG_SETMASK, &before, NULL);
    serve(client, &talk);
    sigprocmask(SIG_SETMASK, &all, NULL);
}

/* EPOLLEXCLUSIVE: of those who wait for the same listener, one is woken for a newcomer, or a few (epoll_ctl(2)). So it
 * may be gone when we come: the listener does not block. */
static _Noreturn void work(int listener)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLEXCLUSIVE};
    int interest = epoll_create1(EPOLL_CLOEXEC);
    if (interest < 0 || epoll_ctl(interest, EPOLL_CTL_ADD, listener, &event) < 0)
        die("epoll");
    while (server_serving()) {
        int ready = epoll_pwait(interest, &event, 1, -1, &before);
        calls.waits++;
        if (ready < 0)
            continue;
        int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (client >= 0)
            meet(client);
        else if (server_accept_failed() == ACCEPT_SHUT)
            break;
    }
    server_child_exit();
}

/* -- The model: a pool of workers -------------------------------------------------------------------------------- */

enum { YOUNG_MS = 1000, LONGEST_PAUSE_MS = 1000 };

static struct worker { pid_t pid; long born_ms; } *pool;       /* pid 0: a free place */
static int alive;
static int pause_ms;                    /* grows while workers die young */
static long hire_ms;                    /* nobody is hired before */

static long now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000L + now.tv_nsec / 1000000L;
}

/* Runs in a signal handler, and that only while the supervisor waits: nobody changes the pool meanwhile. */
static void tell(int signal_number)
{
    for (int i = 0; i < server.max_clients; i++)
        if (pool[i].pid > 0)
            kill(pool[i].pid, signal_number);
}

/* SIGCHLD: that it has come is enough, it ends the wait. */
static void wake(int signal_number) { (void)signal_number; }

/* Who dies young will do so again: without a pause, we would only fork and bury. Many deaths at once make one pause. */
static void slow_down(void)
{
    if (now_ms() < hire_ms)
        return;
    pause_ms = pause_ms == 0 ? 10 : pause_ms * 2 < LONGEST_PAUSE_MS ? pause_ms * 2 : LONGEST_PAUSE_MS;
    hire_ms = now_ms() + pause_ms;
}

/* A worker ends with its supervisor, however that ends: the kernel sends it SIGTERM, unless the supervisor was gone
 * before it could ask for that. */
static _Noreturn void begin_work(int listener, int i, pid_t supervisor)
{
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != supervisor)
        _exit(1);
    server_in_worker(i);
    work(listener);
}

static void fill_the_pool(int listener)
{
    pid_t supervisor = getpid();
    for (int i = 0; i < server.max_clients && now_ms() >= hire_ms; i++) {
        if (pool[i].pid > 0)
            continue;
        pid_t pid = fork();
        if (pid == 0)
            begin_work(listener, i, supervisor);
        if (pid < 0 && alive == 0)
            die("fork");
        if (pid < 0) {
            slow_down();        /* with fewer workers for now */
        } else {
            pool[i] = (struct worker){pid, now_ms()};
            alive++;
        }
    }
}

static void let_go(int i, int status)
{
    pool[i].pid = 0;
    alive--;
    server_worker_ended(i, status);
    if (now_ms() - pool[i].born_ms < YOUNG_MS)
        slow_down();
    else
        pause_ms = 0;
}

/* Signals do not queue: one SIGCHLD may stand for the whole pool, so bury until nobody is left to bury. */
static void bury(void)
{
    int status;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
        for (int i = 0; i < server.max_clients; i++)
            if (pool[i].pid == pid)
                let_go(i, status);
}

/* Until a signal comes, or it is time to hire. Signals are heard here, and nowhere else. */
static void wait_for_news(void)
{
    long now = now_ms(), left_ms = hire_ms > now ? hire_ms - now : 0;
    struct timespec left = {.tv_sec = left_ms / 1000, .tv_nsec = left_ms % 1000 * 1000000L};
    bool wanted = server_serving() && alive < server.max_clients;
    ppoll(NULL, 0, wanted ? &left : NULL, &before);
}

int main(int argc, char **argv)
{
    server.max_clients = 64;
    int listener = server_listen(argc, argv, "prefork", SOCK_NONBLOCK);
    server_pool(server.max_clients);
    if (!(pool = calloc((size_t)server.max_clients, sizeof *pool)))
        die("calloc");
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    server.tell = tell;
    if (sigaction(SIGCHLD, &(struct sigaction){.sa_handler = wake}, NULL) < 0)
        die("sigaction");

    while (server_serving() || alive > 0) {
        /* Ask */
        if (server_serving())
            fill_the_pool(listener);
        /* Wait */
        wait_for_news();
        /* Answer */
        bury();
    }
    return server_sum_up();
}
