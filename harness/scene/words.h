/* words.h: a scene file as statements, and a statement as words. A line that begins with `else`, `is` or `choice`
 * continues the one above; # begins a comment; "text" may hold \n \t \r \0 \\ \" and \xHH. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct word { char *text; size_t length; bool quoted; int line; };
struct statement { struct word *words; int count; };
struct statements { struct statement *list; int count; };

/* False: one line on `errors` says where and why. */
bool statements_read(const char *path, struct statements *, FILE *errors);
void statements_free(struct statements *);

/* Memory for what grows: room for one more of `size` behind `count`. Ends the program when there is none. */
void *grown(void *list, int count, size_t size);
