/* Questions and their answers. */
#define _GNU_SOURCE
#include "harness/scene/parser.h"
#include <stdlib.h>
#include <string.h>

static const struct scene_choice *choice_named(const struct scene_ask *ask, const char *name)
{
    for (int i = 0; i < ask->choice_count; i++)
        if (strcmp(ask->choices[i].name, name) == 0)
            return &ask->choices[i];
    return NULL;
}

/* -- ask --------------------------------------------------------------------------------------------------------- */

static void read_choices(struct parser *p, struct scene_ask *ask)
{
    while (take(p, "choice")) {
        struct scene_choice choice = {.text = NULL};
        want_label(p, choice.name, "a choice");
        if (choice_named(ask, choice.name)) {
            p->at--;
            fail(p, "want a choice that is not there yet");
        }
        choice.text = want_text(p, "what it says,", NULL);
        ask->choices = grown(ask->choices, ask->choice_count, sizeof *ask->choices);
        ask->choices[ask->choice_count++] = choice;
    }
    if (ask->choice_count < 2)
        fail(p, "want `number`, or two choices (`choice NAME \"TEXT\"`)");
}

void read_ask(struct parser *p)
{
    struct scene *scene = p->scene;
    struct scene_ask ask = {.line = p->statement->words[0].line};
    want_label(p, ask.id, "a name for the question");
    if (scene_ask_named(scene, ask.id)) {
        p->at--;
        fail(p, "want a name that no other question of the scene has");
    }
    ask.text = want_text(p, "the question", NULL);
    scene->asks = grown(scene->asks, scene->ask_count, sizeof *scene->asks);
    scene->asks[scene->ask_count++] = ask;
    if (!take(p, "number"))
        read_choices(p, &scene->asks[scene->ask_count - 1]);
    if (scene->ask_count > SCENE_ASKS)
        fail(p, "want at most %d questions in a scene", SCENE_ASKS);
}

/* -- answer ------------------------------------------------------------------------------------------------------ */

static void want_choice(struct parser *p, char name[SCENE_NAME])
{
    want_short(p, name, "a choice of the question");
    if (!p->failed && !choice_named(p->answered, name)) {
        p->at--;
        fail(p, "want a choice of the question \"%s\"", p->answered->id);
    }
}

/* is yes when A got above 1024 is no otherwise */
static void read_cases(struct parser *p, struct scene_line *line)
{
    struct scene_case one = {.otherwise = false};
    while (!p->failed && !one.otherwise && (line->case_count == 0 || next_is(p, "is"))) {
        one = (struct scene_case){.otherwise = false};
        want(p, "is");
        want_choice(p, one.choice);
        one.otherwise = take(p, "otherwise");
        if (!one.otherwise) {
            want(p, "when");
            read_test(p, &one.test, true);
            if (scene_is_rate(one.test.seen.what))
                fail(p, "a rate needs a time, and this is decided at once: want something else");
        }
        line->cases = grown(line->cases, line->case_count, sizeof *line->cases);
        line->cases[line->case_count++] = one;
    }
}

/* is server fds within factor 2 */
static void read_seen_number(struct parser *p, struct scene_line *line)
{
    want(p, "is");
    read_shown(p, &line->test);
    enum scene_what what = line->test.seen.what;
    if (scene_holds_or_not(&line->test.seen) || what == SEE_EXIT || scene_unit_fits(what, UNIT_WORD, false))
        fail(p, "a number was asked for: want something else to be seen");
    if (!take_both(p, "within", "factor"))
        return;
    line->factor = want_number(p);
    if (!p->failed && line->factor < 1) {
        p->at--;
        fail(p, "want a factor of 1 or more");
    }
}

static bool has_answer(const struct scene *scene, const char *id)
{
    bool has = false;
    for (int i = 0; i < scene->line_count; i++)
        has |= scene->lines[i].action == DO_ANSWER && strcmp(scene->lines[i].name, id) == 0;
    return has;
}

void read_answer(struct parser *p, struct scene_line *line)
{
    line->action = DO_ANSWER;
    line->factor = 1;
    want_short(p, line->name, "the name of a question");
    p->answered = scene_ask_named(p->scene, line->name);
    if (!p->answered || has_answer(p->scene, line->name) || inside_repeat(p->scene)) {
        p->at--;
        fail(p, "want a question of the scene (`ask NAME`), answered once, and in no repeat");
        return;
    }
    if (p->answered->choice_count > 0)
        read_cases(p, line);
    else
        read_seen_number(p, line);
}

void check_answers(struct parser *p)
{
    for (int i = 0; i < p->scene->ask_count && !p->failed; i++)
        if (!has_answer(p->scene, p->scene->asks[i].id))
            fail(p, "the question \"%s\" has no answer: want `answer %s` before this", p->scene->asks[i].id,
                 p->scene->asks[i].id);
}

void read_else_choice(struct parser *p, struct scene_else *one)
{
    if (!p->answered || p->answered->choice_count == 0)
        fail(p, "want `for` behind the answer to a question with choices alone");
    else
        want_choice(p, one->choice);
}
