#define _GNU_SOURCE
#include "harness/trial/record.h"
#include "harness/child/clock.h"
#include "harness/report/csv.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* -- Files ------------------------------------------------------------------------------------------------------- */

static bool make_folders(char *path)
{
    for (char *slash = path + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = '\0';
        bool made = mkdir(path, 0777) == 0 || errno == EEXIST;
        *slash = '/';
        if (!made)
            return false;
    }
    return mkdir(path, 0777) == 0 || errno == EEXIST;
}

static FILE *create(const char *folder, const char *name, const char *header, char *path, size_t size)
{
    snprintf(path, size, "%s/%s", folder, name);
    FILE *file = fopen(path, "wxe");
    if (file) {
        fprintf(file, "%s\n", header);
        fflush(file);
    }
    return file;
}

bool record_open(struct record *record, const char *folder, char *path, size_t size)
{
    *record = (struct record){0};
    snprintf(path, size, "%s", folder);
    if (!make_folders(path))
        return false;
    const struct { FILE **file; const char *name, *header; } files[] = {
        {&record->environment, "environment.csv", "key,value"},
        {&record->trials, "trials.csv", "schema,experiment,model,round,order,parameters,metric,unit,value"},
        {&record->latency, "latency.csv", "experiment,model,round,parameters,kind,low_ns,high_ns,count"}};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (!(*files[i].file = create(folder, files[i].name, files[i].header, path, size)))
            return false;
    return true;
}

bool record_close(struct record *record)
{
    bool written = true;
    FILE *files[] = {record->environment, record->trials, record->latency};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (files[i]) {
            written &= !ferror(files[i]);
            written &= fclose(files[i]) == 0;
        }
    *record = (struct record){0};
    return written;
}

void record_fact(struct record *record, const char *name, const char *value)
{
    csv_write(record->environment, (const char *const[]){name, value}, 2);
    fflush(record->environment);
}

void record_end_facts(struct record *record, const struct machine *machine, double began_ms, long long steal_ticks,
                      bool interrupted)
{
    char text[100];
    snprintf(text, sizeof text, "%.0f", (now_ms() - began_ms) / 1000);
    record_fact(record, "duration_s", text);
    snprintf(text, sizeof text, "%lld ms", steal_ticks * 1000 / sysconf(_SC_CLK_TCK));
    record_fact(record, "steal", text);
    snprintf(text, sizeof text, "%d of %d trials began on a machine that was busy", machine->noisy, machine->begun);
    record_fact(record, "noise", text);
    if (interrupted)
        record_fact(record, "interrupted", "yes");
}

/* -- Rows -------------------------------------------------------------------------------------------------------- */

static void row(struct record *record, const struct record_place *place, const char *metric, const char *unit,
                const char *value)
{
    char round[16], order[16];
    snprintf(round, sizeof round, "%d", place->round);
    snprintf(order, sizeof order, "%d", record->order);
    const char *const fields[] = {"1",    place->experiment, place->model, round, order, place->parameters,
                                  metric, unit,              value};
    csv_write(record->trials, fields, sizeof fields / sizeof *fields);
}

static void number(struct record *record, const struct record_place *place, const char *metric, const char *unit,
                   int64_t value)
{
    char text[32];
    snprintf(text, sizeof text, "%lld", (long long)value);
    row(record, place, metric, unit, text);
}

static void quantile(struct record *record, const struct record_place *place, const char *name, double q,
                     const struct hist *hist)
{
    char metric[64];
    struct hist_quantile found = hist_quantile(hist, q);
    snprintf(metric, sizeof metric, "response_%s%s", name, found.above ? "_above" : "");
    number(record, place, metric, "ns", (int64_t)found.ns);
}

static void record_load(struct record *record, const struct record_place *place, const struct load_result *load)
{
    number(record, place, "served", "count", load->served);
    number(record, place, "total", "count", load->total);
    number(record, place, "idle_served", "count", load->idle_served);
    number(record, place, "idle_total", "count", load->idle_total);
    number(record, place, "requests", "count", (int64_t)load->requests);
    number(record, place, "offered", "count", (int64_t)load->offered);
    number(record, place, "unfinished", "count", (int64_t)load->unfinished);
    number(record, place, "answered", "count", (int64_t)load->answered);
    if (load->window_ns == 0)
        return;
    number(record, place, "window", "ns", (int64_t)load->window_ns);
    number(record, place, "driver_cpu", "ns", (int64_t)load->driver_cpu_ns);
    number(record, place, "stolen", "ns", (int64_t)load->stolen_ns);
    quantile(record, place, "p50", 0.5, &load->response);
    quantile(record, place, "p99", 0.99, &load->response);
    quantile(record, place, "p999", 0.999, &load->response);
    number(record, place, "response_max", "ns", (int64_t)load->response.max_ns);
    number(record, place, "lateness_p99", "ns", (int64_t)hist_quantile(&load->lateness, 0.99).ns);
}

static void record_notes(struct record *record, const struct record_place *place, const struct trial *trial)
{
    unsigned flags = trial->load.flags;
    if (strcmp(place->experiment, "idle") == 0)
        flags &= ~(unsigned)LOAD_DRIVER_LATE;       /* it tells CPU, and no latency */
    for (unsigned flag = 1; flag <= LOAD_FLAG_LAST; flag <<= 1)
        if (flags & flag)
            row(record, place, "note", "text", load_flag_says((enum load_flag)flag));
    if (trial->one_cpu && trial->measured)
        row(record, place, "note", "text", "one CPU for driver and server: what each of them does slows the other");
    if (trial->ended_badly[0])
        row(record, place, "note", "text", trial->ended_badly);
    if (trial->failed[0])
        row(record, place, "failed", "text", trial->failed);
}

static void record_bucket(struct record *record, const struct record_place *place, const char *kind,
                          const struct hist_bucket *bucket)
{
    char round[16], low[24], high[24], count[24];
    snprintf(round, sizeof round, "%d", place->round);
    snprintf(low, sizeof low, "%llu", (unsigned long long)bucket->low_ns);
    snprintf(high, sizeof high, "%llu", (unsigned long long)bucket->high_ns);
    snprintf(count, sizeof count, "%llu", (unsigned long long)(bucket->ended + bucket->unended));
    const char *const fields[] = {place->experiment, place->model, round, place->parameters, kind, low, high, count};
    csv_write(record->latency, fields, sizeof fields / sizeof *fields);
}

/* Neighbours that lie within 1 % are one row: all buckets of a thorough run would fill 350 MB. */
static void record_histogram(struct record *record, const struct record_place *place, const char *kind,
                             const struct hist *hist)
{
    struct hist_bucket bucket = {0}, joined = {0};
    bool any = hist_next(hist, &bucket);
    while (any) {
        joined = bucket;
        while ((any = hist_next(hist, &bucket)) && bucket.high_ns - joined.low_ns <= joined.low_ns / 100) {
            joined.high_ns = bucket.high_ns;
            joined.ended += bucket.ended;
            joined.unended += bucket.unended;
        }
        record_bucket(record, place, kind, &joined);
    }
    fflush(record->latency);
}

void record_reason(struct record *record, const struct record_place *place, const char *metric, const char *reason)
{
    row(record, place, metric, "text", reason);
    fflush(record->trials);
}

void record_trial(struct record *record, const struct record_place *place, const struct trial *trial)
{
    record->order++;
    if (trial->cannot[0]) {
        record_reason(record, place, "cannot", trial->cannot);
        return;
    }
    record_load(record, place, &trial->load);
    if (trial->measured) {
        number(record, place, "server_cpu", "ns", trial->server_cpu_ns);
        number(record, place, "rss_start", "bytes", trial->memory_start);
        number(record, place, "rss_idle", "bytes", trial->memory_idle);
    }
    if (trial->measured && trial->voluntary >= 0) {
        number(record, place, "switches_voluntary", "count", trial->voluntary);
        number(record, place, "switches_involuntary", "count", trial->involuntary);
    }
    if (trial->has_books) {
        number(record, place, "waits", "count", (int64_t)trial->books.waits);
        number(record, place, "reads", "count", (int64_t)trial->books.reads);
        number(record, place, "writes", "count", (int64_t)trial->books.writes);
        number(record, place, "eagain", "count", (int64_t)trial->books.eagain);
        number(record, place, "refused", "count", (int64_t)trial->books.refused);
    }
    record_notes(record, place, trial);
    fflush(record->trials);
    if (trial->measured)
        record_histogram(record, place, "response", &trial->load.response);
    if (trial->measured && trial->load.lateness.count > 0)
        record_histogram(record, place, "lateness", &trial->load.lateness);
}
