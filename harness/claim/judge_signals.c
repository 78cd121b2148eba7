#include "harness/claim/judge.h"
#include "harness/claim/lab.h"

void judge_signals(int events, const struct signals *plain, const struct signals *queued, const struct signals *full,
                   bool all_served, struct claim_found *found)
{
    bool merges = plain->unnamed < events, overflows = full->named < events && full->unnamed > 0;
    claim_says(found, merges && overflows ? CLAIM_CONFIRMED : merges || overflows ? CLAIM_DEPENDS : CLAIM_REFUTED,
               "%d clients spoke while nobody took signals. SIGIO: %d came, naming nobody. Real-time signals: "
               "%d, and each names its client. With room for 8 in the queue, which all programs of a user share: %d "
               "that name somebody, and %d SIGIO for all the others. signal-io looks at everybody then: %s.",
               events, plain->unnamed, queued->named, full->named, full->unnamed,
               all_served ? "all were served" : "not all were served");
    if (merges && !overflows)
        claim_depends(found, "which of them: SIGIO merges, and the queue did not overflow");
    else if (overflows && !merges)
        claim_depends(found, "which of them: the queue overflows, and SIGIO did not merge");
}
