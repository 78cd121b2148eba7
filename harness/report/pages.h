/* pages.h: a page and its twin as files. Both are written aside, and renamed when both are whole: who reads them
 * meanwhile reads the old ones. */
#pragma once
#include <stdbool.h>
#include <stdio.h>

struct pages_file {
    char path[4104], aside[4112];
    FILE *to;
};
struct pages {
    struct pages_file page, twin;
};

/* The twin of "report.html" is "report.md", beside it. False with one line in why: neither is open. */
bool pages_open(struct pages *, const char *page_path, char *why, size_t why_size);
/* False with one line in why: what was there before stays. */
bool pages_close(struct pages *, char *why, size_t why_size);
