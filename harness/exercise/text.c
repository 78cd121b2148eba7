#define _GNU_SOURCE
#include "harness/exercise/text.h"
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

char *text_of_file(const char *path, FILE *errors)
{
    FILE *from = fopen(path, "re");
    char *text = NULL;
    size_t size = 0;
    if (from && getdelim(&text, &size, '\0', from) < 0 && !ferror(from)) {
        free(text);
        text = strdup("");
    }
    if (!from || ferror(from)) {
        fprintf(errors, "%s: %s\n", path, strerror(errno));
        free(text);
        text = NULL;
    }
    if (from)
        fclose(from);
    return text;
}

const char *text_next_line(const char *line)
{
    const char *end = strchrnul(line, '\n');
    return *end ? end + 1 : end;
}

char *text_trimmed(char *text)
{
    text += strspn(text, " \t\r\n");
    char *end = text + strlen(text);
    while (end > text && isspace((unsigned char)end[-1]))
        *--end = '\0';
    return text;
}
