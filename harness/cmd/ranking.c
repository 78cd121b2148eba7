#define _GNU_SOURCE
#include "harness/cmd/ranking.h"
#include "harness/cmd/cmd.h"
#include "harness/report/verdicts.h"
#include <errno.h>
#include <math.h>
#include <string.h>

/* -- Judging ----------------------------------------------------------------------------------------------------- */

static bool at_the_rate(const struct measure_row *row, const char *model)
{
    return strcmp(row->experiment, "rate") == 0 && strcmp(row->model, model) == 0;
}

/* CPU per request at the one rate. Who left clients unserved, or fell behind in more than a quarter of the rounds, did
 * not do the same work as the others. */
static void take_rounds(const struct measure *measure, struct rounds *rounds, int server)
{
    int behind = 0;
    for (int round = 0; round < ROUNDS_MOST; round++)
        rounds->of[server][round] = NAN;
    for (int i = 0; i < measure->row_count; i++) {
        const struct measure_row *row = &measure->rows[i];
        if (!at_the_rate(row, measure->models[server]))
            continue;
        behind += row->behind;
        rounds->of[server][row->round - 1] = row->served == row->total ? row->cpu_us : NAN;
    }
    for (int round = 0; behind * 4 > rounds->rounds && round < ROUNDS_MOST; round++)
        rounds->of[server][round] = NAN;
}

void ranking_judge(const struct measure *measure, struct ranking *ranking)
{
    struct rounds *rounds = &ranking->rounds;
    rounds->rounds = measure->session.rate.rounds;
    for (rounds->servers = 0; measure->models[rounds->servers]; rounds->servers++)
        take_rounds(measure, rounds, rounds->servers);
    rounds_judge(rounds, &ranking->told);
}

/* -- Words ------------------------------------------------------------------------------------------------------- */

/* "epoll-lt, epoll-et": those with the letter. */
static void list(const struct measure *measure, const struct ranking *ranking, char letter, char *text, size_t size)
{
    text[0] = '\0';
    for (int i = 0; i < ranking->rounds.servers; i++)
        if (strchr(ranking->told.letters[i], letter))
            snprintf(text + strlen(text), size - strlen(text), "%s%s", text[0] ? ", " : "", measure->models[i]);
}

static char last_letter(const struct ranking *ranking)
{
    char last = 'a';
    for (int i = 0; i < ranking->rounds.servers; i++)
        for (const char *letter = ranking->told.letters[i]; *letter; letter++)
            last = *letter > last ? *letter : last;
    return last;
}

static bool had_one_cpu(const struct measure *measure)
{
    for (int i = 0; i < measure->row_count; i++)
        if (measure->rows[i].one_cpu)
            return true;
    return false;
}

/* In so many rounds somebody was measured at the rate. */
static int rounds_measured(const struct measure *measure)
{
    int most = 0;
    for (int i = 0; i < measure->row_count; i++)
        if (strcmp(measure->rows[i].experiment, "rate") == 0 && measure->rows[i].round > most)
            most = measure->rows[i].round;
    return most;
}

void ranking_say(const struct measure *measure, const struct ranking *ranking, char *text, size_t size)
{
    char least[500], most[500], last = last_letter(ranking);
    list(measure, ranking, 'a', least, sizeof least);
    list(measure, ranking, last, most, sizeof most);
    if (!ranking->told.claims && rounds_measured(measure) < ranking->rounds.rounds)
        snprintf(text, size, "No order yet: %d of %d rounds tell none.", rounds_measured(measure),
                 ranking->rounds.rounds);
    else if (!ranking->told.claims)
        snprintf(text, size, "No order: fewer than two models kept up with the rate in %d rounds.", ROUNDS_TO_CLAIM);
    else if (last == 'a')
        snprintf(text, size, "For the same work none of them can be told from another by its CPU: %s.", least);
    else
        snprintf(text, size, "For the same work least CPU is used by %s (a), most by %s (%c). Those that share "
                 "a letter cannot be told apart.", least, most, last);
    if (had_one_cpu(measure))
        snprintf(text + strlen(text), size - strlen(text), " Driver and server had one CPU for both: on two it may be "
                 "otherwise.");
}

/* -- The file ---------------------------------------------------------------------------------------------------- */

/* The rate that was offered to all; 0: none was. */
static double rate_of(const struct measure *measure)
{
    for (int i = 0; i < measure->row_count; i++)
        if (strcmp(measure->rows[i].experiment, "rate") == 0 && measure->rows[i].rate > 0)
            return measure->rows[i].rate;
    return 0;
}

static void write_rows(const struct measure *measure, const struct ranking *ranking, FILE *to)
{
    const struct rounds_told *told = &ranking->told;
    char parameters[64];
    snprintf(parameters, sizeof parameters, "rate=%.0f", rate_of(measure));
    verdicts_csv_header(to);
    for (int i = 0; i < ranking->rounds.servers; i++)
        for (int j = i + 1; j < ranking->rounds.servers; j++) {
            const struct verdicts_place place = {"bench", measure->models[i], measure->models[j], parameters};
            const struct judged judged = {true, {1000 * told->median[i], 1000 * told->median[j]}, told->between[i][j]};
            if (judged.verdict.pairs > 0)
                verdicts_csv_row(to, &place, PAIRS_CPU, &judged, NULL);
        }
}

void ranking_write(const struct measure *measure, const struct ranking *ranking)
{
    char path[600];
    snprintf(path, sizeof path, "%s/verdicts.csv", measure->folder);
    FILE *to = fopen(path, "we");
    if (to)
        write_rows(measure, ranking, to);
    if (!cmd_close(to))
        fprintf(stderr, "iolab: %s: %s\n", path, strerror(errno));
}
