/* lt_et.h: the scenes of 05_epoll_lt_et/lt_et.scene, each played against epoll-lt and against epoll-et, and what came
 * of it.
 *
 * Between the marks `before` and `after` of a scene is what is told and counted. Traced (harness/trace), every call is
 * told. Where tracing is denied, the servers' own books are the source: those of the scene less those of the same scene
 * without what its clients do between the marks. A scene without `after`, whose clients come or end in between, cannot
 * be counted so. */
#pragma once
#include "harness/cmd/beside.h"
#include "harness/scene/play.h"
#include <stdint.h>

/* wakeups: returns of epoll_wait with somebody ready. stranded: what lies unread in the kernel while the server sleeps,
 * as the kernel says (sock_diag(7)); the scene shows it. -1: not known. */
struct lt_et_counts { int64_t wakeups, reads, eagain, bytes_in, stranded, accepts; };

struct lt_et_side {
    const char *model;
    char reads[8];              /* per event: "1", "all" */
    char mode[SCENE_NAME];      /* how the kernel says that the client is watched (/proc/PID/fdinfo); "?": not seen */
    struct play_outcome outcome;
    struct lt_et_counts counts;
    struct beside_story story;
};

struct lt_et_finding {
    const struct scene *scene;
    char about[600];            /* the comment right above it */
    struct lt_et_side side[2];
};

/* Plays the scene twice. `traced`: the calls are told. */
void lt_et_play(const struct scene_file *, const struct scene *, bool traced, struct lt_et_finding *);
void lt_et_forget(struct lt_et_finding *);

/* Plays all, and writes lt_et.csv and lt_et_events.csv into the folder. False: `why` says why not. */
bool lt_et_record(const char *folder, char *why, size_t size);

/* -- Telling it (pure) ------------------------------------------------------------------------------------------- */

/* The answer in a few sentences, from what was found; of one scene: what each side did in it. */
void lt_et_answer(const struct lt_et_finding *, int count, char *answer, size_t size);
/* `denied`: why nothing can be traced here, and the way out. */
void lt_et_why_skipped(const char *denied, char *text, size_t size);
/* Both columns, the counts below them, and what the scene shows. */
void lt_et_print(const struct lt_et_finding *, int width, FILE *to);

#define LT_ET_CSV_HEADER "scene,model,reads_per_event,wakeups,reads,eagain,bytes_in,bytes_stranded\n"
void lt_et_print_csv(const struct lt_et_finding *, FILE *to);
/* The columns themselves for the report, and what is said before all scenes: `answer`, `skipped`. */
#define LT_ET_EVENTS_HEADER "scene,kind,client,lt,et\n"
void lt_et_print_word(const char *kind, const char *text, FILE *to);
void lt_et_print_events(const struct lt_et_finding *, FILE *to);
