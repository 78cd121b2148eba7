#include "harness/claim/judge.h"
#include "harness/claim/lab.h"
#include <stdio.h>

/* "once", "64 times" */
struct times { char word[24]; };
static struct times times(double count)
{
    struct times times = {"once"};
    if (count != 1)
        snprintf(times.word, sizeof times.word, "%.0f times", count);
    return times;
}

void judge_told(const struct burst *lt_one, const struct burst *lt_all, const struct burst *et_one,
                const struct burst *et_all, struct claim_found *found)
{
    bool again = lt_one->wakeups == lt_one->pieces && lt_one->stranded == 0;
    bool once = et_one->wakeups == 1 && et_one->stranded > 0 && et_one->more_wakeups == 1;
    bool drained_alike = lt_all->wakeups == et_all->wakeups && lt_all->stranded == 0 && et_all->stranded == 0;
    claim_says(found, again && once ? CLAIM_CONFIRMED : CLAIM_REFUTED,
               "64 KiB arrived at once, and 1 KiB was read for an event: LT was woken %s, and left %.0f bytes; ET was "
               "woken %s, and left %.0f. One byte more woke ET %s. Read until EAGAIN, LT was woken %s and ET %s%s.",
               times(lt_one->wakeups).word, lt_one->stranded, times(et_one->wakeups).word, et_one->stranded,
               times(et_one->more_wakeups).word, times(lt_all->wakeups).word, times(et_all->wakeups).word,
               drained_alike ? ": who drains sees no difference" : "");
}

void judge_drained(const struct silence *silence, struct claim_found *found)
{
    bool strands = silence->et_one > 0, drains = silence->et_all == 0;
    claim_says(found, strands && drains ? CLAIM_CONFIRMED : CLAIM_REFUTED,
               "20 lines, one after the other, were all answered. Then %.0f bytes at once: with one read for an event "
               "ET left %.0f of them in the kernel and slept (%.0f %%); read until EAGAIN it left %.0f; LT with one "
               "read left %.0f.",
               silence->sent, silence->et_one, 100 * silence->et_one / silence->sent, silence->et_all,
               silence->lt_one);
}
