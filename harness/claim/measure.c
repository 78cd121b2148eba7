#define _GNU_SOURCE
#include "harness/claim/measure.h"
#include "harness/claim/lab.h"
#include "harness/load/random.h"
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { WARMUP_MS = 30, WINDOW_MS = 90, PATIENCE_MS = 1000, TRIES = 3, SIZE = 64 };

/* -- One trial --------------------------------------------------------------------------------------------------- */

static void run(const struct claim_world *world, const char *server, const struct claim_load *load,
                const char *books, struct trial *trial)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s", world->path(server));
    char *const argv[] = {path, (char *)"--port", (char *)"0", (char *)"--quiet", (char *)"--books", (char *)books,
                          NULL};
    const struct trial_plan plan = {
        .argv = argv, .books = books, .connections = load->connections, .idle = load->idle, .size = SIZE,
        .rate = load->rate, .warmup_ms = WARMUP_MS, .window_ms = WINDOW_MS, .patience_ms = PATIENCE_MS,
        .seed = world->seed, .server_cpu = world->machine->server_cpu, .stop = world->stop};
    trial_run(&plan, trial);
}

/* NULL, or why it gave no figures. */
static const char *without_figures(const struct trial *trial)
{
    const struct load_result *load = &trial->load;
    if (trial->cannot[0])
        return trial->cannot;
    if (trial->failed[0])
        return trial->failed;
    if (!trial_served_all(load))
        return load->trouble[0] ? load->trouble : "it did not serve all clients";
    if (load->requests == 0 || trial->server_cpu_ns <= 0)
        return "in the whole window it answered nothing: the machine is too busy";
    return trial->has_books ? NULL : "it left no books";
}

bool claim_measure(const struct claim_world *world, const char *server, const struct claim_load *load,
                   struct claim_measured *measured, struct claim_found *found)
{
    static struct trial trial;
    char books[64];
    const char *why = "interrupted";
    for (int i = 0; why && i < TRIES && !*world->stop; i++) {
        int memory = memfd_create("books", MFD_CLOEXEC);
        snprintf(books, sizeof books, "/proc/%d/fd/%d", getpid(), memory);
        run(world, server, load, books, &trial);
        why = without_figures(&trial);
        close(memory);
    }
    if (why) {
        claim_cannot(found, "%s with %d silent clients: %s", server, load->idle, why);
        return false;
    }
    double requests = (double)trial.load.requests, answered = (double)trial.load.answered;
    *measured = (struct claim_measured){(double)trial.server_cpu_ns / 1000 / requests,
                                        (double)trial.books.waits / answered, (double)trial.books.reads / answered};
    return true;
}

/* -- Pairs ------------------------------------------------------------------------------------------------------- */

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double claim_median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, by_size);
    return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

static struct claim_measured median_of(const struct claim_measured trials[CLAIM_PAIRS])
{
    double cpu[CLAIM_PAIRS], wakeups[CLAIM_PAIRS], reads[CLAIM_PAIRS];
    for (int i = 0; i < CLAIM_PAIRS; i++) {
        cpu[i] = trials[i].cpu_us;
        wakeups[i] = trials[i].wakeups;
        reads[i] = trials[i].reads;
    }
    return (struct claim_measured){claim_median(cpu, CLAIM_PAIRS), claim_median(wakeups, CLAIM_PAIRS),
                                   claim_median(reads, CLAIM_PAIRS)};
}

bool claim_compare(const struct claim_world *world, const char *const servers[2], const struct claim_load *load,
                   struct verdict *verdict, struct claim_measured medians[2], struct claim_found *found)
{
    struct claim_measured trials[2][CLAIM_PAIRS];
    double differences[CLAIM_PAIRS];
    uint64_t coins = world->seed;
    for (int i = 0; i < CLAIM_PAIRS; i++) {
        int first = (int)(random_next(&coins) >> 63), second = !first;
        machine_rest(world->machine);
        if (!claim_measure(world, servers[first], load, &trials[first][i], found) ||
            !claim_measure(world, servers[second], load, &trials[second][i], found))
            return false;
        differences[i] = log(trials[1][i].cpu_us / trials[0][i].cpu_us);
    }
    *verdict = verdict_of(differences, CLAIM_PAIRS, verdict_alpha_once);
    for (int side = 0; side < 2; side++)
        medians[side] = median_of(trials[side]);
    return true;
}
