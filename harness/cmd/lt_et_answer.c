/* What came of the scenes of level and edge, in a few sentences. The trigger is one thing, how a server reads when it
 * is woken another: so whatever is said names both. */
#define _GNU_SOURCE
#include "harness/cmd/lt_et.h"
#include "harness/report/words.h"
#include <string.h>

static const struct lt_et_finding *find(const struct lt_et_finding *findings, int count, const char *id)
{
    for (int i = 0; i < count; i++)
        if (strcmp(findings[i].scene->id, id) == 0)
            return &findings[i];
    return NULL;
}

static struct words times(int64_t n)
{
    struct words words = words_count((double)n);
    if (n == 1)
        snprintf(words.text, sizeof words.text, "once");
    else if (n == 2)
        snprintf(words.text, sizeof words.text, "twice");
    else
        strcat(words.text, " times");
    return words;
}

static bool is_counted(const struct lt_et_finding *finding)
{
    return finding->side[0].counts.wakeups >= 0 && finding->side[1].counts.wakeups >= 0;
}

/* -- Level and edge, reading once and reading all ---------------------------------------------------------------- */

static void say_woken(const struct lt_et_finding *finding, FILE *to)
{
    const struct lt_et_side *side = finding->side;
    fprintf(to, "%s was woken %s, %s %s", side[0].mode, times(side[0].counts.wakeups).text, side[1].mode,
            times(side[1].counts.wakeups).text);
}

/* What was left lying, and what moved it: the same scene with one byte more. */
static void say_stranded(const struct lt_et_finding *burst, const struct lt_et_finding *more, FILE *to)
{
    for (int i = 0; i < 2; i++) {
        const struct lt_et_side *side = &burst->side[i];
        if (side->counts.stranded <= 0)
            continue;
        fprintf(to, "; %s left %s bytes lying", side->mode, words_count((double)side->counts.stranded).text);
        if (more && more->side[i].counts.bytes_in > side->counts.bytes_in)
            fprintf(to, " until another byte came, and read %s of them then",
                    words_count((double)(more->side[i].counts.bytes_in - side->counts.bytes_in)).text);
    }
    fprintf(to, ".");
}

static bool is_the_same(const struct lt_et_side side[2])
{
    const struct lt_et_counts *a = &side[0].counts, *b = &side[1].counts;
    return a->wakeups == b->wakeups && a->reads == b->reads && a->accepts == b->accepts && a->stranded == b->stranded &&
           side[0].outcome.verdict == side[1].outcome.verdict;
}

/* Both read until EAGAIN. False: it is not true that the trigger made no difference then. */
static bool say_drained(const struct lt_et_finding *drained, FILE *to)
{
    const struct lt_et_side *side = drained->side;
    if (is_the_same(side) && side->counts.stranded == 0) {
        fprintf(to, " Reading until EAGAIN, both were woken %s, with %s reads each.", times(side->counts.wakeups).text,
                words_count((double)side->counts.reads).text);
        return true;
    }
    for (int i = 0; i < 2; i++)
        if (side[i].counts.stranded > 0)
            fprintf(to, " Told to read until EAGAIN, %s left %s bytes lying all the same.", side[i].mode,
                    words_count((double)side[i].counts.stranded).text);
        else
            fprintf(to, " Reading until EAGAIN, %s was woken %s, with %s reads.", side[i].mode,
                    times(side[i].counts.wakeups).text, words_count((double)side[i].counts.reads).text);
    return false;
}

static void say_burst(const struct lt_et_finding *burst, const struct lt_et_finding *more,
                      const struct lt_et_finding *drained, FILE *to)
{
    const struct lt_et_counts *level = &burst->side[0].counts, *edge = &burst->side[1].counts;
    bool differs = level->stranded == 0 && edge->stranded > 0;
    fprintf(to, "64 KiB came at once, for servers that read 1 KiB at a time. With one read for each event, ");
    say_woken(burst, to);
    say_stranded(burst, more, to);
    if (drained && is_counted(drained) && say_drained(drained, to) && differs &&
        drained->side[0].counts.wakeups < level->wakeups)
        fprintf(to, " What saves wakeups is reading until EAGAIN, not the edge; the trigger decides what becomes of "
                    "bytes that are left.");
}

/* -- A scene alone ----------------------------------------------------------------------------------------------- */

static struct words policy_of(const struct lt_et_side *side)
{
    struct words words;
    if (strcmp(side->reads, "all") == 0)
        snprintf(words.text, sizeof words.text, "reading until EAGAIN");
    else
        snprintf(words.text, sizeof words.text, "with %.20s read%s for each event",
                 strcmp(side->reads, "1") == 0 ? "one" : side->reads, strcmp(side->reads, "1") == 0 ? "" : "s");
    return words;
}

/* "woken twice, made 2 reads and left 63,489 bytes lying" */
static void say_done(const struct lt_et_side *side, FILE *to)
{
    const struct lt_et_counts *counts = &side->counts;
    fprintf(to, "woken %s", times(counts->wakeups).text);
    if (counts->accepts > 0)
        fprintf(to, " and accepted %s client%s", words_count((double)counts->accepts).text,
                counts->accepts == 1 ? "" : "s");
    else
        fprintf(to, "%s made %s read%s", counts->stranded >= 0 ? "," : " and",
                words_count((double)counts->reads).text, counts->reads == 1 ? "" : "s");
    if (counts->stranded > 0)
        fprintf(to, " and left %s bytes lying", words_count((double)counts->stranded).text);
    else if (counts->stranded == 0)
        fprintf(to, " and left nothing lying");
    if (side->outcome.verdict == PLAY_FAIL)
        fprintf(to, "; it failed with %s", side->outcome.code);
}

static void say_one(const struct lt_et_finding *finding, FILE *to)
{
    const struct lt_et_side *side = finding->side;
    bool alike = strcmp(side[0].reads, side[1].reads) == 0;
    fprintf(to, "%s: ", finding->scene->title);
    if (alike && is_the_same(side)) {
        fprintf(to, "%s and %s, both %s, were ", side[0].mode, side[1].mode, policy_of(side).text);
        say_done(side, to);
    } else {
        for (int i = 0; i < 2; i++) {
            fprintf(to, "%s%s, %s, was ", i == 0 ? "" : "; ", side[i].mode, policy_of(&side[i]).text);
            say_done(&side[i], to);
        }
    }
    fprintf(to, ".");
}

/* -- All of it --------------------------------------------------------------------------------------------------- */

static void say_answer(const struct lt_et_finding *findings, int count, FILE *to)
{
    const struct lt_et_finding *burst = find(findings, count, "burst");
    if (count == 1 && is_counted(findings))
        say_one(findings, to);
    else if (burst && is_counted(burst))
        say_burst(burst, find(findings, count, "one-more"), find(findings, count, "drained"), to);
    else
        fprintf(to, "Level-triggered and edge-triggered epoll: %d scene%s, played on both.", count,
                count == 1 ? "" : "s");
}

void lt_et_answer(const struct lt_et_finding *findings, int count, char *answer, size_t size)
{
    FILE *to = fmemopen(answer, size, "w");
    answer[0] = '\0';
    if (!to)
        return;
    say_answer(findings, count, to);
    fclose(to);
}
