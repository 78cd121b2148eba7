#define _GNU_SOURCE
#include "harness/scene/expect.h"
#include "harness/child/clock.h"
#include "harness/scene/await.h"
#include <string.h>

/* -- What came --------------------------------------------------------------------------------------------------- */

static bool text_came(const struct scene_line *line, const struct client *client, int number)
{
    size_t length, end;
    if (!(line->expected & EXPECT_TEXT))
        return false;
    const char *text = await_text(line, number, &length);
    if (!client->compares)
        return inbox_find(&client->inbox, text, length, &end);
    return client->got >= client->heard + (int64_t)length &&
           stream_match(&client->said, client->heard, text, length) == length;
}

static enum progress heard(const struct scene_line *line, struct client *client, int number)
{
    int wanted = line->expected;
    if (wanted & EXPECT_ALL && client_has_all(client) && !client->wrong_byte)
        return DONE;
    if (wanted & EXPECT_SIZE && client->got >= line->size)
        return DONE;
    if (text_came(line, client, number))
        return DONE;
    if (wanted & EXPECT_EOF && client->state == CLIENT_EOF)
        return DONE;
    if (wanted & EXPECT_RESET && client->state == CLIENT_RESET)
        return DONE;
    return client->wrong_byte || client_is_over(client) ? HOPELESS : YET;
}

/* -- Expect ------------------------------------------------------------------------------------------------------ */

static void hear_up_to(struct client *client, int64_t position)
{
    if (position > client->got)
        position = client->got;
    if (position <= client->heard)
        return;
    if (!client->compares) {
        int64_t first = client->got - (int64_t)client->inbox.length;
        inbox_take(&client->inbox, position > first ? (size_t)(position - first) : 0);
    }
    client->heard = position;
}

static int64_t end_of_text(const struct scene_line *line, const struct client *client, int number)
{
    size_t length, end;
    const char *text = await_text(line, number, &length);
    if (client->compares)
        return client->heard + (int64_t)length;
    inbox_find(&client->inbox, text, length, &end);
    return client->got - (int64_t)client->inbox.length + (int64_t)end;
}

/* The next text is looked for behind what this line was about: once, when all members have it. */
static void move_on(struct stage *stage, const struct scene_line *line)
{
    struct client *client;
    for (int i = 0; (client = stage_member(stage, &line->client, i)); i++)
        if (text_came(line, client, await_number(line, i)))
            hear_up_to(client, end_of_text(line, client, await_number(line, i)));
        else if (line->expected & EXPECT_ALL)
            hear_up_to(client, client->got);
        else if (line->expected & EXPECT_SIZE)
            hear_up_to(client, line->size);
    await_notice(stage, &line->client);
}

enum line_result expect_do(struct stage *stage, const struct scene_line *line)
{
    bool only_end = !(line->expected & ~(EXPECT_EOF | EXPECT_RESET));
    bool text = line->expected & EXPECT_TEXT;
    double end = await_deadline(line, EXPECT_MS, await_members(stage, line));
    enum line_result result = await_all(stage, line, heard, end, only_end ? "NO_EOF" : text ? "NOT_SAID" : "SHORT");
    move_on(stage, line);
    return result;
}

enum line_result expect_do_nothing(struct stage *stage, const struct scene_line *line)
{
    int64_t before = 0, after = 0;
    int count = await_members(stage, line);
    for (int i = 0; i < count; i++)     /* the answer to what was sent a line before may be here by now */
        before += stage_member(stage, &line->client, i)->noticed;
    for (double end = now_ms() + line->ms; now_ms() < end && stage_turn(stage, end - now_ms());)
        ;
    bool ended = false;
    for (int i = 0; i < count; i++) {
        struct client *client = stage_member(stage, &line->client, i);
        after += client->got + (client->wrong_byte > 0);
        ended |= client_is_over(client);
    }
    await_notice(stage, &line->client);
    await_say_code(stage, "NOT_SILENT");
    await_say_bytes(stage, after - before, 0);
    return after == before && !ended && stage_may_go_on(stage) ? LINE_OK : LINE_FAILED;
}

/* -- Ping -------------------------------------------------------------------------------------------------------- */

static const char request[] = "GET / HTTP/1.1\r\nHost: iolab\r\n\r\n";

static void ask(struct client *client)
{
    char line[32];
    int length = snprintf(line, sizeof line, "ping %d\n", client->pings + 1);
    if (client->compares)
        stream_add(&client->said, length, line, 1);
    else
        stream_add(&client->said, sizeof request - 1, request, 1);
}

static enum progress answered(const struct scene_line *line, struct client *client, int number)
{
    size_t end;
    if (client->compares)
        return heard(line, client, number);
    if (inbox_find_answer(&client->inbox, client->state == CLIENT_EOF, &end))
        return DONE;
    return client_is_over(client) ? HOPELESS : YET;
}

static void hear_answer(struct client *client)
{
    size_t end = 0;
    if (client->compares)
        hear_up_to(client, client->got);
    else if (inbox_find_answer(&client->inbox, client->state == CLIENT_EOF, &end))
        hear_up_to(client, client->got - (int64_t)(client->inbox.length - end));
}

enum line_result expect_do_ping(struct stage *stage, const struct scene_line *line)
{
    int count = await_members(stage, line);
    double began = now_ms();
    for (int i = 0; i < count; i++)
        ask(stage_member(stage, &line->client, i));
    struct scene_line all = *line;
    all.expected = EXPECT_ALL;
    enum line_result result = await_all(stage, &all, answered, await_deadline(line, ANSWER_MS, count),
                                        stage->scene->http ? "NOT_SAID" : "SHORT");
    for (int i = 0; i < count; i++) {
        struct client *client = stage_member(stage, &line->client, i);
        double took = client->last_got_ms - began;
        hear_answer(client);
        if (result != LINE_OK)
            continue;
        client->pings++;
        client->ping_total_ms += took;
        client->ping_worst_ms = took > client->ping_worst_ms ? took : client->ping_worst_ms;
    }
    await_notice(stage, &line->client);
    return result;
}

/* Slots become free late: who is turned away comes again, as somebody new, until the time is over. */
enum line_result expect_do_answers(struct stage *stage, const struct scene_line *line)
{
    const struct scene_line all = {.expected = EXPECT_ALL};
    struct client *visitor = &stage->visitor;
    double end = await_deadline(line, ANSWER_MS, 1);
    bool served = false;
    for (bool more = true; more && !served && now_ms() < end;) {
        if (visitor->fd < 0 || client_is_over(visitor)) {
            client_forget(visitor);
            client_begin(visitor, &stage->server.address, 0, stage->next_seed += 7919, !stage->scene->http);
            ask(visitor);
        }
        more = stage_turn(stage, end - now_ms());
        served = answered(&all, visitor, 1) == DONE;
    }
    if (!visitor->compares)
        inbox_show(&visitor->inbox, stage->got, sizeof stage->got);
    client_end(visitor, false);
    await_say_code(stage, "NO_SERVICE");
    return served ? LINE_OK : LINE_FAILED;
}
