/* careless_wait: a process for each client, and one wait for each SIGCHLD.
 *
 * The fault     Signals do not queue. Children that end while a SIGCHLD is pending raise no other: the handler runs
 *               once for all of them, and buries one. The others stay as zombies until the next child ends, and then
 *               one more is buried: the debt is never paid back.
 * The remedy    08_fork/fork.c, `bury`: waitpid in a loop, until nobody is left to bury.
 * See it        build/bin/iolab scene harness/claim/processes.scene --only mass-exit -- build/claim/careless_wait */
#define _GNU_SOURCE
#include "harness/claim/careless.h"
#include <signal.h>
#include <sys/wait.h>

static void bury_one(int signal_number)
{
    (void)signal_number;
    waitpid(-1, NULL, WNOHANG);
}

int main(void)
{
    int listener = careless_listen("careless_wait");
    sigaction(SIGCHLD, &(struct sigaction){.sa_handler = bury_one, .sa_flags = SA_RESTART}, NULL);
    for (;;) {
        int client = accept(listener, NULL, NULL);
        if (client < 0)
            continue;
        if (fork() == 0) {
            close(listener);
            careless_echo(client);
            _exit(0);
        }
        close(client);
    }
}
