/* Figures as rows: one that says when the client's send had returned, one for each lane, and one for each step. */
#define _GNU_SOURCE
#include "harness/report/figure.h"
#include <string.h>

const char figure_header[] = "model,part,lane,call,says,from_ns,to_ns,count,returned";
enum { MODEL, PART, LANE, CALL, SAYS, FROM, TO, COUNT, RETURNED, COLUMNS };

static const char *const parts[FIGURE_PARTS] = {"wait", "vain", "copy", "ask", "birth", "signal", "call", "answer"};

/* -- Writing ----------------------------------------------------------------------------------------------------- */

static void write_row(FILE *to, const struct figure *figure, const char *part, const char *lane,
                      const struct figure_step *step)
{
    char from[24], until[24], count[24];
    snprintf(from, sizeof from, "%lld", (long long)step->from_ns);
    snprintf(until, sizeof until, "%lld", (long long)step->to_ns);
    snprintf(count, sizeof count, "%lld", (long long)step->count);
    const char *const fields[COLUMNS] = {figure->model, part, lane, step->call, step->says,
                                         from, until, count, step->returned ? "1" : "0"};
    csv_write(to, fields, COLUMNS);
}

void figure_write(FILE *to, const struct figure *figure)
{
    struct figure_step sent = {.to_ns = figure->sent_ns, .count = 1, .returned = true};
    if (*figure->cannot) {
        const char *const fields[COLUMNS] = {figure->model, "cannot", "", "", figure->cannot, "0", "0", "0", "0"};
        csv_write(to, fields, COLUMNS);
        return;
    }
    write_row(to, figure, "sent", "client", &sent);
    for (int i = 0; i < figure->lane_count; i++)
        write_row(to, figure, "lane", figure->lane[i], &(struct figure_step){.count = 1, .returned = true});
    for (int i = 0; i < figure->step_count; i++) {
        const struct figure_step *step = &figure->steps[i];
        write_row(to, figure, parts[step->part], figure->lane[step->lane], step);
    }
}

/* -- Reading ----------------------------------------------------------------------------------------------------- */

static enum figure_part part_named(const char *name)
{
    int part = 0;
    while (part < FIGURE_PARTS && strcmp(parts[part], name) != 0)
        part++;
    return (enum figure_part)part;
}

static int lane_named(const struct figure *figure, const char *name)
{
    for (int i = 0; i < figure->lane_count; i++)
        if (strcmp(figure->lane[i], name) == 0)
            return i;
    return -1;
}

static bool read_lane(struct figure *figure, const char *name)
{
    if (figure->lane_count == FIGURE_LANES)
        return false;
    snprintf(figure->lane[figure->lane_count++], sizeof figure->lane[0], "%s", name);
    return true;
}

/* Whole, and small enough to be added up: below eleven days, in nanoseconds. */
static bool read_number(const struct csv *csv, int row, int column, int64_t *value)
{
    const int64_t most = 1000000000000000;
    return csv_integer(csv_field(csv, row, column), value) == 0 && *value >= -most && *value <= most;
}

static bool read_step(struct figure *figure, const struct csv *csv, int row)
{
    struct figure_step step = {.part = part_named(csv_field(csv, row, PART))};
    int64_t returned;
    if (figure->step_count == FIGURE_STEPS || step.part == FIGURE_PARTS ||
        !read_number(csv, row, FROM, &step.from_ns) || !read_number(csv, row, TO, &step.to_ns) ||
        step.to_ns < step.from_ns || !read_number(csv, row, COUNT, &step.count) || step.count < 1 ||
        !read_number(csv, row, RETURNED, &returned) ||
        (step.lane = lane_named(figure, csv_field(csv, row, LANE))) < 0)
        return false;
    step.returned = returned != 0;
    snprintf(step.call, sizeof step.call, "%s", csv_field(csv, row, CALL));
    snprintf(step.says, sizeof step.says, "%s", csv_field(csv, row, SAYS));
    figure->steps[figure->step_count++] = step;
    return true;
}

static bool read_row(struct figure *figures, int *count, const struct csv *csv, int row)
{
    const char *model = csv_field(csv, row, MODEL), *part = csv_field(csv, row, PART);
    bool cannot = strcmp(part, "cannot") == 0, sent = strcmp(part, "sent") == 0;
    struct figure *figure = *count > 0 ? &figures[*count - 1] : NULL;
    if (!cannot && !sent && (!figure || strcmp(figure->model, model) != 0 || *figure->cannot))
        return false;
    if (strcmp(part, "lane") == 0)
        return read_lane(figure, csv_field(csv, row, LANE));
    if (!cannot && !sent)
        return read_step(figure, csv, row);
    if (*count == FIGURES_MOST)
        return false;
    figure = &figures[(*count)++];
    *figure = (struct figure){.sent_ns = 0};
    snprintf(figure->model, sizeof figure->model, "%s", model);
    snprintf(figure->cannot, sizeof figure->cannot, "%s", cannot ? csv_field(csv, row, SAYS) : "");
    return read_number(csv, row, TO, &figure->sent_ns) && figure->sent_ns >= 0;
}

/* A figure that has neither a read nor a wait has no phases. */
static bool is_whole(const struct figure *figure)
{
    struct figure_phases phases = figure_phases(figure);
    return *figure->cannot || phases.copy || phases.wait;
}

int figure_read(const struct csv *csv, struct figure figures[FIGURES_MOST], int *fault)
{
    int count = 0;
    for (int row = 0; row < csv->count; row++) {
        *fault = row;
        bool last = row == csv->count - 1 || strcmp(csv_field(csv, row, MODEL), csv_field(csv, row + 1, MODEL)) != 0;
        if (!read_row(figures, &count, csv, row) || (last && !is_whole(&figures[count - 1])))
            return -1;
    }
    return count;
}
