/* known_calls: makes a known number of calls, in one of many ways, to see that a tracer counts all of them. Each is a
 * read of one byte from /dev/zero.
 *
 * usage: known_calls read N | threads T N | forks F N | storm F N | exec N | thread-exec N | signals N | stop N
 *        | kill | crash | sleep | stubborn | busy | descriptors */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int zero;
static int count;

static void read_often(int times)
{
    char byte;
    for (int i = 0; i < times; i++)
        if (read(zero, &byte, 1) != 1)
            exit(1);
}

static void *thread(void *nothing)
{
    read_often(count);
    return nothing;
}

static void in_threads(int threads)
{
    pthread_t made[64];
    for (int i = 0; i < threads; i++)
        if (pthread_create(&made[i], NULL, thread, NULL) != 0)
            exit(1);
    for (int i = 0; i < threads; i++)
        pthread_join(made[i], NULL);
}

static void *exec_thread(void *program)
{
    char times[16];
    snprintf(times, sizeof times, "%d", count);
    read_often(count);
    execl(program, program, "read", times, (char *)NULL);
    return NULL;
}

/* It takes the place of all threads, and the number of the first. */
static void exec_in_thread(char *program)
{
    pthread_t made;
    if (pthread_create(&made, NULL, exec_thread, program) == 0)
        pthread_join(made, NULL);
}

/* All at once, or each behind the other. */
static void in_children(int children, int at_once)
{
    for (int i = 0, alive = 0; i < children; i++, alive++) {
        if (alive == at_once && wait(NULL) > 0)
            alive--;
        if (fork() == 0) {
            read_often(count);
            _exit(0);
        }
    }
    while (wait(NULL) > 0)
        ;
}

static void on_signal(int number)
{
    (void)number;
    read_often(1);
}

/* Each runs a handler, which reads once; then as many reads outside of it. */
static void signals_to_myself(int times)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGRTMIN, &action, NULL);
    for (int i = 0; i < times; i++)
        raise(SIGRTMIN);
    read_often(times);
}

/* One sleep, however often it is stopped and goes on. */
static void sleep_for(int ms)
{
    if (nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000L}, NULL) < 0)
        exit(1);
}

/* A read of no byte of each descriptor: whoever watches should know what that is. */
static void look_at(int fd)
{
    char nothing;
    if (read(fd, &nothing, 0) == 1)
        exit(1);
}

static void descriptors(void)
{
    int ends[2];
    look_at(zero);                                  /* file */
    int copy = dup(zero);
    look_at(copy);                                  /* file */
    close(copy);
    look_at(copy);                                  /* nothing any more */
    if (pipe(ends) < 0)
        exit(1);
    look_at(ends[0]);                               /* pipe */
    look_at(dup2(zero, ends[0]));                   /* file */
    look_at(fcntl(ends[1], F_DUPFD_CLOEXEC, 200));  /* pipe */
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0)
        exit(1);
    look_at(ends[0]);                               /* socket */
#ifdef SYS_close_range
    syscall(SYS_close_range, (unsigned)ends[0], (unsigned)ends[1], 0);
#else
    close(ends[0]);
#endif
    look_at(ends[0]);                               /* nothing any more */
    look_at(epoll_create1(0));                      /* epoll */
}

static bool signals_itself(const char *how)
{
    static const struct { const char *name; int signal_number; } ways[] = {
        {"kill", SIGKILL}, {"stop", SIGSTOP}, {"crash", SIGABRT}};
    int way = 0;
    while (way < 3 && strcmp(ways[way].name, how) != 0)
        way++;
    if (way == 3)
        return false;
    read_often(count);
    raise(ways[way].signal_number);
    read_often(count);          /* of who was stopped, and goes on */
    return true;
}

int main(int argc, char **argv)
{
    const char *how = argc > 1 ? argv[1] : "";
    count = argc > 2 ? atoi(argv[argc - 1]) : 0;
    zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);
    if (strcmp(how, "read") == 0) {
        read_often(count);
    } else if (strcmp(how, "threads") == 0) {
        in_threads(atoi(argv[2]));
    } else if (strcmp(how, "forks") == 0) {
        in_children(atoi(argv[2]), atoi(argv[2]));
    } else if (strcmp(how, "storm") == 0) {
        in_children(atoi(argv[2]), 16);
    } else if (strcmp(how, "exec") == 0) {
        read_often(count);
        execl(argv[0], argv[0], "read", argv[2], (char *)NULL);
    } else if (strcmp(how, "thread-exec") == 0) {
        exec_in_thread(argv[0]);
    } else if (strcmp(how, "signals") == 0) {
        signals_to_myself(count);
    } else if (strcmp(how, "stubborn") == 0) {
        signal(SIGTERM, SIG_IGN);
        for (;;)
            pause();
    } else if (strcmp(how, "busy") == 0) {
        for (;;)
            read_often(1);
    } else if (strcmp(how, "descriptors") == 0) {
        descriptors();
    } else if (strcmp(how, "sleep") == 0) {
        sleep_for(count ? count : 200);
    } else if (!signals_itself(how)) {
        fprintf(stderr, "known_calls: no way \"%s\"\n", how);
        return 2;
    }
    return 0;
}
