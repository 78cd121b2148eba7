/* rogue: a server that does one thing wrong, to see that the harness says so and that nothing of it stays. `page` does
 * nothing wrong: the least that a player of http can be tried on, a page for a GET, one client at a time.
 *
 * usage: rogue silent|leaves|early|deaf|dies|stubborn|births|doubles|apart|late|threads|runner|orphans|daemon|
 *              chatter|crosses|page|forgets
 * It takes a free port; all but the first three print a ready line. Who forks without end does end, after BIRTHS_MOST:
 * what is to be tested is the harness, not the machine. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BIRTHS_MOST = 2000, STEPS_MOST = 100000 };

static int listen_somewhere(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&address, size) < 0 || listen(listener, 64) < 0 ||
        getsockname(listener, (struct sockaddr *)&address, &size) < 0)
        exit(1);
    printf("ready rogue 127.0.0.1:%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return listener;
}

static void echo_to(int client)
{
    char bytes[4096];
    for (ssize_t n; (n = read(client, bytes, sizeof bytes)) > 0;)
        if (write(client, bytes, (size_t)n) < 0)
            break;
}

static void echo_forever(int listener)
{
    for (;;) {
        int client = accept(listener, NULL, NULL);
        echo_to(client);
        close(client);
    }
}

static void give_pages(int client)
{
    static const char page[] = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\npage\n", bad[] = "HTTP/1.1 400 Bad\r\n\r\n";
    char request[4096];
    size_t length = 0;
    for (ssize_t n; (n = read(client, request + length, sizeof request - length)) > 0;) {
        length += (size_t)n;
        if (request[0] != 'G') {
            n = write(client, bad, sizeof bad - 1);
            shutdown(client, SHUT_WR);          /* what is still to come would make it a reset */
            while (read(client, request, sizeof request) > 0)
                ;
            return;
        }
        for (char *end; (end = memmem(request, length, "\r\n\r\n", 4)); ) {
            length -= (size_t)(end + 4 - request);
            memmove(request, end + 4, length);
            n = write(client, page, sizeof page - 1);
        }
    }
}

static void wait_forever(void)
{
    for (;;)
        pause();
}

/* Children that have children, each in a session of its own. */
static void give_birth(int listener)
{
    (void)listener;
    for (int i = 0; i < 400; i++)
        if (fork() == 0) {
            setsid();
            signal(SIGTERM, SIG_IGN);
            if (i % 2 == 0 && fork() > 0)
                _exit(0);
            wait_forever();
        }
}

static atomic_int *births;          /* of all processes together */

/* Who may not, waits for its end. */
static void be_allowed(int most)
{
    if (atomic_fetch_add(births, 1) >= most)
        wait_forever();
}

/* A child that goes back into the loop that made it: two, four, eight. */
static void double_forever(int listener)
{
    (void)listener;
    for (;;) {
        be_allowed(BIRTHS_MOST);
        fork();
    }
}

/* ... and each leaves its group, its session and its parent, and heeds no SIGTERM. */
static void double_apart(int listener)
{
    (void)listener;
    signal(SIGTERM, SIG_IGN);
    for (;;) {
        be_allowed(BIRTHS_MOST);
        if (fork() > 0)
            continue;
        setsid();
        be_allowed(BIRTHS_MOST);
        if (fork() > 0)
            _exit(0);
    }
}

static void double_late(int signal_number)
{
    (void)signal_number;
    double_forever(-1);
}

static void *pause_forever(void *unused)
{
    wait_forever();
    return unused;
}

static void thread_forever(int listener)
{
    (void)listener;
    for (pthread_t thread;;) {
        be_allowed(BIRTHS_MOST);
        pthread_create(&thread, NULL, pause_forever, NULL);
    }
}

/* There is only one of it at a time, with another number at each look: it forks, and its parent ends. */
static void run_away(void)
{
    for (;;) {
        be_allowed(STEPS_MOST);
        if (fork() > 0)
            _exit(0);
        setsid();
    }
}

/* Nobody waits for the one who serves: its parent ended at once. */
static void serve_by_grandchildren(int listener)
{
    for (int client; (client = accept(listener, NULL, NULL)) >= 0; close(client)) {
        if (fork() == 0) {
            if (fork() == 0)
                echo_to(client);
            _exit(0);
        }
        wait(NULL);
    }
}

static void cross_a_byte(int listener)
{
    char bytes[4096];
    int client = accept(listener, NULL, NULL);
    ssize_t n = read(client, bytes, sizeof bytes);
    if (n > 0) {
        bytes[n / 2] ^= 1;
        n = write(client, bytes, (size_t)n);
    }
    wait_forever();
}

/* EPOLLONESHOT: a client is reported once, and then not again until it is asked for anew, which is forgotten. */
static void answer_once(int listener)
{
    int interest = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};
    epoll_ctl(interest, EPOLL_CTL_ADD, listener, &event);
    while (epoll_wait(interest, &event, 1, -1) == 1) {
        char bytes[4096];
        int fd = event.data.fd == listener ? accept(listener, NULL, NULL) : event.data.fd;
        ssize_t n = event.data.fd == listener ? 0 : read(fd, bytes, sizeof bytes);
        if (event.data.fd == listener) {
            event = (struct epoll_event){.events = EPOLLIN | EPOLLONESHOT, .data.fd = fd};
            epoll_ctl(interest, EPOLL_CTL_ADD, fd, &event);
        } else if (n > 0 && write(fd, bytes, (size_t)n) < 0) {
            return;
        }
    }
}

/* -- The ways to be wrong ---------------------------------------------------------------------------------------- */

static void die(int listener)
{
    accept(listener, NULL, NULL);
    abort();
}

static void ignore_the_end(int listener)
{
    signal(SIGTERM, SIG_IGN);
    echo_forever(listener);
}

static void double_at_the_end(int listener)
{
    signal(SIGTERM, double_late);
    echo_forever(listener);
}

static void have_a_runner(int listener)
{
    if (fork() == 0)
        run_away();
    echo_forever(listener);
}

static void leave_family(int listener)
{
    if (fork() > 0)
        echo_forever(listener);
    setsid();
    if (fork() > 0)
        _exit(0);
    ignore_the_end(listener);
}

static void chatter(int listener)
{
    (void)listener;
    for (;;)
        printf("la la la\n");
}

static void serve_pages(int listener)
{
    for (int client; (client = accept(listener, NULL, NULL)) >= 0; close(client))
        give_pages(client);
}

int main(int argc, char **argv)
{
    static const struct { const char *name; void (*serve)(int listener); } ways[] = {
        {"dies", die},              {"stubborn", ignore_the_end}, {"births", give_birth},   {"doubles", double_forever},
        {"apart", double_apart},    {"threads", thread_forever},  {"late", double_at_the_end},
        {"runner", have_a_runner},  {"daemon", leave_family},     {"chatter", chatter},     {"crosses", cross_a_byte},
        {"forgets", answer_once},   {"page", serve_pages},        {"orphans", serve_by_grandchildren}};
    const char *how = argc > 1 ? argv[1] : "";
    if (strcmp(how, "silent") == 0)
        wait_forever();
    if (strcmp(how, "leaves") == 0)
        return 3;
    births = mmap(NULL, sizeof *births, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (births == MAP_FAILED)
        return 1;
    if (strcmp(how, "early") == 0)
        double_forever(-1);
    int listener = listen_somewhere();
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        if (strcmp(how, ways[i].name) == 0)
            ways[i].serve(listener);
    wait_forever();             /* deaf */
}
