/* stage.h: what is on stage while a scene is played: the server, the clients, the marks. Internal to harness/scene. */
#pragma once
#include "harness/child/child.h"
#include "harness/scene/client.h"
#include "harness/scene/play.h"
#include "harness/scene/scene.h"
#include "harness/trace/trace.h"

enum { STAGE_FORKS = CHILD_BIRTHS, STAGE_SAID = 64 };

struct levels {
    double at_ms;
    int64_t cpu_ns, sleeps, rss;
    int fds, threads, processes, zombies, accept_queue;
    int64_t traced;             /* events so far, where the server is traced */
};

struct group { char name[SCENE_NAME]; struct client *members; int count; };
struct mark { char name[SCENE_NAME]; struct levels levels; };

struct stage {
    const struct scene *scene;
    const struct play_options *options;
    char *const *command;               /* the server's, with the scene's options */
    struct child server, twin;
    bool has_twin;
    struct trace *trace;                /* NULL: the server is not traced */
    char untraceable[600];              /* why it could not be; "": it could, or nobody asked */
    bool ready;
    struct group groups[SCENE_GROUPS];
    int group_count;
    int clients_most;                   /* at one time, so far */
    struct client visitor;              /* of `server answers` */
    struct mark marks[SCENE_MARKS];
    int mark_count;
    const struct scene_line *always[SCENE_ALWAYS];
    int always_count;
    const struct scene_line *broken;    /* the always-line that no longer holds */
    char broken_got[STAGE_SAID], broken_want[STAGE_SAID];
    bool forks;                         /* more than STAGE_FORKS tasks and one for each client: the tree is frozen */
    int tasks;                          /* ... so many */
    long tasks_of_machine;              /* when the scene began */
    double began_ms, end_ms, next_look_ms, next_count_ms;
    uint32_t next_seed;

    /* about the line that runs */
    struct levels before;               /* its beginning; only cpu, sleeps and the time */
    char got[STAGE_SAID], want[STAGE_SAID], code[SCENE_NAME];
    bool got_is_text;               /* what came back, not how much of it */
    char rate[STAGE_SAID];                      /* the last rate that a test measured, for its message */
    int ok, of;
    int tests_done, tests_skipped;

    struct play_outcome *outcome;       /* where a line puts what it shows */
    struct play_wrong wrong;            /* the predictions, in the order of their answers */
};

/* Hands what the tracer has seen to who watches. */
void stage_tell_events(struct stage *);
/* Has the server too many processes or threads? Then it is frozen. */
void stage_look_for_births(struct stage *);
/* Looks at the always-lines now, not only when 20 ms are over; at most one is broken. */
void stage_look_at_always(struct stage *);
/* One turn of the poll loop, of at most ms. False: the scene cannot go on (limit, interrupt, an always-line broken). */
bool stage_turn(struct stage *, double ms);
bool stage_may_go_on(const struct stage *);

/* When there are more of them than before. */
void stage_note_clients(struct stage *);
struct group *stage_group(struct stage *, const char *name);
/* The member-th client of a name (from 0); NULL behind the last. */
struct client *stage_member(struct stage *, const struct scene_name *, int member);

struct levels stage_levels(struct stage *);
struct levels stage_pulse(struct stage *);      /* only what a rate is made of: for who asks often */
bool stage_runs(struct stage *);        /* a thread of the server is on a CPU, or waits for one */
int64_t stage_unread(const struct stage *, const struct client *);      /* bytes that the server's kernel has of it */
const struct levels *stage_mark(const struct stage *, const char *name);

/* What is seen now; rates count from `since`. False: it cannot be seen on this machine or at this time. `member`: which
 * of a group. A test with HOLDS has the value 1 or 0. */
bool stage_see(struct stage *, const struct scene_observation *, int member, const struct levels *since,
               struct scene_value *);
bool stage_compare(struct stage *, const struct scene_test *, struct scene_value);
/* What a test that does not hold has seen, and what it wants, for a message. */
void stage_say(struct stage *, const struct scene_test *, struct scene_value seen, char got[STAGE_SAID],
               char want[STAGE_SAID]);

/* After a wrong prediction: its cause, into stage->wrong; in a repeat the first one stays. */
void stage_blame_prediction(struct stage *, const struct scene_line *, const struct scene_value *given);
/* After a failure: the first cause, into the outcome. `line` is NULL when the server never became ready. */
void stage_first_cause(struct stage *, const struct scene_line *line, struct play_outcome *);
