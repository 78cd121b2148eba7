/* socket.h: the server's end of a TCP connection, or its listener, as the kernel sees it; no privilege is needed.
 *
 * The kernel is asked for the one socket (sock_diag(7)). Where it does not answer such questions, /proc/net/tcp has a
 * line for each socket (proc(5)): after a load, tens of thousands are remains of connections (TIME_WAIT), and to read
 * them takes longer than many a scene. */
#pragma once
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

struct socket_seen {
    int64_t unread;             /* bytes that arrived and were not read; of a listener, connections not accepted */
    uint64_t inode;             /* as /proc/PID/fd names it; 0: no process has it */
    bool ended;                 /* the client's last word has arrived (FIN): until it is read, it counts as one byte */
};

/* Of the connection of that client, who is on 127.0.0.1; 0: of the listener. False: there is none. */
bool socket_find(const struct sockaddr_in *server, uint16_t client_port, struct socket_seen *);
