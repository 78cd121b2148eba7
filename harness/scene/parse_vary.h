/* parse_vary.h: one scene for each value of something, `vary reads all 1`. Internal to the parser.
 *
 * The words of the scene are read once for each variant, with every {reads} in them replaced: no rule of the grammar
 * has to know. */
#pragma once
#include "harness/scene/parser.h"

/* What a scene varies: its `vary` statement; NULL: nothing, and there is one variant. */
struct vary { const struct statement *said; int variants; };

/* Looks for it among the statements from `begin` to before `end`; what is wrong with it is told. */
struct vary vary_find(struct parser *, const struct statements *, int begin, int end);
/* "reads", "reads/size", and their values: "all", "all/1024"; "" where nothing varies. */
const char *vary_names(const struct vary *);
const char *vary_name(const struct vary *, int variant);
/* A copy of the statement with the variant's values in it. */
struct statement vary_fill(const struct vary *, int variant, const struct statement *);
void vary_free(struct statement *);
