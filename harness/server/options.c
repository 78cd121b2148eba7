/* The flags that all servers share. */
#define _GNU_SOURCE
#include "harness/server/options.h"
#include "harness/server/server.h"
#include <arpa/inet.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PORT, HOST, SERVICE, BACKLOG, MAX_CLIENTS, WORK, READ_SIZE, READS_PER_EVENT, NAP, ONESHOT, BOOKS, QUIET, HELP };

static const struct option flags[] = {
    [PORT] = {"port", required_argument, NULL, PORT},
    [HOST] = {"host", required_argument, NULL, HOST},
    [SERVICE] = {"service", required_argument, NULL, SERVICE},
    [BACKLOG] = {"backlog", required_argument, NULL, BACKLOG},
    [MAX_CLIENTS] = {"max-clients", required_argument, NULL, MAX_CLIENTS},
    [WORK] = {"work", required_argument, NULL, WORK},
    [READ_SIZE] = {"read-size", required_argument, NULL, READ_SIZE},
    [READS_PER_EVENT] = {"reads-per-event", required_argument, NULL, READS_PER_EVENT},
    [NAP] = {"nap", required_argument, NULL, NAP},
    [ONESHOT] = {"oneshot", no_argument, NULL, ONESHOT},
    [BOOKS] = {"books", required_argument, NULL, BOOKS},
    [QUIET] = {"quiet", no_argument, NULL, QUIET},
    [HELP] = {"help", no_argument, NULL, HELP},
    {0},
};

static void help(FILE *to)
{
    fprintf(to,
            "usage: %s [OPTION]...\n\n"
            "  --port N              listen here; 0 takes a free port (8080)\n"
            "  --host A              the IPv4 address to listen on (127.0.0.1: this machine only)\n"
            "  --service %-10s  what is said on a connection (echo)\n"
            "  --backlog N           connections that may wait to be accepted (1024)\n"
            "  --max-clients N       turn more away (2000 in aio, fork, thread; 64 in prefork, where they wait)\n"
            "  --work MS             each answer takes so long, asleep in the handler (0)\n"
            "  --read-size N         bytes in one read at most; 1 to 65536 (65536)\n"
            "  --reads-per-event N   reads for one event, 1 to 127, or `all` (select, poll, epoll, signal-io)\n"
            "%s%s"
            "  --books FILE          write the summary as CSV, too\n"
            "  --quiet               no hints on stderr\n\n"
            "Example: %s --port 8080, and in a second terminal: nc 127.0.0.1 8080\n"
            "         %s --service http, and then: curl http://127.0.0.1:8080/, or a browser\n",
            server.model, service_names(),
            server.nap_ms < 0 ? "" : "  --nap MS              the pause between rounds; 0 spins (0)\n",
            server.oneshot < 0 ? "" : "  --oneshot             EPOLLONESHOT: who is reported is asked for anew\n",
            server.model, server.model);
}

__attribute__((format(printf, 1, 2))) static _Noreturn void usage(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "%s: ", server.model);
    vfprintf(stderr, format, arguments);
    fprintf(stderr, " (--help lists the options)\n");
    va_end(arguments);
    exit(2);
}

static int number(int flag, long low, long high)
{
    char *end;
    long n = strtol(optarg, &end, 10);
    if (*end || end == optarg || n < low || n > high)
        usage("--%s %s: want a number from %ld to %ld", flags[flag].name, optarg, low, high);
    return (int)n;
}

static _Noreturn void unknown(const char *word)
{
    help(stderr);
    fprintf(stderr, "\n");
    usage("unknown option, or its value is missing: %s", word);
}

static void set(struct options *options, int flag, int most_clients)
{
    switch (flag) {
    case PORT: options->address.sin_port = htons((uint16_t)number(flag, 0, 65535)); break;
    case BACKLOG: options->backlog = number(flag, 0, 65535); break;
    case MAX_CLIENTS: server.max_clients = number(flag, 1, most_clients); break;
    case WORK: options->work_ms = number(flag, 0, 60000); break;
    case READ_SIZE: server.read_size = (size_t)number(flag, 1, 65536); break;
    case READS_PER_EVENT:
        server.reads_per_event = strcmp(optarg, "all") == 0 ? READ_ALL : number(flag, 1, READ_ALL - 1);
        break;
    case NAP:
        if (server.nap_ms < 0)
            usage("--nap: only nonblocking has a pause between rounds");
        server.nap_ms = number(flag, 0, 60000);
        break;
    case ONESHOT:
        if (server.oneshot < 0)
            usage("--oneshot: only epoll-lt asks so");
        server.oneshot = 1;
        break;
    case BOOKS: options->books = optarg; break;
    case QUIET: options->quiet = true; break;
    case HOST:
        if (inet_pton(AF_INET, optarg, &options->address.sin_addr) != 1)
            usage("--host %s: want an IPv4 address such as 127.0.0.1", optarg);
        break;
    case SERVICE:
        if (!(options->service = service_named(optarg)))
            usage("--service %s: want %s", optarg, service_names());
        break;
    }
}

struct options options_read(int argc, char **argv, int most_clients)
{
    struct options options = {.backlog = 1024, .service = service_named("echo")};
    options.address.sin_family = AF_INET;
    options.address.sin_port = htons(8080);
    options.address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    opterr = 0;
    for (int flag; (flag = getopt_long_only(argc, argv, "", flags, NULL)) != -1;) {
        if (flag == '?')
            unknown(argv[optind - 1]);
        if (flag == HELP) {
            help(stdout);
            exit(0);
        }
        set(&options, flag, most_clients);
    }
    if (optind < argc)
        unknown(argv[optind]);
    return options;
}
