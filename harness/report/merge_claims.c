/* The folklore on several machines: which claims hold on all of them, and which depend on the machine. */
#define _GNU_SOURCE
#include "harness/report/merge_page.h"
#include <string.h>

/* NULL: this run has no such claim. */
static const char *verdict_of(const struct merge *merge, int run, const char *id)
{
    const struct csv *claims = &merge->runs[run].claims;
    for (int row = 0; row < claims->count; row++)
        if (strcmp(csv_field(claims, row, C_ID), id) == 0)
            return csv_field(claims, row, C_VERDICT);
    return NULL;
}

static bool was_tried(const char *verdict) { return verdict && strcmp(verdict, "NOT TRIED") != 0; }

/* The run of which the claims are listed: those that a later one alone has are of another iolab. */
static int first_with_claims(const struct merge *merge)
{
    for (int run = 0; run < merge->count; run++)
        if (merge->runs[run].claims.count > 0)
            return run;
    return -1;
}

enum agreement { TRIED_ONCE, SAME, NOT_THE_SAME };      /* TRIED_ONCE: or nowhere */

static enum agreement agreement_on(const struct merge *merge, const char *id)
{
    const char *first = NULL;
    enum agreement agreement = TRIED_ONCE;
    for (int run = 0; run < merge->count; run++) {
        const char *own = verdict_of(merge, run, id);
        if (!was_tried(own))
            continue;
        if (first && agreement != NOT_THE_SAME)
            agreement = strcmp(own, first) == 0 ? SAME : NOT_THE_SAME;
        first = first ? first : own;
    }
    return agreement;
}

static void tell(const struct merge *merge, const struct csv *claims)
{
    int compared = 0, same = 0;
    for (int row = 0; row < claims->count; row++) {
        enum agreement agreement = agreement_on(merge, csv_field(claims, row, C_ID));
        compared += agreement != TRIED_ONCE;
        same += agreement == SAME;
    }
    if (compared == 0) {
        fputs("<p>None of them was tried in two runs.</p>\n", merge->to);
        return;
    }
    fprintf(merge->to, "<p>%d of %d claims that were tried in two runs or more have the same verdict in each", same,
            compared);
    for (int row = 0, told = 0; row < claims->count; row++) {
        if (agreement_on(merge, csv_field(claims, row, C_ID)) != NOT_THE_SAME)
            continue;
        fputs(told++ ? ", " : "; not the same have: ", merge->to);
        html_text(merge->to, csv_field(claims, row, C_CLAIM));
    }
    fputs(".</p>\n", merge->to);
}

void merge_claims(const struct merge *merge)
{
    struct html_head heads[MERGE_MOST + 1] = {{"Claim", ""}};
    int first = first_with_claims(merge);
    if (first < 0)
        return;
    const struct csv *claims = &merge->runs[first].claims;
    for (int run = 0; run < merge->count; run++)
        heads[run + 1] = (struct html_head){merge_letter(run), ""};
    html_section_open(merge->to, "claims", "The folklore");
    tell(merge, claims);
    html_table_open(merge->to, "", "What each run found.", heads, merge->count + 1);
    for (int row = 0; row < claims->count; row++) {
        html_row_open(merge->to, csv_field(claims, row, C_CLAIM));
        for (int run = 0; run < merge->count; run++) {
            const char *verdict = verdict_of(merge, run, csv_field(claims, row, C_ID));
            html_cell_words(merge->to, verdict ? verdict : "–");
        }
        html_row_close(merge->to);
    }
    html_table_close(merge->to, "");
    html_section_close(merge->to);
}
