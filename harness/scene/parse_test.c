/* What is seen, and what it should be: the tests, and the elses behind them. */
#define _GNU_SOURCE
#include "harness/scene/braces.h"
#include "harness/scene/counted.h"
#include "harness/scene/parser.h"
#include <string.h>

/* -- Tests ------------------------------------------------------------------------------------------------------- */

/* One of the words in the list, which has a blank before and behind each. */
static bool among(const char *list, const char *text)
{
    char padded[SCENE_NAME + 2];
    snprintf(padded, sizeof padded, " %s ", text);
    return strstr(list, padded) != NULL;
}

static const char states[] = " connecting open eof reset refused closed ";
static const char watches[] = " level-triggered edge-triggered oneshot disarmed no ";
static const char families[] = " accept read write select poll epoll_wait pause wait nanosleep sigwaitinfo "
                               "sigsuspend futex io_uring_enter ";
static const char ends[] = " running SIGABRT SIGALRM SIGBUS SIGFPE SIGHUP SIGILL SIGINT SIGIO SIGKILL SIGPIPE SIGQUIT "
                           "SIGRTMIN SIGRTMIN+1 SIGSEGV SIGSYS SIGTERM SIGTRAP SIGUSR1 SIGUSR2 SIGXFSZ ";

/* calls(...) or bytes(...); `calls(read in handler)` is three words. */
static bool take_counted(struct parser *p, struct scene_observation *seen)
{
    char text[3 * SCENE_NAME] = "";
    const char *wrong = NULL;
    int count = 0;
    for (const struct word *word; (word = peek(p)) && !word->quoted && count < 3 && !strchr(text, ')'); p->at++)
        snprintf(text + strlen(text), sizeof text - strlen(text), count++ ? " %s" : "%s", word->text);
    p->at -= count;
    if (!counted_read(text, seen, &wrong))
        return false;
    if (wrong)
        fail(p, "want %s", wrong);
    else if (seen->of_twin)
        fail(p, "the server is traced, not its twin: want something else");
    else if (!p->scene->traced)
        fail(p, "it is counted by a tracer: want `server traced` among the scene's headers");
    else
        p->at += count;
    return true;
}

/* Whoever is traced is slow. */
static void refuse_times(struct parser *p, enum scene_what what)
{
    if (p->scene->traced && (scene_is_rate(what) || (what >= SEE_CONNECT_TIME && what <= SEE_LIFETIME))) {
        p->at--;
        fail(p, "the server is traced, and nobody's times mean anything: want something else");
    }
}

static void read_call(struct parser *p, struct scene_observation *seen)
{
    seen->what = SEE_BLOCKED_IN;
    want_short(p, seen->word, "a call such as read, accept or epoll_wait");
    if (!p->failed && !among(families, seen->word)) {
        p->at--;
        fail(p, "want a call of%s(recv is read, send is write)", families);
    }
    if (take(p, "on"))
        seen->client = want_name(p);
}

/* Whose it is: the server's, its twin's, a client's. */
static void read_whose(struct parser *p, struct scene_observation *seen)
{
    if (next_is(p, "twin") && !has_twin(p->scene))
        fail(p, "want a twin that was started before (`twin start`)");
    seen->of_twin = take(p, "twin");
    seen->of_server = seen->of_twin || take(p, "server");
    if (!seen->of_server)
        seen->client = want_name(p);
}

/* The mark, the rates and the queue are the server's. */
static bool is_of_twins(enum scene_what what) { return !scene_is_rate(what) && what != SEE_ACCEPT_QUEUE; }

static void read_what(struct parser *p, struct scene_observation *seen)
{
    const struct word *word = peek(p);
    bool of_server = false;
    int end = 0;
    if (seen->of_server && word && sscanf(word->text, "said(%31[^)])%n", seen->word, &end) == 1 && end > 0 &&
        !word->text[end]) {
        seen->what = SEE_SAID;
        p->at++;
    } else if (!word || !scene_observation_named(word->text, &seen->what, &of_server) || of_server != seen->of_server) {
        fail(p, seen->of_server ? "want what is seen of a server (%s, calls(NAME), bytes(NAME), said(KEY), "
                                  "said \"TEXT\", blocked in CALL)"
                                : "want what a client does (send, expect, ping, fin, reset, close, stop reading, start "
                                  "reading, read) or what is seen of it (%s)",
             scene_observations(seen->of_server));
    } else if (seen->what == SEE_WRONG_BYTE && p->scene->http) {
        fail(p, "of http nothing is compared: want something else");
    } else if (seen->of_twin && !is_of_twins(seen->what)) {
        fail(p, "of a twin neither rates are seen nor who waits: want something else");
    } else {
        p->at++;
        refuse_times(p, seen->what);
    }
}

static void read_observation(struct parser *p, struct scene_observation *seen)
{
    read_whose(p, seen);
    if (seen->of_server && take_both(p, "blocked", "in")) {
        read_call(p, seen);
    } else if (seen->of_server && take(p, "said")) {
        seen->what = SEE_SAID;
        seen->text = want_text(p, "what it says,", &seen->text_length);
    } else if (!(seen->of_server && take_counted(p, seen))) {
        read_what(p, seen);
    }
}

/* `in_order`: of a relation such as below. A word is neither below nor above another. */
static struct scene_value want_value_of(struct parser *p, enum scene_what what, bool in_order)
{
    static const char *const names[] = {"a number", "a size such as 64KiB", "a time such as 200ms",
                                        "a share such as 5%", "a word, behind `is` or `is not`"};
    struct scene_value value = {0};
    const struct word *word = peek(p);
    if (word && !word->quoted && scene_value_read(word->text, &value) && scene_unit_fits(what, value.unit, in_order)) {
        p->at++;
        return value;
    }
    enum scene_unit unit = UNIT_WORD;
    while (unit > UNIT_COUNT && !scene_unit_fits(what, unit, false))
        unit--;
    fail(p, "want %s", names[unit]);
    return value;
}

/* What a mark remembers, besides the rates. */
static bool is_marked(enum scene_what what) { return what >= SEE_RSS && what <= SEE_ACCEPT_QUEUE; }

static void want_level(struct parser *p, struct scene_test *test)
{
    if (test->seen.of_twin)
        fail(p, "a mark remembers the server, not its twin: want another relation");
    if (!is_marked(test->seen.what))
        fail(p, "a mark remembers rss, fds, threads, processes, zombies and accept-queue: want one of these");
    want_mark(p, test->mark);
}

/* The word just read is one that can be seen; else the test would wait for it in vain. */
static void want_known(struct parser *p, const struct scene_test *test)
{
    static const struct { enum scene_what what; const char *name, *words; } known[] = {
        {SEE_STATE, "a state", states}, {SEE_WATCHED, "one", watches}, {SEE_BLOCKED_IN, "a call", families},
        {SEE_EXIT, "0 to 255, or one", ends}};
    bool number = test->value.unit == UNIT_COUNT && test->value.number <= 255;
    for (size_t i = 0; i < sizeof known / sizeof *known && !p->failed; i++)
        if (test->seen.what == known[i].what && !number && !among(known[i].words, test->value.word)) {
            p->at--;
            fail(p, "want %s of%s", known[i].name, known[i].words);
        }
}

static void read_relation(struct parser *p, struct scene_test *test)
{
    if (scene_holds_or_not(&test->seen)) {
        test->relation = HOLDS;
        return;
    }
    if (take(p, "is")) {
        test->relation = take(p, "not") ? IS_NOT : IS;
    } else if (take(p, "below")) {
        test->relation = BELOW;
    } else if (take(p, "above")) {
        test->relation = ABOVE;
    } else if (take(p, "between")) {
        test->relation = BETWEEN;
    } else if (take_both(p, "as", "at")) {
        test->relation = AS_AT;
        want_level(p, test);
        return;
    } else if (take(p, "at")) {
        test->relation = take(p, "least") ? AT_LEAST : AT_MOST;
        if (test->relation == AT_MOST)
            want(p, "most");
    } else {
        fail(p, "want is, is not, below, above, at least, at most, between or as at");
    }
    bool in_order = test->relation != IS && test->relation != IS_NOT;
    test->value = want_value_of(p, test->seen.what, in_order);
    want_known(p, test);
    if (test->relation == BETWEEN) {
        want(p, "and");
        test->upper = want_value_of(p, test->seen.what, in_order);
        if (!p->failed && test->upper.number < test->value.number) {
            p->at--;
            fail(p, "want a value that is not below the first");
        }
    }
    if (test->relation == AT_MOST && take(p, "above")) {
        test->relation = AT_MOST_ABOVE;
        want_level(p, test);
    }
}

void read_test(struct parser *p, struct scene_test *test, bool in_else)
{
    *test = (struct scene_test){.within_ms = -1, .for_ms = -1};
    read_observation(p, &test->seen);
    read_relation(p, test);
    if (in_else)
        return;
    bool rate = scene_is_rate(test->seen.what), counted = scene_is_counted(test->seen.what);
    if ((rate || counted) && take(p, "since"))
        want_mark(p, test->mark);
    else if (take(p, "for"))
        test->for_ms = want_time_in_scene(p);
    else if (rate)
        fail(p, "a rate needs `for TIME` or `since MARK`: want one of them");
    else
        take_within(p, &test->within_ms);
}

void read_shown(struct parser *p, struct scene_test *test)
{
    *test = (struct scene_test){.within_ms = -1, .for_ms = -1};
    read_observation(p, &test->seen);
    if (!p->failed && !test->seen.of_server && count_named(p, &test->seen.client) > 1)
        fail(p, "want one of the group, such as %s1", test->seen.client.name);
    bool rate = scene_is_rate(test->seen.what), counted = scene_is_counted(test->seen.what);
    if ((rate || counted) && take(p, "since"))
        want_mark(p, test->mark);
    else if (rate && take(p, "for"))
        test->for_ms = want_time_in_scene(p);
    else if (rate)
        fail(p, "a rate needs `for TIME` or `since MARK`: want one of them");
}

/* -- Elses ------------------------------------------------------------------------------------------------------- */

/* NULL: it can be filled in. */
static const char *fault_of_braces(const struct parser *p, const char *name)
{
    struct scene_observation seen;
    if (braces_of_line(name))
        return NULL;
    if (!braces_read(name, &seen))
        return "want got, want, ok, of, or what can be seen";
    if (!seen.of_server && (seen.client.first > known_count(p, seen.client.name) || !known_count(p, seen.client.name)))
        return "want a client of the scene";
    if (seen.of_twin && !is_of_twins(seen.what))
        return "of a twin neither rates are seen nor who waits: want something else";
    if (scene_is_rate(seen.what) && p->scene->traced)
        return "the server is traced, and nobody's times mean anything: want something else";
    bool traced = p->scene->traced || p->coming_count > 0;      /* behind the title, headers are still to come */
    if (scene_is_counted(seen.what) && !traced)
        return "it is counted by a tracer (`server traced`): want something else";
    return NULL;
}

/* Who misspells what only a failure will show finds out now. */
static void check_braces(struct parser *p, const char *text)
{
    char name[BRACES_MOST];
    for (const char *at = text; at && *at; at++) {
        const char *fault = braces_at(at, name) ? fault_of_braces(p, name) : NULL;
        if (!fault)
            continue;
        p->at--;
        fail(p, "%s in {%s}", fault, name);
        return;
    }
}

void read_elses(struct parser *p, struct scene_elses *elses)
{
    bool plain = false;
    while (take(p, "else")) {
        if (plain)
            fail(p, "what stands behind an else without `if` is never said: want it last");
        struct scene_else one = {.line = p->statement->words[p->at - 1].line};
        const struct word *word = peek(p);
        if (word && !word->quoted && !next_is(p, "if") && !next_is(p, "for"))
            want_label(p, one.code, "a CODE");
        if (take(p, "if"))
            read_test(p, &one.test, true);
        else if (take(p, "for"))
            read_else_choice(p, &one);
        else
            plain = one.always = true;
        one.text = want_text(p, "the cause", NULL);
        check_braces(p, one.text);
        elses->list = grown(elses->list, elses->count, sizeof *elses->list);
        elses->list[elses->count++] = one;
    }
}
