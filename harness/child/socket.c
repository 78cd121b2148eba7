#define _GNU_SOURCE
#include "harness/child/socket.h"
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CLOSE_WAIT = 8, LAST_ACK = 9, LISTEN = 10, CLOSING = 11 };      /* TCP_CLOSE_WAIT ..., in both sources */

static bool has_ended(unsigned state) { return state == CLOSE_WAIT || state == LAST_ACK || state == CLOSING; }


struct question { struct nlmsghdr head; struct inet_diag_req_v2 body; };
struct answer {
    struct nlmsghdr head;
    union { struct inet_diag_msg body; struct nlmsgerr error; };
    char attributes[512];       /* of which none is read */
};

static bool converse(const struct question *question, struct answer *answer)
{
    int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    bool answered = fd >= 0 && send(fd, question, sizeof *question, 0) == sizeof *question &&
                    recv(fd, answer, sizeof *answer, MSG_DONTWAIT) >= (ssize_t)sizeof answer->head;
    if (fd >= 0)
        close(fd);
    return answered;
}

/* False: the kernel does not answer. It says "no such socket" as an error, and for lack of the connection it answers
 * with the listener. */
static bool ask(const struct sockaddr_in *server, uint16_t client_port, struct socket_seen *seen, bool *found)
{
    struct question question = {
        .head = {.nlmsg_len = sizeof question, .nlmsg_type = SOCK_DIAG_BY_FAMILY, .nlmsg_flags = NLM_F_REQUEST},
        .body = {.sdiag_family = AF_INET, .sdiag_protocol = IPPROTO_TCP, .idiag_states = ~0u,
                 .id = {.idiag_sport = server->sin_port, .idiag_dport = htons(client_port),
                        .idiag_src = {server->sin_addr.s_addr}, .idiag_dst = {client_port ? htonl(INADDR_LOOPBACK) : 0},
                        .idiag_cookie = {INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE}}}};
    struct answer answer = {0};
    if (!converse(&question, &answer))
        return false;
    *found = false;
    if (answer.head.nlmsg_type == NLMSG_ERROR)
        return answer.error.error == -ENOENT;
    const struct inet_diag_msg *told = &answer.body;
    *seen = (struct socket_seen){told->idiag_rqueue, told->idiag_inode, has_ended(told->idiag_state)};
    *found = told->id.idiag_dport == htons(client_port) && (client_port || told->idiag_state == LISTEN);
    return true;
}

static bool find_in(const char *path, uint16_t server_port, uint16_t client_port, struct socket_seen *seen)
{
    FILE *table = fopen(path, "re");
    char line[320];
    bool found = false;
    while (table && !found && fgets(line, sizeof line, table)) {
        unsigned local, remote, state;
        unsigned long long queue, inode;
        if (sscanf(line, " %*d: %*[0-9A-F]:%x %*[0-9A-F]:%x %x %*x:%llx %*x:%*x %*x %*u %*u %llu", &local, &remote,
                   &state, &queue, &inode) != 5)
            continue;
        *seen = (struct socket_seen){(int64_t)queue, inode, has_ended(state)};
        found = local == server_port && remote == client_port && (client_port || state == LISTEN);
    }
    if (table)
        fclose(table);
    return found;
}

bool socket_find(const struct sockaddr_in *server, uint16_t client_port, struct socket_seen *seen)
{
    bool found;
    if (ask(server, client_port, seen, &found))
        return found;
    uint16_t port = ntohs(server->sin_port);
    return find_in("/proc/net/tcp", port, client_port, seen) || find_in("/proc/net/tcp6", port, client_port, seen);
}
