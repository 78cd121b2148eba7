/* The lines of a scene: what the clients do, what is done to the server, and what else there is. */
#define _GNU_SOURCE
#include "harness/scene/parser.h"
#include <signal.h>
#include <string.h>

enum { TEXTS_MOST = 64 << 20 };         /* bytes of all copies of a text */

/* -- What a client does ------------------------------------------------------------------------------------------ */

static void read_client(struct parser *p, struct scene_line *line)
{
    const char *end;
    int number;
    line->action = DO_CLIENT;
    line->count = 1;
    if (!starts_name(p))
        fail(p, "want a name that begins with a capital");
    else if (*(end = split_name(p->statement->words[p->at].text, line->client.name, &number)) || number)
        fail(p, "want a name of letters only");
    take_room(p, &p->groups, SCENE_GROUPS, declared_count(p->scene, line->client.name) == 0, "clients' names");
    p->at++;
    take_times(p, &line->count, SCENE_GROUP_MOST);
    if (take(p, "rcvbuf") && (!take_size(p, &line->size) || line->size > 1 << 30))
        fail(p, "want a size such as 4KiB");
    line->without_waiting = take_both(p, "without", "waiting");
    take_within(p, &line->within_ms);
}

static void read_send(struct parser *p, struct scene_line *line)
{
    line->action = DO_SEND;
    line->count = 1;
    line->urgent = take(p, "urgent");
    line->up_to = !line->urgent && take_both(p, "up", "to");
    if (!take_size(p, &line->size)) {
        line->text = want_text(p, "a size such as 64KiB, or a text", &line->text_length);
        take_times(p, &line->count, 1000000);
        size_t copies = (size_t)line->count * (size_t)count_named(p, &line->client);
        if (line->text_length > SCENE_TEXT_MOST || line->text_length * copies > TEXTS_MOST)
            fail(p, "want at most %d bytes in a text, and %d MiB of its copies, each client's",
                 SCENE_TEXT_MOST, TEXTS_MOST >> 20);
    }
    if (take(p, "byte")) {
        want(p, "by");
        want(p, "byte");
        line->byte_by_byte = true;
        if (take(p, "every"))
            line->every_ms = want_time(p);
    }
    line->in_background = take_both(p, "in", "background");
    take_within(p, &line->within_ms);
}

static void read_expect(struct parser *p, struct scene_line *line)
{
    line->action = DO_EXPECT;
    if (take_both(p, "nothing", "for")) {
        line->action = DO_EXPECT_NOTHING;
        line->ms = want_time_in_scene(p);
        return;
    }
    do {
        const struct word *word = peek(p);
        if (next_is(p, "all") && p->scene->http) {
            fail(p, "of http nothing is compared: want a text, a size, eof, reset or end");
        } else if (take(p, "all")) {
            line->expected |= EXPECT_ALL;
        } else if (take(p, "eof")) {
            line->expected |= EXPECT_EOF;
        } else if (take(p, "reset")) {
            line->expected |= EXPECT_RESET;
        } else if (take(p, "end")) {
            line->expected |= EXPECT_EOF | EXPECT_RESET;
        } else if (!(line->expected & EXPECT_SIZE) && take_size(p, &line->size)) {
            line->expected |= EXPECT_SIZE;
        } else if (word && word->quoted && !line->text) {
            line->expected |= EXPECT_TEXT;
            line->text = want_text(p, "a text", &line->text_length);
        } else {
            fail(p, "want all, eof, reset, end, one size or one text");
        }
    } while (take(p, "or"));
    take_within(p, &line->within_ms);
}

static void read_client_line(struct parser *p, struct scene_line *line)
{
    line->client = want_name(p);
    if (take(p, "send")) {
        read_send(p, line);
    } else if (take(p, "expect")) {
        read_expect(p, line);
    } else if (take(p, "ping")) {
        line->action = DO_PING;
        take_within(p, &line->within_ms);
    } else if (take(p, "fin")) {
        line->action = DO_FIN;
    } else if (take(p, "reset")) {
        line->action = DO_RESET;
    } else if (take(p, "close")) {
        line->action = DO_CLOSE;
    } else if (take_both(p, "stop", "reading")) {
        line->action = DO_STOP_READING;
    } else if (take_both(p, "start", "reading")) {
        line->action = DO_START_READING;
    } else if (take(p, "read")) {
        line->action = DO_READ_SLOWLY;
        if (!take_size(p, &line->size) || line->size < 1 || line->size > SCENE_READ_MOST)
            fail(p, "want a size such as 4KiB, and at most %d KiB", SCENE_READ_MOST >> 10);
        want(p, "every");
        line->every_ms = want_time(p);
    } else {
        p->at--;
        line->action = DO_TEST;
        read_test(p, &line->test, false);
    }
}

/* -- What the server does ---------------------------------------------------------------------------------------- */

static int want_signal(struct parser *p)
{
    static const struct { const char *name; int number; } known[] = {
        {"STOP", SIGSTOP}, {"CONT", SIGCONT}, {"TERM", SIGTERM}, {"INT", SIGINT},
        {"KILL", SIGKILL}, {"USR1", SIGUSR1}, {"HUP", SIGHUP}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (take(p, known[i].name))
            return known[i].number;
    fail(p, "want STOP, CONT, TERM, INT, KILL, HUP or USR1");
    return 0;
}

static void read_server_line(struct parser *p, struct scene_line *line)
{
    int before = p->at - 1;
    if (take(p, "stop")) {
        line->action = DO_STOP;
    } else if (take(p, "continue")) {
        line->action = DO_CONTINUE;
    } else if (take(p, "terminate")) {
        line->action = DO_TERMINATE;
    } else if (take(p, "signal")) {
        line->action = DO_SIGNAL;
        line->signal_number = want_signal(p);
        if (take(p, "to")) {
            want(p, "a");
            want(p, "child");
            line->to_a_child = true;
        }
    } else if (take(p, "answers")) {
        line->action = DO_ANSWERS;
        take_within(p, &line->within_ms);
    } else if (take(p, "settle")) {
        line->action = DO_SETTLE;
        take_within(p, &line->within_ms);
    } else {
        p->at = before;
        line->action = DO_TEST;
        read_test(p, &line->test, false);
    }
}

/* -- Any line ---------------------------------------------------------------------------------------------------- */

bool inside_repeat(const struct scene *scene)
{
    bool inside = false;
    for (int i = 0; i < scene->line_count; i++)
        inside = scene->lines[i].action == DO_REPEAT || (inside && scene->lines[i].action != DO_END);
    return inside;
}

static void read_always(struct parser *p, struct scene_line *line)
{
    bool plain = false;
    line->action = DO_ALWAYS;
    if (inside_repeat(p->scene))
        fail(p, "an always holds for the rest of the scene: want it before the repeat");
    take_room(p, &p->always, SCENE_ALWAYS, true, "always-lines");
    read_test(p, &line->test, true);
    if (scene_is_rate(line->test.seen.what))
        fail(p, "a rate needs a time: want something else after always");
    read_elses(p, &line->elses);
    for (int i = 0; i < line->elses.count; i++)
        plain |= line->elses.list[i].always;
    if (!plain)
        fail(p, "want an else after always, and one without `if`");
}

/* A second copy of the server, or a test of it. */
static void read_twin_line(struct parser *p, struct scene_line *line)
{
    if (take(p, "start")) {
        line->action = DO_TWIN;
        if (has_twin(p->scene) || inside_repeat(p->scene))
            fail(p, "a scene has one twin: want `twin start` once, and in no repeat");
        return;
    }
    p->at--;
    line->action = DO_TEST;
    read_test(p, &line->test, false);
}

static void read_show(struct parser *p, struct scene_line *line)
{
    bool fresh = true;
    line->action = DO_SHOW;
    want_label(p, line->name, "a name for what is shown");
    if (scene_ask_named(p->scene, line->name)) {
        p->at--;
        fail(p, "want another name than that of a question");
    }
    for (int i = 0; i < p->scene->line_count; i++)
        fresh &= p->scene->lines[i].action != DO_SHOW || strcmp(p->scene->lines[i].name, line->name) != 0;
    take_room(p, &p->shows, SCENE_SHOWS, fresh, "names of what is shown");
    read_shown(p, &line->test);
}

void read_line(struct parser *p, struct scene_line *line)
{
    *line = (struct scene_line){.line = p->statement->words[0].line, .every_ms = -1, .ms = -1, .within_ms = -1};
    if (take(p, "client")) {
        read_client(p, line);
    } else if (take(p, "server")) {
        read_server_line(p, line);
    } else if (take(p, "twin")) {
        read_twin_line(p, line);
    } else if (take(p, "always")) {
        read_always(p, line);
    } else if (take(p, "wait")) {
        line->action = DO_WAIT;
        line->ms = want_time_in_scene(p);
    } else if (take(p, "mark")) {
        line->action = DO_MARK;
        want_label(p, line->name, "a name for the mark");
        take_room(p, &p->marks, SCENE_MARKS - 1, !has_mark(p->scene, line->name), "marks");
    } else if (take(p, "show")) {
        read_show(p, line);
    } else if (take(p, "answer")) {
        read_answer(p, line);
    } else if (take(p, "repeat")) {
        line->action = DO_REPEAT;
        line->count = want_count(p, 1, 100000);
        if (inside_repeat(p->scene))
            fail(p, "a repeat stands inside a repeat: want `end` before it");
    } else if (take(p, "end")) {
        line->action = DO_END;
        if (!inside_repeat(p->scene))
            fail(p, "want a `repeat` before this `end`");
    } else if (starts_name(p)) {
        read_client_line(p, line);
    } else {
        fail(p, "want a statement (client, a client's name, server, twin, always, wait, mark,"
                " show, answer, repeat, end) here");
    }
    read_elses(p, &line->elses);
    p->answered = NULL;
    if (peek(p))
        fail(p, "want the end of the statement");
}
