/* The folklore on several machines: which claims hold on all of them, and which depend on the machine. */
#define _GNU_SOURCE
#include "harness/report/merge_page.h"
#include <string.h>

/* Of claims.csv: the first columns. */
enum column { ID, CLAIM, LAB, VERDICT };

static const char *verdict_of(const struct merge *merge, int run, const char *id)
{
    const struct csv *claims = &merge->claims[run];
    for (int row = 0; row < claims->count; row++)
        if (strcmp(csv_field(claims, row, ID), id) == 0)
            return csv_field(claims, row, VERDICT);
    return NULL;
}

/* The run of which the claims are listed: those that a later one alone has are of another iolab. */
static int first_with_claims(const struct merge *merge)
{
    for (int run = 0; run < merge->count; run++)
        if (merge->claims[run].count > 0)
            return run;
    return -1;
}

static bool same_in_all(const struct merge *merge, const char *id, const char *verdict)
{
    for (int run = 0; run < merge->count; run++) {
        const char *own = verdict_of(merge, run, id);
        if (own && strcmp(own, verdict) != 0)
            return false;
    }
    return true;
}

static void tell(const struct merge *merge, const struct csv *claims)
{
    int same = 0;
    for (int row = 0; row < claims->count; row++)
        same += same_in_all(merge, csv_field(claims, row, ID), csv_field(claims, row, VERDICT));
    fprintf(merge->to, "<p>%d of %d claims have the same verdict wherever they were tried", same, claims->count);
    for (int row = 0, told = 0; row < claims->count; row++) {
        if (same_in_all(merge, csv_field(claims, row, ID), csv_field(claims, row, VERDICT)))
            continue;
        fputs(told++ ? ", " : "; it depends on the machine for: ", merge->to);
        html_text(merge->to, csv_field(claims, row, CLAIM));
    }
    fputs(".</p>\n", merge->to);
}

void merge_claims(const struct merge *merge)
{
    struct html_head heads[MERGE_MOST + 1] = {{"Claim", ""}};
    int first = first_with_claims(merge);
    if (first < 0)
        return;
    const struct csv *claims = &merge->claims[first];
    for (int run = 0; run < merge->count; run++)
        heads[run + 1] = (struct html_head){merge_letter(run), ""};
    html_section_open(merge->to, "claims", "The folklore");
    tell(merge, claims);
    html_table_open(merge->to, "", "What each run found.", heads, merge->count + 1);
    for (int row = 0; row < claims->count; row++) {
        html_row_open(merge->to, csv_field(claims, row, CLAIM));
        for (int run = 0; run < merge->count; run++) {
            const char *verdict = verdict_of(merge, run, csv_field(claims, row, ID));
            html_cell_words(merge->to, verdict ? verdict : "–");
        }
        html_row_close(merge->to);
    }
    html_table_close(merge->to, "");
    html_section_close(merge->to);
}
