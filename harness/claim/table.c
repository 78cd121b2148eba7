#include "harness/claim/claim.h"
#include <stddef.h>

/* To add a claim: a row in the table of its family. To add a family: a line here, and one in claim.h. */
static const struct claim *const families[] = {
    claims_waiting, claims_limits, claims_many, claims_burst, claims_signals, claims_aio, claims_processes,
    claims_clients, claims_peers,
};
enum { FAMILIES = sizeof families / sizeof *families };

const struct claim *claim_at(int i)
{
    for (int family = 0; family < FAMILIES; family++)
        for (const struct claim *claim = families[family]; claim->id; claim++)
            if (i-- == 0)
                return claim;
    return NULL;
}

const char *claim_verdict_name(enum claim_verdict verdict)
{
    static const char *const names[] = {[CLAIM_CONFIRMED] = "CONFIRMED", [CLAIM_REFUTED] = "REFUTED",
                                        [CLAIM_DEPENDS] = "DEPENDS", [CLAIM_NOT_TRIED] = "NOT TRIED"};
    return names[verdict];
}
