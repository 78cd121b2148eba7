#define _GNU_SOURCE
#include "harness/report/merge_page.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>

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

static int load_run(struct merge *merge, const char *run_dir, char *why, size_t why_size)
{
    if (results_load(&merge->runs[merge->count], run_dir, why, why_size) < 0)
        return -1;
    merge->count++;
    return 0;
}

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
    fprintf(merge->to, "<header>\n<p class=\"eyebrow\">Unix I/O models · %s %s", words_small(merge->count).text,
            merge_each_has_its_own(merge) ? "machines" : "runs");
    if (!merge_each_has_its_own(merge))
        fprintf(merge->to, " of %s machine%s, as far as their environments tell", words_small(merge->machines).text,
                merge->machines == 1 ? "" : "s");
    fputs("</p>\n", merge->to);
    fprintf(merge->to, "<h1>What waiting costs %s</h1>\n", merge_on_all(merge).text);
    merge_machines(merge);
    fputs("</header>\n\n", merge->to);
}

static void write_page(const struct merge *merge)
{
    html_open(merge->to, "iolab: what waiting costs, run by run");
    header(merge);
    fputs("<main>\n", merge->to);
    merge_metrics(merge);
    merge_claims(merge);
    fputs("</main>\n<footer>\n", merge->to);
    merge_environments(merge);
    fputs("</footer>\n", merge->to);
    html_close(merge->to);
}

static int write_aside(struct merge *merge, const char *path, char *why, size_t why_size)
{
    char aside[4096];
    snprintf(aside, sizeof aside, "%s.new", path);
    merge->to = fopen(aside, "we");
    bool written = merge->to;
    if (written) {
        write_page(merge);
        written = !ferror(merge->to);
        written = fclose(merge->to) == 0 && written;
    }
    if (written && rename(aside, path) == 0)
        return 0;
    snprintf(why, why_size, "%s: %s", aside, strerror(errno));
    unlink(aside);
    return -1;
}

int merge_write(const char *const *run_dirs, int count, const char *path, char *why, size_t why_size)
{
    static struct merge merge;
    int status = 0;
    merge = (struct merge){.count = 0};
    for (int run = 0; run < count && run < MERGE_MOST && status == 0; run++)
        status = load_run(&merge, run_dirs[run], why, why_size);
    if (status == 0) {
        find_models(&merge);
        merge.machines = merge_count_machines(&merge);
        status = write_aside(&merge, path, why, why_size);
    }
    free_all(&merge);
    return status;
}
