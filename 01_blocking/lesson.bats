#!/usr/bin/env bats
# Does the lesson tell the truth? Its commands are run as they stand there; what counts is what they show, never how long
# anything takes.
load ../harness/tests/lab
load ../harness/tests/lesson

@test "lesson 01: B is connected, its line lies in the kernel, and it waits as long as A stays" {
  plays_block second
  is B-is open
  is B-unread 6
  is accept-queue 1
  is waits-in read
  less "$(shown cpu)" 5
  less 300000000 "$(shown B-waited)"
}

@test "lesson 01: it waits in read, for A; then comes accept, and B" {
  plays_block calls
  grep -A9 'read A: the end' <<<"$said" | grep -q 'accept4 listener: B comes'
}

@test "lesson 01: one request: read waits, and copies" {
  plays_block request
}

@test "lesson 01: connect is answered where the server stands still" {
  plays_block unasked
  is A-is open
  is accept-queue 1
}

@test "lesson 01: who sleeps in a call takes no CPU, and is not woken" {
  plays_block asleep
  less "$(shown cpu)" 5
  is sleeps 0
}

@test "lesson 01: with a process for each client, B is answered while A is silent" {
  plays_block fork
  is accept-queue 0
  is B-unread 0
  less "$(shown B-waited)" 300000000
}
