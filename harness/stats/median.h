/* median.h: the middle one. */
#pragma once

/* Of an even number the mean of the two in the middle; NAN of none. Sorts the values. */
double median(double *values, int count);
