/* aio: the read itself is handed over, and a signal says that it is done. POSIX asynchronous I/O, as glibc has it.
 *
 * The idea      Others ask "may I read?", and then read. Here we say "read into this", go on, and hear of it when the
 *               bytes are there. There is no accept of this kind: the listener is signal-driven, as in 06.
 * What blocks   sigwaitinfo alone, here. But somebody must wait for the bytes: a hidden thread of glibc's for each
 *               request, blocked in read.
 * A wakeup      costs a switch of threads, a signal, and a look at all requests: SIGIO says that something is done, not
 *               what. A queued signal would name the request; but the queue is short, all programs of a user share it,
 *               and glibc loses without a word what does not fit. SIGIO may stand for many, and never vanishes.
 * It breaks     when as many are silent as there are threads: 20, unless aio_init asks for more. And a read that waits
 *               owns its buffer: silence costs memory.
 * Compare       06_signal_io is told that it may read; uring.c hands over, too, and the kernel needs no thread for it.
 *
 * usage: aio [--port N] [--max-clients N] [--help] */
#define _GNU_SOURCE
#include "harness/server/server.h"
#include <aio.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* -- One connection -------------------------------------------------------------------------------------------------
 * It owes bytes, and a write is under way, or owes none, and a read is. Never both: glibc runs the requests of one
 * descriptor one after the other, and a write behind a read would wait until the client speaks. And never neither: it
 * is closed only when its request is done. close ends no read; what came then would lie in the next client's buffer. */

struct conn { struct exchange talk; struct aiocb request; };

static struct conn *conns;      /* by descriptor */
static int count;

/* The span is the request's, and not ours, until aio_return. */
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
    if (exchange_said_all(&conn->talk))
        shutdown(client, SHUT_WR);
    if (n < 0 || exchange_over(&conn->talk) || !hand_over(client))
        part(client);
}

/* All newcomers: one SIGIO may stand for many. Their sockets block: it is the hidden thread that waits in them. */
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

/* -- The model: POSIX AIO -------------------------------------------------------------------------------------------
 * A thread for each client, or nobody is safe: a request for which glibc cannot make one waits in line, without a word,
 * and takes the thread of the next client who speaks. */

static pthread_rwlock_t gate = PTHREAD_RWLOCK_INITIALIZER;

static void *pass(void *nothing)
{
    pthread_rwlock_rdlock(&gate);
    pthread_rwlock_unlock(&gate);
    return nothing;
}

static nlink_t count_threads(void)      /* and two more: /proc/self/task has a folder for each (proc(5)) */
{
    struct stat tasks;
    return stat("/proc/self/task", &tasks) == 0 ? tasks.st_nlink : 0;
}

/* How many can there be at once? `ulimit -u`, or a container, may say less than we ask for. So try, and admit no more
 * clients than that. */
static void prepare(void)
{
    pthread_t *threads = server_table(sizeof *threads);
    nlink_t before = count_threads();
    int made = 0;
    pthread_rwlock_wrlock(&gate);
    while (made < server.max_clients && (errno = pthread_create(&threads[made], NULL, pass, NULL)) == 0)
        made++;
    if (made == 0)
        die("pthread_create");
    pthread_rwlock_unlock(&gate);
    for (int i = 0; i < made; i++)
        pthread_join(threads[i], NULL);
    for (int ms = 0; count_threads() > before && ms < 1000; ms++)
        usleep(1000);           /* who was joined counts until the kernel is done with it, and would be missed */
    free(threads);
    server.max_clients = made;
    aio_init(&(struct aioinit){.aio_threads = made, .aio_num = made});
}

/* SIGIO is blocked: one that comes between the last look and the wait stays pending, and the wait returns at once. The
 * stop raises one, too, as it shuts the listener. */
int main(int argc, char **argv)
{
    sigset_t wanted;
    sigemptyset(&wanted);
    sigaddset(&wanted, SIGIO);
    sigprocmask(SIG_BLOCK, &wanted, NULL);
    server.max_clients = 2000;
    server.prepare = prepare;
    int listener = server_listen(argc, argv, "aio", SOCK_NONBLOCK);
    conns = server_table(sizeof *conns);

    /* Ask */
    if (fcntl(listener, F_SETOWN, getpid()) < 0 || fcntl(listener, F_SETFL, O_ASYNC | O_NONBLOCK) < 0)
        die("fcntl");
    welcome(listener);

    while (server_serving()) {
        /* Wait */
        int signal_number = sigwaitinfo(&wanted, NULL);
        calls.waits++;
        if (signal_number < 0 && errno != EINTR)
            die("sigwaitinfo");
        /* Answer */
        welcome(listener);
        for (int client = 0; client < count; client++)
            if (exchange_open(&conns[client].talk))
                serve(client);
    }
    return server_sum_up();
}
