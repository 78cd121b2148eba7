/* iolab report: measures this machine, and makes a page of it; or makes the page of a run that is there. */
#define _GNU_SOURCE
#include "harness/cmd/battery.h"
#include "harness/cmd/claims.h"
#include "harness/cmd/cmd.h"
#include "harness/cmd/lt_et.h"
#include "harness/cmd/measure.h"
#include "harness/cmd/models.h"
#include "harness/cmd/ranking.h"
#include "harness/report/merge.h"
#include "harness/report/report.h"
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

static const char help[] =
    "usage: iolab report [MODEL...] [OPTION]... measures, and writes the page of it\n"
    "       iolab report DIR                    writes the page of one that is there\n"
    "       iolab report DIR DIR... [--out FILE.html]\n"
    "                                           several runs side by side, of several\n"
    "                                           machines or of one, as one page:\n"
    "                                           results/merged-DATE/report.html\n\n"
    "The page is DIR/report.html: one file that opens in any browser, without a\n"
    "network. Its path is the last line of the output. All servers take about two\n"
    "minutes: one round, which shows what it found, and orders nobody.\n\n"
    "  --quick       less of everything, 40 seconds: no battery, no claims, no\n"
    "                latency against load\n"
    "  --thorough    20 rounds, about 18 minutes: who can be told from whom\n"
    "  --rounds N    so many rounds, 1 to 30 (1); at most 5 of what is only drawn\n"
    "  --rate N      the offered rate, in requests a second (half of the slowest, 500\n"
    "                to 10,000)\n"
    "  --seed N      of the arrivals and of the order (1)\n"
    MEASURE_HELP
    "  --out DIR     where the results go (results/DATE-TIME)\n\n"
    "Example: iolab report --quick\n"
    "         iolab report results/20261121-094834\n"
    "         iolab report mine/20261121-094834 theirs/20261121-101500\n";

static int write_page(const char *run_dir)
{
    char page[4096], why[4608];
    if (report_write(run_dir, page, sizeof page, why, sizeof why) < 0) {
        fprintf(stderr, "iolab report: %s\n", why);
        return 1;
    }
    printf("%s\n", page);
    return 0;
}

/* -- Runs that are there ----------------------------------------------------------------------------------------- */

/* The first word is neither an option nor a model. */
static bool names_folders(int argc, char **argv)
{
    return argc > 1 && argv[1][0] != '-' && !cmd_is_model(argv[1]);
}

static bool is_folder(const char *name)
{
    struct stat stat_of;
    if (stat(name, &stat_of) == 0 && S_ISDIR(stat_of.st_mode))
        return true;
    fprintf(stderr, "iolab report: %s is neither a folder with results nor a model; the models are:", name);
    for (const char *const *model = cmd_models(); *model; model++)
        fprintf(stderr, " %s", *model);
    fprintf(stderr, "\n");
    return false;
}

/* results/merged-DATE/report.html; makes the folders. */
static bool default_page(char *page, size_t size)
{
    char folder[64];
    time_t now = time(NULL);
    struct tm local;
    strftime(folder, sizeof folder, "results/merged-%Y%m%d-%H%M%S", localtime_r(&now, &local));
    snprintf(page, size, "%s/report.html", folder);
    bool made = (mkdir("results", 0777) == 0 || errno == EEXIST) && (mkdir(folder, 0777) == 0 || errno == EEXIST);
    if (!made)
        fprintf(stderr, "iolab report: %s: %s; choose another file with --out FILE\n", folder, strerror(errno));
    return made;
}

static int merge_runs(const char *const *folders, int count, const char *out)
{
    char page[4096], why[4608];
    snprintf(page, sizeof page, "%s", out ? out : "");
    if (!out && !default_page(page, sizeof page))
        return 1;
    if (merge_write(folders, count, page, why, sizeof why) < 0) {
        fprintf(stderr, "iolab report: %s\n", why);
        return 1;
    }
    printf("%s\n", page);
    return 0;
}

/* Without the slashes at its end; twice the same is no two runs. False: it was said why not. */
static bool take_folder(char *name, const char **folders, int *count)
{
    for (size_t end = strlen(name); end > 1 && name[end - 1] == '/'; end--)
        name[end - 1] = '\0';
    if (!is_folder(name))
        return false;
    if (*count == MERGE_MOST) {
        fprintf(stderr, "iolab report: more than %d runs do not fit beside each other\n", MERGE_MOST);
        return false;
    }
    for (int i = 0; i < *count; i++)
        if (strcmp(folders[i], name) == 0) {
            fprintf(stderr, "iolab report: %s is named twice\n", name);
            return false;
        }
    folders[(*count)++] = name;
    return true;
}

static int write_page_of(int argc, char **argv)
{
    const char *folders[MERGE_MOST], *out = NULL;
    int count = 0;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--out") == 0 && i + 1 < argc)
            out = argv[++i];
        else if (!take_folder(argv[i], folders, &count))
            return 2;
    }
    if (count >= MERGE_LEAST)
        return merge_runs(folders, count, out);
    if (!out)
        return write_page(folders[0]);
    fprintf(stderr, "iolab report: --out is for several runs; the page of one is %s/report.html\n", folders[0]);
    return 2;
}

/* -- How much is measured ---------------------------------------------------------------------------------------- */

static int count_of(const char *const *models)
{
    int number = 0;
    while (models[number])
        number++;
    return number;
}

static void set_points(struct session_part *part, const int *points, int number)
{
    part->point_count = number;
    memcpy(part->points, points, (size_t)number * sizeof *points);
}

/* Latency against load takes long: one of each kind that can be overloaded will do, where all take part. */
static void choose_telling(const struct measure *measure, const char **telling)
{
    static const char *const kinds[] = {"poll", "epoll-lt", "aio", "thread"};
    enum { KINDS = sizeof kinds / sizeof *kinds };
    int chosen = 0;
    for (const char *const *model = measure->models; *model; model++)
        for (int i = 0; i < KINDS; i++)
            if (strcmp(*model, kinds[i]) == 0 || count_of(measure->models) <= KINDS) {
                telling[chosen++] = *model;
                break;
            }
    telling[chosen] = NULL;
}

/* Many rounds are for the verdicts on the one rate; what is only drawn needs fewer. */
static void limit_rounds(struct session_options *session)
{
    enum { DRAWN_MOST = 5 };
    struct session_part *drawn[] = {&session->closed, &session->idle, &session->along};
    for (size_t i = 0; i < sizeof drawn / sizeof *drawn; i++)
        if (drawn[i]->rounds > DRAWN_MOST)
            drawn[i]->rounds = DRAWN_MOST;
}

/* A round that orders nobody: short windows, but for the one rate, which all are seen at. */
static void choose_one_round(struct measure *measure)
{
    static const char *telling[SESSION_MODELS + 1];
    static const int idle[] = {0, 100, 1000, 5000}, load[] = {10, 50, 90, 110};
    struct session_options *session = &measure->session;
    choose_telling(measure, telling);
    set_points(&session->idle, idle, sizeof idle / sizeof *idle);
    set_points(&session->along, load, sizeof load / sizeof *load);
    session->axis = AXIS_LOAD;
    session->along.models = telling[0] ? telling : NULL;
    session->along.rounds = session->rate.rounds;
    session->closed.window_ms = session->along.window_ms = 250;
    session->idle.window_ms = 150;
}

static void choose_quick(struct measure *measure)
{
    static const int idle[] = {0, 1000, 3000};
    set_points(&measure->session.idle, idle, sizeof idle / sizeof *idle);
    measure->session.idle.window_ms = 150;
}

static void choose_thorough(struct measure *measure)
{
    static const int idle[] = {0, 100, 1000, 5000, 10000}, load[] = {10, 25, 50, 75, 90, 100, 110};
    struct session_options *session = &measure->session;
    set_points(&session->idle, idle, sizeof idle / sizeof *idle);
    set_points(&session->along, load, sizeof load / sizeof *load);
    session->axis = AXIS_LOAD;
    int rounds = measure->rounds > 0 ? measure->rounds : ROUNDS_TO_CLAIM;
    session->closed.rounds = session->rate.rounds = session->idle.rounds = session->along.rounds = rounds;
    session->along.window_ms = session->idle.window_ms = 500;
}

/* What tutorials claim is about all servers. */
static bool tries_claims(const struct measure *measure)
{
    return !measure->session.quick && count_of(measure->models) >= count_of(cmd_models());
}

/* About so long the battery takes before the trials; and after them a figure of each model, both kinds of epoll side by
 * side, and the claims. */
static void estimate(struct measure *measure)
{
    enum { CLAIMS_S = 32 };
    int models = count_of(measure->models);
    measure->session.before_s = measure->session.quick ? 0 : 2 * models;
    measure->session.after_s = 4 + models / 3.0 + (tries_claims(measure) ? CLAIMS_S : 0);
}

static void choose(struct measure *measure)
{
    if (measure->session.thorough)
        choose_thorough(measure);
    else if (measure->session.quick)
        choose_quick(measure);
    else
        choose_one_round(measure);
    limit_rounds(&measure->session);
    estimate(measure);
}

static void tell_duration(const struct measure *measure)
{
    double seconds = session_estimate_s(&measure->session);
    time_t end = time(NULL) + (time_t)seconds + 30;    /* to the nearest minute */
    struct tm local;
    char clock[16];
    strftime(clock, sizeof clock, "%H:%M", localtime_r(&end, &local));
    int servers = count_of(measure->models);
    fprintf(stderr, "%d server%s: %s, until %s; Ctrl-C keeps what is measured\n", servers, servers == 1 ? "" : "s",
            measure_duration(seconds), clock);
}

/* -- What is no trial -------------------------------------------------------------------------------------------- */

/* Before the trials, never beside them: its players take all the CPU there is. */
static void play_battery(const struct session_options *session)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/battery.csv", session->folder);
    if (!session->quick)
        battery_record(session->models, path);
}

/* In the figures all servers echo: of foreign ones that speak http there are none. */
static void record_figures(const struct measure *measure)
{
    const char *models[SESSION_MODELS + 1];
    int count = 0;
    for (const char *const *model = measure->models; *model; model++)
        if (!measure->session.http || !servers_command(*model))
            models[count++] = *model;
    models[count] = NULL;
    if (!models_record(measure->folder, models, servers_command))
        perror("iolab report: models.csv");
}

static bool takes_part(const struct measure *measure, const char *name)
{
    for (const char *const *model = measure->models; *model; model++)
        if (strcmp(*model, name) == 0)
            return true;
    return false;
}

/* Level and edge are no measurement, but scenes; they stand in the same page, where both were measured. */
static void record_lt_et(const struct measure *measure)
{
    char why[4608];
    if (!takes_part(measure, "epoll-lt") || !takes_part(measure, "epoll-et"))
        return;
    if (!lt_et_record(measure->folder, why, sizeof why))
        fprintf(stderr, "iolab report: level and edge: %s\n", why);
}

static void record_claims(const struct measure *measure)
{
    char why[4608];
    if (tries_claims(measure) && !claims_record(measure->folder, measure->session.seed, why, sizeof why))
        fprintf(stderr, "iolab report: claims: %s\n", why);
}

/* -- The command ------------------------------------------------------------------------------------------------- */

/* Twenty rounds tell who can be told from whom. */
static void rank(const struct measure *measure)
{
    static struct ranking ranking;
    char text[RANKING_SAYS];
    if (measure->session.rate.rounds < ROUNDS_TO_CLAIM)
        return;
    ranking_judge(measure, &ranking);
    if (ranking.told.claims)
        ranking_write(measure, &ranking);
    ranking_say(measure, &ranking, text, sizeof text);
    cmd_print_from(0, text);
}

static int finish(const struct measure *measure)
{
    if (measure->row_count == 0 && cmd_interrupted) {
        fprintf(stderr, "iolab report: it was interrupted before the first trial, so there is no page\n");
        return 130;
    }
    rank(measure);
    if (!cmd_interrupted)
        record_figures(measure);
    if (!cmd_interrupted)
        record_lt_et(measure);
    if (!cmd_interrupted)
        record_claims(measure);
    int status = write_page(measure->folder);
    return cmd_interrupted ? 130 : status;
}

int cmd_report(int argc, char **argv)
{
    static struct measure measure;
    struct session_options *session = &measure.session;
    if (names_folders(argc, argv))
        return write_page_of(argc, argv);
    session->closed.rounds = session->rate.rounds = session->idle.rounds = 1;
    session->first = play_battery;
    measure.may_be_thorough = true;
    int status = measure_parse(&measure, argc, argv, "report", help);
    if (status >= 0)
        return status;
    if (session->quick && session->thorough) {
        fprintf(stderr, "iolab report: --quick or --thorough, not both\n");
        return 2;
    }
    choose(&measure);
    tell_duration(&measure);
    status = measure_run(&measure, "report");
    return status == 0 ? finish(&measure) : cmd_interrupted ? 130 : status;
}
