/* players.h: several processes, each of which takes the next task until there is none. What they find they write into
 * memory that they share with us. A player is a process because its servers are its children, and because a poll loop
 * serves one scene. */
#pragma once

enum { PLAYERS_MOST = 16, PLAYERS_USUAL = 12, PLAYERS_PER_CPU = 6 };

struct players {
    int tasks, jobs;                        /* jobs: players at once, 1 to PLAYERS_MOST */
    void (*play)(void *context, int task);  /* in a player; heeds cmd_interrupted */
    /* About ten times a second, in this process: so many are done. NULL: nobody asks. */
    void (*look)(void *context, int done);
    void *context;
};

/* Until the last player has ended. Ctrl-C reaches them, too; whoever signals this process alone means them as well.
 * They end with us, and then end their servers. */
void players_run(const struct players *);
/* So many of them that mostly wait: PLAYERS_PER_CPU, up to PLAYERS_USUAL. */
int players_usual(void);
/* Memory that players share, all zero; or the program ends with the reason. */
void *players_memory(unsigned long size);
