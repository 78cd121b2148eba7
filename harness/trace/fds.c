#define _GNU_SOURCE
#include "harness/trace/fds.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct watch { int fd; uint64_t data; struct file *file; };

/* An open file description. */
struct file {
    int users;              /* descriptors that lead here, of all processes */
    struct fd_who who;
    struct watch *watches;  /* of an epoll instance */
    int watch_count;
};

struct slot { struct file *file; bool close_on_exec; };
struct fds { int users; int count; struct slot *slots; };

enum { FDS_MOST = 1 << 20 };

/* A tracer without memory cannot tell the truth any more. */
static void *grown(void *memory, size_t count, size_t size)
{
    memory = reallocarray(memory, count, size);
    if (!memory)
        abort();
    return memory;
}

/* -- Descriptions ------------------------------------------------------------------------------------------------ */

/* A watch holds no reference, as in the kernel; its file may be gone, so each removal asks all epoll instances. Few
 * programs have two. */
static struct file **instances;
static int instance_count;

static void forget_watches_of(const struct file *gone)
{
    for (int i = 0; i < instance_count; i++)
        for (int j = 0; j < instances[i]->watch_count; j++)
            if (instances[i]->watches[j].file == gone)
                instances[i]->watches[j--] = instances[i]->watches[--instances[i]->watch_count];
}

static void forget_instance(const struct file *file)
{
    for (int i = 0; i < instance_count; i++)
        if (instances[i] == file)
            instances[i--] = instances[--instance_count];
}

static struct file *new_file(struct fd_who who)
{
    struct file *file = grown(NULL, 1, sizeof *file);
    *file = (struct file){.who = who};
    if (who.kind == FD_EPOLL) {
        instances = grown(instances, (size_t)instance_count + 1, sizeof *instances);
        instances[instance_count++] = file;
    }
    return file;
}

static void release(struct file *file)
{
    if (--file->users > 0)
        return;
    forget_watches_of(file);
    forget_instance(file);
    free(file->watches);
    free(file);
}

/* -- Tables ------------------------------------------------------------------------------------------------------ */

struct fds *fds_new(void)
{
    struct fds *fds = grown(NULL, 1, sizeof *fds);
    *fds = (struct fds){.users = 1};
    return fds;
}

struct fds *fds_share(struct fds *fds)
{
    fds->users++;
    return fds;
}

struct fds *fds_copy(const struct fds *from)
{
    struct fds *fds = fds_new();
    fds->count = from->count;
    fds->slots = grown(NULL, (size_t)from->count + 1, sizeof *fds->slots);
    for (int fd = 0; fd < from->count; fd++) {
        fds->slots[fd] = from->slots[fd];
        if (fds->slots[fd].file)
            fds->slots[fd].file->users++;
    }
    return fds;
}

void fds_leave(struct fds *fds)
{
    if (!fds || --fds->users > 0)
        return;
    fds_close_range(fds, 0, (unsigned)FDS_MOST);
    free(fds->slots);
    free(fds);
}

struct fds *fds_exec(struct fds *old)
{
    struct fds *fds = fds_copy(old);
    fds_leave(old);
    for (int fd = 0; fd < fds->count; fd++)
        if (fds->slots[fd].close_on_exec)
            fds_close(fds, fd);
    return fds;
}

/* -- Descriptors ------------------------------------------------------------------------------------------------- */

static struct file *file_of(const struct fds *fds, int fd)
{
    return fd >= 0 && fd < fds->count ? fds->slots[fd].file : NULL;
}

static void put(struct fds *fds, int fd, struct file *file, bool close_on_exec)
{
    if (fd < 0 || fd >= FDS_MOST)
        return;
    file->users++;          /* before the close: they may be the same */
    fds_close(fds, fd);
    if (fd >= fds->count) {
        int count = fd < 64 ? 64 : 2 * fd;
        fds->slots = grown(fds->slots, (size_t)count, sizeof *fds->slots);
        memset(fds->slots + fds->count, 0, (size_t)(count - fds->count) * sizeof *fds->slots);
        fds->count = count;
    }
    fds->slots[fd] = (struct slot){file, close_on_exec};
}

void fds_open(struct fds *fds, int fd, struct fd_who who, bool close_on_exec)
{
    if (fd >= 0 && fd < FDS_MOST)
        put(fds, fd, new_file(who), close_on_exec);
}

void fds_dup(struct fds *fds, int from, int to, bool close_on_exec)
{
    struct file *file = file_of(fds, from);
    if (file && from == to)
        fds->slots[to].close_on_exec = close_on_exec;
    else if (file)
        put(fds, to, file, close_on_exec);
    else
        fds_open(fds, to, (struct fd_who){.kind = FD_UNKNOWN}, close_on_exec);
}

void fds_close(struct fds *fds, int fd)
{
    struct file *file = file_of(fds, fd);
    if (!file)
        return;
    fds->slots[fd] = (struct slot){NULL, false};
    release(file);
}

void fds_close_range(struct fds *fds, unsigned first, unsigned last)
{
    for (unsigned fd = first; fd <= last && fd < (unsigned)fds->count; fd++)
        fds_close(fds, (int)fd);
}

void fds_set_close_on_exec(struct fds *fds, int fd, bool on)
{
    if (file_of(fds, fd))
        fds->slots[fd].close_on_exec = on;
}

void fds_set_nonblocking(struct fds *fds, int fd, bool on)
{
    if (file_of(fds, fd))
        file_of(fds, fd)->who.nonblocking = on;
}

void fds_become(struct fds *fds, int fd, enum fd_kind kind)
{
    if (!file_of(fds, fd))
        fds_open(fds, fd, (struct fd_who){.kind = FD_UNKNOWN}, false);
    if (file_of(fds, fd))
        file_of(fds, fd)->who.kind = (uint8_t)kind;
}

struct fd_who fds_who(const struct fds *fds, int fd)
{
    const struct file *file = file_of(fds, fd);
    return file ? file->who : (struct fd_who){.kind = FD_UNKNOWN};
}

/* -- Interest lists ---------------------------------------------------------------------------------------------- */

void fds_unwatch(struct fds *fds, int epoll, int fd)
{
    struct file *instance = file_of(fds, epoll);
    const struct file *file = file_of(fds, fd);
    for (int i = 0; instance && i < instance->watch_count; i++)
        if (instance->watches[i].fd == fd && instance->watches[i].file == file)
            instance->watches[i--] = instance->watches[--instance->watch_count];
}

void fds_watch(struct fds *fds, int epoll, int fd, uint64_t data)
{
    struct file *instance = file_of(fds, epoll);
    if (!file_of(fds, fd))
        fds_open(fds, fd, (struct fd_who){.kind = FD_UNKNOWN}, false);
    if (!instance || instance->who.kind != FD_EPOLL || !file_of(fds, fd))
        return;
    fds_unwatch(fds, epoll, fd);
    size_t count = (size_t)instance->watch_count + 1;
    instance->watches = grown(instance->watches, count, sizeof *instance->watches);
    instance->watches[instance->watch_count++] = (struct watch){fd, data, file_of(fds, fd)};
}

int fds_watched(const struct fds *fds, int epoll, uint64_t data, struct fd_who *who)
{
    const struct file *instance = file_of(fds, epoll);
    for (int i = 0; instance && i < instance->watch_count; i++)
        if (instance->watches[i].data == data) {
            *who = instance->watches[i].file->who;
            return instance->watches[i].fd;
        }
    return -1;
}

/* -- Names ------------------------------------------------------------------------------------------------------- */

enum { NAMES_MOST = 4096, NAME = 16 };
static char other_names[NAMES_MOST][NAME];

void fd_rename(int number, const char *name)
{
    if (!name)
        memset(other_names, 0, sizeof other_names);
    else if (number > 0 && number < NAMES_MOST)
        snprintf(other_names[number], NAME, "%s", name);
}

void fd_letters(int number, char *text, size_t size)
{
    char letters[8];
    if (number > 0 && number < NAMES_MOST && other_names[number][0]) {
        snprintf(text, size, "%s", other_names[number]);
        return;
    }
    int at = (int)sizeof letters - 1;
    letters[at] = '\0';
    for (; number > 0 && at > 0; number = (number - 1) / 26)
        letters[--at] = (char)('A' + (number - 1) % 26);
    snprintf(text, size, "%s", letters + at);
}

void fd_name(struct fd_who who, int fd, char *text, size_t size)
{
    static const char *const kinds[] = {
        [FD_FILE] = "file", [FD_SOCKET] = "socket", [FD_LISTENER] = "listener", [FD_EPOLL] = "epoll",
        [FD_EVENTFD] = "eventfd", [FD_SIGNALFD] = "signalfd", [FD_TIMERFD] = "timerfd", [FD_PIDFD] = "pidfd",
        [FD_PIPE] = "pipe", [FD_MEMORY] = "memory", [FD_RING] = "ring"};
    if (who.kind == FD_CONNECTION)
        fd_letters(who.number, text, size);
    else if (who.kind == FD_LISTENER || who.kind == FD_EPOLL || who.kind == FD_RING)
        snprintf(text, size, "%s", kinds[who.kind]);
    else if (who.kind == FD_UNKNOWN)
        snprintf(text, size, "fd %d", fd);
    else
        snprintf(text, size, "%s %d", kinds[who.kind], fd);
}
