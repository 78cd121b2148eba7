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
