/* The player: a scene from its server's start to its end. */
#define _GNU_SOURCE
#include "harness/scene/play.h"
#include "harness/child/clock.h"
#include "harness/scene/answers.h"
#include "harness/scene/lines.h"
#include "harness/scene/words.h"
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum { READY_MS = 5000, END_MS = 1000, PROCESSES_MORE = 8192 };

/* -- The lines --------------------------------------------------------------------------------------------------- */

static bool asks_for_a_rate(const struct scene_elses *elses)
{
    for (int i = 0; i < elses->count; i++)
        if ((!elses->list[i].always && scene_is_rate(elses->list[i].test.seen.what)) ||
            strstr(elses->list[i].text, "cpu}") || strstr(elses->list[i].text, "sleeps}"))
            return true;
    return false;
}

/* What the else-ifs of a line may count from. */
static void note_before(struct stage *stage, const struct scene_line *line)
{
    stage->before.at_ms = now_ms();
    stage->got[0] = stage->want[0] = stage->code[0] = stage->rate[0] = '\0';
    if (asks_for_a_rate(&line->elses) || asks_for_a_rate(&stage->scene->elses))
        stage->before = stage_pulse(stage);
    const struct levels *start = stage_mark(stage, "start");
    stage->before.traced = start ? start->traced : 0;      /* calls are counted from there, unless it is said */
}

static void tell_watcher(struct stage *stage, const struct scene_line *line)
{
    const struct play_watcher *watcher = stage->options->watcher;
    if (watcher)
        watcher->line(watcher->context, line, (int64_t)(now_ms() * 1e6));
}

/* Returns the line that failed, or NULL. */
static const struct scene_line *play_lines(struct stage *stage)
{
    const struct scene *scene = stage->scene;
    int from = 0, left = 0;
    for (int i = 0; i < scene->line_count; i++) {
        const struct scene_line *line = &scene->lines[i];
        if (line->action == DO_REPEAT) {
            from = i;
            left = line->count;
        } else if (line->action == DO_END && --left > 0) {
            i = from;
        }
        note_before(stage, line);
        tell_watcher(stage, line);
        bool going = stage_turn(stage, 0);
        if (!going || line_do(stage, line) == LINE_FAILED || !stage_may_go_on(stage)) {
            if (!going || (!stage_may_go_on(stage) && !stage->got[0]))
                snprintf(stage->code, sizeof stage->code, "LIMIT");
            return line;
        }
    }
    stage_look_at_always(stage);
    return stage->broken;
}

/* -- The server's command ---------------------------------------------------------------------------------------- */

/* The command with the scene's options in the place of {args}. NULL: the scene has options and there is no place. */
static char **command_of(const struct scene *scene, char *const *argv)
{
    int count = 0, out = 0;
    bool place = false;
    while (argv[count])
        count++;
    char **words = grown(NULL, 0, ((size_t)count + (size_t)scene->option_count + 1) * sizeof *words);
    for (int i = 0; i < count; i++) {
        if (strcmp(argv[i], "{args}") != 0) {
            words[out++] = argv[i];
            continue;
        }
        place = true;
        for (int j = 0; j < scene->option_count; j++)
            words[out++] = scene->options[j];
    }
    words[out] = NULL;
    if (place || scene->option_count == 0)
        return words;
    free(words);
    return NULL;
}

static void skip(struct play_outcome *outcome, const char *reason)
{
    outcome->verdict = PLAY_SKIP;
    snprintf(outcome->message, sizeof outcome->message, "%s", reason);
}

/* A limit of this user, not of the server. */
static bool may_inherit(const struct scene *scene, struct play_outcome *outcome)
{
    enum { SPARE = 16 };
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    if ((rlim_t)(scene->limits.inherit_last + SPARE) <= files.rlim_max)
        return true;
    outcome->verdict = PLAY_SKIP;
    snprintf(outcome->message, sizeof outcome->message, "it wants descriptor %d open, and this user may have %llu",
             scene->limits.inherit_last, (unsigned long long)files.rlim_max);
    return false;
}

static const char *be_traced(const void *trace) { return trace_me(trace); }

/* A bound for a server that forks without end, where its user is not root; 0: there is a lower one. The machine's tasks
 * are at least as many as this user's. */
static long enough_processes(void)
{
    struct rlimit now;
    long tasks = tree_tasks_of_machine();
    getrlimit(RLIMIT_NPROC, &now);
    return tasks > 0 && (rlim_t)(tasks + PROCESSES_MORE) < now.rlim_cur ? tasks + PROCESSES_MORE : 0;
}

static bool start_server(struct stage *, char **words, struct play_outcome *);

/* What needs no tracer can be looked at all the same. */
static bool start_untraced(struct stage *stage, char **words, struct play_outcome *outcome)
{
    snprintf(stage->untraceable, sizeof stage->untraceable, "%s", outcome->message);
    trace_end(stage->trace);
    stage->trace = NULL;
    outcome->verdict = PLAY_PASS;
    outcome->message[0] = '\0';
    return start_server(stage, words, outcome);
}

static bool start_server(struct stage *stage, char **words, struct play_outcome *outcome)
{
    const struct scene_limits *limits = &stage->scene->limits;
    struct child_options options = {
        .argv = words, .cpu = stage->options->cpu, .nofile = limits->nofile, .sigpending = limits->sigpending,
        .nproc = limits->nproc ? limits->nproc : enough_processes(),
        .inherit_first = limits->inherit_first, .inherit_last = limits->inherit_last};
    bool started = true, watched = stage->options->watcher != NULL;
    if (watched || (stage->scene->traced && !stage->untraceable[0])) {
        options.cpu = options.cpu < 0 ? trace_best_cpu() : options.cpu;
        started = (stage->trace = trace_start(options.cpu, outcome->message, sizeof outcome->message)) != NULL;
        options.before_exec = be_traced;
        options.context = stage->trace;
        child_spare(started ? trace_pid(stage->trace) : 0);
    }
    if (started && child_start(&stage->server, &options, outcome->message, sizeof outcome->message))
        return true;
    if (stage->trace && trace_denied(stage->trace)) {
        skip(outcome, trace_denied(stage->trace));
        return !watched && start_untraced(stage, words, outcome);
    }
    outcome->verdict = PLAY_FAIL;
    outcome->line = stage->scene->line;
    snprintf(outcome->code, sizeof outcome->code, "NOT_STARTED");
    return false;
}

/* So long from now, and not longer than who plays it allows. */
static double end_after(const struct stage *stage, double ms)
{
    double end = now_ms() + ms, most = stage->options->end_ms;
    return most > 0 && most < end ? most : end;
}

/* It may have been hurt in a way that only its end shows. Of one that has failed already, no more is expected. */
static void look_at_the_end(struct stage *stage, struct play_outcome *outcome)
{
    if (stage->forks)
        return;
    child_signal(&stage->server, SIGCONT);
    child_signal(&stage->server, SIGTERM);
    double end = outcome->verdict == PLAY_PASS ? end_after(stage, 3000) : now_ms() + 300;
    while (child_alive(&stage->server) && !stage->forks && now_ms() < end)
        stage_turn(stage, 1);
    if (stage->forks && outcome->verdict == PLAY_PASS)
        stage_first_cause(stage, NULL, outcome);
    const char *words = child_last_words(&stage->server);
    if (outcome->verdict != PLAY_PASS || !(strstr(words, "Sanitizer") || strstr(words, "runtime error:")))
        return;
    outcome->verdict = PLAY_FAIL;
    outcome->line = stage->scene->line;
    snprintf(outcome->code, sizeof outcome->code, "SANITIZER");
    snprintf(outcome->message, sizeof outcome->message, "at its end a sanitizer spoke: %s", words);
}

static void leave_stage(struct stage *stage)
{
    for (int i = 0; i < stage->group_count; i++) {
        for (int j = 0; j < stage->groups[i].count; j++)
            client_forget(&stage->groups[i].members[j]);
        free(stage->groups[i].members);
    }
    stage->group_count = 0;
    client_forget(&stage->visitor);
}

/* The tracer hears of the last death a moment after the parent. */
static void end_trace(struct stage *stage)
{
    if (!stage->trace)
        return;
    for (double end = now_ms() + END_MS; stage->server.ended && !trace_is_over(stage->trace) && now_ms() < end;)
        pause_ms(1);
    stage_tell_events(stage);
    if (stage->options->watcher && trace_lost(stage->trace) > 0)
        stage->options->watcher->lost(stage->options->watcher->context, trace_lost(stage->trace));
    trace_end(stage->trace);
    child_spare(0);
}

/* What is asked is to be answered before anybody can look. */
static bool has_predictions(const struct scene *scene, const struct play_options *options,
                            struct play_outcome *outcome)
{
    const struct scene_ask *ask = options->answers ? answers_missing(scene) : NULL;
    if (!ask)
        return true;
    outcome->verdict = PLAY_FAIL;
    outcome->line = ask->line;
    snprintf(outcome->code, sizeof outcome->code, "NO_PREDICTION");
    snprintf(outcome->message, sizeof outcome->message, "%s has no line `%s %s ANSWER`: %s", options->answers,
             scene_label(scene), ask->id, ask->text);
    return false;
}

/* The server did all that was wanted: was it foreseen? */
static void tell_wrong_predictions(const struct stage *stage, struct play_outcome *outcome)
{
    const struct play_cause *first = stage->wrong.causes;
    if (stage->options->wrong)
        *stage->options->wrong = stage->wrong;
    if (stage->options->wrong || outcome->verdict != PLAY_PASS || stage->wrong.count == 0)
        return;
    outcome->verdict = PLAY_FAIL;
    outcome->line = first->line;
    memcpy(outcome->code, first->code, sizeof outcome->code);
    memcpy(outcome->message, first->message, sizeof outcome->message);
    memcpy(outcome->got, first->got, sizeof outcome->got);
    memcpy(outcome->want, first->want, sizeof outcome->want);
}

static bool is_excluded(const struct scene *scene, struct play_outcome *outcome)
{
    if (scene_applies(scene, outcome->model))
        return false;
    outcome->verdict = PLAY_NOT_APPLICABLE;
    snprintf(outcome->message, sizeof outcome->message, "%s", scene->because);
    return true;
}

static bool await_ready(struct stage *stage)
{
    enum { GLANCE_MS = 20 };
    enum child_verdict verdict = CHILD_LATE;
    const double end = end_after(stage, READY_MS);
    while (verdict == CHILD_LATE && now_ms() < end && !*stage->options->interrupted)
        verdict = child_await_ready(&stage->server, GLANCE_MS);
    if (verdict == CHILD_FORKS)
        stage_look_for_births(stage);
    return verdict == CHILD_READY;
}

static void play_on(struct stage *stage, struct play_outcome *outcome)
{
    const struct scene_line *failed = NULL;
    stage->ready = await_ready(stage);
    if (stage->ready && !outcome->model[0])
        snprintf(outcome->model, sizeof outcome->model, "%s", stage->server.model);
    if (is_excluded(stage->scene, outcome))
        return;
    stage->end_ms = end_after(stage, stage->scene->limit_ms);
    if (stage->ready) {
        line_do(stage, &(struct scene_line){.action = DO_SETTLE, .within_ms = -1});
        line_mark(stage, "start");
        failed = play_lines(stage);
        tell_watcher(stage, NULL);
    }
    if (*stage->options->interrupted)
        outcome->verdict = PLAY_INTERRUPTED;
    else if (!stage->ready && !stage->options->no_excuse && stage->server.ended &&
             strcmp(child_exit_word(&stage->server), "77") == 0)
        skip(outcome, child_last_words(&stage->server));
    else if (failed || !stage->ready)
        stage_first_cause(stage, failed, outcome);
    else if (stage->tests_done > 0 && stage->tests_skipped == stage->tests_done)
        skip(outcome, stage->untraceable[0] ? stage->untraceable
                                            : "nothing of what it looks at can be seen on this machine");
}

static struct stage stage;

struct play_outcome play(const struct scene *scene, const struct play_options *options)
{
    stage = (struct stage){.scene = scene, .options = options, .visitor = {.fd = -1, .state = CLIENT_CLOSED}};
    stage.began_ms = now_ms();
    stage.tasks_of_machine = tree_tasks_of_machine();
    struct play_outcome outcome = {.verdict = PLAY_PASS};
    snprintf(outcome.model, sizeof outcome.model, "%s", options->model);
    char **words = command_of(scene, options->argv);
    bool excluded = is_excluded(scene, &outcome);
    if (!excluded && !words) {
        skip(&outcome, "the scene has options for the server, and the command has no {args} to put them");
    } else if (!excluded && has_predictions(scene, options, &outcome) && may_inherit(scene, &outcome) &&
               start_server(&stage, words, &outcome)) {
        stage.command = words;
        stage.outcome = &outcome;
        play_on(&stage, &outcome);
        leave_stage(&stage);
        if (stage.has_twin)
            child_kill(&stage.twin);
        look_at_the_end(&stage, &outcome);
        tell_wrong_predictions(&stage, &outcome);
        child_kill(&stage.server);
    }
    end_trace(&stage);
    free(words);
    outcome.ms = now_ms() - stage.began_ms;
    return outcome;
}

const char *play_verdict_name(enum play_verdict verdict)
{
    static const char *const names[] = {"pass", "FAIL", "skip", "n/a", "interrupted"};
    return names[verdict];
}
