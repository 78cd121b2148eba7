#!/usr/bin/env bats
# What must hold for epoll-lt.
load ../harness/tests/lab

@test "epoll-lt: what comes back is what was sent" { plays epoll-lt bytes; }
@test "epoll-lt: clients leave in every way there is" { plays epoll-lt leaving; }
@test "epoll-lt: one client takes or gives too much" { plays epoll-lt pressure; }
@test "epoll-lt: many clients, most of them silent" { plays epoll-lt crowd; }
@test "epoll-lt: at a limit it neither dies nor spins" { plays epoll-lt limits; }
@test "epoll-lt: it is asked to end" { plays epoll-lt ending; }
@test "epoll-lt: http, in pieces, at once, without end" { plays epoll-lt http; }
@test "epoll-lt: what a level is" { plays epoll-lt epoll; }
@test "epoll-lt: flags, exits and books" { keeps_the_contract epoll-lt; }

@test "with --oneshot, too, nobody is forgotten, and it ends" {
  for group in bytes leaving pressure crowd ending; do
    "$IOLAB" scene "$ROOT/harness/battery/$group.scene" --model epoll-lt --keep-going -- \
      "$BIN/epoll-lt" --port '{port}' --quiet --oneshot '{args}'
  done
}
