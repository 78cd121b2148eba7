/* options.h: the command line of a server. Wrong usage ends the program with exit 2 and the valid values. */
#pragma once
#include "harness/server/service.h"
#include <netinet/in.h>

struct options {
    struct sockaddr_in address;
    const struct service *service;
    int backlog, work_ms;
    bool quiet;
    const char *books;          /* a file for the summary as CSV, or NULL */
};

/* Reads argv into the options, and into `server` what the models themselves look at. */
struct options options_read(int argc, char **argv, int most_clients);
