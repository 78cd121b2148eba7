/* scene.h: a scene as the parser understood it. The language is described in docs/scenes.md.
 *
 * Pure: nothing here touches the system. All texts belong to the scene_file. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { SCENE_NAME = 32, SCENE_GROUP_MOST = 2000, SCENE_TEXT_MOST = 60000, SCENE_READ_MOST = 256 << 10 };
/* What a scene may have: clients' names, marks (`start` is one), always-lines, names of what it shows, variants,
 * questions. */
enum { SCENE_GROUPS = 32, SCENE_MARKS = 32, SCENE_ALWAYS = 16, SCENE_SHOWS = 16, SCENE_VARIANTS = 16,
       SCENE_ASKS = 8 };

/* A client's name: A, or of a group of them C, C3, C2..C5. first and last count from 1; 0: all there are. */
struct scene_name { char name[SCENE_NAME]; int first, last; };

enum scene_unit { UNIT_COUNT, UNIT_BYTES, UNIT_MS, UNIT_PERCENT, UNIT_WORD };
struct scene_value { enum scene_unit unit; double number; char word[SCENE_NAME]; };

/* -- What can be observed ---------------------------------------------------------------------------------------- */

enum scene_what {
    /* of the server */
    SEE_CPU, SEE_SLEEPS, SEE_RSS, SEE_FDS, SEE_THREADS, SEE_PROCESSES, SEE_ZOMBIES, SEE_ACCEPT_QUEUE,
    SEE_SIGNAL_QUEUE, SEE_EXIT, SEE_BLOCKED_IN, SEE_ALIVE, SEE_READY, SEE_SAID, SEE_CALLS, SEE_BYTES,
    /* of a client */
    SEE_GOT, SEE_SENT, SEE_IN_FLIGHT, SEE_UNREAD, SEE_WRONG_BYTE, SEE_STATE, SEE_CONNECT_TIME, SEE_ANSWER_TIME,
    SEE_MEAN_PING, SEE_WORST_PING, SEE_LIFETIME, SEE_WATCHED, SEE_FD,
};

struct scene_observation {
    enum scene_what what;
    bool of_server, of_twin;    /* the twin is a server, too */
    struct scene_name client;   /* whose, if not the server's; for `blocked in CALL on A` the A, or "" */
    char word[SCENE_NAME];      /* the CALL of blocked in; the KEY of said(KEY); the NAME of calls and bytes */
    char *text;                 /* of said "TEXT"; NULL: none */
    size_t text_length;
    int error;                  /* of calls: with that errno; -1: with any, or none */
    bool in_handler;            /* of calls and bytes: in a signal handler */
};

enum scene_relation { IS, IS_NOT, BELOW, ABOVE, AT_LEAST, AT_MOST, BETWEEN, AS_AT, AT_MOST_ABOVE, HOLDS };

struct scene_test {
    struct scene_observation seen;
    enum scene_relation relation;
    struct scene_value value, upper;    /* upper: of BETWEEN */
    char mark[SCENE_NAME];              /* of AS_AT, AT_MOST_ABOVE and `since`; "" for none */
    double within_ms, for_ms;           /* -1: not said */
};

/* `else CODE if TEST "text"`, `else CODE for CHOICE "text"`: without CODE and CHOICE these are ""; without TEST and
 * CHOICE `always` is set. */
struct scene_else {
    char code[SCENE_NAME], choice[SCENE_NAME];
    bool always;
    struct scene_test test;
    char *text;
    int line;
};
struct scene_elses { int count; struct scene_else *list; };

/* -- What is asked ----------------------------------------------------------------------------------------------- */

struct scene_choice { char name[SCENE_NAME]; char *text; };

/* A question, put before the scene. Without choices it asks for a number. */
struct scene_ask {
    char id[SCENE_NAME];
    char *text;
    int line;
    struct scene_choice *choices;
    int choice_count;
    bool is_given;              /* somebody has predicted (answers.h) */
    struct scene_value given;   /* a choice, as a word, or a number */
};

/* `is CHOICE when TEST`, `is CHOICE otherwise` */
struct scene_case { char choice[SCENE_NAME]; bool otherwise; struct scene_test test; };

/* -- What is done ------------------------------------------------------------------------------------------------ */

enum scene_action {
    DO_CLIENT, DO_SEND, DO_EXPECT, DO_EXPECT_NOTHING, DO_PING, DO_FIN, DO_RESET, DO_CLOSE, DO_STOP_READING,
    DO_START_READING, DO_READ_SLOWLY, DO_STOP, DO_CONTINUE, DO_TERMINATE, DO_SIGNAL, DO_ANSWERS, DO_SETTLE, DO_WAIT,
    DO_MARK, DO_TEST, DO_ALWAYS, DO_TWIN, DO_SHOW, DO_ANSWER, DO_REPEAT, DO_END,
};

enum scene_expected { EXPECT_ALL = 1, EXPECT_SIZE = 2, EXPECT_TEXT = 4, EXPECT_EOF = 8, EXPECT_RESET = 16 };

struct scene_line {
    int line;
    enum scene_action action;
    struct scene_name client;
    int count;                  /* client NAME xN, TEXT xN, repeat N */
    int64_t size;               /* bytes; of rcvbuf for a client, 0: as it is */
    char *text;                 /* with its length, as it may hold NULs; NULL: size says how many seeded bytes */
    size_t text_length;
    int expected;               /* scene_expected, or-ed */
    bool urgent, up_to, byte_by_byte, in_background, without_waiting, to_a_child;
    int signal_number;
    double every_ms, ms, within_ms;     /* -1: not said */
    char name[SCENE_NAME];      /* of a mark, of what is shown, of the question that is answered */
    struct scene_case *cases;   /* of an answer by choice; one by a number has what is seen in the test */
    int case_count;
    double factor;              /* of `within factor N`; 1: exactly */
    struct scene_test test;
    struct scene_elses elses;
};

struct scene_limits { long nofile, sigpending, nproc; int inherit_first, inherit_last; };

struct scene {
    char id[SCENE_NAME];
    char vary[SCENE_NAME], variant[SCENE_NAME];     /* the names of what varies, and their values; "" for nothing */
    char *title;
    int line;
    struct scene_elses elses;
    char **options;             /* for the server, NULL at the end */
    int option_count;
    bool http;                  /* the service; else echo: what comes back is what was sent */
    struct scene_limits limits;
    bool traced;
    char *models;               /* ",select,poll," of `only for` or `not for`, NULL: neither */
    bool only;
    char *because;
    double limit_ms;
    struct scene_ask *asks;
    int ask_count;
    struct scene_line *lines;
    int line_count;
};

struct scene_file { char *path; struct scene *scenes; int count; };

/* NULL: the file is wrong, and one line on `errors` says "FILE:LINE: what was expected". */
struct scene_file *scene_read(const char *path, FILE *errors);
void scene_free(struct scene_file *);

/* "burst", or "burst/all" of one that varies. Static storage, two of them in turn. */
const char *scene_label(const struct scene *);
/* By its id, as all of its variants are; or by its label. NULL: whatever it is called. */
bool scene_is_called(const struct scene *, const char *name);
/* A copy of text with {reads} and so on as they are in this variant. To be freed. */
char *scene_filled(const struct scene *, const char *text);
/* The question of that name; NULL: none. */
struct scene_ask *scene_ask_named(const struct scene *, const char *id);
/* The line that answers a question; NULL: there is none. */
const struct scene_line *scene_answer_to(const struct scene *, const struct scene_ask *);
/* Was that foretold? A number: within the factor of the line that answers. */
bool scene_is_predicted(const struct scene_line *answer, const struct scene_value *given,
                        const struct scene_value *seen);
/* Does it apply to the model? "" (unknown): it does. */
bool scene_applies(const struct scene *, const char *model);
bool scene_observation_named(const char *word, enum scene_what *, bool *of_server);
const char *scene_observation_name(enum scene_what);
const char *scene_observations(bool of_server);         /* "cpu, sleeps, ...", for a message; static storage */
bool scene_is_rate(enum scene_what);            /* cpu, sleeps: over a time */
bool scene_is_counted(enum scene_what);         /* calls, bytes: by the tracer */
/* `server alive`: it holds or not, and is compared with nothing. */
bool scene_holds_or_not(const struct scene_observation *);
/* Can it be compared with a value of that unit? `in_order`: by below, above ..., not only by `is`. */
bool scene_unit_fits(enum scene_what, enum scene_unit, bool in_order);
/* "4.2 MiB", "310 ms", "3.1 %", "17". Static storage, four of them in turn. */
const char *scene_value_text(struct scene_value);
/* The same for a program: bytes, milliseconds, percent or a count without its unit, or the word. */
const char *scene_value_plain(struct scene_value);
bool scene_value_read(const char *word, struct scene_value *);
