#!/usr/bin/env bats
# What must hold for fork.
load ../harness/tests/lab

@test "fork: what comes back is what was sent" { plays fork bytes; }
@test "fork: clients leave in every way there is" { plays fork leaving; }
@test "fork: one client takes or gives too much" { plays fork pressure; }
@test "fork: many clients, most of them silent" { plays fork crowd; }
@test "fork: at a limit it neither dies nor spins" { plays fork limits; }
@test "fork: it is asked to end" { plays fork ending; }
@test "fork: http, in pieces, at once, without end" { plays fork http; }
@test "fork: many leave, one is killed" { plays fork fork; }
@test "fork: flags, exits and books" { keeps_the_contract fork; }
@test "fork: no process can be made: that client is refused, the next is served" { refuses_when_births_fail fork; }

@test "fork: a child that it had before it was a server is none of its clients" {
  mkdir "$BATS_TEST_TMPDIR/bin"
  printf '#!/bin/sh\nread -r _ <"%s/let-go" &\nexec "%s/fork" "$@"\n' "$BATS_TEST_TMPDIR" "$BIN" >"$BATS_TEST_TMPDIR/bin/fork"
  chmod 755 "$BATS_TEST_TMPDIR/bin/fork"
  mkfifo "$BATS_TEST_TMPDIR/let-go"
  BIN=$BATS_TEST_TMPDIR/bin starts fork --books "$BATS_TEST_TMPDIR/books"
  child=$(pgrep -P "$PID")
  kill -KILL "$child"
  timeout 5 tail -s 0.01 --pid="$child" -f /dev/null    # it is buried
  ends
  cat "$BATS_TEST_TMPDIR/books"
  balances "$BATS_TEST_TMPDIR/books"
}
