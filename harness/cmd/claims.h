/* claims.h: the claims that were tried, and what came of them. */
#pragma once
#include "harness/claim/claim.h"
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>

enum { CLAIMS_MOST = 64 };

/* One that is begun and not done when all is over came to no end: its experiment broke, or was interrupted. */
struct claims_entry { atomic_bool begun, done; double ms; struct claim_found found; };

struct claims {
    const struct claim *list[CLAIMS_MOST];
    int count;
    struct claims_entry *entries;       /* one for each, in memory that players share */
    double took_s;
    bool interrupted;
};

/* Tries all, and writes claims.csv and claim_figures.csv into the folder. False: `why` says why not. */
bool claims_record(const char *folder, uint64_t seed, char *why, size_t size);

/* -- Telling it (pure) ------------------------------------------------------------------------------------------- */

/* The answer in one line, then lab by lab what was seen; in lines of 80 columns. */
void claims_tell(const struct claims *, FILE *to);

#define CLAIMS_HEADER "id,claim,lab,verdict,saw,depends,try,ms\n"
#define CLAIMS_FIGURES_HEADER "id,what,value,unit\n"
void claims_print_csv(const struct claims *, FILE *to);
void claims_print_figures(const struct claims *, FILE *to);
