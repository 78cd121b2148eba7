/* The answer in words, in front of everything: what a reader should remember when the page is closed again. Each
 * sentence is made from numbers below on the page, and none tells a difference that one round could have made by
 * chance. */
#define _GNU_SOURCE
#include "harness/report/page.h"
#include "harness/stats/rounds.h"

static void sentence_open(struct page *page) { tell_item_open(page->tell, ""); }
static void sentence_close(struct page *page) { tell_item_close(page->tell); }
static void strong(struct page *page, const char *text) { tell_strong(page->tell, text); }

static void names(struct page *page, const char *const *name, int count)
{
    tell_words(page->tell, words_list(name, count).text);
}

/* -- With idle connections --------------------------------------------------------------------------------------- */

/* What the CPU per request at the last step is, in times of that at the first; NAN where a model has not both. */
static double growth(const struct page *page, const char *model, const struct step *first, const struct step *last)
{
    struct spot without = {"idle", model, first->parameters}, with = {"idle", model, last->parameters};
    if (results_ratio(page->results, &without, "server_cpu", "window") > 0.5)
        return NAN;     /* it spins: on all the CPU that it can get, from the start. Nothing can be added to that */
    if (!results_kept_up(page->results, &without) || !results_kept_up(page->results, &with))
        return NAN;
    return results_cpu_us(page->results, &with) / results_cpu_us(page->results, &without);
}

static void tell_growth(struct page *page, const char *const *model, const double *grown, int count)
{
    const char *alike[MODELS_MOST];
    int alikes = 0, told = 0;
    for (int i = 0; i < count; i++) {
        if (grown[i] < 2) {     /* a point of the sweep rests on few requests: one disturbance makes half as much */
            alike[alikes++] = model[i];
            continue;
        }
        tell_words(page->tell, told++ ? ", " : " costs ");
        tell_words(page->tell, model[i]);
        tell_words(page->tell, " ");
        strong(page, words_times(grown[i]).text);
    }
    if (told)
        tell_words(page->tell, " the CPU that it costs with none");
    if (alikes) {
        tell_words(page->tell, told ? "; " : " costs ");
        names(page, alike, alikes);
        tell_words(page->tell, told ? " pay " : " ");
        strong(page, "about the same");
        tell_words(page->tell, " as with none (less than twice)");
    }
    tell_words(page->tell, ".");
}

static void sentence_idle(struct page *page)
{
    struct step steps[STEPS_MOST];
    const char *all[MODELS_MOST], *model[MODELS_MOST];
    double grown[MODELS_MOST];
    int step_count = results_steps(page->results, steps), count = 0, everyone = page_models(page, "idle", all);
    if (step_count < 2 || steps[0].idle != 0)
        return;
    for (int i = 0; i < everyone; i++) {
        double times = growth(page, all[i], &steps[0], &steps[step_count - 1]);
        if (isnan(times))
            continue;
        model[count] = all[i];
        grown[count++] = times;
    }
    if (count == 0)
        return;
    sentence_open(page);
    tell_words(page->tell, "With ");
    strong(page, words_count((double)steps[step_count - 1].idle).text);
    tell_words(page->tell, " idle connections, a request");
    tell_growth(page, model, grown, count);
    sentence_close(page);
}

/* The first step with idle connections at which the model does not serve all, or a spot where nothing is. */
static struct spot first_stop(const struct page *page, const char *model, const struct step *steps, int count)
{
    struct spot spot = {"idle", model, ""};
    for (int i = 0; i < count; i++) {
        spot.parameters = steps[i].parameters;
        if (steps[i].idle > 0 && results_text(page->results, &spot, "stops", 0))
            return spot;
    }
    return (struct spot){"idle", model, ""};
}

/* Those that do not serve all with the most idle connections, and why. */
static void sentence_stops(struct page *page)
{
    struct step steps[STEPS_MOST];
    int count = results_steps(page->results, steps), told = 0;
    for (int i = 0; i < page->results->model_count; i++) {
        struct spot spot = first_stop(page, page->results->model[i], steps, count);
        const char *why = results_text(page->results, &spot, "stops", 0);
        double served = results_value(page->results, &spot, "idle_served");
        if (!why || isnan(served))
            continue;
        if (told++ == 0) {
            sentence_open(page);
            tell_format(page->tell, "Not every server holds so many: ");
        } else {
            tell_words(page->tell, "; ");
        }
        tell_words(page->tell, spot.model);
        tell_words(page->tell, " holds ");
        strong(page, words_count(served).text);
        tell_words(page->tell, " (");
        tell_words(page->tell, why);
        tell_words(page->tell, ")");
    }
    if (told > 0) {
        tell_words(page->tell, ".");
        sentence_close(page);
    }
}

/* Who took no part, and why. */
static void sentence_cannot(struct page *page)
{
    for (int i = 0; i < page->results->model_count; i++) {
        const char *why = results_cannot(page->results, page->results->model[i]);
        if (!why)
            continue;
        sentence_open(page);
        tell_words(page->tell, "This machine cannot run ");
        tell_words(page->tell, page->results->model[i]);
        tell_words(page->tell, ": ");
        tell_words(page->tell, why);
        tell_words(page->tell, ".");
        sentence_close(page);
    }
}

/* -- At one rate ------------------------------------------------------------------------------------------------- */

/* It asks all the time: what it takes is no matter of requests. */
static bool takes_a_cpu(const struct page *page, const struct spot *spot)
{
    return results_ratio(page->results, spot, "server_cpu", "window") > 0.9;
}

/* The least and the most that a request costs those who kept up; false where there are not two. */
static bool find_costs(const struct page *page, const char *parameters, double *least, double *most)
{
    int count = 0;
    *least = INFINITY;
    *most = 0;
    for (int i = 0; i < page->results->model_count; i++) {
        struct spot spot = {"rate", page->results->model[i], parameters};
        bool sound = results_kept_up(page->results, &spot) && !takes_a_cpu(page, &spot);
        double cost = sound ? results_cpu_us(page->results, &spot) : NAN;
        count += !isnan(cost);
        *least = fmin(*least, cost);
        *most = fmax(*most, cost);
    }
    return count > 1;
}

/* Who served all, but not at that rate: its CPU per request is not that of the others. */
static void tell_late(struct page *page, const char *parameters)
{
    const char *late[MODELS_MOST];
    int count = 0;
    for (int i = 0; i < page->results->model_count; i++) {
        struct spot spot = {"rate", page->results->model[i], parameters};
        if (results_served_all(page->results, &spot) && !results_kept_up(page->results, &spot))
            late[count++] = spot.model;
    }
    if (count == 0)
        return;
    tell_words(page->tell, " ");
    names(page, late, count);
    tell_words(page->tell, " fell behind: half of the answers came later than the next request was due, so the CPU is "
                           "not compared.");
}

/* ", and nonblocking takes a whole CPU" */
static void tell_spinning(struct page *page, const char *parameters)
{
    const char *spinning[MODELS_MOST];
    int count = 0;
    for (int i = 0; i < page->results->model_count; i++) {
        struct spot spot = {"rate", page->results->model[i], parameters};
        if (results_kept_up(page->results, &spot) && takes_a_cpu(page, &spot))
            spinning[count++] = spot.model;
    }
    if (count > 0)
        tell_format(page->tell, ", and %s take%s a whole CPU", words_list(spinning, count).text, count == 1 ? "s" : "");
}

/* Whose is the least is not told: that takes many rounds, and a test of each pair. */
static void sentence_rate(struct page *page)
{
    const char *parameters = results_parameters(page->results, "rate");
    int rounds = page->results->rounds;
    double least, most;
    char range[200], command[64];
    if (!parameters || !find_costs(page, parameters, &least, &most))
        return;
    snprintf(range, sizeof range, "%.60s%s%.60s µs", words_decimal(least).text, most > least ? " to " : "",
             most > least ? words_decimal(most).text : "");
    snprintf(command, sizeof command, "make bench ARGS='--rounds %d'", ROUNDS_TO_CLAIM);
    sentence_open(page);
    tell_format(page->tell, "At %s requests per second, a request costs ",
            words_count((double)parameter(parameters, "rate", 0)).text);
    strong(page, range);
    tell_words(page->tell, " of CPU");
    tell_spinning(page, parameters);
    tell_words(page->tell, ". ");
    if (page_told_apart(page)) {
        tell_words(page->tell, "Who can be told from whom stands above.");
        tell_late(page, parameters);
        sentence_close(page);
        return;
    }
    if (rounds < ROUNDS_TO_CLAIM)
        tell_format(page->tell, "No order yet: %s round%s none, %d would", words_small(rounds).text,
                rounds == 1 ? " tells" : "s tell", ROUNDS_TO_CLAIM);
    else
        tell_words(page->tell, "Who can be told from whom");
    tell_words(page->tell, ": ");
    tell_code(page->tell, command);
    tell_words(page->tell, ".");
    tell_late(page, parameters);
    sentence_close(page);
}

/* -- What waiting holds ------------------------------------------------------------------------------------------ */

struct held {
    const char *model;
    double bytes;
};

/* Fills held with what an idle connection holds in each model, the least first. Returns how many. */
static int find_held(const struct page *page, struct held *held)
{
    int count = 0;
    for (int i = 0; i < page->results->model_count; i++) {
        struct held own = {page->results->model[i], page_idle_bytes(page, page->results->model[i], NULL)};
        if (isnan(own.bytes))
            continue;
        int k = count++;
        for (; k > 0 && held[k - 1].bytes > own.bytes; k--)
            held[k] = held[k - 1];
        held[k] = own;
    }
    return count;
}

/* Where the widest gap between neighbours is: how many stand below it. */
static int below_gap(const struct held *held, int count)
{
    int below = 1;
    double widest = 0;
    for (int i = 1; i < count; i++) {
        double times = fmax(held[i].bytes, 1) / fmax(held[i - 1].bytes, 1);
        if (times > widest) {
            widest = times;
            below = i;
        }
    }
    return below;
}

/* "13.4 KiB to 64.8 KiB in thread and fork" */
static void tell_held(struct page *page, const struct held *held, int count)
{
    const char *models[MODELS_MOST];
    for (int i = 0; i < count; i++)
        models[i] = held[i].model;
    strong(page, words_bytes(held[0].bytes).text);
    if (!words_alike(held[0].bytes, held[count - 1].bytes)) {
        tell_words(page->tell, " to ");
        strong(page, words_bytes(held[count - 1].bytes).text);
    }
    tell_words(page->tell, " in ");
    names(page, models, count);
}

/* Who holds much and who holds little, told apart where the widest gap is. */
static void sentence_memory(struct page *page)
{
    struct held held[MODELS_MOST];
    const char *silent[MODELS_MOST];
    int count = find_held(page, held), below = below_gap(held, count), all = page_models(page, "idle", silent);
    if (count < 2 || words_alike(fmax(held[0].bytes, 1), held[count - 1].bytes))
        return;
    sentence_open(page);
    tell_words(page->tell, "An idle connection holds ");
    tell_held(page, held + below, count - below);
    tell_words(page->tell, below == 1 ? ", and " : ", and at most ");
    strong(page, words_bytes(held[below - 1].bytes).text);
    tell_words(page->tell, " in ");
    tell_words(page->tell, below == 1 ? held[0].model : count < all ? "the others that hold many" : "the others");
    tell_words(page->tell, ".");
    sentence_close(page);
}

/* -- On a busy machine ------------------------------------------------------------------------------------------- */

/* Then it comes first, and of the others only those are told that noise does not touch. */
static void sentence_busy(struct page *page)
{
    bool verdict = page_compared(page) || page_told_apart(page);
    if (!page_busy(page))
        return;
    sentence_open(page);
    strong(page, verdict ? "This machine was busy" : "This machine was busy, so this page compares nothing");
    tell_words(page->tell, !verdict ? ": measure again when nothing else runs. What was measured follows."
                                    : ". A verdict rests on pairs, whose order was drawn: noise can hide a difference, "
                                      "and not make one. The other times on this page are not for comparing.");
    sentence_close(page);
}

static void caution_noise(struct page *page)
{
    if (results_busy_share(page->results) <= 0.1)
        return;
    tell_words(page->tell, results_setting(page->results, "noise"));
    tell_words(page->tell, page_compared(page) || page_told_apart(page)
                               ? ": on one at rest fewer pairs tell. " : ": measure again when nothing else runs. ");
}

/* -- The section ------------------------------------------------------------------------------------------------- */

static struct words rounds_words(int rounds)
{
    struct words words = {"One round"};
    if (rounds != 1)
        snprintf(words.text, sizeof words.text, "Medians of %.40s rounds", words_small(rounds).text);
    return words;
}

/* What the verdicts rest on; without one, that there is none. */
static void caution_rounds(struct page *page)
{
    if (page_compared(page))
        tell_format(page->tell, "%d pairs of trials. What stands in brackets holds with %.4g %%.",
                    page->rulings->paired.count, 100 * (1 - page->rulings->paired.alpha));
    else if (page_told_apart(page))
        tell_format(page->tell, "%s: letters, and no ranking. What stands in brackets holds with 95 %%.",
                    rounds_words(page->results->rounds).text);
    else
        tell_format(page->tell, "%s: no ranking.", rounds_words(page->results->rounds).text);
}

void page_answer(struct page *page)
{
    tell_list_open(page->tell, "answer");
    page_verdict_sentences(page);
    sentence_busy(page);
    if (!page_busy(page))
        sentence_idle(page);
    sentence_stops(page);
    if (!page_busy(page))
        sentence_rate(page);
    sentence_memory(page);
    page_load_sentence(page);
    page_axis_sentence(page);
    page_claims_sentence(page);
    sentence_cannot(page);
    tell_list_close(page->tell);
    tell_paragraph_open(page->tell, "caution small");
    if (results_setting(page->results, "interrupted"))
        tell_words(page->tell, "Interrupted: what was measured until then. ");
    caution_noise(page);
    caution_rounds(page);
    tell_paragraph_close(page->tell);
}
