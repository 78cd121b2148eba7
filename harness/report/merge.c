#define _GNU_SOURCE
#include "harness/report/merge_page.h"
#include "harness/report/pages.h"
#include <string.h>

const char *merge_letter(int run)
{
    static char letters[MERGE_MOST][2];
    letters[run][0] = (char)('A' + run);
    return letters[run];
}

bool merge_busy(const struct merge *merge, int run) { return results_busy_share(&merge->runs[run]) > 0.5; }

bool merge_each_has_its_own(const struct merge *merge) { return merge->machines == merge->count; }

const char *merge_on(const struct merge *merge) { return merge_each_has_its_own(merge) ? "on" : "in"; }

struct words merge_on_all(const struct merge *merge)
{
    struct words words;
    const char *what = merge_each_has_its_own(merge) ? "machines" : "runs";
    if (merge->count == 2)
        snprintf(words.text, sizeof words.text, "%s both %s", merge_on(merge), what);
    else
        snprintf(words.text, sizeof words.text, "%s all %d %s", merge_on(merge), merge->count, what);
    return words;
}

/* -- Loading ----------------------------------------------------------------------------------------------------- */

static bool has_model(const struct merge *merge, const char *name)
{
    for (int i = 0; i < merge->model_count; i++)
        if (strcmp(merge->models[i], name) == 0)
            return true;
    return false;
}

static void find_models(struct merge *merge)
{
    for (int run = 0; run < merge->count; run++)
        for (int i = 0; i < merge->runs[run].model_count && merge->model_count < MODELS_MOST; i++)
            if (!has_model(merge, merge->runs[run].model[i]))
                merge->models[merge->model_count++] = merge->runs[run].model[i];
}

static void free_all(struct merge *merge)
{
    for (int run = 0; run < merge->count; run++)
        results_free(&merge->runs[run]);
}

/* -- The page ---------------------------------------------------------------------------------------------------- */

static void header(const struct merge *merge)
{
    char title[300];
    snprintf(title, sizeof title, "What waiting costs %s", merge_on_all(merge).text);
    fputs("<header>\n", merge->to);
    tell_paragraph_open(merge->tell, "eyebrow");
    tell_format(merge->tell, "Unix I/O models · %s %s", words_small(merge->count).text,
                merge_each_has_its_own(merge) ? "machines" : "runs");
    if (!merge_each_has_its_own(merge))
        tell_format(merge->tell, " of %s machine%s, as far as their environments tell",
                    words_small(merge->machines).text, merge->machines == 1 ? "" : "s");
    tell_paragraph_close(merge->tell);
    tell_title(merge->tell, title);
    merge_machines(merge);
    fputs("</header>\n\n", merge->to);
}

static void write_page(struct merge *merge, FILE *to, FILE *twin)
{
    static struct tell tell;
    tell = (struct tell){.page = to, .twin = twin};
    merge->to = to;
    merge->tell = &tell;
    html_open(to, "iolab: what waiting costs, run by run");
    header(merge);
    fputs("<main>\n", to);
    merge_metrics(merge);
    merge_claims(merge);
    fputs("</main>\n<footer>\n", to);
    merge_environments(merge);
    fputs("</footer>\n", to);
    html_close(to);
}

int merge_write(const char *const *run_dirs, int count, const char *path, char *why, size_t why_size)
{
    static struct merge merge;
    static struct pages pages;
    bool written = true;
    merge = (struct merge){.count = 0};
    while (written && merge.count < count && merge.count < MERGE_MOST) {
        written = results_load(&merge.runs[merge.count], run_dirs[merge.count], why, why_size) == 0;
        merge.count += written;
    }
    if (written && (written = pages_open(&pages, path, why, why_size))) {
        find_models(&merge);
        merge.machines = merge_count_machines(&merge);
        write_page(&merge, pages.page.to, pages.twin.to);
        written = pages_close(&pages, why, why_size);
    }
    free_all(&merge);
    return written ? 0 : -1;
}
