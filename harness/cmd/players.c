#define _GNU_SOURCE
#include "harness/cmd/players.h"
#include "harness/child/clock.h"
#include "harness/cmd/cmd.h"
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LOOK_MS = 100 };

struct counters { atomic_int next, done; };

int players_usual(void)
{
    long jobs = sysconf(_SC_NPROCESSORS_ONLN) * PLAYERS_PER_CPU;
    return jobs < 1 ? 1 : jobs > PLAYERS_USUAL ? PLAYERS_USUAL : (int)jobs;
}

void *players_memory(unsigned long size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        perror("mmap");
        exit(1);
    }
    return memory;
}

static void play_on(const struct players *players, struct counters *counters)
{
    for (int task; !cmd_interrupted && (task = atomic_fetch_add(&counters->next, 1)) < players->tasks;
         counters->done++)
        players->play(players->context, task);
}

static pid_t start_player(const struct players *players, struct counters *counters)
{
    pid_t parent = getpid(), player = fork();
    if (player != 0)
        return player;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() == parent)
        play_on(players, counters);
    _exit(0);
}

/* How many players have ended; their numbers are forgotten, as another process may get them. What else ends here was
 * the server of a player that is no more. */
static int reap(pid_t *pids, int count)
{
    int ended = 0;
    for (pid_t pid; (pid = waitpid(-1, NULL, WNOHANG)) > 0;)
        for (int i = 0; i < count; i++)
            if (pids[i] == pid) {
                pids[i] = -1;
                ended++;
            }
    return ended;
}

void players_run(const struct players *players)
{
    struct counters *counters = players_memory(sizeof *counters);
    pid_t pids[PLAYERS_MOST];
    int running = 0;
    for (int i = 0; i < players->jobs; i++)
        running += (pids[i] = start_player(players, counters)) > 0;
    for (bool passed_on = false; running > 0; pause_ms(LOOK_MS)) {
        running -= reap(pids, players->jobs);
        if (players->look)
            players->look(players->context, counters->done);
        for (int i = 0; cmd_interrupted && !passed_on && i < players->jobs; i++)
            if (pids[i] > 0)
                kill(pids[i], SIGTERM);
        passed_on = cmd_interrupted;
    }
    munmap(counters, sizeof *counters);
}
