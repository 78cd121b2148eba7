/* ranking.h: who can be told from whom by the CPU that a request costs at one rate: for bench and report. Twenty rounds
 * tell, fewer claim nothing (harness/stats/rounds.h). */
#pragma once
#include "harness/cmd/measure.h"
#include "harness/stats/rounds.h"

enum { RANKING_SAYS = 1200 };

struct ranking { struct rounds rounds; struct rounds_told told; };

void ranking_judge(const struct measure *, struct ranking *);
/* "For the same work least CPU is used by ...", or why nothing is claimed. */
void ranking_say(const struct measure *, const struct ranking *, char *text, size_t size);
/* verdicts.csv in the folder of the run, a row for each two. Says on stderr why it could not. */
void ranking_write(const struct measure *, const struct ranking *);
