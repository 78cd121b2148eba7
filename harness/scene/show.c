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

enum line_result show_do(struct stage *stage, const struct scene_line *line)
{
    const struct scene_test *test = &line->test;
    const struct levels *mark = stage_mark(stage, test->mark);
    struct levels since = mark ? *mark : stage->before;
    if (test->for_ms >= 0)
        since = stage_levels(stage);
    for (double end = now_ms() + test->for_ms; now_ms() < end;)
        if (!stage_turn(stage, end - now_ms()))
            return LINE_FAILED;
    struct play_shown *shown = place_of(stage->outcome, line->name);
    shown->seen = stage_see(stage, &test->seen, 0, &since, &shown->value);
    if (shown->seen && scene_holds_or_not(&test->seen)) {
        const char *word = shown->value.number > 0 ? "yes" : "no";
        shown->value.unit = UNIT_WORD;
        snprintf(shown->value.word, sizeof shown->value.word, "%s", word);
    }
    return LINE_OK;
}
