/* A claim about peers that vanish: what does each wait tell of them (01_blocking, 03_select, 04_poll, 05_epoll)? */
#define _GNU_SOURCE
#include "harness/child/clock.h"
#include "harness/claim/judge.h"
#include "harness/claim/lab.h"
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* -- Four waits ------------------------------------------------------------------------------------------------------
 * Each waits for two seconds. True: it told that there is something: a byte, or the end. */

enum { PATIENCE_MS = 2000 };

static bool by_read(int fd)
{
    char byte;
    const struct timeval patience = {.tv_sec = PATIENCE_MS / 1000};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    return read(fd, &byte, 1) >= 0 || errno != EAGAIN;
}

static bool by_select(int fd)
{
    struct timeval patience = {.tv_sec = PATIENCE_MS / 1000};
    fd_set to_read;
    FD_ZERO(&to_read);
    FD_SET(fd, &to_read);
    return select(fd + 1, &to_read, NULL, NULL, &patience) > 0;
}

static bool by_poll(int fd)
{
    struct pollfd wanted = {.fd = fd, .events = POLLIN};
    return poll(&wanted, 1, PATIENCE_MS) > 0;
}

static bool by_epoll(int fd)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP};
    int interest = epoll_create1(EPOLL_CLOEXEC);
    epoll_ctl(interest, EPOLL_CTL_ADD, fd, &event);
    return epoll_wait(interest, &event, 1, PATIENCE_MS) > 0;
}

static const struct { const char *name; bool (*wait)(int fd); } ways[PEER_WAYS] = {
    {"read", by_read}, {"select", by_select}, {"poll", by_poll}, {"epoll", by_epoll}};

/* -- The peer, and those who wait for it ----------------------------------------------------------------------------
 * One process is the peer, with a connection for each wait; each wait has a process, so that all wait at once. */

struct peer { pid_t pid; int fds[PEER_WAYS]; };

/* Written by those who wait. */
struct shared { double sent_ms; struct told stopped[PEER_WAYS], killed[PEER_WAYS]; };

/* The peer connects as often as there are waits, and then does nothing. It never outlives us. */
static _Noreturn void be_the_peer(const struct sockaddr_in *address)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (int i = 0; i < PEER_WAYS; i++)
        if (connect(socket(AF_INET, SOCK_STREAM, 0), (const struct sockaddr *)address, sizeof *address) < 0)
            _exit(1);
    for (;;)
        pause();
}

static bool meet(struct peer *peer)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    const struct timeval patience = {.tv_sec = PATIENCE_MS / 1000};
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(listener, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);     /* of accept, too (socket(7)) */
    bool fine = bind(listener, (struct sockaddr *)&address, size) == 0 && listen(listener, PEER_WAYS) == 0 &&
                getsockname(listener, (struct sockaddr *)&address, &size) == 0;
    if (fine && (peer->pid = fork()) == 0)
        be_the_peer(&address);
    fine = fine && peer->pid > 0;
    for (int i = 0; i < PEER_WAYS; i++)
        fine = (peer->fds[i] = fine ? accept4(listener, NULL, NULL, SOCK_CLOEXEC) : -1) >= 0;
    close(listener);
    return fine;
}

/* All wait, then the signal is sent to the peer; told[i].ms is counted from there. False: one of them could not be
 * started. */
static bool vanish(const struct peer *peer, int signal_number, struct shared *shared, struct told *told)
{
    pid_t waiting[PEER_WAYS];
    int started = 0;
    for (int i = 0; i < PEER_WAYS; i++) {
        told[i].way = ways[i].name;
        if ((waiting[i] = fork()) == 0) {
            told[i].told = ways[i].wait(peer->fds[i]);
            told[i].ms = now_ms() - shared->sent_ms;
            _exit(0);
        }
        started += waiting[i] > 0;
    }
    shared->sent_ms = now_ms();
    kill(peer->pid, signal_number);
    for (int i = 0; i < PEER_WAYS; i++)
        if (waiting[i] > 0)
            waitpid(waiting[i], NULL, 0);
    return started == PEER_WAYS;
}

static void part(const struct peer *peer)
{
    if (peer->pid > 0) {
        kill(peer->pid, SIGKILL);
        waitpid(peer->pid, NULL, 0);
    }
    for (int i = 0; i < PEER_WAYS; i++)
        if (peer->fds[i] >= 0)
            close(peer->fds[i]);
}

static void note(const char *what, const struct told *told, struct claim_found *found)
{
    for (int i = 0; i < PEER_WAYS; i++) {
        claim_figure(found, told[i].told, "", "%s: %s tells of it", what, told[i].way);
        claim_figure(found, told[i].ms, "ms", "%s: %s returned after", what, told[i].way);
    }
}

static void peer_vanishes(const struct claim_world *world, struct claim_found *found)
{
    (void)world;
    struct peer peer = {.fds = {-1, -1, -1, -1}};
    struct shared *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED || !meet(&peer)) {
        claim_cannot(found, "%d connections could not be made: %s", PEER_WAYS, strerror(errno));
    } else if (!vanish(&peer, SIGSTOP, shared, shared->stopped) || !vanish(&peer, SIGKILL, shared, shared->killed)) {
        claim_cannot(found, "%d processes that wait could not be started", PEER_WAYS);
    } else {
        note("stopped", shared->stopped, found);
        note("killed", shared->killed, found);
        judge_peer(shared->stopped, shared->killed, found);
    }
    part(&peer);
    if (shared != MAP_FAILED)
        munmap(shared, sizeof *shared);
}

/* -- The table --------------------------------------------------------------------------------------------------- */

const struct claim claims_peers[] = {
    {"peer-vanishes", "a peer that vanishes without a word is never noticed, unless you use a timeout", "01_blocking",
     "make watch-poll, and: nc 127.0.0.1 8080; then kill -STOP $(pidof nc), and later kill -KILL $(pidof nc)", false,
     peer_vanishes},
    {0}};
