/* Is a client of a scene asleep while it has nothing to do? A player that spins takes the CPU from the server. */
#define _GNU_SOURCE
#include "harness/scene/client.h"
#include "harness/child/clock.h"
#include "harness/tests/check.h"
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static int listener, server = -1;
static struct client client;

static void need(bool good, const char *call)
{
    if (good)
        return;
    perror(call);
    exit(1);
}

static void begin(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    need((listener = socket(AF_INET, SOCK_STREAM, 0)) >= 0, "socket");
    need(bind(listener, (struct sockaddr *)&address, size) == 0 && listen(listener, 1) == 0, "listen");
    need(getsockname(listener, (struct sockaddr *)&address, &size) == 0, "getsockname");
    client_begin(&client, &address, 0, 1, true);
    need((server = accept(listener, NULL, NULL)) >= 0, "accept");
}

/* One turn of the player's loop, without waiting. */
static void turn(void)
{
    double until_ms = now_ms();
    struct pollfd wish = client_wish(&client, &until_ms);
    poll(&wish, 1, 0);
    client_turn(&client, wish.fd >= 0 ? wish.revents : 0);
}

/* The server gives back all that the client has said, closes, and the client has read half of it. */
static void read_half(void)
{
    char bytes[20];
    stream_add(&client.said, sizeof bytes, NULL, 1);
    client.fin_wanted = true;
    client.read_size = sizeof bytes / 2;
    client.read_every_ms = 1e6;
    while (!client.fin_sent)
        turn();
    need(recv(server, bytes, sizeof bytes, MSG_WAITALL) == sizeof bytes, "recv");
    need(send(server, bytes, sizeof bytes, 0) == sizeof bytes, "send");
    close(server);
    while (client.got < client.read_size)
        turn();
}

static void does_who_reads_later_sleep_until_then(void)
{
    struct pollfd any = {.fd = client.fd};
    while (!(any.revents & POLLHUP))
        poll(&any, 1, -1);
    double until_ms = client.next_read_ms + 1;
    struct pollfd wish = client_wish(&client, &until_ms);
    CHECK(poll(&wish, 1, 0) == 0, "events %d: it hung up, and wakes the player until it reads", wish.revents);
    CHECK(until_ms <= client.next_read_ms, "it sleeps until %f, and reads at %f", until_ms, client.next_read_ms);
    client.next_read_ms = 0;
    turn();
    client.next_read_ms = 0;
    turn();
    CHECK(client.got == 20 && client.state == CLIENT_EOF, "%lld bytes, and it is %s", (long long)client.got,
          client_state_name(&client));
}

int main(void)
{
    begin();
    read_half();
    does_who_reads_later_sleep_until_then();
    client_forget(&client);
    close(listener);
    return checks_failed();
}
