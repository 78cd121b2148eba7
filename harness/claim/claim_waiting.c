/* Claims about one client and two: who waits, and where (01_blocking, 02_nonblocking). */
#include "harness/claim/judge.h"
#include "harness/claim/lab.h"
#include <math.h>

/* -- The second client ------------------------------------------------------------------------------------------- */

/* How long B waited for its answer, in milliseconds; NAN: it was not played to its end. */
static double b_waits_ms(const struct claim_world *world, const char *scene, const char *server,
                         struct claim_found *found)
{
    struct play_outcome outcome;
    if (!claim_play(world, "waiting", scene, server, &outcome, found))
        return NAN;
    claim_figure(found, claim_shown(&outcome, "b-waited"), "ms", "B's answer, %s, %s", scene, server);
    return claim_shown(&outcome, "b-waited");
}

static void client_two_waits(const struct claim_world *world, struct claim_found *found)
{
    const struct two_clients_ms silent = {b_waits_ms(world, "silent-neighbour", "blocking", found),
                                          b_waits_ms(world, "silent-neighbour", "fork", found),
                                          b_waits_ms(world, "silent-neighbour", "select", found),
                                          b_waits_ms(world, "silent-neighbour", "epoll-lt", found)};
    const struct two_clients_ms slow = {b_waits_ms(world, "slow-handler", "blocking", found),
                                        b_waits_ms(world, "slow-handler", "fork", found),
                                        b_waits_ms(world, "slow-handler", "select", found),
                                        b_waits_ms(world, "slow-handler", "epoll-lt", found)};
    if (!found->why_not[0])
        judge_client_two(&silent, &slow, found);
}

/* -- The table --------------------------------------------------------------------------------------------------- */

const struct claim claims_waiting[] = {
    {"client-two-waits", "a blocking server makes client 2 wait until client 1 is done", "01_blocking",
     "make watch-blocking, and two times: nc localhost 8080", false, client_two_waits},
    {0}};
