/* Do pairs get the verdict that they deserve, and those that were measured the letters? */
#include "harness/stats/tiers.h"
#include "harness/stats/verdict.h"
#include "harness/tests/check.h"
#include <math.h>
#include <string.h>

static const char *const kinds[] = {"cannot tell", "same", "different"};

/* n differences around `middle`, evenly from -spread to +spread. */
static struct verdict judged(double middle, double spread, int n, double alpha)
{
    double d[100];
    for (int i = 0; i < n; i++)
        d[i] = middle + spread * (2.0 * i / (n - 1) - 1);
    return verdict_of(d, n, alpha);
}

static void check(const char *what, struct verdict verdict, enum verdict_kind want)
{
    CHECK(verdict.kind == want, "%s: %s, want %s (%.4f, %.4f to %.4f, p %.4f)", what, kinds[verdict.kind], kinds[want],
          verdict.ratio, verdict.low, verdict.high, verdict.p);
    CHECK((verdict.kind == VERDICT_CANNOT_TELL) == (verdict.more_pairs > 0), "%s: %d more pairs", what,
          verdict.more_pairs);
}

/* -- One verdict ------------------------------------------------------------------------------------------------- */

static void is_a_difference_told_with_its_sign(void)
{
    struct verdict less = judged(log(0.9), 0.02, 20, 0.05), more = judged(log(2), 0.3, 20, 0.05);
    check("10 % less", less, VERDICT_DIFFERENT);
    check("twice", more, VERDICT_DIFFERENT);
    CHECK(fabs(less.ratio - 0.9) < 1e-6 && less.high < 1, "%.4f to %.4f", less.low, less.high);
    CHECK(fabs(more.ratio - 2) < 1e-6 && more.low > 1, "%.4f to %.4f", more.low, more.high);
}

static void does_less_than_a_percent_interest_nobody(void)
{
    struct verdict tiny = judged(log(1.009), 0.001, 20, 0.05), enough = judged(log(1.011), 0.001, 20, 0.05);
    CHECK(tiny.p < 0.001, "p %g", tiny.p);
    check("0.9 % more, surely", tiny, VERDICT_SAME);
    check("1.1 % more, surely", enough, VERDICT_DIFFERENT);
    check("0.9 % less, surely", judged(log(0.991), 0.001, 20, 0.05), VERDICT_SAME);
}

static void is_the_same_what_lies_within_five_percent(void)
{
    check("no difference, little noise", judged(0, 0.05, 20, 0.05), VERDICT_SAME);
    check("no difference, much noise", judged(0, 0.5, 20, 0.05), VERDICT_CANNOT_TELL);
    check("5 % more, perhaps", judged(log(1.05), 0.2, 20, 0.05), VERDICT_CANNOT_TELL);
}

/* ln: 5 % more of A is 4.8 % less of B. */
static void does_it_not_matter_which_of_the_two_is_called_a(void)
{
    double d[20], turned[20];
    for (double middle = 0; middle < 0.06; middle += 0.0005)
        for (double spread = 0.001; spread < 0.2; spread *= 1.3) {
            for (int i = 0; i < 20; i++)
                turned[i] = -(d[i] = middle + spread * (2.0 * i / 19 - 1));
            struct verdict one = verdict_of(d, 20, 0.05), other = verdict_of(turned, 20, 0.05);
            CHECK(one.kind == other.kind && one.more_pairs == other.more_pairs, "ratio %.4f (%.4f to %.4f) is %s, "
                  "turned round %s", one.ratio, one.low, one.high, kinds[one.kind], kinds[other.kind]);
        }
}

static void are_few_pairs_too_few(void)
{
    check("none", verdict_of(NULL, 0, 0.05), VERDICT_CANNOT_TELL);
    check("five that agree", judged(log(2), 0.01, 5, 0.05), VERDICT_CANNOT_TELL);
    check("six that agree", judged(log(2), 0.01, 6, 0.05), VERDICT_DIFFERENT);
    CHECK(judged(log(2), 0.01, 5, 0.05).more_pairs == 1, "%d more", judged(log(2), 0.01, 5, 0.05).more_pairs);
    CHECK(judged(log(2), 0.01, 2, 0.05).more_pairs == 4, "%d more", judged(log(2), 0.01, 2, 0.05).more_pairs);
    check("six that agree, one look of three", judged(log(2), 0.01, 6, verdict_alpha_a_look), VERDICT_CANNOT_TELL);
    check("seven that agree, one look of three", judged(log(2), 0.01, 7, verdict_alpha_a_look), VERDICT_DIFFERENT);
    int more = judged(log(2), 0.01, 5, verdict_alpha_a_look).more_pairs;
    CHECK(more == 2, "5 pairs, one look of three: %d more, and it takes 7", more);
}

static void does_a_look_ask_for_more_than_a_single_one(void)
{
    struct verdict once = judged(log(1.05), 0.15, 20, verdict_alpha_once);
    CHECK(once.p > verdict_alpha_a_look && once.p <= verdict_alpha_once, "p %g", once.p);
    check("once", once, VERDICT_DIFFERENT);
    check("a look of three", judged(log(1.05), 0.15, 20, verdict_alpha_a_look), VERDICT_CANNOT_TELL);
}

static void does_a_smaller_difference_need_more_pairs(void)
{
    int last = 0;
    for (double percent = 14; percent > 5.5; percent -= 1) {
        struct verdict verdict = judged(log1p(percent / 100), 0.9, 20, 0.05);
        CHECK(verdict.more_pairs >= last, "%.0f %%: %d, more than for a smaller one: %d", percent, last,
              verdict.more_pairs);
        last = verdict.more_pairs;
    }
    CHECK(judged(0.0001, 8, 20, 0.05).more_pairs == VERDICT_MORE_MOST, "%d", judged(0.0001, 8, 20, 0.05).more_pairs);
}

static void are_several_metrics_judged_together(void)
{
    struct verdict verdicts[3] = {judged(log(1.05), 0.15, 20, 0.05), judged(log(1.5), 0.01, 20, 0.05),
                                  judged(0, 0.01, 20, 0.05)};
    check("alone", verdicts[0], VERDICT_DIFFERENT);
    double alone = verdicts[0].p;
    verdict_together(verdicts, 3);
    CHECK(fabs(verdicts[0].p - 2 * alone) < 1e-9, "p %g, alone %g", verdicts[0].p, alone);
    check("one of three", verdicts[0], VERDICT_CANNOT_TELL);
    check("a large one of three", verdicts[1], VERDICT_DIFFERENT);
    check("nothing of three", verdicts[2], VERDICT_SAME);
}

/* -- Letters ----------------------------------------------------------------------------------------------------- */

/* `apart` names the pairs that differ: "ad bd" says a from d, and b from d. */
static const char *lettered(int count, const char *apart)
{
    static char text[1000];
    char words[TIERS_MOST][TIERS_WORD];
    bool differ[TIERS_MOST * TIERS_MOST] = {false};
    for (const char *pair = apart; *pair; pair += pair[2] ? 3 : 2) {
        differ[(pair[0] - 'a') * count + pair[1] - 'a'] = true;
        differ[(pair[1] - 'a') * count + pair[0] - 'a'] = true;
    }
    text[0] = '\0';
    if (tiers(differ, count, words) < 0)
        return "too many";
    for (int i = 0; i < count; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", i ? " " : "", words[i]);
    return text;
}

static void do_letters_say_who_can_be_told_apart(void)
{
    static const struct { int count; const char *apart, *want; } cases[] = {
        {1, "", "a"}, {3, "", "a a a"}, {3, "ab ac bc", "a b c"}, {4, "ad", "a ab ab b"},
        {4, "ac ad bd", "a ab bc c"}, {4, "ac ad bc bd", "a a b b"}, {3, "ab", "a b ab"}, {3, "bc", "ab a b"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *got = lettered(cases[i].count, cases[i].apart);
        CHECK(strcmp(got, cases[i].want) == 0, "%d, apart %s: \"%s\", want \"%s\"", cases[i].count, cases[i].apart,
              got, cases[i].want);
    }
}

/* For any pattern at all: two share a letter just if they cannot be told apart. */
static void is_a_letter_shared_just_by_those_that_are_alike(void)
{
    enum { COUNT = 12 };
    char words[COUNT][TIERS_WORD];
    bool differ[COUNT * COUNT] = {false};
    unsigned long long state = 3;
    for (int turn = 0; turn < 500; turn++) {
        for (int i = 0; i < COUNT; i++)
            for (int j = i + 1; j < COUNT; j++) {
                state = state * 6364136223846793005u + 1442695040888963407u;
                differ[i * COUNT + j] = differ[j * COUNT + i] = (state >> 40) % 10 < (unsigned)(turn % 11);
            }
        if (tiers(differ, COUNT, words) < 0)
            continue;
        for (int i = 0; i < COUNT; i++)
            for (int j = i + 1; j < COUNT; j++)
                CHECK(differ[i * COUNT + j] == !strpbrk(words[i], words[j]), "turn %d: \"%s\" and \"%s\" %s", turn,
                      words[i], words[j], differ[i * COUNT + j] ? "differ" : "are alike");
    }
}

int main(void)
{
    is_a_difference_told_with_its_sign();
    does_less_than_a_percent_interest_nobody();
    is_the_same_what_lies_within_five_percent();
    does_it_not_matter_which_of_the_two_is_called_a();
    are_few_pairs_too_few();
    does_a_look_ask_for_more_than_a_single_one();
    does_a_smaller_difference_need_more_pairs();
    are_several_metrics_judged_together();
    do_letters_say_who_can_be_told_apart();
    is_a_letter_shared_just_by_those_that_are_alike();
    return checks_failed();
}
