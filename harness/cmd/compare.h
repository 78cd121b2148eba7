/* compare.h: what `iolab compare` was asked for. */
#pragma once
#include "harness/trial/compare.h"

struct compare_command {
    struct compare_options options;
    char folder[512], words[512];
    bool csv, quick, thorough;
    bool one_after_the_other;   /* show what the careless would say of these trials (careless.h) */
    bool from;                  /* read results again: the words behind the options are folders */
};

/* Returns -1 to go on, else the exit status. */
int compare_parse(struct compare_command *, int argc, char **argv);
