/* tiers.h: many that were measured, and which of them can be told apart: letters instead of ranks. Two that share a
 * letter cannot be told apart; two that share none are different. One may have several letters: it cannot be told from
 * this group, nor from that one, though the groups can be told from each other (Piepho, Journal of Computational and
 * Graphical Statistics 13, 2004). */
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum { TIERS_MOST = 26, TIERS_WORD = TIERS_MOST + 1 };

/* differ[i * count + j], and the same the other way round. Those at the front have the first letters, so bring them in
 * the order of their estimates. words[i] becomes "a", "ab" ... Returns how many letters there are; -1: more than 26. */
int tiers(const bool *differ, int count, char (*words)[TIERS_WORD]);
