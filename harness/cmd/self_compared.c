#define _GNU_SOURCE
#include "harness/cmd/self_compared.h"
#include "harness/meter/environment.h"
#include "harness/report/csv.h"
#include "harness/report/verdicts.h"
#include <dirent.h>
#include <libgen.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* What makes two machines alike here. A new kernel does not make a new one. */
struct like { char cpu_model[256], cpus[16], date[64]; };

static void note(void *context, const char *key, const char *value)
{
    struct like *like = context;
    if (strcmp(key, "cpu_model") == 0)
        snprintf(like->cpu_model, sizeof like->cpu_model, "%s", value);
    if (strcmp(key, "cpus") == 0)
        snprintf(like->cpus, sizeof like->cpus, "%s", value);
    if (strcmp(key, "date") == 0)
        snprintf(like->date, sizeof like->date, "%s", value);
}

/* A run without one, or with a damaged one, is no run of this machine. */
static bool read_environment(const char *run_dir, struct like *like)
{
    char path[PATH_MAX + 600], why[PATH_MAX + 900];
    struct csv csv;
    *like = (struct like){.date = ""};
    snprintf(path, sizeof path, "%s/environment.csv", run_dir);
    if (csv_load(&csv, path, "key,value", why, sizeof why) < 0)
        return false;
    for (int row = 0; row < csv.count; row++)
        note(like, csv_field(&csv, row, 0), csv_field(&csv, row, 1));
    csv_free(&csv);
    return true;
}

static bool is_self_comparison(const struct csv *verdicts, int row)
{
    return strcmp(csv_field(verdicts, row, V_EXPERIMENT), "compare") == 0 &&
           strcmp(csv_field(verdicts, row, V_METRIC), "cpu_per_request") == 0 &&
           strcmp(csv_field(verdicts, row, V_A), csv_field(verdicts, row, V_B)) == 0;
}

/* False, and text is left alone: the run is none, or cannot be read. */
static bool say(const char *run_dir, const char *date, char *text, size_t size)
{
    char path[PATH_MAX + 600], why[PATH_MAX + 900];
    struct csv csv;
    bool found = false;
    snprintf(path, sizeof path, "%s/verdicts.csv", run_dir);
    if (csv_load(&csv, path, verdicts_header, why, sizeof why) < 0)
        return false;
    for (int row = 0; row < csv.count && !found; row++)
        if ((found = is_self_comparison(&csv, row)))
            snprintf(text, size, "%s, %s: %s, %s pairs", csv_field(&csv, row, V_A), date,
                     csv_field(&csv, row, V_SAYS), csv_field(&csv, row, V_PAIRS));
    csv_free(&csv);
    return found;
}

const char *self_compared(const char *folder)
{
    static char text[600];
    struct like here = {.date = ""}, there;
    char copy[PATH_MAX], run_dir[PATH_MAX + 300], last[64] = "";
    snprintf(copy, sizeof copy, "%s", folder);
    const char *runs = dirname(copy);
    snprintf(text, sizeof text, "none yet: make compare A=epoll-et B=epoll-et");
    environment(note, &here);
    DIR *dir = opendir(runs);
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        snprintf(run_dir, sizeof run_dir, "%s/%s", runs, entry->d_name);
        bool like = read_environment(run_dir, &there) && strcmp(there.cpu_model, here.cpu_model) == 0 &&
                    strcmp(there.cpus, here.cpus) == 0;
        if (like && strcmp(there.date, last) > 0 && say(run_dir, there.date, text, sizeof text))
            snprintf(last, sizeof last, "%s", there.date);
    }
    if (dir)
        closedir(dir);
    return text;
}
