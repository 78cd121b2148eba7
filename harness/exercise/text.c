#define _GNU_SOURCE
#include "harness/exercise/text.h"
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TEXT_MOST = 1 << 20 };

FILE *text_open(const char *path, const char **why)
{
    struct stat is = {0};
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool known = fd >= 0 && fstat(fd, &is) == 0;
    *why = !known                        ? strerror(errno)
           : S_ISDIR(is.st_mode)         ? "this is a folder, and ought to be a file"
           : !S_ISREG(is.st_mode)        ? "this is a pipe or a device, and ought to be a file"
           : is.st_size > TEXT_MOST      ? "this file is larger than 1 MiB"
                                         : NULL;
    FILE *file = *why ? NULL : fdopen(fd, "r");
    if (!file && fd >= 0)
        close(fd);
    return file;
}

char *text_of_file(const char *path, FILE *errors)
{
    const char *why = "there is no memory for it";
    FILE *from = text_open(path, &why);
    char *text = NULL;
    size_t size = 0;
    if (from && getdelim(&text, &size, '\0', from) < 0) {
        free(text);
        text = ferror(from) ? NULL : strdup("");
    }
    if (!text)
        fprintf(errors, "%s: %s\n", path, from ? strerror(errno) : why);
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
