#define _GNU_SOURCE
#include "harness/load/company.h"
#include "harness/load/pace.h"
#include <errno.h>
#include <string.h>

enum { MS = 1000 * 1000 };

/* -- Slow ones ------------------------------------------------------------------------------------------------------
 * That a server cuts off who is too slow for it is its right: the connection is lost, and nothing is wrong. */

static bool go_a_step(struct company *k, struct conn *c, uint64_t now_ns)
{
    if (c->state == CONN_FREE)
        conn_begin(c, k->dialogue);
    enum conn_step step = conn_piece(c, k->dialogue, COMPANY_PIECES, k->failure);
    if (step == CONN_MORE)
        c->heard_ns = now_ns;
    k->slow_answers += step == CONN_DONE;
    if (step == CONN_BROKEN) {
        k->lost++;
        conn_close(c);
    }
    return step != CONN_WRONG;
}

static bool all_go_a_step(struct company *k, uint64_t now_ns)
{
    for (int i = 0; i < k->slow_count; i++)
        if (k->slow[i].state != CONN_CLOSED && !go_a_step(k, &k->slow[i], now_ns))
            return false;
    return true;
}

/* -- Bursty ones ------------------------------------------------------------------------------------------------- */

static void lose(struct company *k, struct conn *c)
{
    int why = errno;
    if (c->state == CONN_BUSY) {
        k->waiting--;
        if (c->counts)
            hist_censor(k->bursts, clock_ns(CLOCK_MONOTONIC) - c->intended_ns);
        dialogue_missing(k->dialogue, &c->turn, why ? strerror(why) : "the server closed the connection", k->failure);
    }
    k->lost++;
    conn_close(c);
}

static void burst(struct company *k)
{
    for (int i = 0; i < k->bursty_count; i++) {
        struct conn *c = &k->bursty[i];
        if (c->state != CONN_FREE)
            continue;
        c->intended_ns = k->burst_due_ns;
        c->counts = c->intended_ns >= k->begins_ns && c->intended_ns < k->ends_ns;
        k->waiting++;
        if (conn_request(c, k->dialogue) == CONN_BROKEN)
            lose(k, c);
    }
}

static void answered(struct company *k, struct conn *c)
{
    k->waiting--;
    k->bursty_answers++;
    if (c->counts)
        hist_record(k->bursts, c->heard_ns - c->intended_ns);
}

/* A slow one hears at its own pace, whatever has come. */
bool company_hear(struct company *k, struct conn *c)
{
    if (c < k->bursty || c->state == CONN_CLOSED)
        return true;
    enum conn_step step = conn_go_on(c, k->dialogue, k->failure);
    c->heard_ns = clock_ns(CLOCK_MONOTONIC);
    if (step == CONN_DONE)
        answered(k, c);
    else if (step == CONN_BROKEN)
        lose(k, c);
    return step != CONN_WRONG;
}

/* -- All of them ------------------------------------------------------------------------------------------------- */

void company_begin(struct company *k, uint64_t now_ns, uint64_t begins_ns, uint64_t ends_ns)
{
    k->begins_ns = begins_ns;
    k->ends_ns = ends_ns;
    k->piece_due_ns = k->slow_count > 0 ? now_ns : UINT64_MAX;
    k->burst_due_ns = k->bursty_count > 0 ? now_ns : UINT64_MAX;
}

void company_postpone(struct company *k, uint64_t by_ns, uint64_t begins_ns, uint64_t ends_ns)
{
    k->begins_ns = begins_ns;
    k->ends_ns = ends_ns;
    if (k->slow_count > 0)
        k->piece_due_ns += by_ns;
    if (k->bursty_count > 0)
        k->burst_due_ns += by_ns;
}

uint64_t company_next_ns(const struct company *k)
{
    return k->piece_due_ns < k->burst_due_ns ? k->piece_due_ns : k->burst_due_ns;
}

/* A moment that was missed is not made up for: two pieces at once would be a larger piece. */
static uint64_t after(uint64_t due_ns, uint64_t now_ns, uint64_t gap_ns)
{
    return due_ns + (1 + (now_ns - due_ns) / gap_ns) * gap_ns;
}

bool company_go_on(struct company *k, uint64_t now_ns)
{
    if (now_ns >= k->burst_due_ns) {
        if (k->burst_due_ns < k->ends_ns) /* the window may close late */
            burst(k);
        k->burst_due_ns = after(k->burst_due_ns, now_ns, COMPANY_BURST_MS * MS);
    }
    if (now_ns < k->piece_due_ns)
        return true;
    k->piece_due_ns = after(k->piece_due_ns, now_ns, COMPANY_PIECE_MS * MS);
    return all_go_a_step(k, now_ns);
}

static void check_missing(const struct company *k, const struct conn *c, uint64_t now_ns)
{
    if (conn_fell_silent(c, now_ns))
        dialogue_missing(k->dialogue, &c->turn, "nothing more came", k->failure);
}

/* From now on it is the slow ones who do not hear. */
void company_stop(struct company *k, uint64_t now_ns)
{
    k->piece_due_ns = k->burst_due_ns = UINT64_MAX;
    for (int i = 0; i < k->slow_count; i++)
        check_missing(k, &k->slow[i], now_ns);
}

void company_settle(struct company *k, uint64_t now_ns)
{
    for (int i = 0; i < k->bursty_count; i++) {
        struct conn *c = &k->bursty[i];
        check_missing(k, c, now_ns);
        if (c->state == CONN_BUSY && c->counts)
            hist_censor(k->bursts, now_ns - c->intended_ns);
        else if (c->state == CONN_FREE && !*k->failure)
            conn_listen(c, k->dialogue, k->failure);
    }
}
