#include "harness/claim/judge.h"
#include "harness/claim/lab.h"

void judge_zombies(const struct zombies *seen, struct claim_found *found)
{
    bool leaves = seen->of_one_wait > 0, loop_cures = seen->of_loop == 0;
    claim_says(found, leaves && loop_cures ? CLAIM_CONFIRMED : leaves ? CLAIM_DEPENDS : CLAIM_REFUTED,
               "%.0f processes ended while their parent looked away: one wait for the signal left %.0f zombies, "
               "waitpid in a loop left %.0f.", seen->ended, seen->of_one_wait, seen->of_loop);
    if (leaves && !loop_cures)
        claim_depends(found, "more than that: here the loop leaves zombies, too");
}

void judge_copy(const struct last_word *closed, const struct last_word *kept, const struct last_word *shut,
                struct claim_found *found)
{
    bool waits = !kept->ended && closed->ended;
    claim_says(found, !waits ? CLAIM_REFUTED : shut->ended ? CLAIM_DEPENDS : CLAIM_CONFIRMED,
               "A client says its last word. The parent has closed its copy: the end comes %.1f ms after the "
               "connection; 21 clients leave %.0f descriptors open. It keeps it: %s; %.0f stay open. It keeps it, but "
               "the child has called shutdown: %s; %.0f.",
               closed->ms, closed->leaked, kept->ended ? "the end comes all the same" : "the server sleeps, and no end "
               "comes", kept->leaked, shut->ended ? "the end comes" : "no end comes", shut->leaked);
    if (waits && shut->ended)
        claim_depends(found, "how the child ends: with close, or exit, the client waits for ever; with shutdown, which "
                      "ends a connection however many copies there are, it does not%s",
                      kept->leaked > 0 && shut->leaked > 0 ? ". The descriptors leak in both" : "");
}

void judge_pool(const struct pool *pool, struct claim_found *found)
{
    bool bounded = pool->pool_processes < pool->fork_processes && pool->queued > 0;
    bool cheaper = pool->high < 1, dearer = pool->low > 1;
    claim_says(found, !bounded || dearer ? CLAIM_REFUTED : cheaper ? CLAIM_CONFIRMED : CLAIM_DEPENDS,
               "CPU of a connection: fork %.0f us, prefork with 8 workers %.0f us, which is %.2f times as much (%.2f "
               "to %.2f). One after the other: %.0f a second, and %.0f. 40 clients: %.0f processes with fork; %.0f "
               "with prefork, and %.0f clients in line.",
               pool->fork_us, pool->pool_us, pool->ratio, pool->low, pool->high, pool->fork_per_s, pool->pool_per_s,
               pool->fork_processes, pool->pool_processes, pool->queued);
    if (bounded && !dearer && !cheaper)
        claim_depends(found, "the machine: bounded it is, but from these pairs one cannot tell which costs less");
}

/* Fewer than a switch in twenty requests are none, whatever the factor: who never lacks work sleeps by accident. */
static bool are_clearly_more(double more, double less) { return more >= JUDGE_CLEARLY * (less > 0.05 ? less : 0.05); }

void judge_switches(const struct switches *seen, struct claim_found *found)
{
    bool with_many = are_clearly_more(seen->thread_many, seen->epoll_many);
    bool with_one = are_clearly_more(seen->thread_one, seen->epoll_one);
    claim_says(found, with_many && with_one ? CLAIM_CONFIRMED : with_many || with_one ? CLAIM_DEPENDS : CLAIM_REFUTED,
               "Context switches of a request, as fast as it goes. One client: %.2f with thread, %.2f with epoll-et. "
               "%d clients: %.2g with thread, %.2g with epoll-et.",
               seen->thread_one, seen->epoll_one, seen->many, seen->thread_many, seen->epoll_many);
    if (with_many && !with_one)
        claim_depends(found, "how many clients speak at once: with one, both sleep before each request; with many, "
                      "the next request is there before epoll sleeps, and each thread sleeps for its own");
    else if (with_one && !with_many)
        claim_depends(found, "how many clients speak at once: threads switch more with one client, not with many");
}
