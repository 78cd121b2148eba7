/* careless_copy: a process for each client, and the parent forgets to close its copy of the connection.
 *
 * The fault     After fork both processes hold the client. The kernel ends a connection (FIN) when its last descriptor
 *               is closed: the child's close, or its end, is not the last one. So the client waits for an end that
 *               never comes, and each client costs the parent a descriptor for ever.
 * The remedy    08_fork/fork.c, `meet`: the parent closes the client. And `answer` calls shutdown behind the last word,
 *               which ends the connection however many copies there are: `careless_copy shutdown` does that, and leaks
 *               all the same.
 * See it        build/bin/iolab scene harness/claim/processes.scene --only last-word -- build/claim/careless_copy */
#define _GNU_SOURCE
#include "harness/claim/careless.h"
#include <signal.h>
#include <stdbool.h>
#include <string.h>

int main(int argc, char **argv)
{
    bool shuts = argc > 1 && strcmp(argv[1], "shutdown") == 0;
    int listener = careless_listen("careless_copy");
    signal(SIGCHLD, SIG_IGN);           /* who ignores it has no zombies (wait(2)) */
    for (;;) {
        int client = accept(listener, NULL, NULL);
        if (client >= 0 && fork() == 0) {
            close(listener);
            careless_echo(client);
            if (shuts)
                shutdown(client, SHUT_WR);
            _exit(0);
        }
    }
}
