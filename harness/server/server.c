#define _GNU_SOURCE
#include "harness/server/server.h"
#include "harness/server/buffer.h"
#include "harness/server/options.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST_FDS = 1 << 20, GRACE_S = 2 };

struct server server = {.read_size = 64 * 1024, .reads_per_event = 1, .nap_ms = -1, .oneshot = -1};

static const struct service *service;
static int listener, spare, highest, table_size;
static bool listener_blocks;
static atomic_char *is_client;              /* by descriptor: whom the stop has to tell; unmarked before close */
static atomic_int open_clients;             /* served here, or by a child of ours */
static atomic_bool stopping, cutting;       /* set in a signal handler, read by every thread */
static bool in_child;
static sem_t work_over;                     /* posted when the grace is over: whoever is at work (--work) stops */

/* Shared with the children, who book their own clients. */
static struct books {
    atomic_ulong accepted, refused, aborted, finished, lost, stopped, cut;
    atomic_ulong bytes_in, bytes_out, discarded, waits, reads, writes, not_now;
    atomic_ulong with_client;               /* of a worker: 1 while it has one */
} *books;
static FILE *books_file;

/* What a worker has booked. It writes the page that is not open, and one store opens that: killed at whatever moment,
 * it leaves books that balance. Its `books` are the open page, or the next. */
static struct ledger { struct books page[2]; atomic_int open; } *ledgers, *mine;

/* -- Stopping ---------------------------------------------------------------------------------------------------- */

static void shut_clients(int how)
{
    for (int fd = 0; fd <= highest; fd++)
        if (is_client[fd])
            shutdown(fd, how);
}

static void tell(int signal_number)
{
    if (server.tell)
        server.tell(signal_number);
}

static void on_stop(int signal_number)
{
    int saved = errno;
    if (signal_number == SIGALRM && stopping) {
        shut_clients(SHUT_RDWR);
        tell(cutting ? SIGKILL : SIGALRM);      /* SIGKILL: a child that does not even hear an alarm: stopped, say */
        cutting = true;
        sem_post(&work_over);
        alarm(1);               /* again, should this one have fallen between a check and a wait */
    } else if (!stopping) {
        stopping = true;
        if (!in_child)
            shutdown(listener, SHUT_RD);    /* a worker would shut it for its siblings, too */
        shut_clients(SHUT_RD);
        tell(SIGTERM);
        alarm(GRACE_S);
    } else if (!in_child) {     /* a child is told by its parent, and again by whoever tells them all: killall, say */
        tell(SIGKILL);
        _exit(1);
    }
    errno = saved;
}

bool server_serving(void) { return !stopping || open_clients > 0; }

/* -- The books of a worker --------------------------------------------------------------------------------------- */

static void book_calls(void)
{
    books->waits += calls.waits;
    books->reads += calls.reads;
    books->writes += calls.writes;
    books->not_now += calls.not_now;
    calls = (struct calls){0};
}

static void begin_page(void)
{
    if (!mine)
        return;
    struct books *next = &mine->page[!mine->open];
    memcpy(next, books, sizeof *next);
    books = next;
}

static void turn_page(bool with_client)
{
    if (!mine)
        return;
    book_calls();
    books->with_client = with_client;
    mine->open = !mine->open;
}

/* -- One client -------------------------------------------------------------------------------------------------- */

/* The signal may have come between accept and here, or between the mark and the look: either way it is told. */
static void mark(int client)
{
    is_client[client] = 1;
    if (client > highest)
        highest = client;
    atomic_signal_fence(memory_order_seq_cst);
    if (stopping)
        shutdown(client, cutting ? SHUT_RDWR : SHUT_RD);
}

void server_refuse(int client)
{
    close(client);
    books->refused++;
}

bool server_admit(int client, struct exchange *talk)
{
    if (open_clients >= server.max_clients || client >= table_size) {   /* who raised the limit since the start? */
        server_refuse(client);
        return false;
    }
    begin_page();
    books->accepted++;
    turn_page(true);
    open_clients++;
    exchange_begin(talk, service, server.read_size);
    mark(client);
    return true;
}

void server_leave(int client, struct exchange *talk)
{
    is_client[client] = 0;
    begin_page();
    if (cutting)
        books->cut++;
    else if (!exchange_over(talk))
        books->lost++;
    else if (stopping)
        books->stopped++;
    else
        books->finished++;
    books->bytes_in += talk->bytes_in;
    books->bytes_out += talk->bytes_out;
    books->discarded += exchange_end(talk);
    turn_page(false);
    open_clients--;             /* last: main believes it, and may give the place to somebody else */
}

/* EINVAL. A worker finds the listener shut before it is told to stop. */
static bool is_shut(void) { return errno == EINVAL && (stopping || in_child); }

/* Where accept blocks, so does this, until somebody comes. That may take a while: is there still no descriptor? */
static bool is_room_again(void)
{
    struct pollfd knock = {.fd = listener, .events = POLLIN};
    if (poll(&knock, 1, -1) < 0)
        return true;            /* EINTR: accept looks again */
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

/* accept looks for a free descriptor before it looks into the queue: at the limit an empty queue, too, says EMFILE.
 * The spare one makes room for a moment, to turn one away and to learn whether there was anybody. */
static enum server_accept turn_one_away(void)
{
    if (listener_blocks && is_room_again())
        return ACCEPT_MORE;
    if (spare < 0)
        spare = open("/dev/null", O_RDONLY | O_CLOEXEC);    /* lost before: perhaps there is one again */
    close(spare);
    int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    bool shut = client < 0 && is_shut();
    if (client >= 0)
        server_refuse(client);
    spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
    return client >= 0 ? ACCEPT_MORE : shut ? ACCEPT_SHUT : ACCEPT_NONE;
}

enum server_accept server_accept_failed(void)
{
    switch (errno) {
    case EAGAIN:
        return ACCEPT_NONE;
    case EINTR:
        return ACCEPT_MORE;
    case EMFILE: case ENFILE:
        return turn_one_away();
    case ENOMEM: case ENOBUFS:      /* the machine's trouble: whoever waits is still there next time */
        return ACCEPT_NONE;
    case ECONNABORTED: case EPROTO: case EPERM: case ENETDOWN: case ENOPROTOOPT: case EHOSTDOWN: case ENONET:
    case EHOSTUNREACH: case EOPNOTSUPP: case ENETUNREACH:   /* the client's end, told here: accept(2), ERRORS */
        books->aborted++;
        return ACCEPT_MORE;
    case EINVAL:
        if (is_shut())
            return ACCEPT_SHUT;
    }
    die("accept4");
}

bool server_not_now(void) { return errno == EAGAIN || errno == EINTR; }

/* -- A process, or a thread, for a client ------------------------------------------------------------------------ */

void server_refuse_after_all(int client, struct exchange *talk)
{
    is_client[client] = 0;
    open_clients--;
    exchange_end(talk);
    books->accepted--;
    server_refuse(client);
}

static void become_a_child(int clients)
{
    signal(SIGINT, SIG_IGN);
    signal(SIGCHLD, SIG_DFL);
    server.tell = NULL;
    open_clients = clients;
    calls = (struct calls){0};
    in_child = true;
    if (stopping)
        alarm(GRACE_S);         /* fork does not hand it on */
}

void server_in_child(void)
{
    become_a_child(1);
    close(spare);
    listener = spare = -1;
}

void server_in_parent(int client) { is_client[client] = 0; }

void server_thread_ends(void)
{
    book_calls();
    buffer_forget_pool();
}

_Noreturn void server_child_exit(void)
{
    book_calls();
    _exit(0);
}

void server_child_ended(int status)
{
    open_clients--;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        books->lost++;          /* it could not book its client itself */
}

/* -- A pool of processes ----------------------------------------------------------------------------------------- */

static void *shared_with_children(size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        die("mmap");
    return memory;
}

void server_pool(int workers) { ledgers = shared_with_children((size_t)workers * sizeof *ledgers); }

void server_in_worker(int worker)
{
    become_a_child(0);
    mine = &ledgers[worker];
    books = &mine->page[mine->open];
}

void server_worker_ended(int worker, int status)
{
    struct books *of_worker = &ledgers[worker].page[ledgers[worker].open];
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        of_worker->lost += of_worker->with_client;
    atomic_ulong *to = (atomic_ulong *)books, *from = (atomic_ulong *)of_worker;
    for (size_t i = 0; i < sizeof *books / sizeof *to; i++)
        to[i] += from[i];
    memset(&ledgers[worker], 0, sizeof *ledgers);
}

/* -- Start ------------------------------------------------------------------------------------------------------- */

/* Each answer takes its time: what a slow handler does to everybody else (--work). */
static int work_ms;
static const struct service *quick;

static void answer_slowly(struct exchange *talk)
{
    struct timespec until;
    quick->answer(talk);
    if (!talk->out)
        return;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += work_ms % 1000 * 1000000L;
    until.tv_sec += work_ms / 1000 + until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    int over;
    while ((over = sem_clockwait(&work_over, CLOCK_MONOTONIC, &until)) < 0 && errno == EINTR)
        ;
    if (over == 0)
        sem_post(&work_over);   /* for the next who is at work */
}

static const struct service *service_with_work(const struct service *wanted, int ms)
{
    static struct service slow;
    slow = *wanted;
    slow.answer = answer_slowly;
    quick = wanted;
    work_ms = ms;
    return ms > 0 ? &slow : wanted;
}

/* No descriptor will ever be as high as this. */
static int count_descriptors(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        die("getrlimit");
    if (limit.rlim_cur > MOST_FDS) {
        limit.rlim_cur = MOST_FDS;
        if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
            die("setrlimit");
    }
    return (int)limit.rlim_cur;
}

void *server_table(size_t size)
{
    void *table = calloc((size_t)table_size, size);
    if (!table)
        die("calloc");
    return table;
}

/* Started with 0, 1 or 2 closed, a socket would take that number, and our messages would go to a client. */
static void open_standard_descriptors(void)
{
    int fd;
    do {
        if ((fd = open("/dev/null", O_RDWR)) < 0)
            die("open /dev/null");
    } while (fd <= STDERR_FILENO);
    close(fd);
}

static void open_books(const char *path)
{
    books = shared_with_children(sizeof *books);
    if (path && !(books_file = fopen(path, "we")))
        die(path);
}

static void heed_signals(void)
{
    struct sigaction stop = {.sa_handler = on_stop};
    sigfillset(&stop.sa_mask);
    sigaction(SIGTERM, &stop, NULL);
    sigaction(SIGINT, &stop, NULL);
    sigaction(SIGALRM, &stop, NULL);
    signal(SIGPIPE, SIG_IGN);   /* a peer that left is EPIPE, and this peer's matter alone */
}

static const char *bind_hint(void)
{
    switch (errno) {
    case EADDRINUSE: return "; another program has that port: take another with --port N (make: PORT=N), or --port 0";
    case EACCES: return "; ports below 1024 are for the administrator: take a higher one with --port N";
    case EADDRNOTAVAIL: return "; no interface of this machine has that address: see `ip addr`";
    default: return "";
    }
}

/* Clients inherit the last two options (Linux). The out-of-band byte stays where it was in the stream. */
static void open_listener(const struct options *options, int flags)
{
    char call[64], host[INET_ADDRSTRLEN];
    const int on = 1;
    listener_blocks = !(flags & SOCK_NONBLOCK);
    if ((listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0)) < 0)
        die("socket");
    if (setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
        setsockopt(listener, SOL_SOCKET, SO_OOBINLINE, &on, sizeof on) < 0 ||
        setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) < 0)
        die("setsockopt");
    inet_ntop(AF_INET, &options->address.sin_addr, host, sizeof host);
    snprintf(call, sizeof call, "bind %s:%d", host, ntohs(options->address.sin_port));
    if (bind(listener, (const struct sockaddr *)&options->address, sizeof options->address) < 0)
        die_hinting(call, bind_hint());
    if ((spare = open("/dev/null", O_RDONLY | O_CLOEXEC)) < 0)
        die("open /dev/null");
    if (listen(listener, options->backlog) < 0)
        die_hinting("listen", bind_hint());
}

static void say_ready(bool quiet)
{
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    char host[INET_ADDRSTRLEN];
    if (getsockname(listener, (struct sockaddr *)&address, &size) < 0)
        die("getsockname");
    inet_ntop(AF_INET, &address.sin_addr, host, sizeof host);
    if (!quiet)
        fprintf(stderr, "%s listens on %s, port %d. In a second terminal:  %s%s%s%d%s\n"
                        "Ctrl-C ends it with a summary.\n", server.model, host, ntohs(address.sin_port),
                service->example[0], host, service->example[1], ntohs(address.sin_port), service->example[2]);
    printf("ready %s %s:%d\n", server.model, host, ntohs(address.sin_port));
    fflush(stdout);
}

int server_listen(int argc, char **argv, const char *model, int flags)
{
    server.model = model;
    die_named(model);
    table_size = count_descriptors();
    if (!server.max_clients || server.max_clients > table_size)
        server.max_clients = table_size;
    struct options options = options_read(argc, argv, table_size);
    service = service_with_work(options.service, options.work_ms);
    if (service->begin)
        service->begin(model);
    is_client = server_table(sizeof *is_client);
    open_standard_descriptors();
    if (server.prepare)
        server.prepare();
    open_listener(&options, flags);
    open_books(options.books);
    heed_signals();
    say_ready(options.quiet);
    return listener;
}

int server_move_listener(int old, int fd)
{
    if (dup3(old, fd, O_CLOEXEC) < 0)
        die("dup3");
    listener = fd;
    if (stopping)
        shutdown(listener, SHUT_RD);
    close(old);
    return fd;
}

/* -- The books --------------------------------------------------------------------------------------------------- */

static void print_books(void)
{
    fprintf(stderr, "%s: accepted %lu = finished %lu + lost %lu + stopped %lu + cut %lu; refused %lu, aborted %lu\n",
            server.model, books->accepted, books->finished, books->lost, books->stopped, books->cut, books->refused,
            books->aborted);
    fprintf(stderr, "%s: bytes in %lu%s out %lu%s discarded %lu; waits %lu, reads %lu, writes %lu, EAGAIN %lu\n",
            server.model, books->bytes_in, service->same_bytes ? " =" : ",", books->bytes_out,
            service->same_bytes ? " +" : ",", books->discarded, books->waits, books->reads, books->writes,
            books->not_now);
}

static void write_books(void)
{
    fprintf(books_file, "model,accepted,finished,lost,stopped,cut,refused,aborted,"
                        "bytes_in,bytes_out,discarded,waits,reads,writes,eagain\n");
    fprintf(books_file, "%s,%lu,%lu,%lu,%lu,%lu,%lu,%lu,%lu,%lu,%lu,%lu,%lu,%lu,%lu\n", server.model, books->accepted,
            books->finished, books->lost, books->stopped, books->cut, books->refused, books->aborted, books->bytes_in,
            books->bytes_out, books->discarded, books->waits, books->reads, books->writes, books->not_now);
    if (fclose(books_file) != 0)
        die("fclose");
}

int server_sum_up(void)
{
    book_calls();
    print_books();
    if (books_file)
        write_books();
    return 0;
}
