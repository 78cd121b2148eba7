/* iolab sweep: what changes along one axis: silent clients, active clients, the size of a message, or the load.
 *
 * A cell is the median of the rounds. The first lines answer the question of the axis, one for each model; the tables
 * give the figures, and their marks what speaks against a cell. */
#define _GNU_SOURCE
#include "harness/cmd/cmd.h"
#include "harness/cmd/measure.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: iolab sweep AXIS [MODEL...] [OPTION]...\n\n"
    "Measures all models, or those that are named, along one axis:\n\n"
    "  idle          the CPU that a request costs while 0, 100, 1,000 ... other\n"
    "                clients are connected and silent, up to the limit of descriptors\n"
    "                (ulimit -Hn), at most 50,000\n"
    "  clients       requests/s and latency with 1 to 1,024 clients that send as soon\n"
    "                as they can\n"
    "  size          bytes/s and CPU with messages of 1 byte to 1 MiB\n"
    "  load          latency with 10 to 110 % of what the same server did in a closed\n"
    "                loop just before\n\n"
    "Who does not serve all at one point is not tried with more clients.\n\n"
    "  --quick       shorter windows, and fewer points\n"
    "  --rounds N    so many rounds, 1 to 30 (1); the table shows their medians\n"
    "  --seed N      of the arrivals and of the order (1)\n"
    MEASURE_HELP
    "  --out DIR     where the results go (results/DATE-TIME)\n"
    "  --csv         all trials as CSV\n\n"
    "Example: iolab sweep idle poll epoll-lt --quick\n"
    "         iolab sweep load epoll-et --rounds 5\n";

/* -- Axes -------------------------------------------------------------------------------------------------------- */

enum { POINTS = 7, IDLE_MOST = 50000, COLUMN = 9 };

/* A figure of a row; NAN: not measured. Above: it is more than that, and nobody knows how much. */
struct figure { double is; bool above; };

struct metric { const char *title; struct figure (*of)(const struct measure_row *); bool time; };

struct axis {
    const char *name, *unit;
    enum session_axis axis;
    int points[POINTS], quick[POINTS];      /* rising; INT32_MAX ends them before the end */
    int (*point)(const struct measure_row *);
    struct metric metrics[2];
    void (*answer)(const struct measure *, const struct axis *, const char *model);
    const char *conditions;
};

/* The session has a switch of its own for it. It tells CPU, so that its driver may be late. */
static bool is_idle(const struct axis *axis) { return axis->axis == AXIS_NONE; }

static const struct session_part *part_of(const struct measure *measure)
{
    return measure->session.idle.rounds > 0 ? &measure->session.idle : &measure->session.along;
}

static int idle_of(const struct measure_row *row) { return row->idle; }
static int clients_of(const struct measure_row *row) { return row->connections; }
static int size_of(const struct measure_row *row) { return row->size; }
static int load_of(const struct measure_row *row) { return row->load; }

static struct figure cpu(const struct measure_row *row) { return (struct figure){row->cpu_us, false}; }
static struct figure per_s(const struct measure_row *row) { return (struct figure){row->per_s, false}; }
static struct figure p50(const struct measure_row *row) { return (struct figure){row->p50_us, row->p50_above}; }
static struct figure p99(const struct measure_row *row) { return (struct figure){row->p99_us, row->p99_above}; }

static struct figure mib_per_s(const struct measure_row *row)
{
    return (struct figure){row->per_s * row->size / (1 << 20), false};
}

/* -- A cell: the rounds of one model at one point ---------------------------------------------------------------- */

struct cell {
    struct figure figure;
    int rows;
    bool all_served;                /* and to the end */
    bool limited;                   /* by the driver, in half of the rounds or more */
    const struct measure_row *last; /* NULL: none */
};

static int by_figure(const void *a, const void *b)
{
    double x = ((const struct figure *)a)->is, y = ((const struct figure *)b)->is;
    return (x > y) - (x < y);
}

static struct figure median(struct figure *figures, int count)
{
    if (count == 0)
        return (struct figure){NAN, false};
    qsort(figures, (size_t)count, sizeof *figures, by_figure);
    struct figure low = figures[(count - 1) / 2], high = figures[count / 2];
    return (struct figure){(low.is + high.is) / 2, low.above || high.above};
}

static struct cell cell_of(const struct measure *measure, const struct axis *axis, const char *model, int point,
                           const struct metric *metric)
{
    static struct figure figures[SESSION_ROUNDS];
    struct cell cell = {.all_served = true};
    int count = 0, limited = 0;
    for (int i = 0; i < measure->row_count; i++) {
        const struct measure_row *row = &measure->rows[i];
        if (strcmp(row->experiment, axis->name) != 0 || strcmp(row->model, model) != 0 || axis->point(row) != point)
            continue;
        cell.last = row;
        cell.rows++;
        cell.all_served &= row->served == row->total && row->idle_served == row->idle_total && row->lost == 0;
        limited += (row->flags & (LOAD_DRIVER_BUSY | LOAD_DRIVER_LATE)) != 0;
        if (!isnan(metric->of(row).is) && count < SESSION_ROUNDS)
            figures[count++] = metric->of(row);
    }
    cell.figure = median(figures, count);
    cell.all_served &= cell.rows > 0;
    cell.limited = !is_idle(axis) && count > 0 && limited > 0 && 2 * limited >= cell.rows;
    return cell;
}

static struct cell at(const struct measure *measure, const struct axis *axis, const char *model, int i, int metric)
{
    return cell_of(measure, axis, model, part_of(measure)->points[i], &axis->metrics[metric]);
}

/* -- Answers ----------------------------------------------------------------------------------------------------- */

static const char not_far_enough[] = "was not measured far enough to tell.\n";
static const char busy[] = "cannot tell: the machine was busy.\n";

/* Of a cell that is not all served. The rest of the sentence, and its end, are the caller's. */
static void print_served(const struct cell *cell)
{
    if (cell->last->served < cell->last->total)
        printf("serves %s of %s clients", measure_number(cell->last->served), measure_number(cell->last->total));
    else
        printf("does not hold to the end (why stands below)");
}

static void answer_idle(const struct measure *measure, const struct axis *axis, const char *model)
{
    enum { SPINS = 500000 };    /* half a CPU and more, in us a second, for 400 requests: it never waits */
    struct cell none = at(measure, axis, model, 0, 0), next = at(measure, axis, model, 1, 0), most = none;
    for (int i = 1; i < part_of(measure)->point_count; i++) {
        struct cell cell = at(measure, axis, model, i, 0);
        most = cell.all_served && !isnan(cell.figure.is) ? cell : most;
    }
    if (none.last && !none.all_served) {
        print_served(&none);
        printf(", and nobody is silent.\n");
    } else if (!none.last || isnan(none.figure.is) || !next.last)
        fputs(not_far_enough, stdout);
    else if (most.last == none.last)
        printf("does not serve all with %s silent clients.\n", measure_number(part_of(measure)->points[1]));
    else if (measure_busy(measure))
        fputs(busy, stdout);
    else if (none.figure.is * none.last->per_s > SPINS)
        printf("takes what CPU it can get, from the first client on.\n");
    else if (most.figure.is < none.figure.is * 2)
        printf("with %s silent clients a request costs less than twice as much.\n", measure_number(most.last->idle));
    else
        printf("with %s silent clients a request costs %.1f times as much.\n", measure_number(most.last->idle),
               most.figure.is / none.figure.is);
}

static void answer_clients(const struct measure *measure, const struct axis *axis, const char *model)
{
    struct cell last = {0}, most = {.figure = {0, false}};
    for (int i = 0; i < part_of(measure)->point_count; i++) {
        struct cell cell = at(measure, axis, model, i, 0);
        last = cell.last ? cell : last;
        most = cell.all_served && cell.figure.is > most.figure.is ? cell : most;
    }
    if (!last.last || (!most.last && last.all_served))
        fputs(not_far_enough, stdout);
    else if (!last.all_served) {
        print_served(&last);
        printf(".\n");
    } else if (measure_busy(measure))
        fputs(busy, stdout);
    else
        printf("serves all of %s; most requests/s with %s, at least %s.\n", measure_number(last.last->total),
               measure_number(most.last->total), measure_number(most.figure.is));
}

static void answer_size(const struct measure *measure, const struct axis *axis, const char *model)
{
    struct cell small = at(measure, axis, model, 0, 1);
    struct cell large = at(measure, axis, model, part_of(measure)->point_count - 1, 1);
    double kib = part_of(measure)->points[part_of(measure)->point_count - 1] / 1024.0;
    if (small.last && !small.all_served) {
        print_served(&small);
        printf(".\n");
    } else if (isnan(small.figure.is) || isnan(large.figure.is))
        fputs(not_far_enough, stdout);
    else if (measure_busy(measure))
        fputs(busy, stdout);
    else
        printf("a request costs %s us of CPU, and each KiB %s us more.\n", measure_number(small.figure.is),
               measure_number((large.figure.is - small.figure.is) / kib));
}

/* What it did in the closed loop that its capacity comes from; or NULL. */
static const struct measure_row *closed_row(const struct measure *measure, const char *model)
{
    for (int i = measure->row_count - 1; i >= 0; i--)
        if (strcmp(measure->rows[i].experiment, "closed") == 0 && strcmp(measure->rows[i].model, model) == 0)
            return &measure->rows[i];
    return NULL;
}

static void answer_load(const struct measure *measure, const struct axis *axis, const char *model)
{
    int last = part_of(measure)->point_count - 1;
    struct cell low = at(measure, axis, model, 0, 1), high = at(measure, axis, model, last, 1);
    const struct measure_row *closed = closed_row(measure, model);
    if (closed && closed->served < closed->total)
        printf("serves %d of %d clients: it has no capacity for all.\n", closed->served, closed->total);
    else if (closed && closed->why[0])
        printf("does not hold to the end of the closed loop (why stands below).\n");
    else if (!low.last || isnan(low.figure.is) || isnan(high.figure.is))
        fputs(not_far_enough, stdout);
    else if (measure_busy(measure))
        fputs(busy, stdout);
    else if (low.limited || high.limited)
        printf("cannot tell: limited by the driver at %d %%.\n", low.limited ? low.last->load : high.last->load);
    else
        printf("99 of 100 wait %s %s us at %d %%, %s%s at %d %%.\n", low.figure.above ? "more than" : "at most",
               measure_number(low.figure.is), low.last->load, high.figure.above ? "more than " : "",
               measure_number(high.figure.is), high.last->load);
}

static const struct axis axes[] = {
    {"idle", "silent clients", AXIS_NONE, {0, 100, 1000, 5000, 10000, 20000, IDLE_MOST}, {0, 1000, 5000, INT32_MAX},
     idle_of, {{"CPU us per request", cpu, false}}, answer_idle, "16 active clients, 400 requests/s offered."},
    {"clients", "clients", AXIS_CLIENTS, {1, 4, 16, 64, 256, 1024, INT32_MAX}, {1, 64, 1024, INT32_MAX}, clients_of,
     {{"requests/s, at least", per_s, false}, {"response us, 99 of 100", p99, true}}, answer_clients, "Closed loop."},
    {"size", "in a message", AXIS_SIZE, {1, 64, 1 << 10, 1 << 14, 1 << 16, 1 << 18, 1 << 20},
     {1, 1 << 10, 1 << 16, 1 << 20, INT32_MAX}, size_of, {{"MiB/s each way, at least", mib_per_s, false},
     {"CPU us per request", cpu, false}}, answer_size, "Closed loop, 16 clients."},
    {"load", "of its capacity", AXIS_LOAD, {10, 25, 50, 75, 90, 100, 110}, {10, 50, 90, 110, INT32_MAX}, load_of,
     {{"response us, half of them", p50, true}, {"response us, 99 of 100", p99, true}}, answer_load,
     "Open loop, 64 clients; capacity: what it did in a closed loop just before."}};

/* -- Tables ------------------------------------------------------------------------------------------------------ */

static void print_answers(const struct measure *measure, const struct axis *axis)
{
    for (const char *const *model = measure->models; *model; model++) {
        printf("%-12s ", *model);
        if (measure_cannot(*model))
            printf("cannot run on this machine.\n");
        else
            axis->answer(measure, axis, *model);
    }
}

static const char *label(const struct axis *axis, int point)
{
    static char text[32];
    bool whole_kib = point % 1024 == 0, whole_mib = point % (1 << 20) == 0;
    if (axis->axis == AXIS_SIZE)
        snprintf(text, sizeof text, "%d %s", whole_mib ? point >> 20 : whole_kib ? point >> 10 : point,
                 whole_mib ? "MiB" : whole_kib ? "KiB" : "B");
    else
        snprintf(text, sizeof text, "%s%s", measure_number(point), axis->axis == AXIS_LOAD ? " %" : "");
    return text;
}

static void print_cell(const struct cell *cell, bool time)
{
    char text[32];
    const char *above = cell->figure.above ? ">" : "";
    if (time && cell->figure.is >= 1e6)
        snprintf(text, sizeof text, "%s%.1f s", above, cell->figure.is / 1e6);
    else
        snprintf(text, sizeof text, "%s%s", above, measure_number(cell->figure.is));
    printf("%*s%c", COLUMN - 1, text, cell->last && !cell->all_served ? '*' : cell->limited ? '!' : ' ');
}

static void print_table(const struct measure *measure, const struct axis *axis, int metric)
{
    printf("\n%s\n%-12s", axis->metrics[metric].title, "");
    for (int i = 0; i < part_of(measure)->point_count; i++)
        printf("%*s ", COLUMN - 1, label(axis, part_of(measure)->points[i]));
    printf("\n");
    for (const char *const *model = measure->models; *model; model++) {
        printf("%-12s", *model);
        for (int i = 0; i < part_of(measure)->point_count; i++) {
            struct cell cell = at(measure, axis, *model, i, metric);
            print_cell(&cell, axis->metrics[metric].time);
        }
        printf("\n");
    }
}

/* The first trial, in the order of the points, that did not go well; or NULL. */
static const struct measure_row *first_stop(const struct measure *measure, const struct axis *axis, const char *model)
{
    const struct measure_row *closed = axis->axis == AXIS_LOAD ? closed_row(measure, model) : NULL;
    if (closed && closed->why[0])
        return closed;
    for (int i = 0; i < part_of(measure)->point_count; i++) {
        const struct measure_row *row = at(measure, axis, model, i, 0).last;
        if (row && row->why[0])
            return row;
    }
    return NULL;
}

static void print_stops(const struct measure *measure, const struct axis *axis)
{
    for (const char *const *model = measure->models; *model; model++) {
        const struct measure_row *row = first_stop(measure, axis, *model);
        if (!row || measure_cannot(*model))
            continue;
        int column = printf("%s stops ", *model);
        if (strcmp(row->experiment, axis->name) == 0)
            column += printf("at %s %s: ", label(axis, axis->point(row)), axis->unit);
        else
            column += printf("in the closed loop: ");
        cmd_print_from(column, row->why);
    }
}

static void print_all(const struct measure *measure, const struct axis *axis)
{
    print_answers(measure, axis);
    for (int i = 0; i < 2 && axis->metrics[i].title; i++)
        print_table(measure, axis, i);
    printf("\nColumns: %s.\n%s\n* not all served to the end; - not measured", axis->unit, axis->conditions);
    if (!is_idle(axis))
        printf("; ! the driver's limit: no verdict");
    printf(".\n");
    if (part_of(measure)->rounds == 1)
        printf("One round: read the slope, not the point.\n");
    else
        printf("Medians of %d rounds.\n", part_of(measure)->rounds);
    print_stops(measure, axis);
}

static void csv_number(double n)
{
    if (isnan(n))
        printf(",");
    else
        printf(",%.2f", n);
}

static void print_csv(const struct measure *measure, const struct axis *axis)
{
    printf("model,%s,idle_served,served,total,cpu_us_per_request,requests_per_s,p50_us,p99_us,p99_is,"
           "limited_by_driver\n", axis->name);
    for (int i = 0; i < measure->row_count; i++) {
        const struct measure_row *row = &measure->rows[i];
        if (strcmp(row->experiment, axis->name) != 0)
            continue;
        printf("%s,%d,%d,%d,%d", row->model, axis->point(row), row->idle_served, row->served, row->total);
        csv_number(row->cpu_us);
        csv_number(row->per_s);
        csv_number(row->p50_us);
        csv_number(row->p99_us);
        printf(",%s,%d\n", row->p99_above ? "above" : "exact",
               (row->flags & (LOAD_DRIVER_BUSY | LOAD_DRIVER_LATE)) != 0);
    }
}

/* -- The command ------------------------------------------------------------------------------------------------- */

/* Silent clients: up to the limit, which takes the place of the first point beyond it. */
static void choose_points(const struct measure *measure, const struct axis *axis, struct session_part *part)
{
    const int *points = measure->session.quick ? axis->quick : axis->points;
    int most = is_idle(axis) ? session_idle_most() : INT32_MAX - 1;
    while (part->point_count < POINTS && points[part->point_count] <= most) {
        part->points[part->point_count] = points[part->point_count];
        part->point_count++;
    }
    if (part->point_count < POINTS && points[part->point_count] < INT32_MAX && most >= 0)
        part->points[part->point_count++] = most;
}

static const struct axis *find_axis(const char *name)
{
    for (size_t i = 0; i < sizeof axes / sizeof *axes; i++)
        if (strcmp(axes[i].name, name) == 0)
            return &axes[i];
    return NULL;
}

/* -1: go on. Else the exit status. */
static int parse(struct measure *measure, const struct axis *axis, int argc, char **argv)
{
    struct session_options *session = &measure->session;
    struct session_part *part = is_idle(axis) ? &session->idle : &session->along;
    part->rounds = 1;
    session->closed.rounds = axis->axis == AXIS_LOAD;
    session->axis = axis->axis;
    measure->prints_table = true;
    int status = measure_parse(measure, argc, argv, "sweep", help);
    if (status < 0 && session->http && axis->axis == AXIS_SIZE) {
        fprintf(stderr, "iolab sweep: size --service http: want echo, for a page has the size that it has\n");
        return 2;
    }
    choose_points(measure, axis, part);
    return status;
}

int cmd_sweep(int argc, char **argv)
{
    static struct measure measure;
    if (argc > 1 && strcmp(argv[1], "--help") == 0)
        return fputs(help, stdout) < 0;
    const struct axis *axis = argc > 1 ? find_axis(argv[1]) : NULL;
    if (!axis) {
        fprintf(stderr, "iolab sweep: want an axis: idle, clients, size or load (iolab sweep --help)\n");
        return 2;
    }
    int status = parse(&measure, axis, argc - 1, argv + 1);
    if (status >= 0)
        return status;
    if ((status = measure_run(&measure, "sweep")) != 0)
        return status;
    if (measure.csv)
        print_csv(&measure, axis);
    else
        print_all(&measure, axis);
    return measure_end(&measure);
}
