#define _GNU_SOURCE
/* Does the driver go on where the ports of one address run out? In a network of its own, with twenty of them. */
#include "harness/tests/check.h"
#include "harness/tests/oracle.h"
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>

enum { PORTS = 20, ACTIVE = 8, IDLE = 40 };

static bool put_text(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool good = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    if (fd >= 0)
        close(fd);
    return good;
}

static bool loopback_up(void)
{
    struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool good = fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &lo) == 0;
    if (fd >= 0)
        close(fd);
    return good;
}

/* Root may have a network of its own; others where they may have users of their own, too. */
static bool own_network(void)
{
    return (unshare(CLONE_NEWNET) == 0 || unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0) && loopback_up() &&
           put_text("/proc/sys/net/ipv4/ip_local_port_range", "40000 40019");
}

static void are_more_served_than_one_address_has_ports(void)
{
    struct load_options o = load_defaults((struct sockaddr_in){0});
    o.connections = ACTIVE;
    o.idle = IDLE;
    o.window_ms = 50;
    CHECK(run(honest, SLOTS, o), "%s%s", result.failure, result.trouble);
    CHECK(result.served == ACTIVE && result.idle_served == IDLE, "%d of %d and %d of %d: %s", result.served, ACTIVE,
          result.idle_served, IDLE, result.trouble);
    CHECK(result.sources * PORTS >= ACTIVE + IDLE, "from %d addresses", result.sources);
    CHECK(result.lost == 0, "%d lost", result.lost);
}

static void is_one_address_enough_for_a_few(void)
{
    struct load_options o = load_defaults((struct sockaddr_in){0});
    o.connections = ACTIVE;
    o.window_ms = 20;
    CHECK(run(honest, SLOTS, o) && result.sources == 1, "from %d addresses", result.sources);
}

int main(void)
{
    if (!own_network()) {
        printf("skipped: this user may not make a network of its own (%s)\n", strerror(errno));
        return 0;
    }
    is_one_address_enough_for_a_few();
    are_more_served_than_one_address_has_ports();
    return checks_failed();
}
