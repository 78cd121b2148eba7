/* iolab claims: what tutorials claim, each as an experiment on this machine.
 *
 * Experiments that count mostly wait, so several run at once, in players (players.h). Those that time something run
 * alone, afterwards, driver and server each on a CPU of its own. */
#define _GNU_SOURCE
#include "harness/cmd/claims.h"
#include "harness/child/clock.h"
#include "harness/cmd/cmd.h"
#include "harness/cmd/players.h"
#include "harness/cmd/take.h"
#include "harness/report/csv.h"
#include <errno.h>
#include <getopt.h>
#include <libgen.h>
#include <limits.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct wish { const char *out; bool list, csv; uint64_t seed; };

static void help(FILE *to)
{
    fprintf(to,
            "usage: iolab claims [ID]... [OPTION]...\n\n"
            "Tutorials say: epoll does not care how many clients are silent; edge-triggered\n"
            "is more efficient; a non-blocking read returns at once. Each such claim is an\n"
            "experiment on this machine: CONFIRMED, REFUTED or DEPENDS, with the numbers, and\n"
            "a command with which one sees it oneself. All of them, or those named.\n\n"
            "  --list       the claims, their IDs, and whether something is timed or counted\n"
            "  --csv        as CSV, a line for each claim; so too with --list\n"
            "  --out DIR    write into this folder: claims.csv, claim_figures.csv\n"
            "  --seed N     of arrivals and coins (1)\n\n"
            "A claim that is refuted is a finding, and no error: the exit is 0.\n\n"
            "Example: iolab claims client-two-waits epoll-flat\n");
}

/* -- Trying ------------------------------------------------------------------------------------------------------ */

/* What is being tried now; players, which are forked, have it, too. */
static struct evening {
    struct claims *claims;
    struct machine *machine;            /* shared by the players: it has rested so long for all */
    char scenes[PATH_MAX], careless[PATH_MAX];
    uint64_t seed;
    int group[CLAIMS_MOST], group_count;        /* those that are tried now: their places in the list */
    int done_before, told;
    double began_ms, told_ms;           /* told_ms: when the last of those that are done was told */
} evening;

static const struct claim_found *found_of(const char *id)
{
    for (int i = 0; i < evening.claims->count; i++)
        if (strcmp(evening.claims->list[i]->id, id) == 0 && evening.claims->entries[i].done)
            return &evening.claims->entries[i].found;
    return NULL;
}

/* In a player. */
static void try_one(void *unused, int task)
{
    (void)unused;
    int number = evening.group[task];
    const struct claim *claim = evening.claims->list[number];
    struct claims_entry *entry = &evening.claims->entries[number];
    const struct claim_world world = {.path = cmd_model_path, .scenes = evening.scenes, .careless = evening.careless,
                                      .machine = claim->timed ? evening.machine : NULL, .seed = evening.seed,
                                      .stop = &cmd_interrupted, .found = found_of};
    double began_ms = now_ms();
    entry->begun = true;
    claim->run(&world, &entry->found);
    entry->ms = now_ms() - began_ms;
    entry->done = !cmd_interrupted;
}

/* -- Progress: on a terminal one line that changes, elsewhere plain lines ---------------------------------------- */

/* About as long as one takes, in seconds, until it is known better. */
static double usual_s(const struct claim *claim) { return claim->timed ? 4.0 : 2.0 / players_usual(); }

/* What is under way has taken some of its time already. */
static double left_s(const struct claims *claims)
{
    double left = 0, done = 0, known_s = (evening.told_ms - evening.began_ms) / 1000;
    for (int i = 0; i < claims->count; i++)
        *(claims->entries[i].done ? &done : &left) += usual_s(claims->list[i]);
    if (done > 3)
        left *= known_s / done;
    left -= (now_ms() - evening.told_ms) / 1000;
    return left > 1 ? left : 1;
}

/* The first that is begun and not done. */
static const char *now_trying(const struct claims *claims)
{
    for (int i = 0; i < claims->count; i++)
        if (claims->entries[i].begun && !claims->entries[i].done)
            return claims->list[i]->id;
    return "";
}

static void tell_progress(void *unused, int done)
{
    (void)unused;
    bool terminal = isatty(STDERR_FILENO);
    int all = evening.claims->count, so_far = evening.done_before + done;
    if (!terminal && (so_far == 0 || so_far == evening.told))
        return;
    if (so_far != evening.told)
        evening.told_ms = now_ms();
    evening.told = so_far;
    if (so_far == all)
        return;
    fprintf(stderr, "%s%3d of %d  %-22s about %.0f s left%s", terminal ? "\r\033[K" : "", so_far, all,
            now_trying(evening.claims), left_s(evening.claims), terminal ? "" : "\n");
}

/* -- All of them ------------------------------------------------------------------------------------------------- */

static void try_group(int jobs)
{
    const struct players players = {.tasks = evening.group_count, .play = try_one, .look = tell_progress,
                                    .jobs = jobs < evening.group_count ? jobs : evening.group_count};
    if (evening.group_count > 0)
        players_run(&players);
    evening.done_before += evening.group_count;
    evening.group_count = 0;
}

/* Whose player died has found nothing, but that. */
static void blame_the_broken(struct claims *claims)
{
    for (int i = 0; i < claims->count; i++) {
        struct claims_entry *entry = &claims->entries[i];
        if (entry->done || cmd_interrupted)
            continue;
        entry->found = (struct claim_found){.verdict = CLAIM_NOT_TRIED};
        snprintf(entry->found.why_not, sizeof entry->found.why_not,
                 "its experiment broke off; alone it may tell more: iolab claims %s", claims->list[i]->id);
        entry->done = true;
    }
}

static void try_all(struct claims *claims, uint64_t seed)
{
    claims->entries = players_memory((size_t)(claims->count + 1) * sizeof *claims->entries);
    evening = (struct evening){.claims = claims, .seed = seed, .began_ms = now_ms(), .told = -1};
    evening.machine = players_memory(sizeof *evening.machine);
    snprintf(evening.scenes, sizeof evening.scenes, "%s", cmd_house_path("harness/claim/waiting.scene"));
    dirname(evening.scenes);        /* the folder alone would be found among the objects, too */
    snprintf(evening.careless, sizeof evening.careless, "%s", cmd_model_path("../claim"));
    for (int i = 0; i < claims->count; i++)
        if (!claims->list[i]->timed)
            evening.group[evening.group_count++] = i;
    try_group(players_usual());
    machine_pin(evening.machine);           /* players that are forked now are where we are */
    for (int i = 0; i < claims->count && !cmd_interrupted; i++)
        if (claims->list[i]->timed) {
            evening.group[evening.group_count++] = i;
            try_group(1);
        }
    machine_release(evening.machine);
    blame_the_broken(claims);
    claims->interrupted = cmd_interrupted;
    claims->took_s = (now_ms() - evening.began_ms) / 1000;
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r\033[K");
    munmap(evening.machine, sizeof *evening.machine);
}

static void forget(struct claims *claims)
{
    if (claims->entries)
        munmap(claims->entries, (size_t)(claims->count + 1) * sizeof *claims->entries);
    claims->entries = NULL;
}

/* -- Result files ------------------------------------------------------------------------------------------------ */

static bool write_file(const struct claims *claims, const char *folder, const char *name,
                       void (*contents)(const struct claims *, FILE *), char *why, size_t size)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *to = fopen(path, "we");
    if (to)
        contents(claims, to);
    if (cmd_close(to))
        return true;
    snprintf(why, size, "%s: %s", path, strerror(errno));
    return false;
}

static bool write_files(const struct claims *claims, const char *folder, char *why, size_t size)
{
    return write_file(claims, folder, "claims.csv", claims_print_csv, why, size) &&
           write_file(claims, folder, "claim_figures.csv", claims_print_figures, why, size);
}

static void take_all(struct claims *claims)
{
    for (const struct claim *claim; claims->count < CLAIMS_MOST && (claim = claim_at(claims->count));)
        claims->list[claims->count++] = claim;
}

bool claims_record(const char *folder, uint64_t seed, char *why, size_t size)
{
    static struct claims claims;
    claims = (struct claims){0};
    take_all(&claims);
    try_all(&claims, seed);
    bool written = write_files(&claims, folder, why, size);
    forget(&claims);
    return written;
}

/* -- The command ------------------------------------------------------------------------------------------------- */

static const char *kind_of(const struct claim *claim) { return claim->timed ? "timed" : "counted"; }

static int list_claims(bool csv)
{
    enum { FIELDS = 5 };
    const struct claim *claim;
    if (csv)
        printf("id,kind,lab,claim,try\n");
    for (int i = 0; (claim = claim_at(i)); i++) {
        const char *const fields[FIELDS] = {claim->id, kind_of(claim), claim->lab, claim->claim, claim->try};
        if (csv)
            csv_write(stdout, fields, FIELDS);
        else
            cmd_print_from(printf("%-22s %-8s", claim->id, kind_of(claim)), claim->claim);
    }
    return 0;
}

static bool take_one(struct claims *claims, const char *id)
{
    for (int i = 0; claim_at(i); i++) {
        const struct claim *claim = claim_at(i);
        if (strcmp(claim->id, id) != 0)
            continue;
        for (int j = 0; j < claims->count; j++)
            if (claims->list[j] == claim)
                return true;
        claims->list[claims->count++] = claim;
        return true;
    }
    return false;
}

static int no_such_claim(const char *id)
{
    fprintf(stderr, "iolab claims: no claim \"%s\"; there are:", id);
    for (int i = 0; claim_at(i); i++)
        fprintf(stderr, " %s", claim_at(i)->id);
    fprintf(stderr, "\n");
    return 2;
}

static int parse(int argc, char **argv, struct wish *wish)
{
    static const struct option options[] = {
        {"list", no_argument, NULL, 'l'},       {"csv", no_argument, NULL, 'c'},  {"out", required_argument, NULL, 'd'},
        {"seed", required_argument, NULL, 's'}, {"help", no_argument, NULL, 'h'}, {0}};
    long seed;
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;)
        switch (o) {
        case 'l': wish->list = true; break;
        case 'c': wish->csv = true; break;
        case 'd': wish->out = optarg; break;
        case 's':
            if (take_number("claims", "--seed", 0, TAKE_SEED_MOST, &seed) >= 0)
                return 2;
            wish->seed = (uint64_t)seed;
            break;
        case 'h': help(stdout); return 0;
        default: help(stderr); return 2;
        }
    return -1;
}

static int status_of(const struct claims *claims)
{
    int tried = 0;
    for (int i = 0; i < claims->count; i++)
        tried += claims->entries[i].done && claims->entries[i].found.verdict != CLAIM_NOT_TRIED;
    return claims->interrupted ? 130 : tried == 0 ? 77 : 0;
}

static int try_and_tell(struct claims *claims, const struct wish *wish)
{
    char why[PATH_MAX + 200];
    cmd_heed_interrupts();
    try_all(claims, wish->seed);
    (wish->csv ? claims_print_csv : claims_tell)(claims, stdout);
    int status = status_of(claims);
    if (wish->out && !write_files(claims, wish->out, why, sizeof why)) {
        fprintf(stderr, "iolab claims: %s\n", why);
        status = 1;
    }
    forget(claims);
    return status;
}

int cmd_claims(int argc, char **argv)
{
    static struct claims claims;
    struct wish wish = {.seed = 1};
    int status = parse(argc, argv, &wish);
    if (status >= 0)
        return status;
    if (wish.list)
        return list_claims(wish.csv);
    if (wish.out && access(wish.out, W_OK) < 0) {       /* it would be a pity afterwards */
        fprintf(stderr, "iolab claims: --out %s: %s\n", wish.out, strerror(errno));
        return 2;
    }
    for (int i = optind; i < argc; i++)
        if (!take_one(&claims, argv[i]))
            return no_such_claim(argv[i]);
    if (optind == argc)
        take_all(&claims);
    return try_and_tell(&claims, &wish);
}
