/* beside.h: what two servers did while the same was done to both, in two columns. Pure.
 *
 * A story is told step by step: what a client did, and behind it what the server then did. Two stories of the same
 * scene have the same steps of clients, so these are full rows, and what happened between two of them stands side by
 * side. What comes again and again is told once, with how often. */
#pragma once
#include <stdbool.h>
#include <stdio.h>

enum { BESIDE_TEXT = 120 };

struct beside_step { bool by_client; char text[BESIDE_TEXT]; };
struct beside_story { struct beside_step *steps; int count, room; };

void beside_add(struct beside_story *, bool by_client, const char *text);
void beside_forget(struct beside_story *);

/* A row: what a client did; or a line of each server, "" where there is none, with room in front for how often:
 * " 64 x epoll_wait: A in", and below it "    | read A: 1024 bytes". */
struct beside_row { char client[BESIDE_TEXT], cell[2][BESIDE_TEXT + 16]; };
struct beside_rows { struct beside_row *row; int count, room; };

void beside_align(const struct beside_story stories[2], struct beside_rows *);
void beside_rows_forget(struct beside_rows *);

/* Text for the left and for the right column: above the rows, and below them. */
struct beside_pair { const char *text[2]; };

enum { BESIDE_NARROW = 72 };        /* a terminal with fewer columns than that gets one under the other */
void beside_print(FILE *to, struct beside_pair heads, const struct beside_rows *, struct beside_pair feet, int width);
