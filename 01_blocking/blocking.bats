#!/usr/bin/env bats
# What must hold for blocking.
load ../harness/tests/lab

@test "blocking: what comes back is what was sent" { plays blocking bytes; }
@test "blocking: clients leave in every way there is" { plays blocking leaving; }
@test "blocking: one client takes or gives too much" { plays blocking pressure; }
@test "blocking: many clients, most of them silent" { plays blocking crowd; }
@test "blocking: at a limit it neither dies nor spins" { plays blocking limits; }
@test "blocking: it is asked to end" { plays blocking ending; }
@test "blocking: http, in pieces, at once, without end" { plays blocking http; }
@test "blocking: flags, exits and books" { keeps_the_contract blocking; }
