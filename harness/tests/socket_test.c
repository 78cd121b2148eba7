/* Is the one socket found that was meant, among many, and what is unread of it? */
#define _GNU_SOURCE
#include "harness/child/socket.h"
#include "harness/tests/check.h"
#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int listener_on(const char *address, struct sockaddr_in *at)
{
    socklen_t size = sizeof *at;
    *at = (struct sockaddr_in){.sin_family = AF_INET};
    inet_pton(AF_INET, address, &at->sin_addr);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(bind(fd, (struct sockaddr *)at, size) == 0 && listen(fd, 8) == 0, "cannot listen on %s", address);
    getsockname(fd, (struct sockaddr *)at, &size);
    return fd;
}

static uint16_t connect_to(const struct sockaddr_in *at, int *fd)
{
    struct sockaddr_in mine = {0};
    socklen_t size = sizeof mine;
    *fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(connect(*fd, (const struct sockaddr *)at, sizeof *at) == 0, "cannot connect");
    getsockname(*fd, (struct sockaddr *)&mine, &size);
    return ntohs(mine.sin_port);
}

static unsigned long long inode_of(int fd)
{
    struct stat stat;
    return fstat(fd, &stat) == 0 ? stat.st_ino : 0;
}

static void finds(const char *address)
{
    struct sockaddr_in at;
    struct socket_seen seen = {0};
    int a, b, listener = listener_on(address, &at);
    uint16_t port_a = connect_to(&at, &a), port_b = connect_to(&at, &b);

    CHECK(socket_find(&at, 0, &seen) && seen.unread == 2 && seen.inode == inode_of(listener),
          "%s: the listener, and two who wait: got %lld", address, (long long)seen.unread);
    int accepted = accept(listener, NULL, NULL);
    CHECK(socket_find(&at, 0, &seen) && seen.unread == 1, "one waits: got %lld", (long long)seen.unread);

    CHECK(send(b, "hello", 5, 0) == 5, "cannot send");
    CHECK(socket_find(&at, port_a, &seen) && seen.unread == 0 && seen.inode == inode_of(accepted),
          "the first client's end: unread %lld, want 0", (long long)seen.unread);
    CHECK(socket_find(&at, port_b, &seen) && seen.unread == 5 && seen.inode == 0,
          "the second's, not accepted yet: unread %lld, want 5", (long long)seen.unread);
    CHECK(!seen.ended && shutdown(b, SHUT_WR) == 0 && socket_find(&at, port_b, &seen) && seen.ended && seen.unread == 6,
          "its last word counts as a byte: unread %lld, want 6", (long long)seen.unread);
    CHECK(!socket_find(&at, 1, &seen), "found a client that there is not: the listener in its place?");

    close(accepted);
    close(listener);
    CHECK(!socket_find(&at, 0, &seen), "the listener was closed, and is found");
    CHECK(!socket_find(&at, port_b, &seen) || seen.inode == 0, "an end that nobody has has an inode");
    close(a);
    close(b);
}

/* From here on socket(AF_NETLINK, ...) fails, as in a sandbox (seccomp(2)). False: this machine has no such filters. */
static bool forbid_questions(void)
{
    struct sock_filter rules[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_NETLINK, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EAFNOSUPPORT),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    struct sock_fprog program = {sizeof rules / sizeof *rules, rules};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0 &&
           socket(AF_NETLINK, SOCK_DGRAM, 0) < 0;
}

int main(void)
{
    finds("127.0.0.1");
    finds("127.0.0.2");
    if (forbid_questions())
        finds("127.0.0.2");
    else
        puts("skipped: no seccomp, so /proc/net/tcp is not asked");
    return checks_failed();
}
