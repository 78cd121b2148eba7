/* iolab sweep idle: CPU per request against clients that say nothing. */
#define _GNU_SOURCE
#include "harness/cmd/cmd.h"
#include "harness/cmd/measure.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: iolab sweep idle [MODEL...] [OPTION]...\n\n"
    "Measures the CPU that a request costs while 0, 100, 1,000, 5,000 and 10,000 other clients are connected\n"
    "and silent. Who does not serve all at one point is not tried at the next.\n\n"
    "  --quick       shorter windows, and only 0, 1,000 and 5,000\n"
    "  --rounds N    so many rounds, 1 to 30 (1); the table shows the last\n"
    "  --seed N      of the arrivals and of the order (1)\n"
    MEASURE_HELP
    "  --out DIR     where the results go (results/DATE-TIME)\n"
    "  --csv         the table as CSV\n\n"
    "Example: iolab sweep idle poll epoll-lt --quick\n";

static const struct measure_row *row_of(const struct measure *measure, const char *model, int idle)
{
    for (int i = measure->row_count - 1; i >= 0; i--)
        if (measure->rows[i].idle == idle && strcmp(measure->rows[i].model, model) == 0)
            return &measure->rows[i];
    return NULL;
}

static bool all_served(const struct measure_row *row)
{
    return row && row->served == row->total && row->idle_served == row->idle_total;
}

static void answer(const struct measure *measure)
{
    enum { SPINS = 500000 };    /* half a CPU and more, in us a second, for 400 requests: it never waits */
    for (const char *const *model = measure->models; *model; model++) {
        const struct measure_row *none = row_of(measure, *model, 0), *most = NULL;
        for (int i = 0; i < measure->session.point_count; i++) {
            const struct measure_row *row = row_of(measure, *model, measure->session.points[i]);
            most = all_served(row) && !isnan(row->cpu_us) ? row : most;
        }
        if (measure_cannot(*model))
            printf("%-12s cannot run on this machine.\n", *model);
        else if (none && !all_served(none))
            printf("%-12s serves %d of %d clients, and none of them is silent.\n", *model, none->served, none->total);
        else if (!none || isnan(none->cpu_us) || !row_of(measure, *model, measure->session.points[1]))
            printf("%-12s was not measured far enough to tell.\n", *model);
        else if (!most || most == none)
            printf("%-12s does not serve all with %s silent clients.\n", *model,
                   measure_number(measure->session.points[1]));
        else if (none->cpu_us * none->per_s > SPINS)
            printf("%-12s takes what CPU it can get, from the first client on.\n", *model);
        else if (most->cpu_us < none->cpu_us * 2)
            printf("%-12s with %s silent clients a request costs less than twice as much.\n", *model,
                   measure_number(most->idle));
        else
            printf("%-12s with %s silent clients a request costs %.1f times as much.\n", *model,
                   measure_number(most->idle), most->cpu_us / none->cpu_us);
    }
}

static void print_csv(const struct measure *measure)
{
    printf("model,idle,idle_served,served,total,cpu_us_per_request,requests_per_s\n");
    for (int i = 0; i < measure->row_count; i++) {
        const struct measure_row *row = &measure->rows[i];
        printf("%s,%d,%d,%d,%d,%.2f,%.0f\n", row->model, row->idle, row->idle_served, row->served, row->total,
               row->cpu_us, row->per_s);
    }
}

static void print_table(const struct measure *measure)
{
    printf("\nCPU us per request%-6s", "");
    for (int i = 0; i < measure->session.point_count; i++)
        printf("%11s", measure_number(measure->session.points[i]));
    printf("  silent clients\n");
    for (const char *const *model = measure->models; *model; model++) {
        printf("%-24s", *model);
        for (int i = 0; i < measure->session.point_count; i++) {
            const struct measure_row *row = row_of(measure, *model, measure->session.points[i]);
            printf("%10s%s", measure_number(row ? row->cpu_us : NAN), !row || all_served(row) ? " " : "*");
        }
        printf("\n");
    }
    printf("* not all are served; - not measured. 16 active clients, 400 requests/s offered.\n"
           "%s, few requests a point: read the slope, not the point.\nResults: %s\n",
           measure->session.rounds == 1 ? "One round" : "The last of several rounds", measure->folder);
    measure_print_cannot(measure);
}

int cmd_sweep(int argc, char **argv)
{
    static struct measure measure;
    bool asks_help = argc > 1 && strcmp(argv[1], "--help") == 0;
    if (argc < 2 || (strcmp(argv[1], "idle") != 0 && !asks_help)) {
        fprintf(stderr, "iolab sweep: want `idle`, the one axis that there is (iolab sweep idle --help)\n");
        return 2;
    }
    int skipped = asks_help ? 0 : 1;
    measure.session.idle = measure.prints_table = true;
    int status = measure_parse(&measure, argc - skipped, argv + skipped, "sweep", help);
    if (status >= 0)
        return status;
    if ((status = measure_run(&measure, "sweep")) != 0)
        return status;
    if (measure.csv) {
        print_csv(&measure);
    } else {
        answer(&measure);
        print_table(&measure);
    }
    return cmd_interrupted ? 130 : 0;
}
