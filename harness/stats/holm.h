/* holm.h: who asks twenty questions finds one answer by luck. Holm's way keeps the chance of *any* false claim at
 * alpha: the smallest p must hold against alpha / count, the next against alpha / (count - 1), and so on until one
 * fails (Holm, Scandinavian Journal of Statistics 6, 1979). */
#pragma once

enum { HOLM_MOST = 256 };

/* adjusted[i] <= alpha says that question i may be answered. Both may be the same array. */
void holm(const double *p, double *adjusted, int count);
