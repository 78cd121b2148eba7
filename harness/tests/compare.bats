#!/usr/bin/env bats
# iolab compare: is a known difference told, with its sign; and what stands in the way of a verdict? No limit on time in
# here, and no server is asked to be fast: what differs, differs by CPU that is burned on purpose.
load lab
bats_require_minimum_version 1.5.0

BURNER=${BIN%/bin}/tests/burner

# compare ARGUMENT...: its words in $output, its status in $status, its results in $RUN.
compare() {
  RUN=$BATS_TEST_TMPDIR/run.$BATS_TEST_NUMBER.$((++runs))
  run --separate-stderr "$IOLAB" compare --out "$RUN" "$@"
  echo "$output"
  echo "${stderr-}" | grep -v ' s left$' || :
}

# told: a verdict was possible. Who falls behind is not compared, and on a machine where nearly no CPU is left that is right.
told() {
  [[ ${lines[0]} != "cannot tell: "*" fell behind "* ]] || skip "too busy to burn 100 times a second"
}

# costs OF: a run of poll against itself in which the n-th trial of the pairs took OF(n) ns of CPU for each request, and
# kept up with the rate.
costs() {
  rm -rf "$BATS_TEST_TMPDIR/made"
  cp -r "$RUN" "$BATS_TEST_TMPDIR/made"
  awk -F, -v OFS=, '$2 == "compare" && $7 == "requests" { $9 = 1000; if (!first) first = $5 }
    $2 == "compare" && $7 == "server_cpu" { n = $5 - first; $9 = 1000 * ('"$1"') }
    $2 == "compare" && $7 ~ /^response_p50/ { $7 = "response_p50"; $9 = 100000 } { print }' \
    "$RUN/trials.csv" >"$BATS_TEST_TMPDIR/made/trials.csv"
  run "$IOLAB" compare --from "$BATS_TEST_TMPDIR/made" --one-after-the-other
  echo "$output"
}

@test "who burns more is told as different, with the right sign, and so is who burns less" {
  compare --pairs 7 --window 300 --rate 100 --server plain="'$BURNER' {port}" \
    --server burns="'$BURNER' --extra-us 1000 {port}" plain burns
  [ "$status" -eq 0 ]
  told
  [[ ${lines[0]} == "different: burns uses "*" times as much CPU per request as plain"* ]]
  # The page opens with the same words, and so does its twin, whose lines are short.
  verdict=$(awk '/^$/ { exit } { print }' <<<"$output" | paste -sd' ')
  "$IOLAB" report "$RUN"
  paste -sd' ' "$RUN/report.md" | tr -s ' ' | grep -qF -- "- **Different**${verdict#different}."
  grep -qF "<strong>Different</strong>${verdict#different}." "$RUN/report.html"
  compare --pairs 7 --window 300 --rate 100 --server plain="'$BURNER' {port}" \
    --server burns="'$BURNER' --extra-us 1000 {port}" burns plain
  [ "$status" -eq 0 ]
  told
  [[ ${lines[0]} == "different: plain uses 0."*" times as much CPU per request as burns"* ]]
}
@test "the verdict, and what it rests on, is kept as CSV, and the order was a coin's" {
  compare --pairs 8 --window 200 --rate 200 --seed 7 --csv poll epoll-lt
  [ "$status" -eq 0 ]
  [ "${lines[0]}" = "schema,experiment,a,b,parameters,metric,unit,pairs,median_a,median_b,ratio,low,high,level,p,verdict,more_pairs,says" ]
  [[ ${lines[1]} == "1,compare,poll,epoll-lt,idle=0 connections=16 size=64 rate=200 window_ms=200,cpu_per_request,ns,8,"* ]]
  diff <(printf '%s\n' "${lines[@]}") "$RUN/verdicts.csv"
  grep -qx 'seed,7' "$RUN/environment.csv"
  grep -E '^1,compare,' "$RUN/trials.csv" | grep ',requests,' | sort -t, -k5n >"$BATS_TEST_TMPDIR/trials"
  # In each pair both took part; and neither was always the first.
  [ "$(cut -d, -f4,6 "$BATS_TEST_TMPDIR/trials" | sort | uniq -d | wc -l)" -eq 0 ]
  [ "$(awk 'NR % 2' "$BATS_TEST_TMPDIR/trials" | grep -c ',side=A\|,poll,')" -gt 0 ]
  [ "$(awk 'NR % 2' "$BATS_TEST_TMPDIR/trials" | cut -d, -f3 | sort -u | wc -l)" -eq 2 ]
}
# bats test_tags=slow
@test "the same seed, the same coins" {
  for turn in 1 2; do
    compare --pairs 4 --window 200 --rate 200 --seed 11 poll select
    # Who was first, in each pair that was begun: on a busy machine one may be begun again.
    grep '^1,compare,' "$RUN/trials.csv" | grep ',total,' | sort -t, -k5n |
      awk -F, '!seen[$4]++ { print $3 }' | head -n 4 >"$BATS_TEST_TMPDIR/order.$turn"
  done
  cat "$BATS_TEST_TMPDIR/order.1"
  [ "$(sort -u "$BATS_TEST_TMPDIR/order.1" | wc -l)" -eq 2 ]
  diff "$BATS_TEST_TMPDIR/order.1" "$BATS_TEST_TMPDIR/order.2"
}
@test "too few pairs are said to be too few, whatever they show" {
  compare --pairs 5 --window 200 --rate 200 --server burns="'$BURNER' --extra-us 200 {port}" epoll-lt
  [ "$status" -eq 0 ]
  [[ ${lines[0]} == "cannot tell: 5 pairs are too few; 6 are the least" ]]
}
# bats test_tags=slow
@test "looking three times: done after ten pairs if they tell, and each look asks for more certainty" {
  compare --looks --window 200 --rate 100 --server plain="'$BURNER' {port}" \
    --server burns="'$BURNER' --extra-us 1000 {port}"
  told
  [[ ${lines[0]} == "different: burns uses "* ]]
  [[ $output == *"10 pairs of trials"*"95 % over all looks"* ]]
  grep -q ',cpu_per_request,ns,10,.*,0.978,' "$RUN/verdicts.csv"
  awk 'length > 80 { print "too long for a terminal: " $0; bad = 1 } END { exit bad }' <<<"$output"
}
@test "who leaves clients unserved gets no verdict, and the way out is told" {
  compare --window 100 blocking epoll-lt
  [ "$status" -eq 1 ]
  [[ $output == "cannot tell: blocking served 1 of 16 clients"* ]]
  [[ $output == *"-c N"* ]]
  grep -q '^1,capacity,blocking,.*,served,count,1$' "$RUN/trials.csv"
  grep -q ',cannot tell,0,"\?blocking served 1 of 16' "$RUN/verdicts.csv"
}
# bats test_tags=slow
@test "a server that dies in a trial: it is marked, its pair is measured again, the run goes on" {
  compare --pairs 10 --window 200 --rate 300 epoll-lt \
    --server mortal="'$BURNER' --dies-in 4 $BATS_TEST_TMPDIR/lives {port}"
  [ "$status" -eq 0 ]
  [[ $output == *"mortal gave no figures in 1 of its trials, and these pairs were measured"* ]]
  grep -qE '^1,compare,mortal,.*,failed,text,|^1,compare,mortal,.*,note,text,' "$RUN/trials.csv"
  grep -q ',cpu_per_request,ns,10,' "$RUN/verdicts.csv"
}
@test "a server that dies in every trial gets no verdict" {
  compare --window 200 --rate 200 epoll-lt --server dead="false {port}"
  [ "$status" -eq 1 ]
  [[ $output == "cannot tell: dead could not be measured: "* ]]
}
@test "what this machine cannot run has no verdict, and its own exit" {
  mkdir "$BATS_TEST_TMPDIR/bin"
  cp "$IOLAB" "$BIN/poll" "$BATS_TEST_TMPDIR/bin"
  printf '#!/bin/sh\necho "uring: no io_uring here" >&2\nexit 77\n' >"$BATS_TEST_TMPDIR/bin/uring"
  chmod +x "$BATS_TEST_TMPDIR/bin/uring"
  refuses 77 "this machine cannot run uring: no io_uring here" "$BATS_TEST_TMPDIR/bin/iolab" compare poll uring --window 100 \
    --out "$BATS_TEST_TMPDIR/cannot"
}
@test "Ctrl-C keeps the pairs that were measured, and judges them" {
  "$IOLAB" compare poll poll --rate 200 --window 200 --pairs 100 --out "$BATS_TEST_TMPDIR/run" \
    >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/errors" 3>&- &
  PID=$!
  # On a busy machine a pair may be spoiled, and is measured again: one that counts has figures of both.
  until awk -F, '$2 == "compare" && $7 == "requests" { answered = $9 > 0 }
    $2 == "compare" && $7 == "server_cpu" && $9 > 0 && answered && told[$4]++ { pair = 1 } END { exit !pair }' \
    "$BATS_TEST_TMPDIR/run/trials.csv" 2>/dev/null; do kill -0 $PID; done
  kill -INT $PID
  status=0
  wait $PID || status=$?
  cat "$BATS_TEST_TMPDIR/out"
  [ "$status" -eq 130 ]
  grep -q '^[1-9][0-9]* pairs\? of trials ' "$BATS_TEST_TMPDIR/out"
  grep -q '^interrupted,yes$' "$BATS_TEST_TMPDIR/run/environment.csv"
  grep -q '^1,compare,poll,poll,' "$BATS_TEST_TMPDIR/run/verdicts.csv"
  [ -z "$(pgrep -f "$BATS_TEST_TMPDIR/run/books.csv")" ]
}
@test "results are read again: the same verdict; what differs between two runs is told, and they stay two" {
  compare --pairs 6 --window 200 --rate 200 poll select
  first=$RUN
  refuses 0 "${lines[0]}" "$IOLAB" compare --from "$first"
  diff "$first/verdicts.csv" <("$IOLAB" compare --from --csv "$first")
  compare --pairs 2 --window 200 --rate 200 --idle 3 poll epoll-lt
  sed -i 's/^kernel,.*/kernel,Other 1.0/' "$RUN/environment.csv"
  run "$IOLAB" compare --from "$first" "$RUN"
  echo "$output"
  [ "$status" -eq 0 ]
  [[ $output == *"  B: select and epoll-lt"* ]]
  [[ $output == *"  parameters: idle=0 connections=16 size=64 rate=200 window_ms=200 and idle=3 "* ]]
  [[ $output == *"  kernel: Linux "*" and Other 1.0"* ]]
  [[ $output == *"these are two comparisons, not one"* ]]
  grep -q '^6 pairs; ' <<<"$output"
  grep -q '^2 pairs; ' <<<"$output"
}
@test "results that are damaged, of another schema, or of two comparisons: which line, and no verdict" {
  compare --pairs 2 --window 200 --rate 200 poll select
  from() { refuses 1 "$1" "$IOLAB" compare --from "$BATS_TEST_TMPDIR/bad"; }
  spoil() { rm -rf "$BATS_TEST_TMPDIR/bad"; cp -r "$RUN" "$BATS_TEST_TMPDIR/bad"; sed -i "$1" "$BATS_TEST_TMPDIR/bad/trials.csv"; }
  last=$(wc -l <"$RUN/trials.csv")
  spoil "$last s/,[^,]*,[^,]*\$//"
  from "bad/trials.csv:$last: 7 fields, want 9"
  spoil "$last s/^1,/2,/"
  from "bad/trials.csv:$last: another schema than 1"
  spoil "$last s/ rate=200/ rate=400/"
  from "bad/trials.csv:$last: other parameters than before"
  spoil "$last s/,poll,/,fork,/; $last s/,select,/,fork,/"
  from "bad/trials.csv:$last: another server than before"
  refuses 1 "not made by \`iolab compare\`" "$IOLAB" compare --from "$ROOT/harness/tests/fixtures/run"
  refuses 1 "nothing/trials.csv: No such file" "$IOLAB" compare --from "$BATS_TEST_TMPDIR/nothing"
  refuses 2 "name the folders" "$IOLAB" compare --from
}
# bats test_tags=slow
@test "who is pressed beyond what it can do falls behind: no verdict, and not only after all pairs" {
  compare --pairs 60 --window 50 --rate 1000000 poll epoll-lt
  [[ ${lines[0]} == "cannot tell: "*" fell behind "* ]]
  grep -q '^10 pairs of trials' <<<"$output"
  refuses 0 "cannot tell: " "$IOLAB" compare --from "$RUN"
  awk 'length > 80 { print "too long for a terminal: " $0; bad = 1 } END { exit bad }' <<<"$output"
}
@test "a machine that takes a leap fools who measures one after the other, and not the pairs" {
  # With this seed the third pair is B, then A: the leap comes between the two.
  compare --pairs 12 --window 50 --rate 200 --seed 7 poll poll
  [[ ${lines[0]} != "cannot tell: the machine is too busy"* ]] || skip "${lines[0]}"
  [[ $output != *"made again"* ]] || skip "the machine is too busy: with a trial that was made again the leap would be elsewhere"
  costs '(n < 5 ? 10000 : 12000) + n % 3'
  [ "$status" -eq 0 ]
  [[ ${lines[0]} == "same: poll (A) and poll (B) "* ]]
  # Who began five trials before it had all of A before the leap, and all of B behind it.
  grep -qE '^  CPU/request +[1-9][0-9]* of 15 attempts have a winner, by up to 20 %$' <<<"$output"
  costs '10000 + n % 2'
  grep -q '^  CPU/request    0 of 15 attempts have a winner$' <<<"$output"
}
@test "without pairs: only of one server against itself, of five pairs or more, and of results" {
  compare --pairs 4 --window 50 --rate 200 poll poll
  refuses 2 "that takes five pairs" "$IOLAB" compare --from "$RUN" --one-after-the-other
  compare --pairs 5 --window 50 --rate 200 poll select
  refuses 2 "name one server twice" "$IOLAB" compare --from "$RUN" --one-after-the-other
  refuses 2 "only behind --from" "$IOLAB" compare poll poll --one-after-the-other
}
@test "wrong words are told" {
  refuses 2 "--looks goes up to 30 pairs" "$IOLAB" compare poll select --looks --pairs 31
  refuses 2 "name two servers" "$IOLAB" compare poll
  refuses 2 "name two servers" "$IOLAB" compare poll select epoll-lt
  refuses 2 'no model "nosuch"; there are: blocking' "$IOLAB" compare poll nosuch
  refuses 2 "--pairs 1: want a number from 2 to 100" "$IOLAB" compare poll select --pairs 1
  refuses 2 "unknown option" "$IOLAB" compare poll select --nix
  refuses 2 "{port} where the port belongs" "$IOLAB" compare poll --server theirs=false
}
@test "one CPU for driver and server is said" {
  command -v taskset >/dev/null || skip "no taskset"
  cpu=$(taskset -cp $$ | sed 's/.*: *\([0-9]*\).*/\1/')
  refuses 0 "One CPU for driver and server" taskset -c "$cpu" "$IOLAB" compare poll select --pairs 2 --window 200 --rate 200 \
    --out "$BATS_TEST_TMPDIR/one"
  grep -q '^pinning,none: one CPU for both$' "$BATS_TEST_TMPDIR/one/environment.csv"
}
@test "two threads of one core are said to be one core" {
  [ "$(nproc)" -eq 2 ] || skip "it takes a machine with two CPUs"
  unshare -rm true || skip "no namespaces here"
  echo 0-1 >"$BATS_TEST_TMPDIR/siblings"
  # shellcheck disable=SC2016  # for that shell
  unshare -rm bash -c '
    for list in /sys/devices/system/cpu/cpu[0-9]*/topology/thread_siblings_list; do mount --bind "$1" "$list"; done
    shift
    exec "$@"' - "$BATS_TEST_TMPDIR/siblings" "$IOLAB" compare poll select --pairs 2 --window 200 --rate 200 \
    --out "$BATS_TEST_TMPDIR/core" 3>&-
  grep '^pinning,' "$BATS_TEST_TMPDIR/core/environment.csv"
  grep -q '^pinning,.*both are threads of one core' "$BATS_TEST_TMPDIR/core/environment.csv"
}
