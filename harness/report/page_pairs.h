/* page_pairs.h: what the sections on a comparison and on a bench share: a verdict as a row of dots. */
#pragma once
#include "harness/report/page.h"

enum { PAIRS_TELLING = 6 };

/* What a row of the chart points to. */
struct pairs_drawn {
    struct words label, text;
    double ratios[SIGNED_RANK_MOST];
};

/* The server's name, told apart from the other's even if they are the same. */
struct words pairs_side_name(const struct ruling *, int side);
int pairs_metric_of(const struct ruling *);                             /* PAIRS_METRICS: unknown */

/* Neighbours in the labs, whose difference is the lesson; if less than two of them were judged, whoever was. Returns
 * how many. */
int pairs_telling(const struct page *, const struct ruling *list[PAIRS_TELLING]);

/* The row of a ruling, once its label is set; it points into `drawn`. */
struct svg_pair_row pairs_row(const struct page *, const struct ruling *, struct pairs_drawn *);
/* Opens the figure: what a dot is, and what the rest means. */
void pairs_caption(struct page *, const char *dot);
void pairs_draw(struct page *, const char *id, struct svg_pair_row *, int count, const char *less, const char *more);
