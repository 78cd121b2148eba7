#define _GNU_SOURCE
#include "harness/trial/trial.h"
#include "harness/child/child.h"
#include "harness/meter/meter.h"
#include <stdio.h>
#include <string.h>

enum { READY_MS = 5000, END_MS = 4000 };
static const char cannot_run[] = "77", fine[] = "0";        /* exits: harness/server keeps the same */

/* What happens at the edges of the window. */
struct edges {
    const struct trial_plan *plan;
    struct trial *trial;
    struct child server;
    struct tree tree;
    int64_t cpu_ns, voluntary, involuntary;     /* at the beginning */
};

/* Shared pages are divided where the kernel tells (Pss); else they count for each process. */
static int64_t memory(const struct tree *tree)
{
    int64_t pss = meter_pss(tree);
    return pss >= 0 ? pss : meter_rss(tree);
}

/* The clock is read last when the window begins, and first when it ends. */
static void at_edge(void *context, bool begins)
{
    struct edges *edges = context;
    struct trial *trial = edges->trial;
    if (begins) {
        child_tree(&edges->server, &edges->tree);
        if (edges->plan->switches)
            meter_switches(&edges->tree, &edges->voluntary, &edges->involuntary);
        edges->cpu_ns = meter_cpu_ns(&edges->tree);
        return;
    }
    trial->server_cpu_ns = meter_cpu_ns(&edges->tree) - edges->cpu_ns;
    if (edges->plan->switches) {
        meter_switches(&edges->tree, &trial->voluntary, &trial->involuntary);
        trial->voluntary -= edges->voluntary;
        trial->involuntary -= edges->involuntary;
    }
    trial->memory_idle = memory(&edges->tree);
}

/* What it said last, less its own name in front: who is told so knows of whom. */
static const char *without_name(const struct edges *edges)
{
    const char *program = basename(edges->plan->argv[0]), *words = child_last_words(&edges->server);
    size_t length = strlen(program);
    return strncmp(words, program, length) == 0 && strncmp(words + length, ": ", 2) == 0 ? words + length + 2 : words;
}

static bool start(struct edges *edges)
{
    const struct child_options options = {.argv = edges->plan->argv, .cpu = edges->plan->server_cpu};
    char *failed = edges->trial->failed;
    if (!child_start(&edges->server, &options, failed, TRIAL_SAYS))
        return false;
    switch (child_await_ready(&edges->server, READY_MS)) {
    case CHILD_READY:
        child_tree(&edges->server, &edges->tree);
        edges->trial->memory_start = memory(&edges->tree);
        return true;
    case CHILD_ENDED:
        if (strcmp(child_exit_word(&edges->server), cannot_run) == 0)
            snprintf(edges->trial->cannot, TRIAL_SAYS, "%s", without_name(edges));
        snprintf(failed, TRIAL_SAYS, "it ended with %s: %s", child_exit_word(&edges->server),
                 child_last_words(&edges->server));
        break;
    case CHILD_LATE:
        edges->trial->never_ready = true;
        snprintf(failed, TRIAL_SAYS, "after %d s %s; it said: %s", READY_MS / 1000,
                 edges->server.foreign ? "it does not listen on the port that it was given"
                                       : "it has not said `ready MODEL 127.0.0.1:PORT`",
                 child_last_words(&edges->server));
        break;
    case CHILD_FORKS:
        snprintf(failed, TRIAL_SAYS, "it had more than %d processes before it listened, and was stopped", CHILD_BIRTHS);
    }
    child_kill(&edges->server);
    return false;
}

/* A foreign program may be ended by our SIGTERM, as most are. */
static bool ended_well(const struct child *server)
{
    bool foreign = server->model[0] == '\0';
    return strcmp(child_exit_word(server), fine) == 0 || (foreign && strcmp(child_exit_word(server), "SIGTERM") == 0);
}

static void end(struct edges *edges)
{
    struct trial *trial = edges->trial;
    bool ran_to_the_end = child_alive(&edges->server);
    child_signal(&edges->server, SIGTERM);
    if (!child_await_end(&edges->server, END_MS))
        snprintf(trial->ended_badly, TRIAL_SAYS, "it ignored SIGTERM for %d s and was killed", END_MS / 1000);
    else if (!ran_to_the_end || !ended_well(&edges->server))
        snprintf(trial->ended_badly, TRIAL_SAYS, "it ended %swith %s; its last words: %s",
                 ran_to_the_end ? "" : "by itself, ", child_exit_word(&edges->server),
                 child_last_words(&edges->server));
    child_kill(&edges->server);
    if (edges->plan->books)
        trial->has_books = books_take(edges->plan->books, &trial->books);
}

const char *trial_held_up(const struct trial *trial, int window_ms)
{
    if (!trial->measured || trial->load.requests == 0)      /* who answered nothing says so elsewhere */
        return NULL;
    if (trial->load.window_ns < (uint64_t)window_ms * 1000000u / 2)
        return "the machine paused, and less than half of the window was measured";
    return trial->server_cpu_ns <= 0 ? "the machine paused: the server did not run in the window" : NULL;
}

bool trial_served_all(const struct load_result *load)
{
    return load->served == load->total && load->idle_served == load->idle_total;
}

void trial_run(const struct trial_plan *plan, struct trial *trial)
{
    static struct edges edges;
    edges = (struct edges){.plan = plan, .trial = trial};
    memset(trial, 0, sizeof *trial);
    trial->voluntary = trial->involuntary = -1;
    trial->one_cpu = plan->server_cpu < 0;
    if (!start(&edges))
        return;
    struct load_options options = load_defaults(edges.server.address);
    options.connections = plan->connections;
    options.idle = plan->idle;
    options.http = plan->http;
    options.size = plan->size;
    options.rate = plan->rate;
    options.seed = plan->seed;
    options.warmup_ms = plan->warmup_ms;
    options.window_ms = plan->window_ms;
    options.patience_ms = plan->patience_ms;
    options.spin_us = plan->server_cpu >= 0 ? LOAD_SPIN_US : 0;   /* the server has a core of its own */
    options.window = at_edge;
    options.context = &edges;
    options.stop = plan->stop;
    trial->measured = load_run(&options, &trial->load);
    if (trial->load.failure[0])
        snprintf(trial->failed, TRIAL_SAYS, "%s", trial->load.failure);
    end(&edges);
    const char *trouble = trial->load.trouble[0] ? trial->load.trouble : "no window was measured";
    if (!trial->measured && !trial->failed[0])
        snprintf(trial->failed, TRIAL_SAYS, "%s", trouble);
}
