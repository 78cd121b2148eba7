#define _GNU_SOURCE
#include "harness/report/report.h"
#include "harness/report/page.h"
#include "harness/report/pages.h"
#include <string.h>

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

int report_write(const char *run_dir, char *page, size_t page_size, char *why, size_t why_size)
{
    static struct results results;
    static struct rulings rulings;
    static struct pages pages;
    snprintf(page, page_size, "%s/report.html", run_dir);
    if (results_load(&results, run_dir, why, why_size) < 0)
        return -1;
    bool written = rulings_load(&rulings, &results, why, why_size) == 0 && pages_open(&pages, page, why, why_size);
    if (written) {
        write_page(pages.page.to, pages.twin.to, &results, &rulings);
        written = pages_close(&pages, why, why_size);
    }
    results_free(&results);
    return written ? 0 : -1;
}
