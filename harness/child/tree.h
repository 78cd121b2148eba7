/* tree.h: a process and all that descend from it, read from /proc (proc(5)). */
#pragma once
#include <stdbool.h>
#include <sys/types.h>

enum { TREE_MOST = 16384 };

struct tree {
    int count;
    pid_t pids[TREE_MOST];      /* the root first */
};

/* The root, its descendants, and those of them whose parent died: these are children of this process, if it is a
 * subreaper (prctl(2)), and it buries those who have ended, as init would. `mine` are the others of its children. It
 * looks no further when it has found `most`: one is not to count a tree that grows faster than one counts. */
void tree_collect(struct tree *, int most, pid_t root, const pid_t *mine, int mine_count);
/* The same, and each is stopped as soon as it is found: before its own children are looked up, so that these are all
 * that it will have. A root that is not alive is left alone, as its number may be somebody else's by now. Who was born
 * while its parent ended may run still: again, until it holds nobody new. */
void tree_stop(struct tree *, pid_t root, bool root_alive, const pid_t *mine, int mine_count);

/* How many processes and threads the machine has; 0: it does not say. */
long tree_tasks_of_machine(void);
