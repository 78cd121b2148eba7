#!/usr/bin/env bats
# Does the lesson tell the truth? Its commands are run as they stand there; what counts is what they show, never how long
# anything takes.
load ../harness/tests/lab
load ../harness/tests/lesson

@test "lesson 05: a level is told again and again, an edge once; one byte more is a new edge" {
  plays_block burst
  [ "$(shown stranded 1)" = 0 ]
  [ "$(shown stranded 2)" = 64512 ]
  [ "$(shown came-back 1)" = 65543 ]
  [ "$(shown came-back-2 2)" = $(($(shown came-back 2) + 1024)) ]
}

@test "lesson 05: 64 wakeups against one" {
  plays_block one-more
  grep -q '64 x epoll_wait: A in   .*|       epoll_wait: A in, out' <<<"$said"
  grep -q '63,489 stranded' <<<"$said"
}

@test "lesson 05: silent clients cost poll, and epoll not" {
  plays_block silent -e "s,--quick,& --out $BATS_TEST_TMPDIR/sweep,"
  costs_more poll 1 3
  share() { grep -E "^$1 +[0-9-]" <<<"$said" | tr -d ',*' | awk '{ print $4 / $2 }'; }
  less "$(share epoll-lt)" "$(share poll)"
}

@test "lesson 05: who drains sees no difference" {
  plays_block drained
  [ "$(grep -c ' 1 wakeup, 65 reads, 1 EAGAIN,.*| 1 wakeup, 65 reads, 1 EAGAIN,' <<<"$said")" -eq 1 ]
}

@test "lesson 05: for clients that come and go epoll makes two calls more for each" {
  plays_block visits
  poll=$(sed -n 's/^poll made \([0-9]*\) calls.*/\1/p' <<<"$said")
  epoll=$(sed -n 's/^epoll-lt made \([0-9]*\) calls.*/\1/p' <<<"$said")
  less "$poll" "$epoll"
  grep -q ' 40 epoll_ctl' <<<"$said"
}

@test "lesson 05: 20 clients are one edge, and all are served" {
  plays_block crowd
  is queue 0
}
