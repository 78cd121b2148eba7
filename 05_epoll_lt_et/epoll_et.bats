#!/usr/bin/env bats
# What must hold for epoll-et.
load ../harness/tests/lab

@test "epoll-et: what comes back is what was sent" { plays epoll-et bytes; }
@test "epoll-et: clients leave in every way there is" { plays epoll-et leaving; }
@test "epoll-et: one client takes or gives too much" { plays epoll-et pressure; }
@test "epoll-et: many clients, most of them silent" { plays epoll-et crowd; }
@test "epoll-et: at a limit it neither dies nor spins" { plays epoll-et limits; }
@test "epoll-et: it is asked to end" { plays epoll-et ending; }
@test "epoll-et: http, in pieces, at once, without end" { plays epoll-et http; }
@test "epoll-et: what an edge is" { plays epoll-et epoll; }
@test "epoll-et: flags, exits and books" { keeps_the_contract epoll-et; }

# One burst of 64 KiB, read 1 KiB at a time: what the books of the two say of it. The scene's client first pings.
burst() {
  "$IOLAB" scene "$ROOT/harness/battery/pressure.scene" --only burst -- \
    "$BIN/$1" --port '{port}' --quiet --books "$BATS_TEST_TMPDIR/$1.csv" '{args}'
  tail -n 1 "$BATS_TEST_TMPDIR/$1.csv" | cut -d, -f12,13,15
}

@test "LT is told of a burst again and again, ET once" {
  lt=$(burst epoll-lt | tail -n 1)
  et=$(burst epoll-et | tail -n 1)
  echo "waits,reads,EAGAINs: LT $lt, ET $et"
  lt_waits=${lt%%,*} et_waits=${et%%,*}
  [ "$lt_waits" -ge 64 ]
  [ $((et_waits * 4)) -lt "$lt_waits" ]
}

@test "an ET server that reads once for an event is caught by the battery" {
  run "$IOLAB" scene "$ROOT/harness/battery/pressure.scene" --only burst -- \
    "$BIN/epoll-et" --port '{port}' --quiet '{args}' --reads-per-event 1
  echo "$output"
  [ "$status" -eq 1 ]
  [[ $output == *"ET_STALL"*"of 65543, then silence"* ]]
}

@test "who predicts that an edge is no arrival learns otherwise" {
  echo 'et-one new-byte no' >"$BATS_TEST_TMPDIR/predicted"
  refuses 1 'NEW_EDGE: 2055 bytes of 65544 bytes came back' "$IOLAB" scene "$ROOT/harness/battery/epoll.scene" \
    --only et-one --model epoll-et --answers "$BATS_TEST_TMPDIR/predicted"
  echo 'et-one new-byte yes' >"$BATS_TEST_TMPDIR/predicted"
  "$IOLAB" scene "$ROOT/harness/battery/epoll.scene" --only et-one --model epoll-et --answers "$BATS_TEST_TMPDIR/predicted"
}
