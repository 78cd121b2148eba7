/* models.h: how each model is shown: under which family, in which colour, with which dash and marker. Colour tells
 * the family, dash and marker tell the variant, and the name always stands beside: colour alone tells nothing. */
#pragma once
#include "harness/report/svg.h"

struct model {
    const char *name, *family;
    struct svg_look look;
};

/* The models in the order of the labs, which is that of every table and matrix. The last has an empty name. */
extern const struct model model_table[];

/* How name is shown. One that is not in the list (a student's own server) looks like the list's last, under
 * "others". */
const struct model *model_find(const char *name);
