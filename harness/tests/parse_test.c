/* Does the parser understand what the language says, refuse the rest with a line, and survive anything?
 *
 * The last test changes the battery's files at random (the seed is fixed) and reads them: built with
 * CFLAGS='-g -fsanitize=address,undefined' it is the one that finds what nobody thought of. */
#define _GNU_SOURCE
#include "harness/scene/scene.h"
#include "harness/tests/check.h"
#include <glob.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static char path[64];               /* a file in memory */
static int file_fd;
static struct scene_file *file;     /* of the text that was read last */
static char said[4096];             /* what was said of it */

static bool read_bytes(const char *text, size_t length)
{
    if (file)
        scene_free(file);
    if (ftruncate(file_fd, 0) < 0 || pwrite(file_fd, text, length, 0) != (ssize_t)length)
        exit(1);
    memset(said, 0, sizeof said);
    FILE *errors = fmemopen(said, sizeof said - 1, "w");
    file = scene_read(path, errors);
    fclose(errors);
    return file != NULL;
}

static bool read_text(const char *text) { return read_bytes(text, strlen(text)); }

static const struct scene *scene_of(const char *text)
{
    static const struct scene none;
    CHECK(read_text(text), "%s\n    of: %s", said, text);
    return file ? &file->scenes[0] : &none;
}

/* The statement, read where there are a client A, a group C of five and a mark `warm`. */
static const struct scene_line *line_of(const char *statement)
{
    static const struct scene_line none = {.action = DO_END};
    char text[2048];
    snprintf(text, sizeof text, "scene s \"S\"\nclient A\nclient C x5\nmark warm\n%s\n", statement);
    const struct scene *scene = scene_of(text);
    CHECK(!file || scene->line_count == 4, "%d lines of: %s", scene->line_count, statement);
    return file && scene->line_count == 4 ? &scene->lines[3] : &none;
}

/* The scene is refused, in a line of that number, with that text. */
static void refuse_text(int line, const char *want, const char *text)
{
    char place[80];
    snprintf(place, sizeof place, "%s:%d: ", path, line);
    CHECK(!read_text(text), "taken: %s", text);
    CHECK(strncmp(said, place, strlen(place)) == 0, "want line %d: %s\n    of: %s", line, said, text);
    CHECK(strstr(said, want) != NULL, "want \"%s\": %s\n    of: %s", want, said, text);
    CHECK(!said[0] || strchr(said, '\n') == said + strlen(said) - 1, "want one line: %s", said);
}

/* The statement is refused, where line_of would read it. */
static void refuse(const char *want, const char *statement)
{
    char text[4096];
    snprintf(text, sizeof text, "scene s \"S\"\nclient A\nclient C x5\nmark warm\n%s\n", statement);
    refuse_text(5, want, text);
}

/* -- Values, words and lines ------------------------------------------------------------------------------------- */

static void expect_value(const char *word, enum scene_unit unit, double number, const char *text)
{
    struct scene_value value;
    bool good = scene_value_read(word, &value);
    CHECK(good && value.unit == unit, "%s: unit %d", word, value.unit);
    CHECK(value.number >= number - 1e-9 && value.number <= number + 1e-9, "%s is %f", word, value.number);
    CHECK(strcmp(scene_value_text(value), text) == 0, "%s is written %s", word, scene_value_text(value));
}

static void are_values_read_and_written(void)
{
    struct scene_value value;
    expect_value("0", UNIT_COUNT, 0, "0");
    expect_value("17", UNIT_COUNT, 17, "17");
    expect_value("1KiB", UNIT_BYTES, 1024, "1024 bytes");
    expect_value("1.5MiB", UNIT_BYTES, 1572864, "1.5 MiB");
    expect_value("500ms", UNIT_MS, 500, "500 ms");
    expect_value("1500us", UNIT_MS, 1.5, "1.5 ms");
    expect_value("2s", UNIT_MS, 2000, "2000 ms");
    expect_value("20s", UNIT_MS, 20000, "20.0 s");
    expect_value("250us", UNIT_MS, 0.25, "250 us");
    expect_value("5%", UNIT_PERCENT, 5, "5.0 %");
    expect_value("50%", UNIT_PERCENT, 50, "50 %");
    expect_value("SIGSEGV", UNIT_WORD, 0, "SIGSEGV");
    CHECK(!scene_value_read("5 apples", &value), "5 apples is a value");
    CHECK(!scene_value_read("5kb", &value), "5kb is a value");
    CHECK(!scene_value_read("a-word-that-is-longer-than-31-letters", &value), "so long a word is a value");
}

static void are_texts_comments_and_continuations_read(void)
{
    const struct scene_line *line = line_of("  A send \"a\\n\\t\\r\\0\\\\\\\"\\x7f # no comment\"  # a comment");
    CHECK(line->text_length == 21, "%zu bytes", line->text_length);
    CHECK(line->text && memcmp(line->text, "a\n\t\r\0\\\"\x7f # no comment", 21) == 0, "%s", line->text);
    const struct scene *scene = scene_of("# first\n\nscene s \"S\"  # its title\n  else X if server alive \"x\"\n"
                                         "  else \"y\"\nclient A\nA ping else Z if server ready \"z\"\n\n# between\n"
                                         "    else Z2 if A got is 3 \"z2\" else \"z3\"\nA\tping\r\n");
    CHECK(scene->elses.count == 2 && scene->line_count == 3, "%d, %d", scene->elses.count, scene->line_count);
    if (scene->elses.count != 2 || scene->line_count != 3)
        return;
    CHECK(scene->line == 3 && scene->lines[1].line == 7, "%d, %d", scene->line, scene->lines[1].line);
    CHECK(strcmp(scene->elses.list[0].code, "X") == 0 && !scene->elses.list[0].always, "not as written");
    CHECK(scene->elses.list[1].code[0] == '\0' && scene->elses.list[1].always, "not as written");
    const struct scene_elses *elses = &scene->lines[1].elses;
    CHECK(elses->count == 3, "%d else of ping", elses->count);
    CHECK(elses->count == 3 && elses->list[1].line == 10, "%d", elses->list[1].line);
    CHECK(elses->count == 3 && strcmp(elses->list[2].text, "z3") == 0, "%s", elses->list[2].text);
}

/* -- Headers ----------------------------------------------------------------------------------------------------- */

static void are_headers_read(void)
{
    const struct scene *scene = scene_of("scene a-b \"T\"\nserver --read-size 4 --nap 20\nserver --work 1\n"
                                         "server limit nofile 32\nserver limit sigpending 5\nserver limit nproc 7\n"
                                         "server inherit fds 7 to 1100\nlimit 12s\nclient A within 11s\n");
    static const char *const options[] = {"--read-size", "4", "--nap", "20", "--work", "1"};
    CHECK(strcmp(scene->id, "a-b") == 0 && scene->title && strcmp(scene->title, "T") == 0, "%s", scene->id);
    CHECK(scene->option_count == 6, "%d options", scene->option_count);
    for (int i = 0; i < scene->option_count && i < 6; i++)
        CHECK(strcmp(scene->options[i], options[i]) == 0, "%s", scene->options[i]);
    CHECK(scene->option_count == 0 || !scene->options[scene->option_count], "the options have no end");
    CHECK(scene->limits.nofile == 32 && scene->limits.sigpending == 5 && scene->limits.nproc == 7, "other limits");
    CHECK(scene->limits.inherit_first == 7 && scene->limits.inherit_last == 1100, "other descriptors");
    CHECK(scene->limit_ms > 11999 && scene->limit_ms < 12001, "%f", scene->limit_ms);
    CHECK(scene_applies(scene, "poll") && scene_applies(scene, ""), "no exclusion, and yet");
}

static void is_the_service_read(void)
{
    CHECK(!scene_of("scene s \"S\"\nserver service echo\nclient A\nA expect all\n")->http, "echo is http");
    CHECK(file && file->scenes[0].option_count == 0, "an echo needs an option");
    const struct scene *scene = scene_of("scene s \"S\"\nserver --work 1\nserver service http\nclient A\n"
                                         "A expect \"HTTP/1.1 200\" or 7 or end\n");
    CHECK(scene->http && scene->option_count == 4, "%d options", scene->option_count);
    CHECK(scene->option_count == 4 && strcmp(scene->options[2], "--service") == 0 &&
          strcmp(scene->options[3], "http") == 0, "%s %s", scene->options[2], scene->options[3]);
    refuse_text(2, "want `http` here, not \"gopher\"", "scene s \"S\"\nserver service gopher\n");
    refuse_text(2, "want `server service http`", "scene s \"S\"\nserver --service http\n");
    refuse_text(4, "of http nothing is compared", "scene s \"S\"\nserver service http\nclient A\nA expect all\n");
    refuse_text(4, "of http nothing is compared",
                "scene s \"S\"\nserver service http\nclient A\nA expect eof or all\n");
    refuse_text(4, "of http nothing is compared",
                "scene s \"S\"\nserver service http\nclient A\nA wrong-byte is 0\n");
    CHECK(!scene_of("scene s \"S\"\nclient A\nA expect all\nA wrong-byte is 0\n")->http, "echo is not the default");
}

static void is_it_known_to_whom_a_scene_applies(void)
{
    const struct scene *scene = scene_of("scene s \"S\"\nonly for epoll-lt, epoll-et because \"edges\"\nwait 1ms\n");
    CHECK(scene_applies(scene, "epoll-lt") && scene_applies(scene, "epoll-et"), "excluded");
    CHECK(!scene_applies(scene, "poll") && !scene_applies(scene, "epoll"), "not excluded");
    CHECK(scene_applies(scene, ""), "an unknown model is excluded");
    CHECK(scene->because && strcmp(scene->because, "edges") == 0, "%s", scene->because);
    scene = scene_of("scene s \"S\"\nnot for poll because \"so\"\nwait 1ms\n");
    CHECK(!scene_applies(scene, "poll") && scene_applies(scene, "select"), "the wrong way round");
    scene = scene_of("scene s \"S\"\nonly for poll,select, fork because \"x\"\nwait 1ms\n");
    CHECK(scene->models && strcmp(scene->models, ",poll,select,fork,") == 0, "%s", scene->models);
    refuse_text(2, "want a model's name, not \"because\"", "scene s \"S\"\nonly for poll, because \"x\"\nwait 1ms\n");
}

/* -- Statements -------------------------------------------------------------------------------------------------- */

static void expect_action(const char *statement, enum scene_action want)
{
    const struct scene_line *line = line_of(statement);
    CHECK(line->action == want, "%s: action %d, want %d", statement, line->action, want);
}

static void is_every_action_known(void)
{
    expect_action("client B", DO_CLIENT);
    expect_action("A send 5", DO_SEND);
    expect_action("A expect all", DO_EXPECT);
    expect_action("A expect nothing for 5ms", DO_EXPECT_NOTHING);
    expect_action("A ping", DO_PING);
    expect_action("A fin", DO_FIN);
    expect_action("A reset", DO_RESET);
    expect_action("A close", DO_CLOSE);
    expect_action("A stop reading", DO_STOP_READING);
    expect_action("A start reading", DO_START_READING);
    expect_action("A read 4KiB every 5ms", DO_READ_SLOWLY);
    expect_action("server stop", DO_STOP);
    expect_action("server continue", DO_CONTINUE);
    expect_action("server terminate", DO_TERMINATE);
    expect_action("server signal HUP", DO_SIGNAL);
    expect_action("server answers", DO_ANSWERS);
    expect_action("server settle", DO_SETTLE);
    expect_action("twin start", DO_TWIN);
    expect_action("show memory server rss", DO_SHOW);
    expect_action("wait 5ms", DO_WAIT);
    expect_action("mark late", DO_MARK);
    expect_action("A got is 5", DO_TEST);
    expect_action("server fds is 5", DO_TEST);
    expect_action("always server alive else \"x\"", DO_ALWAYS);
    const struct scene *scene = scene_of("scene s \"S\"\nrepeat 3\nwait 1ms\nend\nrepeat 2\nend\n");
    CHECK(scene->line_count == 5, "%d lines", scene->line_count);
    CHECK(scene->line_count == 5 && scene->lines[0].action == DO_REPEAT && scene->lines[0].count == 3, "no repeat");
    CHECK(scene->line_count == 5 && scene->lines[4].action == DO_END, "no end");
}

static void is_what_stands_behind_an_action_read(void)
{
    const struct scene_line *line = line_of("client B x7 rcvbuf 4KiB without waiting within 2s");
    CHECK(strcmp(line->client.name, "B") == 0 && line->count == 7 && line->size == 4096, "%d", line->count);
    CHECK(line->without_waiting && line->within_ms > 1999 && line->within_ms < 2001, "%f", line->within_ms);
    line = line_of("A send urgent \"ab\" x3 byte by byte every 5ms in background");
    CHECK(line->urgent && line->byte_by_byte && line->in_background && line->count == 3, "%d", line->count);
    CHECK(line->text_length == 2 && line->every_ms > 4.9 && line->every_ms < 5.1, "%f", line->every_ms);
    line = line_of("A send up to 16MiB within 8s");
    CHECK(line->up_to && !line->text && line->size == 16 << 20, "%lld", (long long)line->size);
    line = line_of("A send 300 byte by byte");
    CHECK(line->byte_by_byte && line->every_ms < 0 && line->size == 300, "%f", line->every_ms);
    line = line_of("A expect all or 5 or \"x\" or reset within 1s");
    CHECK(line->expected == (EXPECT_ALL | EXPECT_SIZE | EXPECT_TEXT | EXPECT_RESET), "%d", line->expected);
    CHECK(line->size == 5 && line->text && strcmp(line->text, "x") == 0, "%lld", (long long)line->size);
    line = line_of("A expect end");
    CHECK(line->expected == (EXPECT_EOF | EXPECT_RESET), "%d", line->expected);
    line = line_of("A read 4KiB every 5ms");
    CHECK(line->size == 4096 && line->every_ms > 4.9 && line->every_ms < 5.1, "%f", line->every_ms);
    line = line_of("server signal USR1 to a child");
    CHECK(line->signal_number == SIGUSR1 && line->to_a_child, "%d", line->signal_number);
    line = line_of("C ping");
    CHECK(line->client.first == 0 && line->client.last == 0, "%d..%d", line->client.first, line->client.last);
    line = line_of("C3 ping");
    CHECK(line->client.first == 3 && line->client.last == 3, "%d..%d", line->client.first, line->client.last);
    line = line_of("C2..C5 ping");
    CHECK(line->client.first == 2 && line->client.last == 5, "%d..%d", line->client.first, line->client.last);
}

/* -- Tests ------------------------------------------------------------------------------------------------------- */

static void expect_relation(const char *statement, enum scene_what what, enum scene_relation relation, double value)
{
    const struct scene_test *test = &line_of(statement)->test;
    CHECK(test->seen.what == what, "%s: sees %d, want %d", statement, test->seen.what, what);
    CHECK(test->relation == relation, "%s: relation %d, want %d", statement, test->relation, relation);
    CHECK(test->value.number >= value - 1e-9 && test->value.number <= value + 1e-9, "%f", test->value.number);
}

static void is_every_relation_known(void)
{
    expect_relation("A got is 5", SEE_GOT, IS, 5);
    expect_relation("A got is not 5", SEE_GOT, IS_NOT, 5);
    expect_relation("A got below 5KiB", SEE_GOT, BELOW, 5120);
    expect_relation("A got above 5", SEE_GOT, ABOVE, 5);
    expect_relation("A got at least 5", SEE_GOT, AT_LEAST, 5);
    expect_relation("A got at most 5", SEE_GOT, AT_MOST, 5);
    expect_relation("A got between 5 and 7", SEE_GOT, BETWEEN, 5);
    expect_relation("server fds as at warm", SEE_FDS, AS_AT, 0);
    expect_relation("server rss at most 24MiB above start", SEE_RSS, AT_MOST_ABOVE, 24 << 20);
    expect_relation("server alive", SEE_ALIVE, HOLDS, 0);
    expect_relation("server blocked in read on C3", SEE_BLOCKED_IN, HOLDS, 0);
    expect_relation("server blocked-in is read", SEE_BLOCKED_IN, IS, 0);
    expect_relation("server said(accepted) above 3", SEE_SAID, ABOVE, 3);
    expect_relation("server said \"a b\"", SEE_SAID, HOLDS, 0);
    expect_relation("server ready within 1s", SEE_READY, HOLDS, 0);
    expect_relation("A watched is not edge-triggered", SEE_WATCHED, IS_NOT, 0);
    expect_relation("C3 fd at least 3", SEE_FD, AT_LEAST, 3);
    expect_relation("server exit is SIGKILL", SEE_EXIT, IS, 0);
    expect_relation("server cpu below 5% for 300ms", SEE_CPU, BELOW, 5);
    expect_relation("server sleeps below 5 since warm", SEE_SLEEPS, BELOW, 5);
    CHECK(strcmp(line_of("server blocked in read on C3")->test.seen.word, "read") == 0, "another call");
    CHECK(line_of("server blocked in read on C3")->test.seen.client.first == 3, "another client");
    CHECK(strcmp(line_of("server said(open:) is 3")->test.seen.word, "open:") == 0, "half a key");
}

static void is_every_observation_known(void)
{
    for (enum scene_what what = SEE_CPU; what <= SEE_FD; what++) {
        enum scene_what found;
        bool of_server;
        const char *name = scene_observation_name(what);
        bool known = scene_observation_named(name, &found, &of_server);
        CHECK((what >= SEE_SAID && what <= SEE_BYTES) || (known && found == what), "%s is not known by its name", name);
        CHECK(what == SEE_SAID || of_server == (what < SEE_GOT), "%s is seen of the wrong one", name);
    }
}

/* -- What is wrong ----------------------------------------------------------------------------------------------- */

static void is_what_is_wrong_told_with_its_line(void)
{
    refuse_text(1, "want `scene ID \"TITLE\"` first", "client A\n");
    refuse_text(1, "want at least one scene, but the file holds none", "\n\n");
    refuse_text(1, "no closing", "scene s \"S\n");
    refuse_text(2, "after \\ in a text", "scene s \"S\"\nclient \"\\y\"\n");
    refuse_text(1, "want the scene's title in \"quotes\"", "scene s\n");
    refuse_text(1, "of at most 31 letters", "scene a-name-that-is-longer-than-31-letters \"S\"\n");
    refuse_text(3, "want `only for` or `not for` once",
                "scene s \"S\"\nonly for a because \"b\"\nnot for c because \"d\"\n");
    refuse_text(4, "repeat without an end", "scene s \"S\"\nrepeat 3\nwait 1ms\nscene t \"T\"\n");
    refuse_text(3, "a repeat stands inside a repeat", "scene s \"S\"\nrepeat 3\nrepeat 3\nend\nend\n");
    refuse_text(2, "want a `repeat` before this `end`", "scene s \"S\"\nend\n");
    refuse("want a statement", "dance");
    refuse("want the end of the statement, not \"twice\"", "A ping twice");
    refuse("want the end of the statement, not \"a\\x0ab\"", "A ping \"a\\nb\"");
    refuse("want a client that was made before", "B ping");
    refuse("there are 5 of C", "C6 ping");
    refuse("want a client's name", "C5..C2 ping");
    refuse("want a client's name", "C2..A5 ping");
    refuse("want a client's name", "C2..5 ping");
    refuse("want a client's name", "C..C5 ping");
    refuse("want a client's name", "C0 ping");
    refuse("want a member that exists: there are 5 of C", "C4294967295 ping");
    refuse("want a member that exists: there are 5 of C", "C99999999999999999999 ping");
    refuse("want a name of letters only", "client A7");
    refuse("want x1 to x2000", "client B x2001");
    refuse("want a size such as 64KiB, or a text in \"quotes\", but the line ends", "A send");
    refuse("want all, eof, reset, end", "A expect much");
    refuse("one size or one text, not \"b\"", "A expect \"a\" or \"b\"");
    refuse("one size or one text, not \"7\"", "A expect 5 or 7");
    refuse("want a time such as 500ms", "wait 5");
    refuse("want STOP", "server signal 9");
    refuse("below the scene's limit", "A ping within 11s");
    refuse("a rate needs", "server cpu below 5%");
    refuse("want `start` or a mark", "server fds as at noon");
    refuse("want an else after always", "always server alive");
    refuse("want what is seen of a server", "server got is 5");
    refuse("want what a client does", "A fds is 5");
    refuse("want is, is not", "A got 5");
    refuse("want the cause in \"quotes\"", "A ping else CODE");
}

static void may_the_elses_of_a_title_name_who_comes_later(void)
{
    const struct scene *scene = scene_of("scene s \"S\" else X if server blocked in read on C5 \"x\"\nclient A\n"
                                         "client C x5\n");
    CHECK(scene->elses.count == 1 && scene->elses.list[0].test.seen.client.first == 5, "%d else", scene->elses.count);
    scene_of("scene s \"S\" else X if C20 got is 1 \"x\"\nvary many 20 30\nclient C x{many}\n");
    refuse_text(1, "want a client that the scene makes (`client B`)",
                "scene s \"S\" else X if B got is 1 \"x\"\nclient A\n");
    refuse_text(2, "want a member that exists: there are 5 of C",
                "scene s \"S\"\nelse X if C6 got is 1 \"x\"\nclient C x5\n");
    refuse_text(1, "want a client that the scene makes",
                "scene s \"S\" else X if A got is 1 \"x\"\nwait 1ms\nscene t \"T\"\nclient A\n");
    refuse_text(2, "want a client that was made before",
                "scene s \"S\"\nwait 1ms else X if A got is 1 \"x\"\nclient A\n");
}

static void are_numbers_whole_and_of_this_world(void)
{
    refuse("want x1 to x2000", "client B x5abc");
    refuse("want x1 to x2000", "client B x4294967297");
    refuse("want x1 to x1000000", "A send \"a\" xx");
    refuse("want the end of the statement, not \"x3\"", "A send \"a\" \"x3\"");
    refuse("want a size such as 64KiB", "A send 1e30");
    refuse("want a size such as 64KiB", "A send 2.5");
    refuse("want a size such as 4KiB", "client B rcvbuf 3000MiB");
    refuse("want a number from 1 to 100000", "repeat 2.5");
    refuse("want a size such as 4KiB, and at most 256 KiB", "A read 257KiB every 5ms");
    refuse("64 MiB of its copies, each client's", "C send \"0123456789abcdef\" x1000000");
    CHECK(line_of("A send \"0123456789abcdef\" x1000000")->count == 1000000, "refused of one client");
    refuse("64 MiB of its copies",
           "A send \"0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 1234\" x1000000");
    CHECK(line_of("A send 1.5KiB")->size == 1536, "%lld", (long long)line_of("A send 1.5KiB")->size);
}

/* n lines, "client Ba", "client Bb" ..., behind a first one. */
static void refuse_many(const char *want, int n, const char *first, const char *line)
{
    char text[4096];
    int length = snprintf(text, sizeof text, "scene s \"S\"\n%s\n", first);
    for (int i = 0; i < n; i++) {
        if (i == n - 1)
            CHECK(read_text(text), "%d lines are too many: %s", n - 1, said);
        length += snprintf(text + length, sizeof text - (size_t)length, line, 'a' + i % 26, 'a' + i / 26);
        length += snprintf(text + length, sizeof text - (size_t)length, "\n");
    }
    refuse_text(n + 2, want, text);
}

static void is_a_test_refused_that_says_nothing(void)
{
    refuse("want a number, not \"5MiB\"", "server fds below 5MiB");
    refuse("want a size such as 64KiB, not \"5%\"", "server rss below 5%");
    refuse("want a share such as 5%, not \"5\"", "server cpu below 5 for 300ms");
    refuse("want a time such as 200ms, not \"5\"", "A worst-ping below 5");
    refuse("want a word, behind `is` or `is not`, not \"5\"", "A state below 5");
    refuse("want a word, behind `is` or `is not`, not \"open\"", "A state above open");
    refuse("want a word, behind `is` or `is not`, not \"SIGTERM\"", "server exit below SIGTERM");
    refuse("a mark remembers rss, fds", "A got as at warm");
    refuse("a mark remembers rss, fds", "server cpu as at warm");
    refuse("a mark remembers rss, fds", "A got at most 5KiB above warm");
    refuse("want the end of the statement, not \"since\"", "server fds as at warm since start");
    refuse("want the end of the statement, not \"within\"", "server cpu below 5% for 300ms within 1s");
    refuse("want one of level-triggered edge-triggered oneshot disarmed no", "A watched is edgy");
    refuse("want what it says, in \"quotes\"", "server said hello");
    refuse("want the end of the statement, not \"is\"", "server ready is 1");
    refuse("want what is seen of a server", "server watched is no");
    refuse("want what is seen of a server", "server said(port above 3");
    refuse("want what is seen of a server", "server said(port)s above 3");
    CHECK(line_of("server exit below 3")->test.value.number > 2, "an exit has no order");
    CHECK(line_of("A got is 5")->test.value.unit == UNIT_COUNT, "bytes are no number");
}

static void is_a_twin_read(void)
{
    const struct scene *scene = scene_of("scene s \"S\"\ntwin start\ntwin said \"a\\0b\" else X if twin exit is 1 "
                                         "\"x\"\nserver exit is 1\n");
    CHECK(scene->line_count == 3, "%d lines", scene->line_count);
    if (scene->line_count != 3)
        return;
    const struct scene_observation *seen = &scene->lines[1].test.seen;
    CHECK(seen->of_twin && seen->of_server && seen->text_length == 3, "%zu bytes", seen->text_length);
    CHECK(scene->lines[1].elses.count == 1 && scene->lines[1].elses.list[0].test.seen.of_twin, "not the twin's");
    CHECK(!scene->lines[2].test.seen.of_twin, "the server is the twin");
    refuse("want a twin that was started before (`twin start`)", "twin alive");
    refuse_text(3, "want `twin start` once", "scene s \"S\"\ntwin start\ntwin start\n");
    refuse_text(3, "want `twin start` once", "scene s \"S\"\nrepeat 2\ntwin start\nend\n");
    refuse_text(3, "of a twin neither rates", "scene s \"S\"\ntwin start\ntwin cpu below 5% for 50ms\n");
    refuse_text(3, "of a twin neither rates", "scene s \"S\"\ntwin start\ntwin accept-queue is 0\n");
    refuse_text(3, "a mark remembers the server", "scene s \"S\"\ntwin start\ntwin fds as at start\n");
    refuse_text(4, "not its twin", "scene s \"S\"\nserver traced\ntwin start\ntwin calls(read) is 0\n");
}

static void is_what_is_shown_read(void)
{
    const struct scene_line *line = line_of("show pings C3 mean-ping");
    CHECK(strcmp(line->name, "pings") == 0 && line->test.seen.what == SEE_MEAN_PING, "%s", line->name);
    CHECK(line->test.seen.client.first == 3, "%d", line->test.seen.client.first);
    CHECK(line_of("show a server cpu for 5ms")->test.for_ms > 4, "no time");
    CHECK(strcmp(line_of("show a server sleeps since warm")->test.mark, "warm") == 0, "no mark");
    CHECK(line_of("show a C2..C2 got")->action == DO_SHOW, "one of a group is refused");
    refuse("want a name for what is shown", "show");
    refuse("want a client's name", "show memory");
    refuse("want one of the group, such as C1", "show a C got");
    refuse("want one of the group, such as C1", "show a C2..C3 got");
    refuse("a rate needs", "show a server cpu");
    refuse("want the end of the statement, not \"since\"", "show a server rss since warm");
    refuse("want the end of the statement, not \"is\"", "show a A state is open");
    refuse("it is counted by a tracer", "show a server calls(read)");
    const struct scene *traced = scene_of("scene s \"S\"\nserver traced\nmark m\nshow a server bytes(read) since m\n");
    CHECK(traced && strcmp(traced->lines[1].test.mark, "m") == 0, "what is counted is not shown since a mark");
    refuse_text(3, "nobody's times mean anything", "scene s \"S\"\nserver traced\nshow a server cpu for 5ms\n");
}

static void is_a_scene_read_for_each_variant(void)
{
    const char *text = "scene s \"with {a}\"\n else X \"{a}{b-c}{got}\"\nvary a/b-c 1/20 all/3\nclient A x{b-c}\n"
                       "A1 send \"{a}{a}}{\\0{a}\"\nscene t \"{a}\"\nwait 1ms\n";
    CHECK(read_text(text), "%s", said);
    CHECK(file && file->count == 3, "%d scenes", file ? file->count : 0);
    if (!file || file->count != 3)
        return;
    const struct scene *one = &file->scenes[0], *other = &file->scenes[1], *last = &file->scenes[2];
    CHECK(strcmp(one->variant, "1/20") == 0 && strcmp(other->variant, "all/3") == 0, "%s", other->variant);
    CHECK(strcmp(scene_label(one), "s/1/20") == 0 && strcmp(scene_label(last), "t") == 0, "%s", scene_label(one));
    CHECK(strcmp(one->title, "with 1") == 0 && strcmp(other->title, "with all") == 0, "%s", other->title);
    CHECK(strcmp(other->elses.list[0].text, "all3{got}") == 0, "%s", other->elses.list[0].text);
    CHECK(one->lines[0].count == 20 && other->lines[0].count == 3, "%d", other->lines[0].count);
    CHECK(other->lines[1].text_length == 12 && memcmp(other->lines[1].text, "allall}{\0all", 12) == 0, "%s",
          other->lines[1].text);
    CHECK(other->line == 1 && last->line == 6 && last->variant[0] == '\0', "%d", last->line);
    CHECK(strcmp(last->title, "{a}") == 0, "what varies in one scene varies in the next: %s", last->title);
}

/* -- What cannot be meant ---------------------------------------------------------------------------------------- */

static void is_a_file_refused_that_is_no_text(void)
{
    static const char nul[] = "scene s \"S\"\nclient A\nA ping\0A dances\n";
    CHECK(!read_bytes(nul, sizeof nul - 1), "a line is read up to a NUL, and the rest is passed over");
    CHECK(strstr(said, ":3: a NUL byte stands here"), "%s", said);
    refuse_text(2, "want UTF-8", "scene s \"S\"\n# caf\xe9\nwait 1ms\n");
    refuse_text(1, "want UTF-8", "scene s \"a\xe2\x82\"\nwait 1ms\n");
    scene_of("scene s \"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80\"\nwait 1ms\n");
    scene_of("\xef\xbb\xbfscene s \"S\"\nwait 1ms\n");
    scene_of("scene s \"S\"\r\nwait 1ms\r\n");
    scene_of("scene s \"S\"\nwait 1ms");
}

/* A word has the room that it needs: a line of many words is no reason to want gigabytes. */
static void is_a_long_line_survived(void)
{
    enum { LONG = 1 << 20 };
    char *text = malloc(LONG + 100);
    if (!text)
        exit(1);
    size_t at = (size_t)sprintf(text, "scene s \"S\"\nwait 1ms");
    while (at < LONG)
        at += (size_t)sprintf(text + at, " \"x\" x");
    CHECK(!read_bytes(text, at) && strstr(said, ":2: want the end of the statement, not \"x\""), "%s", said);
    free(text);
}

static void is_a_header_wanted_once_and_before_the_lines(void)
{
    static const char *const late[] = {"server limit nofile 32", "server inherit fds 5 to 7", "server traced",
                                       "server service http", "server --work 5", "limit 5s", "vary a 1",
                                       "only for poll because \"x\"", "not for poll because \"x\""};
    char text[256];
    for (size_t i = 0; i < sizeof late / sizeof *late; i++) {
        snprintf(text, sizeof text, "scene s \"{a}\"\nwait 1ms\n%s\n", late[i]);
        refuse_text(3, "it is a header: want it before the scene's first line", text);
    }
    refuse_text(3, "want `limit` once", "scene s \"S\"\nlimit 5s\nlimit 6s\nwait 1ms\n");
    refuse_text(3, "want `server service` once", "scene s \"S\"\nserver service http\nserver service echo\nwait 1ms\n");
    refuse_text(3, "want each limit once", "scene s \"S\"\nserver limit nproc 32\nserver limit nproc 32\nwait 1ms\n");
    refuse_text(3, "want `server inherit fds` once",
                "scene s \"S\"\nserver inherit fds 5 to 7\nserver inherit fds 9 to 9\nwait 1ms\n");
    refuse_text(2, "want a time above 0", "scene s \"S\"\nlimit 0s\nwait 1ms\n");
    refuse_text(2, "want a time above 0, and at most 3600 s", "scene s \"S\"\nlimit 3601s\nwait 1ms\n");
    refuse_text(1, "nothing happens in the scene \"s\": want a line before this, but the file ends", "scene s \"S\"\n");
    refuse_text(3, "nothing happens in the scene \"s\": want a line before this, not \"scene\"",
                "scene s \"S\"\nlimit 5s\nscene t \"T\"\nwait 1ms\n");
}

static void is_a_name_refused_that_no_table_can_hold(void)
{
    const char *want = "of letters, digits, - and _";
    refuse_text(1, want, "scene a,b \"S\"\nwait 1ms\n");
    refuse_text(1, want, "scene a/b \"S\"\nwait 1ms\n");
    refuse(want, "mark a,b");
    refuse(want, "show a\"b A got");
    refuse(want, "A got is 5 else A,B \"x\"");
    refuse_text(2, want, "scene s \"S\"\nask a/b \"Q\" number\nwait 1ms\n");
    refuse_text(3, want, "scene s \"S\"\nask q \"Q\"\nchoice a,b \"Q\"\n");
}

static void is_a_test_refused_that_waits_in_vain(void)
{
    refuse("want a call of accept read", "server blocked-in is recv");
    refuse("want 0 to 255, or one of running SIGABRT", "server exit is SIGPIP");
    refuse("want 0 to 255, or one of running SIGABRT", "server exit is 256");
    refuse("want a value that is not below the first, not \"4\"", "server fds between 5 and 4");
    refuse("want a time below the scene's limit", "server alive for 11s");
    refuse("want a time below the scene's limit", "wait 11s");
    refuse("want a time below the scene's limit", "A expect nothing for 11s");
    refuse("want a number", "server fds is 0x10");
    refuse("want a number", "server fds is 1e3");
    refuse("never said: want it last, not \"Y\"", "A got is 5 else X \"x\" else Y \"y\"");
    refuse_text(3, "want a call that is counted", "scene s \"S\"\nserver traced\nserver calls(brk in handler) is 0\n");
    refuse("(cpu, sleeps, rss, fds, ", "server fsd is 3");
    refuse("(got, sent, in-flight, ", "A recieved is 3");
}

static void are_braces_known_that_a_failure_will_fill_in(void)
{
    static const char *const good[] = {"{got} {want} {ok} {of}", "{cpu} {server exit} {C got} {C5 state}",
                                       "no {} {braces", "{server said} {twin said}",
                                       "{server said(a key)} {said(key)}", "{A watched} {blocked-in}"};
    char text[512];
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        snprintf(text, sizeof text, "A got is 5 else X \"%s\"", good[i]);
        CHECK(line_of(text)->elses.count == 1, "%s", good[i]);
    }
    refuse("want got, want, ok, of, or what can be seen in {gott}", "A got is 5 else X \"a {gott}\"");
    refuse("or what can be seen in {A gott}", "A got is 5 else X if A got is 6 \"{A gott}\"");
    refuse("or what can be seen in {A fds}", "A got is 5 else X \"{A fds}\"");
    refuse("or what can be seen in {server got}", "A got is 5 else X \"{server got}\"");
    refuse("want a client of the scene in {B got}", "A got is 5 else X \"{B got}\"");
    refuse("want a client of the scene in {C6 got}", "A got is 5 else X \"{C6 got}\"");
    refuse("want a client of the scene in {C99999999999999999999 got}",
           "A got is 5 else X \"{C99999999999999999999 got}\"");
    refuse("it is counted by a tracer (`server traced`): want something else in {server calls(read)}",
           "A got is 5 else X \"{server calls(read)}\"");
    refuse("of a twin neither rates are seen nor who waits: want something else in {twin cpu}",
           "A got is 5 else X \"{twin cpu}\"");
    refuse_text(3, "nobody's times mean anything: want something else in {cpu}",
                "scene s \"S\"\nserver traced\nserver alive else X \"{cpu}\"\n");
    refuse_text(3, "what can be seen in {server calls(raed)}",
                "scene s \"S\"\nserver traced\nserver alive else X \"{server calls(raed)}\"\n");
    refuse_text(1, "want a client of the scene in {B got}", "scene s \"S\" else X \"{A got} {B got}\"\nclient A\n");
    scene_of("scene s \"S\" else X \"{A got} {server calls(read)}\"\nserver traced\nclient A\n");
}

/* Behind `scene s "S"`. */
static void refuse_vary(const char *want, const char *words)
{
    char text[1024];
    snprintf(text, sizeof text, "scene s \"S\"\n%s\nwait 1ms\n", words);
    refuse_text(2, want, text);
}

static void is_a_vary_refused_that_cannot_be_meant(void)
{
    refuse_vary("want a name, but the line ends", "vary");
    refuse_vary("want a value, but the line ends", "vary a");
    refuse_vary("want a name of small letters", "vary A 1");
    refuse_vary("want a name of small letters", "vary got 1");
    refuse_vary("want a name of small letters", "vary cpu 1");
    refuse_vary("want a name of small letters", "vary a/a 1/2");
    refuse_vary("want a name of small letters", "vary a/ 1/2");
    refuse_vary("want 2 values with / between them, other than those before, not \"1\"", "vary a/b 1 2/2");
    refuse_vary("want 1 value with", "vary a 1/2");
    refuse_vary("want 2 values with", "vary a/b 1/");
    refuse_vary("other than those before, not \"1\"", "vary a 1 2 1");
    refuse_vary("want at most 16 variants", "vary a 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17");
    refuse_vary("want 1 value with", "vary a 1,2");
    refuse_vary("want {b-c} somewhere in the scene, not \"a/b-c\"", "vary a/b-c 1/2\nclient A x{a}");
    refuse_vary("want no braces but those that `vary", "server --work {b}");
    refuse_text(3, "want `vary` once", "scene s \"S\"\nvary a 1\nvary b 1\n");
    refuse_text(3, "it is a header: want it before", "scene s \"S\"\nwait {a}ms\nvary a 1\n");
    refuse_text(3, "want a time such as 500ms or 2s, not \"x\"", "scene s \"S\"\nvary a 5ms x\nwait {a}\n");
    refuse_text(6, "want an id that no other scene", "scene s \"S\"\nvary a 1 2\nwait {a}ms\n\n\nscene s \"S\"\n");
    refuse_text(4, "repeat without an end", "scene s \"S\"\nvary a 1 2\nrepeat {a}\nscene t \"T\"\n");
    refuse_text(3, "repeat without an end", "scene s \"S\"\nvary a 1 2\nrepeat {a}\n");
}

/* -- Questions --------------------------------------------------------------------------------------------------- */

static const char asks[] = "scene s \"S\"\nask q \"Q?\"\nchoice a \"A\"\n choice b \"B\"\nask n \"N?\" number\n"
                           "client A\n";

/* The statement, read where q may be a or b, n is a number, and there is a client A; and the other answer. */
static const struct scene_line *answer_of(const char *statement)
{
    static const struct scene_line none = {.action = DO_END};
    char text[2048];
    bool first = strncmp(statement, "answer q", 8) == 0;
    snprintf(text, sizeof text, "%s%s\n%s\n", asks, statement, first ? "answer n is A got" : "answer q is a otherwise");
    const struct scene *scene = scene_of(text);
    return file && scene->line_count == 3 ? &scene->lines[1] : &none;
}

/* It is refused there, in the line after the client. */
static void refuse_answer(const char *want, const char *statement)
{
    char text[2048];
    snprintf(text, sizeof text, "%s%s\nwait 1ms\n", asks, statement);
    refuse_text(7, want, text);
}

static void are_questions_and_answers_read(void)
{
    const struct scene_line *line = answer_of("answer q\nis b when A got above 5\nis a when server alive\n"
                                              " is b otherwise else X for a \"x\" else for b \"y\" "
                                              "else Z if A got is 0 \"z\"");
    CHECK(line->action == DO_ANSWER && line->case_count == 3, "%d cases", line->case_count);
    if (line->case_count != 3)
        return;
    const struct scene_case *first = &line->cases[0];
    CHECK(strcmp(first->choice, "b") == 0 && first->test.relation == ABOVE, "%s", first->choice);
    CHECK(line->cases[2].otherwise && !line->cases[1].otherwise, "not as written");
    CHECK(line->elses.count == 3 && strcmp(line->elses.list[0].choice, "a") == 0, "%d else", line->elses.count);
    CHECK(line->elses.count == 3 && line->elses.list[1].code[0] == '\0', "%s", line->elses.list[1].code);
    const struct scene_ask *ask = scene_ask_named(&file->scenes[0], "q");
    CHECK(ask && ask->choice_count == 2 && strcmp(ask->choices[1].text, "B") == 0 && ask->line == 2, "not as asked");
    CHECK(scene_ask_named(&file->scenes[0], "n")->choice_count == 0, "n has choices");
    line = answer_of("answer n is A got within factor 1.5");
    CHECK(line->action == DO_ANSWER && line->test.seen.what == SEE_GOT, "%d", line->test.seen.what);
    CHECK(line->factor > 1.49 && line->factor < 1.51, "%f", line->factor);
    CHECK(answer_of("answer n\n is server cpu for 5ms within factor 2")->test.for_ms > 4, "no time");
}

static void is_a_question_refused_that_has_no_answer(void)
{
    refuse_text(2, "want `number`, or two choices", "scene s \"S\"\nask q \"Q\"\nwait 1ms\n");
    refuse_text(3, "want `number`, or two choices", "scene s \"S\"\nask q \"Q\"\nchoice a \"A\"\nwait 1ms\n");
    refuse_text(4, "want a choice that is not there yet",
                "scene s \"S\"\nask q \"Q\"\nchoice a \"A\"\nchoice a \"B\"\nwait 1ms\n");
    refuse_text(2, "want the question in \"quotes\"", "scene s \"S\"\nask q number\n");
    refuse_text(3, "want a name that no other question", "scene s \"S\"\nask q \"Q\" number\nask q \"Q\" number\n");
    refuse_text(3, "it is a header: want it before", "scene s \"S\"\nwait 1ms\nask q \"Q\" number\n");
    refuse_text(3, "the question \"q\" has no answer", "scene s \"S\"\nask q \"Q\" number\nwait 1ms\n");
    refuse_text(4, "the question \"q\" has no answer",
                "scene s \"S\"\nask q \"Q\" number\nwait 1ms\nscene t \"T\"\n");
    refuse_answer("want a question of the scene", "answer r is A got");
    refuse_answer("want a choice of the question \"q\", not \"c\"", "answer q is c otherwise");
    refuse_answer("want `is` here", "answer q");
    refuse_answer("want `when` here", "answer q is a if server alive");
    refuse_answer("a rate needs a time, and this is decided at once", "answer q is a when server cpu above 5%");
    refuse_answer("want a choice of the question \"q\", not \"d\"", "answer q is a otherwise else for d \"x\"");
    refuse_answer("want `for` behind the answer to a question with choices", "answer n is A got else for a \"x\"");
    refuse_answer("a number was asked for", "answer n is A state");
    refuse_answer("a number was asked for", "answer n is server alive");
    refuse_answer("a number was asked for", "answer n is server exit");
    refuse_answer("want a factor of 1 or more, not \"0.5\"", "answer n is A got within factor 0.5");
    refuse_answer("want another name than that of a question", "show q A got");
    refuse("want `for` behind the answer", "A ping else X for a \"x\"");
    refuse_text(4, "answered once",
                "scene s \"S\"\nask q \"Q\" number\nanswer q is server fds\nanswer q is server fds\n");
    refuse_text(4, "in no repeat", "scene s \"S\"\nask q \"Q\" number\nrepeat 2\nanswer q is server fds\nend\n");
}

static void is_no_more_taken_than_the_player_has_room_for(void)
{
    refuse_many("want at most 32 clients' names in a scene", 32, "client A", "client B%c%c");
    refuse_many("want at most 16 names of what is shown", 17, "client A", "show m%c%c A got");
    refuse_many("want at most 31 marks in a scene", 32, "client A", "mark m%c%c");
    refuse_many("want at most 16 always-lines in a scene", 17, "client A", "always server alive else D%c%c \"x\"");
    scene_of("scene s \"S\"\nrepeat 100\nclient A\nmark m\nend\nclient A\nmark m\nmark start\n");
    scene_of("scene s \"S\"\nclient A\nrepeat 100\nshow a A got\nend\nshow a A sent\n");
}

static void can_what_must_always_hold_be_looked_at(void)
{
    refuse("want an else after always, and one without `if`", "always A state is open else X if A got is 0 \"x\"");
    refuse("a rate needs a time", "always server cpu below 5% else SPIN \"x\"");
    refuse_text(3, "want it before the repeat", "scene s \"S\"\nrepeat 40\nalways server alive else X \"x\"\nend\n");
}

/* -- Anything ---------------------------------------------------------------------------------------------------- */

static uint64_t state = 20;

static size_t chance(size_t below)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (size_t)(state >> 33) % below;
}

/* One change: a byte, a piece left out, a piece doubled elsewhere. The room is twice the text's. */
static size_t change(char *text, size_t length)
{
    static const char letters[] = "\n \"#\\x0159..%-ACSaes{}()\xff\0,:";
    size_t at = chance(length), to = chance(length), n = 1 + chance(12);
    switch (chance(4)) {
    case 0: text[at] = letters[chance(sizeof letters)]; return length;
    case 1:
        n = at + n > length ? length - at : n;
        memmove(text + at, text + at + n, length - at - n);
        return length - n;
    case 2:
        n = at + n > length ? length - at : n;
        n = to + n > length ? length - to : n;
        memmove(text + to, text + at, n);
        return length;
    default: text[at] = (char)chance(256); return length;
    }
}

static void read_changed(const char *text, size_t length, int times)
{
    char *changed = malloc(length), place[80];
    int refused = 0;
    for (int i = 0; changed && i < times; i++) {
        size_t now = length;
        memcpy(changed, text, length);
        for (size_t left = 1 + chance(4); left > 0 && now > 1; left--)
            now = change(changed, now);
        if (read_bytes(changed, now))
            continue;
        int line, end = 0;
        refused++;
        snprintf(place, sizeof place, "%s:%%d: %%n", path);
        CHECK(sscanf(said, place, &line, &end) == 1 && end > 0 && line >= 1, "want FILE:LINE: %s", said);
    }
    CHECK(refused > times / 10, "of %d changed files only %d are refused: is anything changed?", times, refused);
    free(changed);
}

static void is_anything_survived(void)
{
    glob_t found = {0};
    if (glob("harness/battery/*.scene", 0, NULL, &found) != 0)
        glob("../battery/*.scene", 0, NULL, &found);
    CHECK(found.gl_pathc > 0, "no harness/battery/*.scene here: run it from the top folder");
    for (size_t i = 0; i < found.gl_pathc; i++) {
        static char text[65536];
        FILE *battery = fopen(found.gl_pathv[i], "re");
        size_t length = battery ? fread(text, 1, sizeof text, battery) : 0;
        if (battery)
            fclose(battery);
        CHECK(length > 0 && read_bytes(text, length), "%s: %s", found.gl_pathv[i], said);
        read_changed(text, length, 2000);
    }
    globfree(&found);
}

int main(void)
{
    file_fd = memfd_create("scene", 0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", file_fd);
    are_values_read_and_written();
    are_texts_comments_and_continuations_read();
    are_headers_read();
    is_the_service_read();
    is_it_known_to_whom_a_scene_applies();
    is_every_action_known();
    is_what_stands_behind_an_action_read();
    is_every_relation_known();
    is_every_observation_known();
    is_what_is_wrong_told_with_its_line();
    may_the_elses_of_a_title_name_who_comes_later();
    are_numbers_whole_and_of_this_world();
    is_a_test_refused_that_says_nothing();
    is_a_twin_read();
    is_what_is_shown_read();
    is_a_file_refused_that_is_no_text();
    is_a_long_line_survived();
    is_a_header_wanted_once_and_before_the_lines();
    is_a_name_refused_that_no_table_can_hold();
    is_a_test_refused_that_waits_in_vain();
    are_braces_known_that_a_failure_will_fill_in();
    is_a_scene_read_for_each_variant();
    is_a_vary_refused_that_cannot_be_meant();
    are_questions_and_answers_read();
    is_a_question_refused_that_has_no_answer();
    is_no_more_taken_than_the_player_has_room_for();
    can_what_must_always_hold_be_looked_at();
    is_anything_survived();
    if (file)
        scene_free(file);
    close(file_fd);
    return checks_failed();
}
