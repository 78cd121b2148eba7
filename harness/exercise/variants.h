/* variants.h: one source that holds every variant of a file that a student works on: the starter, the solution, and the
 * mistakes that are made with it. Pure, but for the file.
 *
 * A line outside of a region belongs to all variants. In a region each section says whose it is:
 *
 *     //@ solution
 *     all of it
 *     //@ starter, reject TOO_LITTLE
 *     a part
 *     //@ end
 *
 * In a file that is no C these lines begin with #@. Each region has a section for the solution and one for the starter;
 * a reject that it does not name has the solution's there. A source without regions is a starter alone: so it stands in
 * a handout. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { VARIANTS_MOST = 16, VARIANT_NAME = 32, SECTIONS_MOST = 256 };
enum { VARIANT_SOLUTION, VARIANT_STARTER, VARIANT_FIRST_REJECT };

/* Lines of the text, and whose they are: a bit for each variant. */
struct variants_section { const char *begin, *end; int region, line; unsigned whose; };

struct variants {
    char *text;
    char names[VARIANTS_MOST][VARIANT_NAME];    /* "solution", "starter", and the code of each reject */
    int count, regions, section_count;
    struct variants_section sections[SECTIONS_MOST];
};

/* False: one line on `errors` says "PATH:LINE: what is wrong there". In any case variants_free may follow. */
bool variants_read(struct variants *, const char *path, FILE *errors);
bool variants_parse(struct variants *, const char *path, const char *text, FILE *errors);
void variants_free(struct variants *);

/* -1: there is none of that name. Of a starter alone there is no other. */
int variants_find(const struct variants *, const char *name);
void variants_write(const struct variants *, int variant, FILE *to);
/* The lines of the solution that are not in the starter, too, one after the other: from `at`, 0 at first, on. NULL: no
 * more. The length is that of the line without the blanks around it. */
const char *variants_secret(const struct variants *, size_t *at, size_t *length);
