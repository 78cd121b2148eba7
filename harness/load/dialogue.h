/* dialogue.h: what is said on a connection: a request, and whether what came back is its answer. No system call.
 *
 * Echo: each request is another one (message.h), and its answer is itself. http: all ask for the same page, and all
 * answers must be the first one (http_answer.h). */
#pragma once
#include "harness/load/http_answer.h"
#include "harness/load/message.h"
#include <netinet/in.h>

enum { DIALOGUE_SAYS = 200 };   /* room for a sentence about a failure */

struct dialogue {
    bool http;
    struct message message;     /* of echo */
    struct http_page page;      /* of http */
    char request[80];
    size_t request_size;
};

/* A connection's request, and its answer: under way, or the last. */
struct turn {
    uint32_t connection, sequence;
    size_t size, sent;          /* bytes of the request, and how many of them are sent */
    size_t heard;               /* bytes of the answer so far */
    struct http_own own;
};

/* Echo, with requests of up to size_max bytes. False: no memory. */
bool dialogue_echo(struct dialogue *d, size_t size_max, uint64_t seed);
void dialogue_http(struct dialogue *d, const struct sockaddr_in *host);
void dialogue_free(struct dialogue *d);

/* The next request of a connection begins. */
void dialogue_begin(const struct dialogue *d, struct turn *t);
void dialogue_end(struct turn *t);                                          /* the connection is closed */

/* What is to be sent of it, at most turn.size - turn.sent bytes; good until the next call. */
const unsigned char *dialogue_request(struct dialogue *d, const struct turn *t);

/* How many bytes to ask the kernel for: more than are owed, so that a surplus shows. */
size_t dialogue_room(const struct dialogue *d, const struct turn *t, size_t most);

/* The bytes of an answer; 0: not known yet. */
size_t dialogue_answer_size(const struct dialogue *d, const struct turn *t);

/* n bytes have come, at least one. WRONG: `says` tells which byte, or what else. */
enum heard { HEARD_PART, HEARD_ALL, HEARD_WRONG };
enum heard dialogue_hear(struct dialogue *d, struct turn *t, const unsigned char *bytes, size_t n,
                         char says[DIALOGUE_SAYS]);

/* A sentence: a byte came though nothing is owed. */
void dialogue_surplus(const struct dialogue *d, const struct turn *t, unsigned char byte, char says[DIALOGUE_SAYS]);
/* A sentence: the rest of the answer is missing; `how` ends it. If `says` says something already, that stays. */
void dialogue_missing(const struct dialogue *d, const struct turn *t, const char *how, char says[DIALOGUE_SAYS]);
