/* iolab compare: one server against another, and a verdict in words. */
#define _GNU_SOURCE
#include "harness/trial/compare.h"
#include "harness/cmd/cmd.h"
#include "harness/cmd/measure.h"
#include "harness/cmd/servers.h"
#include "harness/report/verdicts.h"
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

static const char help[] =
    "usage: iolab compare A B [OPTION]...\n\n"
    "Does B use less CPU than A for the same requests? 20 pairs of trials, about a minute; a coin decides which\n"
    "of a pair comes first. The answer is one of three: different, the same within 5 %, cannot tell.\n\n"
    "  --quick       10 pairs and windows of 250 ms: about 15 seconds\n"
    "  --thorough    30 pairs\n"
    "  --pairs N     so many pairs, 2 to 100\n"
    "  --window N    so many milliseconds are measured in a trial, 20 to 10000 (1000)\n"
    "  --looks       up to 30 pairs, and done after 10 or 20 if they tell: each look asks for more certainty\n"
    "  --idle N      so many other clients are connected and silent (0)\n"
    "  -c N          active connections, 1 to 1000 (16)\n"
    "  --rate N      requests a second, offered to both (half of what the slower can do)\n"
    "  --size N      bytes in a request of echo, 1 to 1048576 (64)\n"
    "  --seed N      of the coins and the arrivals (another one each time; it is printed)\n"
    "  --service S   what the servers say and the clients ask: echo or http (echo)\n"
    SERVERS_HELP
    "  --out DIR     where the results go (results/DATE-TIME)\n"
    "  --csv         the verdicts as CSV\n\n"
    "Example: iolab compare poll epoll-et --idle 1000 --quick\n"
    "         iolab compare epoll-et mine --server mine='./my-server --port {port}'\n";

struct command {
    struct compare_options options;
    char folder[512], words[512];
    bool csv, quick, thorough;
};

/* -- The command line -------------------------------------------------------------------------------------------- */

enum { PAIRS_NORMAL = 20, PAIRS_QUICK = 10, PAIRS_THOROUGH = 30, WINDOW_MS = 1000, QUICK_MS = 250,
       SEED_MOST = 1000000000 };

/* These return -1 to go on, or 2, the exit status for bad usage. */
static int wrong(const char *option, const char *want)
{
    fprintf(stderr, "iolab compare: %s %s: want %s\n", option, optarg, want);
    return 2;
}

static int take_number(const char *option, long low, long high, long *number)
{
    char *end, want[80];
    *number = strtol(optarg, &end, 10);
    if (end > optarg && *end == '\0' && *number >= low && *number <= high)
        return -1;
    snprintf(want, sizeof want, "a number from %ld to %ld", low, high);
    return wrong(option, want);
}

static int take_folder(struct command *command)
{
    if (!*optarg || strlen(optarg) >= sizeof command->folder)
        return wrong("--out", "a folder, its path shorter than 512 letters");
    snprintf(command->folder, sizeof command->folder, "%s", optarg);
    return -1;
}

static int take_service(struct command *command)
{
    command->options.http = strcmp(optarg, "http") == 0;
    return command->options.http || strcmp(optarg, "echo") == 0 ? -1 : wrong("--service", "echo or http");
}

static int take_count(struct command *command, int option)
{
    struct compare_options *options = &command->options;
    long n = 0;
    int status;
    switch (option) {
    case 'n':
        status = take_number("--pairs", 2, COMPARE_PAIRS_MOST, &n);
        options->pairs = (int)n;
        return status;
    case 'w':
        status = take_number("--window", 20, 10000, &n);
        options->window_ms = (int)n;
        return status;
    case 'i':
        status = take_number("--idle", 0, 1000000, &n);
        options->idle = (int)n;
        return status;
    case 'c':
        status = take_number("-c", 1, 1000, &n);
        options->connections = (int)n;
        return status;
    case 'r':
        status = take_number("--rate", 1, 1000000, &n);
        options->rate = (double)n;
        return status;
    case 'z':
        status = take_number("--size", 1, LOAD_SIZE_MAX, &n);
        options->size = (size_t)n;
        return status;
    default:
        status = take_number("--seed", 0, SEED_MOST, &n);
        options->seed = (uint64_t)n;
        return status;
    }
}

static int take_option(struct command *command, int option, const char *word)
{
    struct compare_options *options = &command->options;
    switch (option) {
    case 'q': command->quick = true; return -1;
    case 't': command->thorough = true; return -1;
    case 'l': options->looks = true; return -1;
    case 'v': command->csv = true; return -1;
    case 'o': return take_folder(command);
    case 's': return take_service(command);
    case 'x': return servers_take("compare", optarg);
    case '?':
        fprintf(stderr, "%s\niolab compare: unknown option, or its value is missing: %s\n", help, word);
        return 2;
    default: return take_count(command, option);
    }
}

/* Two of the models and of --server's; a server that is not named among them is B. */
static int take_names(struct command *command, int argc, char **argv)
{
    const char *const *names = (const char *const *)argv + optind;
    int count = argc - optind;
    if (count > 2 || count + (count == 1 && servers_name(0)) < 2) {
        fprintf(stderr, "%s\niolab compare: name two servers, such as: iolab compare select epoll-et\n", help);
        return 2;
    }
    for (int i = 0; i < 2; i++) {
        const char *name = i < count ? names[i] : servers_name(0);
        if (!cmd_is_model(name) && !servers_command(name))
            return cmd_no_such_model("compare", name);
        command->options.names[i] = name;
    }
    return -1;
}

static void set_defaults(struct command *command, int argc, char **argv)
{
    struct tm local;
    time_t now = time(NULL);
    uint64_t seed = (uint64_t)now;
    size_t length = (size_t)snprintf(command->words, sizeof command->words, "iolab");
    for (int i = 0; i < argc && length < sizeof command->words - 1; i++)
        length += (size_t)snprintf(command->words + length, sizeof command->words - length, " %s", argv[i]);
    strftime(command->folder, sizeof command->folder, "results/%Y%m%d-%H%M%S", localtime_r(&now, &local));
    if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) < 0)
        seed ^= (uint64_t)getpid() << 16;
    command->options = (struct compare_options){
        .folder = command->folder, .path = cmd_model_path, .foreign = servers_command, .connections = 16, .size = 64, .seed = seed % SEED_MOST, .command = command->words, .stop = &cmd_interrupted};
}

/* What was not asked for explicitly. */
static void fill_in(struct command *command)
{
    struct compare_options *options = &command->options;
    if (options->window_ms == 0)
        options->window_ms = command->quick ? QUICK_MS : WINDOW_MS;
    if (options->pairs > 0)
        return;
    options->pairs = command->quick ? PAIRS_QUICK : command->thorough ? PAIRS_THOROUGH : PAIRS_NORMAL;
    if (options->looks)
        options->pairs = verdict_looks[VERDICT_LOOKS - 1];
}

static int parse(struct command *command, int argc, char **argv)
{
    static const struct option options[] = {
        {"quick", no_argument, NULL, 'q'},          {"thorough", no_argument, NULL, 't'},
        {"pairs", required_argument, NULL, 'n'},    {"looks", no_argument, NULL, 'l'},
        {"window", required_argument, NULL, 'w'},
        {"idle", required_argument, NULL, 'i'},     {"rate", required_argument, NULL, 'r'},
        {"size", required_argument, NULL, 'z'},     {"seed", required_argument, NULL, 'S'},
        {"service", required_argument, NULL, 's'},  {"server", required_argument, NULL, 'x'},
        {"out", required_argument, NULL, 'o'},      {"csv", no_argument, NULL, 'v'},
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
    return take_names(command, argc, argv);
}

/* -- Progress ---------------------------------------------------------------------------------------------------- */

static void progress(const char *what, double left_s)
{
    bool terminal = isatty(STDERR_FILENO);
    fprintf(stderr, "%s%-50s about %.0f s left%s", terminal ? "\r\033[K" : "", what, left_s, terminal ? "" : "\n");
    fflush(stderr);
}

/* -- What was found ---------------------------------------------------------------------------------------------- */

/* The two, told apart even if they are the same. */
static const char *label(const struct command *command, int side)
{
    static char labels[2][48];
    const char *const *names = command->options.names;
    bool itself = strcmp(names[0], names[1]) == 0;
    snprintf(labels[side], sizeof labels[0], "%s%s", names[side], !itself ? "" : side ? " (B)" : " (A)");
    return labels[side];
}

static void answer(const struct command *command, const struct compare_found *found)
{
    char text[COMPARE_SAYS + VERDICT_WORDS];
    if (found->no_verdict[0])
        snprintf(text, sizeof text, "no verdict: %s", found->no_verdict);
    else if (!found->judged[PAIRS_CPU].known)
        snprintf(text, sizeof text, "no verdict: interrupted before the first pair was complete");
    else
        verdict_sentence(text, sizeof text, label(command, 0), label(command, 1), &found->judged[PAIRS_CPU].verdict);
    cmd_print_from(0, text);
}

static void print_table(const struct command *command, const struct compare_found *found)
{
    static const struct { const char *name; double divisor; } rows[PAIRS_METRICS] = {
        {"CPU/request, us", 1000}, {"response p50, us", 1000}, {"response p99, us", 1000},
        {"switches/request", 1}, {"memory, KiB", 1024}};
    enum { NAME = 16, FIGURE = 12 };
    const char *a = label(command, 0), *b = label(command, 1);
    int wide_a = strlen(a) > FIGURE ? (int)strlen(a) : FIGURE, wide_b = strlen(b) > FIGURE ? (int)strlen(b) : FIGURE;
    char cell[VERDICT_WORDS];
    printf("\n%*s %*s %*s\n", NAME, "", wide_a, a, wide_b, b);
    for (int i = 0; i < PAIRS_METRICS; i++) {
        const struct judged *judged = &found->judged[i];
        if (!judged->known)
            continue;
        verdict_cell(cell, sizeof cell, &judged->verdict);
        printf("%-*s %*s %*s  ", NAME, rows[i].name, wide_a, measure_number(judged->median[0] / rows[i].divisor),
               wide_b, measure_number(judged->median[1] / rows[i].divisor));
        cmd_print_from(NAME + wide_a + wide_b + 4, found->no_verdict[0] ? "-" : cell);
    }
}

static void print_capacity(const struct command *command, const struct compare_found *found)
{
    const struct compare_side *a = &found->sides[0], *b = &found->sides[1];
    char text[300];
    if (!(a->capacity_per_s > 0 && b->capacity_per_s > 0))
        return;
    snprintf(text, sizeof text, "As fast as they go, one trial each, so no verdict: %s at least %s requests a second, "
             "%s at least %s; the driver used %.0f and %.0f %% of a CPU.", label(command, 0),
             measure_number(round(a->capacity_per_s)), label(command, 1), measure_number(round(b->capacity_per_s)),
             100 * a->driver_share, 100 * b->driver_share);
    cmd_print_from(0, text);
}

static void print_trouble(const char *name, const struct compare_side *side)
{
    char text[COMPARE_SAYS];
    if (side->failed > 0) {
        snprintf(text, sizeof text, "%s gave no figures in %d of its trials, and these pairs were measured again: %s",
                 name, side->failed, side->trouble);
        cmd_print_from(0, text);
    } else if (side->ended_badly > 0) {
        snprintf(text, sizeof text, "%s did not end as it should have after %d of its trials: %s", name,
                 side->ended_badly, side->trouble);
        cmd_print_from(0, text);
    }
    if (side->behind > 0)
        printf("%s fell behind the rate in %d of its trials.\n", name, side->behind);
}

static void print_doubts(const struct command *command, const struct compare_found *found)
{
    const struct machine *machine = &found->machine;
    for (int side = 0; side < 2 && !found->no_verdict[0]; side++)
        print_trouble(label(command, side), &found->sides[side]);
    if (machine->server_cpu < 0)
        printf("One CPU for driver and server: what each of them does slows the other.\n");
    if (found->late > 0)
        printf("The driver sent late in %d of %d trials%s.\n", found->late, found->trials,
               found->judged[PAIRS_P50].known ? "" : ": no verdict on the response times");
    if (found->paused > 0)
        printf("The machine paused, or its clock was set, in %d of %d trials.\n", found->paused, found->trials);
    if (machine->noisy * 10 > machine->begun)
        printf("%d of %d trials began on a busy machine: on one at rest, fewer pairs tell.\n", machine->noisy,
               machine->begun);
}

static void print_circumstances(const struct command *command, const struct compare_found *found)
{
    const struct compare_options *options = &command->options;
    char what[64] = "GET /";
    if (!options->http)
        snprintf(what, sizeof what, "%zu bytes a request", options->size);
    printf("\n%d pair%s of trials of %d ms, seed %llu; %s requests a second offered to\n"
           "both, %s; %d active connections, %s silent ones.\n", found->pairs, found->pairs == 1 ? "" : "s",
           options->window_ms, (unsigned long long)options->seed, measure_number(found->rate), what,
           options->connections, measure_number(options->idle));
    printf("In brackets: what holds with 95 %%%s. CPU was declared before, the\nothers are judged together (Holm).\n",
           options->looks ? " over all looks" : "");
}

static void write_verdicts(const struct command *command, const struct compare_found *found, FILE *to)
{
    const struct verdicts_place place = {"compare", command->options.names[0], command->options.names[1],
                                         found->parameters};
    verdicts_csv_header(to);
    verdicts_csv(to, &place, found->judged, found->no_verdict);
}

static bool keep_verdicts(const struct command *command, const struct compare_found *found)
{
    char path[600];
    snprintf(path, sizeof path, "%s/verdicts.csv", command->folder);
    FILE *file = fopen(path, "we");
    if (file)
        write_verdicts(command, found, file);
    if (file && fclose(file) == 0)
        return true;
    fprintf(stderr, "iolab compare: %s: %s\n", path, strerror(errno));
    return false;
}

static void print_all(const struct command *command, const struct compare_found *found)
{
    answer(command, found);
    if (found->pairs > 0) {
        print_table(command, found);
        print_circumstances(command, found);
        print_capacity(command, found);
        print_doubts(command, found);
    }
    printf("Results: %s\n", command->folder);
}

int cmd_compare(int argc, char **argv)
{
    static struct command command;
    static struct compare_found found;
    char why[600];
    int status = parse(&command, argc, argv);
    if (status >= 0)
        return status;
    command.options.progress = progress;
    cmd_heed_interrupts();
    bool done = compare_run(&command.options, &found, why, sizeof why);
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r\033[K");
    if (!done) {
        fprintf(stderr, "iolab compare: %s\n", why);
        return 1;
    }
    bool kept = keep_verdicts(&command, &found);
    if (command.csv)
        write_verdicts(&command, &found, stdout);
    else
        print_all(&command, &found);
    if (found.cannot)
        return 77;
    if (cmd_interrupted)
        return 130;
    return kept && !found.no_verdict[0] ? 0 : 1;
}
