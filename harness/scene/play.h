/* play.h: plays a scene against a server, and says what happened in the first words that fit.
 *
 * A scene is played line by line. All its connections live in one poll loop, which runs during every line. Nothing is
 * left of the server afterwards, whatever it did. */
#pragma once
#include "harness/scene/scene.h"
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

struct trace_event;

/* Who wants to see what the server does: then it is traced. `line` is told before each line of the scene is played, and
 * at the end with NULL; `event` of each event of the trace (harness/trace/trace.h), as soon as it is seen, with the
 * scene's own names for its clients (fd_name). */
struct play_watcher {
    void (*event)(void *context, const struct trace_event *);
    void (*line)(void *context, const struct scene_line *, int64_t at_ns);
    void (*lost)(void *context, int64_t events);        /* at the end, if there was no more room for some */
    void *context;
};

/* Why a prediction was wrong: of each question that was answered otherwise. */
struct play_cause { int line; char question[SCENE_NAME], code[SCENE_NAME], message[600], got[64], want[64]; };
struct play_wrong { int count; struct play_cause causes[SCENE_ASKS]; };

struct play_options {
    char *const *argv;          /* the server's command; a word "{args}" takes the scene's options */
    const char *model;          /* "" if it is not known: then its ready line may tell, or no exclusion applies */
    int cpu;                    /* the server's; -1: any */
    const char *answers;        /* the file of the predictions that are in the scenes; NULL: none are judged */
    struct play_wrong *wrong;   /* where all wrong predictions go: then the outcome tells of the server alone. NULL: if
                                   every line holds, the first wrong one is the outcome */
    double end_ms;              /* on the clock of now_ms: by then it is over, whatever the scene allows; 0: not said */
    volatile sig_atomic_t *interrupted;
    bool no_excuse;                     /* an exit with 77 is an end like any other: a student's program may say so */
    const struct play_watcher *watcher;     /* NULL: nobody */
};

enum play_verdict { PLAY_PASS, PLAY_FAIL, PLAY_SKIP, PLAY_NOT_APPLICABLE, PLAY_INTERRUPTED };

/* What a scene shows and does not judge, and what its answers are. */
struct play_shown { char name[SCENE_NAME]; bool seen; struct scene_value value; };

struct play_outcome {
    enum play_verdict verdict;
    char model[SCENE_NAME];     /* as the options say, or as the server says behind `ready`; "": nobody said */
    char code[SCENE_NAME];      /* of a failure */
    char message[600];          /* the cause, or why it was skipped */
    char got[64], want[64];     /* "" where there is nothing to compare */
    int line;                   /* of the scene, that failed */
    double ms;
    int shown_count;
    struct play_shown shown[SCENE_SHOWS + SCENE_ASKS];
};

struct play_outcome play(const struct scene *, const struct play_options *);
const char *play_verdict_name(enum play_verdict);
