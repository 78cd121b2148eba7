#include "harness/claim/judge.h"
#include "harness/claim/lab.h"

void judge_signals(int events, const struct signals *plain, const struct signals *queued, const struct signals *full,
                   struct claim_found *found)
{
    bool merges = plain->unnamed < events, overflows = full->named < events && full->unnamed > 0;
    claim_says(found, merges && overflows ? CLAIM_CONFIRMED : merges || overflows ? CLAIM_DEPENDS : CLAIM_REFUTED,
               "%d clients spoke while nobody took signals. SIGIO: %d signal(s), which name nobody. Real-time signals: "
               "%d, and each names its client. With room for 8 in the queue: %d that name somebody, and %d SIGIO for all "
               "the others: who does not look at everybody then forgets them.",
               events, plain->unnamed, queued->named, full->named, full->unnamed);
    if (merges && !overflows)
        claim_depends(found, "which of them: SIGIO merges, and the queue did not overflow");
    else if (overflows && !merges)
        claim_depends(found, "which of them: the queue overflows, and SIGIO did not merge");
}
