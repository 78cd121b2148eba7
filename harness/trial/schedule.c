#define _GNU_SOURCE
#include "harness/trial/schedule.h"
#include "harness/load/random.h"
#include <stdio.h>
#include <string.h>

/* The sweep over silent clients tells CPU, at a rate that no server feels: it is warm sooner. */
enum { WARMUP_MS = 150, IDLE_WARMUP_MS = 50, START_AND_END_MS = 80, PARTS = 4 };
static const double client_ms = 0.06;       /* to connect one, and to hear its first answer */
static const double look_ms = 0.00008;      /* poll looks at all that are there for each that comes: 8 s for 10,000 */

static const char *const axis_names[] = {[AXIS_NONE] = "", [AXIS_CLIENTS] = "clients", [AXIS_SIZE] = "size",
                                         [AXIS_LOAD] = "load"};

struct part { const char *experiment; const struct session_part *is; };

/* In the order in which they run: the others build on what closed has found. */
static void parts_of(const struct session_options *options, struct part parts[PARTS])
{
    parts[0] = (struct part){"closed", &options->closed};
    parts[1] = (struct part){"rate", &options->rate};
    parts[2] = (struct part){"idle", &options->idle};
    parts[3] = (struct part){axis_names[options->axis], &options->along};
}

int session_rounds(const struct session_options *options)
{
    struct part parts[PARTS];
    int most = 0;
    parts_of(options, parts);
    for (int i = 0; i < PARTS; i++)
        most = parts[i].is->rounds > most ? parts[i].is->rounds : most;
    return most;
}

/* -- The trials -------------------------------------------------------------------------------------------------- */

static void add_step(struct schedule *schedule, struct step step)
{
    bool idle = strcmp(step.experiment, "idle") == 0, clients = strcmp(step.experiment, "clients") == 0;
    step.warmup_ms = idle ? IDLE_WARMUP_MS : WARMUP_MS;
    step.estimate_ms = START_AND_END_MS + step.warmup_ms + step.window_ms;
    step.estimate_ms += idle || clients ? step.point * client_ms : 0;
    step.estimate_ms += idle && strcmp(step.model, "poll") == 0 ? (double)step.point * step.point * look_ms : 0;
    if (schedule->count < SCHEDULE_MOST)
        schedule->steps[schedule->count++] = step;
}

/* One turn for each model, in random order (Fisher and Yates). */
static void add_turn(struct schedule *schedule, const char *const *models, struct step step, uint64_t *random)
{
    const char *left[SESSION_MODELS];
    int count = 0;
    for (; models[count] && count < SESSION_MODELS; count++)
        left[count] = models[count];
    for (int i = count; i > 0; i--) {
        int pick = (int)(random_next(random) % (uint64_t)i);
        step.model = left[pick];
        left[pick] = left[i - 1];
        add_step(schedule, step);
    }
}

static void add_part(struct schedule *schedule, const struct session_options *options, const struct part *part,
                     int round, uint64_t *random)
{
    const char *const *models = part->is->models ? part->is->models : options->models;
    int turns = part->is->point_count > 0 ? part->is->point_count : 1;
    struct step step = {.experiment = part->experiment, .round = round, .window_ms = part->is->window_ms};
    for (int i = 0; i < turns; i++) {
        step.point = part->is->points[i];
        add_turn(schedule, models, step, random);
    }
}

void schedule_fill(struct schedule *schedule, const struct session_options *options, uint64_t *random)
{
    struct part parts[PARTS];
    int rounds = session_rounds(options);
    schedule->count = 0;
    parts_of(options, parts);
    for (int round = 1; round <= rounds; round++)
        for (int i = 0; i < PARTS; i++)
            if ((round - 1) * parts[i].is->rounds % rounds < parts[i].is->rounds)   /* 5 of 20: 1, 5, 9, 13, 17 */
                add_part(schedule, options, &parts[i], round, random);
}

/* -- Time -------------------------------------------------------------------------------------------------------- */

/* A busy machine is slower than the estimates, and how much it is shows only after some trials. */
double schedule_left_s(const struct schedule *schedule, int done, double spent_ms)
{
    enum { TRUST_MS = 5000 };
    double spent = TRUST_MS, left = 0;
    for (int i = 0; i < schedule->count; i++)
        *(i < done ? &spent : &left) += schedule->steps[i].estimate_ms;
    return left * (spent_ms + TRUST_MS) / spent / 1000;
}

double session_estimate_s(const struct session_options *options)
{
    static struct schedule schedule;
    uint64_t random = options->seed;
    schedule_fill(&schedule, options, &random);
    return options->before_s + schedule_left_s(&schedule, 0, 0) + options->after_s;
}

void schedule_say(const struct session_options *options, char *text, size_t size)
{
    struct part parts[PARTS];
    text[0] = '\0';
    parts_of(options, parts);
    for (int i = 0; i < PARTS; i++)
        if (parts[i].is->rounds > 0)
            snprintf(text + strlen(text), size - strlen(text), "%s%s %d x %d ms", text[0] ? ", " : "",
                     parts[i].experiment, parts[i].is->rounds, parts[i].is->window_ms);
}
