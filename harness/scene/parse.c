/* The parser: a function for each rule of the grammar in docs/scenes.md. The first fault is told, with its line, and
 * ends the reading: nothing is played from a file that is wrong. */
#define _GNU_SOURCE
#include "harness/scene/counted.h"
#include "harness/scene/scene.h"
#include "harness/scene/words.h"
#include <ctype.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { TEXTS_MOST = 64 << 20 };         /* bytes of all copies of a text */

struct parser {
    const char *path;
    FILE *errors;
    const struct statement *statement;
    int at;
    bool failed, begun;         /* begun: the scene's first line of action has been read */
    struct scene *scene;
    int groups, marks, always;  /* of the scene, so far */
};

/* -- Words ------------------------------------------------------------------------------------------------------- */

/* The message stays one line, whatever the word holds. */
static void tell_word(FILE *errors, const char *word)
{
    fprintf(errors, ", not \"");
    for (; *word; word++)
        fprintf(errors, iscntrl((unsigned char)*word) ? "\\x%02x" : "%c", (unsigned char)*word);
    fprintf(errors, "\"\n");
}

__attribute__((format(printf, 2, 3))) static void fail(struct parser *p, const char *format, ...)
{
    if (p->failed)
        return;
    p->failed = true;
    int last = p->at < p->statement->count ? p->at : p->statement->count - 1;
    fprintf(p->errors, "%s:%d: ", p->path, p->statement->words[last].line);
    va_list arguments;
    va_start(arguments, format);
    vfprintf(p->errors, format, arguments);
    va_end(arguments);
    if (p->at < p->statement->count)
        tell_word(p->errors, p->statement->words[p->at].text);
    else
        fprintf(p->errors, ", but the line ends\n");
}

static const struct word *peek(const struct parser *p)
{
    return p->failed || p->at >= p->statement->count ? NULL : &p->statement->words[p->at];
}

static bool next_is(const struct parser *p, const char *text)
{
    const struct word *word = peek(p);
    return word && !word->quoted && strcmp(word->text, text) == 0;
}

static bool take(struct parser *p, const char *text)
{
    bool found = next_is(p, text);
    p->at += found;
    return found;
}

static void want(struct parser *p, const char *text)
{
    if (!take(p, text))
        fail(p, "want `%s` here", text);
}

static bool take_both(struct parser *p, const char *first, const char *second)
{
    if (!take(p, first))
        return false;
    want(p, second);
    return true;
}

static const char *want_word(struct parser *p, const char *what)
{
    const struct word *word = peek(p);
    if (!word || word->quoted) {
        fail(p, "want %s", what);
        return "";
    }
    p->at++;
    return word->text;
}

static void want_short(struct parser *p, char to[SCENE_NAME], const char *what)
{
    const char *word = want_word(p, what);
    if (strlen(word) >= SCENE_NAME) {
        p->at--;
        fail(p, "want %s of at most %d letters", what, SCENE_NAME - 1);
    }
    snprintf(to, SCENE_NAME, "%s", word);
}

static char *want_text(struct parser *p, const char *what, size_t *length)
{
    const struct word *word = peek(p);
    if (!word || !word->quoted) {
        fail(p, "want %s in \"quotes\"", what);
        return NULL;
    }
    p->at++;
    char *copy = calloc(1, word->length + 1);
    if (copy)
        memcpy(copy, word->text, word->length);
    if (length)
        *length = word->length;
    return copy;
}

static struct scene_value want_value(struct parser *p, enum scene_unit unit, const char *example)
{
    struct scene_value value;
    const struct word *word = peek(p);
    if (!word || word->quoted || !scene_value_read(word->text, &value) || value.unit != unit) {
        fail(p, "want %s", example);
        return (struct scene_value){0};
    }
    p->at++;
    return value;
}

static double want_time(struct parser *p) { return want_value(p, UNIT_MS, "a time such as 500ms or 2s").number; }

static bool is_whole(double n, double most) { return n <= most && n - (double)(int64_t)n <= 0; }

static int want_count(struct parser *p, int least, int most)
{
    double n = want_value(p, UNIT_COUNT, "a number").number;
    if (!p->failed && (n < least || !is_whole(n, most))) {
        p->at--;
        fail(p, "want a number from %d to %d", least, most);
    }
    return (int)n;
}

/* x5. What else begins with an x has no place where a count may stand. */
static void take_times(struct parser *p, int *times, int most)
{
    const struct word *word = peek(p);
    if (!word || word->quoted || word->text[0] != 'x')
        return;
    char *end = word->text + 1;
    long n = isdigit((unsigned char)*end) ? strtol(end, &end, 10) : 0;
    if (*end || n < 1 || n > most)
        fail(p, "want x1 to x%d", most);
    *times = (int)n;
    p->at++;
}

/* 5, 64KiB, 16MiB. False: no size stands here. */
static bool take_size(struct parser *p, int64_t *size)
{
    const double most = 1099511627776;      /* 1 TiB */
    struct scene_value value;
    const struct word *word = peek(p);
    if (!word || word->quoted || !scene_value_read(word->text, &value) ||
        (value.unit != UNIT_BYTES && value.unit != UNIT_COUNT) || !is_whole(value.number, most))
        return false;
    *size = (int64_t)value.number;
    p->at++;
    return true;
}

static void take_within(struct parser *p, double *within_ms)
{
    if (!take(p, "within"))
        return;
    *within_ms = want_time(p);
    if (!p->failed && *within_ms > p->scene->limit_ms) {
        p->at--;
        fail(p, "want a time below the scene's limit of %.0f ms (`limit TIME` raises it)", p->scene->limit_ms);
    }
}

/* The player has room for so many: nothing is started that it could not play. `fresh`: not named before. */
static void take_room(struct parser *p, int *taken, int most, bool fresh, const char *what)
{
    *taken += fresh;
    if (*taken > most)
        fail(p, "want at most %d %s in a scene", most, what);
}

/* -- Names ------------------------------------------------------------------------------------------------------- */

static bool starts_name(const struct parser *p)
{
    const struct word *word = peek(p);
    return word && !word->quoted && isupper((unsigned char)word->text[0]);
}

/* "C12" -> C and 12; no number, or one that begins with 0: 0. Returns where the number ended. */
static const char *split_name(const char *text, char name[SCENE_NAME], int *number)
{
    size_t letters = 0;
    while (isalpha((unsigned char)text[letters]) && letters < SCENE_NAME - 1)
        letters++;
    memcpy(name, text, letters);
    name[letters] = '\0';
    char *end = (char *)text + letters;
    long n = *end >= '1' && *end <= '9' ? strtol(end, &end, 10) : 0;
    *number = n > SCENE_GROUP_MOST ? SCENE_GROUP_MOST + 1 : (int)n;
    return end;
}

static int declared_count(const struct scene *scene, const char *name)
{
    int count = 0;
    for (int i = 0; i < scene->line_count; i++)
        if (scene->lines[i].action == DO_CLIENT && strcmp(scene->lines[i].client.name, name) == 0)
            count = scene->lines[i].count;
    return count;
}

static struct scene_name want_name(struct parser *p)
{
    struct scene_name name = {.name = ""};
    char again[SCENE_NAME];
    if (!starts_name(p)) {
        fail(p, "want a client's name (A, or C, C3, C2..C5 of a group)");
        return name;
    }
    const char *end = split_name(p->statement->words[p->at].text, name.name, &name.first);
    name.last = name.first;
    bool range = strncmp(end, "..", 2) == 0;
    if (range)
        end = split_name(end + 2, again, &name.last);
    int count = declared_count(p->scene, name.name);
    if (*end || name.first > name.last || (range && (name.first == 0 || strcmp(again, name.name) != 0)))
        fail(p, "want a client's name (A, or C, C3, C2..C5 of a group)");
    else if (count == 0)
        fail(p, "want a client that was made before (`client %s`)", name.name);
    else if (name.last > count)
        fail(p, "want a member that exists: there are %d of %s", count, name.name);
    p->at++;
    return name;
}

/* `start` is taken by the player itself. */
static bool has_mark(const struct scene *scene, const char *name)
{
    bool has = strcmp(name, "start") == 0;
    for (int i = 0; i < scene->line_count && !has; i++)
        has = scene->lines[i].action == DO_MARK && strcmp(scene->lines[i].mark, name) == 0;
    return has;
}

static void want_mark(struct parser *p, char to[SCENE_NAME])
{
    want_short(p, to, "a mark");
    if (!has_mark(p->scene, to)) {
        p->at--;
        fail(p, "want `start` or a mark that was made before (`mark NAME`)");
    }
}

/* One of the words in the list, which has a blank before and behind each. */
static bool among(const char *list, const char *text)
{
    char padded[SCENE_NAME + 2];
    snprintf(padded, sizeof padded, " %s ", text);
    return strstr(list, padded) != NULL;
}

static const char states[] = " connecting open eof reset refused closed ";
static const char families[] = " accept read write select poll epoll_wait pause wait nanosleep sigwaitinfo "
                               "sigsuspend futex io_uring_enter ";

/* -- Tests ------------------------------------------------------------------------------------------------------- */

static bool is_counted(enum scene_what what) { return what == SEE_CALLS || what == SEE_BYTES; }
static bool is_rate(enum scene_what what) { return what == SEE_CPU || what == SEE_SLEEPS; }

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
    else if (!p->scene->traced)
        fail(p, "it is counted by a tracer: want `server traced` among the scene's headers");
    else
        p->at += count;
    return true;
}

/* Whoever is traced is slow. */
static void refuse_times(struct parser *p, enum scene_what what)
{
    if (p->scene->traced && (is_rate(what) || (what >= SEE_CONNECT_TIME && what <= SEE_LIFETIME))) {
        p->at--;
        fail(p, "the server is traced, and nobody's times mean anything: want something else");
    }
}

static void read_observation(struct parser *p, struct scene_observation *seen)
{
    seen->of_server = take(p, "server");
    if (!seen->of_server)
        seen->client = want_name(p);
    if (seen->of_server && take_both(p, "blocked", "in")) {
        seen->what = SEE_BLOCKED_IN;
        want_short(p, seen->word, "a call such as read, accept or epoll_wait");
        if (!p->failed && !among(families, seen->word)) {
            p->at--;
            fail(p, "want a call of%s(recv is read, send is write)", families);
        }
        if (take(p, "on"))
            seen->client = want_name(p);
        return;
    }
    if (seen->of_server && take_counted(p, seen))
        return;
    const struct word *word = peek(p);
    bool of_server = false;
    int end = 0;
    if (seen->of_server && word && sscanf(word->text, "said(%31[^)])%n", seen->word, &end) == 1 && end > 0 &&
        !word->text[end]) {
        seen->what = SEE_SAID;
        p->at++;
    } else if (!word || !scene_observation_named(word->text, &seen->what, &of_server) || of_server != seen->of_server) {
        fail(p, seen->of_server ? "want what is seen of a server (cpu, fds, alive, ...)"
                                : "want what a client does or what is seen of it (send, expect, got, state, ...)");
    } else if (seen->what == SEE_WRONG_BYTE && p->scene->http) {
        fail(p, "of http nothing is compared: want something else");
    } else {
        p->at++;
        refuse_times(p, seen->what);
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
    if (!is_marked(test->seen.what))
        fail(p, "a mark remembers rss, fds, threads, processes, zombies and accept-queue: want one of these");
    want_mark(p, test->mark);
}

static void read_relation(struct parser *p, struct scene_test *test)
{
    if (test->seen.what == SEE_ALIVE || (test->seen.what == SEE_BLOCKED_IN && test->seen.word[0])) {
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
    if (!p->failed && test->seen.what == SEE_STATE && !among(states, test->value.word)) {
        p->at--;
        fail(p, "want a state of%s", states);
    }
    if (test->relation == BETWEEN) {
        want(p, "and");
        test->upper = want_value_of(p, test->seen.what, in_order);
    }
    if (test->relation == AT_MOST && take(p, "above")) {
        test->relation = AT_MOST_ABOVE;
        want_level(p, test);
    }
}

/* `in_else`: an else-if compares now, so it takes no modifier; a rate in it counts from where the line began. */
static void read_test(struct parser *p, struct scene_test *test, bool in_else)
{
    *test = (struct scene_test){.within_ms = -1, .for_ms = -1};
    read_observation(p, &test->seen);
    read_relation(p, test);
    if (in_else)
        return;
    bool rate = is_rate(test->seen.what), counted = is_counted(test->seen.what);
    if ((rate || counted) && take(p, "since"))
        want_mark(p, test->mark);
    else if (take(p, "for"))
        test->for_ms = want_time(p);
    else if (rate)
        fail(p, "a rate needs `for TIME` or `since MARK`: want one of them");
    else
        take_within(p, &test->within_ms);
}

static void read_elses(struct parser *p, struct scene_elses *elses)
{
    while (take(p, "else")) {
        struct scene_else one = {.line = p->statement->words[p->at - 1].line};
        const struct word *word = peek(p);
        if (word && !word->quoted && !next_is(p, "if"))
            want_short(p, one.code, "a CODE");
        if (take(p, "if"))
            read_test(p, &one.test, true);
        else
            one.always = true;
        one.text = want_text(p, "the cause", NULL);
        elses->list = grown(elses->list, elses->count, sizeof *elses->list);
        elses->list[elses->count++] = one;
    }
}

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
        if (line->text_length > SCENE_TEXT_MOST || line->text_length * (size_t)line->count > TEXTS_MOST)
            fail(p, "want at most %d bytes in a text, and %d MiB of its copies", SCENE_TEXT_MOST, TEXTS_MOST >> 20);
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
        line->ms = want_time(p);
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
        if (!take_size(p, &line->size) || line->size < 1)
            fail(p, "want a size such as 4KiB");
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

/* -- Headers ----------------------------------------------------------------------------------------------------- */

static void add_option(struct scene *scene, const char *word)
{
    scene->options = realloc(scene->options, ((size_t)scene->option_count + 2) * sizeof *scene->options);
    scene->options[scene->option_count++] = strdup(word);
    scene->options[scene->option_count] = NULL;
}

static void read_options(struct parser *p)
{
    const struct word *word;
    if (next_is(p, "--service"))
        fail(p, "want `server service http`, so that the clients know, too");
    while ((word = peek(p)) && !word->quoted) {
        add_option(p->scene, word->text);
        p->at++;
    }
}

/* Echo is what a server does unless it is told: no option, so that any echo can be played. */
static void read_service(struct parser *p)
{
    if (take(p, "echo"))
        return;
    want(p, "http");
    p->scene->http = true;
    add_option(p->scene, "--service");
    add_option(p->scene, "http");
}

/* After `server`. False: it is no header. */
static bool read_server_header(struct parser *p)
{
    struct scene_limits *limits = &p->scene->limits;
    const struct word *word = peek(p);
    if (word && strncmp(word->text, "--", 2) == 0) {
        read_options(p);
        return true;
    }
    if (take(p, "service")) {
        read_service(p);
        return true;
    }
    if (take(p, "traced"))
        return p->scene->traced = true;
    if (take(p, "limit")) {
        long *limit = take(p, "nofile") ? &limits->nofile : take(p, "sigpending") ? &limits->sigpending :
                      take(p, "nproc") ? &limits->nproc : NULL;
        if (!limit)
            fail(p, "want nofile, sigpending or nproc");
        else
            *limit = want_count(p, 1, 1 << 20);
        return true;
    }
    if (take_both(p, "inherit", "fds")) {
        limits->inherit_first = want_count(p, 3, 1 << 16);
        want(p, "to");
        limits->inherit_last = want_count(p, limits->inherit_first, 1 << 16);
        return true;
    }
    return false;
}

static void read_models(struct parser *p, bool only)
{
    struct scene *scene = p->scene;
    FILE *list;
    size_t size;
    if (scene->models) {
        fail(p, "want `only for` or `not for` once in a scene");
        return;
    }
    if (!(list = open_memstream(&scene->models, &size)))
        return;
    scene->only = only;
    fputc(',', list);
    do {
        char word[SCENE_NAME];
        want_short(p, word, "a model's name");
        word[strcspn(word, ",")] = '\0';
        fprintf(list, "%s,", word);
    } while (!p->failed && p->at > 0 && strchr(p->statement->words[p->at - 1].text, ','));
    fclose(list);
    want(p, "because");
    scene->because = want_text(p, "the reason", NULL);
}

static bool read_header(struct parser *p)
{
    int before = p->at;
    if (take_both(p, "only", "for")) {
        read_models(p, true);
    } else if (take_both(p, "not", "for")) {
        read_models(p, false);
    } else if (take(p, "limit")) {
        p->scene->limit_ms = want_time(p);
    } else if (!(take(p, "server") && read_server_header(p))) {
        p->at = p->failed ? p->at : before;
        return p->failed;
    }
    return true;
}

/* -- Statements -------------------------------------------------------------------------------------------------- */

static bool inside_repeat(const struct scene *scene)
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
    if (is_rate(line->test.seen.what))
        fail(p, "a rate needs a time: want something else after always");
    read_elses(p, &line->elses);
    for (int i = 0; i < line->elses.count; i++)
        plain |= line->elses.list[i].always;
    if (!plain)
        fail(p, "want an else after always, and one without `if`");
}

static void read_line(struct parser *p, struct scene_line *line)
{
    *line = (struct scene_line){.line = p->statement->words[0].line, .every_ms = -1, .ms = -1, .within_ms = -1};
    if (take(p, "client")) {
        read_client(p, line);
    } else if (take(p, "server")) {
        read_server_line(p, line);
    } else if (take(p, "always")) {
        read_always(p, line);
    } else if (take(p, "wait")) {
        line->action = DO_WAIT;
        line->ms = want_time(p);
    } else if (take(p, "mark")) {
        line->action = DO_MARK;
        want_short(p, line->mark, "a name for the mark");
        take_room(p, &p->marks, SCENE_MARKS - 1, !has_mark(p->scene, line->mark), "marks");
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
        fail(p, "want a statement (client, a client's name, server, always, wait, mark, repeat, end) here");
    }
    read_elses(p, &line->elses);
    if (peek(p))
        fail(p, "want the end of the statement");
}

static void begin_scene(struct parser *p, struct scene_file *file)
{
    file->scenes = grown(file->scenes, file->count, sizeof *file->scenes);
    p->scene = &file->scenes[file->count++];
    *p->scene = (struct scene){.limit_ms = 10000, .line = p->statement->words[0].line};
    p->begun = false;
    p->groups = p->marks = p->always = 0;
    want_short(p, p->scene->id, "the scene's id");
    for (int i = 0; i < file->count - 1 && !p->failed; i++)
        if (strcmp(file->scenes[i].id, p->scene->id) == 0) {
            p->at--;
            fail(p, "want an id that no other scene of this file has");
        }
    p->scene->title = want_text(p, "the scene's title", NULL);
    read_elses(p, &p->scene->elses);
    if (peek(p))
        fail(p, "want the end of the statement");
}

static void end_scene(struct parser *p)
{
    if (p->scene && !p->failed && inside_repeat(p->scene))
        fail(p, "the scene \"%s\" has a repeat without an end: want `end` before this", p->scene->id);
}

static void read_statement(struct parser *p, struct scene_file *file)
{
    p->at = 0;
    if (next_is(p, "scene")) {
        end_scene(p);
        take(p, "scene");
        begin_scene(p, file);
        return;
    }
    if (!p->scene) {
        fail(p, "want `scene ID \"TITLE\"` first");
        return;
    }
    if (!p->begun && read_header(p)) {
        if (peek(p))
            fail(p, "want the end of the line");
        return;
    }
    p->begun = true;
    p->scene->lines = grown(p->scene->lines, p->scene->line_count, sizeof *p->scene->lines);
    struct scene_line line;
    read_line(p, &line);
    p->scene->lines[p->scene->line_count++] = line;
}

struct scene_file *scene_read(const char *path, FILE *errors)
{
    struct statements statements;
    struct scene_file *file = calloc(1, sizeof *file);
    struct parser parser = {.path = path, .errors = errors};
    if (!file || !statements_read(path, &statements, errors)) {
        free(file);
        return NULL;
    }
    file->path = strdup(path);
    for (int i = 0; i < statements.count && !parser.failed; i++) {
        parser.statement = &statements.list[i];
        read_statement(&parser, file);
    }
    end_scene(&parser);
    if (!parser.failed && file->count == 0) {
        fprintf(errors, "%s:1: want at least one scene, but the file holds none\n", path);
        parser.failed = true;
    }
    statements_free(&statements);
    if (!parser.failed)
        return file;
    scene_free(file);
    return NULL;
}

static void free_elses(struct scene_elses *elses)
{
    for (int i = 0; i < elses->count; i++)
        free(elses->list[i].text);
    free(elses->list);
}

void scene_free(struct scene_file *file)
{
    for (int i = 0; i < file->count; i++) {
        struct scene *scene = &file->scenes[i];
        for (int j = 0; j < scene->line_count; j++) {
            free(scene->lines[j].text);
            free_elses(&scene->lines[j].elses);
        }
        for (int j = 0; j < scene->option_count; j++)
            free(scene->options[j]);
        free(scene->options);
        free(scene->lines);
        free_elses(&scene->elses);
        free(scene->title);
        free(scene->models);
        free(scene->because);
    }
    free(file->scenes);
    free(file->path);
    free(file);
}

bool scene_applies(const struct scene *scene, const char *model)
{
    char wanted[SCENE_NAME + 2];
    if (!scene->models || !model[0])
        return true;
    snprintf(wanted, sizeof wanted, ",%s,", model);
    return (strstr(scene->models, wanted) != NULL) == scene->only;
}
