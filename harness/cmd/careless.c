/* iolab compare --from DIR --one-after-the-other: the trials are there, in the order in which they ran, and all are of
 * one server. So any ten in a row are what somebody measures who runs A five times and then B five times, and each
 * winner that is found in them is a false one. */
#include "harness/cmd/careless.h"
#include "harness/cmd/cmd.h"
#include "harness/stats/careless.h"
#include <math.h>
#include <string.h>

struct attempts { int count, winners; double farthest; };

/* Every ten in a row, each time one trial later. */
static struct attempts attempt_all(const double *logs, int count)
{
    struct attempts attempts = {0};
    for (int first = 0; first + CARELESS_TRIALS <= count; first++) {
        double ahead;
        attempts.count++;
        if (!careless_winner(logs + first, &ahead))
            continue;
        attempts.winners++;
        attempts.farthest = fmax(attempts.farthest, fabs(ahead));
    }
    return attempts;
}

/* In the order in which they ran; false: of one trial it is not known. */
static bool take_logs(const struct paired *paired, int metric, double *logs)
{
    bool known = true;
    for (int trial = 0; trial < 2 * paired->count; trial++) {
        int pair = trial / 2, side = trial % 2 ? !paired->first[pair] : paired->first[pair];
        double value = paired->pairs[pair].of[side][metric];
        known &= value > 0;
        logs[trial] = log(value);
    }
    return known;
}

static void print_attempts(const char *metric, struct attempts attempts)
{
    printf("  %-14s %d of %d attempts have a winner", metric, attempts.winners, attempts.count);
    if (attempts.winners && exp(attempts.farthest) < 2)
        printf(", by up to %.0f %%", 100 * expm1(attempts.farthest));
    else if (attempts.winners)
        printf(", by up to %.1f times", exp(attempts.farthest));
    printf("\n");
}

static int cannot(const char *why)
{
    fprintf(stderr, "iolab compare: --one-after-the-other: %s\n", why);
    return 2;
}

int careless_print(const struct paired *paired)
{
    static const struct { int metric; const char *name; } rows[] = {
        {PAIRS_CPU, "CPU/request"}, {PAIRS_P50, "response p50"}, {PAIRS_P99, "response p99"}};
    double logs[2 * SIGNED_RANK_MOST];
    char text[400];
    if (strcmp(paired->names[0], paired->names[1]) != 0)
        return cannot("name one server twice; of two that differ nobody knows whether a winner is a false one");
    if (2 * paired->count < CARELESS_TRIALS)
        return cannot("that takes five pairs");
    snprintf(text, sizeof text, "One after the other, which is the mistake. The same %d trials of %s, in the order in "
             "which they ran; any %d in a row as if the first %d were of A, the others of B, and a winner who is "
             "ahead by more than two standard errors:", 2 * paired->count, paired->names[0], CARELESS_TRIALS,
             CARELESS_EACH);
    cmd_print_from(0, text);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (!take_logs(paired, rows[i].metric, logs))
            continue;
        print_attempts(rows[i].name, attempt_all(logs, 2 * paired->count));
    }
    printf("There is nothing to win: each of these winners is a false one. Where each trial\nis independent of the "
           "ones before, 8 of 100 attempts have one all the same.\n\n");
    return 0;
}
