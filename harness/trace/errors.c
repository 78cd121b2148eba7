/* The names of errors. glibc has strerrorname_np only from 2.32 on. */
#define _GNU_SOURCE
#include "harness/trace/calls.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct { int number; const char *name; } known[] = {
    {EAGAIN, "EAGAIN"}, {EINTR, "EINTR"}, {ECONNRESET, "ECONNRESET"}, {EPIPE, "EPIPE"}, {EBADF, "EBADF"},
    {EINVAL, "EINVAL"}, {ENOENT, "ENOENT"}, {EMFILE, "EMFILE"}, {ENFILE, "ENFILE"}, {ESPIPE, "ESPIPE"},
    {ECHILD, "ECHILD"}, {ENOTCONN, "ENOTCONN"}, {EEXIST, "EEXIST"}, {EPERM, "EPERM"}, {EACCES, "EACCES"},
    {ENOSYS, "ENOSYS"}, {ETIMEDOUT, "ETIMEDOUT"}, {ENOMEM, "ENOMEM"}, {ENOBUFS, "ENOBUFS"},
    {ECONNABORTED, "ECONNABORTED"}, {EINPROGRESS, "EINPROGRESS"}, {ENOTTY, "ENOTTY"}, {EADDRINUSE, "EADDRINUSE"},
    {ESRCH, "ESRCH"}, {ENOTSOCK, "ENOTSOCK"}, {EFAULT, "EFAULT"}, {EBUSY, "EBUSY"}, {ETIME, "ETIME"},
    {EOPNOTSUPP, "EOPNOTSUPP"}};
enum { KNOWN = sizeof known / sizeof *known };

const char *error_name(int error)
{
    static char other[24];
    for (int i = 0; i < KNOWN; i++)
        if (known[i].number == error)
            return known[i].name;
    snprintf(other, sizeof other, "errno %d", error);
    return other;
}

int error_number(const char *name)
{
    for (int i = 0; i < KNOWN; i++)
        if (strcmp(known[i].name, name) == 0)
            return known[i].number;
    return 0;
}
