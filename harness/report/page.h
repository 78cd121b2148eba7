/* page.h: the page's sections, a file each. A section reads the results, draws and words; it leaves itself out
 * where its experiment was not made. report.c puts them in order. */
#pragma once
#include "harness/report/models.h"
#include "harness/report/results.h"
#include "harness/report/rulings.h"
#include "harness/report/svg.h"
#include "harness/report/tell.h"
#include "harness/report/words.h"
#include <math.h>

enum { NOTES_MOST = 40 };

struct page {
    FILE *to;           /* the page: what is drawn goes there */
    struct tell *tell;  /* what is told goes here: into the page and its twin */
    const struct results *results;
    const struct rulings *rulings;
    struct note { char models[200], text[600]; } notes[NOTES_MOST]; /* since the last page_notes_close */
    int note_count;
};

void page_answer(struct page *page);
void page_compare(struct page *page);
void page_tiers(struct page *page);
void page_load(struct page *page);
void page_axis(struct page *page);
void page_order(struct page *page);
void page_claims(struct page *page);
void page_models_section(struct page *page);
void page_rate(struct page *page);
void page_idle(struct page *page);
void page_closed(struct page *page);
void page_switches(struct page *page);
void page_memory(struct page *page);
void page_lt_et(struct page *page);
void page_battery(struct page *page);
void page_reading(struct page *page);
void page_environment(struct page *page);

/* -- The answer -------------------------------------------------------------------------------------------------- */

/* Items of its list, each where there is something to say. */
void page_verdict_sentences(struct page *page);
void page_load_sentence(struct page *page);
void page_axis_sentence(struct page *page);
void page_claims_sentence(struct page *page);

/* Did the run compare two servers; did it tell many apart, by their letters? */
bool page_compared(const struct page *page);
bool page_told_apart(const struct page *page);

/* -- Shared by the sections -------------------------------------------------------------------------------------- */

/* Opens <figure> with its caption, draws once for wide windows and once for narrow ones; the table and
 * page_figure_close follow. The figure's id and width are set here from id. */
void page_row_figure(struct page *page, const char *id, struct svg_rows *rows);
void page_pair_figure(struct page *page, const char *id, struct svg_pairs *pairs);
void page_strip_figure(struct page *page, const char *id, struct svg_strips *strips);
void page_line_figure(struct page *page, const char *id, struct svg_chart *chart);

/* A note on a model. page_notes_close writes them all, under a figure: what was noted of several models, once. */
void page_note(struct page *page, const char *model, const char *text);
void page_notes_close(struct page *page);

/* "64 bytes each", or "all for the same page". */
struct words page_request(const struct page *page, const char *parameters);

/* Everything that must be known of a spot: unserved clients, refusals, failures, flags. where (", 1,000 idle") or
 * "". */
void page_spot_notes(struct page *page, const struct spot *spot, const char *where);

/* Was the machine busy, more often than not? Then times are no more than what was seen: they are said not to be for
 * comparing, and drawn grey and hollow. */
bool page_busy(const struct page *page);
void page_busy_caption(struct page *page);
/* A table of such times: on a busy machine its caption says so, too. */
void page_timed_table_open(struct page *page, const char *summary, const char *caption, const struct html_head *heads,
                           int count);
struct svg_look page_look(const struct page *page, const char *model);

/* Fills names with the models that took part in the experiment; returns how many. */
int page_models(const struct page *page, const char *experiment, const char **names);

/* "16 of 16", and its idle counterpart; "–" where nobody was asked. */
struct words page_served(const struct page *page, const struct spot *spot, const char *served, const char *total);

/* The figure of response times by percentile, with its table, of those spots that have one. */
void page_latency(struct page *page, const struct spot *spots, const char *const *labels, int count);

/* A group line in a table where the model's family differs from the last one, which it updates. */
void page_family(struct page *page, const char *model, const char **family);

/* The memory of one idle connection in bytes, at the largest number of them that the model served wholly, which *idle
 * (unless NULL) is set to. NAN where that was not measured. */
double page_idle_bytes(const struct page *page, const char *model, int64_t *idle);

/* What stands behind a row's mark: the number (NAN: why there is none, in few words), and who was not served. */
struct words page_row_text(const struct page *page, const struct spot *spot, double value, struct words number);

/* The row of a chart that stands for a model at a spot. The text of value belongs to the caller. A timed row: its value
 * is a time, or made of one. */
struct svg_row page_row(const struct page *page, const struct spot *spot, double value, const char *text);
struct svg_row page_timed_row(const struct page *page, const struct spot *spot, double value, const char *text);
