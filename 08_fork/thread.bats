#!/usr/bin/env bats
# What must hold for thread.
load ../harness/tests/lab

@test "thread: what comes back is what was sent" { plays thread bytes; }
@test "thread: clients leave in every way there is" { plays thread leaving; }
@test "thread: one client takes or gives too much" { plays thread pressure; }
@test "thread: many clients, most of them silent" { plays thread crowd; }
@test "thread: at a limit it neither dies nor spins" { plays thread limits; }
@test "thread: it is asked to end" { plays thread ending; }
@test "thread: http, in pieces, at once, without end" { plays thread http; }
@test "thread: many leave, and leave nothing" { plays thread thread; }
@test "thread: a thread leaves no stack behind" {
  [ -z "${IOLAB_SANITIZED:-}" ] || skip "a sanitizer needs memory and descriptors of its own"
  plays thread tight
}
@test "thread: flags, exits and books" { keeps_the_contract thread; }
@test "thread: no thread can be made: that client is refused, the next is served" { refuses_when_births_fail thread; }
