/* Per metric: what holds on all of them, what depends on the machine, and the table. A difference is said to hold if it
 * is there in each of the runs by itself: by their verdicts where there are some, else if it is a factor of 1.5 or
 * more, for trials of the same server differ by a sixth; to depend on the machine, if two runs say the opposite, and
 * each of them by a factor of two or more. */
#define _GNU_SOURCE
#include "harness/report/merge_place.h"
#include "harness/report/verdicts.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct metric {
    const char *id, *heading, *unit;
    const char *needs, *need;       /* "poll needs ... than fork", "poll and select need"; NULL: nothing is said */
    double (*of)(const struct results *, const struct spot *);
    struct words (*words)(double);
    bool timed, judged;             /* judged: verdicts.csv has its verdicts */
};

/* One metric at one place; and the runs of which something may be said. */
struct column_set { const struct merge *merge; const struct metric *metric; struct place place; };

enum order { LESS = -1, ALIKE, MORE, UNKNOWN };

static struct spot spot_of(const struct column_set *set, int run, const char *model)
{
    return (struct spot){set->place.experiment, model, set->place.parameters[run]};
}

static bool counts(const struct column_set *set, int run)
{
    return set->place.parameters[run] && !(set->metric->timed && merge_busy(set->merge, run));
}

static int counting(const struct column_set *set)
{
    int count = 0;
    for (int run = 0; run < set->merge->count; run++)
        count += counts(set, run);
    return count;
}

/* "on all 3 machines", "on A and C" */
static struct words on_whom(const struct column_set *set)
{
    const char *letters[MERGE_MOST];
    struct words words;
    int count = 0;
    for (int run = 0; run < set->merge->count; run++)
        if (counts(set, run))
            letters[count++] = merge_letter(run);
    if (count == set->merge->count)
        return merge_on_all(set->merge);
    snprintf(words.text, sizeof words.text, "%s %.200s", merge_on(set->merge), words_list(letters, count).text);
    return words;
}

/* -- Two models in one run --------------------------------------------------------------------------------------- */

/* NAN also of who did not do the same work as the others. */
static double value_of(const struct column_set *set, int run, const char *model)
{
    struct spot spot = spot_of(set, run, model);
    const struct results *results = &set->merge->runs[run];
    bool sound = set->metric->judged ? results_kept_up(results, &spot) : results_served_all(results, &spot);
    return sound ? set->metric->of(results, &spot) : NAN;
}

/* What the run's own verdict says; UNKNOWN: it has none. */
static enum order verdict_between(const struct column_set *set, int run, const char *a, const char *b)
{
    const struct csv *verdicts = &set->merge->runs[run].verdicts;
    for (int row = 0; row < verdicts->count; row++) {
        const char *one = csv_field(verdicts, row, V_A), *other = csv_field(verdicts, row, V_B);
        bool turned = strcmp(one, b) == 0 && strcmp(other, a) == 0;
        if (strcmp(csv_field(verdicts, row, V_EXPERIMENT), "bench") != 0 ||
            (!turned && (strcmp(one, a) != 0 || strcmp(other, b) != 0)))
            continue;
        if (strcmp(csv_field(verdicts, row, V_VERDICT), verdict_word(VERDICT_DIFFERENT)) != 0)
            return ALIKE;
        return (strtod(csv_field(verdicts, row, V_RATIO), NULL) < 1) != turned ? MORE : LESS;
    }
    return UNKNOWN;
}

/* One round of each, and many questions: half as much again may be told. Where runs contradict each other, that may be
 * chance, too: then twice. */
static bool alike(double a, double b, bool contradicted)
{
    return fmax(a, b) < (contradicted ? 2 : 1.5) * fmin(a, b);
}

/* Of a: does it need more than b? contradicted: another run says otherwise. */
static enum order order_of(const struct column_set *set, int run, const char *a, const char *b, bool contradicted)
{
    if (set->metric->judged && set->merge->runs[run].verdicts.count > 0)
        return verdict_between(set, run, a, b);
    double of_a = value_of(set, run, a), of_b = value_of(set, run, b);
    if (isnan(of_a) || isnan(of_b))
        return UNKNOWN;
    if (alike(of_a, of_b, contradicted))
        return ALIKE;
    return of_a > of_b ? MORE : LESS;
}

/* -- What holds on all ------------------------------------------------------------------------------------------- */

static bool more_in_all(const struct column_set *set, const char *a, const char *b)
{
    for (int run = 0; run < set->merge->count; run++)
        if (counts(set, run) && order_of(set, run, a, b, false) != MORE)
            return false;
    return true;
}

/* A bit for each model that needs less in all. */
static unsigned less_than(const struct column_set *set, int model)
{
    unsigned bits = 0;
    for (int i = 0; i < set->merge->model_count; i++)
        if (i != model && more_in_all(set, set->merge->models[model], set->merge->models[i]))
            bits |= 1u << i;
    return bits;
}

static struct words names(const struct merge *merge, unsigned bits, int *count)
{
    const char *list[MODELS_MOST];
    *count = 0;
    for (int i = 0; i < merge->model_count; i++)
        if (bits & 1u << i)
            list[(*count)++] = merge->models[i];
    return words_list(list, *count);
}

static void say_where(const struct column_set *set)
{
    int run = 0;
    while (!set->place.parameters[run])
        run++;
    int64_t rate = parameter(set->place.parameters[run], "rate", 0);
    if (set->place.silent > 0)
        tell_format(set->merge->tell, " with %s silent clients", words_count((double)set->place.silent).text);
    else if (rate > 0)
        tell_format(set->merge->tell, " at %s requests a second", words_count((double)rate).text);
}

/* Those that need more than the same others share a sentence. Returns how many there are. */
static int tell_what_holds(const struct column_set *set)
{
    const struct merge *merge = set->merge;
    unsigned less[MODELS_MOST], told = 0;
    int sentences = 0, count, others;
    for (int i = 0; i < merge->model_count; i++)
        less[i] = less_than(set, i);
    for (int i = 0; i < merge->model_count; i++) {
        unsigned same = 0;
        for (int k = i; k < merge->model_count; k++)
            same |= less[k] == less[i] ? 1u << k : 0;
        if (less[i] == 0 || told & 1u << i)
            continue;
        told |= same;
        struct words on = on_whom(set);
        on.text[0] = (char)(on.text[0] - 'a' + 'A');
        tell_item_open(merge->tell, "");
        tell_format(merge->tell, "%s ", on.text);
        tell_name(merge->tell, names(merge, same, &count).text);
        tell_format(merge->tell, " %s", count == 1 ? set->metric->needs : set->metric->need);
        say_where(set);
        tell_format(merge->tell, " than %s.", names(merge, less[i], &others).text);
        tell_item_close(merge->tell);
        sentences++;
    }
    return sentences;
}

/* -- What depends on the machine --------------------------------------------------------------------------------- */

/* The letters of the runs where a against b is in this order. */
static struct words where(const struct column_set *set, const char *a, const char *b, enum order order, int *count)
{
    const char *letters[MERGE_MOST];
    *count = 0;
    for (int run = 0; run < set->merge->count; run++)
        if (counts(set, run) && order_of(set, run, a, b, true) == order)
            letters[(*count)++] = merge_letter(run);
    return words_list(letters, *count);
}

static void tell_what_depends(const struct column_set *set)
{
    const struct merge *merge = set->merge;
    const char *on_what = merge_each_has_its_own(merge) ? "Depends on the machine" : "Depends on the run";
    for (int i = 0; i < merge->model_count; i++)
        for (int k = i + 1; k < merge->model_count; k++) {
            const char *a = merge->models[i], *b = merge->models[k];
            int more_count, less_count;
            struct words more = where(set, a, b, MORE, &more_count), less = where(set, a, b, LESS, &less_count);
            if (more_count == 0 || less_count == 0)
                continue;
            tell_item_open(merge->tell, "");
            tell_format(merge->tell, "%s: %s %s", on_what, a, set->metric->needs);
            say_where(set);
            tell_format(merge->tell, " than %s %s %s, and the other way round %s %s.", b, merge_on(merge), more.text,
                        merge_on(merge), less.text);
            tell_item_close(merge->tell);
        }
}

/* -- The table --------------------------------------------------------------------------------------------------- */

static void cell(const struct column_set *set, int run, const char *model)
{
    const struct results *results = &set->merge->runs[run];
    struct spot spot = spot_of(set, run, model);
    char text[300] = "–";
    bool made = set->place.parameters[run] && results_made(results, set->place.experiment, model);
    double value = made ? set->metric->of(results, &spot) : NAN;
    if (results_cannot(results, model))
        snprintf(text, sizeof text, "cannot run");
    else if (made && !results_served_all(results, &spot))
        snprintf(text, sizeof text, "serves %.40s of %.40s",
                 words_count(results_value(results, &spot, "served") +
                             fmax(0, results_value(results, &spot, "idle_served"))).text,
                 words_count(results_value(results, &spot, "total") +
                             fmax(0, results_value(results, &spot, "idle_total"))).text);
    else if (!isnan(value))
        snprintf(text, sizeof text, "%.60s%s", set->metric->words(value).text,
                 set->metric->judged && !results_kept_up(results, &spot) ? ", fell behind" : "");
    else if (made)
        snprintf(text, sizeof text, isnan(results_value(results, &spot, "total")) ? "not tried" : "no numbers");
    tell_cell(set->merge->tell, text);
}

static void table(const struct column_set *set)
{
    const struct merge *merge = set->merge;
    struct html_head heads[MERGE_MOST + 1] = {{"Model", ""}};
    char caption[300];
    for (int run = 0; run < merge->count; run++)
        heads[run + 1] = (struct html_head){merge_letter(run), set->metric->unit};
    for (int run = merge->count - 1; run >= 0; run--)
        if (set->place.parameters[run])
            snprintf(caption, sizeof caption, "%.80s; asked for: %.180s", set->metric->heading,
                     set->place.parameters[run]);
    tell_table_open(merge->tell, "", caption, heads, merge->count + 1);
    for (int i = 0; i < merge->model_count; i++) {
        tell_row_open(merge->tell, merge->models[i]);
        for (int run = 0; run < merge->count; run++)
            cell(set, run, merge->models[i]);
        tell_row_close(merge->tell);
    }
    tell_table_close(merge->tell, "");
}

/* -- The sections ------------------------------------------------------------------------------------------------ */

static double per_s(const struct results *results, const struct spot *spot)
{
    return results_ratio(results, spot, "requests", "window") * 1e9;
}

static double p99_us(const struct results *results, const struct spot *spot)
{
    int64_t rate = parameter(spot->parameters, "rate", 0);
    struct response found = results_response(results, spot->experiment, spot->model, "rate", rate, "p99");
    return found.above ? NAN : found.ns / 1000;
}

static void tell_item(struct tell *tell, const char *text)
{
    tell_item_open(tell, "");
    tell_words(tell, text);
    tell_item_close(tell);
}

static void tell_findings(const struct column_set *set)
{
    struct tell *tell = set->merge->tell;
    char nothing[320];
    if (!set->metric->needs)
        return;
    tell_list_open(tell, "plain");
    snprintf(nothing, sizeof nothing, "No difference of half as much or more holds %s.", on_whom(set).text);
    if (counting(set) < MERGE_LEAST)
        tell_item(tell, "Nothing is said of it: fewer than two runs found their machine at rest.");
    else if (tell_what_holds(set) == 0)
        tell_item(tell, nothing);
    if (counting(set) >= MERGE_LEAST)
        tell_what_depends(set);
    tell_list_close(tell);
}

static void section(const struct merge *merge, const struct metric *metric, struct place place)
{
    const struct column_set set = {merge, metric, place};
    tell_section_open(merge->tell, metric->id, metric->heading);
    if (*place.why) {
        tell_paragraph_open(merge->tell, "");
        tell_format(merge->tell, "Left out: %s.", place.why);
        tell_paragraph_close(merge->tell);
    } else {
        tell_findings(&set);
        table(&set);
    }
    tell_section_close(merge->tell);
}

void merge_metrics(const struct merge *merge)
{
    static const struct metric silent = {"silent", "CPU per request with silent clients", "µs",
                                         "needs more CPU for a request", "need more CPU for a request",
                                         results_cpu_us, words_decimal, true, false};
    static const struct metric rate = {"rate", "CPU per request at one rate", "µs", "needs more CPU for a request",
                                       "need more CPU for a request", results_cpu_us, words_decimal, true, true};
    static const struct metric memory = {"memory", "Memory of a silent connection", "",
                                         "holds more memory for a client", "hold more memory for a client",
                                         results_idle_bytes, words_bytes, false, false};
    static const struct metric closed = {"closed", "As fast as it goes, at least", "requests/s", NULL, NULL, per_s,
                                         words_rate, true, false};     /* the driver's figure as much as the server's */
    static const struct metric late = {"p99", "Response time, 99 of 100", "µs", NULL, NULL, p99_us, words_count, true,
                                       true};
    section(merge, &silent, place_with_silent(merge, INT64_MAX));
    section(merge, &rate, place_of(merge, "rate"));
    section(merge, &memory, place_with_silent(merge, 1000));
    section(merge, &closed, place_of(merge, "closed"));
    section(merge, &late, place_of(merge, "rate"));
}
