/* Does a verdict follow from the figures, and turn when they do? Each claim is given what would confirm it, and then
 * what a machine, or a library, might show that is otherwise. */
#include "harness/claim/judge.h"
#include "harness/tests/check.h"
#include <math.h>
#include <string.h>

static struct claim_found found;

/* The verdict, and what stands in the sentence. */
static void says(enum claim_verdict verdict, const char *text)
{
    CHECK(found.verdict == verdict, "the verdict %s, want %s: %s", claim_verdict_name(found.verdict),
          claim_verdict_name(verdict), found.saw);
    const char *where = verdict == CLAIM_NOT_TRIED ? found.why_not : found.saw;
    CHECK(strstr(where, text), "\"%s\", want \"%s\" in it", where, text);
    CHECK((verdict == CLAIM_DEPENDS) == (found.depends[0] != '\0'), "it depends on \"%s\"", found.depends);
    found = (struct claim_found){0};
}

static void bursts(void)
{
    const struct burst again = {64, 64, 0, 1}, once = {64, 1, 64512, 1}, drained = {64, 1, 0, 1};
    const struct burst deaf = {64, 1, 64512, 0}, leaves_one = {64, 1, 1, 1};
    const struct burst again_leaving = {64, 64, 7, 1};
    judge_told(&again, &drained, &once, &drained, &found);
    says(CLAIM_CONFIRMED, "LT was woken 64 times, and left 0 bytes; ET was woken once, and left 64512");
    judge_told(&again, &drained, &once, &drained, &found);
    says(CLAIM_CONFIRMED, "LT was woken once and ET once: who drains sees no difference.");
    judge_told(&again, &again, &once, &drained, &found);
    says(CLAIM_CONFIRMED, "LT was woken 64 times and ET once.");
    judge_told(&again, &leaves_one, &once, &drained, &found);
    says(CLAIM_CONFIRMED, "LT was woken once and ET once.");
    judge_told(&again, &drained, &once, &leaves_one, &found);
    says(CLAIM_CONFIRMED, "LT was woken once and ET once.");
    judge_told(&once, &drained, &once, &drained, &found);
    says(CLAIM_REFUTED, "LT was woken once");
    judge_told(&again_leaving, &drained, &once, &drained, &found);
    says(CLAIM_REFUTED, "LT was woken 64 times, and left 7 bytes");
    judge_told(&again, &drained, &again, &drained, &found);
    says(CLAIM_REFUTED, "ET was woken 64 times");
    judge_told(&again, &drained, &deaf, &drained, &found);
    says(CLAIM_REFUTED, "One byte more woke ET 0 times");
    judge_drained(&(struct silence){65536, 0, 64512, 0}, &found);
    says(CLAIM_CONFIRMED, "left 64512 of them in the kernel and slept (98 %)");
    judge_drained(&(struct silence){65536, 0, 0, 0}, &found);
    says(CLAIM_REFUTED, "left 0 of them");
    judge_drained(&(struct silence){65536, 0, 64512, 1024}, &found);
    says(CLAIM_REFUTED, "read until EAGAIN it left 1024");
}

static void processes(void)
{
    const struct last_word ends = {true, 0.4, 0}, waits = {false, 31, 21}, leaks = {true, 0.5, 21},
                           tidy = {false, 31, 0};
    judge_zombies(&(struct zombies){20, 18, 0}, &found);
    says(CLAIM_CONFIRMED, "left 18 zombies, waitpid in a loop left 0");
    judge_zombies(&(struct zombies){20, 0, 0}, &found);
    says(CLAIM_REFUTED, "left 0 zombies");
    judge_zombies(&(struct zombies){20, 18, 3}, &found);
    says(CLAIM_DEPENDS, "in a loop left 3");
    judge_copy(&ends, &waits, &leaks, &found);
    CHECK(strstr(found.depends, "it does not. The descriptors leak in both"), "%s", found.depends);
    judge_copy(&ends, &waits, &ends, &found);
    CHECK(!strstr(found.depends, "leak"), "%s", found.depends);
    judge_copy(&ends, &tidy, &leaks, &found);
    CHECK(!strstr(found.depends, "leak"), "%s", found.depends);
    judge_copy(&ends, &waits, &leaks, &found);
    says(CLAIM_DEPENDS, "It keeps it: the server sleeps, and no end comes; 21 stay open.");
    judge_copy(&ends, &waits, &waits, &found);
    says(CLAIM_CONFIRMED, "called shutdown: no end comes");
    judge_copy(&ends, &leaks, &leaks, &found);
    says(CLAIM_REFUTED, "the end comes all the same");
}

static void pools(void)
{
    struct pool pool = {0.34, 0.29, 0.38, 185, 67, 4500, 11000, 41, 9, 32};
    judge_pool(&pool, &found);
    says(CLAIM_CONFIRMED, "0.34 times as much (0.29 to 0.38)");
    pool.high = 1.1;
    judge_pool(&pool, &found);
    says(CLAIM_DEPENDS, "(0.29 to 1.10)");
    pool.low = 1.01;
    judge_pool(&pool, &found);
    says(CLAIM_REFUTED, "(1.01 to 1.10)");
    judge_pool(&(struct pool){0.34, 0.29, 0.38, 185, 67, 4500, 11000, 41, 41, 0}, &found);
    says(CLAIM_REFUTED, "41 with prefork");
    judge_pool(&(struct pool){0.34, 0.29, 0.38, 185, 67, 4500, 11000, 41, 9, 0}, &found);
    says(CLAIM_REFUTED, "9 with prefork, and 0 clients in line");
    judge_pool(&(struct pool){0.34, 0.29, 0.38, 185, 67, 4500, 11000, 41, 41, 32}, &found);
    says(CLAIM_REFUTED, "41 with prefork, and 32 clients in line");
    judge_switches(&(struct switches){1, 1, 1.1, 0.02, 64}, &found);
    says(CLAIM_DEPENDS, "64 clients: 1.1 with thread, 0.02 with epoll-et");
    judge_switches(&(struct switches){3, 1, 3, 0.02, 64}, &found);
    says(CLAIM_CONFIRMED, "One client: 3.00 with thread");
    judge_switches(&(struct switches){1, 1, 0.0016, 0.0005, 64}, &found);
    says(CLAIM_REFUTED, "64 clients: 0.0016 with thread, 0.0005 with epoll-et");
    judge_switches(&(struct switches){1, 1, 1.1, 0.9, 64}, &found);
    says(CLAIM_REFUTED, "1.1 with thread, 0.9 with epoll-et");
}

static void signals(void)
{
    judge_signals(50, &(struct signals){0, 1}, &(struct signals){50, 0}, &(struct signals){8, 1}, true, &found);
    says(CLAIM_CONFIRMED, "SIGIO: 1 came");
    judge_signals(50, &(struct signals){0, 1}, &(struct signals){50, 0}, &(struct signals){8, 1}, false, &found);
    says(CLAIM_CONFIRMED, "not all were served");
    judge_signals(50, &(struct signals){0, 50}, &(struct signals){50, 0}, &(struct signals){8, 1}, true, &found);
    says(CLAIM_DEPENDS, "SIGIO: 50 came");
    judge_signals(50, &(struct signals){0, 1}, &(struct signals){50, 0}, &(struct signals){50, 0}, true, &found);
    says(CLAIM_DEPENDS, "50 that name somebody, and 0 SIGIO");
    judge_signals(50, &(struct signals){0, 1}, &(struct signals){50, 0}, &(struct signals){8, 0}, true, &found);
    says(CLAIM_DEPENDS, "8 that name somebody, and 0 SIGIO");
    judge_signals(50, &(struct signals){0, 50}, &(struct signals){50, 0}, &(struct signals){50, 0}, true, &found);
    says(CLAIM_REFUTED, "SIGIO: 50 came");
}

static void asynchronous(void)
{
    const struct twenty_first starved = {true, 21, false}, served = {true, 22, true}, no_threads = {false, 1, true},
                              few_threads = {true, 2, true};
    judge_aio(&starved, &served, &found);
    says(CLAIM_CONFIRMED, "not answered while the 20 were silent by default; with aio_init it was answered");
    judge_aio(&served, &served, &found);
    says(CLAIM_DEPENDS, "was answered by default");
    judge_aio(&starved, &starved, &found);
    says(CLAIM_DEPENDS, "not answered, either");
    judge_aio(&starved, &few_threads, &found);
    says(CLAIM_DEPENDS, "no thread for each of them waits in read");
    judge_aio(&starved, &no_threads, &found);
    says(CLAIM_DEPENDS, "no thread for each of them waits in read");
    judge_aio(&no_threads, &served, &found);
    says(CLAIM_REFUTED, "no thread for each of them waits in read");
    judge_aio(&no_threads, &no_threads, &found);
    says(CLAIM_REFUTED, "no thread for each of them waits in read");
    struct copier models[] = {{"select", '='}, {"aio", '+'}, {"uring", '0'}};
    judge_copiers(models, 3, &found);
    says(CLAIM_CONFIRMED, "in select; another thread, which glibc hides, in aio; nobody, for the kernel had done it, "
                          "in uring.");
    models[1].who = '=';
    judge_copiers(models, 3, &found);
    says(CLAIM_REFUTED, "Not as it is claimed: aio");
    models[1].who = '+';
    models[0].who = '0';
    judge_copiers(models, 3, &found);
    says(CLAIM_REFUTED, "Not as it is claimed: select");
    models[0].who = '=';
    models[2].who = '-';
    judge_copiers(models, 3, &found);
    says(CLAIM_CONFIRMED, "Cannot run here: uring");
    models[2].who = '?';
    judge_copiers(models, 3, &found);
    says(CLAIM_NOT_TRIED, "nothing could be seen of uring");
}

static void clients(void)
{
    const struct told nothing[PEER_WAYS] = {{"read", false, 2000}, {"select", false, 2000}, {"poll", false, 2000},
                                            {"epoll", false, 2000}};
    const struct told all[PEER_WAYS] = {{"read", true, 1}, {"select", true, 2}, {"poll", true, 3}, {"epoll", true, 4}};
    const struct told some[PEER_WAYS] = {{"read", false, 2000}, {"select", true, 2}, {"poll", false, 2000},
                                         {"epoll", false, 2000}};
    judge_peer(nothing, all, &found);
    says(CLAIM_CONFIRMED, "In 2 s read, select, poll, epoll told nothing, but that the 2 s were over; something was "
                          "told by none.");
    judge_peer(all, all, &found);
    says(CLAIM_REFUTED, "something was told by read after 1.0 ms");
    judge_peer(some, all, &found);
    says(CLAIM_DEPENDS, "In 2 s read, poll, epoll told nothing");
    const struct messages whole = {9, 9, 9, 3e6, 3e6, 3e6}, parts = {9, 9, 9, 3e6, 1e5, 2e5};
    const struct messages torn = {9, 9, 8, 3e6, 1e5, 2e5};
    judge_messages(&parts, &parts, &found);
    says(CLAIM_CONFIRMED, "9 of 9 messages of 3000000 bytes came back whole");
    judge_messages(&whole, &parts, &found);
    says(CLAIM_DEPENDS, "took 3000000 to 3000000 bytes");
    judge_messages(&whole, &whole, &found);
    says(CLAIM_REFUTED, "and 3000000 to 3000000 bytes.");
    judge_messages(&parts, &torn, &found);
    says(CLAIM_REFUTED, "8 of 9, and 100000");
    struct churn churn[] = {{"select", 1008, 1000, 0, ""}, {"poll", 1008, 1000, 0, ""}};
    judge_churn(churn, 2, &found);
    says(CLAIM_CONFIRMED, "nobody was lost, by the server's own books, in select, poll.");
    churn[1].lost = 1;
    judge_churn(churn, 2, &found);
    says(CLAIM_REFUTED, "in select. Not so poll: 1008 were accepted, 1 lost");
    strcpy(churn[0].failed, "SHORT: 3 bytes");
    judge_churn(churn, 2, &found);
    says(CLAIM_REFUTED, "in none. Not so select: SHORT: 3 bytes.");
}

static void deadlines(void)
{
    const struct deadline kept = {300, 301, {{0, 1}, {100, 101}, {500, NAN}}, 0, 0, 0, 199};
    struct deadline other = kept;
    judge_deadline(&kept, &found);
    says(CLAIM_CONFIRMED, "answered the one of 0 ms after 1, the one of 100 ms after 101; cancelled when 301 were "
                          "over: the one of 500 ms.");
    judge_deadline(&kept, &found);
    says(CLAIM_CONFIRMED, "saw it 199 ms later: it had worked on to its end.");
    other.noticed_ms = 20;
    judge_deadline(&other, &found);
    says(CLAIM_CONFIRMED, "saw it 20 ms later.");
    other.server_fds_left = 1;
    judge_deadline(&other, &found);
    says(CLAIM_REFUTED, "1 in the servers");
    other = kept;
    other.processes_left = 1;
    judge_deadline(&other, &found);
    says(CLAIM_REFUTED, "1 processes");
    other = kept;
    other.requests[1].done_ms = NAN;
    judge_deadline(&other, &found);
    says(CLAIM_REFUTED, "the one of 100 ms, the one of 500 ms");
    other = kept;
    other.waited_ms = 150;
    judge_deadline(&other, &found);
    says(CLAIM_REFUTED, "cancelled when 150 were over");
}

int main(void)
{
    bursts();
    processes();
    pools();
    signals();
    asynchronous();
    clients();
    deadlines();
    return checks_failed();
}
