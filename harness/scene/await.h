/* await.h: waiting until a line holds for every client that it names. Internal to harness/scene. */
#pragma once
#include "harness/scene/lines.h"

enum progress { YET, DONE, HOPELESS };

/* Deadlines in ms, where the scene does not say. */
enum { CONNECT_MS = 4000, SEND_MS = 5000, EXPECT_MS = 2000, ANSWER_MS = 2000, TEST_MS = 1000, SETTLE_MS = 500,
       STOP_MS = 5000, A_MEMBER_MS = 20 };

/* How far a client is with the line. `number`: which of its group it is, from 1. */
typedef enum progress progress_of(const struct scene_line *, struct client *, int number);

int await_members(struct stage *, const struct scene_line *);      /* how many the line names */
int await_number(const struct scene_line *, int member);           /* of the member-th of them, from 0 */
double await_deadline(const struct scene_line *, double usual_ms, int members);
/* Turns the loop until every member is done, one is hopeless, or the time is over: then the code is set, and got and
 * want tell of the first who was behind. */
enum line_result await_all(struct stage *, const struct scene_line *, progress_of *, double end_ms, const char *code);

/* What has come by now is no surprise to an `expect nothing`. */
void await_notice(struct stage *, const struct scene_name *who);

void await_say_code(struct stage *, const char *code);
void await_say_bytes(struct stage *, int64_t got, int64_t want);
/* A text of the line with each {n} as the member's number. Static storage, until the next one. */
const char *await_text(const struct scene_line *, int number, size_t *length);
