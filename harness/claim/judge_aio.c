#include "harness/claim/judge.h"
#include "harness/claim/lab.h"
#include <stdio.h>
#include <string.h>

void judge_aio(const struct twenty_first *by_default, const struct twenty_first *with_init, struct claim_found *found)
{
    bool threads = by_default->waits_in_read && with_init->waits_in_read && with_init->threads > 20;
    bool starves = !by_default->answered;
    claim_says(found, threads && starves && with_init->answered ? CLAIM_CONFIRMED :
                      threads || starves ? CLAIM_DEPENDS : CLAIM_REFUTED,
               "20 silent clients: %.0f threads with glibc as it comes, %.0f with aio_init; %s. Client 21 asked, and "
               "was %s by default; with aio_init it was %s.",
               by_default->threads, with_init->threads,
               threads ? "the hidden ones wait in read" : "no thread for each of them waits in read",
               starves ? "not answered while the 20 were silent" : "answered", with_init->answered ? "answered" :
               "not answered, either");
    if (found->verdict != CLAIM_DEPENDS)
        return;
    claim_depends(found, !threads ? "the C library: the 21st client starves, but not for want of threads that read" :
                         !starves ? "the C library: its reads wait in threads, but it has more than 20 of them" :
                         "more than aio_init: with it, client 21 is not answered, either");
}

/* "blocking, select, poll" */
static void list(const struct copier *models, int count, char who, char *text, size_t size)
{
    text[0] = '\0';
    for (int i = 0; i < count; i++) {
        size_t length = strlen(text);
        if (models[i].who == who)
            snprintf(text + length, size - length, "%s%s", length ? ", " : "", models[i].model);
    }
}

static bool is_asynchronous(const char *model) { return strcmp(model, "aio") == 0 || strcmp(model, "uring") == 0; }

void judge_copiers(const struct copier *models, int count, struct claim_found *found)
{
    char own[200], other[80], kernel[80], unseen[200], unable[80], exceptions[200] = "";
    for (int i = 0; i < count; i++) {
        size_t length = strlen(exceptions);
        if (!strchr("?-", models[i].who) && (models[i].who == '=') == is_asynchronous(models[i].model))
            snprintf(exceptions + length, sizeof exceptions - length, "%s%s", length ? ", " : "", models[i].model);
    }
    list(models, count, '=', own, sizeof own);
    list(models, count, '+', other, sizeof other);
    list(models, count, '0', kernel, sizeof kernel);
    list(models, count, '?', unseen, sizeof unseen);
    list(models, count, '-', unable, sizeof unable);
    if (unseen[0]) {
        claim_cannot(found, "nothing could be seen of %s: the machine is too busy; try again when less runs", unseen);
        return;
    }
    claim_says(found, exceptions[0] ? CLAIM_REFUTED : CLAIM_CONFIRMED,
               "Who called read, by the trace: the thread or process that waits for the client, in %s; another thread, "
               "which glibc hides, in %s; nobody, for the kernel had done it, in %s.%s%s%s%s",
               own[0] ? own : "none", other[0] ? other : "none", kernel[0] ? kernel : "none",
               exceptions[0] ? " Not as it is claimed: " : "", exceptions, unable[0] ? " Cannot run here: " : "",
               unable);
}
