/* parser.h: what the rules of the grammar are made of. Internal to the parser (parse*.c).
 *
 * A rule looks at the next word of the statement: it may `take` it, and knows whether it was there, or `want` it, and
 * then the file is wrong without it. After the first fault nothing is taken any more, so no rule has to ask. */
#pragma once
#include "harness/scene/scene.h"
#include "harness/scene/words.h"

struct parser {
    const char *path;
    FILE *errors;
    const struct statement *statement;
    int at;
    bool failed, begun;         /* begun: the scene's first line of action has been read */
    bool at_end;                /* of the file */
    bool limited, served;       /* the scene has `limit TIME`, `server service` */
    struct scene *scene;
    const struct scene_ask *answered;       /* whose answer is being read */
    const struct statement *coming;         /* behind the title, while its elses are read: they name who comes later */
    int coming_count;
    int groups, marks, always, shows;       /* of the scene, so far */
};

/* -- Words ------------------------------------------------------------------------------------------------------- */

/* "FILE:LINE: what was expected, not what stands there". Only the first is told. */
__attribute__((format(printf, 2, 3))) void fail(struct parser *, const char *format, ...);
const struct word *peek(const struct parser *);         /* NULL: the statement ends, or the file is wrong */
bool next_is(const struct parser *, const char *text);
bool take(struct parser *, const char *text);
bool take_both(struct parser *, const char *first, const char *second);     /* the first is taken: the second must be */
void want(struct parser *, const char *text);
void want_short(struct parser *, char to[SCENE_NAME], const char *what);
void want_label(struct parser *, char to[SCENE_NAME], const char *what);    /* letters, digits, - and _ */
char *want_text(struct parser *, const char *what, size_t *length);         /* to be freed; length may be NULL */
double want_time(struct parser *);                                          /* ms */
double want_time_in_scene(struct parser *);                                 /* not above its limit */
double want_number(struct parser *);
int want_count(struct parser *, int least, int most);
void take_times(struct parser *, int *times, int most);                     /* x5 */
bool take_size(struct parser *, int64_t *size);                             /* 5, 64KiB */
void take_within(struct parser *, double *within_ms);
/* The player has room for so many: nothing is started that it could not play. `fresh`: not named before. */
void take_room(struct parser *, int *taken, int most, bool fresh, const char *what);

/* -- Names ------------------------------------------------------------------------------------------------------- */

bool starts_name(const struct parser *);
/* "C12" -> C and 12; no number, or one that begins with 0: 0. Returns where the number ended. */
const char *split_name(const char *text, char name[SCENE_NAME], int *number);
struct scene_name want_name(struct parser *);
int declared_count(const struct scene *, const char *name);     /* of a group; 0: there is none */
int known_count(const struct parser *, const char *name);       /* the same; in the title's elses, of those to come */
int count_named(const struct parser *, const struct scene_name *);     /* clients */
bool has_mark(const struct scene *, const char *name);
void want_mark(struct parser *, char to[SCENE_NAME]);
bool has_twin(const struct scene *);

/* -- Rules ------------------------------------------------------------------------------------------------------- */

void read_ask(struct parser *);
void read_answer(struct parser *, struct scene_line *);
void check_answers(struct parser *);                            /* at the scene's end: has each question one? */
bool next_is_header(const struct parser *);
void read_header(struct parser *);
void read_line(struct parser *, struct scene_line *);
bool inside_repeat(const struct scene *);
/* `in_else`: an else-if compares now, so it takes no modifier; a rate in it counts from where the line began. */
void read_test(struct parser *, struct scene_test *, bool in_else);
/* What is shown: an observation of one, and the time of a rate. */
void read_shown(struct parser *, struct scene_test *);
void read_else_choice(struct parser *, struct scene_else *);     /* behind `for` */
void read_elses(struct parser *, struct scene_elses *);
