/* judge.h: verdicts, computed from figures and nothing else. Pure; claim_test.c feeds them. Internal to harness/claim.
 *
 * Each sets verdict, saw, and on what it depends. A verdict on times and CPU wants a factor of 3, which noise does not
 * make, or the statistics of a comparison; counts are exact. */
#pragma once
#include "harness/claim/claim.h"

/* How many times as much makes a difference that noise does not. */
extern const double judge_clearly;

/* How long the second client waited for its answer, by the server. */
struct two_clients_ms { double blocking, fork, select, epoll; };
void judge_client_two(const struct two_clients_ms *silent, const struct two_clients_ms *slow, struct claim_found *);
