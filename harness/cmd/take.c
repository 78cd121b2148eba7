#define _GNU_SOURCE
#include "harness/cmd/take.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int wrong(const char *command, const char *option, const char *want)
{
    fprintf(stderr, "iolab %s: %s %s: want %s\n", command, option, optarg, want);
    return 2;
}

int take_number(const char *command, const char *option, long low, long high, long *number)
{
    char *end, want[80];
    *number = strtol(optarg, &end, 10);
    if (end > optarg && *end == '\0' && *number >= low && *number <= high)
        return -1;
    snprintf(want, sizeof want, "a number from %ld to %ld", low, high);
    return wrong(command, option, want);
}

int take_folder(const char *command, char *folder, size_t size)
{
    char want[80];
    if (*optarg && strlen(optarg) < size) {
        snprintf(folder, size, "%s", optarg);
        return -1;
    }
    snprintf(want, sizeof want, "a folder, its path shorter than %zu letters", size);
    return wrong(command, "--out", want);
}

int take_service(const char *command, bool *http)
{
    *http = strcmp(optarg, "http") == 0;
    return *http || strcmp(optarg, "echo") == 0 ? -1 : wrong(command, "--service", "echo or http");
}

void take_default_folder(char *folder, size_t size)
{
    time_t now = time(NULL);
    struct tm local;
    strftime(folder, size, "results/%Y%m%d-%H%M%S", localtime_r(&now, &local));
}
