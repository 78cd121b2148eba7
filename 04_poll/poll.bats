#!/usr/bin/env bats
# What must hold for poll.
load ../harness/tests/lab

@test "poll: what comes back is what was sent" { plays poll bytes; }
@test "poll: clients leave in every way there is" { plays poll leaving; }
@test "poll: one client takes or gives too much" { plays poll pressure; }
@test "poll: many clients, most of them silent" { plays poll crowd; }
@test "poll: at a limit it neither dies nor spins" { plays poll limits; }
@test "poll: it is asked to end" { plays poll ending; }
@test "poll: http, in pieces, at once, without end" { plays poll http; }
@test "poll: flags, exits and books" { keeps_the_contract poll; }
