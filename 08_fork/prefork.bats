#!/usr/bin/env bats
# What must hold for prefork.
load ../harness/tests/lab

@test "prefork: what comes back is what was sent" { plays prefork bytes; }
@test "prefork: clients leave in every way there is" { plays prefork leaving; }
@test "prefork: one client takes or gives too much" { plays prefork pressure; }
@test "prefork: many clients, most of them silent" { plays prefork crowd; }
@test "prefork: at a limit it neither dies nor spins" { plays prefork limits; }
@test "prefork: it is asked to end" { plays prefork ending; }
@test "prefork: workers die, and are asked to end" { plays prefork prefork; }
@test "prefork: flags, exits and books" { keeps_the_contract prefork; }
