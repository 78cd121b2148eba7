/* Does a run become a page that answers, stands alone and tells all, and is a damaged run refused with file and
 * line? */
#define _GNU_SOURCE
#include "harness/report/report.h"
#include "harness/tests/check.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char fixture[] = "harness/tests/fixtures/run";
static const char *const files[] = {"trials.csv", "environment.csv", "latency.csv", "lt_et.csv", "battery.csv",
                                    "models.csv", "lt_et_events.csv", "claims.csv", "claim_figures.csv",
                                    "verdicts.csv"};
static char run_dir[] = "/tmp/iolab-report-XXXXXX";
static char page[4096], why[4608];

/* -- Folders ----------------------------------------------------------------------------------------------------- */

static char *path_in(const char *dir, const char *name)
{
    static char path[2][4096];
    static int turn;
    turn = !turn;
    snprintf(path[turn], sizeof path[turn], "%s/%s", dir, name);
    return path[turn];
}

/* The file's text, which the caller frees; empty if it cannot be read. */
static char *text_of(const char *path)
{
    FILE *from = fopen(path, "r");
    char *text = NULL;
    size_t size = 0;
    if (!from || getdelim(&text, &size, '\0', from) < 0) {
        free(text);
        text = strdup("");
    }
    if (from)
        fclose(from);
    return text;
}

static void put(const char *name, const char *text)
{
    FILE *to = fopen(path_in(run_dir, name), "w");
    fputs(text, to);
    fclose(to);
}

static void copy_fixture(void)
{
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char *text = text_of(path_in(fixture, files[i]));
        if (*text)
            put(files[i], text);
        else
            unlink(path_in(run_dir, files[i]));
        free(text);
    }
}

/* Writes the page and returns it; the caller frees it. */
static char *make_page(void)
{
    CHECK(report_write(run_dir, page, sizeof page, why, sizeof why) == 0, "%s", why);
    CHECK(access(path_in(run_dir, "report.html.new"), F_OK) < 0, "what was written aside is left");
    return text_of(path_in(run_dir, "report.html"));
}

static int count_of(const char *text, const char *wanted)
{
    int count = 0;
    for (; (text = strstr(text, wanted)); text++)
        count++;
    return count;
}

static void says(const char *text, const char *wanted) { CHECK(strstr(text, wanted), "the page lacks: %s", wanted); }
static void never_says(const char *text, const char *unwanted)
{
    CHECK(!strstr(text, unwanted), "the page has: %.60s", strstr(text, unwanted));
}

/* -- A sound run ------------------------------------------------------------------------------------------------- */

static void test_answer(const char *text)
{
    says(text, "<strong>10,000</strong> idle connections, a request costs poll <strong>33 times</strong> the CPU");
    says(text, "epoll-lt and epoll-et pay <strong>about the same</strong> as with none (less than twice)");
    says(text, "select holds <strong>1,000</strong> (a descriptor of 1,024 (FD_SETSIZE) or more has no bit in its");
    says(text, "An idle connection holds <strong>147 KiB</strong> in fork, and at most <strong>104 bytes</strong> in");
    says(text, "One round: no ranking.");
    CHECK(strstr(text, "class=\"answer\"") < strstr(text, "<h2"), "the answer does not come first");
}

static void test_stands_alone(const char *text)
{
    const char *outside[] = {"http:", "https:", "src=", "<link", "<script", "@import", "url("};
    for (size_t i = 0; i < sizeof outside / sizeof *outside; i++)
        never_says(text, outside[i]);
    says(text, "<html lang=\"en\">");
    says(text, "prefers-color-scheme:dark");
}

static void test_tells_all(const char *text)
{
    const char *models[] = {"blocking", "nonblocking", "select", "poll", "epoll-lt", "epoll-et", "fork"};
    char row[64];
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        snprintf(row, sizeof row, "<th scope=\"row\">%s</th>", models[i]);
        CHECK(count_of(text, row) >= 4, "%s stands in %d tables", models[i], count_of(text, row));
    }
    says(text, "<th scope=\"col\">");
    CHECK(count_of(text, "<table>") == 11, "%d tables", count_of(text, "<table>"));
    CHECK(count_of(text, "<svg") == count_of(text, "role=\"img\""), "a figure without a role");
    CHECK(count_of(text, "<svg") == count_of(text, "<desc id="), "a figure without a description");
    says(text, "<b>fork</b> has no numbers: exited with 1: fork: Resource temporarily unavailable");
    says(text, "limited by the driver: lateness p99 83 µs");
    never_says(text, ">nan<");
}

/* All holds; n/a has its reason; and the groups are folded up. */
static void test_battery(const char *text)
{
    says(text, "<strong>All 3 behaviours hold</strong>, in every server to which they apply: 4 plays. "
               "1 held only when played alone: ");
    says(text, "<b>blocking</b> in “One is silent”: SPIN beside others, and held alone</li>");
    says(text, "<th scope=\"row\">Two lines &#38; one &#60;NUL&#62;</th><td>holds</td><td>holds</td>");
    says(text, "Only one is served <small>n/a: it serves one client at a time</small></th>"
               "<td class=\"soft\">n/a</td><td>holds</td>");
    says(text, "<details class=\"matrix\">\n<summary><b>bytes</b> What comes back. <small>1 behaviour, all hold.");
    says(text, "<details class=\"matrix\">\n<summary><b>crowd</b> Many clients. <small>2 behaviours, all hold.");
    never_says(text, "What does not hold");
}

static void test_who_waits(const char *text)
{
    says(text, "<li>in read itself: <b>blocking and fork</b></li>");
    says(text, "<li>in a call that tells who is ready: <b>select, poll, epoll-lt and epoll-et</b></li>");
    never_says(text, "<b></b>");
    says(text, "<b>uring</b> is skipped: uring: io_uring_setup: Operation not permitted.");
    says(text, "<h3>aio</h3>\n<p class=\"small\">aio does not read: a hidden thread waits in read for 49.9 ms");
    says(text, "poll waits in poll, not in read: 50.0 ms for data, then at most 6 µs to copy it.");
    CHECK(count_of(text, "id=\"fig-calls-") == 16, "%d titles and texts of figures", count_of(text, "id=\"fig-calls-"));
}

/* Level against edge: the answer first, a table for each scene, lines that follow each other in one cell. */
static void test_lt_et(const char *text)
{
    const char *section = strstr(text, "id=\"lt-et\""), *tables = "<table class=\"beside\">";
    CHECK(section != NULL, "the section is missing");
    says(text, "<p class=\"lead\">64 KiB came: level-triggered was woken 64 times, edge-triggered once.</p>");
    says(text, "Some calls are skipped: because &#60;no tracer&#62;.");
    CHECK(count_of(text, tables) == 2, "%d tables", count_of(text, tables));
    says(text, "epoll-lt <small>level-triggered</small></th><th scope=\"col\">epoll-et <small>oneshot</small>");
    says(text, "<th scope=\"rowgroup\" colspan=\"2\">A send &#34;&#60;b&#62;&#34;</th>");
    says(text, "data-mode=\"epoll-lt: level-triggered\"> 64 x epoll_wait: A in\n    | read A: 1024 bytes</td>");
    says(text, "data-mode=\"epoll-et: oneshot\">      epoll_wait: A in, out</td>");
    says(text, "An edge is told once, a level again &#38; again.");
    says(text, "<th scope=\"row\">crowd, epoll-et</th><td>all</td><td>–</td>");
    says(text, "<b>64,512 bytes stranded</b>");
    CHECK(count_of(section, "One square per wakeup.") == 4, "%d bursts", count_of(section, "One square per wakeup."));
}

/* The twin says the same in the same words, and is no HTML: the answer first, each table, what fails, the machine. */
static void test_twin(void)
{
    char *text = text_of(path_in(run_dir, "report.md"));
    const char *answer = strstr(text, "- With **10,000** idle connections, a request costs poll **33 times** the CPU");
    CHECK(answer && answer < strstr(text, "\n## "), "the twin's answer does not come first");
    says(text, "\n# Seven servers, the same echo: what waiting costs\n");
    says(text, "- **fork** has no numbers: exited with 1: fork: Resource temporarily unavailable");
    says(text, "**All 3 behaviours hold**, in every server to which they apply: 4 plays.");
    says(text, "\n### bytes\n\nWhat comes back.\n\n- Two lines \\& one \\<NUL\\>: holds in two\n\n### crowd\n\n");
    says(text, "- Only one is served: holds in one; n/a in blocking (it serves one client at a time)\n");
    says(text, "- **REFUTED** “Non-blocking sockets make a server scale.”  \n  With 1,000 silent clients");
    says(text, "with \\<few\\> of them");
    CHECK(count_of(text, "\n|:--") == 9, "the twin has %d tables", count_of(text, "\n|:--"));
    says(text, "| *Multiplexing* |");
    says(text, "\n- poll waits in poll, not in read: 50.0 ms for data, then at most 6 µs to copy it.\n");
    says(text, "\n## How to read this, and what it does not show\n\n### How to read it\n\n- **CPU per request** at");
    never_says(text, "<p");
    never_says(text, "<code");
    never_says(text, "&#");
    never_says(text, "| nan");
    free(text);
}

/* What is refuted comes first; a verdict is a word and a shape; what was seen, on what it depends, how to see it, and
 * the figures, folded. */
static void test_claims(const char *text)
{
    const char *refuted = strstr(text, "<h3>Refuted here</h3>"), *confirmed = strstr(text, "<h3>Confirmed here</h3>");
    says(text, "Of four claims that tutorials make, this machine finds <strong>1 refuted, 1 depending on something, "
               "1 confirmed and 1 not tried</strong>.</li>");
    CHECK(refuted && confirmed && refuted < confirmed, "what is refuted does not stand first");
    CHECK(count_of(text, "<li class=\"claim\">") == 4, "%d claims", count_of(text, "<li class=\"claim\">"));
    says(text, "<span aria-hidden=\"true\">✗</span> <b>REFUTED</b>");
    says(text, "“Non-blocking sockets make a server scale.”</span></div><div>\nWith 1,000 silent clients");
    says(text, "<em>It depends:</em> on how many are connected and silent: with &#60;few&#62; of them &#38; all busy");
    says(text, "02_nonblocking · see it: <code>iolab sweep idle nonblocking poll</code>");
    CHECK(count_of(text, "<summary>The figures</summary>") == 2, "%d claims with figures",
          count_of(text, "<summary>The figures</summary>"));
    says(text, "<dt>poll with 1000 silent</dt><dd>71 µs per request</dd>");
    says(text, "<dt>nonblocking with 1000 silent</dt><dd>2,432 µs per request</dd>");
    says(text, "there is nothing to save.");
}

static void test_sound_run(void)
{
    copy_fixture();
    char *text = make_page();
    test_twin();
    test_lt_et(text);
    test_answer(text);
    test_stands_alone(text);
    test_tells_all(text);
    test_battery(text);
    test_who_waits(text);
    test_claims(text);
    free(text);
}

static const char header[] = "schema,experiment,model,round,order,parameters,metric,unit,value\n";

static void test_small_run(void)
{
    char trials[1024];
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        unlink(path_in(run_dir, files[i]));
    snprintf(trials, sizeof trials,
             "%s1,closed,<i>&me,1,1,connections=64 size=64,failed,text,\"no <b>port</b>, sorry: caf\xc3\"\n", header);
    put("trials.csv", trials);
    char *text = make_page();
    never_says(text, "<i>&me");
    never_says(text, "<b>port");
    says(text, "&#60;i&#62;&#38;me");
    says(text, "sorry: caf\xef\xbf\xbd");       /* what is no UTF-8 would make the page no page */
    never_says(text, "id=\"idle\"");
    never_says(text, "id=\"lt-et\"");
    says(text, "was not played in this run: a quick one leaves it out. <code>make battery</code>");
    never_says(text, "id=\"models\"");
    free(text);
}

/* The memory of an idle connection is told where the widest gap is: who holds much, each by name, and the others. A
 * server that takes a CPU from the start is not said to cost as much with idle clients as without. */
static void test_gap(void)
{
    static const struct { const char *model; long bytes, cpu_ms; } models[] = {
        {"nonblocking", 66000, 150}, {"poll", 79000, 9}, {"fork", 65000000, 9}, {"thread", 13000000, 9}};
    char trials[8192];
    int length = snprintf(trials, sizeof trials, "%s", header);
    for (size_t i = 0; i < sizeof models / sizeof *models; i++)
        for (int idle = 0; idle <= 1000; idle += 1000) {
            const char *metrics[] = {"served", "total", "idle_served", "idle_total", "requests", "window",
                                     "server_cpu", "rss_start", "rss_idle"};
            const long values[] = {16, 16, idle, idle, 100, 250000000, models[i].cpu_ms * 1000000, 100000,
                                   100000 + (idle ? models[i].bytes : 0)};
            for (size_t k = 0; k < sizeof values / sizeof *values; k++)
                length += snprintf(trials + length, sizeof trials - (size_t)length,
                                   "1,idle,%s,1,%d,idle=%d connections=16 size=64 rate=400,%s,count,%ld\n",
                                   models[i].model, length, idle, metrics[k], values[k]);
        }
    put("trials.csv", trials);
    char *text = make_page();
    says(text, "An idle connection holds <strong>12.7 KiB</strong> to <strong>63.5 KiB</strong> in thread and fork, "
               "and at most <strong>79 bytes</strong> in the others.");
    says(text, "a request costs poll, fork and thread <strong>about the same</strong> as with none");
    free(text);
}

/* A server that stumbled answers a whole line of requests at once: cheap, and no comparison. Nor is one that spins. */
static void test_late(void)
{
    static const struct { const char *model; long p50_ns, cpu_ms; } models[] = {
        {"nonblocking", 30000, 990}, {"select", 6000000, 120}, {"poll", 50000, 100}, {"epoll-et", 130000000, 56}};
    char trials[8192];
    int length = snprintf(trials, sizeof trials, "%s", header);
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        const char *metrics[] = {"served", "total", "requests", "offered", "window", "server_cpu", "response_p50"};
        const long values[] = {64, 64, 10000, 10000, 1000000000, models[i].cpu_ms * 1000000, models[i].p50_ns};
        for (size_t k = 0; k < sizeof values / sizeof *values; k++)
            length += snprintf(trials + length, sizeof trials - (size_t)length,
                               "1,rate,%s,1,%zu,connections=64 size=64 rate=10000,%s,%s,%ld\n", models[i].model, i,
                               metrics[k], k < 4 ? "count" : "ns", values[k]);
    }
    put("trials.csv", trials);
    char *text = make_page();
    says(text, "a request costs <strong>10.0 to 12.0 µs</strong> of CPU, and nonblocking takes a whole CPU. No order "
               "yet: one round tells none, 20 would: "
               "<code>make bench ARGS=&#39;--rounds 20&#39;</code>. epoll-et fell behind: "
               "half of the answers came later than the next request was due");
    free(text);
    text = text_of(path_in(run_dir, "report.md"));
    says(text, "behind:");
    free(text);
}

/* What holds of all that ran is said once; of some of them, by name. */
static void test_of_all(void)
{
    char trials[2048];
    int length = snprintf(trials, sizeof trials, "%s", header);
    const char *models[] = {"poll", "select", "fork"};
    const char *rest[] = {"served,count,64", "note,text,it sent late", "note,text,it is old"};
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < 3 - (i == 2); k++)
            length += snprintf(trials + length, sizeof trials - (size_t)length,
                               "1,closed,%s,1,1,connections=64 size=64,%s\n", models[i], rest[k]);
    put("trials.csv", trials);
    char *text = make_page();
    says(text, "<li><b>Of all three servers:</b> it sent late.</li>");
    says(text, "<li><b>select, poll</b> it is old.</li>");
    free(text);
}

/* What weakened the figures in one round of four is not said of all of them. */
static void test_some_rounds(void)
{
    char trials[2048];
    int length = snprintf(trials, sizeof trials, "%s", header);
    for (int round = 1; round <= 4; round++)
        length += snprintf(trials + length, sizeof trials - (size_t)length,
                           "1,closed,poll,%d,1,connections=64 size=64,total,count,64\n"
                           "1,closed,poll,%d,1,connections=64 size=64,served,count,64\n"
                           "1,closed,poll,%d,1,connections=64 size=64,note,text,%s\n", round, round, round,
                           round == 3 ? "it sent late" : "it is old");
    put("trials.csv", trials);
    char *text = make_page();
    says(text, "<li><b>poll</b> it sent late, in some of the rounds.</li>");
    says(text, "<li><b>poll</b> it is old.</li>");
    free(text);
}

/* What fails stands first, with its cause and the command, alike ones together; what cannot be judged says why. */
static void test_battery_fails(void)
{
    copy_fixture();
    put("battery.csv", "group,scene,variant,model,result,code,line,got,want,ms,message,about,title\n"
                       "bytes,stream,,poll,pass,,,,,9,,What comes back.,A stream\n"
                       "bytes,stream,,uring,skip,,,,,9,no io_uring here,What comes back.,A stream\n"
                       "crowd,idle,9,poll,FAIL,STARVED_BY_ALL,7,1,2,9,B waits <long>,Many clients.,9 are silent\n"
                       "crowd,idle,9,epoll-lt,FAIL,STARVED_BY_ALL,7,3,2,9,B waits,Many clients.,9 are silent\n"
                       "crowd,idle,9,uring,skip,,,,,9,no io_uring here,Many clients.,9 are silent\n");
    char *text = make_page();
    says(text, "<strong>2 of 3</strong> plays do not hold. 2 could not be judged on this machine");
    says(text, "<b>poll, epoll-lt</b> in “9 are silent”: <b>STARVED_BY_ALL</b>, B waits &#60;long&#62;<br><code>"
               "build/bin/iolab scene harness/battery/crowd.scene --only idle/9 --model poll</code>");
    says(text, "<td><b>fails: STARVED_<wbr>BY_<wbr>ALL</b></td>");
    says(text, "<td class=\"soft\">skip</td><td>not played</td>");
    CHECK(count_of(text, "STARVED_BY_ALL") == 1 && count_of(text, "no io_uring here") == 1, "a cause is told twice");
    const char *open = strstr(text, "<details class=\"matrix\" open>");
    CHECK(open && open < strstr(text, "<b>bytes</b>"), "what fails does not stand first, and open");
    free(text);
}

/* On a busy machine the page says so before all else, compares nothing, and says it again at each chart of times, whose
 * marks are grey and hollow; what noise does not touch stays. If it was busy now and then, that stands below. */
static void test_busy(void)
{
    copy_fixture();
    put("environment.csv", "key,value\nnoise,40 of 60 trials began on a machine that was busy\n");
    char *text = make_page();
    says(text, "This machine was busy, so this page compares nothing");
    never_says(text, "a request costs");
    never_says(text, "is cheaper");
    never_says(text, "can be compared");
    says(text, "select holds <strong>1,000</strong>");
    says(text, "An idle connection holds <strong>147 KiB</strong>");
    int captions = count_of(text, "<p class=\"busy\">Measured on a busy machine: not for comparing.</p>");
    CHECK(captions == 5, "%d of 5 charts of times say it", captions);
    never_says(text, "class=\"mark grey\"");
    int bars = count_of(text, "<rect class=\"mark hollow grey\"");
    CHECK(bars >= 2, "%d bars of throughput are grey outlines", bars);
    free(text);
    put("environment.csv", "key,value\nnoise,10 of 60 trials began on a machine that was busy\n");
    text = make_page();
    never_says(text, "compares nothing");
    never_says(text, "not for comparing");
    says(text, "a request costs");
    says(text, "10 of 60 trials began on a machine that was busy: measure again");
    free(text);
}

/* A server that cannot run here has a place, and no number; a run over http is told as one. */
static void test_cannot(void)
{
    char trials[1024];
    snprintf(trials, sizeof trials, "%s%s", header,
             "1,closed,poll,1,1,connections=64 service=http,served,count,64\n"
             "1,closed,poll,1,1,connections=64 service=http,total,count,64\n"
             "1,closed,poll,1,1,connections=64 service=http,requests,count,9\n"
             "1,closed,uring,1,2,connections=64 service=http,cannot,text,no io_uring here\n");
    put("trials.csv", trials);
    char *text = make_page();
    says(text, "One server, the same page: ");
    says(text, "This machine cannot run uring: no io_uring here.");
    says(text, "<b>uring</b> cannot run on this machine: no io_uring here.");
    says(text, ">cannot run here<");
    never_says(text, "nan");
    free(text);
}

/* -- Verdicts ---------------------------------------------------------------------------------------------------- */

static char *trials;
static size_t trials_size;
static FILE *trials_to;

/* Begins a run of nothing but its trials. */
static void begin_trials(void)
{
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        unlink(path_in(run_dir, files[i]));
    trials_to = open_memstream(&trials, &trials_size);
    fputs(header, trials_to);
}

/* A trial of 1,000 requests, all served, in a window of a second. */
static void add_trial(const char *experiment, const char *model, int round, const char *parameters, long cpu_ns)
{
    static int order;
    const struct { const char *metric, *unit; long value; } rows[] = {
        {"served", "count", 16}, {"total", "count", 16}, {"requests", "count", 1000}, {"offered", "count", 1000},
        {"unfinished", "count", 0}, {"window", "ns", 1000000000}, {"server_cpu", "ns", cpu_ns},
        {"response_p50", "ns", 50000}, {"response_p99", "ns", 90000 + 1000 * (round % 5)}};
    order = round == 1 && trials_size == 0 ? 1 : order + 1;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        fprintf(trials_to, "1,%s,%s,%d,%d,%s,%s,%s,%ld\n", experiment, model, round, order, parameters, rows[i].metric,
                rows[i].unit, rows[i].value);
}

static void end_trials(void)
{
    fclose(trials_to);
    put("trials.csv", trials);
    free(trials);
}

static void put_comparison(const char *a, const char *b)
{
    begin_trials();
    for (int pair = 1; pair <= 20; pair++) {
        add_trial("compare", a, pair, "side=A idle=500 connections=16 size=64 rate=1000", 20000000 + 1000 * pair);
        add_trial("compare", b, pair, "side=B idle=500 connections=16 size=64 rate=1000",
                  15000000 + 90000 * (pair % 7));
    }
    end_trials();
}

/* A comparison opens with its verdict, also if verdicts.csv was never written, and draws each pair. */
static void test_comparison(void)
{
    put_comparison("select", "epoll-et");
    char *text = make_page(), *twin = text_of(path_in(run_dir, "report.md"));
    says(text, "<title>select against epoll-et</title>");
    says(text, "<h1>select against epoll-et</h1>\n<ul class=\"answer\">\n"
               "<li><strong>Different</strong>: epoll-et uses ");
    says(text, " % less CPU per request than select (");
    says(text, "20 pairs of trials. What stands in brackets holds with 95 %.");
    never_says(text, "no ranking");
    says(twin, "# select against epoll-et\n\n- **Different**: epoll-et uses ");
    says(twin, "| CPU per request, µs    |            20.0 |");
    const char *figure = strstr(text, "id=\"fig-pairs-wide-t\""), *end = strstr(text, "id=\"fig-pairs-narrow-t\"");
    CHECK(figure && end, "the pairs are not drawn");
    int dots = count_of(figure, "<circle class=\"dot") - count_of(end, "<circle class=\"dot");
    CHECK(dots == 3 * 20, "%d dots, want 20 for each of CPU, p50 and p99", dots);
    says(text, "Did the machine drift?");
    says(twin, "| select (A)   |");
    free(text);
    free(twin);
    put_comparison("poll", "poll");
    text = make_page();
    says(text, "<h1>poll against itself</h1>");
    says(text, "poll (B) uses ");
    says(text, " than poll (A) (");
    free(text);
}

static const char verdicts[] = "schema,experiment,a,b,parameters,metric,unit,pairs,median_a,median_b,ratio,low,high,"
                               "level,p,verdict,more_pairs,says\n";

/* What was decided when it was measured stands, and why nothing could be. */
static void test_verdicts_file(void)
{
    char rows[1024];
    put_comparison("select", "epoll-et");
    snprintf(rows, sizeof rows, "%s1,compare,select,epoll-et,rate=1000,cpu_per_request,ns,20,1,1,,,,0.95,1,cannot tell,"
             "0,select serves 1 of 16 clients\n", verdicts);
    put("verdicts.csv", rows);
    char *text = make_page();
    says(text, "<li><strong>Cannot tell</strong>: select serves 1 of 16 clients.</li>");
    never_says(text, "nan");
    free(text);
    snprintf(rows, sizeof rows, "%s1,compare,select,epoll-et,rate=1000,cpu_per_request,ns,20,20,15,0.75,0.7,0.8,0.95,"
             "0.001,different,0,different: 25 %% less (20 to 30 %%)\n", verdicts);
    put("verdicts.csv", rows);
    text = make_page();
    says(text, "<strong>Different</strong>: epoll-et uses 25 % less CPU per request than select (20 to 30 %).");
    free(text);
}

static void put_rounds(int rounds)
{
    begin_trials();
    for (int round = 1; round <= rounds; round++) {
        add_trial("rate", "poll", round, "connections=16 size=64 rate=1000", 20000000 + 90000 * (round * 3 % 7));
        add_trial("rate", "select", round, "connections=16 size=64 rate=1000", 30000000 + 100000 * (round * 7 % 5));
        add_trial("rate", "epoll-lt", round, "connections=16 size=64 rate=1000", 20000000 + 90000 * (round * 5 % 7));
        fprintf(trials_to, "1,rate,blocking,%d,9,connections=16 size=64 rate=1000,served,count,1\n"
                           "1,rate,blocking,%d,9,connections=16 size=64 rate=1000,total,count,16\n", round, round);
    }
    end_trials();
}

/* Twenty rounds are told in letters; with nineteen nobody is put in an order. */
static void test_rounds(void)
{
    put_rounds(20);
    char *text = make_page(), *twin = text_of(path_in(run_dir, "report.md"));
    says(text, "<ul class=\"answer\">\n<li>For the same work least CPU is used by <strong>poll and epoll-lt</strong> "
               "(a), most by <strong>select</strong> (b).");
    says(text, "<li><strong>Different</strong>: poll uses 33 % less CPU per request than select (");
    says(text, "<li><strong>Same</strong>: poll and epoll-lt use the same CPU per request within 5 %");
    says(text, "Medians of 20 rounds: letters, and no ranking.");
    says(text, ">select → poll<");
    says(twin, "| select   | ");
    const char *order = strstr(twin, "## Did the machine drift?");
    CHECK(order && strstr(order, "| select ") < strstr(order, "| poll "),
          "the strips are not in the order of the labs");
    says(text, "Not judged: blocking. Who leaves clients unserved");
    free(text);
    free(twin);
    put_rounds(19);
    text = make_page();
    never_says(text, "least CPU");
    never_says(text, "<strong>Different");
    says(text, "No order yet: 19 rounds tell none, 20 would");
    says(text, "Did the machine drift?");
    free(text);
    put_rounds(4);
    text = make_page();
    never_says(text, "Did the machine drift?");
    free(text);
}

/* Of a sweep of the load both percentiles are drawn, and each rate is the server's own. */
static void test_load(void)
{
    begin_trials();
    add_trial("load", "poll", 1, "connections=64 size=64 rate=50000 load=50", 9000000);
    add_trial("load", "epoll-et", 1, "connections=64 size=64 rate=60000 load=50", 9000000);
    add_trial("load", "poll", 1, "connections=64 size=64 rate=110000 load=110", 9000000);
    fputs("1,load,epoll-et,1,9,connections=64 size=64 rate=132000 load=110,response_p99_above,ns,2000000000\n",
          trials_to);
    end_trials();
    char *text = make_page();
    says(text, "<h1>Two servers, the same echo: response time as the load rises</h1>");
    says(text, "At 50 % of what it can do, a server answers 99 of 100 requests within <strong>91 µs</strong>; at "
               "110 % within <strong>91 to 2,000,000 µs and more</strong>: what comes faster than it is answered ");
    says(text, "<th scope=\"row\">epoll-et</th><td>91</td><td>&#62; 2,000,000</td>");
    says(text, "id=\"fig-load-p50-wide-t\"");
    says(text, "id=\"fig-load-p99-wide-t\"");
    free(text);
}

/* Where not all take part it is said who does; and of who was tried nowhere, once. */
static void test_load_of_some(void)
{
    begin_trials();
    for (int load = 10; load <= 110; load += 50) {
        char parameters[80];
        snprintf(parameters, sizeof parameters, "connections=64 size=64 rate=%d load=%d", load * 1000, load);
        add_trial("load", "poll", 1, parameters, 9000000);
        add_trial("load", "thread", 1, parameters, 9000000);
        for (int i = 0; i < 2; i++)
            fprintf(trials_to, "1,load,%s,1,9,connections=64 size=64 load=%d,stops,text,not tried: too few served\n",
                    i ? "uring" : "fork", load);
    }
    add_trial("closed", "select", 1, "connections=64 size=64", 9000000);
    end_trials();
    char *text = make_page();
    says(text, "At 60 % of what they can do, poll and thread answer 99 of 100 requests within <strong>91 µs");
    says(text, "<li><b>uring, fork</b> is not tried: too few served.</li>");
    CHECK(count_of(text, "not tried") == 1, "what was not tried is told %d times", count_of(text, "not tried"));
    free(text);
}

/* Along the other axes: who did not serve all ends there. An interrupted run says so. */
static void test_axes(void)
{
    begin_trials();
    add_trial("clients", "poll", 1, "connections=1 size=64", 9000000);
    add_trial("clients", "poll", 1, "connections=16 size=64", 9000000);
    add_trial("size", "poll", 1, "connections=16 size=1", 9000000);
    add_trial("size", "poll", 1, "connections=16 size=1048576", 9000000);
    fputs("1,clients,blocking,1,9,connections=1 size=64,requests,count,500\n"
          "1,clients,blocking,1,9,connections=1 size=64,window,ns,1000000000\n"
          "1,clients,blocking,1,9,connections=1 size=64,served,count,1\n"
          "1,clients,blocking,1,9,connections=1 size=64,total,count,16\n", trials_to);
    end_trials();
    put("environment.csv", "key,value\ninterrupted,yes\ncommand,iolab sweep clients\n");
    char *text = make_page();
    says(text, "With 16 clients a server does at least <strong>1,000</strong> requests per second, with 1 ");
    says(text, "With messages of 1 MiB a server does at least <strong>1,000</strong> MiB per second, with those of 1 "
               "byte ");
    says(text, "<th scope=\"row\">blocking</th><td>not all served</td>");
    says(text, "Interrupted: what was measured until then. ");
    never_says(text, "The battery of behaviours");
    free(text);
}

/* The table of percentiles ranks the requests that were due in the window, and has p75 and p99.9 themselves, not their
 * neighbours. Of answers that came in the window some were due before: they are in no histogram. */
static void test_percentiles(void)
{
    static const int counts[] = {10100, 5000, 3000, 1000, 790, 100, 10};
    char latency[2048];
    int length = snprintf(latency, sizeof latency, "experiment,model,round,parameters,kind,low_ns,high_ns,count\n");
    for (int i = 0; i < 7; i++)
        length += snprintf(latency + length, sizeof latency - (size_t)length, "rate,poll,1,rate=9,response,%d,%d,%d\n",
                           9000 + 10000 * i, 11000 + 10000 * i, counts[i]);
    begin_trials();
    fputs("1,rate,poll,1,1,rate=9,requests,count,20300\n1,rate,poll,1,1,rate=9,offered,count,20000\n", trials_to);
    end_trials();
    put("latency.csv", latency);
    char *text = make_page();
    says(text, "<th scope=\"row\">poll</th><td>10</td><td>20</td><td>30</td><td>40</td><td>50</td><td>60</td>");
    free(text);
}

static void add_at_rate(const char *model, int round, const char *metric, const char *unit, int value)
{
    fprintf(trials_to, "1,rate,%s,%d,1,connections=16 size=64 rate=1000,%s,%s,%d\n", model, round, metric, unit, value);
}

/* A round in which a percentile lies among requests that were never answered is one of the rounds, not all of them. */
static void test_rounds_without_an_end(void)
{
    static const char *const models[] = {"poll", "thread"};
    begin_trials();
    for (int i = 0; i < 2; i++) {
        for (int round = 1; round <= 3; round++) {
            add_at_rate(models[i], round, "requests", "count", 100);
            add_at_rate(models[i], round, "server_cpu", "ns", 2000000);
        }
        add_at_rate(models[i], 1, "response_p50", "ns", 50000);
        add_at_rate(models[i], 1, "response_p99", "ns", 50000);
        add_at_rate(models[i], 2, "response_p50", "ns", 60000);
        add_at_rate(models[i], 2, "response_p99_above", "ns", 20000);
        add_at_rate(models[i], 3, "response_p50_above", "ns", 100000);
        add_at_rate(models[i], 3, "response_p99_above", "ns", 30000);
    }
    end_trials();
    char *text = make_page();
    says(text, "<td>60</td><td>&#62; 30</td><td>–</td>");
    says(text, "At 1,000 requests per second, a request costs <strong>20.0 µs</strong> of CPU.");
    free(text);
}

/* -- Damaged runs ------------------------------------------------------------------------------------------------ */

static void refused(const char *name, const char *text, const char *reason)
{
    char want[4608];
    copy_fixture();
    put(name, text);
    snprintf(want, sizeof want, "%s/%s%s", run_dir, name, reason);
    CHECK(report_write(run_dir, page, sizeof page, why, sizeof why) < 0, "a page was made");
    CHECK(strcmp(why, want) == 0, "%s, want %s", why, want);
}

static void trial_refused(const char *row, const char *reason)
{
    char text[1024];
    snprintf(text, sizeof text, "%s%s\n", header, row);
    refused("trials.csv", text, reason);
}

static void verdict_refused(const char *row, const char *reason)
{
    char text[1024];
    snprintf(text, sizeof text, "%s%s\n", verdicts, row);
    refused("verdicts.csv", text, reason);
}

static void test_damaged_findings(void)
{
    refused("claims.csv", "id,claim\n", ":1: not the header line \"id,claim,lab,verdict,saw,depends,try,ms\"");
    refused("claims.csv", "id,claim,lab,verdict,saw,depends,try,ms\na,b,c,PERHAPS,,,,1\n",
            ":2: the verdict is none of CONFIRMED, REFUTED, DEPENDS, NOT TRIED");
    refused("claims.csv", "id,claim,lab,verdict,saw,depends,try,ms\na,b,c,REFUTED,,,,soon\n",
            ":2: the milliseconds are not a count");
    refused("claims.csv", "id,claim,lab,verdict,saw,depends,try,ms\na,,c,REFUTED,,,,1\n",
            ":2: a claim without an id, or without words");
    refused("claims.csv", "id,claim,lab,verdict,saw,depends,try,ms\na,b,c,REF", ":2: 4 fields, want 8");
    refused("claim_figures.csv", "id,what,value,unit\nclient-two-waits,clients,eight,\n",
            ":2: the value is not a number");
    refused("claim_figures.csv", "id,what,value,unit\nnobody,clients,8,\n", ":2: of no claim in claims.csv");
    verdict_refused("2,bench,a,b,,cpu_per_request,ns,20,1,1,1,1,1,0.95,1,same,0,same",
                    ":2: another schema than 1, the one that this iolab reads");
    verdict_refused("1,rate,a,b,,cpu_per_request,ns,20,1,1,1,1,1,0.95,1,same,0,same",
                    ":2: the experiment is none of compare, bench");
    verdict_refused("1,bench,a,b,,cpu_per_request,ns,20,1,1,1,1,1,0.95,1,better,0,better",
                    ":2: the verdict is none of different, same, cannot tell");
    verdict_refused("1,bench,a,b,,cpu_per_request,ns,20,1,1,x,1,1,0.95,1,same,0,same",
                    ":2: not a number where one must stand");
    verdict_refused("1,bench,a,b,,cpu_per_request,ns,20,1,1,,,,0.95,1,same,0,same",
                    ":2: a verdict without a ratio and its interval");
    verdict_refused("1,bench,a,b,,cpu_per_request,ns,many,1,1,1,1,1,0.95,1,same,0,same",
                    ":2: the pairs are not a count");
    verdict_refused("1,bench,a,b,,cpu_per_request", ":2: 6 fields, want 18");
}

static void test_damaged_runs(void)
{
    refused("trials.csv", "", ":1: empty, want a header line");
    refused("trials.csv", header, ":1: no trials below the header");
    trial_refused("1,rate,poll,1,1,rate=1,requests,count", ":2: 8 fields, want 9");
    trial_refused("2,rate,poll,1,1,rate=1,requests,count,1",
                  ":2: another schema than 1, the one that this iolab reads");
    trial_refused("1,rate,poll,1,1,rate=1,requests,count,1.5", ":2: the value is not a whole number");
    trial_refused("1,rate,poll,1,1,rate=1,requests,ms,1", ":2: the unit is none of ns, bytes, count, text");
    trial_refused("1,rate,poll,9223372036854775807,1,rate=1,requests,count,1", ":2: the round is not a count");
    trial_refused("1,rate,poll,x,1,rate=1,requests,count,1", ":2: the round is not a count");
    refused("environment.csv", "key,value\ncpus\n", ":2: 1 field, want 2");
    refused("lt_et.csv", "scene,model\n",
            ":1: not the header line \"scene,model,reads_per_event,wakeups,reads,eagain,bytes_in,bytes_stranded\"");
    refused("lt_et.csv",
            "scene,model,reads_per_event,wakeups,reads,eagain,bytes_in,bytes_stranded\nburst,epoll-lt,1,few,1,1,1,\n",
            ":2: not a count where one must stand");
    refused("lt_et_events.csv", "scene,kind\n", ":1: not the header line \"scene,kind,client,lt,et\"");
    refused("latency.csv",
            "experiment,model,round,parameters,kind,low_ns,high_ns,count\nrate,poll,1,rate=1,response,1,2,-3\n",
            ":2: not a count where one must stand");
    refused("battery.csv", "group,scene,variant,model,result,code,line,got,want,ms,message,about,title\n"
                           "a,b,,poll,fine,,,,,1,,,\n", ":2: the result is none of pass, FAIL, skip, n/a");
    refused("models.csv", "model,part,lane,call,says,from_ns,to_ns,count,returned\npoll,sent,client,,,0,9,1,1\n",
            ":2: no step of a figure");
    CHECK(report_write("/nowhere", page, sizeof page, why, sizeof why) < 0, "a page was made");
    CHECK(strcmp(why, "/nowhere/trials.csv: No such file or directory") == 0, "%s", why);
}

int main(void)
{
    if (!mkdtemp(run_dir))
        return 1;
    test_sound_run();
    test_small_run();
    test_gap();
    test_late();
    test_of_all();
    test_some_rounds();
    test_busy();
    test_battery_fails();
    test_cannot();
    test_comparison();
    test_verdicts_file();
    test_rounds();
    test_load();
    test_load_of_some();
    test_axes();
    test_percentiles();
    test_rounds_without_an_end();
    test_damaged_runs();
    test_damaged_findings();
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        unlink(path_in(run_dir, files[i]));
    unlink(path_in(run_dir, "report.html"));
    unlink(path_in(run_dir, "report.md"));
    rmdir(run_dir);
    return checks_failed();
}
