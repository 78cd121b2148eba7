#include "harness/stats/rounds.h"
#include "harness/stats/holm.h"
#include "harness/stats/median.h"
#include <math.h>
#include <string.h>

/* The known ones of the server, in known; returns how many. */
static int known_of(const struct rounds *rounds, int server, double *known)
{
    int count = 0;
    for (int i = 0; i < rounds->rounds; i++)
        if (rounds->of[server][i] > 0)
            known[count++] = rounds->of[server][i];
    return count;
}

static double median_of(const struct rounds *rounds, int server)
{
    double known[ROUNDS_MOST];
    return median(known, known_of(rounds, server, known));
}

static struct verdict between(const struct rounds *rounds, int one, int other)
{
    double differences[ROUNDS_MOST];
    int count = 0;
    for (int i = 0; i < rounds->rounds; i++)
        if (rounds->of[one][i] > 0 && rounds->of[other][i] > 0)
            differences[count++] = log(rounds->of[other][i] / rounds->of[one][i]);
    return verdict_of(differences, count, verdict_alpha_once);
}

/* The servers of which something may be claimed, those first that need least; returns how many. */
static int sort_claimed(const struct rounds *rounds, const struct rounds_told *told, int *claimed)
{
    double known[ROUNDS_MOST];
    int count = 0;
    for (int server = 0; server < rounds->servers; server++) {
        if (known_of(rounds, server, known) * 4 < rounds->rounds * 3)
            continue;
        int at = count++;
        for (; at > 0 && told->median[claimed[at - 1]] > told->median[server]; at--)
            claimed[at] = claimed[at - 1];
        claimed[at] = server;
    }
    return count;
}

/* Every two of them, judged together. */
static void ask_all(const struct rounds *rounds, struct rounds_told *told, const int *claimed, int count)
{
    struct verdict verdicts[HOLM_MOST] = {0}, *asked[HOLM_MOST];
    int questions = 0;
    for (int i = 0; i < count; i++)
        for (int j = i + 1; j < count; j++) {
            int one = claimed[i] < claimed[j] ? claimed[i] : claimed[j], other = claimed[i] + claimed[j] - one;
            asked[questions] = &told->between[one][other];
            verdicts[questions++] = between(rounds, one, other);
        }
    verdict_together(verdicts, questions);
    for (int i = 0; i < questions; i++)
        *asked[i] = verdicts[i];
}

static bool differ(const struct rounds_told *told, int one, int other)
{
    const struct verdict *verdict = one < other ? &told->between[one][other] : &told->between[other][one];
    return verdict->kind == VERDICT_DIFFERENT;
}

void rounds_judge(const struct rounds *rounds, struct rounds_told *told)
{
    int claimed[ROUNDS_SERVERS];
    bool apart[ROUNDS_SERVERS * ROUNDS_SERVERS];
    char words[ROUNDS_SERVERS][TIERS_WORD];
    memset(told, 0, sizeof *told);
    for (int i = 0; i < rounds->servers; i++)
        told->median[i] = median_of(rounds, i);
    int count = rounds->rounds < ROUNDS_TO_CLAIM ? 0 : sort_claimed(rounds, told, claimed);
    if (count < 2)
        return;
    ask_all(rounds, told, claimed, count);
    for (int i = 0; i < count; i++)
        for (int j = 0; j < count; j++)
            apart[i * count + j] = i != j && differ(told, claimed[i], claimed[j]);
    told->claims = tiers(apart, count, words) > 0;
    for (int i = 0; told->claims && i < count; i++)
        memcpy(told->letters[claimed[i]], words[i], TIERS_WORD);
}
