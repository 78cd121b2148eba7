/* What came of the claims: as sentences for a reader, and as CSV. */
#include "harness/cmd/claims.h"
#include "harness/figure/wrap.h"
#include "harness/report/csv.h"
#include <string.h>

enum { WIDTH = 80, INDENT = 11, WORDS = 1200 };

/* -- The answer -------------------------------------------------------------------------------------------------- */

static int count_of(const struct claims *claims, enum claim_verdict verdict)
{
    int count = 0;
    for (int i = 0; i < claims->count; i++)
        count += claims->entries[i].done && claims->entries[i].found.verdict == verdict;
    return count;
}

static void tell_answer(const struct claims *claims, FILE *to)
{
    int depend = count_of(claims, CLAIM_DEPENDS), done = 0;
    const struct { int count; const char *word; } parts[] = {
        {count_of(claims, CLAIM_CONFIRMED), "confirmed"}, {count_of(claims, CLAIM_REFUTED), "refuted"},
        {depend, depend == 1 ? "depends" : "depend"}, {count_of(claims, CLAIM_NOT_TRIED), "not tried"}};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        done += parts[i].count;
    if (claims->interrupted)
        fprintf(to, "Interrupted: %d of ", done);
    fprintf(to, "%d claim%s", claims->count, claims->count == 1 ? "" : "s");
    const char *before = ": ";
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (parts[i].count > 0) {
            fprintf(to, "%s%d %s", before, parts[i].count, parts[i].word);
            before = ", ";
        }
    fprintf(to, " (this machine, %.0f s)\n", claims->took_s);
}

/* -- Claim by claim ---------------------------------------------------------------------------------------------- */

static void tell_line(const char *label, const char *text, FILE *to)
{
    char line[WORDS];
    fprintf(to, "%*s", INDENT, "");
    snprintf(line, sizeof line, "%s%s", label, text);
    wrap_print(to, line, INDENT, INDENT, WIDTH);
}

static void tell_one(const struct claim *claim, const struct claim_found *found, FILE *to)
{
    char line[WORDS];
    fprintf(to, "%-*s", INDENT, claim_verdict_name(found->verdict));
    snprintf(line, sizeof line, "%s: %s", claim->id, claim->claim);
    wrap_print(to, line, INDENT, INDENT, WIDTH);
    tell_line("", found->verdict == CLAIM_NOT_TRIED ? found->why_not : found->saw, to);
    if (found->verdict == CLAIM_DEPENDS)
        tell_line("it depends: ", found->depends, to);
    tell_line("see it: ", claim->try, to);
}

/* The first lab behind `last`, in the order of their names, of which a claim was tried; NULL: none. */
static const char *next_lab(const struct claims *claims, const char *last)
{
    const char *next = NULL;
    for (int i = 0; i < claims->count; i++) {
        const char *lab = claims->list[i]->lab;
        if (claims->entries[i].done && strcmp(lab, last) > 0 && (!next || strcmp(lab, next) < 0))
            next = lab;
    }
    return next;
}

void claims_tell(const struct claims *claims, FILE *to)
{
    tell_answer(claims, to);
    for (const char *lab = ""; (lab = next_lab(claims, lab));) {
        fprintf(to, "\n%s\n", lab);
        for (int i = 0; i < claims->count; i++)
            if (claims->entries[i].done && strcmp(claims->list[i]->lab, lab) == 0)
                tell_one(claims->list[i], &claims->entries[i].found, to);
    }
}

/* -- CSV --------------------------------------------------------------------------------------------------------- */

void claims_print_csv(const struct claims *claims, FILE *to)
{
    enum { FIELDS = 8 };
    char ms[32];
    fputs(CLAIMS_HEADER, to);
    for (int i = 0; i < claims->count; i++) {
        const struct claims_entry *entry = &claims->entries[i];
        const struct claim *claim = claims->list[i];
        const struct claim_found *found = &entry->found;
        const char *saw = found->verdict == CLAIM_NOT_TRIED ? found->why_not : found->saw;
        const char *const fields[FIELDS] = {claim->id, claim->claim, claim->lab, claim_verdict_name(found->verdict),
                                            saw, found->depends, claim->try, ms};
        snprintf(ms, sizeof ms, "%.0f", entry->ms);
        if (entry->done)
            csv_write(to, fields, FIELDS);
    }
}

static void print_figures_of(const struct claim *claim, const struct claim_found *found, FILE *to)
{
    char value[32];
    for (int i = 0; i < found->figure_count; i++) {
        const struct claim_figure *figure = &found->figures[i];
        const char *const fields[] = {claim->id, figure->what, value, figure->unit};
        snprintf(value, sizeof value, "%.10g", figure->value);
        csv_write(to, fields, sizeof fields / sizeof *fields);
    }
}

void claims_print_figures(const struct claims *claims, FILE *to)
{
    fputs(CLAIMS_FIGURES_HEADER, to);
    for (int i = 0; i < claims->count; i++)
        if (claims->entries[i].done)
            print_figures_of(claims->list[i], &claims->entries[i].found, to);
}
