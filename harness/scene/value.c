/* Values, and the names of what can be observed. */
#define _GNU_SOURCE
#include "harness/scene/scene.h"
#include <ctype.h>
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
            snprintf(text, sizeof texts[0], n < 10000 ? "%.0f ms" : "%.1f s", n < 10000 ? n : n / 1000);
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

static const struct { const char *name; enum scene_what what; bool of_server; } observations[] = {
    {"cpu", SEE_CPU, true},
    {"sleeps", SEE_SLEEPS, true},
    {"rss", SEE_RSS, true},
    {"fds", SEE_FDS, true},
    {"threads", SEE_THREADS, true},
    {"processes", SEE_PROCESSES, true},
    {"zombies", SEE_ZOMBIES, true},
    {"accept-queue", SEE_ACCEPT_QUEUE, true},
    {"exit", SEE_EXIT, true},
    {"blocked-in", SEE_BLOCKED_IN, true},
    {"alive", SEE_ALIVE, true},
    {"got", SEE_GOT, false},
    {"sent", SEE_SENT, false},
    {"in-flight", SEE_IN_FLIGHT, false},
    {"unread", SEE_UNREAD, false},
    {"wrong-byte", SEE_WRONG_BYTE, false},
    {"state", SEE_STATE, false},
    {"connect-time", SEE_CONNECT_TIME, false},
    {"answer-time", SEE_ANSWER_TIME, false},
    {"mean-ping", SEE_MEAN_PING, false},
    {"worst-ping", SEE_WORST_PING, false},
    {"lifetime", SEE_LIFETIME, false},
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

const char *scene_observation_name(enum scene_what what)
{
    for (int i = 0; i < OBSERVATIONS; i++)
        if (observations[i].what == what)
            return observations[i].name;
    return "said";
}
