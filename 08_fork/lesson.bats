#!/usr/bin/env bats
# Does the lesson tell the truth? Its commands are run as they stand there; what counts is what they show, never how long
# anything takes.
load ../harness/tests/lab
load ../harness/tests/lesson

# shows NAME VALUE...: the scenes of the block show just these, one after the other.
shows() {
  local name=$1 nth=0 value got
  shift
  for value; do
    nth=$((nth + 1)) got=$(shown "$name" $nth)
    [ "$got" = "$value" ] || { echo "$name is $got in scene $nth, and the lesson says $value"; return 1; }
  done
}

@test "lesson 08: A is silent, B is answered, and each of them has somebody in read" {
  plays_block second
  shows processes 3 65 1
  shows threads 3 65 3
  shows first-waits-in accept poll accept
  less "$(shown cpu 1)" 5
  less "$(shown cpu 2)" 5
  less "$(shown cpu 3)" 5
}

@test "lesson 08: the parent closes the client, the child the listener; who ends is buried" {
  plays_block calls
  grep -q 'main .*close A$' <<<"$said"
  grep -q 'process 2 .*close listener$' <<<"$said"
  [ "$(grep -c 'main .*read A' <<<"$said")" -eq 0 ]
}

@test "lesson 08: 60 who are silent are 60 processes more, or threads, or nothing" {
  plays_block sixty
  shows processes 61 1 1
  shows threads 61 61 1
  less "$(shown memory 2)" "$(shown memory 1)"
}

@test "lesson 08: where the pool is full, the next one waits in the queue" {
  plays_block full
  is C-is open
  is accept-queue 1
  less 150000000 "$(shown C-waited)"
}

@test "lesson 08: fork and thread accept the next one, and close" {
  plays_block refused
  shows C-is eof eof
  shows accept-queue 0 0
}

@test "lesson 08: who kills a child has one client on his conscience; who kills a thread, all" {
  plays_block killed
  shows B-is open eof
  is zombies 0
}

@test "lesson 08: ten visits are ten births, but in a pool" {
  plays_block visits
  shows clone-calls 10 0
  shows clone3-calls 0 0
  [ "$(($(shown clone-calls 3) + $(shown clone3-calls 3)))" -eq 10 ]
}
