/* The files stay as they were read, rows of text, and each question goes through the rows: a run has some thousand, a
 * page some hundred questions. What a column may hold is checked once, on loading, so that a question need not. */
#define _GNU_SOURCE
#include "harness/report/results.h"
#include "harness/report/models.h"
#include "harness/report/verdicts.h"
#include "harness/stats/median.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char trials_header[] = "schema,experiment,model,round,order,parameters,metric,unit,value";
static const char latency_header[] = "experiment,model,round,parameters,kind,low_ns,high_ns,count";
static const char lt_et_header[] = "scene,model,reads_per_event,wakeups,reads,eagain,bytes_in,bytes_stranded";
static const char battery_header[] =
    "group,scene,variant,model,result,code,line,got,want,ms,message,about,title";
static const char claims_header[] = "id,claim,lab,verdict,saw,depends,try,ms";
static const char claim_figures_header[] = "id,what,value,unit";
static const char lt_et_events_header[] = "scene,kind,client,lt,et";

static bool same(const char *a, const char *b) { return strcmp(a, b) == 0; }

static const char *trial(const struct results *results, int row, enum trials_column column)
{
    return csv_field(&results->trials, row, (int)column);
}

/* The number in a column that was checked on loading. */
static int64_t number(const struct csv *csv, int row, int column)
{
    int64_t value = 0;
    csv_integer(csv_field(csv, row, column), &value);
    return value;
}

/* -- Checks ------------------------------------------------------------------------------------------------------ */

/* Are the columns first..last of all rows whole numbers, none below 0? Returns the row that is not, or -1. */
static int not_a_count(const struct csv *csv, int first, int last, bool or_empty)
{
    for (int row = 0; row < csv->count; row++)
        for (int column = first; column <= last; column++) {
            int64_t value;
            const char *field = csv_field(csv, row, column);
            if ((*field || !or_empty) && (csv_integer(field, &value) < 0 || value < 0))
                return row;
        }
    return -1;
}

/* What is wrong with a row of trials.csv, or NULL. */
static const char *trial_fault(const struct results *results, int row)
{
    enum { ROUND_LAST = 1000000 };
    static const char *const units[] = {"ns", "bytes", "count", NULL};
    const char *unit = trial(results, row, UNIT);
    int64_t value;
    if (!same(trial(results, row, SCHEMA), "1"))
        return "another schema than 1, the one that this iolab reads";
    if (csv_integer(trial(results, row, ROUND), &value) < 0 || value < 0 || value > ROUND_LAST)
        return "the round is not a count";
    if (same(unit, "text"))
        return NULL;
    for (int i = 0; units[i]; i++)
        if (same(unit, units[i]))
            return csv_integer(trial(results, row, VALUE), &value) < 0 ? "the value is not a whole number" : NULL;
    return "the unit is none of ns, bytes, count, text";
}

static int load_trials(struct results *results, const char *path, char *why, size_t why_size)
{
    if (csv_load(&results->trials, path, trials_header, why, why_size) < 0)
        return -1;
    for (int row = 0; row < results->trials.count; row++) {
        const char *fault = trial_fault(results, row);
        if (!fault)
            continue;
        snprintf(why, why_size, "%s:%d: %s", path, results->trials.lines[row], fault);
        return -1;
    }
    if (results->trials.count == 0)
        snprintf(why, why_size, "%s:1: no trials below the header", path);
    return results->trials.count > 0 ? 0 : -1;
}

/* Reads run_dir/name if it is there, and checks that the columns first..last are counts; in lt_et.csv one that could
 * not be counted is empty. */
static int load_optional(const char *run_dir, const char *name, struct csv *csv, const char *header, int first,
                         int last, char *why, size_t why_size)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", run_dir, name);
    if (access(path, F_OK) < 0 && errno == ENOENT)
        return 0;
    if (csv_load(csv, path, header, why, why_size) < 0)
        return -1;
    int row = not_a_count(csv, first, last, header == lt_et_header);
    if (row < 0)
        return 0;
    snprintf(why, why_size, "%s:%d: not a count where one must stand", path, csv->lines[row]);
    return -1;
}

static int load_battery(struct results *results, char *why, size_t why_size)
{
    static const char *const known[] = {"pass", "FAIL", "skip", "n/a", NULL};
    struct csv *csv = &results->battery;
    if (load_optional(results->run_dir, "battery.csv", csv, battery_header, 0, -1, why, why_size) < 0)
        return -1;
    for (int row = 0; row < csv->count; row++) {
        int i = 0;
        while (known[i] && !same(csv_field(csv, row, B_RESULT), known[i]))
            i++;
        if (known[i])
            continue;
        snprintf(why, why_size, "%s/battery.csv:%d: the result is none of pass, FAIL, skip, n/a", results->run_dir,
                 csv->lines[row]);
        return -1;
    }
    return 0;
}

/* models.csv: each figure must have its phases. */
static int load_figures(struct results *results, char *why, size_t why_size)
{
    int fault = 0;
    if (load_optional(results->run_dir, "models.csv", &results->models, figure_header, 0, -1, why, why_size) < 0)
        return -1;
    results->figure_count = figure_read(&results->models, results->figures, &fault);
    if (results->figure_count >= 0)
        return 0;
    snprintf(why, why_size, "%s/models.csv:%d: no step of a figure", results->run_dir, results->models.lines[fault]);
    return -1;
}

/* -- Loading ----------------------------------------------------------------------------------------------------- */

static bool has_model(const struct results *results, const char *name)
{
    for (int i = 0; i < results->model_count; i++)
        if (same(results->model[i], name))
            return true;
    return false;
}

static void add_model(struct results *results, const char *name)
{
    if (results->model_count < MODELS_MOST && !has_model(results, name))
        results->model[results->model_count++] = name;
}

static void find_models(struct results *results)
{
    for (const struct model *model = model_table; *model->name; model++)
        for (int row = 0; row < results->trials.count; row++)
            if (same(trial(results, row, MODEL), model->name))
                add_model(results, model->name);
    for (int row = 0; row < results->trials.count; row++)
        add_model(results, trial(results, row, MODEL));
}

/* Rounds may be numbered from 0 or from 1: what counts is how many there are from the first to the last. */
static void count_rounds(struct results *results)
{
    int64_t least = INT64_MAX, most = 0;
    for (int row = 0; row < results->trials.count; row++) {
        int64_t round = number(&results->trials, row, ROUND);
        least = round < least ? round : least;
        most = round > most ? round : most;
    }
    results->rounds = (int)(most - least + 1);
}

/* NULL, or what is wrong with a row of claims.csv. */
static const char *claim_fault(const struct csv *csv, int row)
{
    static const char *const known[] = {"CONFIRMED", "REFUTED", "DEPENDS", "NOT TRIED", NULL};
    int64_t ms;
    int i = 0;
    while (known[i] && !same(csv_field(csv, row, C_VERDICT), known[i]))
        i++;
    if (!known[i])
        return "the verdict is none of CONFIRMED, REFUTED, DEPENDS, NOT TRIED";
    if (!*csv_field(csv, row, C_ID) || !*csv_field(csv, row, C_CLAIM))
        return "a claim without an id, or without words";
    return csv_integer(csv_field(csv, row, C_MS), &ms) < 0 || ms < 0 ? "the milliseconds are not a count" : NULL;
}

/* NULL, or what is wrong with a row of claim_figures.csv. */
static const char *claim_figure_fault(const struct results *results, int row)
{
    const char *value = csv_field(&results->claim_figures, row, F_VALUE);
    char *end;
    strtod(value, &end);
    if (end == value || *end)
        return "the value is not a number";
    for (int claim = 0; claim < results->claims.count; claim++)
        if (same(csv_field(&results->claim_figures, row, F_ID), csv_field(&results->claims, claim, C_ID)))
            return NULL;
    return "of no claim in claims.csv";
}

static int load_claims(struct results *results, char *why, size_t why_size)
{
    struct csv *claims = &results->claims, *figures = &results->claim_figures;
    const char *fault;
    if (load_optional(results->run_dir, "claims.csv", claims, claims_header, 0, -1, why, why_size) < 0 ||
        load_optional(results->run_dir, "claim_figures.csv", figures, claim_figures_header, 0, -1, why, why_size) < 0)
        return -1;
    for (int row = 0; row < claims->count; row++)
        if ((fault = claim_fault(claims, row))) {
            snprintf(why, why_size, "%s/claims.csv:%d: %s", results->run_dir, claims->lines[row], fault);
            return -1;
        }
    for (int row = 0; row < figures->count; row++)
        if ((fault = claim_figure_fault(results, row))) {
            snprintf(why, why_size, "%s/claim_figures.csv:%d: %s", results->run_dir, figures->lines[row], fault);
            return -1;
        }
    return 0;
}

int results_load(struct results *results, const char *run_dir, char *why, size_t why_size)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/trials.csv", run_dir);
    *results = (struct results){.run_dir = run_dir};
    if (load_trials(results, path, why, why_size) < 0 ||
        load_optional(run_dir, "environment.csv", &results->environment, "key,value", 0, -1, why, why_size) < 0 ||
        load_optional(run_dir, "latency.csv", &results->latency, latency_header, L_LOW_NS, L_COUNT, why, why_size) <
            0 ||
        load_optional(run_dir, "lt_et.csv", &results->lt_et, lt_et_header, WAKEUPS, BYTES_STRANDED, why, why_size) <
            0 ||
        load_optional(run_dir, "lt_et_events.csv", &results->lt_et_events, lt_et_events_header, 0, -1, why, why_size) <
            0 ||
        load_battery(results, why, why_size) < 0 || load_figures(results, why, why_size) < 0 ||
        load_optional(run_dir, "verdicts.csv", &results->verdicts, verdicts_header, 0, -1, why, why_size) < 0 ||
        load_claims(results, why, why_size) < 0) {
        results_free(results);
        return -1;
    }
    find_models(results);
    count_rounds(results);
    return 0;
}

void results_free(struct results *results)
{
    csv_free(&results->environment);
    csv_free(&results->trials);
    csv_free(&results->latency);
    csv_free(&results->lt_et);
    csv_free(&results->battery);
    csv_free(&results->models);
    csv_free(&results->lt_et_events);
    csv_free(&results->verdicts);
    csv_free(&results->claims);
    csv_free(&results->claim_figures);
}

/* -- Points of an experiment ------------------------------------------------------------------------------------- */

int64_t parameter(const char *parameters, const char *key, int64_t missing)
{
    size_t length = strlen(key);
    for (const char *at = parameters; at && *at; at = strchr(at, ' ') ? strchr(at, ' ') + 1 : NULL)
        if (strncmp(at, key, length) == 0 && at[length] == '=')
            return strtoll(at + length + 1, NULL, 10);
    return missing;
}

const char *results_parameters(const struct results *results, const char *experiment)
{
    for (int row = 0; row < results->trials.count; row++)
        if (same(trial(results, row, EXPERIMENT), experiment))
            return trial(results, row, PARAMETERS);
    return NULL;
}

static void add_step(struct step *steps, int *count, const char *parameters)
{
    int64_t idle = parameter(parameters, "idle", -1);
    int i = 0;
    while (i < *count && steps[i].idle < idle)
        i++;
    if (idle < 0 || *count == STEPS_MOST || (i < *count && steps[i].idle == idle))
        return;
    memmove(&steps[i + 1], &steps[i], (size_t)(*count - i) * sizeof *steps);
    steps[i] = (struct step){idle, parameters};
    ++*count;
}

int results_steps(const struct results *results, struct step steps[STEPS_MOST])
{
    int count = 0;
    for (int row = 0; row < results->trials.count; row++)
        if (same(trial(results, row, EXPERIMENT), "idle"))
            add_step(steps, &count, trial(results, row, PARAMETERS));
    return count;
}

/* -- Values ------------------------------------------------------------------------------------------------------ */

static bool at_spot(const struct results *results, int row, const struct spot *spot)
{
    return same(trial(results, row, EXPERIMENT), spot->experiment) && same(trial(results, row, MODEL), spot->model) &&
           same(trial(results, row, PARAMETERS), spot->parameters);
}

double results_in_round(const struct results *results, const struct spot *spot, const char *metric, int round)
{
    for (int row = 0; row < results->trials.count; row++)
        if (number(&results->trials, row, ROUND) == round && same(trial(results, row, METRIC), metric) &&
            at_spot(results, row, spot))
            return (double)number(&results->trials, row, VALUE);
    return NAN;
}

/* The metric in the same round as row, or NAN. */
static double in_round_of(const struct results *results, int row, const struct spot *spot, const char *metric)
{
    for (int other = 0; other < results->trials.count; other++)
        if (same(trial(results, other, METRIC), metric) && at_spot(results, other, spot) &&
            same(trial(results, other, ROUND), trial(results, row, ROUND)))
            return (double)number(&results->trials, other, VALUE);
    return NAN;
}

double results_ratio(const struct results *results, const struct spot *spot, const char *metric, const char *divisor)
{
    enum { ROUNDS_MOST = 1024 };
    double values[ROUNDS_MOST];
    int count = 0;
    for (int row = 0; row < results->trials.count && count < ROUNDS_MOST; row++) {
        if (!same(trial(results, row, METRIC), metric) || !at_spot(results, row, spot))
            continue;
        double value = (double)number(&results->trials, row, VALUE);
        double by = divisor ? in_round_of(results, row, spot, divisor) : 1;
        if (by > 0)
            values[count++] = value / by;
    }
    return median(values, count);
}

double results_value(const struct results *results, const struct spot *spot, const char *metric)
{
    return results_ratio(results, spot, metric, NULL);
}

double results_along(const struct results *results, const char *experiment, const char *model, const char *key,
                     int64_t value, const char *metric, const char *divisor)
{
    enum { VALUES_MOST = 64 };
    double values[VALUES_MOST];
    int count = 0;
    for (int row = 0; row < results->trials.count && count < VALUES_MOST; row++) {
        struct spot spot = {experiment, model, trial(results, row, PARAMETERS)};
        if (!same(trial(results, row, METRIC), metric) || !at_spot(results, row, &spot) ||
            parameter(spot.parameters, key, -1) != value)
            continue;
        double by = divisor ? in_round_of(results, row, &spot, divisor) : 1;
        if (by > 0)
            values[count++] = (double)number(&results->trials, row, VALUE) / by;
    }
    return median(values, count);
}

/* A round of which only a bound is known may in truth stand anywhere behind it: the median is known where that makes no
 * difference. */
struct response results_response(const struct results *results, const char *experiment, const char *model,
                                 const char *key, int64_t value, const char *quantile)
{
    enum { VALUES_MOST = 64 };
    double least[VALUES_MOST], most[VALUES_MOST];
    char known[64], bound[64];
    int count = 0;
    snprintf(known, sizeof known, "response_%s", quantile);
    snprintf(bound, sizeof bound, "response_%s_above", quantile);
    for (int row = 0; row < results->trials.count && count < VALUES_MOST; row++) {
        bool above = same(trial(results, row, METRIC), bound);
        if ((!above && !same(trial(results, row, METRIC), known)) ||
            !same(trial(results, row, EXPERIMENT), experiment) || !same(trial(results, row, MODEL), model) ||
            parameter(trial(results, row, PARAMETERS), key, -1) != value)
            continue;
        least[count] = (double)number(&results->trials, row, VALUE);
        most[count] = above ? INFINITY : least[count];
        count++;
    }
    double ns = median(least, count);
    return (struct response){ns, count > 0 && median(most, count) > ns};
}

int results_axis(const struct results *results, const char *experiment, const char *key, int64_t values[STEPS_MOST])
{
    int count = 0;
    for (int row = 0; row < results->trials.count; row++) {
        int64_t own = parameter(trial(results, row, PARAMETERS), key, -1);
        int i = 0;
        while (i < count && values[i] < own)
            i++;
        if (!same(trial(results, row, EXPERIMENT), experiment) || own < 0 || count == STEPS_MOST ||
            (i < count && values[i] == own))
            continue;
        memmove(&values[i + 1], &values[i], (size_t)(count++ - i) * sizeof *values);
        values[i] = own;
    }
    return count;
}

double results_cpu_us(const struct results *results, const struct spot *spot)
{
    return results_ratio(results, spot, "server_cpu", "requests") / 1000;
}

double results_idle_bytes(const struct results *results, const struct spot *spot)
{
    double grown = results_ratio(results, spot, "rss_idle", "idle_served") -
                   results_ratio(results, spot, "rss_start", "idle_served");
    return grown < 0 ? 0 : grown;
}

bool results_made(const struct results *results, const char *experiment, const char *model)
{
    for (int row = 0; row < results->trials.count; row++)
        if (same(trial(results, row, EXPERIMENT), experiment) && same(trial(results, row, MODEL), model))
            return true;
    return false;
}

static bool served_in_every_round(const struct results *results, const struct spot *spot, const char *served,
                                  const char *total)
{
    for (int row = 0; row < results->trials.count; row++)
        if (same(trial(results, row, METRIC), served) && at_spot(results, row, spot) &&
            (double)number(&results->trials, row, VALUE) < in_round_of(results, row, spot, total))
            return false;
    return true;
}

bool results_served_all(const struct results *results, const struct spot *spot)
{
    return served_in_every_round(results, spot, "served", "total") &&
           served_in_every_round(results, spot, "idle_served", "idle_total");
}

bool results_kept_up(const struct results *results, const struct spot *spot)
{
    double rate = (double)parameter(spot->parameters, "rate", 0);
    double gap_ns = (double)parameter(spot->parameters, "connections", 0) / rate * 1e9;
    const char *key = parameter(spot->parameters, "idle", -1) < 0 ? "rate" : "idle";
    struct response p50 = results_response(results, spot->experiment, spot->model, key,
                                           parameter(spot->parameters, key, -1), "p50");
    bool late = p50.above || (rate > 0 && p50.ns > gap_ns);
    return results_served_all(results, spot) && !late;
}

/* -- Texts ------------------------------------------------------------------------------------------------------- */

static bool told_before(const struct results *results, int row, const struct spot *spot)
{
    for (int other = 0; other < row; other++)
        if (at_spot(results, other, spot) && same(trial(results, other, METRIC), trial(results, row, METRIC)) &&
            same(trial(results, other, VALUE), trial(results, row, VALUE)))
            return true;
    return false;
}

const char *results_text(const struct results *results, const struct spot *spot, const char *metric, int index)
{
    for (int row = 0; row < results->trials.count; row++)
        if (same(trial(results, row, METRIC), metric) && at_spot(results, row, spot) &&
            !told_before(results, row, spot) && index-- == 0)
            return trial(results, row, VALUE);
    return NULL;
}

bool results_often(const struct results *results, const struct spot *spot, const char *metric, const char *text)
{
    int trials = 0, told = 0;
    for (int row = 0; row < results->trials.count; row++) {
        if (!at_spot(results, row, spot))
            continue;
        trials += same(trial(results, row, METRIC), "total");
        told += same(trial(results, row, METRIC), metric) && same(trial(results, row, VALUE), text);
    }
    return 2 * told >= trials;
}

const char *results_cannot(const struct results *results, const char *model)
{
    for (int row = 0; row < results->trials.count; row++)
        if (same(trial(results, row, METRIC), "cannot") && same(trial(results, row, MODEL), model))
            return trial(results, row, VALUE);
    return NULL;
}

bool results_of_http(const struct results *results)
{
    return strstr(trial(results, 0, PARAMETERS), "service=http");
}

const char *results_setting(const struct results *results, const char *key)
{
    for (int row = 0; row < results->environment.count; row++)
        if (same(csv_field(&results->environment, row, 0), key))
            return csv_field(&results->environment, row, 1);
    return NULL;
}

double results_busy_share(const struct results *results)
{
    int busy = 0, all = 0;
    const char *noise = results_setting(results, "noise");
    return noise && sscanf(noise, "%d of %d", &busy, &all) == 2 && all > 0 ? (double)busy / all : 0;
}

/* -- Percentiles ------------------------------------------------------------------------------------------------- */

struct bucket {
    int64_t middle_ns, count;
};

static int by_time(const void *a, const void *b)
{
    const struct bucket *left = a, *right = b;
    return (left->middle_ns > right->middle_ns) - (left->middle_ns < right->middle_ns);
}

static struct bucket bucket_in(const struct csv *csv, int row)
{
    int64_t low_ns = number(csv, row, L_LOW_NS);
    return (struct bucket){low_ns + (number(csv, row, L_HIGH_NS) - low_ns) / 2, number(csv, row, L_COUNT)};
}

/* The spot's buckets of all rounds, sorted; the caller frees them. */
static struct bucket *buckets_of(const struct results *results, const struct spot *spot, int *count)
{
    const struct csv *csv = &results->latency;
    struct bucket *buckets = calloc((size_t)csv->count + 1, sizeof *buckets);
    *count = 0;
    for (int row = 0; buckets && row < csv->count; row++)
        if (same(csv_field(csv, row, L_EXPERIMENT), spot->experiment) &&
            same(csv_field(csv, row, L_MODEL), spot->model) &&
            same(csv_field(csv, row, L_PARAMETERS), spot->parameters) && same(csv_field(csv, row, L_KIND), "response"))
            buckets[(*count)++] = bucket_in(csv, row);
    if (buckets)
        qsort(buckets, (size_t)*count, sizeof *buckets, by_time);
    return buckets;
}

static double sum_over_rounds(const struct results *results, const struct spot *spot, const char *metric)
{
    double sum = 0;
    for (int row = 0; row < results->trials.count; row++)
        if (same(trial(results, row, METRIC), metric) && at_spot(results, row, spot))
            sum += (double)number(&results->trials, row, VALUE);
    return sum;
}

/* The i-th place on the axis of 1/(1-p): the percentiles that are told in tables, each of them exactly, and some
 * between them. 0: there is none. */
static double inverse_at(int i)
{
    static const struct { double from, to; int steps; } parts[] = {
        {2, 4, 6}, {4, 10, 8}, {10, 20, 6}, {20, 100, 14}, {100, 1000, 20}, {1000, 1000, 1}};
    for (size_t part = 0; part < sizeof parts / sizeof *parts; i -= parts[part++].steps)
        if (i < parts[part].steps)
            return parts[part].from * pow(parts[part].to / parts[part].from, (double)i / parts[part].steps);
    return 0;
}

/* The rank is among the requests that were due in the window: answers that came in it may be of requests that were due
 * before. Those that were never answered count as slower than all others, whether or not the histogram holds them. */
int results_curve(const struct results *results, const struct spot *spot, struct curve_point *points, int most)
{
    int buckets, made = 0, at = 0;
    double unanswered = sum_over_rounds(results, spot, "unfinished"), held = 0, below = 0, inverse;
    struct bucket *bucket = buckets_of(results, spot, &buckets);
    for (int i = 0; i < buckets; i++)
        held += (double)bucket[i].count;
    double all = fmax(held, sum_over_rounds(results, spot, "offered"));
    while (made < most && (inverse = inverse_at(made)) > 0) {
        double rank = all * (1 - 1 / inverse) - 1e-6;   /* what is whole but for rounding is whole */
        if (all - rank < 10 || rank > all - unanswered)
            break;
        while (at < buckets && below + (double)bucket[at].count < rank)
            below += (double)bucket[at++].count;
        if (at == buckets)
            break;
        points[made++] = (struct curve_point){inverse, (double)bucket[at].middle_ns / 1000};
    }
    free(bucket);
    return made;
}
