#define _GNU_SOURCE
#include "harness/report/report.h"
#include "harness/report/page.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>

static void header(struct page *page)
{
    const char *cpu = results_setting(page->results, "cpu_model"), *date = results_setting(page->results, "date");
    int count = 0;
    for (int i = 0; i < page->results->model_count; i++)
        count += !results_cannot(page->results, page->results->model[i]);
    fputs("<header>\n<p class=\"eyebrow\">Unix I/O models", page->to);
    for (int i = 0; i < 2; i++)
        if ((i ? date : cpu)) {
            fputs(" · ", page->to);
            html_text(page->to, i ? date : cpu);
        }
    struct words number = words_small(count);
    number.text[0] = (char)(number.text[0] >= 'a' ? number.text[0] - 'a' + 'A' : number.text[0]);
    fprintf(page->to, "</p>\n<h1>%s server%s, the same %s: what waiting costs</h1>\n", number.text,
            count == 1 ? "" : "s", results_of_http(page->results) ? "page" : "echo");
    page_answer(page);
    fputs("</header>\n\n", page->to);
}

static void write_page(FILE *to, const struct results *results)
{
    struct page page = {.to = to, .results = results};
    html_open(to, "iolab: what waiting costs");
    header(&page);
    fputs("<main>\n", to);
    page_models_section(&page);
    page_rate(&page);
    page_idle(&page);
    page_closed(&page);
    page_switches(&page);
    page_memory(&page);
    page_lt_et(&page);
    page_battery(&page);
    page_reading(&page);
    fputs("</main>\n", to);
    page_environment(&page);
    html_close(to);
}

int report_write(const char *run_dir, char *page, size_t page_size, char *why, size_t why_size)
{
    struct results results;
    char aside[4096];
    if (results_load(&results, run_dir, why, why_size) < 0)
        return -1;
    snprintf(page, page_size, "%s/report.html", run_dir);
    snprintf(aside, sizeof aside, "%s/report.html.new", run_dir);
    FILE *to = fopen(aside, "w");
    bool written = to;
    if (to) {
        write_page(to, &results);
        written = !ferror(to);
        written = fclose(to) == 0 && written;
    }
    if (!written || rename(aside, page) < 0) {
        snprintf(why, why_size, "%s: %s", aside, strerror(errno));
        unlink(aside);
        written = false;
    }
    results_free(&results);
    return written ? 0 : -1;
}
