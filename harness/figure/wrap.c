#define _GNU_SOURCE
#include "harness/figure/wrap.h"
#include <stdbool.h>
#include <string.h>

/* The bytes of UTF-8 behind the first one of a character. */
static bool goes_on(char byte) { return (byte & 0xc0) == 0x80; }

/* The bytes of so many characters, or of all that there are. */
static int bytes_of(const char *text, int width)
{
    int bytes = 0;
    for (; text[bytes] && (width > 0 || goes_on(text[bytes])); bytes++)
        width -= !goes_on(text[bytes]);
    return bytes;
}

int wrap_columns(const char *text, int bytes)
{
    int columns = 0;
    for (int i = 0; i < bytes; i++)
        columns += !goes_on(text[i]);
    return columns;
}

int wrap_line(const char **text, int width)
{
    const char *line = *text;
    int most = bytes_of(line, width > 0 ? width : 1), cut = most;
    while (line[most] && cut > 0 && line[cut] != ' ')
        cut--;
    cut = cut > 0 ? cut : most;
    *text = line + cut + strspn(line + cut, " ");
    return cut;
}

void wrap_print(FILE *to, const char *text, int at, int indent, int width)
{
    for (bool first = true; first || *text; first = false, at = indent) {
        const char *line = text;
        int bytes = wrap_line(&text, width - at);
        fprintf(to, "%*s%.*s\n", first ? 0 : indent, "", bytes, line);
    }
}

int wrap_cut(const char *text, int width)
{
    int bytes = bytes_of(text, width);
    return text[bytes] ? bytes_of(text, width - 3) : bytes;
}
