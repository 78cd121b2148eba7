#!/usr/bin/env bats
# Does the lesson tell the truth? Its commands are run as they stand there; what counts is what they show, never how long
# anything takes.
load ../harness/tests/lab
load ../harness/tests/lesson

@test "lesson 03: one thread sleeps for three clients, and is not woken for nothing" {
  plays_block three
  is waits-in select
  is sleeps 0
  less "$(shown cpu)" 5
}

@test "lesson 03: select wakes it, for C; then it reads" {
  plays_block calls
  grep -A9 '> C ping' <<<"$said" | grep -A9 'select: C in' | grep -q 'read C'
}

@test "lesson 03: silent clients cost CPU, and at 1,024 it ends" {
  plays_block silent -e "s,--quick,& --out $BATS_TEST_TMPDIR/sweep,"
  costs_more select 1 2
}

@test "lesson 03: it is the number of the descriptor that counts" {
  plays_block number
  is A-is open
  is B-is eof
}

@test "lesson 03: ready as long as there is something: three returns for ten bytes" {
  plays_block level
  is reads 3
  is waits 3
}

@test "lesson 03: a nap wakes it for nothing, select does not" {
  plays_block pause
  less 10 "$(shown sleeps 1)"
  [ "$(shown sleeps 2)" = 0 ]
}
