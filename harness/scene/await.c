#define _GNU_SOURCE
#include "harness/scene/await.h"
#include "harness/child/clock.h"
#include <stdio.h>
#include <string.h>

int await_members(struct stage *stage, const struct scene_line *line)
{
    int count = 0;
    while (stage_member(stage, &line->client, count))
        count++;
    return count;
}

int await_number(const struct scene_line *line, int member)
{
    return line->client.first ? line->client.first + member : member + 1;
}

double await_deadline(const struct scene_line *line, double usual_ms, int members)
{
    return now_ms() + (line->within_ms >= 0 ? line->within_ms : usual_ms + A_MEMBER_MS * (members - 1));
}

void await_notice(struct stage *stage, const struct scene_name *who)
{
    struct client *client;
    for (int i = 0; (client = stage_member(stage, who, i)); i++)
        client->noticed = client->got;
}

/* -- What is said of a failure ----------------------------------------------------------------------------------- */

void await_say_bytes(struct stage *stage, int64_t got, int64_t want)
{
    snprintf(stage->got, sizeof stage->got, "%lld bytes", (long long)got);
    snprintf(stage->want, sizeof stage->want, "%lld", (long long)want);
}

void await_say_code(struct stage *stage, const char *code)
{
    snprintf(stage->code, sizeof stage->code, "%s", code);
}

const char *await_text(const struct scene_line *line, int number, size_t *length)
{
    static char text[2 * SCENE_TEXT_MOST];      /* {n} is three bytes, and a number four at most */
    *length = 0;
    for (size_t i = 0; i < line->text_length; i++)
        if (line->text_length - i >= 3 && memcmp(line->text + i, "{n}", 3) == 0) {
            *length += (size_t)snprintf(text + *length, sizeof text - *length, "%d", number);
            i += 2;
        } else {
            text[(*length)++] = line->text[i];
        }
    return text;
}

/* What came, and what was to come, where nothing is compared. */
static void say_heard(struct stage *stage, const struct scene_line *line, const struct client *client, int number)
{
    size_t length;
    inbox_show(&client->inbox, stage->got, sizeof stage->got);
    if (line->action == DO_PING) {
        snprintf(stage->want, sizeof stage->want, "HTTP/1.1 200 and all of its body");
    } else if (line->expected & EXPECT_TEXT) {
        const char *text = await_text(line, number, &length);
        inbox_show_text(text, length, stage->want, sizeof stage->want);
    } else if (line->expected & EXPECT_SIZE) {
        await_say_bytes(stage, client->got, line->size);
    }
}

/* Of an echo, too, where a text is expected: how much came would not tell why it is wrong. */
static void say_echoed(struct stage *stage, const struct scene_line *line, const struct client *client, int number)
{
    char came[STAGE_SAID];
    size_t length = 0, wanted;
    int64_t behind = client->got - client->heard;
    while (length < sizeof came && (int64_t)length < behind) {
        size_t n = sizeof came - length;
        const char *bytes = stream_bytes(&client->said, client->heard + (int64_t)length, &n);
        n = (int64_t)(length + n) > behind ? (size_t)behind - length : n;
        memcpy(came + length, bytes, n);
        length += n;
    }
    const char *text = await_text(line, number, &wanted);
    inbox_show_text(text, wanted, stage->want, sizeof stage->want);
    if (length > 0)
        inbox_show_text(came, length, stage->got, sizeof stage->got);
    else
        snprintf(stage->got, sizeof stage->got, "nothing");
}

/* What a failing client is told by: what came back, and how it ended. */
static void describe(struct stage *stage, const struct scene_line *line, const struct client *client, int number,
                     const char *code)
{
    stage->got_is_text = !client->compares || (line->expected & EXPECT_TEXT && !client->wrong_byte);
    if (client->compares && stage->got_is_text)
        say_echoed(stage, line, client, number);
    else if (client->compares)
        await_say_bytes(stage, client->got, client->said.length);
    else
        say_heard(stage, line, client, number);
    await_say_code(stage, client->wrong_byte ? "WRONG_BYTES" : client->state == CLIENT_EOF ? "EARLY_EOF" :
                          client->state == CLIENT_RESET ? "RESET" : code);
}

/* -- Waiting ----------------------------------------------------------------------------------------------------- */

enum line_result await_all(struct stage *stage, const struct scene_line *line, progress_of *progress, double end_ms,
                           const char *code)
{
    stage->of = await_members(stage, line);
    for (bool more = true;; more = stage_turn(stage, end_ms - now_ms())) {
        int behind = -1;
        bool hopeless = false;
        stage->ok = 0;
        for (int i = 0; i < stage->of && !hopeless; i++) {
            enum progress how = progress(line, stage_member(stage, &line->client, i), await_number(line, i));
            stage->ok += how == DONE;
            hopeless = how == HOPELESS;
            behind = how == DONE || (behind >= 0 && !hopeless) ? behind : i;
        }
        if (behind < 0)
            return LINE_OK;
        if (hopeless || !more || now_ms() >= end_ms) {
            describe(stage, line, stage_member(stage, &line->client, behind), await_number(line, behind), code);
            return LINE_FAILED;
        }
    }
}
