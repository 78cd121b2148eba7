/* What do pairs of trials say, metric by metric; what keeps them from saying anything; and in which words? */
#include "harness/report/verdicts.h"
#include "harness/stats/pairs.h"
#include "harness/tests/check.h"
#include <math.h>
#include <string.h>

enum { PAIRS = 20 };
static struct pair pairs[PAIRS];
static struct pairs_told told;

/* B needs `ratio` times what A needs, of everything, a little more or less from pair to pair. */
static void begin(double ratio)
{
    memset(pairs, 0, sizeof pairs);
    for (int i = 0; i < PAIRS; i++)
        for (int metric = 0; metric < PAIRS_METRICS; metric++) {
            pairs[i].of[0][metric] = 1000 + 10 * i;
            pairs[i].of[1][metric] = (1000 + 10 * i) * ratio * (1 + 0.01 * ((i * 7 + metric) % 11 - 5) / 5);
        }
}

static void judge(void) { pairs_judge(pairs, PAIRS, 0.05, &told); }

/* -- Rules ------------------------------------------------------------------------------------------------------- */

static void is_each_metric_judged(void)
{
    begin(1.2);
    judge();
    for (int i = 0; i < PAIRS_METRICS; i++) {
        const struct verdict *verdict = &told.metrics[i].verdict;
        CHECK(told.metrics[i].known && verdict->kind == VERDICT_DIFFERENT && fabs(verdict->ratio - 1.2) < 0.01,
              "%s: %s, %.3f", pairs_names[i].metric, verdict_word(verdict->kind), verdict->ratio);
        CHECK(fabs(told.metrics[i].median[0] - 1095) < 1e-9, "%s: median %.1f", pairs_names[i].metric,
              told.metrics[i].median[0]);
    }
    CHECK(told.fell_behind == -1 && told.pairs == PAIRS, "fell behind: %d; %d pairs", told.fell_behind, told.pairs);
}

/* The first metric stands by itself; each of the four others answers for all four. */
static void is_cpu_judged_by_itself_and_the_others_together(void)
{
    begin(1.2);
    judge();
    double alone = told.metrics[PAIRS_CPU].verdict.p;
    for (int i = PAIRS_P50; i < PAIRS_METRICS; i++)
        CHECK(fabs(told.metrics[i].verdict.p - 4 * alone) < 1e-12, "%s: p %g, alone %g", pairs_names[i].metric,
              told.metrics[i].verdict.p, alone);
}

static void is_nothing_said_of_what_one_trial_does_not_tell(void)
{
    static const double missing[] = {NAN, 0, -1};
    for (int i = 0; i < 3; i++) {
        begin(1.2);
        pairs[7].of[1][PAIRS_P99] = missing[i];
        judge();
        CHECK(!told.metrics[PAIRS_P99].known, "p99 is told though one trial said %g", missing[i]);
        CHECK(told.metrics[PAIRS_P50].known && told.metrics[PAIRS_CPU].known, "the others are not told");
    }
}

static void does_a_late_driver_silence_the_response_times_alone(void)
{
    begin(1.2);
    for (int i = 0; i < 4; i++)
        pairs[i].late[i % 2] = true;
    judge();
    CHECK(told.late == 4 && told.metrics[PAIRS_P50].known, "4 of 40 trials are a tenth: %d", told.late);
    pairs[4].late[0] = true;
    judge();
    CHECK(!told.metrics[PAIRS_P50].known && !told.metrics[PAIRS_P99].known, "5 of 40 are told");
    CHECK(told.metrics[PAIRS_CPU].known && told.metrics[PAIRS_MEMORY].known, "CPU and memory are not told");
}

static void is_it_told_who_fell_behind(void)
{
    begin(1.2);
    for (int i = 0; i < 5; i++)
        pairs[i].behind[1] = true;
    judge();
    CHECK(told.fell_behind == -1 && told.behind[1] == 5, "a quarter: %d", told.fell_behind);
    pairs[5].behind[1] = true;
    judge();
    CHECK(told.fell_behind == 1, "six of twenty: %d", told.fell_behind);
    CHECK(pairs_behind(1.7e6, 16, 10000) && !pairs_behind(1.5e6, 16, 10000), "16 connections, 10,000 a second: 1.6 ms");
}

static void is_once_an_accident(void)
{
    CHECK(!pairs_too_often(1, 5) && pairs_too_often(2, 19) && !pairs_too_often(2, 20), "once, a tenth, more");
}

/* -- Words ------------------------------------------------------------------------------------------------------- */

static void is_it_said_so(struct verdict verdict, const char *sentence, const char *cell)
{
    char text[VERDICT_WORDS];
    verdict_sentence(text, sizeof text, "select", "epoll-et", &verdict);
    CHECK(strcmp(text, sentence) == 0, "\"%s\"\n    want: \"%s\"", text, sentence);
    verdict_cell(text, sizeof text, &verdict);
    CHECK(strcmp(text, cell) == 0, "\"%s\"\n    want: \"%s\"", text, cell);
}

static void are_verdicts_put_into_words(void)
{
    is_it_said_so((struct verdict){VERDICT_DIFFERENT, 20, 0.959, 0.945, 0.974, 0.001, 0.05, 0},
                  "different: epoll-et uses 4.1 % less CPU per request than select (2.6 to 5.5 %)",
                  "different: 4.1 % less (2.6 to 5.5 %)");
    is_it_said_so((struct verdict){VERDICT_DIFFERENT, 20, 1.31, 1.25, 1.4, 0.001, 0.05, 0},
                  "different: epoll-et uses 31 % more CPU per request than select (25 to 40 %)",
                  "different: 31 % more (25 to 40 %)");
    is_it_said_so((struct verdict){VERDICT_DIFFERENT, 20, 3.1, 2.9, 12, 0.001, 0.05, 0},
                  "different: epoll-et uses 3.1 times as much CPU per request as select (2.9 to 12 times)",
                  "different: 3.1 times as much (2.9 to 12 times)");
    is_it_said_so((struct verdict){VERDICT_DIFFERENT, 20, 0.26, 0.243, 0.281, 0.001, 0.05, 0},
                  "different: epoll-et uses 0.26 times as much CPU per request as select (0.24 to 0.28 times)",
                  "different: 0.26 times as much (0.24 to 0.28 times)");
    is_it_said_so((struct verdict){VERDICT_SAME, 20, 1.001, 0.988, 1.02, 0.6, 0.05, 0},
                  "same: select and epoll-et use the same CPU per request within 5 % "
                  "(epoll-et: 1.2 % less to 2.0 % more)", "same (1.2 % less to 2.0 % more)");
    is_it_said_so((struct verdict){VERDICT_SAME, 20, 1.005, 1.002, 1.009, 0.001, 0.05, 0},
                  "same: select and epoll-et use the same CPU per request within 5 % (epoll-et: 0.2 to 0.9 % more)",
                  "same (0.2 to 0.9 % more)");
    is_it_said_so((struct verdict){VERDICT_CANNOT_TELL, 20, 0.98, 0.9, 0.995, 0.06, 0.05, 1},
                  "cannot tell: epoll-et may use from 0.5 to 10 % less CPU per request than select; "
                  "about 21 pairs would tell: --pairs 21", "cannot tell (0.5 to 10 % less)");
    is_it_said_so((struct verdict){VERDICT_CANNOT_TELL, 20, 1.01, 0.9, 1.09, 0.6, 0.05, 14},
                  "cannot tell: epoll-et may use from 10 % less to 9.0 % more CPU per request than select; "
                  "about 34 pairs would tell: --pairs 34", "cannot tell (10 % less to 9.0 % more)");
    is_it_said_so((struct verdict){VERDICT_CANNOT_TELL, 20, 2.1, 0.9, 4.3, 0.6, 0.05, 81},
                  "cannot tell: epoll-et may use from 0.90 to 4.3 times as much CPU per request as select; "
                  "that would take more than 100 pairs, the most there are", "cannot tell (0.90 to 4.3 times)");
    is_it_said_so((struct verdict){VERDICT_CANNOT_TELL, 5, 1.3, 0, INFINITY, 0.0625, 0.05, 1},
                  "cannot tell: 5 pairs are too few; 6 are the least", "cannot tell");
}

int main(void)
{
    is_each_metric_judged();
    is_cpu_judged_by_itself_and_the_others_together();
    is_nothing_said_of_what_one_trial_does_not_tell();
    does_a_late_driver_silence_the_response_times_alone();
    is_it_told_who_fell_behind();
    is_once_an_accident();
    are_verdicts_put_into_words();
    return checks_failed();
}
