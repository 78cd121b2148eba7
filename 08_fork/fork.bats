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
