/* careless.h: the mistake that pairs are there to avoid, kept to be shown: A five times, then B five times, and who is
 * ahead by more than two standard errors is the winner. Where each trial is independent of the ones before, that errs
 * in 8 of 100 cases (Student's t, 8 degrees of freedom); a machine that gets warm, or has a neighbour, is not so. */
#pragma once
#include <stdbool.h>

enum { CARELESS_EACH = 5, CARELESS_TRIALS = 2 * CARELESS_EACH };

/* Of CARELESS_TRIALS logarithms in the order in which they were measured: *ahead is by how much the second half is
 * larger, on average. True: a winner is declared. */
bool careless_winner(const double *logs, double *ahead);
