/* uring: nobody waits for readiness any more. The operation itself is handed over, and what comes back is its result.
 *
 * The idea      Two rings of memory that the kernel shares with us: into the one we write what shall be done (accept,
 *               receive, send), from the other we read what has been done. One call hands over all that is new and
 *               waits for the first result. The bytes are there by then: no read follows.
 * What blocks   io_uring_enter alone. The sockets may block: it is the kernel that waits for them.
 * A wakeup      costs what is done, not what is open. With many clients one call does what cost epoll a call each.
 * It breaks     where it is not allowed: containers and cautious machines forbid it (exit 77). And it is easy to get
 *               wrong: what the kernel works on is not ours, neither buffer nor descriptor, until it says that it is
 *               done; it ends a standing order without being asked, and tells so with one bit.
 * Compare       aio.c promises the same, and hides threads; epoll_et.c is told "you may", and then does it itself.
 *
 * usage: uring [--port N] [--read-size N] [--max-clients N] [--help] */
#define _GNU_SOURCE
#include "harness/server/server.h"
#include <errno.h>
#include <linux/io_uring.h>
#include <poll.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Headers of Linux 5.10 do not know what came with 5.19, 6.0 and 6.1. The numbers are the kernel's, for ever. */
#ifndef IORING_ACCEPT_MULTISHOT
#define IORING_ACCEPT_MULTISHOT 1
#define IORING_SETUP_COOP_TASKRUN (1u << 8)
#define IORING_REGISTER_PBUF_RING 22
struct io_uring_buf { uint64_t addr; uint32_t len; uint16_t bid, resv; };
struct io_uring_buf_reg { uint64_t ring_addr; uint32_t ring_entries; uint16_t bgid, pad; uint64_t resv[3]; };
#endif
#ifndef IORING_SETUP_DEFER_TASKRUN
#define IORING_SETUP_SINGLE_ISSUER (1u << 12)
#define IORING_SETUP_DEFER_TASKRUN (1u << 13)
#endif

/* -- The rings ------------------------------------------------------------------------------------------------------
 * What shall be done goes into one, what has been done comes out of the other. Each has a tail, where one side puts
 * entries in, and a head, where the other takes them out. Who puts stores the tail after the entry (release); who
 * takes loads the tail before it (acquire). So both sides work on shared memory, and need neither lock nor call. */

enum { ENTRIES = 256 };                 /* a power of two; the ring of results has twice as many */

static struct {
    int fd;
    unsigned tail, taken;               /* what we have put in, and what the kernel has taken of that */
    _Atomic unsigned *put_tail, *done_head, *done_tail;
    struct io_uring_sqe *puts;
    struct io_uring_cqe *dones;
    unsigned done_mask;
} ring;

static _Noreturn void no_ring(void)
{
    if (errno == EPERM)
        die_unable("io_uring_setup", "; this machine forbids it: see `sysctl kernel.io_uring_disabled` (0: allowed), "
                                     "and in a container its seccomp profile");
    if (errno == ENOSYS)
        die_unable("io_uring_setup", "; this kernel has no io_uring, or a container hides it");
    if (errno == ENOMEM)                /* before Linux 5.12 */
        die_hinting("io_uring_setup", "; the rings count as locked memory: raise its limit with ulimit -l");
    die("io_uring_setup");
}

static void *ring_map(size_t size, off_t which)
{
    void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring.fd, which);
    if (at == MAP_FAILED)
        die("mmap of a ring");
    return at;
}

/* The first setup that this kernel knows: a result then comes only when we ask, and interrupts nothing. */
static void ring_open(void)
{
    const unsigned setups[] = {IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN, IORING_SETUP_COOP_TASKRUN, 0};
    struct io_uring_params params;
    ring.fd = -1;
    errno = EINVAL;
    for (int i = 0; i < 3 && ring.fd < 0 && errno == EINVAL; i++) {
        params = (struct io_uring_params){.flags = setups[i]};
        ring.fd = (int)syscall(SYS_io_uring_setup, ENTRIES, &params);
    }
    if (ring.fd < 0)
        no_ring();
    char *put = ring_map(params.sq_off.array + ENTRIES * sizeof(unsigned), IORING_OFF_SQ_RING);
    char *done = ring_map(params.cq_off.cqes + params.cq_entries * sizeof *ring.dones, IORING_OFF_CQ_RING);
    ring.puts = ring_map(ENTRIES * sizeof *ring.puts, IORING_OFF_SQES);
    ring.dones = (struct io_uring_cqe *)(done + params.cq_off.cqes);
    ring.put_tail = (_Atomic unsigned *)(put + params.sq_off.tail);
    ring.done_head = (_Atomic unsigned *)(done + params.cq_off.head);
    ring.done_tail = (_Atomic unsigned *)(done + params.cq_off.tail);
    ring.done_mask = params.cq_entries - 1;
    unsigned *order = (unsigned *)(put + params.sq_off.array);
    for (unsigned i = 0; i < ENTRIES; i++)
        order[i] = i;
}

static bool ring_has_room(unsigned entries) { return ring.tail - ring.taken + entries <= ENTRIES; }

/* An entry to be filled in; it goes with the next ring_wait. `name` comes back with the result. */
static struct io_uring_sqe *ring_put(uint8_t operation, int fd, uint64_t name)
{
    struct io_uring_sqe *entry = &ring.puts[ring.tail++ & (ENTRIES - 1)];
    memset(entry, 0, sizeof *entry);
    entry->opcode = operation;
    entry->fd = fd;
    entry->user_data = name;
    return entry;
}

/* Hands over what is new, and waits for that many results. If there are more than the ring can hold, the kernel keeps
 * them (IORING_SQ_CQ_OVERFLOW), and this very call puts them there when there is room. EBUSY (Linux 5.10, for one): as
 * long as it keeps some, it takes nothing over. So to take a result one may never need room to put something in. */
static void ring_wait(unsigned results)
{
    atomic_store_explicit(ring.put_tail, ring.tail, memory_order_release);
    long n = syscall(SYS_io_uring_enter, ring.fd, ring.tail - ring.taken, results, IORING_ENTER_GETEVENTS, NULL, 0);
    calls.waits++;
    if (n >= 0)
        ring.taken += (unsigned)n;
    else if (errno != EINTR && errno != EAGAIN && errno != EBUSY)
        die("io_uring_enter");
}

/* The next result; false: there is none. The head tells the kernel that the place is free again. */
static bool ring_take(struct io_uring_cqe *done)
{
    unsigned head = atomic_load_explicit(ring.done_head, memory_order_relaxed);
    if (head == atomic_load_explicit(ring.done_tail, memory_order_acquire))
        return false;
    *done = ring.dones[head & ring.done_mask];
    atomic_store_explicit(ring.done_head, head + 1, memory_order_release);
    return true;
}

/* -- The buffers ----------------------------------------------------------------------------------------------------
 * A third ring, of buffers that the kernel borrows. It takes one when bytes have come, not when we ask for them: so a
 * silent client owns none. Before Linux 5.19 there is no such ring: each receive takes its own buffer along. */

enum { BUFFERS = 64, LENT_SIZE = 64 * 1024 };   /* a power of two; and the most that --read-size can be */

static char lent[BUFFERS][LENT_SIZE];
static struct io_uring_buf *loans;      /* NULL: no such ring */

/* Field by field: the tail lies in the last bytes of the first entry, which no entry needs. */
static void lend(unsigned which)
{
    _Atomic uint16_t *shared_tail = (_Atomic uint16_t *)&loans[0].resv;
    uint16_t tail = atomic_load_explicit(shared_tail, memory_order_relaxed);
    struct io_uring_buf *loan = &loans[tail & (BUFFERS - 1)];
    loan->addr = (uintptr_t)lent[which];
    loan->len = LENT_SIZE;
    loan->bid = (uint16_t)which;
    atomic_store_explicit(shared_tail, (uint16_t)(tail + 1), memory_order_release);
}

static void lend_all(void)
{
    void *at = mmap(NULL, BUFFERS * sizeof *loans, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED)
        die("mmap of the loans");
    struct io_uring_buf_reg group = {.ring_addr = (uintptr_t)at, .ring_entries = BUFFERS};
    if (syscall(SYS_io_uring_register, ring.fd, IORING_REGISTER_PBUF_RING, &group, 1) < 0)
        return;
    loans = at;
    for (unsigned i = 0; i < BUFFERS; i++)
        lend(i);
}

static void prepare(void)
{
    ring_open();
    lend_all();
}

/* -- One connection -------------------------------------------------------------------------------------------------
 * It owes bytes, and a send is under way, or owes none, and a receive is: always one operation, never two. So its
 * descriptor is name enough; and when the result is here, the kernel holds nothing of this client any more: it may be
 * closed, and the next client may have its descriptor. */

static struct exchange *talks;
static int *turns;                      /* who is to be asked next: there may be more than the ring has room for */
static size_t first, last;

static void queue(int client) { turns[last++ % (size_t)server.max_clients] = client; }

/* What the exchange wants. */
static void ask(int client)
{
    struct exchange *talk = &talks[client];
    bool owes = exchange_owes(talk);
    struct io_uring_sqe *entry = ring_put(owes ? IORING_OP_SEND : IORING_OP_RECV, client, (uint64_t)client);
    if (!owes && loans) {
        entry->flags = IOSQE_BUFFER_SELECT;
        entry->len = (uint32_t)exchange_room_left(talk);
        return;
    }
    struct span bytes = owes ? exchange_owed(talk) : exchange_room(talk);
    entry->addr = (uintptr_t)bytes.at;
    entry->len = (uint32_t)bytes.n;
}

/* What came lies in a buffer that we lent, and is copied; or it went to its place at once. */
static void heard(struct exchange *talk, ssize_t n, unsigned flags)
{
    if (flags & IORING_CQE_F_BUFFER) {
        unsigned which = flags >> IORING_CQE_BUFFER_SHIFT;
        if (n > 0)
            memcpy(exchange_room(talk).at, lent[which], (size_t)n);
        lend(which);
    }
    exchange_got(talk, n);
}

static void answered(int client, struct exchange *talk, ssize_t n)
{
    exchange_sent(talk, n);
    if (exchange_said_all(talk))
        shutdown(client, SHUT_WR);
}

static void meet(int client)
{
    if (server_admit(client, &talks[client]))
        queue(client);
}

static void part(int client)
{
    server_leave(client, &talks[client]);
    close(client);
}

/* A result as the plain call would have returned it: a number, or -1 and errno. */
static int outcome(const struct io_uring_cqe *done)
{
    if (done->res < 0)
        errno = -done->res;
    return done->res < 0 ? -1 : done->res;
}

/* Nothing has happened to this client: more of them spoke at once than there are buffers. They are lent anew by now. */
static bool out_of_buffers(const struct exchange *talk) { return errno == ENOBUFS && !exchange_owes(talk); }

static void serve(int client, const struct io_uring_cqe *done)
{
    struct exchange *talk = &talks[client];
    ssize_t n = outcome(done);
    if (exchange_owes(talk))
        answered(client, talk, n);
    else
        heard(talk, n, done->flags);
    if (n < 0 ? !server_not_now() && !out_of_buffers(talk) : exchange_over(talk))
        part(client);
    else
        queue(client);
}

/* -- The model: io_uring ----------------------------------------------------------------------------------------- */

static const uint64_t KNOCK = UINT64_MAX;       /* names the result that says: somebody waits at the door */
static uint16_t standing = IORING_ACCEPT_MULTISHOT;

/* A standing order: each newcomer is a result. Before Linux 5.19: one order, one newcomer. */
static void expect_newcomers(int listener)
{
    struct io_uring_sqe *entry = ring_put(IORING_OP_ACCEPT, listener, (uint64_t)listener);
    entry->accept_flags = SOCK_CLOEXEC;
    entry->ioprio = standing;
}

/* Without a free descriptor accept fails at once, even if nobody waits. So somebody has to wait first. */
static void expect_knock(int listener)
{
    ring_put(IORING_OP_POLL_ADD, listener, KNOCK)->poll32_events = POLLIN;
}

/* A newcomer, or why there is none. Without F_MORE the standing order is over, whatever the reason (an error, or no
 * room for results): nobody tells us again, and it has to be given anew. */
static void welcome(int listener, const struct io_uring_cqe *done)
{
    enum server_accept then = ACCEPT_MORE;
    int client = outcome(done);
    if (client >= 0)
        meet(client);
    else if (errno == EINVAL && standing)
        standing = 0;                   /* this kernel knows none; or the listener is shut, and will say so again */
    else
        then = server_accept_failed();
    if (done->flags & IORING_CQE_F_MORE)
        return;
    if (then == ACCEPT_MORE)
        expect_newcomers(listener);
    else if (then == ACCEPT_NONE)
        expect_knock(listener);
}

int main(int argc, char **argv)
{
    server.prepare = prepare;
    int listener = server_listen(argc, argv, "uring", SOCK_NONBLOCK);
    talks = server_table(sizeof *talks);
    turns = server_table(sizeof *turns);
    expect_newcomers(listener);

    while (server_serving()) {
        /* Ask; one place is the listener's */
        while (first < last && ring_has_room(2))
            ask(turns[first++ % (size_t)server.max_clients]);
        /* Wait, unless somebody is still to be asked */
        ring_wait(first == last);
        /* Answer */
        struct io_uring_cqe done;
        while (ring_take(&done)) {
            if (done.user_data == KNOCK)
                expect_newcomers(listener);
            else if (done.user_data == (uint64_t)listener)
                welcome(listener, &done);
            else
                serve((int)done.user_data, &done);
        }
    }
    return server_sum_up();
}
