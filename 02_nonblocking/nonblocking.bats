#!/usr/bin/env bats
# What must hold for nonblocking.
load ../harness/tests/lab

@test "nonblocking: what comes back is what was sent" { plays nonblocking bytes; }
@test "nonblocking: clients leave in every way there is" { plays nonblocking leaving; }
@test "nonblocking: one client takes or gives too much" { plays nonblocking pressure; }
@test "nonblocking: many clients, most of them silent" { plays nonblocking crowd; }
@test "nonblocking: at a limit it neither dies nor spins" { plays nonblocking limits; }
@test "nonblocking: it is asked to end" { plays nonblocking ending; }
@test "nonblocking: http, in pieces, at once, without end" { plays nonblocking http; }
@test "nonblocking: flags, exits and books" { keeps_the_contract nonblocking; }

@test "nonblocking: the books show what asking costs, and what a nap saves" {
  "$IOLAB" scene "$ROOT/harness/battery/bytes.scene" --only stream -- \
    "$BIN/nonblocking" --port '{port}' --quiet --books "$BATS_TEST_TMPDIR/spin.csv"
  "$IOLAB" scene "$ROOT/harness/battery/bytes.scene" --only stream -- \
    "$BIN/nonblocking" --port '{port}' --quiet --nap 1 --books "$BATS_TEST_TMPDIR/nap.csv"
  spun=$(tail -n 1 "$BATS_TEST_TMPDIR/spin.csv" | cut -d, -f12)
  napped=$(tail -n 1 "$BATS_TEST_TMPDIR/nap.csv" | cut -d, -f12)
  echo "waits: $spun spinning, $napped napping"
  [ "$spun" -eq 0 ] && [ "$napped" -gt 0 ]
}

@test "only nonblocking has a nap" {
  refuses 2 "only nonblocking has a pause" "$BIN/poll" --nap 5
}
