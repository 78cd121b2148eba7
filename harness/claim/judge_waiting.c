#include "harness/claim/judge.h"
#include "harness/claim/lab.h"
#include <math.h>

const double judge_clearly = 3;

/* The slow handler costs each client its own 100 ms: one more is what B waits for A. */
void judge_client_two(const struct two_clients_ms *silent, const struct two_clients_ms *slow,
                      struct claim_found *found)
{
    double others = fmax(silent->fork, fmax(silent->select, silent->epoll));
    bool waits_for_silent = silent->blocking >= judge_clearly * others;
    bool waits_for_slow = slow->blocking >= 1.5 * slow->fork;
    enum claim_verdict verdict = waits_for_silent && waits_for_slow ? CLAIM_CONFIRMED :
                                 waits_for_silent || waits_for_slow ? CLAIM_DEPENDS : CLAIM_REFUTED;
    claim_says(found, verdict,
               "Client 1 silent for 500 ms: client 2 was answered after %.0f ms with blocking, %.1f with fork, %.1f "
               "with select, %.1f with epoll. A handler of 100 ms that both ask: after %.0f ms with blocking, %.0f "
               "with fork; but %.0f with select and %.0f with epoll, whose one process serves one at a time, too.",
               silent->blocking, silent->fork, silent->select, silent->epoll, slow->blocking, slow->fork,
               slow->select, slow->epoll);
    if (verdict == CLAIM_DEPENDS)
        claim_depends(found, "what client 1 does: %s", waits_for_silent ? "silent, it makes client 2 wait; a slow "
                      "handler does not" : "a slow handler makes client 2 wait; a silent client does not");
}
