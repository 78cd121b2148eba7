#include "harness/stats/pairs.h"
#include "harness/stats/median.h"
#include "harness/stats/signed_rank.h"
#include <math.h>

const struct pairs_name pairs_names[PAIRS_METRICS] = {{"cpu_per_request", "ns"},
                                                      {"response_p50", "ns"},
                                                      {"response_p99", "ns"},
                                                      {"switches_per_request", "count"},
                                                      {"rss_idle", "bytes"}};

static double median_of(const struct pair *pairs, int count, int side, int metric)
{
    double values[SIGNED_RANK_MOST];
    for (int i = 0; i < count; i++)
        values[i] = pairs[i].of[side][metric];
    return median(values, count);
}

static struct judged judge(const struct pair *pairs, int count, int metric, double alpha)
{
    double differences[SIGNED_RANK_MOST];
    struct judged judged = {.known = count > 0};
    for (int i = 0; i < count; i++) {
        double a = pairs[i].of[0][metric], b = pairs[i].of[1][metric];
        judged.known &= a > 0 && b > 0;         /* also not NAN; a logarithm wants more than nothing */
        differences[i] = log(b / a);
    }
    if (!judged.known)
        return judged;
    for (int side = 0; side < 2; side++)
        judged.median[side] = median_of(pairs, count, side, metric);
    judged.verdict = verdict_of(differences, count, alpha);
    return judged;
}

static void judge_all(const struct pair *pairs, int count, double alpha, struct judged *judged)
{
    struct verdict others[PAIRS_METRICS];
    int known = 0;
    for (int metric = 0; metric < PAIRS_METRICS; metric++) {
        judged[metric] = judge(pairs, count, metric, alpha);
        if (metric != PAIRS_CPU && judged[metric].known)
            others[known++] = judged[metric].verdict;
    }
    verdict_together(others, known);
    for (int metric = PAIRS_METRICS - 1; metric >= 0; metric--)
        if (metric != PAIRS_CPU && judged[metric].known)
            judged[metric].verdict = others[--known];
}

bool pairs_behind(double p50_ns, double connections, double rate_per_s)
{
    return p50_ns > connections / rate_per_s * 1e9;
}

bool pairs_too_often(int times, int of) { return times > 1 && times * 10 > of; }

void pairs_judge(const struct pair *pairs, int count, double alpha, struct pairs_told *told)
{
    struct pair judged[SIGNED_RANK_MOST];
    *told = (struct pairs_told){.pairs = count};
    for (int i = 0; i < count; i++) {
        judged[i] = pairs[i];
        told->late += pairs[i].late[0] + pairs[i].late[1];
        told->behind[0] += pairs[i].behind[0];
        told->behind[1] += pairs[i].behind[1];
    }
    for (int i = 0; i < count && pairs_too_often(told->late, 2 * count); i++)
        for (int side = 0; side < 2; side++)
            judged[i].of[side][PAIRS_P50] = judged[i].of[side][PAIRS_P99] = NAN;
    int worse = told->behind[1] > told->behind[0];
    told->fell_behind = told->behind[worse] * 4 > count ? worse : -1;
    judge_all(judged, count, alpha, told->metrics);
}
