#define _GNU_SOURCE
#include "harness/cmd/screen.h"
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

int screen_width(int usual)
{
    struct winsize size;
    const char *columns = getenv("COLUMNS");
    long width = columns ? strtol(columns, NULL, 10) : 0;
    if (width <= 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        width = size.ws_col;
    return width <= 0 ? usual : width > 10000 ? 10000 : (int)width;
}
