#include "harness/claim/judge.h"
#include "harness/claim/lab.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

/* "read after 2.0 ms, select after 1.9 ms"; without `times`: "read, select". Returns how many. */
static int list(const struct told told[PEER_WAYS], bool which, bool times, char *text, size_t size)
{
    int count = 0;
    text[0] = '\0';
    for (int i = 0; i < PEER_WAYS; i++) {
        if (told[i].told != which)
            continue;
        size_t length = strlen(text);
        snprintf(text + length, size - length, "%s%s", count++ ? ", " : "", told[i].way);
        length = strlen(text);
        if (times)
            snprintf(text + length, size - length, " after %.1f ms", told[i].ms);
    }
    if (count == 0)
        snprintf(text, size, "none");
    return count;
}

void judge_peer(const struct told stopped[PEER_WAYS], const struct told killed[PEER_WAYS], struct claim_found *found)
{
    char nothing[40], something[120], the_end[120];
    int silent = list(stopped, false, false, nothing, sizeof nothing);
    list(stopped, true, true, something, sizeof something);
    list(killed, true, true, the_end, sizeof the_end);
    claim_says(found, silent == PEER_WAYS ? CLAIM_CONFIRMED : silent == 0 ? CLAIM_REFUTED : CLAIM_DEPENDS,
               "A peer was stopped. In 2 s %s told nothing, but that the 2 s were over; something was told by %s. A "
               "peer was killed, so its kernel closed for it: the end was told by %s.",
               nothing, something, the_end);
    if (found->verdict == CLAIM_DEPENDS)
        claim_depends(found, "the wait: something was told by %s", something);
}

void judge_messages(const struct messages *as_it_comes, const struct messages *small_buffer,
                    struct claim_found *found)
{
    bool all = as_it_comes->whole == as_it_comes->expected && small_buffer->whole == small_buffer->expected;
    bool partly = as_it_comes->most < as_it_comes->size, partly_if_small = small_buffer->most < small_buffer->size;
    claim_says(found, !all ? CLAIM_REFUTED : partly ? CLAIM_CONFIRMED : partly_if_small ? CLAIM_DEPENDS : CLAIM_REFUTED,
               "%d of %d messages of %.0f bytes came back whole, by their hash; the first write of one took %.0f to "
               "%.0f bytes of it. With a send buffer of 64 KiB (SO_SNDBUF): %d of %d, and %.0f to %.0f bytes.",
               as_it_comes->whole, as_it_comes->expected, as_it_comes->size, as_it_comes->least, as_it_comes->most,
               small_buffer->whole, small_buffer->expected, small_buffer->least, small_buffer->most);
    if (found->verdict == CLAIM_DEPENDS)
        claim_depends(found, "the room in the kernel, here and at the other end (tcp_wmem and tcp_rmem in tcp(7)): on "
                      "this machine there is room for a whole message, unless the program asks for less");
}

void judge_churn(const struct churn *churn, int count, struct claim_found *found)
{
    char fine[100] = "", lost[250] = "";
    for (int i = 0; i < count; i++) {
        size_t so_fine = strlen(fine), so_lost = strlen(lost);
        if (churn[i].failed[0])
            snprintf(lost + so_lost, sizeof lost - so_lost, " Not so %s: %s.", churn[i].model, churn[i].failed);
        else if (churn[i].lost > 0 || churn[i].finished < CHURN)
            snprintf(lost + so_lost, sizeof lost - so_lost, " Not so %s: %.0f were accepted, %.0f lost, and %.0f left "
                     "when all was said.", churn[i].model, churn[i].came, churn[i].lost, churn[i].finished);
        else
            snprintf(fine + so_fine, sizeof fine - so_fine, "%s%s", so_fine ? ", " : "", churn[i].model);
    }
    claim_says(found, lost[0] ? CLAIM_REFUTED : CLAIM_CONFIRMED,
               "8 clients spoke all the time, and meanwhile %d others came, spoke and went. Every byte came back, and "
               "nobody was lost, by the server's own books, in %s.%s", CHURN, fine[0] ? fine : "none", lost);
}

/* "0 ms after 1 ms, 100 ms after 101 ms"; or who was cancelled */
static void list_requests(const struct deadline *deadline, bool done, char *text, size_t size)
{
    text[0] = '\0';
    for (int i = 0; i < DEADLINE_REQUESTS; i++) {
        const struct request *request = &deadline->requests[i];
        size_t length = strlen(text);
        if (isnan(request->done_ms) == done)
            continue;
        snprintf(text + length, size - length, "%sthe one of %.0f ms", length ? ", " : "", request->takes_ms);
        length = strlen(text);
        if (done)
            snprintf(text + length, size - length, " after %.0f", request->done_ms);
    }
    if (!text[0])
        snprintf(text, size, "none");
}

void judge_deadline(const struct deadline *deadline, struct claim_found *found)
{
    char done[100], cancelled[100];
    bool kept = deadline->waited_ms >= deadline->ms;
    bool worked_on = deadline->waited_ms + deadline->noticed_ms >= deadline->requests[DEADLINE_REQUESTS - 1].takes_ms;
    double leaks = deadline->fds_left + deadline->server_fds_left + deadline->processes_left;
    for (int i = 0; i < DEADLINE_REQUESTS; i++)
        kept = kept && isnan(deadline->requests[i].done_ms) == (deadline->requests[i].takes_ms > deadline->ms);
    list_requests(deadline, true, done, sizeof done);
    list_requests(deadline, false, cancelled, sizeof cancelled);
    claim_says(found, kept && leaks == 0 ? CLAIM_CONFIRMED : CLAIM_REFUTED,
               "A deadline of %.0f ms: answered %s; cancelled when %.0f were over: %s. Left behind: %.0f "
               "descriptors in the client, %.0f in the servers, %.0f processes. The last server saw it %.0f ms "
               "later%s.",
               deadline->ms, done, deadline->waited_ms, cancelled, deadline->fds_left, deadline->server_fds_left,
               deadline->processes_left, deadline->noticed_ms,
               worked_on ? ": it had worked on to its end" : "");
}
