/* report.h: a run's results as one page that needs nothing else: no network, no script. */
#pragma once
#include <stddef.h>

/* Reads the result files in run_dir and writes run_dir/report.html and its twin, run_dir/report.md: aside first and
 * then renamed, so that whoever looks sees the old page or the new one. Puts the page's path into page. Returns 0; or
 * -1 with one line in why, which names the file, and the line where one is damaged. */
int report_write(const char *run_dir, char *page, size_t page_size, char *why, size_t why_size);
