/* play.h: plays a scene against a server, and says what happened in the first words that fit.
 *
 * A scene is played line by line. All its connections live in one poll loop, which runs during every line. Nothing is
 * left of the server afterwards, whatever it did. */
#pragma once
#include "harness/scene/scene.h"
#include <signal.h>
#include <stdbool.h>

struct play_options {
    char *const *argv;          /* the server's command; a word "{args}" takes the scene's options */
    const char *model;          /* "" if it is not known: no exclusion applies */
    int cpu;                    /* the server's; -1: any */
    volatile sig_atomic_t *interrupted;
};

enum play_verdict { PLAY_PASS, PLAY_FAIL, PLAY_SKIP, PLAY_NOT_APPLICABLE, PLAY_INTERRUPTED };

struct play_outcome {
    enum play_verdict verdict;
    char code[SCENE_NAME];      /* of a failure */
    char message[600];          /* the cause, or why it was skipped */
    char got[64], want[64];     /* "" where there is nothing to compare */
    int line;                   /* of the scene, that failed */
    double ms;
};

struct play_outcome play(const struct scene *, const struct play_options *);
const char *play_verdict_name(enum play_verdict);
