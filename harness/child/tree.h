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
 * subreaper (prctl(2)). `mine` are children of this process that belong to somebody else. */
void tree_collect(struct tree *, pid_t root, const pid_t *mine, int mine_count);
