#define _GNU_SOURCE
#include "harness/trial/compare.h"
#include "harness/child/clock.h"
#include "harness/load/random.h"
#include "harness/meter/environment.h"
#include "harness/trial/offer.h"
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { WARMUP_MS = 150, CAPACITY_MS = 250, START_AND_END_MS = 150, PATIENCE_MS = 1000,
       RATE_LEAST = 20, SWITCHES_IDLE_MOST = 200, HOPELESS_PAIRS = 10 };

struct comparison {
    const struct compare_options *options;
    struct compare_found *found;
    struct record record;
    struct pair pairs[COMPARE_PAIRS_MOST];
    int begun, done, wanted;            /* pairs begun, and those that count; trials are two a pair */
    double began_ms;
    uint64_t coins;
    char books[4096];
};

static void fact(void *comparison, const char *name, const char *value)
{
    record_fact(&((struct comparison *)comparison)->record, name, value);
}

/* -- One trial --------------------------------------------------------------------------------------------------- */

static void tell_progress(struct comparison *comparison, int side, bool capacity)
{
    const struct compare_options *options = comparison->options;
    char what[128];
    double spent_s = (now_ms() - comparison->began_ms) / 1000;
    double trial_s = (double)(START_AND_END_MS + WARMUP_MS + options->window_ms) / 1000;
    int left = comparison->wanted - comparison->done;
    double pair_s = comparison->done > 1 ? spent_s / (comparison->done + 1) : 2 * trial_s;
    if (capacity)
        snprintf(what, sizeof what, "how much can %s do?", options->names[side]);
    else
        snprintf(what, sizeof what, "pair %d of %d: %s", comparison->done + 1, comparison->wanted,
                 options->names[side]);
    options->progress(what, left * pair_s);
}

/* rate 0: as fast as it goes. */
static void run(struct comparison *comparison, int side, double rate, struct trial *trial)
{
    const struct compare_options *options = comparison->options;
    const char *name = options->names[side];
    char path[4096];
    snprintf(path, sizeof path, "%s", options->path(name));
    char *const ours[] = {path, (char *)"--port", (char *)"0", (char *)"--quiet", (char *)"--books",
                          comparison->books, options->http ? (char *)"--service" : NULL, (char *)"http", NULL};
    char *const *foreign = options->foreign(name);
    bool capacity = rate <= 0;
    int window_ms = capacity && options->window_ms < CAPACITY_MS ? CAPACITY_MS : options->window_ms;
    const struct trial_plan plan = {
        .argv = foreign ? foreign : ours, .books = foreign ? NULL : comparison->books,
        .connections = options->connections, .idle = options->idle, .http = options->http, .size = options->size,
        .rate = rate, .warmup_ms = WARMUP_MS, .window_ms = window_ms,
        .patience_ms = PATIENCE_MS, .seed = options->seed + (uint64_t)comparison->begun,
        .server_cpu = comparison->found->machine.server_cpu, .switches = options->idle <= SWITCHES_IDLE_MOST,
        .stop = options->stop};
    tell_progress(comparison, side, capacity);
    machine_rest(&comparison->found->machine);
    trial_run(&plan, trial);
}

static bool fell_behind(const struct load_result *load, double rate)
{
    struct hist_quantile p50 = hist_quantile(&load->response, 0.5);
    return p50.above || pairs_behind((double)p50.ns, load->total, rate);
}

/* On a very busy machine: then it says nothing against the server. */
static const char starved[] = "starved: in the whole window it answered nothing, or did not run at all";

/* NULL, or why it gave no figures. */
static const char *without_figures(const struct trial *trial)
{
    if (trial->failed[0])
        return trial->failed;
    if (!trial_served_all(&trial->load))
        return trial->load.trouble[0] ? trial->load.trouble : "not all clients were served";
    return trial->load.requests == 0 || trial->server_cpu_ns <= 0 ? starved : NULL;
}

/* "side=A ...": both may have the same name. */
static void keep(struct comparison *comparison, const char *experiment, int side, const struct trial *trial)
{
    char parameters[200];
    snprintf(parameters, sizeof parameters, "side=%c %s", "AB"[side], comparison->found->parameters);
    const struct record_place place = {experiment, comparison->options->names[side], comparison->begun, parameters};
    const char *reason = without_figures(trial);
    record_trial(&comparison->record, &place, trial);
    if (reason && !trial->failed[0])
        record_reason(&comparison->record, &place, "failed", reason);
}

/* -- How much can they do? --------------------------------------------------------------------------------------- */

static void say_unserved(struct comparison *comparison, int side, const struct trial *trial)
{
    const struct load_result *load = &trial->load;
    int served = load->served + load->idle_served, total = load->total + load->idle_total;
    snprintf(comparison->found->no_verdict, COMPARE_SAYS, "%s served %d of %d clients (%s); so the two would not do "
             "the same work. Fewer clients: -c N%s", comparison->options->names[side], served, total,
             load->trouble[0] ? load->trouble : "it did not say why", load->idle_total > 0 ? ", --idle N" : "");
}

/* Why there will be no verdict; or it is known what the side can do. */
static void judge_capacity(struct comparison *comparison, int side, const struct trial *trial)
{
    struct compare_found *found = comparison->found;
    const char *name = comparison->options->names[side], *reason = without_figures(trial);
    found->cannot = trial->cannot[0];
    found->no_verdict[0] = '\0';
    if (trial->cannot[0])
        snprintf(found->no_verdict, COMPARE_SAYS, "this machine cannot run %s: %s", name, trial->cannot);
    else if (trial->measured && !trial->failed[0] && !trial_served_all(&trial->load))
        say_unserved(comparison, side, trial);
    else if (reason)
        snprintf(found->no_verdict, COMPARE_SAYS, "%s could not be measured: %s", name, reason);
    if (found->no_verdict[0])
        return;
    found->sides[side].capacity_per_s = (double)trial->load.requests * 1e9 / (double)trial->load.window_ns;
    found->sides[side].driver_share = (double)trial->load.driver_cpu_ns / (double)trial->load.window_ns;
}

/* On a busy machine it may fail once, or twice. False: there will be no verdict. */
static bool find_capacity(struct comparison *comparison, int side)
{
    enum { TRIES = 3 };
    static struct trial trial;
    struct compare_found *found = comparison->found;
    for (int i = 0; i < TRIES && found->sides[side].capacity_per_s <= 0 && !found->cannot; i++) {
        run(comparison, side, 0, &trial);
        if (*comparison->options->stop)
            return false;
        keep(comparison, "capacity", side, &trial);
        judge_capacity(comparison, side, &trial);
    }
    return found->sides[side].capacity_per_s > 0;
}

static void describe(struct comparison *comparison)
{
    const struct compare_options *options = comparison->options;
    char what[32] = "service=http";
    if (!options->http)
        snprintf(what, sizeof what, "size=%zu", options->size);
    snprintf(comparison->found->parameters, sizeof comparison->found->parameters,
             "idle=%d connections=%d %s rate=%.0f window_ms=%d", options->idle, options->connections, what,
             comparison->found->rate, options->window_ms);
}

/* Both once at the rate: would one of them fall behind at twice of it, or does it give no figures? */
static bool is_too_much(struct comparison *comparison)
{
    static struct trial trial;
    bool behind = false;
    for (int side = 0; side < 2 && !behind && !*comparison->options->stop; side++) {
        run(comparison, side, comparison->found->rate, &trial);
        if (*comparison->options->stop)
            break;
        keep(comparison, "try", side, &trial);
        behind = without_figures(&trial) || fell_behind(&trial.load, 2 * comparison->found->rate);
    }
    return behind;
}

/* Half of what the slower can do; on a busy machine even that may be too much, and then less. */
static bool find_rate(struct comparison *comparison)
{
    enum { LESS_MOST = 4 };
    struct compare_found *found = comparison->found;
    int first = (int)(random_next(&comparison->coins) >> 63);
    describe(comparison);
    if (!find_capacity(comparison, first) || !find_capacity(comparison, !first))
        return false;
    found->rate = offer_below(fmin(found->sides[0].capacity_per_s, found->sides[1].capacity_per_s), RATE_LEAST);
    if (comparison->options->rate > 0)
        found->rate = comparison->options->rate;
    describe(comparison);
    for (int i = 0; comparison->options->rate <= 0 && i < LESS_MOST && is_too_much(comparison); i++) {
        found->rate = offer_below(found->rate, RATE_LEAST);
        describe(comparison);
    }
    return !*comparison->options->stop;
}

/* -- Pairs ------------------------------------------------------------------------------------------------------- */

static void take(const struct trial *trial, double rate, struct pair *pair, int side)
{
    const struct load_result *load = &trial->load;
    double *of = pair->of[side];
    struct hist_quantile p50 = hist_quantile(&load->response, 0.5), p99 = hist_quantile(&load->response, 0.99);
    of[PAIRS_CPU] = (double)trial->server_cpu_ns / (double)load->requests;
    of[PAIRS_P50] = p50.above ? NAN : (double)p50.ns;
    of[PAIRS_P99] = p99.above ? NAN : (double)p99.ns;
    of[PAIRS_SWITCHES] = trial->voluntary < 0 ? NAN : (double)trial->voluntary / (double)load->requests;
    of[PAIRS_MEMORY] = (double)trial->memory_idle;
    pair->behind[side] = fell_behind(load, rate);
    pair->late[side] = load->flags & LOAD_DRIVER_LATE;
}

static void note_trouble(struct compare_side *side, const char *no_figures, const char *ended_badly)
{
    if (no_figures == starved)
        return;
    side->failed += no_figures != NULL;
    side->ended_badly += !no_figures && ended_badly[0];
    if (no_figures || ended_badly[0])
        snprintf(side->trouble, TRIAL_SAYS, "%s", no_figures ? no_figures : ended_badly);
}

/* False: it gave no figures, or it was interrupted. */
static bool run_side(struct comparison *comparison, int side, struct pair *pair)
{
    static struct trial trial;
    struct compare_found *found = comparison->found;
    run(comparison, side, found->rate, &trial);
    if (*comparison->options->stop)
        return false;
    keep(comparison, "compare", side, &trial);
    const char *reason = without_figures(&trial);
    found->trials++;
    found->starved += reason == starved;
    note_trouble(&found->sides[side], reason, trial.ended_badly);
    if (reason)
        return false;
    found->paused += (trial.load.flags & LOAD_CLOCK_SET) != 0;
    take(&trial, found->rate, pair, side);
    return true;
}

static void run_pair(struct comparison *comparison)
{
    int first = (int)(random_next(&comparison->coins) >> 63);
    struct pair *pair = &comparison->pairs[comparison->done];
    comparison->begun++;
    if (run_side(comparison, first, pair) && run_side(comparison, !first, pair))
        comparison->done++;
}

static bool fails_too_often(const struct comparison *comparison)
{
    const struct compare_found *found = comparison->found;
    return pairs_too_often(found->sides[0].failed + found->sides[1].failed, comparison->wanted);
}

static bool starves_too_often(const struct comparison *comparison)
{
    return comparison->found->starved > comparison->wanted;
}

/* One of them in each of the first ten pairs: that is too much for it, and not the machine. */
static bool falls_behind(const struct comparison *comparison)
{
    bool always[2] = {true, true};
    for (int i = 0; i < comparison->done; i++)
        for (int side = 0; side < 2; side++)
            always[side] &= comparison->pairs[i].behind[side];
    return comparison->done >= HOPELESS_PAIRS && (always[0] || always[1]);
}

static void say_why_none(struct comparison *comparison)
{
    struct compare_found *found = comparison->found;
    int worse = found->sides[1].failed > found->sides[0].failed, behind = found->told.fell_behind;
    if (fails_too_often(comparison))
        snprintf(found->no_verdict, COMPARE_SAYS, "%s failed in %d of %d trials: %s", comparison->options->names[worse],
                 found->sides[worse].failed, comparison->begun, found->sides[worse].trouble);
    else if (starves_too_often(comparison))
        snprintf(found->no_verdict, COMPARE_SAYS, "the machine is too busy: in %d of %d trials the server answered "
                 "nothing, or did not run at all", found->starved, found->trials);
    else if (behind >= 0)
        snprintf(found->no_verdict, COMPARE_SAYS, "%s fell behind the %.0f requests a second in %d of %d trials; "
                 "fewer: --rate N", comparison->options->names[behind], found->rate, found->told.behind[behind],
                 comparison->done);
}

static void judge(struct comparison *comparison)
{
    double alpha = comparison->options->looks ? verdict_alpha_a_look : verdict_alpha_once;
    pairs_judge(comparison->pairs, comparison->done, alpha, &comparison->found->told);
}

/* A look is a chance to be fooled, so only at the numbers of pairs that were agreed on before. */
static bool is_settled(struct comparison *comparison)
{
    for (int look = 0; comparison->options->looks && look < VERDICT_LOOKS; look++)
        if (comparison->done == verdict_looks[look]) {
            judge(comparison);
            return comparison->found->told.metrics[PAIRS_CPU].verdict.kind != VERDICT_CANNOT_TELL;
        }
    return false;
}

static void run_pairs(struct comparison *comparison)
{
    bool settled = false;
    while (comparison->done < comparison->wanted && !settled && !*comparison->options->stop) {
        int before = comparison->done;
        run_pair(comparison);
        settled = fails_too_often(comparison) || starves_too_often(comparison) || falls_behind(comparison) ||
                  (comparison->done > before && is_settled(comparison));
    }
    judge(comparison);
    say_why_none(comparison);
}

/* -- The comparison ---------------------------------------------------------------------------------------------- */

static void record_beginning(struct comparison *comparison)
{
    const struct compare_options *options = comparison->options;
    char text[32];
    environment(fact, comparison);
    snprintf(text, sizeof text, "%llu", (unsigned long long)options->seed);
    fact(comparison, "seed", text);
    fact(comparison, "command", options->command);
    fact(comparison, "A", options->names[0]);
    fact(comparison, "B", options->names[1]);
    snprintf(text, sizeof text, "%d", options->pairs);
    fact(comparison, "pairs", text);
    fact(comparison, "looks", options->looks ? "yes" : "no");
    struct machine *machine = &comparison->found->machine;
    fact(comparison, "pinning", machine_pin(machine));
    double measured_ms = 2.0 * options->pairs * options->window_ms;
    if (measured_ms < machine->rest_most_ms)
        machine->rest_most_ms = measured_ms;        /* who measures for a second does not wait six for rest */
}

bool compare_run(const struct compare_options *options, struct compare_found *found, char *why, size_t size)
{
    static struct comparison comparison;
    char path[4096];
    *found = (struct compare_found){0};
    comparison = (struct comparison){.options = options, .found = found, .coins = options->seed,
                                     .began_ms = now_ms(), .wanted = options->pairs};
    if (access("/proc/thread-self/children", R_OK) < 0) {
        snprintf(why, size, "/proc does not tell who is whose child, so the CPU cannot be read (iolab doctor)");
        return false;
    }
    if (!record_open(&comparison.record, options->folder, path, sizeof path)) {
        snprintf(why, size, "%s: %s; choose another folder with --out DIR", path, strerror(errno));
        record_close(&comparison.record);
        return false;
    }
    snprintf(comparison.books, sizeof comparison.books, "%s/books.csv", options->folder);
    long long steal = environment_steal_ticks();
    record_beginning(&comparison);
    if (find_rate(&comparison))
        run_pairs(&comparison);
    record_end_facts(&comparison.record, &found->machine, comparison.began_ms, environment_steal_ticks() - steal,
                     *options->stop);
    if (record_close(&comparison.record))
        return true;
    snprintf(why, size, "%s: not all results could be written (is the disk full?)", options->folder);
    return false;
}
