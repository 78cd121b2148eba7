/* The command line of iolab compare. */
#define _GNU_SOURCE
#include "harness/cmd/cmd.h"
#include "harness/cmd/compare.h"
#include "harness/cmd/servers.h"
#include "harness/cmd/take.h"
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

static const char help[] =
    "usage: iolab compare A B [OPTION]...\n"
    "       iolab compare --from DIR... [--csv]   read results again, run by run\n"
    "       iolab compare --from DIR... --one-after-the-other\n"
    "                of a server against itself: how often would there have been a\n"
    "                winner without pairs? (docs/measuring.md)\n\n"
    "Does B use less CPU than A for the same requests? 20 pairs of trials, about a\n"
    "minute; a coin decides which of a pair comes first. The answer is one of three:\n"
    "different, the same within 5 %, cannot tell.\n\n"
    "  --quick       10 pairs and windows of 250 ms: about 15 seconds\n"
    "  --thorough    30 pairs\n"
    "  --pairs N     so many pairs, 2 to 100\n"
    "  --window N    so many milliseconds are measured in a trial, 20 to 10000 (1000)\n"
    "  --looks       up to 30 pairs, and done after 10 or 20 if they tell: each look\n"
    "                asks for more certainty\n"
    "  --idle N      so many other clients are connected and silent (0)\n"
    "  -c N          active connections, 1 to 1000 (16)\n"
    "  --rate N      requests a second, offered to both (half of what the slower can\n"
    "                do)\n"
    "  --size N      bytes in a request of echo, 1 to 1048576 (64)\n"
    "  --seed N      of the coins and the arrivals (another one each time; it is\n"
    "                printed)\n"
    "  --service S   what the servers say and the clients ask: echo or http (echo)\n"
    SERVERS_HELP
    "  --out DIR     where the results go (results/DATE-TIME)\n"
    "  --csv         the verdicts as CSV\n\n"
    "Example: iolab compare poll epoll-et --idle 1000 --quick\n"
    "         iolab compare epoll-et mine --server mine='./my-server --port {port}'\n";

/* -- The command line -------------------------------------------------------------------------------------------- */

enum { PAIRS_NORMAL = 20, PAIRS_QUICK = 10, PAIRS_THOROUGH = 30, WINDOW_MS = 1000, QUICK_MS = 250 };

/* These return -1 to go on, or 2, the exit status for bad usage. */
static int take_count(struct compare_command *command, int option)
{
    struct compare_options *options = &command->options;
    long n = 0;
    int status;
    switch (option) {
    case 'n':
        status = take_number("compare", "--pairs", 2, COMPARE_PAIRS_MOST, &n);
        options->pairs = (int)n;
        return status;
    case 'w':
        status = take_number("compare", "--window", 20, 10000, &n);
        options->window_ms = (int)n;
        return status;
    case 'i':
        status = take_number("compare", "--idle", 0, 1000000, &n);
        options->idle = (int)n;
        return status;
    case 'c':
        status = take_number("compare", "-c", 1, 1000, &n);
        options->connections = (int)n;
        return status;
    case 'r':
        status = take_number("compare", "--rate", 1, 1000000, &n);
        options->rate = (double)n;
        return status;
    case 'z':
        status = take_number("compare", "--size", 1, LOAD_SIZE_MAX, &n);
        options->size = (size_t)n;
        return status;
    default:
        status = take_number("compare", "--seed", 0, TAKE_SEED_MOST, &n);
        options->seed = (uint64_t)n;
        return status;
    }
}

static int take_option(struct compare_command *command, int option, const char *word)
{
    struct compare_options *options = &command->options;
    switch (option) {
    case 'q': command->quick = true; return -1;
    case 't': command->thorough = true; return -1;
    case 'l': options->looks = true; return -1;
    case 'v': command->csv = true; return -1;
    case 'f': command->from = true; return -1;
    case 'a': command->one_after_the_other = true; return -1;
    case 'o': return take_folder("compare", command->folder, sizeof command->folder);
    case 's': return take_service("compare", &options->http);
    case 'x': return servers_take("compare", optarg);
    case '?':
        fprintf(stderr, "%s\niolab compare: unknown option, or its value is missing: %s\n", help, word);
        return 2;
    default: return take_count(command, option);
    }
}

/* Two of the models and of --server's; who is not named, is the next one that --server brought. */
static int take_names(struct compare_command *command, int argc, char **argv)
{
    int count = argc - optind;
    for (int i = 0; i < 2 && count <= 2; i++) {
        const char *name = i < count ? argv[optind + i] : servers_name(i - count);
        if (name && !cmd_is_model(name) && !servers_command(name))
            return cmd_no_such_model("compare", name);
        command->options.names[i] = name;
    }
    if (command->options.names[0] && command->options.names[1])
        return -1;
    fprintf(stderr, "%s\niolab compare: name two servers, such as: iolab compare select epoll-et\n", help);
    return 2;
}

static void set_defaults(struct compare_command *command, int argc, char **argv)
{
    uint64_t seed = (uint64_t)time(NULL);
    size_t length = (size_t)snprintf(command->words, sizeof command->words, "iolab");
    for (int i = 0; i < argc && length < sizeof command->words - 1; i++)
        length += (size_t)snprintf(command->words + length, sizeof command->words - length, " %s", argv[i]);
    take_default_folder(command->folder, sizeof command->folder);
    if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) < 0)
        seed ^= (uint64_t)getpid() << 16;
    command->options = (struct compare_options){
        .folder = command->folder, .path = cmd_model_path, .foreign = servers_command,
        .connections = 16, .size = 64, .seed = seed % TAKE_SEED_MOST, .command = command->words,
        .stop = &cmd_interrupted};
}

static int looks_most(void) { return verdict_looks[VERDICT_LOOKS - 1]; }

/* A verdict after more pairs would be one look more than alpha was made for. */
static int check_looks(const struct compare_options *options)
{
    if (!options->looks || options->pairs <= looks_most())
        return -1;
    fprintf(stderr, "iolab compare: --looks goes up to %d pairs: leave out --looks, or --pairs %d\n", looks_most(),
            options->pairs);
    return 2;
}

/* What was not asked for explicitly. */
static void fill_in(struct compare_command *command)
{
    struct compare_options *options = &command->options;
    if (options->window_ms == 0)
        options->window_ms = command->quick ? QUICK_MS : WINDOW_MS;
    if (options->pairs > 0)
        return;
    options->pairs = command->quick ? PAIRS_QUICK : command->thorough ? PAIRS_THOROUGH : PAIRS_NORMAL;
    if (options->looks)
        options->pairs = looks_most();
}

int compare_parse(struct compare_command *command, int argc, char **argv)
{
    static const struct option options[] = {
        {"quick", no_argument, NULL, 'q'},          {"thorough", no_argument, NULL, 't'},
        {"pairs", required_argument, NULL, 'n'},    {"looks", no_argument, NULL, 'l'},
        {"window", required_argument, NULL, 'w'},
        {"idle", required_argument, NULL, 'i'},     {"rate", required_argument, NULL, 'r'},
        {"size", required_argument, NULL, 'z'},     {"seed", required_argument, NULL, 'S'},
        {"service", required_argument, NULL, 's'},  {"server", required_argument, NULL, 'x'},
        {"out", required_argument, NULL, 'o'},      {"csv", no_argument, NULL, 'v'},
        {"from", no_argument, NULL, 'f'},
        {"one-after-the-other", no_argument, NULL, 'a'},
        {"help", no_argument, NULL, 'h'},           {0}};
    set_defaults(command, argc, argv);
    opterr = 0;
    for (int option; (option = getopt_long(argc, argv, "c:", options, NULL)) != -1;) {
        if (option == 'h') {
            fputs(help, stdout);
            return 0;
        }
        int status = take_option(command, option, argv[optind - 1]);
        if (status >= 0)
            return status;
    }
    fill_in(command);
    if (command->one_after_the_other && !command->from) {
        fprintf(stderr, "iolab compare: --one-after-the-other: only behind --from DIR, where there are results\n");
        return 2;
    }
    int status = check_looks(&command->options);
    if (status >= 0 || command->from)
        return status;
    return take_names(command, argc, argv);
}
