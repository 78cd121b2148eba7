#include "harness/claim/judge.h"
#include "harness/claim/lab.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Client 1 is silent for so long, and the slow handler takes so long (waiting.scene). */
enum { SILENT_MS = 500, WORK_MS = 100 };

/* One answer behind the other takes two times the handler's time, both at once take one: noise has the room between. */
static bool waits_in_line(double ms) { return ms >= 1.75 * WORK_MS; }

void judge_client_two(const struct two_clients_ms *silent, const struct two_clients_ms *slow,
                      struct claim_found *found)
{
    double others = fmax(silent->fork, fmax(silent->select, silent->epoll));
    bool waits_for_silent = silent->blocking >= SILENT_MS / 2 && silent->blocking >= JUDGE_CLEARLY * others;
    bool waits_for_slow = waits_in_line(slow->blocking) && !waits_in_line(slow->fork);
    enum claim_verdict verdict = waits_for_silent && waits_for_slow ? CLAIM_CONFIRMED :
                                 waits_for_silent || waits_for_slow ? CLAIM_DEPENDS : CLAIM_REFUTED;
    claim_says(found, verdict,
               "Client 1 is silent for %d ms: client 2 was answered after %.0f ms with blocking, %.1f with fork, %.1f "
               "with select, %.1f with epoll. Both ask a handler that takes %d ms: after %.0f ms with blocking and "
               "%.0f with fork; but %.0f with select and %.0f with epoll: one process serves one at a time.",
               SILENT_MS, silent->blocking, silent->fork, silent->select, silent->epoll, WORK_MS, slow->blocking,
               slow->fork, slow->select, slow->epoll);
    if (verdict == CLAIM_DEPENDS)
        claim_depends(found, "what client 1 does: %s", waits_for_silent ? "silent, it makes client 2 wait; a slow "
                      "handler does not" : "a slow handler makes client 2 wait; a silent client does not");
}

void judge_backlog(const struct backlog_seen seen[BACKLOGS], struct claim_found *found)
{
    char queues[120] = "";
    int connected = 0, one_more = 0;
    for (int i = 0; i < BACKLOGS; i++) {
        size_t length = strlen(queues);
        snprintf(queues + length, sizeof queues - length, "%s%.0f with a backlog of %d", i ? ", " : "", seen[i].queue,
                 seen[i].asked);
        connected += seen[i].queue > 0;
        one_more += (int)seen[i].queue == seen[i].asked + 1 && seen[i].last_in && seen[i].first_out;
    }
    enum claim_verdict verdict = connected == 0 ? CLAIM_REFUTED : one_more == BACKLOGS ? CLAIM_CONFIRMED :
                                 CLAIM_DEPENDS;
    claim_says(found, verdict, "The server was stopped and accepted nobody. Connected all the same: %s. The client "
               "after that %s.", queues, one_more == BACKLOGS ? "was left waiting" : "was not always left waiting");
    if (verdict == CLAIM_DEPENDS)
        claim_depends(found, "how many fit: not always the backlog and one; the kernel bounds it, too "
                      "(net.core.somaxconn)");
}

void judge_nonblocking(const struct asking_seen *nonblocking, const struct asking_seen *blocking,
                       struct claim_found *found)
{
    bool returns = nonblocking->eagain > 0 && !nonblocking->sits_in_read;
    claim_says(found, returns ? CLAIM_CONFIRMED : CLAIM_REFUTED,
               "While a client was silent for 100 ms, %.0f reads of nonblocking returned with EAGAIN (traced, which "
               "makes them few), %s. Of blocking: %.0f, %s.", nonblocking->eagain,
               nonblocking->sits_in_read ? "and it sat in a read" : "and it sat in none", blocking->eagain,
               blocking->sits_in_read ? "and it sat in its read" : "and it sat in none");
}

/* Less than 1 % of a CPU is nothing, whatever the factor. */
static bool is_clearly_more(double more, double less) { return more >= JUDGE_CLEARLY * fmax(less, 1); }

void judge_polling(const struct polling_seen *spin, const struct polling_seen *nap, const struct polling_seen *blocking,
                   struct claim_found *found)
{
    bool burns = is_clearly_more(spin->cpu, blocking->cpu), cures = is_clearly_more(spin->cpu, nap->cpu);
    bool costs = nap->answer_ms >= JUDGE_CLEARLY * blocking->answer_ms;
    int holds = burns + cures + costs;
    enum claim_verdict verdict = holds == 3 ? CLAIM_CONFIRMED : burns ? CLAIM_DEPENDS : CLAIM_REFUTED;
    claim_says(found, verdict,
               "With a silent client, the loop took %.0f %% of a CPU; with naps of 10 ms %.1f %%, and woke %.0f times "
               "a second; a blocking read took %.1f %%, and woke %.0f times. An answer took %.2f ms, %.1f ms with "
               "naps, %.2f ms blocking.", spin->cpu, nap->cpu, nap->sleeps, blocking->cpu, blocking->sleeps,
               spin->answer_ms, nap->answer_ms, blocking->answer_ms);
    if (verdict == CLAIM_DEPENDS)
        claim_depends(found, "which part: it burns CPU; %s", !cures ? "but the nap did not cure that" :
                      "but here the nap cost no latency that stands out");
}
