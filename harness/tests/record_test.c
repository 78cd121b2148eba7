/* A histogram in a file: fewer rows than buckets, no sample lost, none further off than 1 %. */
#define _GNU_SOURCE
#include "harness/trial/record.h"
#include "harness/tests/check.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SAMPLES = 20000 };
static struct trial trial;

/* From 1 µs to 2 s and again, as many in each octave; each hundredth was never answered. */
static void fill(struct hist *hist)
{
    uint64_t ns = 1000;
    for (int i = 0; i < SAMPLES; i++) {
        (i % 100 ? hist_record : hist_censor)(hist, ns);
        ns = ns < 2000000000 ? ns + ns / 700 + 1 : 1000;
    }
}

static int buckets_of(const struct hist *hist)
{
    int count = 0;
    for (struct hist_bucket bucket = {0}; hist_next(hist, &bucket);)
        count++;
    return count;
}

/* The rows of one kind: are they narrow, and do they rise? Returns how many; *held is what they hold. */
static int read_rows(const char *path, const char *kind, uint64_t *held)
{
    static const char form[] = "rate,poll,1,size=64,%15[a-z],%" SCNu64 ",%" SCNu64 ",%" SCNu64;
    char line[300], is[16];
    uint64_t low, high, count, above = 0;
    int rows = 0;
    FILE *file = fopen(path, "r");
    *held = 0;
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, form, is, &low, &high, &count) == 4 && strcmp(is, kind) == 0) {
            CHECK(low >= above, "%" PRIu64 " after %" PRIu64, low, above);
            CHECK(high - low <= low / 100, "a row from %" PRIu64 " to %" PRIu64 " ns", low, high);
            above = high + 1;
            *held += count;
            rows++;
        }
    if (file)
        fclose(file);
    return rows;
}

int main(void)
{
    char folder[] = "/tmp/iolab-record-XXXXXX", path[400];
    struct record record;
    uint64_t held;
    if (!mkdtemp(folder) || !record_open(&record, folder, path, sizeof path)) {
        perror(folder);
        return 1;
    }
    fill(&trial.load.response);
    trial.load.window_ns = 1000000000;
    trial.measured = true;
    record_trial(&record, &(struct record_place){"rate", "poll", 1, "size=64"}, &trial);
    CHECK(record_close(&record), "the files could not be written");
    snprintf(path, sizeof path, "%s/latency.csv", folder);
    int rows = read_rows(path, "response", &held), buckets = buckets_of(&trial.load.response);
    CHECK(held == SAMPLES, "%" PRIu64 " of %d samples", held, SAMPLES);
    CHECK(rows > 0 && rows * 2 < buckets, "%d rows of %d buckets", rows, buckets);
    static const char *const files[] = {"environment.csv", "trials.csv", "latency.csv"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        unlink(path);
    }
    rmdir(folder);
    return checks_failed();
}
