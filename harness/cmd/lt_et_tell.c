/* What came of the scenes of level and edge, in columns and as CSV. */
#define _GNU_SOURCE
#include "harness/cmd/lt_et.h"
#include "harness/figure/wrap.h"
#include "harness/report/csv.h"
#include "harness/report/words.h"
#include <stdlib.h>
#include <string.h>

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

/* How the client is watched, as the kernel says, not which flag we gave it; and how often the server reads then. */
static void say_mode(const struct lt_et_side *side, char *text, size_t size)
{
    if (strcmp(side->reads, "all") == 0)
        snprintf(text, size, "%s, reads until EAGAIN", side->mode);
    else
        snprintf(text, size, "%s, %s read%s per event", side->mode, side->reads,
                 strcmp(side->reads, "1") == 0 ? "" : "s");
}

void lt_et_why_skipped(const char *denied, char *text, size_t size)
{
    snprintf(text, size, "The calls are skipped: %s. Wakeups, reads and EAGAINs are those of the servers' own books.",
             denied);
}

void lt_et_print(const struct lt_et_finding *finding, int width, FILE *to)
{
    struct beside_rows rows;
    char title[300], mode[100], heads[2][200], feet[2][700];
    for (int i = 0; i < 2; i++) {
        say_mode(&finding->side[i], mode, sizeof mode);
        snprintf(heads[i], sizeof heads[i], "%s: %s", finding->side[i].model, mode);
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
    char modes[2][100], feet[2][700];
    for (int i = 0; i < 2; i++) {
        say_mode(&finding->side[i], modes[i], sizeof modes[i]);
        sum_up(&finding->side[i], feet[i], sizeof feet[i]);
    }
    print_event(finding, "title", finding->scene->title, "", "", to);
    print_event(finding, "about", finding->about, "", "", to);
    print_event(finding, "mode", "", modes[0], modes[1], to);
    beside_align((struct beside_story[2]){finding->side[0].story, finding->side[1].story}, &rows);
    for (int i = 0; i < rows.count; i++)
        print_event(finding, *rows.row[i].client ? "client" : "calls", rows.row[i].client, rows.row[i].cell[0],
                    rows.row[i].cell[1], to);
    beside_rows_forget(&rows);
    print_event(finding, "counts", "", feet[0], feet[1], to);
}
