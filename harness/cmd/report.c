/* iolab report: measures this machine, and makes a page of it; or makes the page of a run that is there. */
#define _GNU_SOURCE
#include "harness/cmd/battery.h"
#include "harness/cmd/cmd.h"
#include "harness/cmd/lt_et.h"
#include "harness/cmd/measure.h"
#include "harness/cmd/models.h"
#include "harness/report/report.h"
#include <string.h>
#include <sys/stat.h>

static const char help[] =
    "usage: iolab report [MODEL...] [OPTION]... measures, and writes the page of it\n"
    "       iolab report DIR                    writes the page of one that is there\n\n"
    "The page is DIR/report.html: one file that opens in any browser, without a\n"
    "network. Its path is the last line of the output.\n\n"
    "  --quick       shorter windows, fewer points with silent clients, and no\n"
    "                battery: about a minute\n"
    "  --rounds N    so many rounds, 1 to 30 (1)\n"
    "  --rate N      the offered rate, in requests a second (half of the slowest, 500\n"
    "                to 10,000)\n"
    "  --seed N      of the arrivals and of the order (1)\n"
    MEASURE_HELP
    "  --out DIR     where the results go (results/DATE-TIME)\n\n"
    "Example: iolab report --quick\n"
    "         iolab report results/20261121-094834\n";

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

/* A folder is named: the only word, and neither an option nor a model. */
static bool names_a_folder(int argc, char **argv)
{
    return argc == 2 && argv[1][0] != '-' && !cmd_is_model(argv[1]);
}

static int write_page_of(const char *run_dir)
{
    struct stat stat_of;
    char folder[3072];
    if (stat(run_dir, &stat_of) < 0 || !S_ISDIR(stat_of.st_mode)) {
        fprintf(stderr, "iolab report: %s is neither a folder with results nor a model; the models are:", run_dir);
        for (const char *const *model = cmd_models(); *model; model++)
            fprintf(stderr, " %s", *model);
        fprintf(stderr, "\n");
        return 2;
    }
    snprintf(folder, sizeof folder, "%s", run_dir);
    for (size_t end = strlen(folder); end > 1 && folder[end - 1] == '/'; end--)
        folder[end - 1] = '\0';
    return write_page(folder);
}

/* Before the trials, never beside them: its players take all the CPU there is. */
static void play_battery(const struct session_options *session)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/battery.csv", session->folder);
    if (!session->quick)
        battery_record(session->models, path);
}

/* About so long is what follows: a figure of each model, and both kinds of epoll side by side. */
static double figures_s(const struct measure *measure)
{
    int count = 0;
    while (measure->models[count])
        count++;
    return 4 + count / 3.0;
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

int cmd_report(int argc, char **argv)
{
    static struct measure measure;
    if (names_a_folder(argc, argv))
        return write_page_of(argv[1]);
    measure.session.closed = measure.session.rate = measure.session.idle = true;
    measure.session.first = play_battery;
    int status = measure_parse(&measure, argc, argv, "report", help);
    if (status >= 0)
        return status;
    measure.session.after_s = figures_s(&measure);
    if ((status = measure_run(&measure, "report")) == 0) {
        if (!cmd_interrupted)
            record_figures(&measure);
        if (!cmd_interrupted)
            record_lt_et(&measure);
        status = write_page(measure.folder);
    }
    return cmd_interrupted ? 130 : status;
}
