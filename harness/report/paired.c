#define _GNU_SOURCE
#include "harness/report/paired.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char experiment[] = "compare", sends_late[] = "limited by the driver: it sent late";

static const char *cell(const struct paired *paired, int row, enum trials_column column)
{
    return csv_field(&paired->results.trials, row, (int)column);
}

/* -- Rows become pairs ------------------------------------------------------------------------------------------- */

/* 0 or 1: the side that the row is of; -1: it is of no pair. */
static int side_of(const struct paired *paired, int row)
{
    const char *parameters = cell(paired, row, PARAMETERS);
    if (strcmp(cell(paired, row, EXPERIMENT), experiment) != 0 || strncmp(parameters, "side=", 5) != 0)
        return -1;
    return parameters[5] == 'A' ? 0 : parameters[5] == 'B' ? 1 : -1;
}

struct told {
    bool there, failed, starved, late;
    double requests, cpu, switches, served, total, of[PAIRS_METRICS];
    int64_t order;              /* of all trials, as they ran */
};

static void take(struct told *told, const char *metric, const char *text)
{
    const struct { const char *metric; double *value; } places[] = {
        {"requests", &told->requests},         {"server_cpu", &told->cpu},
        {"response_p50", &told->of[PAIRS_P50]}, {"response_p99", &told->of[PAIRS_P99]},
        {"switches_voluntary", &told->switches}, {"rss_idle", &told->of[PAIRS_MEMORY]},
        {"served", &told->served},             {"total", &told->total}};
    int64_t value;
    told->there = true;
    if (strcmp(metric, "failed") == 0)
        *(strncmp(text, "starved", strlen("starved")) == 0 ? &told->starved : &told->failed) = true;
    told->late |= strcmp(metric, "note") == 0 && strncmp(text, sends_late, strlen(sends_late)) == 0;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (strcmp(places[i].metric, metric) == 0 && csv_integer(text, &value) == 0)
            *places[i].value = (double)value;
}

static struct told told_by(const struct paired *paired, const char *round, int side)
{
    struct told told = {.requests = NAN, .cpu = NAN, .switches = NAN};
    for (int metric = 0; metric < PAIRS_METRICS; metric++)
        told.of[metric] = NAN;
    for (int row = 0; row < paired->results.trials.count; row++)
        if (side_of(paired, row) == side && strcmp(cell(paired, row, ROUND), round) == 0) {
            csv_integer(cell(paired, row, ORDER), &told.order);
            take(&told, cell(paired, row, METRIC), cell(paired, row, VALUE));
        }
    told.of[PAIRS_CPU] = told.cpu / told.requests;
    told.of[PAIRS_SWITCHES] = told.switches / told.requests;
    return told;
}

static bool is_sound(const struct told *told)
{
    bool gave_figures = told->there && !told->failed && !told->starved;
    return gave_figures && told->served >= told->total && told->requests > 0 && told->cpu > 0;
}

/* Where half of the answers never came, the median is above all that is known. */
static bool fell_behind(const struct paired *paired, const struct told *told)
{
    double connections = (double)parameter(paired->parameters, "connections", 0);
    double rate = (double)parameter(paired->parameters, "rate", 0);
    return isnan(told->of[PAIRS_P50]) || pairs_behind(told->of[PAIRS_P50], connections, rate);
}

/* A pair counts if both of its trials gave figures. */
static void add_pair(struct paired *paired, const char *round)
{
    const struct told told[2] = {told_by(paired, round, 0), told_by(paired, round, 1)};
    bool sound = is_sound(&told[0]) && is_sound(&told[1]);
    paired->failed += told[0].failed + told[1].failed;
    if (!sound || paired->count == SIGNED_RANK_MOST)
        return;
    paired->first[paired->count] = told[1].order < told[0].order;
    struct pair *pair = &paired->pairs[paired->count++];
    for (int side = 0; side < 2; side++) {
        memcpy(pair->of[side], told[side].of, sizeof told[side].of);
        pair->behind[side] = fell_behind(paired, &told[side]);
        pair->late[side] = told[side].late;
    }
}

/* NULL, or why the row cannot belong to one comparison with those before it. */
static const char *strange(struct paired *paired, int row)
{
    int side = side_of(paired, row);
    const char *name = cell(paired, row, MODEL), *parameters = strchr(cell(paired, row, PARAMETERS), ' ');
    if (side < 0)
        return NULL;
    if (!parameters)
        return "no parameters behind the side";
    if (paired->names[side] && strcmp(paired->names[side], name) != 0)
        return "another server than before on this side: two comparisons in one file";
    if (paired->parameters && strcmp(paired->parameters, parameters + 1) != 0)
        return "other parameters than before: two comparisons in one file";
    paired->names[side] = name;
    paired->parameters = parameters + 1;
    return NULL;
}

static int find_pairs(struct paired *paired, const char *run_dir, char *why, size_t why_size)
{
    const char *last = "";
    for (int row = 0; row < paired->results.trials.count; row++) {
        const char *fault = strange(paired, row);
        if (fault) {
            snprintf(why, why_size, "%s/trials.csv:%d: %s", run_dir, paired->results.trials.lines[row], fault);
            return -1;
        }
        if (side_of(paired, row) < 0 || strcmp(cell(paired, row, ROUND), last) == 0)
            continue;
        last = cell(paired, row, ROUND);
        add_pair(paired, last);
    }
    if (!paired->names[0] || !paired->names[1]) {
        snprintf(why, why_size, "%s/trials.csv: no pairs of trials: not made by `iolab compare`", run_dir);
        return -1;
    }
    return 0;
}

int paired_find(struct paired *paired, const struct results *results, char *why, size_t why_size)
{
    const char *looks = results_setting(results, "looks"), *wanted = results_setting(results, "pairs");
    *paired = (struct paired){.results = *results};
    paired->alpha = looks && strcmp(looks, "yes") == 0 ? verdict_alpha_a_look : verdict_alpha_once;
    if (find_pairs(paired, results->run_dir, why, why_size) < 0)
        return -1;
    paired->too_often = pairs_too_often(paired->failed, wanted ? atoi(wanted) : paired->count);
    return 0;
}

int paired_load(struct paired *paired, const char *run_dir, char *why, size_t why_size)
{
    static struct results results;
    if (results_load(&results, run_dir, why, why_size) < 0)
        return -1;
    if (paired_find(paired, &results, why, why_size) == 0)
        return 0;
    results_free(&results);
    *paired = (struct paired){0};       /* which looked into them, and is freed by its owner */
    return -1;
}

void paired_silent(const struct paired *paired, const struct pairs_told *told, char *none, size_t size)
{
    none[0] = '\0';
    if (paired->count == 0)
        snprintf(none, size, "no pair is complete");
    else if (paired->too_often)
        snprintf(none, size, "%d trials failed", paired->failed);
    else if (told->fell_behind >= 0)
        snprintf(none, size, "%s fell behind the rate in %d of %d trials", paired->names[told->fell_behind],
                 told->behind[told->fell_behind], told->pairs);
}

void paired_free(struct paired *paired) { results_free(&paired->results); }

/* -- What differs ------------------------------------------------------------------------------------------------ */

static int differs(const char *what, const char *one, const char *other, FILE *to)
{
    if (strcmp(one ? one : "", other ? other : "") == 0)
        return 0;
    fprintf(to, "  %s: %s and %s\n", what, one ? one : "unknown", other ? other : "unknown");
    return 1;
}

int paired_differences(const struct paired *one, const struct paired *other, FILE *to)
{
    static const char *const settings[] = {"cpu_model", "cpus", "kernel", "hypervisor", "container", "libc",
                                           "compiler", "cflags", "commit", "pinning", "cpu_source"};
    int count = differs("A", one->names[0], other->names[0], to) + differs("B", one->names[1], other->names[1], to) +
                differs("parameters", one->parameters, other->parameters, to);
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        count += differs(settings[i], results_setting(&one->results, settings[i]),
                         results_setting(&other->results, settings[i]), to);
    return count;
}
