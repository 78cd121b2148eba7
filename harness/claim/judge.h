/* judge.h: verdicts, computed from figures and nothing else. Pure; claim_test.c feeds them. Internal to harness/claim.
 *
 * Each sets the verdict, what was seen, and on what it depends. Of times and CPU it takes a factor that noise does not
 * make, or the statistics of a comparison; counts are exact. */
#pragma once
#include "harness/claim/claim.h"
#include "harness/stats/verdict.h"

/* So many times as much is no noise. */
enum { JUDGE_CLEARLY = 3 };

/* -- One client, two clients (judge_waiting.c) ------------------------------------------------------------------- */

/* How long the second client waited for its answer, by the server. */
struct two_clients_ms { double blocking, fork, select, epoll; };
void judge_client_two(const struct two_clients_ms *silent, const struct two_clients_ms *slow, struct claim_found *);

/* A stopped server: how many are in its queue, and is the last that should fit connected, and the next one not? */
enum { BACKLOGS = 3 };
struct backlog_seen { int asked; double queue; bool last_in, first_out; };
void judge_backlog(const struct backlog_seen seen[BACKLOGS], struct claim_found *);

/* In 100 ms of silence: reads that found nothing, and does it sit in a read? */
struct asking_seen { double eagain; bool sits_in_read; };
void judge_nonblocking(const struct asking_seen *nonblocking, const struct asking_seen *blocking, struct claim_found *);

/* cpu: percent of a CPU while all are silent; sleeps: a second, meanwhile. */
struct polling_seen { double cpu, sleeps, answer_ms; };
void judge_polling(const struct polling_seen *spin, const struct polling_seen *nap, const struct polling_seen *blocking,
                   struct claim_found *);

/* -- Limits, and what is reported for ever (judge_limits.c) ------------------------------------------------------ */

/* Clients that were served, of so many; alone, and where so many descriptors are taken. */
struct places_seen { int clients, taken; double alone, crowded; };
void judge_select_places(const struct places_seen *select, const struct places_seen *poll, struct claim_found *);

/* wakeups in about 200 ms of silence, and percent of a CPU. */
struct noise_seen { double wakeups, cpu; };
void judge_writable(const struct noise_seen *level, const struct noise_seen *edge, const struct noise_seen *ours,
                    struct claim_found *);
void judge_emfile(const struct noise_seen *careless, const struct noise_seen *ours, struct claim_found *);

/* -- Many clients (judge_many.c) --------------------------------------------------------------------------------- */

/* CPU per request in us, where so many clients are silent; NAN: not measured. In each round epoll's was so many times
 * as much with the most of them as with the fewest, or more. */
enum { CROWDS = 4 };
struct crowds {
    int idle[CROWDS];
    double select[CROWDS], poll[CROWDS], epoll[CROWDS], epoll_grows_at_least;
};
void judge_poll_no_cap(const struct crowds *, struct claim_found *);
void judge_epoll_flat(const struct crowds *, struct claim_found *);

/* Of what select takes, so much does epoll: CPU for a request of a few busy clients, and time for a wait with all of
 * 400 ready. */
void judge_epoll_not_always(const struct verdict *few, const struct verdict *all_ready, struct claim_found *);

struct edge_seen { double wakeups, reads; };        /* for each request */
void judge_et_faster(const struct verdict *, const struct edge_seen *level, const struct edge_seen *edge,
                     struct claim_found *);

/* -- A burst: told again or once, drained or not ------------------------------------------------------------------ */

/* One way to be told and to read. Of the burst, then of one byte more. */
struct burst { double pieces, wakeups, stranded, more_wakeups; };
void judge_told(const struct burst *lt_one, const struct burst *lt_all, const struct burst *et_one,
                const struct burst *et_all, struct claim_found *);
/* What was left in the kernel of so many bytes, while the server slept. */
struct silence { double sent, lt_one, et_one, et_all; };
void judge_drained(const struct silence *, struct claim_found *);

/* -- Processes and threads ---------------------------------------------------------------------------------------- */

struct zombies { double ended, of_one_wait, of_loop; };
void judge_zombies(const struct zombies *, struct claim_found *);
/* Did the client see the end, and after how many milliseconds (of nothing, where it did not)? And how many descriptors
 * more has the server when 21 clients have come and gone? */
struct last_word { bool ended; double ms, leaked; };
void judge_copy(const struct last_word *closed, const struct last_word *kept, const struct last_word *shut,
                struct claim_found *);
/* CPU of a connection with the pool, divided by that with a process each, and its interval. Processes: with 40
 * clients, of whom so many wait in line for the pool. */
struct pool {
    double ratio, low, high;
    double fork_us, pool_us, fork_per_s, pool_per_s;
    double fork_processes, pool_processes, queued;
};
void judge_pool(const struct pool *, struct claim_found *);
/* Context switches of a request, with one client and with many. */
struct switches { double thread_one, epoll_one, thread_many, epoll_many; int many; };
void judge_switches(const struct switches *, struct claim_found *);

/* -- Signals, and the asynchronous ------------------------------------------------------------------------------- */

/* Of so many events: signals that name who, and that name nobody. Does a server with little room for them, which looks
 * at everybody when it is full, serve all? */
struct signals { int named, unnamed; };
void judge_signals(int events, const struct signals *plain, const struct signals *queued, const struct signals *full,
                   bool all_served, struct claim_found *);
/* 20 clients are silent, and one asks. */
struct twenty_first { bool waits_in_read; double threads; bool answered; };
void judge_aio(const struct twenty_first *by_default, const struct twenty_first *with_init, struct claim_found *);
/* Who copied the data to the user: '=' the thread that waits for the client, '+' another one, '0' nobody called read,
 * the kernel did it; '?' not seen; '-' this machine cannot run it. */
struct copier { const char *model; char who; };
void judge_copiers(const struct copier *, int count, struct claim_found *);

/* -- Clients ----------------------------------------------------------------------------------------------------- */

enum { PEER_WAYS = 4 };
/* What a wait of two seconds told: that there is something, and after how many milliseconds. */
struct told { const char *way; bool told; double ms; };
void judge_peer(const struct told stopped[PEER_WAYS], const struct told killed[PEER_WAYS], struct claim_found *);
/* So many were to be said, and came back whole; the least and the most that the first write of one took, in bytes. */
struct messages { int expected, count, whole; double size, least, most; };
void judge_messages(const struct messages *as_it_comes, const struct messages *small_buffer, struct claim_found *);
/* `failed`: what went wrong with the model; "" for nothing. */
enum { CHURN = 1000 };
struct churn { const char *model; double came, finished, lost; char failed[200]; };
void judge_churn(const struct churn *, int count, struct claim_found *);
/* Requests to servers that take so long; a deadline. */
enum { DEADLINE_REQUESTS = 3 };
struct deadline {
    double ms, waited_ms;
    struct request { double takes_ms, done_ms; } requests[DEADLINE_REQUESTS];       /* done_ms NAN: cancelled */
    double fds_left, processes_left, server_fds_left, noticed_ms;
};
void judge_deadline(const struct deadline *, struct claim_found *);
