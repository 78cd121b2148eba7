#define _GNU_SOURCE
#include "harness/trial/session.h"
#include "harness/child/clock.h"
#include "harness/meter/environment.h"
#include "harness/trial/machine.h"
#include "harness/trial/offer.h"
#include "harness/trial/schedule.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { ACTIVE = 16, SWEEP_RATE = 400, RATE_LEAST = 500, SPARE_FDS = 64, PATIENCE_MS = 500, QUICK_REST_MS = 2000,
       READY_TRIES = 2 };

/* What is known of a model: it need not be tried in vain. */
struct known {
    const char *model;
    char cannot[TRIAL_SAYS];            /* run on this machine, in its words; "" */
    int stops_at, round;                /* in this round it did not serve all with so many clients; or 0, 0 */
    double capacity;                    /* requests per second in the last closed loop that it served all of; 0 */
    int never_ready;                    /* trials; each of them takes long */
};

static bool is(const struct step *step, const char *experiment) { return strcmp(step->experiment, experiment) == 0; }

struct session {
    struct session_options *options;
    struct record record;
    struct schedule schedule;
    int done;
    double began_ms, trials_began_ms;
    double slowest;                     /* requests per second of the slowest in the closed loop */
    double rate;                        /* offered to all, in all rounds; 0: not yet chosen */
    struct machine machine;
    uint64_t random;
    char books[4096];
    struct known known[SESSION_MODELS];
};

static void fact(void *session, const char *name, const char *value)
{
    record_fact(&((struct session *)session)->record, name, value);
}

/* -- What is offered --------------------------------------------------------------------------------------------- */

/* Not less than RATE_LEAST, about what the sweep asks of all: a few requests tell nothing, and one server may only have
 * stumbled. */
static double choose_rate(const struct session *session)
{
    double offered = session->options->offered;
    return offered > 0 ? offered : offer_below(session->slowest, RATE_LEAST);
}

static struct known *known_of(struct session *session, const char *model)
{
    struct known *known = session->known;
    while (known->model && strcmp(known->model, model) != 0)
        known++;
    known->model = model;
    return known;
}

/* What a step offers. */
struct offer { int connections, idle; size_t size; double rate; };

static struct offer offer_of(struct session *session, const struct step *step)
{
    const struct session_options *options = session->options;
    struct offer offer = {.connections = ACTIVE, .size = options->size};
    if (is(step, "closed") || is(step, "load"))
        offer.connections = options->connections;
    if (is(step, "clients"))
        offer.connections = step->point;
    if (is(step, "size"))
        offer.size = (size_t)step->point;
    if (is(step, "idle")) {
        offer.idle = step->point;
        offer.rate = SWEEP_RATE;
    }
    if (is(step, "rate"))
        offer.rate = session->rate;
    if (is(step, "load"))
        offer.rate = known_of(session, step->model)->capacity * step->point / 100;
    return offer;
}

static void parameters_of(const struct session *session, const struct step *step, const struct offer *offer,
                          char *text, size_t size)
{
    char what[32] = "service=http", idle[32] = "", rate[32] = "", load[32] = "";
    if (!session->options->http)
        snprintf(what, sizeof what, "size=%zu", offer->size);
    if (is(step, "idle"))
        snprintf(idle, sizeof idle, "idle=%d ", offer->idle);
    if (offer->rate > 0)
        snprintf(rate, sizeof rate, " rate=%.0f", offer->rate);
    if (is(step, "load"))
        snprintf(load, sizeof load, " load=%d", step->point);
    snprintf(text, size, "%sconnections=%d %s%s%s", idle, offer->connections, what, rate, load);
}

/* -- Trials ------------------------------------------------------------------------------------------------------ */

const char *session_why_not_all(const char *model, const struct load_result *load)
{
    static const struct { const char *model; int bound; const char *reason; } limits[] = {
        {"blocking", 1, "one client at a time"},
        {"select", 1000, "a descriptor of 1,024 or more has no bit in its sets"},
        {"aio", 2000, "2,000 hidden threads at most"},
        {"fork", 2000, "2,000 processes at most"},
        {"prefork", 64, "a pool of 64 workers: one client each"},
        {"thread", 2000, "2,000 threads at most"}};
    if (trial_served_all(load))
        return NULL;
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        if (strcmp(limits[i].model, model) == 0 && load->total + load->idle_total > limits[i].bound)
            return limits[i].reason;
    return load->trouble[0] ? load->trouble : "it did not say why";
}

int session_idle_most(void)
{
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_max < INT32_MAX ? (int)limit.rlim_max - ACTIVE - SPARE_FDS : INT32_MAX;
}

static bool descriptors_for(const struct offer *offer, char *why, size_t size)
{
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    if ((rlim_t)(offer->idle + offer->connections + SPARE_FDS) <= limit.rlim_cur)
        return true;
    snprintf(why, size, "that needs more descriptors than this user may have, %llu (ulimit -Hn)",
             (unsigned long long)limit.rlim_cur);
    return false;
}

/* With more clients, silent or not, there are more to serve. */
static bool more_to_serve(const struct step *step) { return is(step, "idle") || is(step, "clients"); }

/* "5,000" */
static void say_count(int count, char *text, size_t size)
{
    char thousands[16];
    snprintf(text, size, "%d", count);
    if (count < 1000)
        return;
    say_count(count / 1000, thousands, sizeof thousands);
    snprintf(text, size, "%s,%03d", thousands, count % 1000);
}

/* Who did not serve all with so many clients in this round will not with more. A part of a capacity that is not known,
 * or that is not for all, cannot be offered. Who is never ready takes seconds to be found out. */
static bool in_vain(struct session *session, const struct step *step, char *why, size_t size)
{
    const struct known *known = known_of(session, step->model);
    bool stopped = known->round == step->round && known->stops_at > 0 && known->stops_at < step->point;
    char stops_at[24];
    say_count(known->stops_at, stops_at, sizeof stops_at);
    if (more_to_serve(step) && stopped)
        snprintf(why, size, "not tried: it did not serve all with %s %sclients", stops_at,
                 is(step, "idle") ? "silent " : "");
    else if (known->never_ready >= READY_TRIES)
        snprintf(why, size, "not tried: in %d trials it was not ready in time", READY_TRIES);
    else if (is(step, "load") && known->capacity <= 0 && !known->cannot[0])
        snprintf(why, size, "not tried: the closed loop did not tell what it can do for all its clients");
    else
        return false;
    return true;
}

/* Once more, where the machine held it up. */
static void run_at_rest(struct session *session, const struct trial_plan *plan, struct trial *trial)
{
    enum { TRIES = 2 };
    const char *held_up = "";
    for (int i = 0; i < TRIES && held_up; i++) {
        machine_rest(&session->machine);
        trial_run(plan, trial);
        held_up = *plan->stop ? NULL : trial_held_up(trial, plan->window_ms);
    }
    if (held_up) {
        trial->measured = false;
        snprintf(trial->failed, sizeof trial->failed, "%s", held_up);
    }
}

/* Runs it, unless the same server has said before that this machine cannot run it. */
static void attempt(struct session *session, const struct trial_plan *plan, const struct step *step,
                    struct trial *trial)
{
    struct known *known = known_of(session, step->model);
    memset(trial, 0, sizeof *trial);
    if (!known->cannot[0]) {
        run_at_rest(session, plan, trial);
        memcpy(known->cannot, trial->cannot, sizeof known->cannot);
        known->never_ready += trial->never_ready;
    }
    memcpy(trial->cannot, known->cannot, sizeof trial->cannot);
    if (more_to_serve(step) && !trial_served_all(&trial->load)) {
        known->stops_at = step->point;
        known->round = step->round;
    }
}

static void keep_what_was_found(struct session *session, const struct record_place *place, const struct trial *trial)
{
    double requests_per_s = trial->measured ? (double)trial->load.requests * 1e9 / (double)trial->load.window_ns : 0;
    bool closed = strcmp(place->experiment, "closed") == 0;
    const char *why_not_all = session_why_not_all(place->model, &trial->load);
    record_trial(&session->record, place, trial);
    if (why_not_all)
        record_reason(&session->record, place, "stops", why_not_all);
    if (closed && requests_per_s > 0 && (session->slowest <= 0 || requests_per_s < session->slowest))
        session->slowest = requests_per_s;
    if (closed)
        known_of(session, place->model)->capacity = trial_served_all(&trial->load) ? requests_per_s : 0;
    if (session->options->found)
        session->options->found(place, trial);
}

static void run_trial(struct session *session, const struct step *step)
{
    static struct trial trial;
    const struct session_options *options = session->options;
    char parameters[192], why[200], path[4096];
    if (is(step, "rate") && session->rate <= 0)
        session->rate = choose_rate(session);
    const struct offer offer = offer_of(session, step);
    parameters_of(session, step, &offer, parameters, sizeof parameters);
    const struct record_place place = {step->experiment, step->model, step->round, parameters};
    if (!descriptors_for(&offer, why, sizeof why) || in_vain(session, step, why, sizeof why)) {
        record_reason(&session->record, &place, "stops", why);
        return;
    }
    snprintf(path, sizeof path, "%s", options->path(step->model));
    char *const ours[] = {path, (char *)"--port", (char *)"0", (char *)"--quiet", (char *)"--books", session->books,
                          options->http ? (char *)"--service" : NULL, (char *)"http", NULL};
    char *const *foreign = options->foreign(step->model);
    const struct trial_plan plan = {
        .argv = foreign ? foreign : ours, .books = foreign ? NULL : session->books,
        .connections = offer.connections, .idle = offer.idle, .http = options->http, .size = offer.size,
        .rate = offer.rate,
        .warmup_ms = step->warmup_ms, .window_ms = step->window_ms,
        .patience_ms = PATIENCE_MS, .seed = options->seed, .server_cpu = session->machine.server_cpu,
        .switches = !more_to_serve(step), .stop = options->stop};
    attempt(session, &plan, step, &trial);
    if (!*options->stop || trial.measured)
        keep_what_was_found(session, &place, &trial);
}

static void run_step(struct session *session, const struct step *step)
{
    static const struct { const char *experiment, *words; } words[] = {
        {"idle", "%s with %s silent clients"}, {"clients", "%s with %s clients"}, {"size", "%s with %s bytes"},
        {"load", "%s at %s %% of its capacity"}, {"closed", "%s, as fast as it goes"},
        {"rate", "%s, one rate for all"}};
    char what[128] = "", point[24];
    say_count(step->point, point, sizeof point);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (is(step, words[i].experiment))
            snprintf(what, sizeof what, words[i].words, step->model, point);
    double left_s = schedule_left_s(&session->schedule, session->done, now_ms() - session->trials_began_ms);
    session->options->progress(what, session->done, session->schedule.count, left_s + session->options->after_s);
    run_trial(session, step);
    session->done++;
}

/* -- The session ------------------------------------------------------------------------------------------------- */

static void record_beginning(struct session *session)
{
    char text[32], plan[200];
    environment(fact, session);
    snprintf(text, sizeof text, "%llu", (unsigned long long)session->options->seed);
    fact(session, "seed", text);
    fact(session, "command", session->options->command);
    fact(session, "quick", session->options->quick ? "yes" : "no");
    fact(session, "thorough", session->options->thorough ? "yes" : "no");
    snprintf(text, sizeof text, "%d", session_rounds(session->options));
    fact(session, "rounds", text);
    schedule_say(session->options, plan, sizeof plan);
    fact(session, "plan", plan);
    if (session->options->self_compared)
        fact(session, "last_self_comparison", session->options->self_compared);
}

static void record_end(struct session *session, long long steal_ticks)
{
    session->options->begun = session->machine.begun;
    session->options->noisy = session->machine.noisy;
    record_end_facts(&session->record, &session->machine, session->began_ms, steal_ticks,
                     session->done < session->schedule.count);
}

bool session_run(struct session_options *options, char *why, size_t size)
{
    static struct session session;
    session = (struct session){.options = options, .random = options->seed, .began_ms = now_ms()};
    char path[4096];
    if (access("/proc/thread-self/children", R_OK) < 0) {
        snprintf(why, size, "/proc does not tell who is whose child, so the CPU cannot be read (iolab doctor)");
        return false;
    }
    if (!record_open(&session.record, options->folder, path, sizeof path)) {
        snprintf(why, size, "%s: %s; choose another folder with --out DIR", path, strerror(errno));
        record_close(&session.record);
        return false;
    }
    snprintf(session.books, sizeof session.books, "%s/books.csv", options->folder);
    long long steal = environment_steal_ticks();
    record_beginning(&session);
    if (options->first)
        options->first(options);
    session.trials_began_ms = now_ms();
    fact(&session, "pinning", machine_pin(&session.machine));
    if (options->quick)
        session.machine.rest_most_ms = QUICK_REST_MS;
    schedule_fill(&session.schedule, options, &session.random);
    while (session.done < session.schedule.count && !*options->stop)
        run_step(&session, &session.schedule.steps[session.done]);
    machine_release(&session.machine);
    record_end(&session, environment_steal_ticks() - steal);
    if (record_close(&session.record))
        return true;
    snprintf(why, size, "%s: not all results could be written (is the disk full?)", options->folder);
    return false;
}
