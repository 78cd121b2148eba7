/* careless.h: what the careless servers share, which is not what they are about: a listener on a free port, the line
 * that says so, and the conversation.
 *
 * Each careless_NAME.c is a server as many are written, with one fault that `make claims` shows beside the right one.
 * make builds them into build/claim/. */
#pragma once
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static inline int careless_listen(const char *name)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&address, size) < 0 || listen(listener, 64) < 0 ||
        getsockname(listener, (struct sockaddr *)&address, &size) < 0) {
        perror(name);
        exit(1);
    }
    printf("ready %s 127.0.0.1:%d\n", name, ntohs(address.sin_port));
    fflush(stdout);
    return listener;
}

/* What it says comes back, until its last word. */
static inline void careless_echo(int client)
{
    char bytes[4096];
    for (ssize_t n; (n = read(client, bytes, sizeof bytes)) > 0;)
        if (write(client, bytes, (size_t)n) < 0)
            return;
}
