#!/usr/bin/env bats
# What must hold for select.
load ../harness/tests/lab

@test "select: what comes back is what was sent" { plays select bytes; }
@test "select: clients leave in every way there is" { plays select leaving; }
@test "select: one client takes or gives too much" { plays select pressure; }
@test "select: many clients, most of them silent" { plays select crowd; }
@test "select: at a limit it neither dies nor spins" { plays select limits; }
@test "select: it is asked to end" { plays select ending; }
@test "select: http, in pieces, at once, without end" { plays select http; }
@test "select: flags, exits and books" { keeps_the_contract select; }
