/* bare_epoll: the yardstick. The least that an echo server with epoll can do: wait, read, write. It has no limits, no
 * books, no half-close, no patience, and breaks with the first client that does not read; so nobody can be faster with
 * these calls, and what a real server costs more is the price of being correct.
 *
 * usage: bare_epoll    (a free port; the ready line says which) */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static int listen_somewhere(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    const int on = 1;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&address, size) < 0 || listen(listener, 1024) < 0 ||
        getsockname(listener, (struct sockaddr *)&address, &size) < 0) {
        perror("bare_epoll");
        exit(1);
    }
    printf("ready bare_epoll 127.0.0.1:%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return listener;
}

int main(void)
{
    enum { BATCH = 256 };
    static char bytes[65536];
    int listener = listen_somewhere(), interest = epoll_create1(0);
    struct epoll_event events[BATCH], event = {.events = EPOLLIN, .data.fd = listener};
    epoll_ctl(interest, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        int ready = epoll_wait(interest, events, BATCH, -1);
        for (int i = 0; i < ready; i++) {
            int fd = events[i].data.fd;
            if (fd == listener) {
                event.data.fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
                epoll_ctl(interest, EPOLL_CTL_ADD, event.data.fd, &event);
                continue;
            }
            ssize_t n = read(fd, bytes, sizeof bytes);
            if (n <= 0 || write(fd, bytes, (size_t)n) < 0)
                close(fd);
        }
    }
}
