#define _GNU_SOURCE
#include "harness/report/rulings.h"
#include "harness/report/verdicts.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool same(const char *a, const char *b) { return strcmp(a, b) == 0; }

/* -- The file ---------------------------------------------------------------------------------------------------- */

/* A number, or nothing: NAN. False: neither. */
static bool decimal(const char *field, double *value)
{
    char *end;
    *value = *field ? strtod(field, &end) : NAN;
    return !*field || (*end == '\0' && isfinite(*value));
}

/* -1: none of the words. */
static int kind_of(const char *word)
{
    static const enum verdict_kind kinds[] = {VERDICT_CANNOT_TELL, VERDICT_SAME, VERDICT_DIFFERENT};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (same(word, verdict_word(kinds[i])))
            return (int)kinds[i];
    return -1;
}

static const char *count_fault(const struct csv *csv, int row, int column, int *value)
{
    int64_t number;
    if (csv_integer(csv_field(csv, row, column), &number) < 0 || number < 0 || number > 1000000)
        return column == V_PAIRS ? "the pairs are not a count" : "the pairs that are missing are not a count";
    *value = (int)number;
    return NULL;
}

/* Takes a row; returns what is wrong with it, or NULL. */
static const char *take(struct ruling *ruling, const struct csv *csv, int row)
{
    struct verdict *verdict = &ruling->verdict;
    const char *word = csv_field(csv, row, V_VERDICT), *says = csv_field(csv, row, V_SAYS), *fault;
    double level;
    int kind = kind_of(word);
    *ruling = (struct ruling){.a = csv_field(csv, row, V_A), .b = csv_field(csv, row, V_B),
                              .metric = csv_field(csv, row, V_METRIC)};
    if (!same(csv_field(csv, row, V_SCHEMA), "1"))
        return "another schema than 1, the one that this iolab reads";
    if (kind < 0)
        return "the verdict is none of different, same, cannot tell";
    const struct { int column; double *value; } numbers[] = {
        {V_MEDIAN_A, &ruling->median[0]}, {V_MEDIAN_B, &ruling->median[1]}, {V_RATIO, &verdict->ratio},
        {V_LOW, &verdict->low}, {V_HIGH, &verdict->high}, {V_LEVEL, &level}, {V_P, &verdict->p}};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (!decimal(csv_field(csv, row, numbers[i].column), numbers[i].value))
            return "not a number where one must stand";
    if (kind != VERDICT_CANNOT_TELL && !(verdict->ratio > 0 && verdict->low > 0 && verdict->high >= verdict->low))
        return "a verdict without a ratio and its interval";
    verdict->kind = (enum verdict_kind)kind;
    verdict->alpha = 1 - level;
    if ((fault = count_fault(csv, row, V_PAIRS, &verdict->pairs)) ||
        (fault = count_fault(csv, row, V_MORE_PAIRS, &verdict->more_pairs)))
        return fault;
    if (strncmp(says, word, strlen(word)) != 0)
        snprintf(ruling->silent, sizeof ruling->silent, "%s", says);
    if (isnan(verdict->low) || isnan(verdict->high))
        verdict->low = -INFINITY, verdict->high = INFINITY;
    return NULL;
}

/* Returns 0, or -1: a row is damaged. */
static int read_file(struct rulings *rulings, const struct results *results, char *why, size_t why_size)
{
    const struct csv *csv = &results->verdicts;
    for (int row = 0; row < csv->count; row++) {
        const char *experiment = csv_field(csv, row, V_EXPERIMENT), *fault = NULL;
        if (rulings->count == RULINGS_MOST)
            fault = "more verdicts than twenty servers have";
        else if (!same(experiment, "compare") && !same(experiment, "bench"))
            fault = "the experiment is none of compare, bench";
        else if (rulings->experiment && !same(experiment, rulings->experiment))
            fault = "another experiment than before";
        else
            fault = take(&rulings->all[rulings->count], csv, row);
        if (fault) {
            snprintf(why, why_size, "%s/verdicts.csv:%d: %s", results->run_dir, csv->lines[row], fault);
            return -1;
        }
        rulings->experiment = experiment;
        rulings->count++;
    }
    return 0;
}

/* -- Judged again ------------------------------------------------------------------------------------------------ */

static void judge_pairs(struct rulings *rulings)
{
    const struct paired *paired = &rulings->paired;
    struct pairs_told told;
    pairs_judge(paired->pairs, paired->count, paired->alpha, &told);
    rulings->experiment = "compare";
    for (int i = 0; i < PAIRS_METRICS; i++) {
        const struct judged *judged = &told.metrics[i];
        struct ruling *ruling = &rulings->all[rulings->count];
        if (!judged->known && i != PAIRS_CPU)
            continue;
        *ruling = (struct ruling){paired->names[0], paired->names[1], pairs_names[i].metric, judged->verdict,
                                  {judged->median[0], judged->median[1]}, ""};
        paired_silent(paired, &told, ruling->silent, sizeof ruling->silent);
        rulings->count++;
    }
}

static void judge_rounds(struct rulings *rulings, const struct results *results)
{
    static struct rounds_told told;
    const struct rounds *rounds = &rulings->rounds;
    rounds_judge(rounds, &told);
    for (int i = 0; told.claims && i < rounds->servers; i++)
        for (int j = i + 1; j < rounds->servers; j++)
            if (told.between[i][j].pairs > 0)
                rulings->all[rulings->count++] =
                    (struct ruling){results->model[i], results->model[j], pairs_names[PAIRS_CPU].metric,
                                    told.between[i][j], {told.median[i], told.median[j]}, ""};
    rulings->experiment = rulings->count > 0 ? "bench" : NULL;
}

/* What each server needed in each round at the one rate. Who left clients unserved, or fell behind in more than a
 * quarter of the rounds, did not do the same work as the others. */
static void find_rounds_of(struct rulings *rulings, const struct results *results, int server)
{
    struct rounds *rounds = &rulings->rounds;
    struct spot spot = {"rate", results->model[server], results_parameters(results, "rate")};
    double connections = (double)parameter(spot.parameters, "connections", 0);
    double rate = (double)parameter(spot.parameters, "rate", 0);
    int behind = 0;
    for (int round = 0; round < ROUNDS_MOST; round++) {
        double p50 = results_in_round(results, &spot, "response_p50", round + 1);
        double served = results_in_round(results, &spot, "served", round + 1);
        bool all = served >= results_in_round(results, &spot, "total", round + 1);
        double cpu = results_in_round(results, &spot, "server_cpu", round + 1);
        rounds->of[server][round] = all ? cpu / results_in_round(results, &spot, "requests", round + 1) : NAN;
        behind += !isnan(served) && (isnan(p50) || pairs_behind(p50, connections, rate));
    }
    for (int round = 0; behind * 4 > rounds->rounds && round < ROUNDS_MOST; round++)
        rounds->of[server][round] = NAN;
}

static void find_rounds(struct rulings *rulings, const struct results *results)
{
    struct rounds *rounds = &rulings->rounds;
    rounds->rounds = results->rounds < ROUNDS_MOST ? results->rounds : ROUNDS_MOST;
    rounds->servers = results->model_count < ROUNDS_SERVERS ? results->model_count : ROUNDS_SERVERS;
    for (int server = 0; server < rounds->servers; server++)
        find_rounds_of(rulings, results, server);
}

/* -- Both -------------------------------------------------------------------------------------------------------- */

int rulings_load(struct rulings *rulings, const struct results *results, char *why, size_t why_size)
{
    *rulings = (struct rulings){0};
    bool compared = results_parameters(results, "compare") != NULL;
    if (read_file(rulings, results, why, why_size) < 0)
        return -1;
    if (compared && paired_find(&rulings->paired, results, why, why_size) < 0)
        return -1;
    if (results_parameters(results, "rate"))
        find_rounds(rulings, results);
    if (rulings->count == 0 && compared)
        judge_pairs(rulings);
    else if (rulings->count == 0 && rulings->rounds.servers > 0)
        judge_rounds(rulings, results);
    return 0;
}

const struct ruling *rulings_find(const struct rulings *rulings, const char *a, const char *b)
{
    for (int i = 0; i < rulings->count; i++) {
        const struct ruling *own = &rulings->all[i];
        if ((same(own->a, a) && same(own->b, b)) || (same(own->a, b) && same(own->b, a)))
            return own;
    }
    return NULL;
}

/* -- Letters ----------------------------------------------------------------------------------------------------- */

double rulings_median(const struct rulings *rulings, const char *name)
{
    for (int i = 0; i < rulings->count; i++)
        for (int side = 0; side < 2; side++)
            if (same(side ? rulings->all[i].b : rulings->all[i].a, name))
                return rulings->all[i].median[side];
    return NAN;
}

int rulings_order(const struct rulings *rulings, const struct results *results, int order[ROUNDS_SERVERS])
{
    int count = 0;
    for (int i = 0; i < results->model_count && count < ROUNDS_SERVERS; i++) {
        double own = rulings_median(rulings, results->model[i]);
        if (isnan(own))
            continue;
        int k = count++;
        for (; k > 0 && rulings_median(rulings, results->model[order[k - 1]]) > own; k--)
            order[k] = order[k - 1];
        order[k] = i;
    }
    return count;
}

bool rulings_letters(const struct rulings *rulings, const struct results *results,
                     char letters[ROUNDS_SERVERS][TIERS_WORD])
{
    bool apart[ROUNDS_SERVERS * ROUNDS_SERVERS] = {false};
    char words[ROUNDS_SERVERS][TIERS_WORD];
    int order[ROUNDS_SERVERS], count = 0;
    memset(letters, 0, (size_t)ROUNDS_SERVERS * TIERS_WORD);
    if (rulings->experiment && same(rulings->experiment, "bench"))
        count = rulings_order(rulings, results, order);
    for (int i = 0; i < count; i++)
        for (int j = 0; j < count; j++) {
            const struct ruling *own = rulings_find(rulings, results->model[order[i]], results->model[order[j]]);
            apart[i * count + j] = i != j && own && own->verdict.kind == VERDICT_DIFFERENT;
        }
    if (count < 2 || tiers(apart, count, words) < 1)
        return false;
    for (int i = 0; i < count; i++)
        memcpy(letters[order[i]], words[i], TIERS_WORD);
    return true;
}
