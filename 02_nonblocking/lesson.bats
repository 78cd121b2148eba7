#!/usr/bin/env bats
# Does the lesson tell the truth? Its commands are run as they stand there; what counts is what they show, never how long
# anything takes.
load ../harness/tests/lab
load ../harness/tests/lesson

@test "lesson 02: B is answered while A is silent, and the server sleeps in no call" {
  plays_block second
  is waits-in no
}

@test "lesson 02: it asks, in vain" {
  plays_block silence
  less 30 "$(shown in-vain)"
  less "$(shown in-vain)" "$(($(shown reads) + 1))"
}

@test "lesson 02: without a nap it never sleeps; with one it sleeps and wakes for nothing; who blocks does neither" {
  plays_block price
  is sleeps 0
  less 10 "$(shown sleeps 2)"
  less "$(shown sleeps 2)" 101
  [ "$(shown sleeps 3)" = 0 ]
  less "$(shown cpu 3)" "$(shown cpu 1)"
  less "$(shown cpu 2)" "$(shown cpu 1)"
  less 1000000 "$(shown mean-ping 2)"
}

@test "lesson 02: one request: in vain, in vain, and then the copy in its own read" {
  plays_block copies
}

@test "lesson 02: write takes what there is room for, and B is served meanwhile" {
  plays_block full
  less "$(shown A-took)" 16777216
  less "$(awk -v a="$(shown in-flight)" -v b="$(shown unread)" 'BEGIN { print a + b }')" "$(shown A-took)"
}

@test "lesson 02: a short nap wakes it more often" {
  plays_block short-nap
  less 101 "$(shown sleeps)"
}
