#!/usr/bin/env bats
# Does the lesson tell the truth? Its commands are run as they stand there; what counts is what they show, never how long
# anything takes.
load ../harness/tests/lab
load ../harness/tests/lesson

@test "lesson 06: five words are five signals in a queue, and 23 bytes" {
  plays_block five
  less 4 "$(shown queued-signals)"
  is A-unread 23
}

@test "lesson 06: all signals are taken, and then A is read from once" {
  plays_block calls
  grep -A99 'goes on' <<<"$said" | grep -A1 'last line 4 times more' | grep -q 'no signal there'
  [ "$(grep -A99 'goes on' <<<"$said" | grep -c 'read A: [0-9]')" -eq 1 ]
}

@test "lesson 06: 200 who are silent cost no CPU, and wake nobody" {
  plays_block named
  is waits-in sigwaitinfo
  less "$(shown cpu)" 5
  is sleeps 0
}

@test "lesson 06: with epoll, five words are one event" {
  plays_block edges
  [ "$(grep -A99 'goes on' <<<"$said" | grep -c 'epoll_wait: A in')" -eq 1 ]
}

@test "lesson 06: where the queue is full, everybody is looked at, and nobody in a handler" {
  plays_block overflow
  less "$(shown reads 1)" "$(shown reads 2)"
  less 79 "$(($(shown found-nothing 2) - $(shown found-nothing 1)))"
  is in-a-handler 0
}

@test "lesson 06: what came before O_ASYNC raised no signal, and is read at once" {
  plays_block early
  [ "$(grep -c 'SIGRTMIN for A' <<<"$said")" -eq 0 ]
  grep -A1 'raises signals' <<<"$said" | grep -q 'read A: 6 bytes'
}

@test "lesson 06: SIGIO stands for all, a real-time signal for each" {
  plays_block merged
}
