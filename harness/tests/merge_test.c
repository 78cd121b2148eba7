/* Several runs on one page: is what holds on all of them said, and what depends on the machine; is nothing compared
 * that is not comparable, and nothing said of a busy machine? */
#define _GNU_SOURCE
#include "harness/report/merge.h"
#include "harness/tests/check.h"
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { RUNS = 3 };
static char folder[] = "/tmp/iolab-merge-XXXXXX", dirs[RUNS][64], page_path[64], twin_path[64],
            why[4608];
static const char *const files[] = {"trials.csv", "environment.csv", "verdicts.csv", "claims.csv"};

/* -- Runs -------------------------------------------------------------------------------------------------------- */

static void put(int run, const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", dirs[run], name);
    FILE *to = fopen(path, "w");
    fputs(text, to);
    fclose(to);
}

static void forget(void)
{
    char path[256];
    for (int run = 0; run < RUNS; run++)
        for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
            snprintf(path, sizeof path, "%s/%s", dirs[run], files[i]);
            unlink(path);
        }
}

/* What a request costs each of the servers, in us of CPU. */
struct cost { const char *model; int us, idle_us; };

static void put_trials(int run, const struct cost *costs, int count, int idle, int rate)
{
    static char text[16384];
    int length = snprintf(text, sizeof text, "schema,experiment,model,round,order,parameters,metric,unit,value\n");
    for (int i = 0; i < count * 3; i++) {
        const struct cost *cost = &costs[i / 3];
        int silent = i % 3 == 1 ? 0 : idle, us = i % 3 == 2 ? cost->idle_us : cost->us;
        char parameters[100];
        snprintf(parameters, sizeof parameters, i % 3 ? "idle=%d connections=16 size=64 rate=400"
                 : "connections=16 size=64 rate=%d", i % 3 ? silent : rate);
        const struct { const char *metric, *unit; int value; } rows[] = {
            {"served", "count", 16}, {"total", "count", 16}, {"requests", "count", 100},
            {"window", "ns", 1000000000}, {"server_cpu", "ns", us * 100000}, {"response_p50", "ns", 50000}};
        for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
            length += snprintf(text + length, sizeof text - (size_t)length, "1,%s,%s,1,%d,%s,%s,%s,%d\n",
                               i % 3 ? "idle" : "rate", cost->model, i, parameters, rows[k].metric, rows[k].unit,
                               rows[k].value);
    }
    put(run, "trials.csv", text);
}

static void put_environment(int run, const char *cpu, const char *more)
{
    char text[512];
    snprintf(text, sizeof text, "key,value\ncpu_model,%s\ncpus,2\nkernel,Linux 6\ncommit,abc\n%s", cpu, more);
    put(run, "environment.csv", text);
}

static const struct cost first[] = {{"poll", 10, 300}, {"epoll-lt", 10, 10}, {"fork", 30, 30}};

static void put_sound_runs(void)
{
    static const struct cost others[RUNS - 1][3] = {{{"poll", 20, 500}, {"epoll-lt", 20, 20}, {"fork", 10, 9}},
                                                    {{"poll", 10, 90}, {"epoll-lt", 9, 9}, {"fork", 50, 50}}};
    static const char *const cpus[] = {"Atom", "Opteron", "Cortex"};
    forget();
    for (int run = 0; run < RUNS; run++) {
        put_trials(run, run ? others[run - 1] : first, 3, 1000, 500);
        put_environment(run, cpus[run], "");
    }
}

/* -- The page ---------------------------------------------------------------------------------------------------- */

static int merge(int count)
{
    const char *list[RUNS];
    for (int run = 0; run < count; run++)
        list[run] = dirs[run];
    return merge_write(list, count, page_path, why, sizeof why);
}

/* The caller frees it. */
static char *text_of(const char *path)
{
    char *text = NULL;
    size_t size = 0;
    FILE *from = fopen(path, "r");
    if (!from || getdelim(&text, &size, '\0', from) < 0) {
        free(text);
        text = strdup("");
    }
    if (from)
        fclose(from);
    return text;
}

/* The same of the caller. */
static char *page_of(int count)
{
    CHECK(merge(count) == 0, "%s", why);
    return text_of(page_path);
}

static void says(const char *text, const char *wanted) { CHECK(strstr(text, wanted), "the page lacks: %s", wanted); }
static void never_says(const char *text, const char *unwanted)
{
    CHECK(!strstr(text, unwanted), "the page has: %.80s", strstr(text, unwanted));
}

static void test_what_holds_and_what_depends(void)
{
    put_sound_runs();
    char *text = page_of(3);
    says(text, "three machines");
    says(text, "<b>A</b>: Atom, 2 CPUs");
    says(text, "On all 3 machines <b>poll</b> needs more CPU for a request with 1,000 silent clients than epoll-lt and "
               "fork.");
    says(text, "Depends on the machine: epoll-lt needs more CPU for a request with 1,000 silent clients than fork on "
               "B, and the other way round on A and C.");
    never_says(text, "<b>fork</b> needs more");
    says(text, "<td>300</td><td>500</td><td>90.0</td>");
    const char *differs = strstr(text, "Differs"), *same = strstr(text, "The same in all");
    const char *cpu = strstr(text, "<th scope=\"row\">cpu_model"), *commit = strstr(text, "<th scope=\"row\">commit");
    CHECK(differs && same && cpu > differs && cpu < same && commit > same, "what differs does not stand first");
    free(text);
}

/* The twin says the same, and is no HTML. */
static void test_twin(void)
{
    put_sound_runs();
    free(page_of(3));
    char *text = text_of(twin_path);
    says(text, "\n# What waiting costs on all 3 machines\n\n- **A**: Atom, 2 CPUs, Linux 6, 1 round, in `");
    says(text, "\n## CPU per request with silent clients\n\n- On all 3 machines **poll** needs more CPU for a request");
    says(text, "| poll     |    300 |    500 |   90.0 |");
    says(text, "\n| *Differs* ");
    never_says(text, "<b>");
    never_says(text, "<p");
    never_says(text, "<td");
    free(text);
}

/* What is there in both, but less than half as much again, may be chance twice. */
static void test_a_small_difference(void)
{
    static const struct cost close[] = {{"poll", 20, 28}, {"epoll-lt", 20, 20}, {"fork", 20, 60}};
    put_sound_runs();
    put_trials(0, close, 3, 1000, 500);
    put_trials(1, close, 3, 1000, 500);
    char *text = page_of(2);
    says(text, "On both machines <b>fork</b> needs more CPU for a request with 1,000 silent clients");
    never_says(text, "<b>poll</b> needs more CPU for a request with");
    free(text);
}

/* By less than twice, two rounds may contradict each other by chance. */
static void test_a_small_contradiction(void)
{
    static const struct cost close[] = {{"poll", 20, 500}, {"epoll-lt", 20, 20}, {"fork", 20, 14}};
    put_sound_runs();
    put_trials(1, close, 3, 1000, 500);
    char *text = page_of(2);
    never_says(text, "Depends on the machine: epoll-lt needs more CPU for a request with");
    says(text, "On both machines <b>poll</b> needs more CPU for a request with 1,000 silent clients");
    free(text);
}

static void test_one_machine(void)
{
    put_sound_runs();
    put_environment(0, "Atom", "");
    put_environment(1, "Atom", "");
    char *text = page_of(2);
    says(text, "two runs of one machine, as far as their environments tell");
    says(text, "In both runs <b>poll</b> needs more CPU");
    says(text, "Depends on the run: ");
    free(text);
    put_sound_runs();
    put_environment(2, "Atom", "");
    text = page_of(3);
    says(text, "three runs of two machines, as far as their environments tell");
    says(text, "In all 3 runs <b>poll</b> needs more CPU");
    never_says(text, "Depends on the machine");
    free(text);
}

/* By their own verdicts, where there are some: those tell less than half as much, and that so much was noise. */
static void test_verdicts(void)
{
    static const char header[] = "schema,experiment,a,b,parameters,metric,unit,pairs,median_a,median_b,ratio,low,high,"
                                 "level,p,verdict,more_pairs,says\n";
    char text[1024];
    put_sound_runs();
    snprintf(text, sizeof text, "%s%s%s", header,
             "1,bench,epoll-lt,poll,rate=500,cpu_per_request,ns,20,1,1,1.07,1.05,1.09,0.95,0.001,different,0,x\n",
             "1,bench,poll,fork,rate=500,cpu_per_request,ns,20,1,1,3,0.9,4,0.95,0.3,cannot tell,9,x\n");
    put(0, "verdicts.csv", text);
    put(2, "verdicts.csv", text);
    const struct cost changed[] = {{"poll", 20, 300}, {"epoll-lt", 10, 10}, {"fork", 30, 30}};
    put_trials(1, changed, 3, 1000, 500);
    char *page = page_of(3);
    says(page, "On all 3 machines <b>poll</b> needs more CPU for a request at 500 requests a second than epoll-lt.");
    never_says(page, "<b>fork</b> needs more CPU for a request at 500");
    free(page);
}

static void test_not_comparable(void)
{
    put_sound_runs();
    put_trials(1, first, 3, 2000, 5000);
    char *text = page_of(2);
    says(text, "Left out: the runs asked for different things: A “connections=16 size=64 rate=500”, B “connections=16 "
               "size=64 rate=5000”.");
    says(text, "Left out: no number of silent clients was tried in all runs: A 0 and 1,000, B 0 and 2,000.");
    never_says(text, "needs more CPU");
    free(text);
}

static void test_busy(void)
{
    put_sound_runs();
    put_environment(1, "Opteron", "noise,8 of 9 trials began on a machine that was busy\n");
    char *text = page_of(3);
    says(text, "<b>It was busy</b>: its times are shown, and nothing is said of them");
    says(text, "On A and C <b>poll</b> needs more CPU for a request with 1,000 silent clients than epoll-lt and fork.");
    says(text, "<td>300</td><td>500</td><td>90.0</td>");
    free(text);
    text = page_of(2);
    says(text, "Nothing is said of it: fewer than two runs found their machine at rest.");
    never_says(text, "needs more CPU");
    free(text);
}

static void test_other_builds_and_claims(void)
{
    put_sound_runs();
    put(1, "environment.csv", "key,value\ncpu_model,Opteron\ncommit,def\n");
    put(0, "claims.csv", "id,claim,lab,verdict,saw,depends,try,ms\na,Polling <is> cheap,01,REFUTED,,,,1\n"
                         "b,Threads are free,08,CONFIRMED,,,,1\nc,A claim,08,CONFIRMED,,,,1\n");
    put(1, "claims.csv", "id,claim,lab,verdict,saw,depends,try,ms\na,Polling <is> cheap,01,REFUTED,,,,1\n"
                         "b,Threads are free,08,DEPENDS,,,,1\nc,A claim,08,NOT TRIED,no time,,,1\n");
    char *text = page_of(2);
    says(text, "The runs are of different commits, so their servers may differ: A: abc, B: def.");
    says(text, "Of 2 claims that more than one run has tried, 1 has the same verdict in each; not the same have "
               "“Threads are free”.");
    says(text, "Polling &#60;is&#62; cheap</th><td class=\"words\">REFUTED</td><td class=\"words\">REFUTED</td>");
    free(text);
}

static void refused(const char *reason)
{
    char want[256];
    snprintf(want, sizeof want, "%s%s", dirs[1], reason);
    CHECK(merge(2) < 0, "a page was made, though %s", want);
    CHECK(strcmp(why, want) == 0, "%s, want %s", why, want);
}

static void test_damaged(void)
{
    put_sound_runs();
    put(1, "trials.csv", "schema,experiment,model,round,order,parameters,metric,unit,value\n"
                         "2,rate,poll,1,1,rate=1,requests,count,1\n");
    refused("/trials.csv:2: another schema than 1, the one that this iolab reads");
    put(1, "trials.csv", "schema,experiment,model,round,order,parameters,metric,unit,value\n"
                         "1,rate,poll,1,1,rate=1,requests,count,1\n1,rate,poll,1,1,ra");
    refused("/trials.csv:3: 6 fields, want 9");
    put_trials(1, first, 3, 1000, 500);
    put(1, "claims.csv", "id,claim\n");
    refused("/claims.csv:1: not the header line \"id,claim,lab,verdict,saw,depends,try,ms\"");
    forget();
    put_trials(0, first, 3, 1000, 500);
    refused("/trials.csv: No such file or directory");
}

int main(void)
{
    if (!mkdtemp(folder))
        return 1;
    snprintf(page_path, sizeof page_path, "%s/page.html", folder);
    snprintf(twin_path, sizeof twin_path, "%s/page.md", folder);
    for (int run = 0; run < RUNS; run++) {
        snprintf(dirs[run], sizeof dirs[run], "%s/%d", folder, run);
        mkdir(dirs[run], 0777);
    }
    test_what_holds_and_what_depends();
    test_a_small_difference();
    test_twin();
    test_a_small_contradiction();
    test_one_machine();
    test_verdicts();
    test_not_comparable();
    test_busy();
    test_other_builds_and_claims();
    test_damaged();
    forget();
    for (int run = 0; run < RUNS; run++)
        rmdir(dirs[run]);
    unlink(page_path);
    unlink(twin_path);
    CHECK(rmdir(folder) == 0, "something is left in %s", folder);
    return checks_failed();
}
