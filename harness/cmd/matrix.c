/* The matrix on paper: a row for each behaviour, a column for each model, and a word in each cell. */
#define _GNU_SOURCE
#include "harness/cmd/battery.h"
#include "harness/cmd/cmd.h"
#include "harness/cmd/outcome.h"
#include "harness/cmd/screen.h"
#include "harness/figure/wrap.h"
#include "harness/report/csv.h"
#include <stdio.h>
#include <string.h>

enum { LABEL = 22, USUAL_WIDTH = 100, INDENT = 6, TITLE_LEAST = 24 };

/* -- Words ------------------------------------------------------------------------------------------------------- */

/* Who is judged. Of somebody's program that is its own name, and whose exclusions apply: "socat (as select)". */
static const char *model_name(const struct battery *battery, int model)
{
    static char text[64];
    const char *name = battery->models[model];
    if (!battery->argv)
        return name;
    const char *slash = strrchr(battery->argv[0], '/');
    snprintf(text, sizeof text, "%.30s%s%s%s", slash ? slash + 1 : battery->argv[0], name[0] ? " (as " : "", name,
             name[0] ? ")" : "");
    return text;
}

/* Twelve models beside each other, on 100 columns. */
static const char *heading(const struct battery *battery, int model)
{
    static const char *const shorter[][2] = {{"blocking", "block"}, {"nonblocking", "nonbl"}, {"epoll-lt", "ep-lt"},
                                             {"epoll-et", "ep-et"}, {"signal-io", "sigio"}};
    const char *name = model_name(battery, model);
    for (size_t i = 0; i < sizeof shorter / sizeof *shorter; i++)
        if (strcmp(shorter[i][0], name) == 0)
            return shorter[i][1];
    return name;
}

static const char *word(const struct cell *cell)
{
    if (!cell->played)
        return "-";
    return cell->outcome.verdict == PLAY_FAIL ? cell->outcome.code : play_verdict_name(cell->outcome.verdict);
}

/* GROUP of .../GROUP.scene */
static int group_name(const char *path, const char **name)
{
    const char *slash = strrchr(path, '/');
    *name = slash ? slash + 1 : path;
    return (int)strcspn(*name, ".");
}

/* "a, b, c", in lines that fit; `at` is where the line stands, 0 before the first word. */
static void add_to_list(const char *item, int *at, int width)
{
    int length = (int)strlen(item);
    if (*at == 0)
        *at = printf("%*s%s", INDENT, "", item);
    else if (*at + 2 + length < width)
        *at += printf(", %s", item);
    else
        *at = printf(",\n%*s%s", INDENT, "", item) - 2;
}

/* -- Groups: the scenes of one file ------------------------------------------------------------------------------ */

/* The row behind the last of the group that begins at `row`. */
static int end_of_group(const struct battery *battery, int row)
{
    const struct scene_file *file = battery->rows[row].file;
    while (row < battery->row_count && battery->rows[row].file == file)
        row++;
    return row;
}

static struct battery_count count_in(const struct battery *battery, int first_row, int end_row, int first, int end)
{
    struct battery_count count = {0};
    for (int row = first_row; row < end_row; row++)
        for (int model = first; model < end; model++) {
            const struct cell *cell = battery_cell(battery, row, model);
            enum play_verdict verdict = cell->outcome.verdict;
            count.missing += !cell->played;
            count.passed += cell->played && verdict == PLAY_PASS;
            count.failed += cell->played && verdict == PLAY_FAIL;
            count.skipped += cell->played && verdict == PLAY_SKIP;
            count.not_applicable += cell->played && verdict == PLAY_NOT_APPLICABLE;
            count.alone += cell->played && cell->alone;
        }
    return count;
}

struct battery_count battery_count(const struct battery *battery)
{
    return count_in(battery, 0, battery->row_count, 0, battery->model_count);
}

enum { SUM = 32 };

/* How much of a group holds in a model: "8/9". */
static void sum_up(const struct battery *battery, int row, int model, char text[SUM])
{
    struct battery_count count = count_in(battery, row, end_of_group(battery, row), model, model + 1);
    if (count.passed + count.failed > 0)
        snprintf(text, SUM, "%d/%d", count.passed, count.passed + count.failed);
    else
        snprintf(text, SUM, "%s", count.missing > 0 ? "-" : count.skipped > 0 ? "skip" : "n/a");
}

static bool is_worth_its_rows(const struct battery *battery, int row)
{
    struct battery_count count = count_in(battery, row, end_of_group(battery, row), 0, battery->model_count);
    return count.failed + count.missing > 0;
}

/* -- The matrix -------------------------------------------------------------------------------------------------- */

static int column_width(const struct battery *battery, int model)
{
    size_t widest = strlen(heading(battery, model)), width;
    char sum[SUM];
    for (int row = 0; row < battery->row_count; row++)
        if ((width = strlen(word(battery_cell(battery, row, model)))) > widest)
            widest = width;
    for (int row = 0; row < battery->row_count; row = end_of_group(battery, row)) {
        sum_up(battery, row, model, sum);
        if ((width = strlen(sum)) > widest)
            widest = width;
    }
    return (int)widest;
}

/* As many columns beside each other as the screen takes; what is left of it is for titles. */
struct block { int first, end, left; };

static struct block block_from(const struct battery *battery, int first, int width)
{
    struct block block = {first, first + 1, width - LABEL - 1 - column_width(battery, first)};
    for (; block.end < battery->model_count; block.end++) {
        int more = 1 + column_width(battery, block.end);
        if (more > block.left)
            break;
        block.left -= more;
    }
    return block;
}

/* The last of a line needs no blanks behind it. */
static void print_cell(const struct battery *battery, int model, bool last, const char *text)
{
    printf(" %-*s", last ? 0 : column_width(battery, model), text);
}

static void print_headings(const struct battery *battery, const struct block *block, const char *name, int length)
{
    printf("\n%-*.*s", LABEL, length, name);
    for (int model = block->first; model < block->end; model++)
        print_cell(battery, model, model + 1 == block->end, heading(battery, model));
    putchar('\n');
}

static void print_row(const struct battery *battery, const struct block *block, int row)
{
    const char *title = battery->rows[row].scene->title;
    bool titled = block->left - 2 >= TITLE_LEAST;
    printf("  %-*s", LABEL - 2, scene_label(battery->rows[row].scene));
    for (int model = block->first; model < block->end; model++)
        print_cell(battery, model, model + 1 == block->end && !titled, word(battery_cell(battery, row, model)));
    if (titled) {
        int cut = wrap_cut(title, block->left - 2);
        printf("  %.*s%s", cut, title, title[cut] ? "..." : "");
    }
    putchar('\n');
}

static void print_group(const struct battery *battery, const struct block *block, int row)
{
    const char *name;
    int length = group_name(battery->rows[row].file->path, &name), end = end_of_group(battery, row);
    print_headings(battery, block, name, length);
    for (; row < end; row++)
        print_row(battery, block, row);
}

/* A line for each group. */
static void print_sums(const struct battery *battery, const struct block *block)
{
    static const char title[] = "What holds";
    print_headings(battery, block, title, (int)sizeof title - 1);
    for (int row = 0; row < battery->row_count; row = end_of_group(battery, row)) {
        const char *name;
        char sum[SUM];
        int length = group_name(battery->rows[row].file->path, &name);
        printf("  %-*.*s", LABEL - 2, length, name);
        for (int model = block->first; model < block->end; model++) {
            sum_up(battery, row, model, sum);
            print_cell(battery, model, model + 1 == block->end, sum);
        }
        putchar('\n');
    }
}

/* All groups in a line each, and the rows of those that do not hold everywhere; with `all`, the rows of all. */
static void print_columns(const struct battery *battery, int width, bool all)
{
    struct block block;
    for (int first = 0; !all && first < battery->model_count; first = block.end) {
        block = block_from(battery, first, width);
        print_sums(battery, &block);
    }
    for (int first = 0; first < battery->model_count; first = block.end) {
        block = block_from(battery, first, width);
        for (int row = 0; row < battery->row_count; row = end_of_group(battery, row))
            if (all || is_worth_its_rows(battery, row))
                print_group(battery, &block, row);
    }
}

/* -- What is said of it ------------------------------------------------------------------------------------------ */

static bool has(const struct battery *battery, int row, enum play_verdict verdict)
{
    bool found = false;
    for (int model = 0; model < battery->model_count; model++) {
        const struct cell *cell = battery_cell(battery, row, model);
        found |= cell->played && cell->outcome.verdict == verdict;
    }
    return found;
}

static bool fails_like(const struct cell *cell, const struct cell *first)
{
    return cell->played && cell->outcome.verdict == PLAY_FAIL && cell->outcome.line == first->outcome.line &&
           strcmp(cell->outcome.code, first->outcome.code) == 0;
}

/* Who fails at the same line with the same code is named, and the first of them is told. */
static void print_failures_of(const struct battery *battery, int row)
{
    const struct behaviour *what = &battery->rows[row];
    for (int model = 0; model < battery->model_count; model++) {
        const struct cell *cell = battery_cell(battery, row, model);
        bool told = !fails_like(cell, cell);
        for (int i = 0; i < model && !told; i++)
            told = fails_like(battery_cell(battery, row, i), cell);
        if (told)
            continue;
        if (battery->model_count > 1)
            printf("    %s", model_name(battery, model));
        for (int i = model + 1; i < battery->model_count; i++)
            if (fails_like(battery_cell(battery, row, i), cell))
                printf(", %s", model_name(battery, i));
        if (battery->model_count > 1)
            putchar('\n');
        outcome_tell_failure(what->file->path, what->scene, battery->models[model], NULL, battery->argv,
                             &cell->outcome);
    }
}

static void print_failures(const struct battery *battery)
{
    bool titled = false;
    for (int row = 0; row < battery->row_count; row++) {
        const struct scene *scene = battery->rows[row].scene;
        if (!has(battery, row, PLAY_FAIL))
            continue;
        printf("%s  %s: %s\n", titled ? "" : "\nWhat does not hold\n", scene_label(scene), scene->title);
        titled = true;
        print_failures_of(battery, row);
    }
}

static void print_held_alone(const struct battery *battery)
{
    if (battery_count(battery).alone == 0)
        return;
    printf("\nWhat failed beside others, and held when it was played alone: this machine was too busy for it\n");
    for (int i = 0; i < battery->row_count * battery->model_count; i++) {
        const struct cell *cell = &battery->cells[i];
        if (cell->alone)
            printf("  %s, %s: %s\n", scene_label(battery->rows[i / battery->model_count].scene),
                   model_name(battery, i % battery->model_count), cell->outcome.message);
    }
}

static bool same_text(const char *a, const char *b) { return a == b || (a && b && strcmp(a, b) == 0); }

static bool same_declaration(const struct scene *a, const struct scene *b)
{
    return a->only == b->only && same_text(a->models, b->models) && same_text(a->because, b->because);
}

/* ",select,poll," as "select, poll" */
static void print_models(const char *models)
{
    for (const char *at = models + 1; *at; at++)
        if (*at != ',')
            putchar(*at);
        else if (at[1])
            printf(", ");
}

/* Each declaration once, with the scenes that make it. */
static void print_declarations(const struct battery *battery, int width)
{
    bool titled = false;
    for (int row = 0; row < battery->row_count; row++) {
        const struct scene *scene = battery->rows[row].scene;
        bool told = !has(battery, row, PLAY_NOT_APPLICABLE);
        for (int i = 0; i < row && !told; i++)
            told = same_declaration(scene, battery->rows[i].scene);
        if (told)
            continue;
        printf("%s  %s for ", titled ? "" : "\nWhat does not apply (n/a)\n", scene->only ? "only" : "not");
        print_models(scene->models);
        printf(", because %s:\n", scene->because);
        titled = true;
        int at = 0;
        for (int i = row; i < battery->row_count; i++)
            if (same_declaration(scene, battery->rows[i].scene))
                add_to_list(scene_label(battery->rows[i].scene), &at, width);
        putchar('\n');
    }
}

/* The skipped scenes of a model, each reason once. */
static void print_skipped_of(const struct battery *battery, int model, bool *titled, int width)
{
    for (int row = 0; row < battery->row_count; row++) {
        const struct play_outcome *outcome = &battery_cell(battery, row, model)->outcome;
        bool told = outcome->verdict != PLAY_SKIP;
        for (int i = 0; i < row && !told; i++)
            told = battery_cell(battery, i, model)->outcome.verdict == PLAY_SKIP &&
                   same_text(battery_cell(battery, i, model)->outcome.message, outcome->message);
        if (told)
            continue;
        printf("%s  %s, because %s:\n", *titled ? "" : "\nWhat was skipped\n", model_name(battery, model),
               outcome->message);
        *titled = true;
        int at = 0;
        for (int i = row; i < battery->row_count; i++) {
            const struct play_outcome *other = &battery_cell(battery, i, model)->outcome;
            if (other->verdict == PLAY_SKIP && same_text(other->message, outcome->message))
                add_to_list(scene_label(battery->rows[i].scene), &at, width);
        }
        putchar('\n');
    }
}

/* -- All of it --------------------------------------------------------------------------------------------------- */

/* What is counted here are plays: a behaviour with a model. */
static void print_answer(const struct battery *battery)
{
    struct battery_count count = battery_count(battery);
    int judged = count.passed + count.failed;
    printf("%d %s%s, %d behaviour%s: ", battery->model_count, battery->argv ? "program" : "model",
           battery->model_count == 1 ? "" : "s", battery->row_count, battery->row_count == 1 ? "" : "s");
    if (judged == 0)
        printf("nothing could be judged");
    else if (count.failed > 0)
        printf("%d of %d plays do%s not hold", count.failed, judged, count.failed == 1 ? "es" : "");
    else
        printf(count.missing > 0 ? "what was played holds" : "all hold");
    if (count.alone > 0)
        printf(", %d only when played alone", count.alone);
    if (count.not_applicable > 0)
        printf("; %d play%s not apply", count.not_applicable, count.not_applicable == 1 ? " does" : "s do");
    if (count.skipped > 0)
        printf("; %d skipped", count.skipped);
    if (count.missing > 0)
        printf("; %d not played", count.missing);
    printf(".\n");
}

void matrix_print(const struct battery *battery, bool all)
{
    int width = screen_width(USUAL_WIDTH);
    bool titled = false;
    print_answer(battery);
    print_failures(battery);
    print_held_alone(battery);
    print_columns(battery, width, all);
    for (int model = 0; model < battery->model_count; model++)
        print_skipped_of(battery, model, &titled, width);
    if (all)
        print_declarations(battery, width);
    else
        printf("\n--all shows every behaviour%s.\n",
               battery_count(battery).not_applicable > 0 ? ", and why some do not apply (n/a)" : "");
}

/* -- As CSV ------------------------------------------------------------------------------------------------------ */

static void write_cell(FILE *to, const struct battery *battery, int row, int model)
{
    const char *name;
    int length = group_name(battery->rows[row].file->path, &name);
    fprintf(to, "%.*s,", length, name);
    outcome_write_csv(to, battery->rows[row].scene, &battery_cell(battery, row, model)->outcome);
}

void matrix_print_csv(const struct battery *battery)
{
    printf("group," OUTCOME_CSV_HEADER);
    for (int row = 0; row < battery->row_count; row++)
        for (int model = 0; model < battery->model_count; model++)
            if (battery_cell(battery, row, model)->played) {
                write_cell(stdout, battery, row, model);
                putchar('\n');
            }
}

/* What a file of scenes is about: the comment that it begins with. */
static void read_about(const char *path, char *about, size_t size)
{
    FILE *file = fopen(path, "re");
    char line[256];
    bool begins = file && fgets(line, sizeof line, file) && strncmp(line, "# ", 2) == 0;
    snprintf(about, size, "%.*s", begins ? (int)strcspn(line + 2, "\n") : 0, line + 2);
    if (file)
        fclose(file);
}

void matrix_record(const struct battery *battery, FILE *to)
{
    char about[256] = "";
    fprintf(to, "group," OUTCOME_COLUMNS ",about,title\n");
    for (int row = 0; row < battery->row_count; row++) {
        if (row == 0 || battery->rows[row].file != battery->rows[row - 1].file)
            read_about(battery->rows[row].file->path, about, sizeof about);
        for (int model = 0; model < battery->model_count; model++) {
            if (!battery_cell(battery, row, model)->played)
                continue;
            write_cell(to, battery, row, model);
            putc(',', to);
            csv_write_text(to, about);
            putc(',', to);
            csv_write_text(to, battery->rows[row].scene->title);
            putc('\n', to);
        }
    }
}
