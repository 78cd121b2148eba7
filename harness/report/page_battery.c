/* What every server must do, and which of them does: the sentence first, then each failure with its cause, then the
 * matrix, folded up by the files that the scenes stand in. */
#define _GNU_SOURCE
#include "harness/report/page.h"
#include <stdlib.h>
#include <string.h>

enum { BEHAVIOURS_MOST = 512 };

/* A behaviour is some rows of battery.csv behind each other, one for each model. */
struct behaviour { int first, end; };

struct matrix {
    const struct csv *csv;
    struct behaviour behaviours[BEHAVIOURS_MOST];
    int behaviour_count;
    const char *models[MODELS_MOST];
    int model_count;
    int passed, failed, skipped, alone;
};

static const char *at(const struct matrix *matrix, int row, enum battery_column column)
{
    return csv_field(matrix->csv, row, (int)column);
}

static bool is(const struct matrix *matrix, int row, enum battery_column column, const char *text)
{
    return strcmp(at(matrix, row, column), text) == 0;
}

static bool alike(const struct matrix *matrix, int row, int other, enum battery_column first, enum battery_column last)
{
    for (int column = (int)first; column <= (int)last; column++)
        if (strcmp(csv_field(matrix->csv, row, column), csv_field(matrix->csv, other, column)) != 0)
            return false;
    return true;
}

static void add_model(struct matrix *matrix, const char *name)
{
    for (int i = 0; i < matrix->model_count; i++)
        if (strcmp(matrix->models[i], name) == 0)
            return;
    if (matrix->model_count < MODELS_MOST)
        matrix->models[matrix->model_count++] = name;
}

static void read_matrix(struct matrix *matrix)
{
    for (int row = 0; row < matrix->csv->count; row++) {
        if (row == 0 || !alike(matrix, row, row - 1, B_GROUP, B_VARIANT)) {
            if (matrix->behaviour_count == BEHAVIOURS_MOST)
                return;
            matrix->behaviours[matrix->behaviour_count++] = (struct behaviour){.first = row};
        }
        matrix->behaviours[matrix->behaviour_count - 1].end = row + 1;
        add_model(matrix, at(matrix, row, B_MODEL));
        matrix->passed += is(matrix, row, B_RESULT, "pass");
        matrix->alone += is(matrix, row, B_RESULT, "pass") && *at(matrix, row, B_MESSAGE);
        matrix->failed += is(matrix, row, B_RESULT, "FAIL");
        matrix->skipped += is(matrix, row, B_RESULT, "skip");
    }
}

/* -- The answer -------------------------------------------------------------------------------------------------- */

static void answer(struct page *page, const struct matrix *matrix)
{
    int judged = matrix->passed + matrix->failed;
    bool one = matrix->behaviour_count == 1;
    char text[80];
    tell_paragraph_open(page->tell, "");
    if (matrix->failed > 0) {
        snprintf(text, sizeof text, "%d of %d", matrix->failed, judged);
        tell_strong(page->tell, text);
        tell_format(page->tell, " plays do%s not hold. ", matrix->failed == 1 ? "es" : "");
    } else if (judged > 0) {
        snprintf(text, sizeof text, "%s%d behaviour%s hold%s", one ? "" : "All ", matrix->behaviour_count,
                 one ? "" : "s", one ? "s" : "");
        tell_strong(page->tell, text);
        tell_format(page->tell, ", in every server to which %s: %d play%s%s. ", one ? "it applies" : "they apply",
                    judged, judged == 1 ? "" : "s", matrix->alone > 0 ? "" : ", and none failed");
    } else {
        tell_words(page->tell, "Nothing could be judged here. ");
    }
    if (matrix->alone > 0)
        tell_format(page->tell, "%d held only when played alone: the machine was too busy to play them beside others. ",
                matrix->alone);
    if (matrix->skipped > 0)
        tell_format(page->tell, "%d could not be judged on this machine, for the reason below. ", matrix->skipped);
    if (results_setting(page->results, "interrupted"))
        tell_words(page->tell, "The run was interrupted: what was not played is missing. ");
    tell_words(page->tell, "A behaviour is a scene: clients do this and that, and something must be seen. Where it "
                           "does not apply to a server (n/a), the reason stands with it.");
    tell_paragraph_close(page->tell);
}

/* -- What does not hold ------------------------------------------------------------------------------------------ */

static void command(struct page *page, const struct matrix *matrix, int row)
{
    const char *variant = at(matrix, row, B_VARIANT);
    char text[512];
    snprintf(text, sizeof text, "build/bin/iolab scene harness/battery/%s.scene --only %s%s%s --model %s",
             at(matrix, row, B_GROUP), at(matrix, row, B_SCENE), *variant ? "/" : "", variant,
             at(matrix, row, B_MODEL));
    tell_break(page->tell);
    tell_code(page->tell, text);
}

/* "poll, epoll-lt": those that fail at the same line with the same code. */
static struct words alike_models(const struct matrix *matrix, int row, int end)
{
    struct words words;
    size_t length = (size_t)snprintf(words.text, sizeof words.text, "%.40s", at(matrix, row, B_MODEL));
    for (int other = row + 1; other < end; other++)
        if (alike(matrix, row, other, B_RESULT, B_LINE) && length < sizeof words.text)
            length += (size_t)snprintf(words.text + length, sizeof words.text - length, ", %s",
                                       at(matrix, other, B_MODEL));
    return words;
}

static void failures_of(struct page *page, const struct matrix *matrix, const struct behaviour *what)
{
    for (int row = what->first; row < what->end; row++) {
        bool told = !is(matrix, row, B_RESULT, "FAIL");
        for (int other = what->first; other < row && !told; other++)
            told = alike(matrix, row, other, B_RESULT, B_LINE);
        if (told)
            continue;
        tell_item_open(page->tell, "");
        tell_name(page->tell, alike_models(matrix, row, what->end).text);
        tell_format(page->tell, " in “%s”: ", at(matrix, row, B_TITLE));
        tell_name(page->tell, at(matrix, row, B_CODE));
        tell_format(page->tell, ", %s", at(matrix, row, B_MESSAGE));
        command(page, matrix, row);
        tell_item_close(page->tell);
    }
}

/* What was not judged, or not at once. A reason that is that of many is told once. */
static void notes(struct page *page, const struct matrix *matrix)
{
    char text[600];
    for (int row = 0; row < matrix->csv->count; row++)
        if (is(matrix, row, B_RESULT, "skip")) {
            snprintf(text, sizeof text, "was skipped: %s", at(matrix, row, B_MESSAGE));
            page_note(page, at(matrix, row, B_MODEL), text);
        } else if (is(matrix, row, B_RESULT, "pass") && *at(matrix, row, B_MESSAGE)) {
            snprintf(text, sizeof text, "in “%s”: %s", at(matrix, row, B_TITLE), at(matrix, row, B_MESSAGE));
            page_note(page, at(matrix, row, B_MODEL), text);
        }
    page_notes_close(page);
}

static void failures(struct page *page, const struct matrix *matrix)
{
    if (matrix->failed == 0)
        return;
    tell_heading(page->tell, "What does not hold");
    tell_list_open(page->tell, "plain");
    for (int i = 0; i < matrix->behaviour_count; i++)
        failures_of(page, matrix, &matrix->behaviours[i]);
    tell_list_close(page->tell);
}

/* -- The matrix -------------------------------------------------------------------------------------------------- */

/* Those with this result; why is the code, or the message, of the first. Returns how many. */
static int models_with(const struct matrix *matrix, const struct behaviour *what, const char *result,
                       const char **names, const char **why)
{
    int count = 0;
    for (int row = what->first; row < what->end && count < MODELS_MOST; row++) {
        if (!is(matrix, row, B_RESULT, result))
            continue;
        if (count == 0)
            *why = at(matrix, row, *at(matrix, row, B_CODE) ? B_CODE : B_MESSAGE);
        names[count++] = at(matrix, row, B_MODEL);
    }
    return count;
}

/* Why somebody is excused. */
static void reason(struct page *page, const struct matrix *matrix, const struct behaviour *what)
{
    int row = what->first;
    while (row < what->end && !is(matrix, row, B_RESULT, "n/a"))
        row++;
    if (row == what->end)
        return;
    fputs(" <small>n/a: ", page->to);
    html_text(page->to, at(matrix, row, B_MESSAGE));
    fputs("</small>", page->to);
}

/* It may be broken behind each of its words: the column is narrow. */
static void code(struct page *page, const char *name)
{
    char letter[2] = "";
    fputs("<td><b>fails: ", page->to);
    for (; *name; name++) {
        letter[0] = *name;
        html_text(page->to, letter);
        if (*name == '_')
            fputs("<wbr>", page->to);
    }
    fputs("</b>", page->to);
}

static void cell(struct page *page, const struct matrix *matrix, const struct behaviour *what, const char *model)
{
    int row = what->first;
    while (row < what->end && !is(matrix, row, B_MODEL, model))
        row++;
    if (row == what->end)
        fputs("<td>not played", page->to);
    else if (is(matrix, row, B_RESULT, "FAIL"))
        code(page, at(matrix, row, B_CODE));
    else if (is(matrix, row, B_RESULT, "pass"))
        fputs("<td>holds", page->to);
    else
        fprintf(page->to, "<td class=\"soft\">%s", at(matrix, row, B_RESULT));
    fputs("</td>", page->to);
}

/* The same as a line of the twin, without a column for each: "A stream: holds in eleven; n/a in blocking (it serves one
 * client at a time)". */
static void twin_row(struct page *page, const struct matrix *matrix, const struct behaviour *what)
{
    static const struct { const char *result, *says; } others[] = {
        {"FAIL", "fails in"}, {"skip", "skipped in"}, {"n/a", "n/a in"}};
    const char *names[MODELS_MOST], *why = "";
    char text[2000];
    int count = models_with(matrix, what, "pass", names, &why);
    size_t length = (size_t)snprintf(text, sizeof text, "%.400s: holds in %.20s", at(matrix, what->first, B_TITLE),
                                     count > 0 ? words_small(count).text : "none");
    for (size_t i = 0; i < sizeof others / sizeof *others && length < sizeof text; i++) {
        count = models_with(matrix, what, others[i].result, names, &why);
        if (count > 0)
            length += (size_t)snprintf(text + length, sizeof text - length, "; %s %s (%.200s)", others[i].says,
                                       words_list(names, count).text, why);
    }
    tell_twin(page->tell, "- ", text);
}

static int count_in_group(const struct matrix *matrix, int first, int end, const char *result)
{
    int count = 0;
    for (int i = first; i < end; i++)
        for (int row = matrix->behaviours[i].first; row < matrix->behaviours[i].end; row++)
            count += is(matrix, row, B_RESULT, result);
    return count;
}

static void group_open(struct page *page, const struct matrix *matrix, int first, int end)
{
    struct html_head heads[MODELS_MOST + 1] = {{"Behaviour", ""}};
    char caption[400];
    int failed = count_in_group(matrix, first, end, "FAIL"), passed = count_in_group(matrix, first, end, "pass");
    const char *group = at(matrix, matrix->behaviours[first].first, B_GROUP);
    for (int i = 0; i < matrix->model_count; i++)
        heads[i + 1] = (struct html_head){matrix->models[i], ""};
    tell_twin(page->tell, "### ", group);
    tell_twin(page->tell, "", at(matrix, matrix->behaviours[first].first, B_ABOUT));
    fprintf(page->to, "<details class=\"matrix\"%s>\n<summary><b>", failed > 0 ? " open" : "");
    html_text(page->to, group);
    fputs("</b> ", page->to);
    html_text(page->to, at(matrix, matrix->behaviours[first].first, B_ABOUT));
    if (failed > 0)
        fprintf(page->to, " <b>%d of %d plays do%s not hold.</b></summary>\n", failed, passed + failed,
                failed == 1 ? "es" : "");
    else
        fprintf(page->to, " <small>%d behaviour%s, %s.</small></summary>\n", end - first, end - first == 1 ? "" : "s",
                passed > 0 ? "all hold" : "none judged here");
    snprintf(caption, sizeof caption, "The scenes of harness/battery/%s.scene.", group);
    html_table_open(page->to, "", caption, heads, matrix->model_count + 1);
}

static void group(struct page *page, const struct matrix *matrix, int first, int end)
{
    group_open(page, matrix, first, end);
    for (int i = first; i < end; i++) {
        const struct behaviour *what = &matrix->behaviours[i];
        fputs("<tr><th scope=\"row\">", page->to);
        html_text(page->to, at(matrix, what->first, B_TITLE));
        reason(page, matrix, what);
        fputs("</th>", page->to);
        for (int model = 0; model < matrix->model_count; model++)
            cell(page, matrix, what, matrix->models[model]);
        html_row_close(page->to);
        twin_row(page, matrix, what);
    }
    html_table_close(page->to, "");
    fputs("</details>\n", page->to);
    tell_twin(page->tell, "", "");
}

/* Those with failures first. */
static void groups(struct page *page, const struct matrix *matrix, bool failed)
{
    for (int first = 0, end; first < matrix->behaviour_count; first = end) {
        const struct behaviour *what = matrix->behaviours;
        for (end = first + 1; end < matrix->behaviour_count; end++)
            if (!alike(matrix, what[first].first, what[end].first, B_GROUP, B_GROUP))
                break;
        if ((count_in_group(matrix, first, end, "FAIL") > 0) == failed)
            group(page, matrix, first, end);
    }
}

void page_battery(struct page *page)
{
    static struct matrix matrix;
    const char *command = results_setting(page->results, "command");
    if (page->results->battery.count == 0 && command && strncmp(command, "iolab report", strlen("iolab report")) != 0)
        return;
    matrix = (struct matrix){.csv = &page->results->battery};
    tell_section_open(page->tell, "battery", "What every server must do");
    read_matrix(&matrix);
    if (matrix.behaviour_count == 0) {
        tell_paragraph_open(page->tell, "");
        tell_words(page->tell, "The battery of behaviours was not played in this run: a quick one leaves it out. ");
        tell_code(page->tell, "make battery");
        tell_words(page->tell, " plays it alone, in about half a minute.");
        tell_paragraph_close(page->tell);
    } else {
        answer(page, &matrix);
        failures(page, &matrix);
        notes(page, &matrix);
        groups(page, &matrix, true);
        groups(page, &matrix, false);
    }
    tell_section_close(page->tell);
}
