/* The folklore on several machines: which claims hold on all of them, and which depend on the machine. */
#define _GNU_SOURCE
#include "harness/report/merge_page.h"
#include <string.h>

/* NULL: this run has not got the claim. */
static const char *verdict_of(const struct merge *merge, int run, const char *id)
{
    const struct csv *claims = &merge->runs[run].claims;
    for (int row = 0; row < claims->count; row++)
        if (strcmp(csv_field(claims, row, C_ID), id) == 0)
            return csv_field(claims, row, C_VERDICT);
    return NULL;
}

/* The run of which the claims are listed: those that a later one alone has are of another iolab. */
static int first_with_claims(const struct merge *merge)
{
    for (int run = 0; run < merge->count; run++)
        if (merge->runs[run].claims.count > 0)
            return run;
    return -1;
}

/* What was not tried agrees with nobody, and contradicts nobody. */
enum agreement { TOO_FEW, AGREE, DISAGREE };

static enum agreement agreement_on(const struct merge *merge, const char *id)
{
    const char *first = NULL;
    enum agreement found = TOO_FEW;
    for (int run = 0; run < merge->count; run++) {
        const char *own = verdict_of(merge, run, id);
        if (!own || strcmp(own, "NOT TRIED") == 0)
            continue;
        if (first && strcmp(own, first) != 0)
            return DISAGREE;
        found = first ? AGREE : TOO_FEW;
        first = own;
    }
    return found;
}

static void tell_agreement(const struct merge *merge, const struct csv *claims)
{
    const char *but = "; not the same have ";
    int count[DISAGREE + 1] = {0}, told = 0;
    for (int row = 0; row < claims->count; row++)
        count[agreement_on(merge, csv_field(claims, row, C_ID))]++;
    tell_paragraph_open(merge->tell, "");
    tell_format(merge->tell, "Of %d claims that more than one run has tried, %d %s the same verdict in each",
                count[AGREE] + count[DISAGREE], count[AGREE], count[AGREE] == 1 ? "has" : "have");
    for (int row = 0; row < claims->count; row++)
        if (agreement_on(merge, csv_field(claims, row, C_ID)) == DISAGREE)
            tell_format(merge->tell, "%s“%s”", told++ ? ", " : but, csv_field(claims, row, C_CLAIM));
    tell_words(merge->tell, ".");
    tell_paragraph_close(merge->tell);
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
    tell_section_open(merge->tell, "claims", "The folklore");
    tell_agreement(merge, claims);
    tell_table_open(merge->tell, "", "What each run found.", heads, merge->count + 1);
    for (int row = 0; row < claims->count; row++) {
        tell_row_open(merge->tell, csv_field(claims, row, C_CLAIM));
        for (int run = 0; run < merge->count; run++) {
            const char *verdict = verdict_of(merge, run, csv_field(claims, row, C_ID));
            tell_cell_words(merge->tell, verdict ? verdict : "–");
        }
        tell_row_close(merge->tell);
    }
    tell_table_close(merge->tell, "");
    tell_section_close(merge->tell);
}
