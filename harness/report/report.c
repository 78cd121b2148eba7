#define _GNU_SOURCE
#include "harness/report/report.h"
#include "harness/report/page.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>

/* What the run asked, in few words. */
static const char *question(const struct results *results)
{
    static const char *const asked[][2] = {{"rate", "what waiting costs"}, {"idle", "what waiting costs"},
                                           {"load", "response time as the load rises"},
                                           {"clients", "more and more clients"},
                                           {"size", "larger and larger messages"}};
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
        if (results_parameters(results, asked[i][0]))
            return asked[i][1];
    return "what waiting costs";
}

static struct words title_of(const struct page *page)
{
    struct words title;
    int count = 0;
    if (page_compared(page)) {
        const struct ruling *first = &page->rulings->all[0];
        snprintf(title.text, sizeof title.text, "%.60s against %.60s", first->a,
                 strcmp(first->a, first->b) == 0 ? "itself" : first->b);
        return title;
    }
    for (int i = 0; i < page->results->model_count; i++)
        count += !results_cannot(page->results, page->results->model[i]);
    snprintf(title.text, sizeof title.text, "%.40s server%s, the same %s: %s",
             words_capital(words_small(count).text).text, count == 1 ? "" : "s",
             results_of_http(page->results) ? "page" : "echo", question(page->results));
    return title;
}

static void header(struct page *page)
{
    const char *cpu = results_setting(page->results, "cpu_model"), *date = results_setting(page->results, "date");
    fputs("<header>\n", page->to);
    tell_paragraph_open(page->tell, "eyebrow");
    tell_format(page->tell, "Unix I/O models%s%s%s%s", cpu ? " · " : "", cpu ? cpu : "", date ? " · " : "",
                date ? date : "");
    tell_paragraph_close(page->tell);
    tell_title(page->tell, title_of(page).text);
    page_answer(page);
    fputs("</header>\n\n", page->to);
}

static void write_page(FILE *to, FILE *twin, const struct results *results, const struct rulings *rulings)
{
    static struct tell tell;
    static struct page page;
    page = (struct page){.to = to, .tell = &tell, .results = results, .rulings = rulings};
    tell = (struct tell){.page = to, .twin = twin};
    html_open(to, title_of(&page).text);
    header(&page);
    fputs("<main>\n", to);
    page_compare(&page);
    page_models_section(&page);
    page_rate(&page);
    page_tiers(&page);
    page_idle(&page);
    page_load(&page);
    page_axis(&page);
    page_closed(&page);
    page_switches(&page);
    page_memory(&page);
    page_lt_et(&page);
    page_claims(&page);
    page_battery(&page);
    page_order(&page);
    page_reading(&page);
    fputs("</main>\n", to);
    page_environment(&page);
    html_close(to);
}

/* -- Files ------------------------------------------------------------------------------------------------------- */

/* Written aside, then renamed. */
struct written {
    char path[4096], aside[4096 + 8];
    FILE *to;
};

static void write_aside(struct written *file, const char *run_dir, const char *name)
{
    snprintf(file->path, sizeof file->path, "%s/%s", run_dir, name);
    snprintf(file->aside, sizeof file->aside, "%s.new", file->path);
    file->to = fopen(file->aside, "w");
}

static bool is_whole(struct written *file)
{
    bool whole = file->to && !ferror(file->to);
    return file->to && fclose(file->to) == 0 && whole;
}

static bool put_in_place(struct written *file, bool whole, char *why, size_t why_size)
{
    if (whole && rename(file->aside, file->path) == 0)
        return true;
    snprintf(why, why_size, "%s: %s", file->aside, strerror(errno));
    unlink(file->aside);
    return false;
}

int report_write(const char *run_dir, char *page, size_t page_size, char *why, size_t why_size)
{
    static struct results results;
    static struct written html, twin;
    static struct rulings rulings;
    if (results_load(&results, run_dir, why, why_size) < 0)
        return -1;
    if (rulings_load(&rulings, &results, why, why_size) < 0) {
        results_free(&results);
        return -1;
    }
    write_aside(&html, run_dir, "report.html");
    write_aside(&twin, run_dir, "report.md");
    if (html.to && twin.to)
        write_page(html.to, twin.to, &results, &rulings);
    results_free(&results);
    bool both = html.to && twin.to, html_whole = is_whole(&html), twin_whole = is_whole(&twin);
    bool written = put_in_place(&twin, both && twin_whole, why, why_size);
    written = put_in_place(&html, both && html_whole, why, why_size) && written;
    snprintf(page, page_size, "%s", html.path);
    return written ? 0 : -1;
}
