/* The verdicts of the claims, fed with figures: what tutorials expect, its opposite, and what lies between. */
#include "harness/claim/judge.h"
#include "harness/claim/lab.h"
#include "harness/tests/check.h"
#include <math.h>
#include <string.h>

static struct claim_found found;

static void forget(void) { memset(&found, 0, sizeof found); }

/* What was judged last; the next judgement begins anew. Where it depends, it must say on what. */
static void expect(const char *what, enum claim_verdict want, const char *number)
{
    CHECK(found.verdict == want, "%s: %s, want %s", what, claim_verdict_name(found.verdict), claim_verdict_name(want));
    CHECK(strstr(found.saw, number), "%s: no \"%s\" in \"%s\"", what, number, found.saw);
    CHECK((found.depends[0] != '\0') == (want == CLAIM_DEPENDS), "%s: %s, and \"%s\"", what,
          claim_verdict_name(found.verdict), found.depends);
    CHECK(strlen(found.saw) < CLAIM_SAYS - 1 && strlen(found.depends) < CLAIM_DEPENDS_SAYS - 1, "%s: cut off: \"%s\"",
          what, found.saw);
    forget();
}

/* -- One client, two clients ------------------------------------------------------------------------------------- */

static void the_second_client(void)
{
    const struct two_clients_ms waits = {501, 0.4, 0.1, 0.1}, answered = {4, 0.4, 0.1, 0.1};
    const struct two_clients_ms slow = {201, 101, 200, 200}, at_once = {101, 101, 101, 101};
    judge_client_two(&waits, &slow, &found);
    expect("it waits in both", CLAIM_CONFIRMED, "501 ms with blocking");
    judge_client_two(&waits, &at_once, &found);
    CHECK(strstr(found.depends, "silent, it makes"), "\"%s\"", found.depends);
    expect("it waits for the silent one alone", CLAIM_DEPENDS, "501");
    judge_client_two(&answered, &slow, &found);
    CHECK(strstr(found.depends, "a slow handler makes"), "\"%s\"", found.depends);
    expect("it waits for the handler alone", CLAIM_DEPENDS, "201");
    const struct two_clients_ms held_up = {201, 145, 200, 200};
    judge_client_two(&waits, &held_up, &found);
    expect("a busy machine holds fork up for 45 ms", CLAIM_CONFIRMED, "145 with fork");
    judge_client_two(&answered, &at_once, &found);
    expect("it never waits", CLAIM_REFUTED, "4 ms with blocking");
}

static void the_backlog(void)
{
    struct backlog_seen seen[BACKLOGS] = {{1, 2, true, true}, {5, 6, true, true}, {50, 51, true, true}};
    judge_backlog(seen, &found);
    expect("one more than asked for", CLAIM_CONFIRMED, "51 with a backlog of 50");
    seen[2].queue = 17;
    judge_backlog(seen, &found);
    expect("a bound of the kernel", CLAIM_DEPENDS, "17 with a backlog of 50");
    seen[2] = (struct backlog_seen){50, 51, true, false};
    judge_backlog(seen, &found);
    expect("whoever should wait is connected", CLAIM_DEPENDS, "not always left waiting");
    for (int i = 0; i < BACKLOGS; i++)
        seen[i].queue = 0;
    judge_backlog(seen, &found);
    expect("nobody is connected", CLAIM_REFUTED, "0 with a backlog of 1");
}

static void asking(void)
{
    const struct asking_seen again = {5000, false}, sits = {0, true}, never = {0, false};
    judge_nonblocking(&again, &sits, &found);
    expect("it returns", CLAIM_CONFIRMED, "5000 reads");
    judge_nonblocking(&sits, &sits, &found);
    expect("it sits in the read", CLAIM_REFUTED, "0 reads");
    judge_nonblocking(&never, &sits, &found);
    expect("it never reads", CLAIM_REFUTED, "0 reads");
}

static void polling(void)
{
    const struct polling_seen spin = {98, 0, 0.03}, nap = {0.3, 97, 5.1}, blocking = {0, 0, 0.05};
    const struct polling_seen quick_nap = {0.3, 97, 0.1}, hungry_nap = {60, 97, 5.1};
    judge_polling(&spin, &nap, &blocking, &found);
    expect("burns, is cured, costs", CLAIM_CONFIRMED, "98 % of a CPU");
    judge_polling(&spin, &quick_nap, &blocking, &found);
    CHECK(strstr(found.depends, "no latency"), "\"%s\"", found.depends);
    expect("a nap that costs nothing", CLAIM_DEPENDS, "0.1 ms with naps");
    judge_polling(&spin, &hungry_nap, &blocking, &found);
    CHECK(strstr(found.depends, "did not cure"), "\"%s\"", found.depends);
    expect("a nap that cures nothing", CLAIM_DEPENDS, "60.0 %");
    judge_polling(&blocking, &nap, &blocking, &found);
    expect("no CPU at all", CLAIM_REFUTED, "the loop took 0 %");
    const struct polling_seen little = {2.9, 0, 0.03};
    judge_polling(&little, &nap, &blocking, &found);
    expect("less than 3 % of a CPU is noise", CLAIM_REFUTED, "the loop took 3 %");
}

/* -- Limits ------------------------------------------------------------------------------------------------------ */

static void places(void)
{
    const struct places_seen poll = {1040, 1020, 1040, 1040}, select = {1040, 1020, 1018, 0};
    const struct places_seen by_count = {1040, 1020, 1018, 1018}, by_value = {1040, 1020, 1040, 0};
    judge_select_places(&select, &poll, &found);
    CHECK(strstr(found.saw, "it is the number that counts"), "\"%s\"", found.saw);
    expect("1024, by value", CLAIM_CONFIRMED, "select served 1018, poll 1040");
    judge_select_places(&by_count, &poll, &found);
    CHECK(!strstr(found.saw, "it is the number that counts"), "\"%s\"", found.saw);
    expect("1024, by count", CLAIM_DEPENDS, "select served 1018");
    judge_select_places(&by_value, &poll, &found);
    expect("a larger set, by value", CLAIM_DEPENDS, "select served 1040");
    judge_select_places(&poll, &poll, &found);
    expect("no limit", CLAIM_REFUTED, "select served 1040");
}

static void noise(void)
{
    const struct noise_seen spins = {300000, 97}, quiet = {4, 0}, some = {40, 1}, starved = {33688, 0};
    judge_writable(&spins, &quiet, &quiet, &found);
    CHECK(strstr(found.depends, "room is a state"), "\"%s\"", found.depends);
    expect("LT spins", CLAIM_DEPENDS, "300000 wakeups");
    judge_writable(&spins, &spins, &quiet, &found);
    expect("both spin", CLAIM_CONFIRMED, "edge-triggered 300000");
    judge_writable(&some, &quiet, &quiet, &found);
    expect("40 wakeups are no spinning", CLAIM_REFUTED, "40 wakeups");
    judge_emfile(&spins, &quiet, &found);
    expect("the careless one spins", CLAIM_CONFIRMED, "300000 times");
    judge_emfile(&starved, &quiet, &found);
    expect("it spins though others have the CPU", CLAIM_CONFIRMED, "33688 times");
    judge_emfile(&quiet, &quiet, &found);
    expect("it rests", CLAIM_REFUTED, "woke 4 times");
    const struct noise_seen busy = {50, 60};
    judge_emfile(&busy, &quiet, &found);
    expect("CPU, but few wakeups", CLAIM_REFUTED, "woke 50 times");
    judge_emfile(&spins, &spins, &found);
    expect("ours spins, too", CLAIM_REFUTED, "epoll-lt, which turns away whom it cannot serve: 300000");
}

/* -- Many clients ------------------------------------------------------------------------------------------------ */

static void crowds(void)
{
    struct crowds crowds = {{10, 100, 1000, 5000}, {10, 20, 120, NAN}, {10, 18, 130, 620}, {10, 10.2, 10.4, 11}, 1};
    judge_poll_no_cap(&crowds, &found);
    expect("poll grows", CLAIM_CONFIRMED, "62 times as much");
    judge_epoll_flat(&crowds, &found);
    expect("epoll does not", CLAIM_CONFIRMED, "1.10 times as much");
    crowds.epoll[CROWDS - 1] = 25;
    judge_epoll_flat(&crowds, &found);
    expect("epoll grows a little", CLAIM_DEPENDS, "2.50 times");
    crowds.epoll[CROWDS - 1] = 400;
    crowds.epoll_grows_at_least = 1.1;
    judge_epoll_flat(&crowds, &found);
    expect("epoll grows in some rounds: the machine", CLAIM_DEPENDS, "40.00 times");
    crowds.epoll_grows_at_least = 30;
    judge_epoll_flat(&crowds, &found);
    expect("epoll grows", CLAIM_REFUTED, "40.00 times");
    crowds.epoll_grows_at_least = 1;
    crowds.poll[CROWDS - 1] = 12;
    crowds.epoll[CROWDS - 1] = 11;
    judge_epoll_flat(&crowds, &found);
    CHECK(strstr(found.depends, "poll does not grow, either"), "\"%s\"", found.depends);
    expect("neither grows", CLAIM_DEPENDS, "1.10 times");
    judge_poll_no_cap(&crowds, &found);
    expect("poll does not grow", CLAIM_DEPENDS, "10.0, 18.0, 130, 12.0 us");
    crowds.poll[CROWDS - 1] = NAN;
    judge_poll_no_cap(&crowds, &found);
    expect("poll has a cap", CLAIM_REFUTED, "10.0, 18.0, 130, - us");
}

static struct verdict told(enum verdict_kind kind, double ratio)
{
    return (struct verdict){.kind = kind, .pairs = 14, .ratio = ratio, .low = ratio * 0.96, .high = ratio * 1.04,
                            .more_pairs = 40};
}

static void comparisons(void)
{
    const struct verdict less = told(VERDICT_DIFFERENT, 0.8), more = told(VERDICT_DIFFERENT, 2.2);
    const struct verdict same = told(VERDICT_SAME, 1.01), open = told(VERDICT_CANNOT_TELL, 0.97);
    const struct edge_seen level = {1, 1}, edge = {1, 2};
    judge_epoll_not_always(&same, &more, &found);
    expect("select is as good", CLAIM_CONFIRMED, "1.01 times the CPU (0.97 to 1.05, 14 pairs)");
    judge_epoll_not_always(&same, &open, &found);
    expect("select is as good, and of a wait nobody can tell", CLAIM_CONFIRMED, "1.01 times");
    judge_epoll_not_always(&more, &less, &found);
    expect("a wait for all is cheaper, a request is not", CLAIM_CONFIRMED, "0.80 times");
    judge_epoll_not_always(&less, &more, &found);
    expect("a wait for all is dearer", CLAIM_CONFIRMED, "2.20 times");
    judge_epoll_not_always(&less, &same, &found);
    expect("a wait for all is as dear", CLAIM_CONFIRMED, "1.01 times the time");
    judge_epoll_not_always(&less, &open, &found);
    CHECK(strstr(found.depends, "0.93 to 1.01"), "\"%s\"", found.depends);
    expect("of a wait for all nobody can tell", CLAIM_DEPENDS, "0.97 times the time");
    judge_epoll_not_always(&less, &less, &found);
    expect("epoll is always faster", CLAIM_REFUTED, "0.80 times");
    judge_epoll_not_always(&open, &less, &found);
    expect("nobody can tell", CLAIM_DEPENDS, "0.97 times");
    judge_et_faster(&less, &level, &edge, &found);
    expect("ET needs less", CLAIM_CONFIRMED, "ET 2.00");
    judge_et_faster(&more, &level, &edge, &found);
    expect("ET needs more", CLAIM_REFUTED, "2.20 times");
    judge_et_faster(&same, &level, &edge, &found);
    expect("ET needs the same", CLAIM_REFUTED, "the same within 5 %");
    judge_et_faster(&open, &level, &edge, &found);
    CHECK(strstr(found.depends, "0.93 to 1.01"), "\"%s\"", found.depends);
    CHECK(strstr(found.depends, "About 40 pairs more"), "\"%s\"", found.depends);
    expect("nobody can tell of ET", CLAIM_DEPENDS, "0.97 times");
}

/* -- The table --------------------------------------------------------------------------------------------------- */

static void the_table(void)
{
    for (int i = 0; claim_at(i); i++) {
        const struct claim *claim = claim_at(i);
        CHECK(claim->claim && claim->lab && claim->try && claim->run, "%s has an empty place", claim->id);
        for (int j = 0; j < i; j++)
            CHECK(strcmp(claim->id, claim_at(j)->id) != 0, "two are called %s", claim->id);
    }
    CHECK(claim_at(0) && claim_at(10), "the table has less than 11 claims");
}

static void figures(void)
{
    forget();
    claim_figure(&found, 1.5, "ms", "answer, %s", "poll");
    CHECK(claim_figure_of(&found, "answer, %s", "poll") >= 1.5, "it is %g", claim_figure_of(&found, "answer, poll"));
    CHECK(isnan(claim_figure_of(&found, "answer")), "a figure that nobody kept");
    for (int i = 0; i < 2 * CLAIM_FIGURES; i++)
        claim_figure(&found, i, "", "figure %d", i);
    CHECK(found.figure_count == CLAIM_FIGURES, "%d are kept", found.figure_count);
    forget();
}

int main(void)
{
    the_second_client();
    the_backlog();
    asking();
    polling();
    places();
    noise();
    crowds();
    comparisons();
    the_table();
    figures();
    return checks_failed();
}
