/* text.h: figures for a terminal. They fit into `width` columns, if these are 60 or more. Pure. */
#pragma once
#include "harness/report/figure.h"

enum { TEXT_NARROWEST = 60, TEXT_WIDEST = 100 };

/* plain: in ASCII, for who cannot show more. */
struct text_look { FILE *to; int width; bool plain; };

void text_figure(const struct text_look *, const struct figure *);
void text_figures(const struct text_look *, const struct figure *figures, int count);
