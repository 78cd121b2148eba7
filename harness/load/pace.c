#define _GNU_SOURCE
#include "harness/load/pace.h"
#include <errno.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum { SLICE_NS = 100 * 1000 * 1000 };

uint64_t clock_ns(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* -- Sleeping ---------------------------------------------------------------------------------------------------- */

/* By system call number, for glibc has a name for it only since 2.35. */
static int precise_wait(int epoll, struct epoll_event *events, int room, const struct timespec *left)
{
#ifdef SYS_epoll_pwait2
    return (int)syscall(SYS_epoll_pwait2, epoll, events, room, left, NULL, (size_t)0);
#else
    (void)epoll, (void)events, (void)room, (void)left;
    errno = ENOSYS;
    return -1;
#endif
}

static bool timer_needed(void)
{
    struct epoll_event none;
    struct timespec now = {0};
    return precise_wait(-1, &none, 1, &now) < 0 && errno == ENOSYS;
}

static int without(struct epoll_event *events, int count, const void *what)
{
    int kept = 0;
    for (int i = 0; i < count; i++)
        if (events[i].data.ptr != what)
            events[kept++] = events[i];
    return kept;
}

/* What else stood in the timer is overwritten, so its event need not be read. */
static int timer_wait(struct pace *p, struct epoll_event *events, int room, const struct timespec *left)
{
    struct itimerspec once = {.it_value = *left};
    timerfd_settime(p->timer, 0, &once, NULL);
    int count = epoll_wait(p->epoll, events, room, -1);
    return count < 0 ? count : without(events, count, &p->timer);
}

static int sleep_for(struct pace *p, struct epoll_event *events, int room, uint64_t ns)
{
    struct timespec left = {.tv_nsec = (long)(ns < SLICE_NS ? ns : SLICE_NS)};
    int count = p->timer < 0 ? precise_wait(p->epoll, events, room, &left) : timer_wait(p, events, room, &left);
    return count < 0 ? 0 : count;
}

int pace_wait(struct pace *p, struct epoll_event *events, int room, uint64_t until_ns)
{
    int count = 0;
    uint64_t now = clock_ns(CLOCK_MONOTONIC);
    if (until_ns > now + p->spin_ns)
        return sleep_for(p, events, room, until_ns - now - p->spin_ns);
    do {
        count = epoll_wait(p->epoll, events, room, 0);
        if (count > 0 && p->timer >= 0)
            count = without(events, count, &p->timer);
    } while (count == 0 && clock_ns(CLOCK_MONOTONIC) < until_ns);
    return count < 0 ? 0 : count;
}

/* -- Opening and closing ----------------------------------------------------------------------------------------- */

bool pace_watch(struct pace *p, int fd, void *what)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = what};
    return epoll_ctl(p->epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

bool pace_open(struct pace *p, int spin_us)
{
    *p = (struct pace){.timer = -1, .spin_ns = (uint64_t)spin_us * 1000, .slack_before = prctl(PR_GET_TIMERSLACK)};
    if ((p->epoll = epoll_create1(EPOLL_CLOEXEC)) < 0)
        return false;
    if (timer_needed()) {
        p->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
        if (p->timer < 0 || !pace_watch(p, p->timer, &p->timer)) {
            int why = errno;
            pace_close(p);
            errno = why;
            return false;
        }
    }
    prctl(PR_SET_TIMERSLACK, 1UL);
    return true;
}

void pace_close(struct pace *p)
{
    prctl(PR_SET_TIMERSLACK, (unsigned long)p->slack_before);
    if (p->timer >= 0)
        close(p->timer);
    close(p->epoll);
}
