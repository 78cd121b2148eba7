#define _GNU_SOURCE
#include "harness/child/tree.h"
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* `most`: no more are looked for. */
struct walk { struct tree *tree; int most; bool stops; };

static bool among(pid_t pid, const pid_t *pids, int count)
{
    for (int i = 0; i < count; i++)
        if (pids[i] == pid)
            return true;
    return false;
}

static void add(const struct walk *walk, pid_t pid)
{
    walk->tree->pids[walk->tree->count++] = pid;
    if (walk->stops)
        kill(pid, SIGSTOP);
}

/* Of our own children, those that were adopted. Who is none, or lives, is left alone. */
static bool was_buried(pid_t pid) { return waitpid(pid, NULL, WNOHANG) == pid; }

/* Children are listed by the thread that made them. */
static void add_children_of_thread(const struct walk *walk, pid_t pid, const char *thread, const pid_t *mine,
                                   int mine_count)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task/%.16s/children", (int)pid, thread);
    FILE *list = fopen(path, "re");
    for (int child; list && walk->tree->count < walk->most && fscanf(list, "%d", &child) == 1;)
        if (!among(child, mine, mine_count) && !was_buried(child))
            add(walk, child);
    if (list)
        fclose(list);
}

static void add_children(const struct walk *walk, pid_t pid, const pid_t *mine, int mine_count)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    DIR *threads = opendir(path);
    for (struct dirent *thread; threads && (thread = readdir(threads));)
        if (thread->d_name[0] != '.')
            add_children_of_thread(walk, pid, thread->d_name, mine, mine_count);
    if (threads)
        closedir(threads);
}

/* The root stands in the tree already. */
static void walk_on(const struct walk *walk, const pid_t *mine, int mine_count)
{
    add_children(walk, getpid(), mine, mine_count);
    for (int i = 0; i < walk->tree->count && walk->tree->count < walk->most; i++)
        add_children(walk, walk->tree->pids[i], NULL, 0);
}

void tree_collect(struct tree *tree, int most, pid_t root, const pid_t *mine, int mine_count)
{
    tree->count = 0;
    tree->pids[tree->count++] = root;
    walk_on(&(struct walk){tree, most < TREE_MOST ? most : TREE_MOST, false}, mine, mine_count);
}

void tree_stop(struct tree *tree, pid_t root, bool root_alive, const pid_t *mine, int mine_count)
{
    tree->count = 0;
    tree->pids[tree->count++] = root;
    if (root_alive)
        kill(root, SIGSTOP);
    walk_on(&(struct walk){tree, TREE_MOST, true}, mine, mine_count);
}

long tree_tasks_of_machine(void)
{
    long tasks = 0;
    FILE *load = fopen("/proc/loadavg", "re");
    if (load && fscanf(load, "%*f %*f %*f %*d/%ld", &tasks) != 1)
        tasks = 0;
    if (load)
        fclose(load);
    return tasks;
}
