/* Many servers in many rounds: who gets which letter, and who gets none? How often they would be told wrongly, and
 * rightly, is in resample_test.c. */
#include "harness/stats/rounds.h"
#include "harness/tests/check.h"
#include <math.h>
#include <string.h>

static struct rounds rounds;
static struct rounds_told told;

/* A server that needs `cost`, a little more or less from round to round. */
static int add(double cost)
{
    for (int i = 0; i < rounds.rounds; i++)
        rounds.of[rounds.servers][i] = cost * (1 + 0.01 * ((i * 7 + rounds.servers * 3) % 11 - 5) / 5);
    return rounds.servers++;
}

static void begin(int count) { rounds = (struct rounds){.rounds = count}; }

static void are_the_cheaper_ones_first_whatever_their_place(void)
{
    begin(20);
    int dear = add(30), cheap = add(10), alike = add(10.01), middle = add(20);
    rounds_judge(&rounds, &told);
    CHECK(told.claims, "nothing is claimed of 20 rounds");
    CHECK(strcmp(told.letters[cheap], "a") == 0 && strcmp(told.letters[alike], "a") == 0, "%s and %s",
          told.letters[cheap], told.letters[alike]);
    CHECK(strcmp(told.letters[middle], "b") == 0 && strcmp(told.letters[dear], "c") == 0, "%s and %s",
          told.letters[middle], told.letters[dear]);
    const struct verdict *verdict = &told.between[dear][cheap];
    CHECK(verdict->kind == VERDICT_DIFFERENT && fabs(verdict->ratio - 1 / 3.0) < 0.01, "cheap / dear: %.3f",
          verdict->ratio);
    CHECK(fabs(told.median[middle] - 20) < 0.2, "the median is %.2f", told.median[middle]);
}

static void do_few_rounds_claim_nothing(void)
{
    begin(19);
    add(10), add(30);
    rounds_judge(&rounds, &told);
    CHECK(!told.claims && !told.letters[0][0] && !told.letters[1][0], "\"%s\" and \"%s\"", told.letters[0],
          told.letters[1]);
    CHECK(fabs(told.median[1] - 30) < 0.3, "the median is %.2f", told.median[1]);
}

static void is_nothing_claimed_of_who_was_rarely_measured(void)
{
    begin(20);
    int often = add(10), rarely = add(30), never = add(50), other = add(20), mostly = add(40);
    for (int i = 0; i < 20; i++) {
        rounds.of[never][i] = NAN;
        rounds.of[rarely][i] = i < 14 ? rounds.of[rarely][i] : NAN;
        rounds.of[mostly][i] = i < 15 ? rounds.of[mostly][i] : NAN;
    }
    rounds_judge(&rounds, &told);
    CHECK(told.claims && !told.letters[rarely][0] && !told.letters[never][0], "\"%s\" and \"%s\"",
          told.letters[rarely], told.letters[never]);
    CHECK(told.letters[often][0] == 'a' && told.letters[other][0] == 'b' && told.letters[mostly][0] == 'c',
          "%s, %s and %s", told.letters[often], told.letters[other], told.letters[mostly]);
    CHECK(isnan(told.median[never]) && told.between[often][rarely].pairs == 0, "asked of who was rarely measured");
    CHECK(told.between[often][mostly].pairs == 15, "%d pairs", told.between[often][mostly].pairs);
}

static void does_one_server_stand_alone(void)
{
    begin(20);
    add(10);
    rounds_judge(&rounds, &told);
    CHECK(!told.claims, "something is claimed of one");
    begin(30);
    while (rounds.servers < ROUNDS_SERVERS)
        add(10 + rounds.servers);
    rounds_judge(&rounds, &told);
    CHECK(told.claims && told.letters[ROUNDS_SERVERS - 1][0] == 'a' + ROUNDS_SERVERS - 1, "the dearest of %d has %s",
          ROUNDS_SERVERS, told.letters[ROUNDS_SERVERS - 1]);
}

int main(void)
{
    are_the_cheaper_ones_first_whatever_their_place();
    do_few_rounds_claim_nothing();
    is_nothing_claimed_of_who_was_rarely_measured();
    does_one_server_stand_alone();
    return checks_failed();
}
