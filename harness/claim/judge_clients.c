#include "harness/claim/judge.h"
#include "harness/claim/lab.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

/* "read after 2.0 ms, select after 1.9 ms" */
static void list(const struct told *told, bool which, char *text, size_t size)
{
    text[0] = '\0';
    for (int i = 0; i < PEER_WAYS; i++) {
        size_t length = strlen(text);
        if (told[i].told == which)
            snprintf(text + length, size - length, "%s%s after %.1f ms", length ? ", " : "", told[i].way, told[i].ms);
    }
    if (!text[0])
        snprintf(text, size, "none");
}

static int count_told(const struct told *told)
{
    int count = 0;
    for (int i = 0; i < PEER_WAYS; i++)
        count += told[i].told;
    return count;
}

void judge_peer(const struct told stopped[PEER_WAYS], const struct told killed[PEER_WAYS], struct claim_found *found)
{
    char nothing[120], something[120], told_killed[120];
    int of_stopped = count_told(stopped), of_killed = count_told(killed);
    list(stopped, false, nothing, sizeof nothing);
    list(stopped, true, something, sizeof something);
    list(killed, true, told_killed, sizeof told_killed);
    claim_says(found, of_stopped == 0 ? CLAIM_CONFIRMED : of_stopped == PEER_WAYS ? CLAIM_REFUTED : CLAIM_DEPENDS,
               "Of a peer that was stopped, told something: %s; only that its own 2 s were over: %s. Of one that was "
               "killed, whose kernel closes for it, told the end: %s%s.",
               something, nothing, told_killed, of_killed < PEER_WAYS ? ", and the others nothing" : "");
    if (found->verdict == CLAIM_DEPENDS)
        claim_depends(found, "the wait: of the stopped peer told %s", something);
}

void judge_messages(const struct messages *as_it_comes, const struct messages *small_buffer,
                    struct claim_found *found)
{
    bool all = as_it_comes->whole == as_it_comes->expected && small_buffer->whole == small_buffer->expected;
    bool partly = as_it_comes->most < as_it_comes->size, partly_if_small = small_buffer->most < small_buffer->size;
    claim_says(found, !all ? CLAIM_REFUTED : partly ? CLAIM_CONFIRMED : partly_if_small ? CLAIM_DEPENDS : CLAIM_REFUTED,
               "%d of %d messages of %.0f bytes came back whole, by their hash; the first write of one took %.0f to %.0f "
               "bytes of it. With a send buffer of 64 KiB (SO_SNDBUF): %d of %d, and %.0f to %.0f bytes.",
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
            snprintf(lost + so_lost, sizeof lost - so_lost, " Not so %s: %.0f were accepted, %.0f lost, and %.0f left when "
                     "all was said.", churn[i].model, churn[i].came, churn[i].lost, churn[i].finished);
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
    double leaks = deadline->fds_left + deadline->server_fds_left + deadline->processes_left;
    for (int i = 0; i < DEADLINE_REQUESTS; i++)
        kept = kept && isnan(deadline->requests[i].done_ms) == (deadline->requests[i].takes_ms > deadline->ms);
    list_requests(deadline, true, done, sizeof done);
    list_requests(deadline, false, cancelled, sizeof cancelled);
    claim_says(found, kept && leaks == 0 ? CLAIM_CONFIRMED : CLAIM_REFUTED,
               "A deadline of %.0f ms, none nearer to it than 200: answered %s; cancelled when %.0f were over: %s. Left: "
               "%.0f descriptors in the client, %.0f in the servers, %.0f processes. The server heard of it %.0f ms later, "
               "when its work was done all the same.",
               deadline->ms, done, deadline->waited_ms, cancelled, deadline->fds_left, deadline->server_fds_left,
               deadline->processes_left, deadline->noticed_ms);
}
