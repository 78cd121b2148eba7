/* company.h: connections beside those that the figures are about, which make a server's life harder: slow ones, and
 * bursty ones. Every byte of theirs is compared, too.
 *
 * A slow one says its request in 64 pieces, or byte by byte if it has fewer, one every 10 ms, and hears the answer in
 * such pieces, as over a bad line: whoever waits for it in a blocking call waits for long. The bursty ones all send a
 * request at the same moment, every 100 ms, and are silent in between; whoever then still waits for its answer sits out
 * a turn. */
#pragma once
#include "harness/load/conn.h"
#include "harness/stats/hist.h"

enum { COMPANY_PIECES = 64, COMPANY_PIECE_MS = 10, COMPANY_BURST_MS = 100 };

struct company {
    struct dialogue *dialogue;
    struct conn *slow, *bursty;             /* the bursty ones stand behind the slow ones */
    int slow_count, bursty_count;
    struct hist *bursts;                    /* of a bursty one: from the moment of all to its last byte */
    char *failure;                          /* the first wrong byte; DIALOGUE_SAYS long */
    uint64_t begins_ns, ends_ns;            /* what is sent in between is timed */
    uint64_t piece_due_ns, burst_due_ns;    /* what is next: UINT64_MAX for never */
    uint64_t slow_answers, bursty_answers;
    int lost, waiting;                      /* connections that broke; bursty ones whose answer is owed */
};

/* The pointers and counts are the caller's to set. From now on, for those that are CONN_FREE: */
void company_begin(struct company *k, uint64_t now_ns, uint64_t begins_ns, uint64_t ends_ns);
/* All that is next comes later by so much. */
void company_postpone(struct company *k, uint64_t by_ns, uint64_t begins_ns, uint64_t ends_ns);
uint64_t company_next_ns(const struct company *k);

/* What is due. False: a byte was wrong, and failure tells. The same: after an event of one of them. */
bool company_go_on(struct company *k, uint64_t now_ns);
bool company_hear(struct company *k, struct conn *c);

/* No further bursts and pieces; at the very end what is still owed is kept as censored. In both failure tells of an
 * answer whose rest is missing. */
void company_stop(struct company *k, uint64_t now_ns);
void company_settle(struct company *k, uint64_t now_ns);
