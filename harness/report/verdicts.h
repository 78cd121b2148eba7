/* verdicts.h: verdicts in words, and as the file verdicts.csv. */
#pragma once
#include "harness/stats/pairs.h"
#include <stdio.h>

enum { VERDICT_WORDS = 300 };

/* "different", "same" or "cannot tell". */
const char *verdict_word(enum verdict_kind);

/* The answer: "different: epoll-et uses 4.1 % less CPU per request than select (2.6 to 5.5 %)". */
void verdict_sentence(char *text, size_t size, const char *a, const char *b, const struct verdict *of_cpu);

/* Beside the figures of any metric: "different: B 4.1 % less (2.6 to 5.5 %)". */
void verdict_cell(char *text, size_t size, const struct verdict *);

/* The comparison that the rows are of. */
struct verdicts_place { const char *experiment, *a, *b, *parameters; };

/* The columns of the file, in their order, and its first line. */
enum verdicts_column {
    V_SCHEMA, V_EXPERIMENT, V_A, V_B, V_PARAMETERS, V_METRIC, V_UNIT, V_PAIRS, V_MEDIAN_A, V_MEDIAN_B, V_RATIO, V_LOW,
    V_HIGH, V_LEVEL, V_P, V_VERDICT, V_MORE_PAIRS, V_SAYS
};
extern const char verdicts_header[];

/* A row for each metric that is known; or for one. `none`: why it cannot be told, whatever was measured; "" or NULL. */
void verdicts_csv_header(FILE *to);
void verdicts_csv(FILE *to, const struct verdicts_place *, const struct judged judged[PAIRS_METRICS], const char *none);
void verdicts_csv_row(FILE *to, const struct verdicts_place *, enum pairs_metric, const struct judged *,
                      const char *none);
