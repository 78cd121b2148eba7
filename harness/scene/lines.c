/* A function for each kind of line. */
#define _GNU_SOURCE
#include "harness/scene/lines.h"
#include "harness/child/clock.h"
#include "harness/meter/meter.h"
#include "harness/scene/await.h"
#include "harness/scene/expect.h"
#include "harness/scene/show.h"
#include "harness/scene/twin.h"
#include "harness/scene/words.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { STUCK_MS = 300, QUIET_MS = 30, SPIN_NS = 50000000 };

/* -- Clients ----------------------------------------------------------------------------------------------------- */

static struct group *new_group(struct stage *stage, const char *name, int count)
{
    struct group *group = stage_group(stage, name);
    if (!group)
        group = &stage->groups[stage->group_count++];
    for (int i = 0; i < group->count; i++)
        client_forget(&group->members[i]);
    free(group->members);
    *group = (struct group){.count = count, .members = grown(NULL, 0, (size_t)count * sizeof *group->members)};
    snprintf(group->name, sizeof group->name, "%s", name);
    stage_note_clients(stage);
    return group;
}

static enum progress connected(const struct scene_line *line, struct client *client, int number)
{
    (void)line;
    (void)number;
    return client->connected_ms > 0 ? DONE : client_is_over(client) ? HOPELESS : YET;
}

static enum line_result do_client(struct stage *stage, const struct scene_line *line)
{
    struct group *group = new_group(stage, line->client.name, line->count);
    for (int i = 0; i < line->count; i++)
        client_begin(&group->members[i], &stage->server.address, (int)line->size, stage->next_seed += 7919,
                     !stage->scene->http);
    if (line->without_waiting)
        return LINE_OK;
    return await_all(stage, line, connected, await_deadline(line, CONNECT_MS, line->count), "NOT_CONNECTED");
}

static void add_piece(struct client *client, const struct scene_line *line, int number)
{
    size_t length = (size_t)line->size;
    const char *text = line->text ? await_text(line, number, &length) : NULL;
    struct piece *piece = stream_add(&client->said, (int64_t)length, text, line->count);
    piece->urgent = line->urgent;
    piece->every_ms = line->byte_by_byte ? line->every_ms > 0 ? line->every_ms : 0 : -1;
}

static enum progress taken(const struct scene_line *line, struct client *client, int number)
{
    (void)number;
    (void)line;
    return client_has_sent_all(client) ? DONE : client_is_over(client) ? HOPELESS : YET;
}

/* How far `send up to` is. Stuck: no kernel takes more of anybody, and the server leaves unread what it has. */
struct fill { int64_t sent, unread, cpu_ns; int open; bool stuck; };

static struct fill look_at_fill(struct stage *stage, const struct scene_line *line)
{
    int count = await_members(stage, line);
    struct fill fill = {.cpu_ns = stage_pulse(stage).cpu_ns, .stuck = true};
    for (int i = 0; i < count; i++) {
        struct client *client = stage_member(stage, &line->client, i);
        int64_t unread = stage_unread(stage, client);
        fill.sent += client->sent;
        fill.unread += unread;
        fill.open += !client_has_sent_all(client) && !client_is_over(client);
        fill.stuck = fill.stuck && (unread > 0 || client_has_sent_all(client));
    }
    return fill;
}

/* A server that waits for a CPU is not stuck but late; and TCP itself may pause for longer than STUCK_MS with nothing
 * unread (a lost segment). So only the time counts in which the server slept, or ran, beside bytes to read. */
static void fill_up(struct stage *stage, const struct scene_line *line, double end_ms)
{
    struct fill last = look_at_fill(stage, line);
    double stuck_ms = 0;
    for (double at_ms = now_ms(); stuck_ms < STUCK_MS && last.open > 0 && at_ms < end_ms;) {
        if (!stage_turn(stage, STUCK_MS / 20.0))
            return;
        struct fill now = look_at_fill(stage, line);
        bool late = stage_runs(stage) && now.cpu_ns == last.cpu_ns;
        if (!now.stuck || now.sent != last.sent || now.unread != last.unread)
            stuck_ms = 0;
        else if (!late)
            stuck_ms += now_ms() - at_ms;
        at_ms = now_ms();
        last = now;
    }
    for (int i = 0; stuck_ms >= STUCK_MS && stage_member(stage, &line->client, i); i++) {
        struct client *client = stage_member(stage, &line->client, i);
        stream_cut(&client->said, client->sent);
    }
}

static enum line_result do_send(struct stage *stage, const struct scene_line *line)
{
    int count = await_members(stage, line);
    await_notice(stage, &line->client);
    for (int i = 0; i < count; i++) {
        struct client *client = stage_member(stage, &line->client, i);
        add_piece(client, line, await_number(line, i));
    }
    if (line->in_background)
        return LINE_OK;
    double end = await_deadline(line, SEND_MS, count);
    if (line->up_to)
        fill_up(stage, line, end);
    enum line_result result = await_all(stage, line, taken, end, "NOT_TAKEN");
    struct client *first = stage_member(stage, &line->client, 0);
    if (result == LINE_FAILED && strcmp(stage->code, "NOT_TAKEN") == 0)
        await_say_bytes(stage, first->sent, first->said.length);
    return result;
}

static enum line_result do_to_client(struct stage *stage, const struct scene_line *line)
{
    int count = await_members(stage, line);
    for (int i = 0; i < count; i++) {
        struct client *client = stage_member(stage, &line->client, i);
        switch (line->action) {
        case DO_FIN: client->fin_wanted = true; break;
        case DO_RESET: client_end(client, true); break;
        case DO_CLOSE: client_end(client, false); break;
        case DO_STOP_READING: client->reading = false; break;
        case DO_START_READING:
            client->reading = true;
            client->hung_up = false;
            client->read_size = 0;
            client->next_read_ms = 0;
            break;
        case DO_READ_SLOWLY:
            client->reading = true;
            client->hung_up = false;
            client->read_size = line->size;
            client->read_every_ms = line->every_ms;
            break;
        default: break;
        }
    }
    stage_turn(stage, 0);       /* a FIN goes out now, if nothing is before it */
    return stage_may_go_on(stage) ? LINE_OK : LINE_FAILED;
}

/* -- The server -------------------------------------------------------------------------------------------------- */

/* Before the scene begins, a server that never sleeps (02 spins) need not be waited for to the end. */
static bool spins(const struct stage *stage, const struct levels *first, const struct levels *now)
{
    return stage->mark_count == 0 && now->sleeps == first->sleeps && now->cpu_ns - first->cpu_ns > SPIN_NS;
}

/* Quiet: no CPU used, no sleep begun and nobody waiting for a CPU, for QUIET_MS. A server that never is (02 spins) is
 * waited for in vain. */
static enum line_result do_settle(struct stage *stage, const struct scene_line *line)
{
    double end = await_deadline(line, SETTLE_MS, 1);
    const struct levels first = stage_pulse(stage);
    struct levels last = first;
    for (double quiet_since = now_ms(); stage_may_go_on(stage) && now_ms() < end && !spins(stage, &first, &last);) {
        stage_turn(stage, QUIET_MS / 6.0);
        struct levels now = stage_pulse(stage);
        if (now.cpu_ns != last.cpu_ns || now.sleeps != last.sleeps || stage_runs(stage))
            quiet_since = now_ms();
        else if (now_ms() - quiet_since >= QUIET_MS)
            return LINE_OK;
        last = now;
    }
    await_say_code(stage, "NEVER_QUIET");
    return line->elses.count > 0 || !stage_may_go_on(stage) ? LINE_FAILED : LINE_OK;
}

static void signal_tree(struct stage *stage, int signal_number)
{
    static struct tree tree;
    child_tree(&stage->server, &tree);
    for (int i = stage->server.ended; i < tree.count; i++)     /* a number that was reaped may be somebody else's */
        kill(tree.pids[i], signal_number);
}

/* kill returns before the others have stopped: what follows should find them so. And somebody may just be born. */
static enum line_result do_stop(struct stage *stage)
{
    static struct tree tree;
    for (double end = now_ms() + STOP_MS; now_ms() < end && stage_turn(stage, 0.2);) {
        signal_tree(stage, SIGSTOP);
        child_tree(&stage->server, &tree);
        if (stage->trace ? trace_all_stopped(stage->trace) : meter_all_stopped(&tree))
            return LINE_OK;
    }
    await_say_code(stage, "NOT_STOPPED");
    return LINE_FAILED;
}

static enum line_result do_signal(struct stage *stage, const struct scene_line *line)
{
    static struct tree tree;
    if (!line->to_a_child) {
        child_signal(&stage->server, line->signal_number);
        return LINE_OK;
    }
    child_tree(&stage->server, &tree);
    if (tree.count > 1)
        kill(tree.pids[1], line->signal_number);
    await_say_code(stage, "NO_CHILD");
    return tree.count > 1 ? LINE_OK : LINE_FAILED;
}

/* -- Tests ------------------------------------------------------------------------------------------------------- */

static int seen_members(struct stage *stage, const struct scene_observation *seen)
{
    int count = 0;
    while (!seen->of_server && stage_member(stage, &seen->client, count))
        count++;
    return seen->of_server ? 1 : count;
}

static void say_values(struct stage *stage, const struct scene_test *test, struct scene_value value)
{
    stage_say(stage, test, value, stage->got, stage->want);
    if (scene_is_rate(test->seen.what))
        snprintf(stage->rate, sizeof stage->rate, "%s", stage->got);
}

/* What cannot be seen is no fault of the server's, unless it died, or owes us a word: one that says `ready` in our way
 * keeps books, and has said what it will when it has ended. */
static enum line_result judge_unseen(struct stage *stage, const struct scene_test *test)
{
    bool owed = test->seen.what == SEE_SAID && child_printed(&stage->server, "ready ", 6);
    if (child_alive(&stage->server) || (stage->server.asked_to_end && !owed))
        return LINE_SKIPPED;
    snprintf(stage->got, sizeof stage->got, "nothing");
    return LINE_FAILED;
}

/* Does it hold for all that are named? Tells what was seen of the first for whom it does not. */
static enum line_result test_once(struct stage *stage, const struct scene_test *test, const struct levels *since)
{
    int count = seen_members(stage, &test->seen);
    stage->of = count;
    stage->ok = 0;
    enum line_result result = LINE_OK;
    for (int i = 0; i < count; i++) {
        struct scene_value value;
        if (!stage_see(stage, &test->seen, i, since, &value))
            return judge_unseen(stage, test);
        if (stage_compare(stage, test, value)) {
            stage->ok++;
        } else if (result == LINE_OK) {
            say_values(stage, test, value);
            result = LINE_FAILED;
        }
    }
    return result;
}

/* A rate is measured over a time; a level must hold throughout it. */
static enum line_result test_for(struct stage *stage, const struct scene_test *test, bool rate)
{
    struct levels begin = {.at_ms = now_ms(), .traced = stage->before.traced};
    enum line_result result = LINE_OK;
    bool more = true;
    if (rate)
        begin = stage_pulse(stage);
    for (double end = begin.at_ms + test->for_ms; more && now_ms() < end && (rate || result == LINE_OK);) {
        more = stage_turn(stage, end - now_ms());
        if (!rate)
            result = test_once(stage, test, &begin);
    }
    if (!more)
        return LINE_FAILED;
    if (rate)
        stage->before = begin;
    return rate ? test_once(stage, test, &begin) : result;
}

/* What cannot be seen yet may be by the deadline: who accepts late has no descriptor for A at once. But what is counted
 * is never seen without a tracer. */
static enum line_result test_eventually(struct stage *stage, const struct scene_test *test)
{
    double end = now_ms() + (test->within_ms >= 0 ? test->within_ms : TEST_MS);
    const struct levels *since = stage_mark(stage, test->mark);
    bool once = scene_is_rate(test->seen.what);
    bool never = !stage->trace && scene_is_counted(test->seen.what);
    if (once && since)
        stage->before = *since;     /* what the line's message says is what the line measured */
    enum line_result result = test_once(stage, test, since ? since : &stage->before);
    while (result != LINE_OK && !once && !never && now_ms() < end) {
        if (!stage_turn(stage, 5))
            return LINE_FAILED;
        result = test_once(stage, test, since ? since : &stage->before);
    }
    return result;
}

static enum line_result do_test(struct stage *stage, const struct scene_line *line)
{
    const struct scene_test *test = &line->test;
    bool rate = scene_is_rate(test->seen.what);
    enum line_result result = test->for_ms >= 0 ? test_for(stage, test, rate) : test_eventually(stage, test);
    snprintf(stage->code, sizeof stage->code, "%s", scene_observation_name(test->seen.what));
    for (char *letter = stage->code; *letter; letter++)
        *letter = *letter == '-' ? '_' : (char)toupper((unsigned char)*letter);
    if (test->seen.what == SEE_GOT)
        await_notice(stage, &test->seen.client);
    stage->tests_done++;
    stage->tests_skipped += result == LINE_SKIPPED;
    return result;
}

/* -- Any line ----------------------------------------------------------------------------------------------------- */

static enum line_result do_wait(struct stage *stage, const struct scene_line *line)
{
    for (double end = now_ms() + line->ms; now_ms() < end;)
        if (!stage_turn(stage, end - now_ms()))
            return LINE_FAILED;
    return LINE_OK;
}

void line_mark(struct stage *stage, const char *name)
{
    int at = 0;
    while (at < stage->mark_count && strcmp(stage->marks[at].name, name) != 0)
        at++;
    stage->mark_count += at == stage->mark_count;
    snprintf(stage->marks[at].name, sizeof stage->marks[at].name, "%s", name);
    stage->marks[at].levels = stage_levels(stage);
}

enum line_result line_do(struct stage *stage, const struct scene_line *line)
{
    switch (line->action) {
    case DO_CLIENT: return do_client(stage, line);
    case DO_SEND: return do_send(stage, line);
    case DO_EXPECT: return expect_do(stage, line);
    case DO_EXPECT_NOTHING: return expect_do_nothing(stage, line);
    case DO_PING: return expect_do_ping(stage, line);
    case DO_FIN: case DO_RESET: case DO_CLOSE: case DO_STOP_READING: case DO_START_READING: case DO_READ_SLOWLY:
        return do_to_client(stage, line);
    case DO_STOP: return do_stop(stage);
    case DO_CONTINUE: signal_tree(stage, SIGCONT); return LINE_OK;
    case DO_TERMINATE: child_signal(&stage->server, SIGTERM); return LINE_OK;
    case DO_SIGNAL: return do_signal(stage, line);
    case DO_ANSWERS: return expect_do_answers(stage, line);
    case DO_SETTLE: return do_settle(stage, line);
    case DO_WAIT: return do_wait(stage, line);
    case DO_MARK: line_mark(stage, line->name); return LINE_OK;
    case DO_TEST: return do_test(stage, line);
    case DO_ALWAYS: stage->always[stage->always_count++] = line; return LINE_OK;
    case DO_SHOW: return show_do(stage, line);
    case DO_ANSWER: return show_do_answer(stage, line);
    case DO_TWIN: return twin_start(stage);
    case DO_REPEAT: case DO_END: return LINE_OK;
    }
    return LINE_OK;
}
