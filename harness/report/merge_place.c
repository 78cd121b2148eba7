#define _GNU_SOURCE
#include "harness/report/merge_place.h"
#include <string.h>

static const char idle[] = "idle";

/* -- Points with silent clients ---------------------------------------------------------------------------------- */

static const char *step_at(const struct results *results, int64_t silent)
{
    struct step steps[STEPS_MOST];
    int count = results_steps(results, steps);
    for (int i = 0; i < count; i++)
        if (steps[i].idle == silent)
            return steps[i].parameters;
    return NULL;
}

/* The largest number of silent clients, `most` or fewer, that all runs with this experiment have tried; 0: none. */
static int64_t common_step(const struct merge *merge, int64_t most)
{
    struct step steps[STEPS_MOST];
    int64_t found = 0;
    int first = 0;
    while (first < merge->count - 1 && !results_parameters(&merge->runs[first], idle))
        first++;
    int count = results_steps(&merge->runs[first], steps);
    for (int i = 0; i < count && steps[i].idle <= most; i++) {
        bool in_all = steps[i].idle > found;
        for (int run = 0; run < merge->count; run++)
            in_all &= !results_parameters(&merge->runs[run], idle) || step_at(&merge->runs[run], steps[i].idle);
        found = in_all ? steps[i].idle : found;
    }
    return found;
}

/* "0, 1,000 and 5,000" */
static struct words steps_of(const struct results *results)
{
    struct step steps[STEPS_MOST];
    struct words numbers[STEPS_MOST];
    const char *names[STEPS_MOST];
    int count = results_steps(results, steps);
    for (int i = 0; i < count; i++) {
        numbers[i] = words_count((double)steps[i].idle);
        names[i] = numbers[i].text;
    }
    return words_list(names, count);
}

/* -- Can they be compared? --------------------------------------------------------------------------------------- */

static void tell_parameters(const struct merge *merge, struct place *place)
{
    const char *before = "the runs asked for different things:";
    for (int run = 0; run < merge->count; run++) {
        size_t length = strlen(place->why);
        if (!place->parameters[run])
            continue;
        snprintf(place->why + length, sizeof place->why - length, "%s %s “%s”", before, merge_letter(run),
                 place->parameters[run]);
        before = ",";
    }
}

static void tell_steps(const struct merge *merge, struct place *place)
{
    const char *before = "no number of silent clients was tried in all runs:";
    for (int run = 0; run < merge->count; run++) {
        size_t length = strlen(place->why);
        if (!results_parameters(&merge->runs[run], idle))
            continue;
        snprintf(place->why + length, sizeof place->why - length, "%s %s %s", before, merge_letter(run),
                 steps_of(&merge->runs[run]).text);
        before = ",";
    }
}

/* All that have it must have asked for the same. */
static void check(const struct merge *merge, struct place *place)
{
    const char *first = NULL;
    int made = 0;
    bool alike = true;
    for (int run = 0; run < merge->count; run++) {
        const char *parameters = place->parameters[run];
        made += parameters != NULL;
        alike &= !parameters || !first || strcmp(first, parameters) == 0;
        first = first ? first : parameters;
    }
    if (made < MERGE_LEAST)
        snprintf(place->why, sizeof place->why, "%s", made ? "only one run has measured it" : "no run has measured it");
    else if (!alike)
        tell_parameters(merge, place);
}

struct place place_of(const struct merge *merge, const char *experiment)
{
    struct place place = {.experiment = experiment};
    for (int run = 0; run < merge->count; run++)
        place.parameters[run] = results_parameters(&merge->runs[run], experiment);
    check(merge, &place);
    return place;
}

struct place place_with_silent(const struct merge *merge, int64_t most)
{
    struct place place = {.experiment = idle, .silent = common_step(merge, most)};
    for (int run = 0; run < merge->count; run++)
        place.parameters[run] = step_at(&merge->runs[run], place.silent);
    check(merge, &place);
    if (place.silent == 0 && !*place.why)
        tell_steps(merge, &place);
    return place;
}
