#define _GNU_SOURCE
/* iolab drive: put a load on any server of echo or http and say what came of it.
 *
 * The first line answers the question, the table gives the percentiles, the rest says what the numbers depend on and
 * what speaks against them. The measuring itself is harness/load. */
#include "harness/cmd/cmd.h"
#include "harness/load/load.h"
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct load_result result;

/* -- The command line -------------------------------------------------------------------------------------------- */

static const char usage[] =
    "usage: iolab drive HOST:PORT [OPTION]...\n\n"
    "Sends requests to an echo server, or with --http GET / to a web server, compares\n"
    "every byte that comes back, and measures.\n\n"
    "  -c, --connections N   that send and receive (64)\n"
    "  -r, --rate RATE       open loop: RATE requests a second, however the server\n"
    "                        fares (0: closed loop, each connection sends its next\n"
    "                        request as soon as it has its answer)\n"
    "      --arrivals HOW    its gaps: exponential or fixed (exponential)\n"
    "      --http            GET / over connections that stay; every page must be the\n"
    "                        first one\n"
    "      --size BYTES      of echo, in a request, 1 to 1048576 (64)\n"
    "      --idle N          connections more, which connect first and then are\n"
    "                        silent (0)\n"
    "      --slow N          connections more, which say a request in 64 pieces, one\n"
    "                        every 10 ms, and hear the answer so, too (0)\n"
    "      --bursty N        connections more, which all send a request at once,\n"
    "                        every 100 ms (0)\n"
    "      --seed N          of the arrivals and of what is sent (1)\n"
    "      --warmup MS       before the window (150)\n"
    "      --window MS       in which is measured (1000)\n"
    "      --csv             metric,unit,value,bound\n"
    "      --help            this text\n\n"
    "Example: build/bin/epoll-lt --port 8080 &\n"
            "         build/bin/iolab drive localhost:8080 -c 64 -r 20000\n"
    "         build/bin/iolab drive localhost:80 --http\n";

static bool number(const char *option, const char *text, double low, double high, double *value)
{
    char *end;
    errno = 0;
    *value = strtod(text, &end);
    if (end != text && *end == 0 && errno == 0 && *value >= low && *value <= high)
        return true;
    fprintf(stderr, "iolab drive: %s %s: want %.0f to %.0f\n", option, text, low, high);
    return false;
}

static bool is_whole(const char *option, double n, uint64_t cut)
{
    if ((double)cut >= n)
        return true;
    fprintf(stderr, "iolab drive: %s %g: want a whole number\n", option, n);
    return false;
}

static bool whole(const char *option, const char *text, int low, int high, int *value)
{
    double n;
    if (!number(option, text, low, high, &n))
        return false;
    *value = (int)n;
    return is_whole(option, n, (uint64_t)*value);
}

static bool arrivals(const char *text, bool *fixed)
{
    *fixed = strcmp(text, "fixed") == 0;
    if (*fixed || strcmp(text, "exponential") == 0)
        return true;
    fprintf(stderr, "iolab drive: --arrivals %s: want exponential or fixed\n", text);
    return false;
}

static bool address(const char *text, struct sockaddr_in *to)
{
    char host[64];
    int port;
    const char *colon = strrchr(text, ':');
    *to = (struct sockaddr_in){.sin_family = AF_INET};
    if (colon && (size_t)(colon - text) < sizeof host) {
        snprintf(host, sizeof host, "%.*s", (int)(colon - text), text);
        const char *ip = strcmp(host, "localhost") == 0 ? "127.0.0.1" : host;
        if (inet_pton(AF_INET, ip, &to->sin_addr) == 1) {
            if (!whole("port", colon + 1, 1, 65535, &port))
                return false;
            to->sin_port = htons((uint16_t)port);
            return true;
        }
    }
    fprintf(stderr, "iolab drive: %s: want HOST:PORT, HOST an IPv4 address or localhost\n", text);
    return false;
}

enum { SIZE = 256, IDLE, SLOW, BURSTY, SEED, WARMUP, WINDOW, ARRIVALS, HTTP, CSV, HELP };

static bool option(int letter, struct load_options *o, bool *csv)
{
    enum { MANY = 1000000, HOUR_MS = 3600000 };
    int n = 0;
    double d = 0;
    bool good = true;
    switch (letter) {
    case 'c': return whole("--connections", optarg, 1, MANY, &o->connections);
    case 'r': return number("--rate", optarg, 0, 1e7, &o->rate);
    case IDLE: return whole("--idle", optarg, 0, MANY, &o->idle);
    case SLOW: return whole("--slow", optarg, 0, MANY, &o->slow);
    case BURSTY: return whole("--bursty", optarg, 0, MANY, &o->bursty);
    case WARMUP: return whole("--warmup", optarg, 0, HOUR_MS, &o->warmup_ms);
    case WINDOW: return whole("--window", optarg, 1, HOUR_MS, &o->window_ms);
    case ARRIVALS: return arrivals(optarg, &o->fixed_arrivals);
    case HTTP: return o->http = true;
    case CSV: return *csv = true;
    case SIZE:
        good = whole("--size", optarg, 1, LOAD_SIZE_MAX, &n);
        o->size = (size_t)n;
        return good;
    case SEED:
        good = number("--seed", optarg, 0, 0x1p53, &d);
        o->seed = (uint64_t)d;
        return good && is_whole("--seed", d, o->seed);
    default:
        fprintf(stderr, "%s\niolab drive: unknown option, or its value is missing\n", usage);
        return false;
    }
}

/* -1: go on. Else the exit status. */
static int parse(int argc, char **argv, struct load_options *o, bool *csv)
{
    static const struct option options[] = {
        {"connections", required_argument, NULL, 'c'}, {"rate", required_argument, NULL, 'r'},
        {"size", required_argument, NULL, SIZE},       {"idle", required_argument, NULL, IDLE},
        {"slow", required_argument, NULL, SLOW},       {"bursty", required_argument, NULL, BURSTY},
        {"seed", required_argument, NULL, SEED},       {"warmup", required_argument, NULL, WARMUP},
        {"window", required_argument, NULL, WINDOW},   {"arrivals", required_argument, NULL, ARRIVALS},
        {"http", no_argument, NULL, HTTP},             {"csv", no_argument, NULL, CSV},
        {"help", no_argument, NULL, HELP},             {NULL, 0, NULL, 0}};
    struct sockaddr_in to = {0};
    *o = load_defaults(to);
    opterr = 0;
    for (int letter; (letter = getopt_long(argc, argv, "c:r:h", options, NULL)) != -1;) {
        if (letter == HELP || letter == 'h')
            return fputs(usage, stdout) < 0;
        if (!option(letter, o, csv))
            return 2;
    }
    if (argc - optind == 1)
        return address(argv[optind], &o->address) ? -1 : 2;
    fprintf(stderr, "iolab drive: want one HOST:PORT; `iolab drive --help` tells the rest\n");
    return 2;
}

/* -- Words for numbers ------------------------------------------------------------------------------------------- */

struct text { char is[40]; };

/* 1234567 is 1,234,567. */
static struct text count_text(uint64_t n)
{
    struct text digits, t = {""};
    int length = snprintf(digits.is, sizeof digits.is, "%" PRIu64, n), at = 0;
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            t.is[at++] = ',';
        t.is[at++] = digits.is[i];
    }
    return t;
}

/* Three digits and a unit. */
static struct text time_text(uint64_t ns, bool above)
{
    static const char *units[] = {"ns", "µs", "ms", "s"};
    struct text t;
    double value = (double)ns;
    int unit = 0;
    for (; unit < 3 && value >= 999.5; unit++)
        value /= 1000;
    int places = unit == 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
    snprintf(t.is, sizeof t.is, "%s%.*f %s", above ? "> " : "", places, value, units[unit]);
    return t;
}

static struct text quantile_text(const struct hist *h, double q)
{
    struct hist_quantile at = hist_quantile(h, q);
    return time_text(at.ns, at.above);
}

/* A percentile with fewer than ten samples beyond it is an accident. */
static bool tells(const struct hist *h, double q)
{
    return (1 - q) * (double)h->count >= 10 || q >= 1;
}

static int percent_of_cpu(const struct load_result *r)
{
    return (int)(100 * (double)r->driver_cpu_ns / (double)r->window_ns + 0.5);
}

static uint64_t per_second(uint64_t n, uint64_t window_ns)
{
    return (uint64_t)((double)n * 1e9 / (double)window_ns + 0.5);
}

/* -- For people -------------------------------------------------------------------------------------------------- */

static void answer(const struct load_options *o, const struct load_result *r)
{
    printf("%d of %d connections served; ", r->served, r->total);
    if (o->rate > 0)
        printf("%s requests/s asked for, %s of %s answered", count_text((uint64_t)o->rate).is,
               count_text(r->response.count - r->response.censored).is, count_text(r->offered).is);
    else
        printf("%s requests/s at least", count_text(per_second(r->requests, r->window_ns)).is);
    printf("; p50 %s", quantile_text(&r->response, 0.5).is);
    if (tells(&r->response, 0.99))
        printf(", p99 %s", quantile_text(&r->response, 0.99).is);
    if (tells(&r->response, 0.999))
        printf(", p99.9 %s", quantile_text(&r->response, 0.999).is);
    printf("; the driver used %d %% of a CPU\n", percent_of_cpu(r));
}

/* Right-aligned in ten columns; µ is two bytes and one column. */
static void cell(const char *text)
{
    int columns = 0;
    for (const char *c = text; *c; c++)
        columns += (*c & 0xC0) != 0x80;
    printf("%*s%s", columns < 10 ? 10 - columns : 1, "", text);
}

static void row(const char *name, const struct hist *h)
{
    static const double columns[] = {0.5, 0.9, 0.99, 0.999, 1};
    printf("%-10s", name);
    cell(count_text(h->count).is);
    cell(h->count ? time_text((uint64_t)hist_mean_ns(h), h->censored > 0).is : "-");
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        cell(h->count && tells(h, columns[i]) ? quantile_text(h, columns[i]).is : "-");
    printf("\n");
}

static void table(const struct load_options *o, const struct load_result *r)
{
    static const char *heads[] = {"samples", "mean", "p50", "p90", "p99", "p99.9", "max"};
    printf("\n%-10s", "");
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        cell(heads[i]);
    printf("\n");
    row("response", &r->response);
    if (o->rate > 0) {
        row("service", &r->service);
        row("lateness", &r->lateness);
    }
    if (r->bursts.count > 0)
        row("bursts", &r->bursts);
}

static void doubts(const struct load_result *r)
{
    if (r->served < r->total || r->idle_served < r->idle_total || r->slow_served < r->slow_total ||
        r->bursty_served < r->bursty_total)
        printf("not all are served: %s\n", r->trouble);
    if (r->lost > 0)
        printf("%d connections broke during the run\n", r->lost);
    if (r->unfinished > 0)
        printf("%s requests had no answer by the end; \"> x\" counts them: longer than x is all that is known\n",
               count_text(r->unfinished).is);
    for (unsigned flag = 1; flag <= r->flags; flag <<= 1)
        if (r->flags & flag)
            printf("%s\n", load_flag_says(flag));
    if (cmd_interrupted)
        printf("interrupted: the window was %s long\n", time_text(r->window_ns, false).is);
}

static void circumstances(const struct load_options *o, const struct load_result *r)
{
    cpu_set_t usable;
    int cpus = sched_getaffinity(0, sizeof usable, &usable) == 0 ? CPU_COUNT(&usable) : 1;
    const char *gaps = o->fixed_arrivals ? "open loop, fixed gaps" : "open loop, exponential gaps";
    printf("\n%s, %s active connections and %s idle ones, ", o->rate > 0 ? gaps : "closed loop",
           count_text((uint64_t)r->served).is, count_text((uint64_t)r->idle_served).is);
    if (o->http)
        printf("GET /: %zu bytes and a head of %zu", r->page_size, r->answer_size - r->page_size);
    else
        printf("%zu bytes a request", o->size);
    printf(", seed %" PRIu64 "\n", o->seed);
    printf("window %s after a warm-up of %d ms; connecting took %s; %d CPUs for the driver%s\n",
           time_text(r->window_ns, false).is, o->warmup_ms, time_text(r->connect_ns, false).is, cpus,
           o->rate > 0 && o->spin_us ? ", which stays awake before an arrival: its CPU says nothing" : "");
    if (r->slow_total > 0)
        printf("%d of %d slow connections served, %s answers in pieces\n", r->slow_served, r->slow_total,
               count_text(r->slow_answers).is);
    if (r->bursty_total > 0)
        printf("%d of %d bursty connections served, %s answers\n", r->bursty_served, r->bursty_total,
               count_text(r->bursty_answers).is);
    if (r->sources > 1)
        printf("from %d source addresses, 127.0.0.1 to .%d: the ports of one run short\n", r->sources, r->sources);
    printf("%s answers compared, %s\n", count_text(r->answered).is,
           o->http ? "every page is the first one" : "every byte right");
}

/* -- For a spreadsheet ------------------------------------------------------------------------------------------- */

static void csv_line(const char *metric, const char *unit, uint64_t value)
{
    printf("%s,%s,%" PRIu64 ",exact\n", metric, unit, value);
}

static void csv_latency(const char *name, const struct hist *h)
{
    static const struct { const char *name; double q; } at[] = {
        {"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p999", 0.999}, {"max", 1}};
    if (h->count == 0)
        return;
    printf("%s_mean,ns,%.0f,%s\n", name, hist_mean_ns(h), h->censored ? "above" : "exact");
    for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
        struct hist_quantile quantile = hist_quantile(h, at[i].q);
        printf("%s_%s,ns,%" PRIu64 ",%s\n", name, at[i].name, quantile.ns, quantile.above ? "above" : "exact");
    }
}

static void csv_all(const struct load_options *o, const struct load_result *r)
{
    const struct { const char *metric, *unit; uint64_t value; } lines[] = {
        {"rate", "per_second", (uint64_t)o->rate}, {"size", "bytes", o->http ? r->page_size : o->size},
        {"seed", "number", o->seed},
        {"served", "count", (uint64_t)r->served}, {"total", "count", (uint64_t)r->total},
        {"idle_served", "count", (uint64_t)r->idle_served}, {"idle_total", "count", (uint64_t)r->idle_total},
        {"slow_served", "count", (uint64_t)r->slow_served}, {"slow_total", "count", (uint64_t)r->slow_total},
        {"slow_answers", "count", r->slow_answers}, {"bursty_served", "count", (uint64_t)r->bursty_served},
        {"bursty_total", "count", (uint64_t)r->bursty_total}, {"bursty_answers", "count", r->bursty_answers},
        {"lost", "count", (uint64_t)r->lost}, {"sources", "count", (uint64_t)r->sources},
        {"requests", "count", r->requests}, {"offered", "count", r->offered},
        {"answered", "count", r->answered}, {"unfinished", "count", r->unfinished}, {"connect", "ns", r->connect_ns},
        {"window", "ns", r->window_ns}, {"driver_cpu", "ns", r->driver_cpu_ns},
        {"stolen", "ns", r->stolen_ns}, {"flags", "bits", r->flags},
        {"throughput", "per_second", per_second(r->requests, r->window_ns)}};
    printf("metric,unit,value,bound\n");
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        csv_line(lines[i].metric, lines[i].unit, lines[i].value);
    csv_latency("response", &r->response);
    csv_latency("service", &r->service);
    csv_latency("lateness", &r->lateness);
    csv_latency("bursts", &r->bursts);
}

/* -- The command ------------------------------------------------------------------------------------------------- */

static void report(const struct load_options *o, bool csv)
{
    if (csv) {
        csv_all(o, &result);
    } else if (result.window_ns > 0) {
        answer(o, &result);
        table(o, &result);
        doubts(&result);
        circumstances(o, &result);
    }
}

int cmd_drive(int argc, char **argv)
{
    struct load_options o;
    bool csv = false;
    int status = parse(argc, argv, &o, &csv);
    if (status >= 0)
        return status;
    cmd_heed_interrupts();
    o.stop = &cmd_interrupted;
    bool measured = load_run(&o, &result);
    if (*result.failure)
        fprintf(stderr, "iolab drive: verification failed: %s\n", result.failure);
    else if (result.served == 0)
        fprintf(stderr, "iolab drive: 0 of %d connections served, %d of %d idle ones: %s\n", result.total,
                result.idle_served, result.idle_total, *result.trouble ? result.trouble : "interrupted");
    else if (!measured)
        fprintf(stderr, "iolab drive: nothing was measured: %s\n",
                result.all_lost ? result.trouble : "the run ended before the window");
    if (measured)
        report(&o, csv);
    if (cmd_interrupted)
        return 130;
    return measured ? 0 : 1;
}
