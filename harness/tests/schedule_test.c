/* Does each model have its turn in each round, are fewer rounds spread evenly, and is the time that is told honest? */
#define _GNU_SOURCE
#include "harness/trial/schedule.h"
#include "harness/tests/check.h"
#include <string.h>

static const char *const models[] = {"poll", "fork", "aio", NULL}, *const some[] = {"fork", NULL};
static struct schedule schedule;

static struct session_options options_of(int closed, int rate, int idle, int load)
{
    return (struct session_options){
        .models = models, .closed = {.rounds = closed, .window_ms = 250}, .rate = {.rounds = rate, .window_ms = 1000},
        .idle = {.rounds = idle, .window_ms = 200, .points = {0, 1000}, .point_count = 2}, .axis = AXIS_LOAD,
        .along = {.rounds = load, .window_ms = 250, .points = {10, 50, 110}, .point_count = 3, .models = some}};
}

static int count_of(const char *experiment, const char *model, int point, int round)
{
    int count = 0;
    for (int i = 0; i < schedule.count; i++) {
        const struct step *step = &schedule.steps[i];
        count += strcmp(step->experiment, experiment) == 0 && strcmp(step->model, model) == 0 && step->point == point &&
                 step->round == round;
    }
    return count;
}

static void test_one_round(void)
{
    struct session_options options = options_of(1, 1, 1, 1);
    uint64_t random = 1;
    schedule_fill(&schedule, &options, &random);
    CHECK(schedule.count == 3 + 3 + 6 + 3, "%d trials", schedule.count);
    for (int i = 0; models[i]; i++) {
        CHECK(count_of("closed", models[i], 0, 1) == 1, "%s has no turn as fast as it goes", models[i]);
        CHECK(count_of("idle", models[i], 1000, 1) == 1, "%s has no turn with silent clients", models[i]);
        int wanted = strcmp(models[i], "fork") == 0;
        CHECK(count_of("load", models[i], 50, 1) == wanted, "%s at half of its capacity: want %d", models[i], wanted);
    }
    CHECK(strcmp(schedule.steps[0].experiment, "closed") == 0, "the others build on what closed finds");
}

static void test_rounds_are_spread(void)
{
    struct session_options options = options_of(5, 20, 3, 0);
    uint64_t random = 1;
    schedule_fill(&schedule, &options, &random);
    CHECK(session_rounds(&options) == 20, "%d rounds", session_rounds(&options));
    for (int round = 1; round <= 20; round++) {
        CHECK(count_of("rate", "aio", 0, round) == 1, "round %d has no trial at the rate", round);
        int wanted = round % 4 == 1;
        CHECK(count_of("closed", "aio", 0, round) == wanted, "round %d: want %d as fast as it goes", round, wanted);
    }
    CHECK(schedule.count == 3 * (5 + 20 + 2 * 3), "%d trials", schedule.count);
}

static void test_order_is_random_and_repeatable(void)
{
    struct session_options options = options_of(0, 20, 0, 0);
    uint64_t one = 7, same = 7, other = 8;
    static struct schedule again;
    int first = 0, differ = 0;
    schedule_fill(&schedule, &options, &one);
    schedule_fill(&again, &options, &same);
    for (int i = 0; i < schedule.count; i++) {
        CHECK(schedule.steps[i].model == again.steps[i].model, "trial %d differs with the same seed", i);
        first += i % 3 == 0 && schedule.steps[i].model == models[0];
    }
    schedule_fill(&again, &options, &other);
    for (int i = 0; i < schedule.count; i++)
        differ += schedule.steps[i].model != again.steps[i].model;
    CHECK(differ > 0, "another seed, the same order");
    CHECK(first > 0 && first < 20, "poll comes first in %d of 20 rounds", first);
}

static void test_time_is_told(void)
{
    struct session_options options = options_of(1, 1, 0, 0);
    uint64_t random = 1;
    schedule_fill(&schedule, &options, &random);
    double all_s = schedule_left_s(&schedule, 0, 0), half_s = schedule_left_s(&schedule, 3, 1440);
    CHECK(all_s > 3 * 1.25 + 3 * 0.4 && all_s < 7, "%.2f s for six trials", all_s);
    CHECK(half_s > 3 * 1.15 && half_s < 3 * 1.3, "%.2f s for the other three", half_s);
    CHECK(schedule_left_s(&schedule, 3, 20000) > 2 * half_s, "a busy machine is not told to take longer");
    CHECK(schedule_left_s(&schedule, 6, 20000) <= 0, "something is left at the end");
    options.before_s = 20;
    options.after_s = 5;
    double told_s = session_estimate_s(&options);
    CHECK(told_s > all_s + 24.9 && told_s < all_s + 25.1, "%.2f s, with what comes before and after", told_s);
}

static void test_plan_is_said(void)
{
    struct session_options options = options_of(5, 20, 0, 5);
    char text[200];
    schedule_say(&options, text, sizeof text);
    CHECK(strcmp(text, "closed 5 x 250 ms, rate 20 x 1000 ms, load 5 x 250 ms") == 0, "%s", text);
}

int main(void)
{
    test_one_round();
    test_rounds_are_spread();
    test_order_is_random_and_repeatable();
    test_time_is_told();
    test_plan_is_said();
    return checks_failed();
}
