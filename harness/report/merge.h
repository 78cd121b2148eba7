/* merge.h: several runs as one page: of several machines, or several of one. Nothing is averaged across them: each has
 * a column, and what is said of all of them holds in each. */
#pragma once
#include <stddef.h>

enum { MERGE_LEAST = 2, MERGE_MOST = 8 };

/* Reads the result files of count runs, and writes the page to path and its twin beside it. Returns 0; or -1 with one
 * line in why, which names the file, and the line where one is damaged. */
int merge_write(const char *const *run_dirs, int count, const char *path, char *why, size_t why_size);
