/* narrate.h: what a program does, in plain words, line by line, while it does it. Pure: events and the time come in,
 * lines go out.
 *
 *        9.204   +2.100  epoll_wait woke after 2.1 s: A has data
 *        9.204           read A: 6 bytes "hello\n"
 *
 * Since the beginning, since the line before (from a millisecond on), who if there are several, and the words.
 *
 * It stays readable, whatever happens. Who asks again and again, in vain, is told once, and then how often; many
 * who fall asleep are one line; and where more happens than anybody could read, it is said how much was skipped. Its
 * memory is that of the tasks that live. */
#pragma once
#include "harness/trace/trace.h"

enum narrate_tone { NARRATE_PLAIN, NARRATE_ASLEEP, NARRATE_WOKE, NARRATE_ASIDE };

struct narrate_options {
    int columns;                            /* that a line may have */
    void (*tell)(void *context, enum narrate_tone, const char *line);
    void *context;
    bool (*lives)(pid_t tid);               /* if set: asked once, about those who were born before it speaks */
    /* If set: bytes that arrived from the client with that port and were not read; -1: it is not there any more. */
    int64_t (*unread)(void *context, int port);
};

enum { NARRATE_ASLEEP_MS = 20, NARRATE_AT_ONCE = 60, NARRATE_A_SECOND = 20 };

struct narrator;

/* Silent at first: how a program starts is only learnt, so that those born meanwhile have their numbers. */
struct narrator *narrate_new(struct narrate_options);
void narrate_speak(struct narrator *, int64_t now_ns);
void narrate_event(struct narrator *, const struct trace_event *);
/* The calls that have not returned at that moment, seen before the events that were told last: who has been in one for
 * NARRATE_ASLEEP_MS is said to be asleep, once. Also tells what was skipped, when it is calm again. */
void narrate_under_way(struct narrator *, const struct trace_event *calls, int count, int64_t now_ns);
void narrate_lost(struct narrator *, int64_t count);        /* events that nobody saw: they were too many */
/* It is asked to end now, by SIGTERM. */
void narrate_farewell(struct narrator *, int64_t now_ns);
/* What is true now, in one line: "epoll_wait, asleep for 12.3 s". */
void narrate_status(const struct narrator *, const struct trace_event *calls, int count, int64_t now_ns, char *text,
                    size_t size);
/* No more will come: tells what is pending. */
void narrate_finish(struct narrator *, int64_t now_ns);
/* "34.2 s, 3 clients, 45 calls: 12 poll, 9 read. main slept 98 % of the time." */
void narrate_sum_up(const struct narrator *, int64_t now_ns, char *text, size_t size);
void narrate_free(struct narrator *);

/* -- The words alone --------------------------------------------------------------------------------------------- */

/* Of one event; `waited`: it is to be said that it woke, and after how long; `again`: the task has just had something
 * from that connection, so that EAGAIN means nothing is left. */
void narrate_words(const struct trace_event *, bool waited, bool again, char *text, size_t size);
void narrate_duration(int64_t ns, char *text, size_t size);         /* "2.1 s", "340 ms" */
void narrate_number(int64_t n, char *text, size_t size);            /* "12,300" */
