/* take.h: the values of options, which getopt has left in optarg. Each returns -1 to go on; or 2, the exit status for
 * bad usage, once said on stderr what was wanted. `command` is as in "iolab bench", `option` has its dashes. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

enum { TAKE_SEED_MOST = 1000000000 };

int take_number(const char *command, const char *option, long low, long high, long *number);
/* --out: not empty, and shorter than size. */
int take_folder(const char *command, char *folder, size_t size);
/* --service: echo or http. */
int take_service(const char *command, bool *http);

/* Where --out was not said: results/DATE-TIME. */
void take_default_folder(char *folder, size_t size);
