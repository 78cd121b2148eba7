/* Values, and the names of what can be observed. */
#define _GNU_SOURCE
#include "harness/scene/scene.h"
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct { const char *suffix; enum scene_unit unit; double factor; } units[] = {
    {"", UNIT_COUNT, 1},      {"KiB", UNIT_BYTES, 1024}, {"MiB", UNIT_BYTES, 1048576}, {"ms", UNIT_MS, 1},
    {"s", UNIT_MS, 1000},     {"us", UNIT_MS, 0.001},    {"%", UNIT_PERCENT, 1},
};

bool scene_value_read(const char *word, struct scene_value *value)
{
    char *end;
    *value = (struct scene_value){.unit = UNIT_WORD};
    snprintf(value->word, sizeof value->word, "%s", word);
    if (!isdigit((unsigned char)word[0]))
        return strlen(word) < sizeof value->word;
    value->number = strtod(word, &end);
    if (end != word + strspn(word, "0123456789."))      /* 0x10, 1e9 */
        return false;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strcmp(end, units[i].suffix) == 0) {
            value->unit = units[i].unit;
            value->number *= units[i].factor;
            return true;
        }
    return false;
}

const char *scene_value_text(struct scene_value value)
{
    static char texts[4][48];
    static int turn;
    char *text = texts[turn++ % 4];
    double n = value.number;
    switch (value.unit) {
    case UNIT_COUNT: snprintf(text, sizeof texts[0], "%.0f", n); break;
    case UNIT_PERCENT: snprintf(text, sizeof texts[0], n < 10 ? "%.1f %%" : "%.0f %%", n); break;
    case UNIT_WORD: snprintf(text, sizeof texts[0], "%s", value.word); break;
    case UNIT_MS:
        if (n < 1)
            snprintf(text, sizeof texts[0], "%.0f us", n * 1000);
        else
            snprintf(text, sizeof texts[0], n < 10 && n > floor(n) ? "%.1f ms" : n < 10000 ? "%.0f ms" : "%.1f s",
                     n < 10000 ? n : n / 1000);
        break;
    case UNIT_BYTES:
        if (n >= 1048576)
            snprintf(text, sizeof texts[0], "%.1f MiB", n / 1048576);
        else
            snprintf(text, sizeof texts[0], n == 1 ? "%.0f byte" : "%.0f bytes", n);
        break;
    }
    return text;
}

const char *scene_value_plain(struct scene_value value)
{
    static char text[48];
    if (value.unit == UNIT_WORD)
        return strcpy(text, value.word);
    snprintf(text, sizeof text, "%.*f", value.unit == UNIT_MS ? 3 : value.unit == UNIT_PERCENT ? 1 : 0, value.number);
    return text;
}

static const struct { const char *name; enum scene_what what; bool of_server; enum scene_unit unit; } observations[] = {
    {"cpu", SEE_CPU, true, UNIT_PERCENT},
    {"sleeps", SEE_SLEEPS, true, UNIT_COUNT},
    {"rss", SEE_RSS, true, UNIT_BYTES},
    {"fds", SEE_FDS, true, UNIT_COUNT},
    {"threads", SEE_THREADS, true, UNIT_COUNT},
    {"processes", SEE_PROCESSES, true, UNIT_COUNT},
    {"zombies", SEE_ZOMBIES, true, UNIT_COUNT},
    {"accept-queue", SEE_ACCEPT_QUEUE, true, UNIT_COUNT},
    {"signal-queue", SEE_SIGNAL_QUEUE, true, UNIT_COUNT},
    {"exit", SEE_EXIT, true, UNIT_WORD},
    {"blocked-in", SEE_BLOCKED_IN, true, UNIT_WORD},
    {"alive", SEE_ALIVE, true, UNIT_COUNT},
    {"ready", SEE_READY, true, UNIT_COUNT},
    {"got", SEE_GOT, false, UNIT_BYTES},
    {"sent", SEE_SENT, false, UNIT_BYTES},
    {"in-flight", SEE_IN_FLIGHT, false, UNIT_BYTES},
    {"unread", SEE_UNREAD, false, UNIT_BYTES},
    {"wrong-byte", SEE_WRONG_BYTE, false, UNIT_COUNT},
    {"state", SEE_STATE, false, UNIT_WORD},
    {"connect-time", SEE_CONNECT_TIME, false, UNIT_MS},
    {"answer-time", SEE_ANSWER_TIME, false, UNIT_MS},
    {"mean-ping", SEE_MEAN_PING, false, UNIT_MS},
    {"worst-ping", SEE_WORST_PING, false, UNIT_MS},
    {"lifetime", SEE_LIFETIME, false, UNIT_MS},
    {"watched", SEE_WATCHED, false, UNIT_WORD},
    {"fd", SEE_FD, false, UNIT_COUNT},
};
enum { OBSERVATIONS = sizeof observations / sizeof *observations };

bool scene_observation_named(const char *word, enum scene_what *what, bool *of_server)
{
    for (int i = 0; i < OBSERVATIONS; i++)
        if (strcmp(observations[i].name, word) == 0) {
            *what = observations[i].what;
            *of_server = observations[i].of_server;
            return true;
        }
    return false;
}

const char *scene_observations(bool of_server)
{
    static char list[400];
    size_t length = 0;
    for (int i = 0; i < OBSERVATIONS; i++)
        if (observations[i].of_server == of_server)
            length += (size_t)snprintf(list + length, sizeof list - length, "%s%s", length ? ", " : "",
                                       observations[i].name);
    return list;
}

const char *scene_observation_name(enum scene_what what)
{
    for (int i = 0; i < OBSERVATIONS; i++)
        if (observations[i].what == what)
            return observations[i].name;
    return what == SEE_CALLS ? "calls" : what == SEE_BYTES ? "bytes" : "said";
}

bool scene_is_rate(enum scene_what what) { return what == SEE_CPU || what == SEE_SLEEPS; }
bool scene_is_counted(enum scene_what what) { return what == SEE_CALLS || what == SEE_BYTES; }

bool scene_holds_or_not(const struct scene_observation *seen)
{
    return seen->what == SEE_ALIVE || seen->what == SEE_READY || (seen->what == SEE_BLOCKED_IN && seen->word[0]) ||
           (seen->what == SEE_SAID && seen->text);
}

bool scene_unit_fits(enum scene_what what, enum scene_unit given, bool in_order)
{
    enum scene_unit seen = what == SEE_BYTES ? UNIT_BYTES : UNIT_COUNT;     /* said(KEY) and calls(X) are none of it */
    for (int i = 0; i < OBSERVATIONS; i++)
        if (observations[i].what == what)
            seen = observations[i].unit;
    if (what == SEE_EXIT)
        return given == UNIT_COUNT || (given == UNIT_WORD && !in_order);
    if (seen == UNIT_BYTES)
        return given == UNIT_BYTES || given == UNIT_COUNT;
    return given == seen && !(in_order && seen == UNIT_WORD);
}
