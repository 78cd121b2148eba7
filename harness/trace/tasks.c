#define _GNU_SOURCE
#include "harness/trace/tracer.h"
#include <stdlib.h>

enum { BUCKETS = 4096 };
static struct task *buckets[BUCKETS];

static struct task **bucket_of(pid_t tid) { return &buckets[(unsigned)tid % BUCKETS]; }

struct task *task_find(pid_t tid)
{
    struct task *task = *bucket_of(tid);
    while (task && task->tid != tid)
        task = task->next;
    return task;
}

static void put(struct task *task)
{
    task->next = *bucket_of(task->tid);
    *bucket_of(task->tid) = task;
}

static void take_out(struct task *task)
{
    struct task **at = bucket_of(task->tid);
    while (*at != task)
        at = &(*at)->next;
    *at = task->next;
}

struct task *task_add(pid_t tid, pid_t pid)
{
    struct task *task = calloc(1, sizeof *task);
    if (!task)
        abort();
    task->tid = tid;
    task->pid = pid;
    put(task);
    return task;
}

void task_remove(struct task *task)
{
    take_out(task);
    fds_leave(task->fds);
    free(task);
}

struct task *task_orphan(void)
{
    for (int i = 0; i < BUCKETS; i++)
        for (struct task *task = buckets[i]; task; task = task->next)
            if (task->waits_for_parent)
                return task;
    return NULL;
}

struct task *task_take_first_place(struct task *first, pid_t former)
{
    struct task *task = task_find(former);
    if (!task || task == first)
        return first;
    take_out(task);
    task->tid = first->tid;
    task_remove(first);
    put(task);
    return task;
}
