/* text.h: what the readers of exercises share. */
#pragma once
#include <stdio.h>

#include <stdbool.h>

/* A file to be read: nothing that one would wait for, such as a pipe, no folder, and nothing larger than 1 MiB. NULL:
 * `why` says why not, without the path. */
FILE *text_open(const char *path, const char **why);
/* The whole file, to be freed. NULL: one line on `errors` says why. */
char *text_of_file(const char *path, FILE *errors);
/* Where the next line begins; the end of the text, if there is none. */
const char *text_next_line(const char *line);
/* Without the blanks around it, in place. */
char *text_trimmed(char *text);
