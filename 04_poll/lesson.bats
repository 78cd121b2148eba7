#!/usr/bin/env bats
# Does the lesson tell the truth? Its commands are run as they stand there; what counts is what they show, never how long
# anything takes.
load ../harness/tests/lab
load ../harness/tests/lesson

@test "lesson 04: no end at 1,024" {
  plays_block number
  is C-is open
  is waits-in poll
}

@test "lesson 04: those who leave in the middle make nobody else be skipped" {
  plays_block gap
}

@test "lesson 04: silent clients cost CPU" {
  plays_block silent -e "s,--quick,& --out $BATS_TEST_TMPDIR/sweep,"
  costs_more poll 1 3
}

@test "lesson 04: a broken connection is told unasked, and is closed" {
  plays_block leaves
  is B-is open
  less "$(shown cpu)" 5
}

@test "lesson 04: what changed from select is how the question is written" {
  plays_block same
}
