/* Claims about one client and two: who waits, and where (01_blocking, 02_nonblocking). */
#include "harness/claim/judge.h"
#include "harness/claim/lab.h"
#include <math.h>
#include <stdio.h>

/* -- The second client ------------------------------------------------------------------------------------------- */

/* How long B waited for its answer; NAN: the scene was not played to its end. */
static double b_waits_ms(const struct claim_world *world, const char *scene, const char *server,
                         struct claim_found *found)
{
    struct play_outcome outcome;
    if (!claim_play(world, "waiting", scene, server, &outcome, found))
        return NAN;
    double ms = claim_shown(&outcome, "b-waited");
    claim_figure(found, ms, "ms", "answer to client 2, %s, %s", scene, server);
    return ms;
}

static struct two_clients_ms play_two(const struct claim_world *world, const char *scene, struct claim_found *found)
{
    return (struct two_clients_ms){.blocking = b_waits_ms(world, scene, "blocking", found),
                                   .fork = b_waits_ms(world, scene, "fork", found),
                                   .select = b_waits_ms(world, scene, "select", found),
                                   .epoll = b_waits_ms(world, scene, "epoll-lt", found)};
}

static void client_two_waits(const struct claim_world *world, struct claim_found *found)
{
    struct two_clients_ms silent = play_two(world, "silent-neighbour", found);
    struct two_clients_ms slow = play_two(world, "slow-handler", found);
    if (claim_all_seen(found))
        judge_client_two(&silent, &slow, found);
}

/* -- Connected, and not accepted --------------------------------------------------------------------------------- */

static void connected_not_accepted(const struct claim_world *world, struct claim_found *found)
{
    static const int backlogs[BACKLOGS] = {1, 5, 50};
    struct backlog_seen seen[BACKLOGS];
    for (int i = 0; i < BACKLOGS; i++) {
        struct play_outcome outcome;
        char scene[64];
        snprintf(scene, sizeof scene, "backlog/%d/%d/%d", backlogs[i], backlogs[i] + 1, backlogs[i] + 2);
        if (!claim_play(world, "waiting", scene, "epoll-lt", &outcome, found))
            return;
        seen[i] = (struct backlog_seen){backlogs[i], claim_shown(&outcome, "queue"),
                                        claim_shown_is(&outcome, "last-in", "open"),
                                        claim_shown_is(&outcome, "first-out", "connecting")};
        claim_figure(found, seen[i].queue, "connections", "connected and not accepted, backlog %d", backlogs[i]);
    }
    if (claim_all_seen(found))
        judge_backlog(seen, found);
}

/* -- A read that returns at once --------------------------------------------------------------------------------- */

static bool ask(const struct claim_world *world, const char *server, struct asking_seen *seen,
                struct claim_found *found)
{
    struct play_outcome outcome;
    if (!claim_play(world, "waiting", "asking", server, &outcome, found))
        return false;
    *seen = (struct asking_seen){claim_shown(&outcome, "eagain"), claim_shown_is(&outcome, "sits-in", "read")};
    if (isnan(seen->eagain)) {
        claim_cannot(found, "the calls of %s could not be counted: tracing is denied here (iolab doctor)", server);
        return false;
    }
    claim_figure(found, seen->eagain, "calls", "reads with EAGAIN in 100 ms, %s", server);
    return true;
}

static void nonblocking_returns(const struct claim_world *world, struct claim_found *found)
{
    struct asking_seen nonblocking, blocking;
    if (ask(world, "nonblocking", &nonblocking, found) && ask(world, "blocking", &blocking, found))
        judge_nonblocking(&nonblocking, &blocking, found);
}

/* -- Polling ----------------------------------------------------------------------------------------------------- */

static bool poll_for(const struct claim_world *world, const char *server, struct polling_seen *seen,
                     struct claim_found *found)
{
    struct play_outcome outcome;
    if (!claim_play(world, "waiting", "polling", server, &outcome, found))
        return false;
    *seen = (struct polling_seen){claim_shown(&outcome, "cpu"), claim_shown(&outcome, "sleeps"),
                                  claim_shown(&outcome, "mean-ping")};
    claim_figure(found, seen->cpu, "% of a CPU", "CPU while all are silent, %s", server);
    claim_figure(found, seen->sleeps, "a second", "went to sleep while all are silent, %s", server);
    claim_figure(found, seen->answer_ms, "ms", "mean time to the answer, %s", server);
    return true;
}

static void polling_burns(const struct claim_world *world, struct claim_found *found)
{
    struct polling_seen spin, nap, blocking;
    if (poll_for(world, "nonblocking --nap 0", &spin, found) &&
        poll_for(world, "nonblocking --nap 10", &nap, found) && poll_for(world, "blocking", &blocking, found) &&
        claim_all_seen(found))
        judge_polling(&spin, &nap, &blocking, found);
}

/* -- The table --------------------------------------------------------------------------------------------------- */

#define PLAY "build/bin/iolab scene harness/claim/waiting.scene --shows --only "

const struct claim claims_waiting[] = {
    {"client-two-waits", "a blocking server makes client 2 wait until client 1 is done", "01_blocking",
     "make watch-blocking, and two times: nc localhost 8080", false, client_two_waits},
    {"connected-not-accepted", "a client can be connected though nobody accepted it: backlog + 1 of them fit",
     "01_blocking", PLAY "backlog --model epoll-lt", false, connected_not_accepted},
    {"nonblocking-returns", "a non-blocking read returns at once", "02_nonblocking", "make trace-nonblocking", false,
     nonblocking_returns},
    {"polling-burns", "a polling loop burns CPU; a nap of 10 ms cures that, and costs latency", "02_nonblocking",
     PLAY "polling --model nonblocking", true, polling_burns},
    {0}};
