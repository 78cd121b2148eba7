#define _GNU_SOURCE
#include "harness/child/tree.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static bool among(pid_t pid, const pid_t *pids, int count)
{
    for (int i = 0; i < count; i++)
        if (pids[i] == pid)
            return true;
    return false;
}

/* Children are listed by the thread that made them. */
static void add_children_of_thread(struct tree *tree, pid_t pid, const char *thread, const pid_t *mine, int mine_count)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task/%.16s/children", (int)pid, thread);
    FILE *list = fopen(path, "re");
    for (int child; list && tree->count < TREE_MOST && fscanf(list, "%d", &child) == 1;)
        if (!among(child, mine, mine_count))
            tree->pids[tree->count++] = child;
    if (list)
        fclose(list);
}

static void add_children(struct tree *tree, pid_t pid, const pid_t *mine, int mine_count)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    DIR *threads = opendir(path);
    for (struct dirent *thread; threads && (thread = readdir(threads));)
        if (thread->d_name[0] != '.')
            add_children_of_thread(tree, pid, thread->d_name, mine, mine_count);
    if (threads)
        closedir(threads);
}

void tree_collect(struct tree *tree, pid_t root, const pid_t *mine, int mine_count)
{
    tree->count = 0;
    tree->pids[tree->count++] = root;
    add_children(tree, getpid(), mine, mine_count);
    for (int i = 0; i < tree->count; i++)
        add_children(tree, tree->pids[i], NULL, 0);
}
