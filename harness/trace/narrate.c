#define _GNU_SOURCE
#include "harness/trace/narrate.h"
#include "harness/trace/calls.h"
#include "harness/trace/say.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { ASKS = 4, ASKS_OFTEN = 10, CROWD = 4, SECOND_NS = 1000000000, CALM_NS = SECOND_NS / 5, WORDS = 200,
       ROOM_LEAST = 20, GUESTS = 64, UNREAD_TOLD = 3 };

/* One who makes calls: a process's first thread, or another. */
struct actor {
    pid_t tid;
    int number;                 /* in the order of birth; 1 is the first process */
    bool is_thread;
    int64_t moved_ns;           /* it last came out of a call, or was born */
    int64_t asleep_since_ns;    /* of the call in which it was said to be asleep */
    int64_t doubted_ns;         /* of the call in which it sleeps although something lies unread, as it seems */
    char unread[WORDS / 2];     /* what did when it fell asleep: "9 bytes of A lie unread"; or "" */
    struct fd_who had;          /* from whom it has just had something */
    int ask_count;              /* what it has asked in vain since it last had something; the first are told */
    struct { long call; int fd; } asks[ASKS];
    int64_t in_vain, in_vain_since_ns;      /* that were not told */
};

struct narrator {
    struct narrate_options options;
    struct actor *actors;
    int actor_count, born;
    bool speaks, is_ending;
    int64_t began_ns, line_ns;
    double lines_left;          /* that may be told at once: they come back with time */
    int64_t filled_ns;
    int64_t skipped, skipped_since_ns, skipped_last_ns;
    int64_t calls, clients, main_slept_ns;
    int64_t counts[CALLS_MOST];
    struct fd_who guests[GUESTS];           /* the connections that were accepted last, and are there */
    int guest_count;
};

struct narrator *narrate_new(struct narrate_options options)
{
    struct narrator *narrator = calloc(1, sizeof *narrator);
    if (!narrator)
        abort();
    narrator->options = options;
    return narrator;
}

void narrate_free(struct narrator *narrator)
{
    free(narrator->actors);
    free(narrator);
}

/* -- Who does it ------------------------------------------------------------------------------------------------- */

/* The youngest first: they are those who do something while hundreds are being made. */
static struct actor *find_actor(const struct narrator *narrator, pid_t tid)
{
    for (int i = narrator->actor_count - 1; i >= 0; i--)
        if (narrator->actors[i].tid == tid)
            return &narrator->actors[i];
    return NULL;
}

static struct actor *add_actor(struct narrator *narrator, pid_t tid, bool is_thread, int64_t now_ns)
{
    size_t count = (size_t)narrator->actor_count + 1;
    narrator->actors = reallocarray(narrator->actors, count, sizeof *narrator->actors);
    if (!narrator->actors)
        abort();
    struct actor *actor = &narrator->actors[narrator->actor_count++];
    *actor = (struct actor){.tid = tid, .number = ++narrator->born, .is_thread = is_thread, .moved_ns = now_ns};
    return actor;
}

static struct actor *actor_of(struct narrator *narrator, const struct trace_event *event)
{
    struct actor *actor = find_actor(narrator, event->tid);
    return actor ? actor : add_actor(narrator, event->tid, event->tid != event->pid, event->entered_ns);
}

static void forget_actor(struct narrator *narrator, const struct actor *gone)
{
    narrator->actors[gone - narrator->actors] = narrator->actors[--narrator->actor_count];
}

static void name_actor(const struct actor *actor, char *text, size_t size)
{
    if (actor->number == 1)
        snprintf(text, size, "main");
    else
        snprintf(text, size, "%s %d", actor->is_thread ? "thread" : "process", actor->number);
}

/* -- Lines ------------------------------------------------------------------------------------------------------- */

/* How much of the text fits, cut at a blank if there is one. */
static int fitting(const char *text, int width)
{
    int length = (int)strlen(text), cut = width;
    if (length <= width)
        return length;
    while (cut > width / 2 && text[cut] != ' ')
        cut--;
    return text[cut] == ' ' ? cut : width;
}

static void print(struct narrator *narrator, int64_t at_ns, const char *who, enum narrate_tone tone, const char *words)
{
    char line[WORDS + 64], since[16] = "";
    if (at_ns < narrator->line_ns)
        at_ns = narrator->line_ns;
    if (at_ns - narrator->line_ns >= 1000000)
        snprintf(since, sizeof since, "%+.3f", (double)(at_ns - narrator->line_ns) / 1e9);
    int column = snprintf(line, sizeof line, "%8.3f %8s  ", (double)(at_ns - narrator->began_ns) / 1e9, since);
    if (narrator->born > 1)
        column += snprintf(line + column, sizeof line - (size_t)column, "%-11s ", who);
    int room = narrator->options.columns - column;
    if (room < ROOM_LEAST)
        room = ROOM_LEAST;      /* in a narrower terminal, it is that which breaks the lines */
    int n = fitting(words, room);
    snprintf(line + column, sizeof line - (size_t)column, "%.*s", n, words);
    narrator->options.tell(narrator->options.context, tone, line);
    for (words += n + (words[n] == ' '); *words; words += n + (words[n] == ' ')) {
        n = fitting(words, room - 2);
        snprintf(line, sizeof line, "%*s%.*s", column + 2, "", n, words);
        narrator->options.tell(narrator->options.context, tone, line);
    }
    narrator->line_ns = at_ns;
}

static void tell_skipped(struct narrator *narrator, int64_t at_ns)
{
    char number[32], words[WORDS];
    narrate_number(narrator->skipped, number, sizeof number);
    snprintf(words, sizeof words, "... %s happening%s skipped: too many to tell", number,
             narrator->skipped == 1 ? "" : "s");
    narrator->skipped = 0;
    print(narrator, at_ns, "", NARRATE_ASIDE, words);
}

static void skip(struct narrator *narrator, int64_t at_ns, int64_t happenings)
{
    if (narrator->skipped == 0)
        narrator->skipped_since_ns = at_ns;
    narrator->skipped += happenings;
    narrator->skipped_last_ns = at_ns;
}

/* Nobody reads faster: a second of silence for each handful of lines. */
static bool is_too_much(struct narrator *narrator, int64_t at_ns)
{
    if (at_ns > narrator->filled_ns) {
        narrator->lines_left += (double)(at_ns - narrator->filled_ns) / 1e9 * NARRATE_A_SECOND;
        narrator->filled_ns = at_ns;
    }
    if (narrator->lines_left > NARRATE_AT_ONCE)
        narrator->lines_left = NARRATE_AT_ONCE;
    bool silent = narrator->skipped > 0 && at_ns - narrator->skipped_since_ns < SECOND_NS;
    return silent || narrator->lines_left < 1;
}

/* `happenings`: that this line stands for. */
static void tell(struct narrator *narrator, int64_t at_ns, const struct actor *actor, enum narrate_tone tone,
                 int64_t happenings, const char *words)
{
    char who[24];
    if (!narrator->speaks)
        return;
    if (is_too_much(narrator, at_ns)) {
        skip(narrator, at_ns, happenings);
        return;
    }
    if (narrator->skipped > 0)
        tell_skipped(narrator, at_ns);
    narrator->lines_left -= 1;
    name_actor(actor, who, sizeof who);
    print(narrator, at_ns, who, tone, words);
}

static int by_birth(const void *a, const void *b)
{
    const struct actor *first = a, *second = b;
    return first->number - second->number;
}

/* Their end was among the events that nobody saw. */
static void forget_the_dead(struct narrator *narrator)
{
    for (int i = narrator->actor_count - 1; narrator->options.lives && i >= 0; i--)
        if (!narrator->options.lives(narrator->actors[i].tid))
            forget_actor(narrator, &narrator->actors[i]);
}

/* Who has come and gone already has no number. */
void narrate_speak(struct narrator *narrator, int64_t now_ns)
{
    forget_the_dead(narrator);
    narrator->speaks = true;
    narrator->began_ns = narrator->line_ns = narrator->filled_ns = now_ns;
    narrator->lines_left = NARRATE_AT_ONCE;
    qsort(narrator->actors, (size_t)narrator->actor_count, sizeof *narrator->actors, by_birth);
    for (narrator->born = 0; narrator->born < narrator->actor_count; narrator->born++) {
        struct actor *actor = &narrator->actors[narrator->born];
        *actor = (struct actor){.tid = actor->tid, .number = narrator->born + 1, .is_thread = actor->is_thread,
                                .moved_ns = actor->moved_ns};
    }
}

void narrate_lost(struct narrator *narrator, int64_t count)
{
    if (count > 0 && narrator->speaks)
        skip(narrator, narrator->line_ns > narrator->skipped_last_ns ? narrator->line_ns : narrator->skipped_last_ns,
             count);
}

/* -- In vain ----------------------------------------------------------------------------------------------------- */

/* A call that had nothing to give; a nap between two such calls belongs to them. */
static bool is_in_vain(const struct trace_event *event)
{
    switch (call_shape(event->number)) {
    case CALL_READ: case CALL_READ_PARTS: case CALL_WRITE: case CALL_WRITE_PARTS: case CALL_ACCEPT: case CALL_SIGWAIT:
        return event->error == EAGAIN;
    case CALL_EPOLL_WAIT: case CALL_POLL: case CALL_SELECT: return event->result == 0;
    default: return event->number == SYS_nanosleep || event->number == SYS_clock_nanosleep;
    }
}

/* False: it is the first of its kind, and to be told. */
static bool is_asked_again(struct actor *actor, const struct trace_event *event)
{
    for (int i = 0; i < actor->ask_count; i++)
        if (actor->asks[i].call == event->number && actor->asks[i].fd == event->fd)
            return true;
    if (actor->ask_count == ASKS)
        return true;
    actor->asks[actor->ask_count].call = event->number;
    actor->asks[actor->ask_count++].fd = event->fd;
    return false;
}

static void ask_again(struct narrator *narrator, struct actor *actor, const struct trace_event *event)
{
    if (actor->in_vain++ == 0)
        actor->in_vain_since_ns = event->entered_ns;
    if (actor->in_vain == ASKS_OFTEN)
        tell(narrator, event->returned_ns, actor, NARRATE_ASLEEP, 1, "asks again and again ...");
}

/* Something has come of it at last, or something else has happened. */
static void end_asking(struct narrator *narrator, struct actor *actor, int64_t at_ns)
{
    char number[32], duration[24], words[WORDS];
    int64_t times = actor->in_vain;
    actor->ask_count = 0;
    actor->in_vain = 0;
    if (times == 0)
        return;
    narrate_number(times, number, sizeof number);
    narrate_duration(at_ns - actor->in_vain_since_ns, duration, sizeof duration);
    snprintf(words, sizeof words, "... asked %s time%s%s in vain for %s", number, times == 1 ? "" : "s",
             times < ASKS_OFTEN ? " more" : "", duration);
    tell(narrator, at_ns, actor, NARRATE_ASIDE, times, words);
}

/* -- Happenings -------------------------------------------------------------------------------------------------- */

/* Its own stdout and stderr. (Where a socket or a pipe stands in their place, it is not.) */
static bool is_for_its_terminal(const struct trace_event *event)
{
    enum call_shape shape = call_shape(event->number);
    return (shape == CALL_WRITE || shape == CALL_WRITE_PARTS) && event->who.kind == FD_FILE &&
           (event->fd == STDOUT_FILENO || event->fd == STDERR_FILENO);
}

/* What every program does beside its work, and no model is told by. A birth is told as such. */
static bool is_housekeeping(const struct trace_event *event)
{
    static const long calls[] = {SYS_rt_sigprocmask, SYS_rt_sigaction, SYS_rt_sigreturn, SYS_newfstatat, SYS_fstat,
                                 SYS_restart_syscall, SYS_sched_getparam, SYS_sched_getscheduler};
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (event->number == calls[i])
            return true;
    return call_shape(event->number) == CALL_BIRTH || is_for_its_terminal(event) ||
           (event->number == SYS_futex && !event->waited);
}

static bool is_same(struct fd_who one, struct fd_who other)
{
    return one.kind == other.kind && one.number == other.number;
}

static void count(struct narrator *narrator, const struct actor *actor, const struct trace_event *event)
{
    if (!narrator->speaks)
        return;
    narrator->calls++;
    if (event->number >= 0 && event->number < CALLS_MOST)
        narrator->counts[event->number]++;
    narrator->clients += event->made.kind == FD_CONNECTION && !event->error;
    if (actor->number == 1 && event->waited) {
        int64_t from = event->entered_ns > narrator->began_ns ? event->entered_ns : narrator->began_ns;
        narrator->main_slept_ns += event->returned_ns - from;
    }
}

/* Of more than there is room for, the eldest is not asked about any more. */
static void welcome(struct narrator *narrator, struct fd_who guest)
{
    if (guest.kind != FD_CONNECTION || !guest.port)
        return;
    if (narrator->guest_count == GUESTS)
        memmove(narrator->guests, narrator->guests + 1, (size_t)--narrator->guest_count * sizeof guest);
    narrator->guests[narrator->guest_count++] = guest;
}

static void happens(struct narrator *narrator, struct actor *actor, const struct trace_event *event)
{
    char words[WORDS];
    bool again = actor->had.kind != FD_UNKNOWN && is_same(actor->had, event->who);
    bool woke = event->waited || actor->asleep_since_ns == event->entered_ns;
    count(narrator, actor, event);
    if (!event->error)
        welcome(narrator, event->made);
    if (is_housekeeping(event))
        return;
    actor->had = event->error ? (struct fd_who){.kind = FD_UNKNOWN} : event->who;
    if (!is_in_vain(event))
        end_asking(narrator, actor, event->returned_ns);
    else if (is_asked_again(actor, event)) {
        ask_again(narrator, actor, event);
        return;
    }
    narrate_words(event, woke, again, words, sizeof words);
    tell(narrator, event->returned_ns, actor, woke ? NARRATE_WOKE : NARRATE_PLAIN, 1, words);
}

static void is_born(struct narrator *narrator, const struct trace_event *event)
{
    char name[24], words[WORDS];
    pid_t parent = event->tid;
    struct actor *child = find_actor(narrator, event->other);
    if (!child)
        child = add_actor(narrator, event->other, event->is_thread, event->returned_ns);
    name_actor(child, name, sizeof name);
    snprintf(words, sizeof words, "%s is born (%d)", name, event->other);
    tell(narrator, event->returned_ns, find_actor(narrator, parent), NARRATE_PLAIN, 1, words);
}

void narrate_event(struct narrator *narrator, const struct trace_event *event)
{
    char words[WORDS];
    struct actor *actor = actor_of(narrator, event);
    if (event->returned_ns > actor->moved_ns)
        actor->moved_ns = event->returned_ns;
    if (event->kind == TRACE_CALL) {
        if (event->returned_ns)
            happens(narrator, actor, event);
        return;
    }
    end_asking(narrator, actor, event->returned_ns);
    if (event->kind == TRACE_BORN) {
        is_born(narrator, event);
        return;
    }
    narrate_words(event, false, false, words, sizeof words);
    if (narrator->is_ending && actor->number == 1 && event->kind == TRACE_SIGNAL && event->signal_number == SIGTERM)
        snprintf(words, sizeof words, "SIGTERM comes%s", event->handled ? "; its handler runs" : "");
    tell(narrator, event->returned_ns, actor, NARRATE_PLAIN, 1, words);
    if (event->kind == TRACE_ENDED)
        forget_actor(narrator, actor);
}

/* -- Now --------------------------------------------------------------------------------------------------------- */

static void name_call(const struct trace_event *call, char *text, size_t size)
{
    struct line line = {text, size};
    text[0] = '\0';
    say(&line, "%s", call_title(call->number));
    if (call->fd >= 0 && (call->who.kind == FD_CONNECTION || call->who.kind == FD_UNKNOWN)) {
        say(&line, " ");
        say_fd(&line, call->who, call->fd);
    }
}

static bool is_to_be_called_asleep(const struct narrator *narrator, const struct trace_event *call, int64_t now_ns)
{
    const struct actor *actor = find_actor(narrator, call->tid);
    return actor && actor->in_vain == 0 && actor->moved_ns <= call->entered_ns &&
           actor->asleep_since_ns != call->entered_ns &&
           now_ns - call->entered_ns >= (int64_t)NARRATE_ASLEEP_MS * 1000000;
}

/* Each of a pool has an epoll instance of its own, and they do the same. */
static bool sleep_alike(const struct trace_event *one, const struct trace_event *other)
{
    return one->number == other->number && one->who.kind == other->who.kind &&
           (one->who.kind != FD_CONNECTION || one->who.number == other->who.number);
}

/* Those who fell asleep in the same call, from the first on; are they many, all are said to by one line. */
static int fall_asleep(struct narrator *narrator, const struct trace_event *calls, int count, int64_t now_ns)
{
    int together = 0;
    for (int i = 0; i < count; i++)
        together += sleep_alike(&calls[i], calls) && is_to_be_called_asleep(narrator, &calls[i], now_ns);
    for (int i = 0; i < count && together >= CROWD; i++)
        if (sleep_alike(&calls[i], calls) && is_to_be_called_asleep(narrator, &calls[i], now_ns))
            find_actor(narrator, calls[i].tid)->asleep_since_ns = calls[i].entered_ns;
    return together;
}

/* Only if each of them sleeps: as long as one is awake, it may be about to read. */
static bool all_sleep(const struct narrator *narrator, const struct trace_event *calls, int count, int64_t now_ns)
{
    int asleep = 0;
    for (int i = 0; i < count; i++) {
        const struct actor *actor = find_actor(narrator, calls[i].tid);
        asleep += actor && actor->moved_ns <= calls[i].entered_ns &&
                  now_ns - calls[i].entered_ns >= (int64_t)NARRATE_ASLEEP_MS * 1000000;
    }
    return asleep == narrator->actor_count;
}

/* "9 bytes of A lie unread", or "". Who is not there any more is forgotten. */
static void look_for_unread(struct narrator *narrator, char *text, size_t size)
{
    struct line line = {text, size};
    int64_t total = 0;
    int told = 0;
    text[0] = '\0';
    for (int i = 0; narrator->options.unread && i < narrator->guest_count && told < UNREAD_TOLD; i++) {
        struct fd_who *guest = &narrator->guests[i];
        int64_t bytes = narrator->options.unread(narrator->options.context, guest->port);
        if (bytes < 0) {
            memmove(guest, guest + 1, (size_t)(--narrator->guest_count - i) * sizeof *guest);
            i--;
        } else if (bytes > 0) {
            char number[32];
            narrate_number(bytes, number, sizeof number);
            say(&line, "%s%s%s of ", told > 0 ? ", " : "", number, told > 0 ? "" : bytes == 1 ? " byte" : " bytes");
            say_fd(&line, *guest, -1);
            total += bytes;
            told++;
        }
    }
    say(&line, total == 0 ? "" : total == 1 ? " lies unread" : " lie unread");
}

/* True: not yet. Bytes that come just now will wake it, so that it is looked at once more. */
static bool is_in_doubt(struct narrator *narrator, struct actor *actor, const struct trace_event *calls, int count,
                        const struct trace_event *call, int64_t now_ns)
{
    actor->unread[0] = '\0';
    if (!narrator->speaks || !all_sleep(narrator, calls, count, now_ns))
        return false;
    look_for_unread(narrator, actor->unread, sizeof actor->unread);
    if (!actor->unread[0] || actor->doubted_ns == call->entered_ns)
        return false;
    actor->doubted_ns = call->entered_ns;
    return true;
}

void narrate_under_way(struct narrator *narrator, const struct trace_event *calls, int count, int64_t now_ns)
{
    char name[48], words[WORDS];
    if (narrator->skipped > 0 && now_ns - narrator->skipped_last_ns >= CALM_NS)
        tell_skipped(narrator, now_ns);
    for (int i = 0; i < count; i++) {
        if (!is_to_be_called_asleep(narrator, &calls[i], now_ns))
            continue;
        struct actor *actor = find_actor(narrator, calls[i].tid);
        if (is_in_doubt(narrator, actor, calls, count, &calls[i], now_ns))
            continue;
        int together = fall_asleep(narrator, calls + i, count - i, now_ns);
        name_call(&calls[i], name, sizeof name);
        if (together >= CROWD)
            snprintf(words, sizeof words, "%s: asleep, and %d others, too", name, together - 1);
        else
            snprintf(words, sizeof words, "%s: asleep%s%s", name, actor->unread[0] ? ", and " : "", actor->unread);
        actor->asleep_since_ns = calls[i].entered_ns;
        tell(narrator, calls[i].entered_ns, actor, NARRATE_ASLEEP, 1, words);
    }
}

/* False: who made the call has ended since it was seen. */
static bool say_asleep(struct line *line, const struct narrator *narrator, const struct trace_event *call,
                       int64_t now_ns, const char *before)
{
    char who[24], name[48], duration[24];
    const struct actor *actor = find_actor(narrator, call->tid);
    if (!actor)
        return false;
    name_actor(actor, who, sizeof who);
    name_call(call, name, sizeof name);
    narrate_duration(now_ns - call->entered_ns, duration, sizeof duration);
    say(line, "%s%s%s%s, asleep for %s", before, narrator->born > 1 ? who : "", narrator->born > 1 ? ": " : "", name,
        duration);
    if (actor && actor->asleep_since_ns == call->entered_ns && actor->unread[0])
        say(line, ", and %s", actor->unread);
    return true;
}

void narrate_status(const struct narrator *narrator, const struct trace_event *calls, int count, int64_t now_ns,
                    char *text, size_t size)
{
    struct line line = {text, size};
    text[0] = '\0';
    for (int i = 0; i < narrator->actor_count; i++)
        if (narrator->actors[i].in_vain >= ASKS_OFTEN) {
            char who[24], number[32], duration[24];
            name_actor(&narrator->actors[i], who, sizeof who);
            narrate_number(narrator->actors[i].in_vain, number, sizeof number);
            narrate_duration(now_ns - narrator->actors[i].in_vain_since_ns, duration, sizeof duration);
            say(&line, "%s asks again and again: %s times in vain, for %s", who, number, duration);
            return;
        }
    int asleep = 0, told = 0;
    for (int i = 0; i < count; i++)
        asleep += find_actor(narrator, calls[i].tid) != NULL;
    if (asleep > 1)
        say(&line, "%d sleep; ", asleep);
    for (int i = 0; i < count; i++)
        told += say_asleep(&line, narrator, &calls[i], now_ns, told > 0 ? "; " : "");
    if (asleep == 0)
        say(&line, "nobody sleeps");
}

/* -- The end ----------------------------------------------------------------------------------------------------- */

/* Of all of them together: nobody's line. */
void narrate_farewell(struct narrator *narrator, int64_t now_ns)
{
    if (narrator->skipped > 0)
        tell_skipped(narrator, now_ns);
    narrator->is_ending = true;
    narrator->lines_left = NARRATE_AT_ONCE;
    print(narrator, now_ns, "", NARRATE_WOKE, "Ctrl-C: it is asked to end (SIGTERM)");
}

void narrate_finish(struct narrator *narrator, int64_t now_ns)
{
    for (int i = 0; i < narrator->actor_count; i++)
        end_asking(narrator, &narrator->actors[i], now_ns);
    if (narrator->skipped > 0)
        tell_skipped(narrator, now_ns);
}

/* The number of the call that was made most often, fewer times than `below`, or as often and with a higher number. */
static long next_frequent(const struct narrator *narrator, long before)
{
    long best = -1;
    int64_t limit = before < 0 ? INT64_MAX : narrator->counts[before];
    for (long i = 0; i < CALLS_MOST; i++) {
        bool later = narrator->counts[i] < limit || (narrator->counts[i] == limit && i > before);
        if (narrator->counts[i] > 0 && later && (best < 0 || narrator->counts[i] > narrator->counts[best]))
            best = i;
    }
    return best;
}

void narrate_sum_up(const struct narrator *narrator, int64_t now_ns, char *text, size_t size)
{
    enum { NAMES = 6 };
    struct line line = {text, size};
    char duration[24], number[32];
    int64_t lasted_ns = now_ns - narrator->began_ns;
    text[0] = '\0';
    narrate_duration(lasted_ns, duration, sizeof duration);
    narrate_number(narrator->calls, number, sizeof number);
    say(&line, "%s, ", duration);
    if (narrator->counts[SYS_io_uring_enter] == 0)      /* what the kernel accepts by itself is not seen */
        say(&line, "%lld client%s, ", (long long)narrator->clients, narrator->clients == 1 ? "" : "s");
    say(&line, "%s call%s", number, narrator->calls == 1 ? "" : "s");
    long call = next_frequent(narrator, -1);
    for (int i = 0; call >= 0 && i < NAMES; i++, call = next_frequent(narrator, call)) {
        narrate_number(narrator->counts[call], number, sizeof number);
        say(&line, "%s%s %s", i > 0 ? ", " : ": ", number, call_title(call));
    }
    if (lasted_ns > 0)
        say(&line, "%s. Asleep in a call: %.0f %% of the time%s.", call >= 0 ? " and others" : "",
            100.0 * (double)narrator->main_slept_ns / (double)lasted_ns, narrator->born > 1 ? " (main)" : "");
}
