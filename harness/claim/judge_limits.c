#include "harness/claim/judge.h"
#include "harness/claim/lab.h"
#include <math.h>

/* The number of the descriptor counts, and not how many there are: those that are taken leave so many fewer places. */
void judge_select_places(const struct places_seen *select, const struct places_seen *poll, struct claim_found *found)
{
    enum { PLACES = 1024 };
    bool capped = select->alone < PLACES && select->alone < poll->alone;
    bool by_value = select->crowded <= fmax(0, PLACES - 3 - select->taken);
    claim_says(found, capped && by_value ? CLAIM_CONFIRMED : capped || by_value ? CLAIM_DEPENDS : CLAIM_REFUTED,
               "Of %d clients select served %.0f, poll %.0f. With %d descriptors taken before, so that the next ones "
               "have higher numbers, select served %.0f and poll %.0f%s.", select->clients, select->alone, poll->alone,
               select->taken, select->crowded, poll->crowded, by_value ? ": it is the number that counts" : "");
    if (found->verdict == CLAIM_DEPENDS)
        claim_depends(found, "%s", capped ? "how many, and not their numbers" : "their numbers, and not how many");
}

/* A few wakeups are the client's coming and its line. The CPU is told, and does not count: it is what others leave. */
static bool spins(const struct noise_seen *seen, const struct noise_seen *ours)
{
    return seen->wakeups >= 100 * fmax(ours->wakeups, 1);
}

void judge_writable(const struct noise_seen *level, const struct noise_seen *edge, const struct noise_seen *ours,
                    struct claim_found *found)
{
    bool by_level = spins(level, ours), by_edge = spins(edge, ours);
    claim_says(found, by_level && by_edge ? CLAIM_CONFIRMED : by_level || by_edge ? CLAIM_DEPENDS : CLAIM_REFUTED,
               "In 200 ms with a silent client, asking for room all the time: level-triggered %.0f wakeups and %.0f %% "
               "of a CPU; edge-triggered %.0f and %.1f %%. epoll-lt, which asks when it owes bytes: %.0f and %.1f %%.",
               level->wakeups, level->cpu, edge->wakeups, edge->cpu, ours->wakeups, ours->cpu);
    if (found->verdict == CLAIM_DEPENDS)
        claim_depends(found, "level or edge: %s", by_level ? "room is a state, and reported for as long as it is "
                      "there; that there is room again is an event, and reported once" :
                      "here it is the edge that spins");
}

void judge_emfile(const struct noise_seen *careless, const struct noise_seen *ours, struct claim_found *found)
{
    claim_says(found, spins(careless, ours) ? CLAIM_CONFIRMED : CLAIM_REFUTED,
               "20 clients, room for 16 descriptors: a loop that only forgets that accept can fail woke %.0f times in "
               "about 300 ms and took %.0f %% of a CPU. epoll-lt, which turns away whom it cannot serve: %.0f times, "
               "%.1f %%.", careless->wakeups, careless->cpu, ours->wakeups, ours->cpu);
}
