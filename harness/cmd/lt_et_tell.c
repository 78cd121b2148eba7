/* What came of the scenes of level and edge, in words, in columns and as CSV. */
#define _GNU_SOURCE
#include "harness/cmd/lt_et.h"
#include "harness/figure/wrap.h"
#include "harness/report/csv.h"
#include "harness/report/words.h"
#include <stdlib.h>
#include <string.h>

/* -- The answer -------------------------------------------------------------------------------------------------- */

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
        fprintf(to, " With one read for each event, %s left %s bytes lying", side->mode,
                words_count((double)side->counts.stranded).text);
        if (more && more->side[i].counts.bytes_in > side->counts.bytes_in)
            fprintf(to, " until another byte came, and read %s of them then",
                    words_count((double)(more->side[i].counts.bytes_in - side->counts.bytes_in)).text);
        fprintf(to, ".");
    }
}

static void say_drained(const struct lt_et_side *side, FILE *to)
{
    if (side->counts.stranded > 0)
        fprintf(to, " Told to read until EAGAIN, %s left %s bytes lying all the same.", side->mode,
                words_count((double)side->counts.stranded).text);
    else
        fprintf(to, " Reading until EAGAIN, %s was woken %s for all of it.", side->mode,
                times(side->counts.wakeups).text);
}

/* Of scenes without the burst. */
static void say_generally(const struct lt_et_finding *findings, int count, FILE *to)
{
    if (count == 1 && is_counted(findings)) {
        fprintf(to, "%s: ", findings->scene->title);
        say_woken(findings, to);
        fprintf(to, ".");
        return;
    }
    fprintf(to, "Level-triggered and edge-triggered epoll: %d scene%s, played on both.", count, count == 1 ? "" : "s");
}

static void say_answer(const struct lt_et_finding *findings, int count, FILE *to)
{
    const struct lt_et_finding *burst = find(findings, count, "burst"), *drained = find(findings, count, "drained");
    if (!burst || !is_counted(burst)) {
        say_generally(findings, count, to);
        return;
    }
    fprintf(to, "64 KiB came at once, for servers that read 1 KiB at a time: ");
    say_woken(burst, to);
    fprintf(to, ".");
    say_stranded(burst, find(findings, count, "one-more"), to);
    if (drained && is_counted(drained))
        say_drained(&drained->side[1], to);
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

/* -- The columns ------------------------------------------------------------------------------------------------- */

/* `one`: what there is one of; `more`: what follows when there are none, or several. */
static void say_counted(char *text, size_t size, int64_t n, const char *one, const char *more)
{
    size_t length = strlen(text);
    if (n >= 0)
        snprintf(text + length, size - length, "%s%s %s", length > 0 ? ", " : "", words_count((double)n).text,
                 n == 1 ? one : more);
}

/* "64 wakeups, 64 reads, 0 EAGAINs, 65,536 bytes in, 0 stranded" */
static void sum_up(const struct lt_et_side *side, char *text, size_t size)
{
    const struct lt_et_counts *counts = &side->counts;
    text[0] = '\0';
    if (side->outcome.verdict != PLAY_PASS) {
        snprintf(text, size, "%s: %s %s", play_verdict_name(side->outcome.verdict), side->outcome.code,
                 side->outcome.message);
        return;
    }
    say_counted(text, size, counts->wakeups, "wakeup", "wakeups");
    if (counts->accepts > 0)
        say_counted(text, size, counts->accepts, "accept", "accepts");
    say_counted(text, size, counts->reads, "read", "reads");
    say_counted(text, size, counts->eagain, "EAGAIN", "EAGAINs");
    say_counted(text, size, counts->bytes_in, "byte in", "bytes in");
    say_counted(text, size, counts->stranded, "stranded", "stranded");
    if (counts->wakeups < 0)
        snprintf(text, size, "not counted: clients come or end within, and only a tracer can tell");
}

/* The model, and what the kernel says how it watches the client: not which flag we gave it. */
static void head(const struct lt_et_side *side, char *text, size_t size)
{
    snprintf(text, size, "%s: %s", side->model, side->mode);
}

void lt_et_why_skipped(const char *denied, char *text, size_t size)
{
    snprintf(text, size, "The calls are skipped: %s. Wakeups, reads and EAGAINs are those of the servers' own books.",
             denied);
}

void lt_et_print(const struct lt_et_finding *finding, int width, FILE *to)
{
    struct beside_rows rows;
    char title[300], heads[2][64], feet[2][700];
    for (int i = 0; i < 2; i++) {
        head(&finding->side[i], heads[i], sizeof heads[i]);
        sum_up(&finding->side[i], feet[i], sizeof feet[i]);
    }
    beside_align((struct beside_story[2]){finding->side[0].story, finding->side[1].story}, &rows);
    snprintf(title, sizeof title, "%s: %s", finding->scene->id, finding->scene->title);
    wrap_print(to, title, 0, 0, width);
    fputc('\n', to);
    beside_print(to, (struct beside_pair){{heads[0], heads[1]}}, &rows, (struct beside_pair){{feet[0], feet[1]}},
                 width);
    beside_rows_forget(&rows);
    fprintf(to, "\n");
    wrap_print(to, finding->about, 0, 0, width);
}

/* -- As CSV ------------------------------------------------------------------------------------------------------ */

static void print_count(int64_t n, FILE *to) { fprintf(to, n >= 0 ? ",%lld" : ",", (long long)n); }

void lt_et_print_csv(const struct lt_et_finding *finding, FILE *to)
{
    for (int i = 0; i < 2; i++) {
        const struct lt_et_side *side = &finding->side[i];
        fprintf(to, "%s,%s,%s", finding->scene->id, side->model, side->reads);
        print_count(side->counts.wakeups, to);
        print_count(side->counts.reads, to);
        print_count(side->counts.eagain, to);
        print_count(side->counts.bytes_in, to);
        print_count(side->counts.stranded, to);
        fprintf(to, "\n");
    }
}

static void print_event(const struct lt_et_finding *finding, const char *kind, const char *client, const char *left,
                        const char *right, FILE *to)
{
    csv_write(to, (const char *const[]){finding->scene->id, kind, client, left, right}, 5);
}

void lt_et_print_word(const char *kind, const char *text, FILE *to)
{
    csv_write(to, (const char *const[]){"", kind, text, "", ""}, 5);
}

void lt_et_print_events(const struct lt_et_finding *finding, FILE *to)
{
    struct beside_rows rows;
    char feet[2][700];
    for (int i = 0; i < 2; i++)
        sum_up(&finding->side[i], feet[i], sizeof feet[i]);
    print_event(finding, "title", finding->scene->title, "", "", to);
    print_event(finding, "about", finding->about, "", "", to);
    print_event(finding, "mode", "", finding->side[0].mode, finding->side[1].mode, to);
    beside_align((struct beside_story[2]){finding->side[0].story, finding->side[1].story}, &rows);
    for (int i = 0; i < rows.count; i++)
        print_event(finding, *rows.row[i].client ? "client" : "calls", rows.row[i].client, rows.row[i].cell[0],
                    rows.row[i].cell[1], to);
    beside_rows_forget(&rows);
    print_event(finding, "counts", "", feet[0], feet[1], to);
}
