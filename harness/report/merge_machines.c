/* Which machines the runs are of, and everything that their environments tell: what differs stands first. */
#define _GNU_SOURCE
#include "harness/report/merge_page.h"
#include <string.h>

enum kind { DIFFERS, SAME, OF_THE_RUN };
enum { KEYS_MOST = 64 };

static const char *value_of(const struct merge *merge, int run, const char *key)
{
    const char *value = results_setting(&merge->runs[run], key);
    return value && *value ? value : "not told";
}

static bool differs(const struct merge *merge, const char *key)
{
    for (int run = 1; run < merge->count; run++)
        if (strcmp(value_of(merge, 0, key), value_of(merge, run, key)) != 0)
            return true;
    return false;
}

/* As far as their environments tell; two that tell nothing are two. */
static bool are_of_one_machine(const struct merge *merge, int one, int other)
{
    static const char *const traits[] = {"cpu_model", "cpus", "kernel", "hypervisor", "container", "libc"};
    bool told = false;
    for (size_t i = 0; i < sizeof traits / sizeof *traits; i++) {
        if (strcmp(value_of(merge, one, traits[i]), value_of(merge, other, traits[i])) != 0)
            return false;
        told |= results_setting(&merge->runs[one], traits[i]) != NULL;
    }
    return told;
}

int merge_count_machines(const struct merge *merge)
{
    int machines = 0;
    for (int run = 0; run < merge->count; run++) {
        bool seen = false;
        for (int before = 0; before < run; before++)
            seen |= are_of_one_machine(merge, before, run);
        machines += !seen;
    }
    return machines;
}

/* -- At the top -------------------------------------------------------------------------------------------------- */

/* Other servers, or otherwise built ones: then the machine is not all that differs. */
static void tell_builds(const struct merge *merge)
{
    static const struct { const char *key, *says; } builds[] = {
        {"commit", "The runs are of different commits, so their servers may differ"},
        {"compiler", "Different compilers built the servers"},
        {"cflags", "The servers were built with different flags"}};
    for (size_t i = 0; i < sizeof builds / sizeof *builds; i++) {
        if (!differs(merge, builds[i].key))
            continue;
        tell_paragraph_open(merge->tell, "caution small");
        tell_format(merge->tell, "%s: ", builds[i].says);
        for (int run = 0; run < merge->count; run++)
            tell_format(merge->tell, "%s%s: %s", run ? ", " : "", merge_letter(run),
                        value_of(merge, run, builds[i].key));
        tell_words(merge->tell, ".");
        tell_paragraph_close(merge->tell);
    }
}

static void tell_run(const struct merge *merge, int run)
{
    const struct results *results = &merge->runs[run];
    tell_item_open(merge->tell, "");
    tell_name(merge->tell, merge_letter(run));
    tell_format(merge->tell, ": %s, %s CPUs, %s, %d round%s, in ", value_of(merge, run, "cpu_model"),
                value_of(merge, run, "cpus"), value_of(merge, run, "kernel"), results->rounds,
                results->rounds == 1 ? "" : "s");
    tell_code(merge->tell, results->run_dir);
    if (results_setting(results, "interrupted"))
        tell_words(merge->tell, ". It was interrupted");
    if (merge_busy(merge, run)) {
        tell_words(merge->tell, ". ");
        tell_name(merge->tell, "It was busy");
        tell_words(merge->tell, ": its times are shown, and nothing is said of them");
    }
    tell_words(merge->tell, ".");
    tell_item_close(merge->tell);
}

void merge_machines(const struct merge *merge)
{
    tell_list_open(merge->tell, "answer");
    for (int run = 0; run < merge->count; run++)
        tell_run(merge, run);
    tell_list_close(merge->tell);
    tell_paragraph(merge->tell, "caution small",
                   "Each run has a column; nothing is averaged across them. One round alone tells a difference of "
                   "half as much and more, and of twice as much where two runs contradict each other; less is said "
                   "only where twenty rounds have told it.");
    tell_builds(merge);
}

/* -- In full ----------------------------------------------------------------------------------------------------- */

/* What is another in each run, of one machine, too. */
static bool is_of_the_run(const char *key)
{
    static const char *const keys[] = {"date", "load", "duration_s", "steal", "noise", "command", "seed", "interrupted",
                                       "last_self_comparison"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (strcmp(keys[i], key) == 0)
            return true;
    return false;
}

static int find_keys(const struct merge *merge, const char **keys)
{
    int count = 0;
    for (int run = 0; run < merge->count; run++)
        for (int row = 0; row < merge->runs[run].environment.count && count < KEYS_MOST; row++) {
            const char *key = csv_field(&merge->runs[run].environment, row, 0);
            int i = 0;
            while (i < count && strcmp(keys[i], key) != 0)
                i++;
            keys[i] = key;
            count += i == count;
        }
    return count;
}

static void write_rows(const struct merge *merge, enum kind kind, const char *title)
{
    const char *keys[KEYS_MOST];
    int count = find_keys(merge, keys), written = 0;
    for (int i = 0; i < count; i++) {
        enum kind own = is_of_the_run(keys[i]) ? OF_THE_RUN : differs(merge, keys[i]) ? DIFFERS : SAME;
        if (own != kind)
            continue;
        if (written++ == 0)
            tell_group(merge->tell, title);
        tell_row_open(merge->tell, keys[i]);
        for (int run = 0; run < merge->count; run++)
            tell_cell_words(merge->tell, value_of(merge, run, keys[i]));
        tell_row_close(merge->tell);
    }
}

void merge_environments(const struct merge *merge)
{
    struct html_head heads[MERGE_MOST + 1] = {{"Setting", ""}};
    for (int run = 0; run < merge->count; run++)
        heads[run + 1] = (struct html_head){merge_letter(run), merge->runs[run].run_dir};
    tell_section_open(merge->tell, "environments", "The environments, side by side");
    tell_table_open(merge->tell, "", "What was found when each run began; what differs stands first.", heads,
                    merge->count + 1);
    write_rows(merge, DIFFERS, "Differs");
    write_rows(merge, SAME, "The same in all");
    write_rows(merge, OF_THE_RUN, "Of each run");
    tell_table_close(merge->tell, "");
    tell_section_close(merge->tell);
}
