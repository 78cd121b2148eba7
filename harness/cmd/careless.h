/* careless.h: a server against itself, judged carelessly (harness/stats/careless.h): how often is there a winner? */
#pragma once
#include "harness/report/paired.h"

/* Returns 0, or 2 once said on stderr why it cannot be shown of these trials. */
int careless_print(const struct paired *);
