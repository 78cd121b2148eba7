#include "harness/claim/judge.h"
#include "harness/claim/lab.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

/* -- Silent clients ---------------------------------------------------------------------------------------------- */

/* How many times as much it takes with the most of them as with the fewest. */
static double growth(const double cpu_us[CROWDS]) { return cpu_us[CROWDS - 1] / cpu_us[0]; }

static void append(char *text, size_t size, const char *words)
{
    size_t length = strlen(text);
    snprintf(text + length, size - length, "%s", words);
}

/* "9.1, 9.0, 9.3, 9.9"; what was not measured is a dash. */
static const char *in_a_row(const double cpu_us[CROWDS], char *text, size_t size)
{
    text[0] = '\0';
    for (int i = 0; i < CROWDS; i++) {
        char one[32] = "-";
        if (!isnan(cpu_us[i]))
            snprintf(one, sizeof one, cpu_us[i] < 100 ? "%.1f" : "%.0f", cpu_us[i]);
        append(text, size, i ? ", " : "");
        append(text, size, one);
    }
    return text;
}

static const char *crowds_in_a_row(const struct crowds *crowds, char *text, size_t size)
{
    text[0] = '\0';
    for (int i = 0; i < CROWDS; i++) {
        char one[32];
        snprintf(one, sizeof one, "%s%d", i == 0 ? "" : i + 1 == CROWDS ? " and " : ", ", crowds->idle[i]);
        append(text, size, one);
    }
    return text;
}

void judge_poll_no_cap(const struct crowds *crowds, struct claim_found *found)
{
    char idle[80], poll[80], select[80];
    bool lifted = !isnan(crowds->poll[CROWDS - 1]), looks = growth(crowds->poll) >= JUDGE_CLEARLY;
    claim_says(found, lifted && looks ? CLAIM_CONFIRMED : lifted || looks ? CLAIM_DEPENDS : CLAIM_REFUTED,
               "With %s silent clients, a request costs poll %s us of CPU: %.0f times as much with the most of them. "
               "select: %s; it has no place for %d.", crowds_in_a_row(crowds, idle, sizeof idle),
               in_a_row(crowds->poll, poll, sizeof poll), growth(crowds->poll),
               in_a_row(crowds->select, select, sizeof select), crowds->idle[CROWDS - 1]);
    if (found->verdict == CLAIM_DEPENDS)
        claim_depends(found, "how you read it: the cap is gone, but looking at all of them does not show in the CPU "
                      "(less than %d times)", JUDGE_CLEARLY);
}

void judge_epoll_flat(const struct crowds *crowds, struct claim_found *found)
{
    char idle[80], epoll[80], poll[80];
    bool grows = crowds->epoll_grows_at_least >= JUDGE_CLEARLY, is_flat = growth(crowds->epoll) < 2;
    bool others_grow = growth(crowds->poll) >= JUDGE_CLEARLY;
    claim_says(found, grows ? CLAIM_REFUTED : is_flat && others_grow ? CLAIM_CONFIRMED : CLAIM_DEPENDS,
               "With %s silent clients, a request costs epoll %s us of CPU (%.2f times as much with the most of them), "
               "poll %s (%.0f times).", crowds_in_a_row(crowds, idle, sizeof idle),
               in_a_row(crowds->epoll, epoll, sizeof epoll), growth(crowds->epoll),
               in_a_row(crowds->poll, poll, sizeof poll), growth(crowds->poll));
    if (found->verdict == CLAIM_DEPENDS && is_flat)
        claim_depends(found, "more than that: here the cost of poll does not grow, either (less than %d times)",
                      JUDGE_CLEARLY);
    else if (found->verdict == CLAIM_DEPENDS)
        claim_depends(found, "what you call flat: %.1f times as much for %d times as many; on a machine at rest it may "
                      "be less", growth(crowds->epoll), crowds->idle[CROWDS - 1] / crowds->idle[0]);
}

/* -- Comparisons ------------------------------------------------------------------------------------------------- */

/* "1.03 times the CPU (0.98 to 1.08, 14 pairs)" */
static const char *in_words(const struct verdict *verdict, const char *what, char *text, size_t size)
{
    snprintf(text, size, "%.2f times the %s (%.2f to %.2f, %d pairs)", verdict->ratio, what, verdict->low,
             verdict->high, verdict->pairs);
    return text;
}

static bool is_less(const struct verdict *verdict) { return verdict->kind == VERDICT_DIFFERENT && verdict->ratio < 1; }
/* It is known that it does not pay: it takes more, or the same. */
static bool is_no_less(const struct verdict *verdict)
{
    return verdict->kind == VERDICT_SAME || (verdict->kind == VERDICT_DIFFERENT && verdict->ratio > 1);
}

static void cannot_tell(const struct verdict *verdict, struct claim_found *found)
{
    claim_depends(found, "it cannot be told on this machine as it is now, for the interval, %.2f to %.2f, allows for "
                  "less and for more. About %d pairs more would tell%s", verdict->low, verdict->high,
                  verdict->more_pairs, verdict->more_pairs >= VERDICT_MORE_MOST ? ", or a machine at rest" : "");
}

void judge_epoll_not_always(const struct verdict *few, const struct verdict *all_ready, struct claim_found *found)
{
    char server[80], wait[80];
    bool always_less = is_less(few) && is_less(all_ready);
    claim_says(found, is_no_less(few) || is_no_less(all_ready) ? CLAIM_CONFIRMED :
                      always_less ? CLAIM_REFUTED : CLAIM_DEPENDS,
               "4 clients, none silent: epoll-lt takes %s of select for a request. A wait alone, with 400 of 400 "
               "ready: epoll takes %s of select.", in_words(few, "CPU", server, sizeof server),
               in_words(all_ready, "time", wait, sizeof wait));
    if (found->verdict == CLAIM_DEPENDS)
        cannot_tell(is_less(few) ? all_ready : few, found);
}

void judge_et_faster(const struct verdict *verdict, const struct edge_seen *level, const struct edge_seen *edge,
                     struct claim_found *found)
{
    char ratio[80];
    claim_says(found, is_less(verdict) ? CLAIM_CONFIRMED : verdict->kind == VERDICT_CANNOT_TELL ? CLAIM_DEPENDS :
               CLAIM_REFUTED,
               "For a small request epoll-et takes %s of epoll-lt%s. Wakeups for each: LT %.2f, ET %.2f; reads: LT "
               "%.2f, ET %.2f, as ET asks until there is no more.", in_words(verdict, "CPU", ratio, sizeof ratio),
               verdict->kind == VERDICT_SAME ? ": the same within 5 %" : "", level->wakeups, edge->wakeups,
               level->reads, edge->reads);
    if (found->verdict == CLAIM_DEPENDS)
        cannot_tell(verdict, found);
}
