#define _GNU_SOURCE
#include "harness/trial/books.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The place for the column of that name, or NULL. */
static uint64_t *place(struct books *books, const char *name)
{
    const struct { const char *name; uint64_t *value; } columns[] = {
        {"accepted", &books->accepted}, {"refused", &books->refused}, {"waits", &books->waits},
        {"reads", &books->reads},       {"writes", &books->writes},   {"eagain", &books->eagain},
        {"bytes_in", &books->bytes_in}, {"bytes_out", &books->bytes_out}};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        if (strcmp(columns[i].name, name) == 0)
            return columns[i].value;
    return NULL;
}

/* A line of names, a line of values. */
bool books_take(const char *path, struct books *books)
{
    enum { COLUMNS = 8 };
    char names[512] = "", values[512] = "", *after_name, *after_value;
    int found = 0;
    FILE *file = fopen(path, "re");
    bool read = file && fgets(names, sizeof names, file) && fgets(values, sizeof values, file);
    if (file)
        fclose(file);
    unlink(path);
    char *name = strtok_r(names, ",\n", &after_name), *value = strtok_r(values, ",\n", &after_value);
    while (read && name && value) {
        uint64_t *to = place(books, name);
        if (to) {
            *to = strtoull(value, NULL, 10);
            found++;
        }
        name = strtok_r(NULL, ",\n", &after_name);
        value = strtok_r(NULL, ",\n", &after_value);
    }
    return found == COLUMNS;
}
