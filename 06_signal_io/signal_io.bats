#!/usr/bin/env bats
# What must hold for signal-io.
load ../harness/tests/lab

@test "signal-io: what comes back is what was sent" { plays signal-io bytes; }
@test "signal-io: clients leave in every way there is" { plays signal-io leaving; }
@test "signal-io: one client takes or gives too much" { plays signal-io pressure; }
@test "signal-io: many clients, most of them silent" { plays signal-io crowd; }
@test "signal-io: at a limit it neither dies nor spins" { plays signal-io limits; }
@test "signal-io: it is asked to end" { plays signal-io ending; }
@test "signal-io: http, in pieces, at once, without end" { plays signal-io http; }
@test "signal-io: flags, exits and books" { keeps_the_contract signal-io; }
@test "signal-io: signals are lost, late, and meant for others" { plays signal-io signal-io; }

@test "signal-io: a stranger's signals, with any number in them, do no harm" {
  kill=$(type -P kill)
  "$kill" --help 2>&1 | grep -q -e --queue || skip "this kill(1) sends no numbers"
  starts signal-io
  for number in 0 3 1000000000; do
    "$kill" -s "$(kill -l RTMIN)" -q "$number" "$PID"
  done
  ends
}
