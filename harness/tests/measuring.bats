#!/usr/bin/env bats
# docs/measuring.md: do its commands fool as it says? They are played as they stand there, in a short form. What counts is
# the direction, never how fast anything is.
load lab

DOC=$ROOT/docs/measuring.md

# block NAME: the commands of the block that begins with ```sh NAME.
block() {
  sed -n "/^\`\`\`sh $1\$/,/^\`\`\`\$/p" "$DOC" | sed '1d;$d' | grep . || { echo "no block $1 in $DOC"; return 1; }
}

# plays_block NAME EDIT...: here, with sed's EDITs for the short form; what it prints is in $said. Servers come up on free
# ports, and are awaited instead of slept for.
plays_block() {
  local name=$1 script=$BATS_TEST_TMPDIR/$1
  shift
  block "$name" | sed -E -e 's/^build\/bin\/([a-z-]+) --port (80[0-9]+) --quiet & ([A-Z]+)=\$!$/starts \1; \3=$PID P\2=$PORT/' \
    -e '/^sleep 1$/d' -e 's/(localhost:|client )(80[0-9]+)/\1$P\2/' -e "s,build/bin/,$BIN/,g" \
    -e "s,results/,$BATS_TEST_TMPDIR/,g" "$@" >"$script"
  cat "$script"
  # shellcheck disable=SC1090 # it was made just now
  source "$script" >"$BATS_TEST_TMPDIR/said" 2>&1
  said=$(<"$BATS_TEST_TMPDIR/said")
  echo "$said"
}

teardown() {
  for pid in $(jobs -p); do
    kill -KILL "$pid" 2>/dev/null || :
  done
}

# The driver has its 16 clients.
connected() { until [ "$(find "/proc/$DRIVE/fd" -lname 'socket:*' | wc -l)" -ge 16 ]; do kill -0 "$DRIVE"; done; }

# of PERCENTILE N: in the N-th line that the driver began with, in nanoseconds.
of() {
  grep -E '^[0-9]+ of [0-9]+ connections served; ' <<<"$said" | sed -nE "$2 s/.*; (.*, )?$1 ([0-9.]+) ([^ ,;]+)[,;].*/\2 \3/p" |
    awk '{ print $1 * ($2 == "s" ? 1e9 : $2 == "ms" ? 1e6 : $2 == "ns" ? 1 : 1e3) }'
}

# less A B: as numbers, both of which must be there.
less() {
  echo "is $1 less than $2?"
  [ -n "$1" ] && [ -n "$2" ] && awk -v a="$1" -v b="$2" 'BEGIN { exit !(a + 0 < b + 0) }'
}

@test "each block of commands in docs/measuring.md is played here" {
  blocks=$(sed -n 's/^```sh \(.*\)/\1/p' "$DOC")
  [ "$(wc -l <<<"$blocks")" -ge 5 ]
  for name in $blocks; do grep -q "^  plays_block $name" "$BATS_TEST_FILENAME" || { echo "not played: $name"; return 1; }; done
}
@test "a closed loop does not see a server that stands still, an open loop does" {
  plays_block stall -e 's/--window 10000/--window 2000/; s/sleep 4;/connected; sleep 0.4;/; s/sleep 2;/sleep 1;/'
  less "$(of p99 1)" "$(of p99 2)"
}
@test "first A, then B: the same trials, judged as pairs and as they are not" {
  # The neighbour stays away from the tests that run beside this one.
  plays_block drift -e 's/--pairs 20/--pairs 6/; s/^sleep 12; //; s/timeout 60 taskset .* yes/sleep 100/'
  grep -qE '^  CPU/request +[0-9]+ of 3 attempts have a winner' <<<"$said"
}
@test "a machine that drifts, or leaps: who measures one after the other is fooled more often than pairs are" {
  plays_block replay -e "s,^make (.*)/tests/,test -x ${BIN%/bin}/tests/," -e "s,^build/tests,cd $ROOT; ${BIN%/bin}/tests,"
  for noise in drifting stepping; do
    fooled() { sed -nE "s/^same server, $noise +$1 +([0-9.]+) % false/\1/p" <<<"$said"; }
    less "$(fooled '20 pairs')" "$(fooled 'A x 5, B x 5')"
  done
}
@test "a client that starts a process for each request is what it measures" {
  TIMEFORMAT='took %R'
  plays_block client -e 's/1\.\.1000/1..50/; s/read -r <&3/head -n 1 <\&3/'
  [ "$(grep -c '^hello$' <<<"$said")" -eq 100 ]
  for n in 1 2; do
    took=$(sed -n 's/^took //p' <<<"$said" | sed -n "${n}p")
    driver=$(sed -nE 's/^16 of 16 .* ([0-9,]+) requests\/s at least.*/\1/p' <<<"$said" | sed -n "${n}p" | tr -d ,)
    less "$(awk -v s="$took" 'BEGIN { print 50 / s }')" "$driver"
  done
}
@test "who leaves clients unserved looks quick, and is not compared" {
  plays_block unserved -e 's/-c 64/-c 16/' -e "s,compare .*,& --out $BATS_TEST_TMPDIR/refused || [ \$? -eq 1 ],"
  grep -q '^1 of 16 connections served; ' <<<"$said"
  grep -q '^16 of 16 connections served; ' <<<"$said"
  less "$(of p50 1)" "$(of p50 2)"
  grep -q '^cannot tell: blocking served 1 of 16 clients' <<<"$said"
}
