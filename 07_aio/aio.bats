#!/usr/bin/env bats
# What must hold for aio.
load ../harness/tests/lab

@test "aio: what comes back is what was sent" { plays aio bytes; }
@test "aio: clients leave in every way there is" { plays aio leaving; }
@test "aio: one client takes or gives too much" { plays aio pressure; }
@test "aio: many clients, most of them silent" { plays aio crowd; }
@test "aio: at a limit it neither dies nor spins" { plays aio limits; }
@test "aio: it is asked to end" { plays aio ending; }
@test "aio: flags, exits and books" { keeps_the_contract aio; }

@test "aio: who waits, and for what" { plays aio aio; }
