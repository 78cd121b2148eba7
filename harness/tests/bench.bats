#!/usr/bin/env bats
# iolab bench: is nobody put in an order by noise, and is a real difference told by letters?
load lab

BURNER=${BIN%/bin}/tests/burner

@test "one round orders nobody, and says how many would" {
  run "$IOLAB" bench poll --quick --rate 500 --out "$BATS_TEST_TMPDIR/run" --server burns="'$BURNER' --extra-us 200 {port}"
  echo "$output"
  [ "$status" -eq 0 ]
  [[ $output == *"No order yet: 1 round tells none. 20 would: --rounds 20, about "[1-9]*\.* ]]
  [ ! -e "$BATS_TEST_TMPDIR/run/verdicts.csv" ]
  "$IOLAB" report "$BATS_TEST_TMPDIR/run"
  paste -sd' ' "$BATS_TEST_TMPDIR/run/report.md" | grep -q 'One round: no ranking\.'
}
# bats test_tags=slow
@test "twenty rounds: who burns more has another letter" {
  run "$IOLAB" bench --quick --rounds 20 --rate 500 --csv --out "$BATS_TEST_TMPDIR/run" epoll-lt \
    --server burns="'$BURNER' --extra-us 200 {port}"
  echo "$output"
  [ "$status" -eq 0 ]
  # Who falls behind is not compared, and so says bench: on a machine where nearly no CPU is left that is right.
  [ "$(sed -n 's/^burns,[0-9]*,[0-9]*,\([0-9]*\),.*/\1/p' <<<"$output")" -gt 1500 ] || skip "too busy to burn 500 times a second"
  [ "$(sed -n 's/^epoll-lt,.*,//p' <<<"$output")" = a ]
  [ "$(sed -n 's/^burns,.*,//p' <<<"$output")" = b ]
  grep -q '^1,bench,epoll-lt,burns,rate=500,cpu_per_request,ns,.*,different,' "$BATS_TEST_TMPDIR/run/verdicts.csv"
  "$IOLAB" report "$BATS_TEST_TMPDIR/run"
  grep -q '^- For the same work least CPU is used by \*\*epoll-lt\*\* (a), most by \*\*burns\*\* (b)' \
    "$BATS_TEST_TMPDIR/run/report.md"
  grep -q '<h2 id="tiers-h">Who can be told from whom</h2>' "$BATS_TEST_TMPDIR/run/report.html"
}
