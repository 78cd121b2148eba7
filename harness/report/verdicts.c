#include "harness/report/verdicts.h"
#include "harness/report/csv.h"
#include "harness/stats/signed_rank.h"
#include <math.h>

const char *verdict_word(enum verdict_kind kind)
{
    static const char *const words[] = {"cannot tell", "same", "different"};
    return words[kind];
}

/* -- Words ------------------------------------------------------------------------------------------------------- */

struct text { char is[64]; };

/* From twice on, and from half down, percent are hard to read. */
static bool in_times(double ratio) { return ratio >= 2 || ratio <= 0.5; }

/* How far the ratio is from 1. */
static double percent(double ratio) { return 100 * fabs(ratio - 1); }

/* "4.1", "31"; "0.26", "3.1", "31". */
static int decimals(double number) { return number < 9.95 ? 1 : 0; }
static int decimals_of_times(double ratio) { return ratio < 0.995 ? 2 : decimals(ratio); }

/* "4.1 % less", or "3.1 times as much". */
static struct text amount(double ratio)
{
    struct text text;
    if (in_times(ratio))
        snprintf(text.is, sizeof text.is, "%.*f times as much", decimals_of_times(ratio), ratio);
    else
        snprintf(text.is, sizeof text.is, "%.*f %% %s", decimals(percent(ratio)), percent(ratio),
                 ratio < 1 ? "less" : "more");
    return text;
}

static struct text between(double one, double other, const char *before_to, const char *after)
{
    struct text text;
    snprintf(text.is, sizeof text.is, "%.*f%s to %.*f%s", decimals(one), one, before_to, decimals(other), other, after);
    return text;
}

/* "2.6 to 5.5 %" where the words before say of what; else "2.6 to 5.5 % less", "1.2 % less to 0.8 % more"; or "2.9 to
 * 3.3 times". */
static struct text span(const struct verdict *verdict)
{
    struct text text;
    double low = verdict->low, high = verdict->high;
    bool said = verdict->kind == VERDICT_DIFFERENT;
    if (in_times(verdict->ratio))
        snprintf(text.is, sizeof text.is, "%.*f to %.*f times", decimals_of_times(low), low, decimals_of_times(high),
                 high);
    else if (low > 1)
        text = between(percent(low), percent(high), "", said ? " %" : " % more");
    else if (high < 1)
        text = between(percent(high), percent(low), "", said ? " %" : " % less");
    else
        text = between(percent(low), percent(high), " % less", " % more");
    return text;
}

/* What would tell: another comparison, with more pairs from the beginning. */
static struct text way_out(const struct verdict *verdict)
{
    struct text text;
    int pairs = verdict->pairs + verdict->more_pairs;
    if (pairs > SIGNED_RANK_MOST)
        snprintf(text.is, sizeof text.is, "that would take more than %d pairs, the most there are", SIGNED_RANK_MOST);
    else
        snprintf(text.is, sizeof text.is, "about %d pairs would tell: --pairs %d", pairs, pairs);
    return text;
}

void verdict_sentence(char *text, size_t size, const char *a, const char *b, const struct verdict *verdict)
{
    const char *word = verdict_word(verdict->kind), *what = "CPU per request";
    if (verdict->kind == VERDICT_DIFFERENT)
        snprintf(text, size, "%s: %s uses %s %s %s %s (%s)", word, b, amount(verdict->ratio).is, what,
                 in_times(verdict->ratio) ? "as" : "than", a, span(verdict).is);
    else if (verdict->kind == VERDICT_SAME)
        snprintf(text, size, "%s: %s and %s use the same %s within %.0f %% (%s: %s)", word, a, b, what,
                 100 * verdict_within, b, span(verdict).is);
    else if (isinf(verdict->high) || isinf(verdict->low))
        snprintf(text, size, "%s: %d pairs are too few; %d are the least", word, verdict->pairs,
                 verdict->pairs + verdict->more_pairs);
    else
        snprintf(text, size, "%s: %s may use from %s%s %s %s %s; %s", word, b, span(verdict).is,
                 in_times(verdict->ratio) ? " as much" : "", what, in_times(verdict->ratio) ? "as" : "than", a,
                 way_out(verdict).is);
}

void verdict_cell(char *text, size_t size, const struct verdict *verdict)
{
    const char *word = verdict_word(verdict->kind);
    if (verdict->kind == VERDICT_DIFFERENT)
        snprintf(text, size, "%s: %s (%s)", word, amount(verdict->ratio).is, span(verdict).is);
    else if (isinf(verdict->high) || isinf(verdict->low))
        snprintf(text, size, "%s", word);
    else
        snprintf(text, size, "%s (%s)", word, span(verdict).is);
}

/* -- The file ---------------------------------------------------------------------------------------------------- */

const char verdicts_header[] = "schema,experiment,a,b,parameters,metric,unit,pairs,median_a,median_b,ratio,low,high,"
                               "level,p,verdict,more_pairs,says";

void verdicts_csv_header(FILE *to) { fprintf(to, "%s\n", verdicts_header); }

/* Empty where there is none. */
static struct text decimal(double value)
{
    struct text text = {""};
    if (isfinite(value))
        snprintf(text.is, sizeof text.is, "%.6g", value);
    return text;
}

void verdicts_csv_row(FILE *to, const struct verdicts_place *place, enum pairs_metric metric,
                      const struct judged *judged, const char *none)
{
    const struct verdict *verdict = &judged->verdict;
    char says[VERDICT_WORDS], pairs[16], more[16];
    verdict_cell(says, sizeof says, verdict);
    snprintf(pairs, sizeof pairs, "%d", verdict->pairs);
    snprintf(more, sizeof more, "%d", verdict->more_pairs);
    struct text a = decimal(judged->median[0]), b = decimal(judged->median[1]);
    struct text ratio = decimal(verdict->ratio), low = decimal(verdict->low), high = decimal(verdict->high);
    struct text level = decimal(1 - verdict->alpha), p = decimal(verdict->p);
    bool silent = none && *none;
    const char *word = verdict_word(silent ? VERDICT_CANNOT_TELL : verdict->kind);
    const char *const fields[] = {"1", place->experiment, place->a, place->b, place->parameters,
                                  pairs_names[metric].metric, pairs_names[metric].unit, pairs, a.is, b.is, ratio.is,
                                  low.is, high.is, level.is, p.is, word, more,
                                  silent ? none : says};
    csv_write(to, fields, sizeof fields / sizeof *fields);
}

void verdicts_csv(FILE *to, const struct verdicts_place *place, const struct judged judged[PAIRS_METRICS],
                  const char *none)
{
    for (int metric = 0; metric < PAIRS_METRICS; metric++)
        if (judged[metric].known || (metric == PAIRS_CPU && none && *none))
            verdicts_csv_row(to, place, (enum pairs_metric)metric, &judged[metric], none);
}
