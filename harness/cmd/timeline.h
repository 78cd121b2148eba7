/* timeline.h: what a server did while a scene was played, in the order of time: the lines of the scene, and the
 * events of its trace. */
#pragma once
#include "harness/scene/scene.h"
#include "harness/trace/trace.h"
#include <stdio.h>

struct step {
    int64_t at_ns;
    int order;                      /* of those that came at the same time */
    const char *line;               /* of the scene, as it is written; or NULL, and an event */
    const struct scene_line *means;
    struct trace_event event;
};

struct lane { pid_t tid, pid; };    /* one who makes calls */

struct timeline {
    const char *who;                /* the program */
    bool all;                       /* also what came before the scene's first line, and after its last */
    char **text;                    /* the lines of the file, from 0 */
    int text_count;
    int64_t began_ns, ended_ns;     /* of the scene; 0: not yet */
    struct step *steps;
    int count, room;
    int64_t lost;                   /* events for which a trace had no more room: the last ones */
    int before, after, silent;      /* left out: calls, and those who only waited */
    pid_t first;
    struct lane *lanes;             /* the first process, and who else has done something, in this order */
    int lane_count, lane_room;
};

/* `path`: of the scene's file, for the text of its lines. False: it cannot be read. */
bool timeline_begin(struct timeline *, const char *who, const char *path, const struct scene *, bool all);
void timeline_add_event(struct timeline *, const struct trace_event *);
void timeline_add_line(struct timeline *, const struct scene_line *, int64_t at_ns);
void timeline_finish(struct timeline *);        /* puts it in order; nothing may be added afterwards */
void timeline_free(struct timeline *);

/* A lane is one who makes calls, from 0: "main", "thread 2", "process 3". */
int timeline_lane(const struct timeline *, const struct trace_event *);
void timeline_lane_name(const struct timeline *, int lane, char *text, size_t size);
/* "34.3" milliseconds, or "". */
void timeline_waited(const struct timeline *, const struct trace_event *, char *text, size_t size);

/* "poll made 12 calls: ...". */
void timeline_sum_up(const struct timeline *, FILE *);
void timeline_print(const struct timeline *, FILE *);
void timeline_print_csv(const struct timeline *, FILE *);
bool timeline_draw(const struct timeline *, const char *path);     /* as SVG; false: errno says why not */
