/* Claims about a burst: level, edge, drained or not (05_epoll_lt_et). */
#include "harness/claim/judge.h"
#include "harness/claim/lab.h"
#include "harness/trace/trace.h"
#include <stdio.h>

/* -- Told again, or once ----------------------------------------------------------------------------------------- */

enum { PIECE = 1024 };

/* What was counted after the mark: returns of epoll_wait that told something. */
static double wakeups(const struct play_outcome *outcome, const char *returns, const char *interrupted)
{
    return claim_shown(outcome, returns) - claim_shown(outcome, interrupted);
}

static bool burst(const struct claim_world *world, const char *model, const char *reads, struct burst *burst,
                  struct claim_found *found)
{
    struct play_outcome outcome;
    char scene[SCENE_NAME];
    snprintf(scene, sizeof scene, "told/%s", reads);
    if (!claim_play(world, "edges", scene, model, &outcome, found))
        return false;
    *burst = (struct burst){.pieces = claim_shown(&outcome, "sent") / PIECE,
                            .wakeups = wakeups(&outcome, "waits", "interrupted"),
                            .stranded = claim_shown(&outcome, "stranded"),
                            .more_wakeups = wakeups(&outcome, "more-waits", "more-interrupted")};
    claim_figure(found, burst->wakeups, "", "wakeups for 64 KiB, %s, reads per event: %s", model, reads);
    claim_figure(found, claim_shown(&outcome, "reads"), "", "reads for 64 KiB, %s, reads per event: %s", model, reads);
    claim_figure(found, burst->stranded, "bytes", "left unread, %s, reads per event: %s", model, reads);
    claim_figure(found, burst->more_wakeups, "", "wakeups for one byte more, %s, reads per event: %s", model, reads);
    return true;
}

static void lt_again_et_once(const struct claim_world *world, struct claim_found *found)
{
    struct burst lt_one, lt_all, et_one, et_all;
    char why[400];
    if (!trace_is_possible(why, sizeof why))
        claim_cannot(found, "wakeups are counted by tracing: %s", why);
    else if (burst(world, "epoll-lt", "1", &lt_one, found) && burst(world, "epoll-lt", "all", &lt_all, found) &&
             burst(world, "epoll-et", "1", &et_one, found) && burst(world, "epoll-et", "all", &et_all, found) &&
             claim_all_seen(found))
        judge_told(&lt_one, &lt_all, &et_one, &et_all, found);
}

/* -- Drained, or not --------------------------------------------------------------------------------------------- */

/* What lies unread while the server sleeps; -1: it was not played to its end. */
static double left(const struct claim_world *world, const char *model, const char *reads, double *sent,
                   struct claim_found *found)
{
    struct play_outcome outcome;
    char scene[SCENE_NAME];
    snprintf(scene, sizeof scene, "silence/%s", reads);
    if (!claim_play(world, "edges", scene, model, &outcome, found))
        return -1;
    *sent = claim_shown(&outcome, "burst");
    claim_figure(found, claim_shown(&outcome, "stranded"), "bytes", "left unread, %s, reads per event: %s", model,
                 reads);
    return claim_shown(&outcome, "stranded");
}

static void et_needs_drain(const struct claim_world *world, struct claim_found *found)
{
    struct silence silence = {0};
    silence.lt_one = left(world, "epoll-lt", "1", &silence.sent, found);
    silence.et_one = left(world, "epoll-et", "1", &silence.sent, found);
    silence.et_all = left(world, "epoll-et", "all", &silence.sent, found);
    if (claim_all_seen(found))
        judge_drained(&silence, found);
}

/* -- The table --------------------------------------------------------------------------------------------------- */

const struct claim claims_burst[] = {
    {"lt-again-et-once", "level-triggered epoll tells you again, edge-triggered once for each arrival",
     "05_epoll_lt_et", "build/bin/iolab lt-et --only one-more", false, lt_again_et_once},
    {"et-needs-drain", "edge-triggered with one read for an event leaves bytes behind", "05_epoll_lt_et",
     "build/bin/iolab scene harness/claim/edges.scene --only silence/1 --model epoll-et", false, et_needs_drain},
    {0}};
