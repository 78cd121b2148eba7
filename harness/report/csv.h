/* csv.h: read and write the result files. The dialect is RFC 4180: comma, CRLF or LF, and double quotes around a
 * field that holds a comma, a quote (doubled) or a line break. The reader is strict: a result file that is not
 * what its header line promises is refused with its name and line, because a number taken from the wrong column
 * looks like any other. */
#pragma once
#include <stdint.h>
#include <stdio.h>

struct csv {
    char *text;    /* the whole file; the fields point into it */
    char **fields; /* count * width of them, the header line left out */
    int *lines;    /* the line of the file on which each record begins */
    int count, width;
};

/* Reads all of path. Its first record must be header to the letter ("key,value"), and every record as wide.
 * Returns 0; or -1 with one line in why, "PATH: REASON" or "PATH:LINE: REASON", and csv empty. */
int csv_load(struct csv *csv, const char *path, const char *header, char *why, size_t why_size);
void csv_free(struct csv *csv);

const char *csv_field(const struct csv *csv, int record, int column);

/* A whole number in decimal, nothing before or after it. Returns 0, or -1 and leaves value alone. */
int csv_integer(const char *field, int64_t *value);

/* Writes the record of count fields and its line end, quoting what must be quoted. */
void csv_write(FILE *to, const char *const *fields, int count);
/* Writes one field: in quotes if it needs them; or whether it needs them or not. */
void csv_write_field(FILE *to, const char *field);
void csv_write_text(FILE *to, const char *text);
