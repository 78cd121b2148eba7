/* results.h: one run's result files in memory, checked, and the questions that a page asks of them. */
#pragma once
#include "harness/report/figure.h"
#include <stdbool.h>
#include <stddef.h>

enum { MODELS_MOST = 20, STEPS_MOST = 16 };

struct results {
    const char *run_dir; /* the caller's */
    struct csv environment, trials, latency, lt_et, lt_et_events, battery, models, verdicts, claims, claim_figures;
    struct figure figures[FIGURES_MOST]; /* of models.csv */
    int figure_count;
    const char *model[MODELS_MOST]; /* who took part: the known ones in the order of the labs, then the others */
    int model_count;
    int rounds;
};

/* The columns of the files, in their order. */
enum trials_column { SCHEMA, EXPERIMENT, MODEL, ROUND, ORDER, PARAMETERS, METRIC, UNIT, VALUE };
enum latency_column { L_EXPERIMENT, L_MODEL, L_ROUND, L_PARAMETERS, L_KIND, L_LOW_NS, L_HIGH_NS, L_COUNT };
enum lt_et_column { SCENE, S_MODEL, READS_PER_EVENT, WAKEUPS, READS, EAGAIN_COUNT, BYTES_IN, BYTES_STRANDED };
enum battery_column {
    B_GROUP, B_SCENE, B_VARIANT, B_MODEL, B_RESULT, B_CODE, B_LINE, B_GOT, B_WANT, B_MS, B_MESSAGE, B_ABOUT, B_TITLE
};
enum claims_column { C_ID, C_CLAIM, C_LAB, C_VERDICT, C_SAW, C_DEPENDS, C_TRY, C_MS };
enum claim_figures_column { F_ID, F_WHAT, F_VALUE, F_UNIT };
enum lt_et_events_column { E_SCENE, E_KIND, E_CLIENT, E_LT, E_ET };

/* Reads the files of run_dir. trials.csv must be there; of the others, what is missing is left empty. Returns 0,
 * or -1 with one line in why that names file and line. */
int results_load(struct results *results, const char *run_dir, char *why, size_t why_size);
void results_free(struct results *results);

/* A place in the run: one model at one point of one experiment. */
struct spot {
    const char *experiment, *model, *parameters;
};

/* The number of `key` in parameters ("idle=1000 size=64"), or missing. */
int64_t parameter(const char *parameters, const char *key, int64_t missing);

/* The parameters of the experiment's first trial, or NULL: the experiment was not made. */
const char *results_parameters(const struct results *results, const char *experiment);

/* The points of the sweep "idle", sorted by their number of idle connections; returns how many. */
struct step {
    int64_t idle;
    const char *parameters;
};
int results_steps(const struct results *results, struct step steps[STEPS_MOST]);

/* All of these give NAN where nothing was measured. With several rounds they give the median. */
double results_value(const struct results *results, const struct spot *spot, const char *metric);
double results_in_round(const struct results *results, const struct spot *spot, const char *metric, int round);
double results_ratio(const struct results *results, const struct spot *spot, const char *metric, const char *divisor);

/* The same of all trials of the model in the experiment whose parameters have key=value, whatever else they have: along
 * an axis each server may have had a rate of its own. */
double results_along(const struct results *results, const char *experiment, const char *model, const char *key,
                     int64_t value, const char *metric, const char *divisor);
/* The response time, so selected, of a quantile ("p50"): the median of the rounds. In a round it may lie among requests
 * that were never answered, and is known to be above something; above: then the median, too, is above ns. */
struct response {
    double ns;
    bool above;
};
struct response results_response(const struct results *results, const char *experiment, const char *model,
                                 const char *key, int64_t value, const char *quantile);
/* The values of key in the experiment's parameters, rising; returns how many. */
int results_axis(const struct results *results, const char *experiment, const char *key, int64_t values[STEPS_MOST]);

double results_cpu_us(const struct results *results, const struct spot *spot);     /* server CPU per request */
double results_idle_bytes(const struct results *results, const struct spot *spot); /* memory per idle connection */
bool results_made(const struct results *results, const char *experiment, const char *model); /* with any parameters */
bool results_served_all(const struct results *results, const struct spot *spot); /* active and idle, in every round */
/* Served all, and at the offered rate: half of the requests took no longer than the time from one request of a
 * connection to its next. Else they stood in line, and who answers a line at once needs little CPU for each. */
bool results_kept_up(const struct results *results, const struct spot *spot);

/* The spot's text of metric ("note", "stops", "failed"), the index-th different one, or NULL. */
const char *results_text(const struct results *results, const struct spot *spot, const char *metric, int index);

/* Stands that text in half of the spot's trials, or in more? */
bool results_often(const struct results *results, const struct spot *spot, const char *metric, const char *text);

/* Why the machine could not run the model at all, or NULL. */
const char *results_cannot(const struct results *results, const char *model);

/* Asked all for a page of http, not for an echo? */
bool results_of_http(const struct results *results);

/* The value of key in environment.csv, or NULL. */
const char *results_setting(const struct results *results, const char *key);
/* "5 of 51 trials began on a machine that was busy": which part of them. */
double results_busy_share(const struct results *results);

/* The response time of the spot's requests by percentile: x is 1/(1-p), y in µs. Ends where fewer than ten
 * requests were slower, or where the answer never came. Returns how many points, at most most. */
struct curve_point {
    double inverse, us;
};
int results_curve(const struct results *results, const struct spot *spot, struct curve_point *points, int most);
