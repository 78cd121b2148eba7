/* figure.h: the classic figure, measured: what application and kernel did about one request. First nothing is there to
 * read: that is the *wait for data*. Then it is, and is brought into the application's memory: the *copy to the user*.
 * Five ways to wait differ in who spends these two phases where.
 *
 * Its moments are those of a traced server, in nanoseconds from when the client began to send: before that they are
 * negative. On loopback the data can be read when send returns, so it came between 0 and sent_ns. Tracing costs some
 * microseconds for each call: whatever comes after 0 really took *at most* as long as it is here.
 *
 * Pure: what is written goes to a stream of the caller's. */
#pragma once
#include "harness/report/csv.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { FIGURE_LANES = 2, FIGURE_STEPS = 24, FIGURE_ROWS = 3 * FIGURE_STEPS + 4, FIGURES_MOST = 24 };

enum figure_part {
    FIGURE_WAIT,            /* a call that was entered before the data came, and returned afterwards, or never */
    FIGURE_VAIN,            /* reads that found nothing: `count` of them, one after the other */
    FIGURE_COPY,            /* the read that brought the data; it may have waited for it inside */
    FIGURE_ASK,             /* wants to be told: epoll_ctl, fcntl */
    FIGURE_BIRTH,           /* makes the thread, or the process, that reads */
    FIGURE_SIGNAL,          /* a signal's handler begins */
    FIGURE_CALL,            /* another call, between the coming of the data and its use */
    FIGURE_ANSWER,
    FIGURE_PARTS
};

struct figure_step {
    enum figure_part part;
    int lane;
    char call[32], says[48];        /* "read A", "6 bytes" */
    int64_t from_ns, to_ns, count;  /* to_ns of a call that has not returned: the end of the scene */
    bool returned;
};

struct figure {
    char model[32];
    char cannot[300];               /* why there is no figure of it; "" */
    int64_t sent_ns;                /* when the client's send had returned */
    char lane[FIGURE_LANES][24];    /* who makes calls: "application", or "main" and "hidden thread" */
    int lane_count;
    struct figure_step steps[FIGURE_STEPS];
    int step_count;
};

/* -- What it means ----------------------------------------------------------------------------------------------- */

enum figure_way {
    FIGURE_INSIDE,          /* waits inside the read */
    FIGURE_ASKS,            /* reads again and again, and never waits */
    FIGURE_READINESS,       /* waits to be told that it may read */
    FIGURE_BY_SIGNAL,       /* the same, told by a signal */
    FIGURE_HELPED,          /* somebody else reads for it */
    FIGURE_NOBODY,          /* nobody calls read: the kernel reads */
    FIGURE_LATE,            /* it first asked when the data was there already: nothing to see */
};

struct figure_phases {
    enum figure_way way;
    int64_t wait_ns;                        /* from when it first asked to the coming of the data, at 0 */
    int64_t copy_from_ns, copy_to_ns;       /* the copy happened within these */
    int64_t done_ns;                        /* the application has the data, and knows it */
    int64_t vain;                           /* reads that found nothing */
    const struct figure_step *wait, *copy;  /* the step of it, or NULL */
    int reader;                             /* the lane that reads, or has handed over */
};

struct figure_phases figure_phases(const struct figure *);

/* Who waited inside the call that brought the data, or had it brought, first woke up there: that is part of the time of
 * its copy, and no tracer can tell the two apart. */
bool figure_wakes(const struct figure_phases *);

/* "poll waits in poll, not in read: 50.1 ms for data, then at most 21 us to copy it." */
void figure_say(const struct figure *, char *text, size_t size);
/* In few words, where it waits: "in read", "in poll", "nowhere"; or who waits there for it: "hidden: read". */
void figure_say_where(const struct figure *, char *text, size_t size);
/* Who waits where, a way after the other, from 0: "in read itself", and the names of those who do, "" for nobody. NULL
 * behind the last. */
const char *figure_place(const struct figure *figures, int count, int number, char *names, size_t size);
/* Where an axis for all of them ends, behind the last who has the data; but who needed more than four times as long as
 * half of them was held up, and ends outside. */
int64_t figure_axis_end(const struct figure *figures, int count);
/* "50.1 ms", "24 us". */
void figure_say_time(int64_t ns, char *text, size_t size);

/* "24 us" becomes "24 µs" wherever it stands, where there is room. */
void figure_typeset(char *text, size_t size);

/* -- Row by row: what all drawings of one figure share ----------------------------------------------------------- */

enum figure_row_kind {
    ROW_CALL, ROW_RETURN,   /* into the kernel, and back */
    ROW_POINT,              /* a call in passing */
    ROW_SIGNAL, ROW_ASLEEP, ROW_VAIN,
    ROW_ARRIVES, ROW_COPIES,    /* in the kernel */
};

struct figure_row {
    enum figure_row_kind kind;
    int lane;
    int64_t at_ns;
    char time[16];                  /* "-50.1 ms", "+24 us", "" */
    char text[80];
    bool asleep[FIGURE_LANES];      /* from this row to the next */
    bool in_wait, in_copy;          /* of which phase it is */
};

/* Time runs down. Returns how many. */
int figure_rows(const struct figure *, struct figure_row rows[FIGURE_ROWS]);

/* -- Drawn ------------------------------------------------------------------------------------------------------- */

/* One figure; or all of them on one time axis. Alone: as a file of its own, else as a part of a page. The id must be
 * unique there. */
void figure_draw(FILE *to, const struct figure *, const char *id, bool alone);
void figure_draw_all(FILE *to, const struct figure *figures, int count, const char *id, int width, bool alone);

/* -- As a file (models.csv) -------------------------------------------------------------------------------------- */

extern const char figure_header[];
void figure_write(FILE *to, const struct figure *);
/* Returns how many figures there are; or -1, and the row with the fault. */
int figure_read(const struct csv *, struct figure figures[FIGURES_MOST], int *fault);
