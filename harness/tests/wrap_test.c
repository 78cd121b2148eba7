/* Does text fit into its lines, and is no character of it lost or cut in the middle? */
#define _GNU_SOURCE
#include "harness/figure/wrap.h"
#include "harness/tests/check.h"
#include <stdlib.h>
#include <string.h>

static void wraps(const char *text, int at, int indent, int width, const char *want)
{
    char *got;
    size_t size;
    FILE *to = open_memstream(&got, &size);
    wrap_print(to, text, at, indent, width);
    fclose(to);
    CHECK(strcmp(got, want) == 0, "\"%s\" in %d columns:\n%swant:\n%s", text, width, got, want);
    free(got);
}

static void shows(const char *text, int width, const char *want)
{
    int bytes = wrap_cut(text, width);
    CHECK(bytes == (int)strlen(want) && strncmp(text, want, strlen(want)) == 0, "\"%s\" in %d columns is \"%.*s\", "
          "want \"%s\"", text, width, bytes, text, want);
}

int main(void)
{
    wraps("one two three", 0, 0, 20, "one two three\n");
    wraps("one two three", 0, 0, 7, "one two\nthree\n");
    wraps("one two three", 0, 4, 8, "one two\n    thre\n    e\n");
    wraps("one two three", 4, 4, 11, "one two\n    three\n");
    wraps("", 0, 2, 10, "\n");
    wraps("endless", 0, 0, 3, "end\nles\ns\n");
    wraps("endless", 0, 9, 3, "end\n         l\n         e\n         s\n         s\n");
    wraps("für Ärger", 0, 0, 9, "für Ärger\n");             /* eleven bytes, nine characters */
    wraps("äöü", 0, 0, 2, "äö\nü\n");
    shows("as it is", 8, "as it is");
    shows("as it was", 8, "as it");
    shows("Größe: µs", 9, "Größe: µs");
    shows("ÄÖÜäöüßÄ", 7, "ÄÖÜä");
    shows("text", 2, "");
    shows("text", -9, "");
    CHECK(wrap_columns("Größe", (int)strlen("Größe")) == 5, "%d", wrap_columns("Größe", (int)strlen("Größe")));
    return checks_failed();
}
