#define _GNU_SOURCE
#include "harness/scene/show.h"
#include "harness/child/clock.h"
#include <string.h>

/* In a repeat the last one stays. */
static struct play_shown *place_of(struct play_outcome *outcome, const char *name)
{
    int at = 0;
    while (at < outcome->shown_count && strcmp(outcome->shown[at].name, name) != 0)
        at++;
    outcome->shown_count += at == outcome->shown_count;
    snprintf(outcome->shown[at].name, sizeof outcome->shown[at].name, "%s", name);
    return &outcome->shown[at];
}

/* Over its time, or since its mark, if it has one. False: the scene cannot go on. */
static bool look(struct stage *stage, const struct scene_test *test, struct play_shown *shown)
{
    const struct levels *mark = stage_mark(stage, test->mark);
    struct levels since = mark ? *mark : stage->before;
    if (test->for_ms >= 0)
        since = stage_pulse(stage);
    for (double end = now_ms() + test->for_ms; now_ms() < end;)
        if (!stage_turn(stage, end - now_ms()))
            return false;
    shown->seen = stage_see(stage, &test->seen, 0, &since, &shown->value);
    return true;
}

static void set_word(struct play_shown *shown, const char *word)
{
    shown->value = (struct scene_value){.unit = UNIT_WORD};
    snprintf(shown->value.word, sizeof shown->value.word, "%s", word);
}

enum line_result show_do(struct stage *stage, const struct scene_line *line)
{
    struct play_shown *shown = place_of(stage->outcome, line->name);
    if (!look(stage, &line->test, shown))
        return LINE_FAILED;
    if (shown->seen && scene_holds_or_not(&line->test.seen))
        set_word(shown, shown->value.number > 0 ? "yes" : "no");
    return LINE_OK;
}

/* -- Predictions ------------------------------------------------------------------------------------------------- */

/* For all that are named. False in *seen: it cannot be seen. */
static bool holds(struct stage *stage, const struct scene_test *test, bool *seen)
{
    struct scene_value value;
    bool all = true;
    *seen = true;
    for (int i = 0; test->seen.of_server ? i == 0 : stage_member(stage, &test->seen.client, i) != NULL; i++) {
        *seen = *seen && stage_see(stage, &test->seen, i, &stage->before, &value);
        all = all && *seen && stage_compare(stage, test, value);
    }
    return all;
}

/* The first case that holds; where one cannot be seen, no later one says anything. Where none holds, what came is none
 * of the choices, and nobody can have predicted it. */
static void decide(struct stage *stage, const struct scene_line *line, struct play_shown *shown)
{
    shown->seen = true;
    for (int i = 0; i < line->case_count && shown->seen; i++) {
        const struct scene_case *one = &line->cases[i];
        if (one->otherwise || holds(stage, &one->test, &shown->seen)) {
            set_word(shown, one->choice);
            return;
        }
    }
    shown->seen = false;
}

enum line_result show_do_answer(struct stage *stage, const struct scene_line *line)
{
    const struct scene_ask *ask = scene_ask_named(stage->scene, line->name);
    struct play_shown *shown = place_of(stage->outcome, line->name);
    if (line->case_count > 0)
        decide(stage, line, shown);
    else if (!look(stage, &line->test, shown))
        return LINE_FAILED;
    stage->tests_done++;
    stage->tests_skipped += !shown->seen;
    if (!stage->options->answers || !shown->seen || scene_is_predicted(line, &ask->given, &shown->value))
        return LINE_OK;
    struct scene_value given = ask->given;
    given.unit = shown->value.unit;         /* a plain number was meant so */
    snprintf(stage->got, sizeof stage->got, "%s", scene_value_text(shown->value));
    snprintf(stage->want, sizeof stage->want, "%s", scene_value_text(given));
    stage_blame_prediction(stage, line, &ask->given);
    return LINE_OK;
}
