#!/usr/bin/env bats
# The classic figure, measured: iolab trace --figure, iolab models, and what make says of them.
# shellcheck disable=SC2030,SC2031  # run sets output and status, in plays, too
load lab

export LC_ALL=C.UTF-8

setup() {
  cd "$ROOT" || return
  "$IOLAB" trace poll --figure >"$BATS_FILE_TMPDIR/poll" 2>&1 || {
    [ $? -eq 77 ] || return 0
    [[ $BATS_TEST_DESCRIPTION == *denied* || $BATS_TEST_DESCRIPTION == usage ]] || skip "$(cat "$BATS_FILE_TMPDIR/poll")"
  }
}

# has TEXT: the output of the last run has it.
has() {
  [[ $output == *"$1"* ]] || { printf 'no "%s" in:\n%s\n' "$1" "$output"; return 1; }
}

@test "the answer comes first, in a sentence; then the figure, then the timeline" {
  run cat "$BATS_FILE_TMPDIR/poll"
  [[ ${lines[0]} =~ ^"poll waits in poll, not in read: "[0-9.]+" ms for data, then at most "[0-9.]+ ]]
  has 'data comes ●'
  has '┐ wait for data'
  has '┐ copy to the user'
  has 'poll made 9 calls'
}

# plays MODEL TEXT: the figure of a model. A server that is held up may still be on its way to sleep when the data comes,
# and the figure says so: then once more, five times at most.
plays() {
  for _ in 1 2 3 4 5; do
    run "$IOLAB" trace "$1" --figure
    [[ $output != *"$2"* && $status -ne 77 ]] || return 0
  done
}

@test "each model waits in its own way" {
  "$IOLAB" models >"$BATS_FILE_TMPDIR/models"
  run cat "$BATS_FILE_TMPDIR/models"
  has '... in read itself: blocking, fork, prefork and thread'
  has '... nowhere: it asks again and again: nonblocking'
  has '... in a call that tells who is ready: select, poll, epoll-lt and epoll-et'
  has '... for a signal that names who is ready: signal-io'
  if "$IOLAB" trace uring >/dev/null 2>&1; then
    has '... until somebody else has read: aio and uring'
  else
    has '... until somebody else has read: aio'
    has 'uring cannot be shown: '
  fi
}

@test "a hidden thread reads for aio; nobody reads for uring; signal-io hears a signal" {
  plays aio 'aio does not read: a hidden thread waits in read for '
  has 'aio does not read: a hidden thread waits in read for '
  grep -qE '^ +main +hidden thread +kernel$' <<<"$output"
  has '◀═ SIGIO ═'
  plays signal-io '◀═ SIGRTMIN for A (in) ═'
  has '◀═ SIGRTMIN for A (in) ═'
  plays uring 'With uring nobody calls read: '
  [ "$status" -ne 77 ] || return 0
  has 'With uring nobody calls read: '
}

@test "in a narrow terminal, and without UTF-8" {
  for columns in 60 80 100; do
    COLUMNS=$columns "$IOLAB" models poll aio nonblocking fork >"$BATS_TEST_TMPDIR/narrow"
    COLUMNS=$columns "$IOLAB" trace aio --figure | sed '/ made /,$d' >>"$BATS_TEST_TMPDIR/narrow"
    while IFS= read -r line; do
      [ "${#line}" -le "$columns" ] || { echo "more than $columns columns: $line"; return 1; }
    done <"$BATS_TEST_TMPDIR/narrow"
  done
  LC_ALL=C "$IOLAB" models poll aio >"$BATS_TEST_TMPDIR/plain"
  LC_ALL=C "$IOLAB" trace signal-io --figure >>"$BATS_TEST_TMPDIR/plain"
  if LC_ALL=C grep -n '[^ -~]' "$BATS_TEST_TMPDIR/plain"; then return 1; fi
}

# drawn FILE: a drawing that stands alone, with its alternative, for light and dark.
drawn() {
  grep -q '<desc id=' "$1"
  grep -q 'prefers-color-scheme:dark' "$1"
  if command -v xmllint >/dev/null; then xmllint --noout "$1"; fi
}

@test "as drawings" {
  "$IOLAB" trace poll --figure --svg "$BATS_TEST_TMPDIR/poll.svg" >/dev/null
  drawn "$BATS_TEST_TMPDIR/poll.svg"
  "$IOLAB" models blocking poll aio --svg "$BATS_TEST_TMPDIR/models.svg" >/dev/null
  drawn "$BATS_TEST_TMPDIR/models.svg"
  grep -q '<desc id="models-d">blocking waits in read itself: .*poll waits in poll.*aio does not read: ' \
    "$BATS_TEST_TMPDIR/models.svg"
  refuses 1 "no/such/folder.svg: No such file" "$IOLAB" models poll --svg "$BATS_TEST_TMPDIR/no/such/folder.svg"
}

@test "as CSV: the calls of each, from when the client sends" {
  run "$IOLAB" models poll blocking --csv
  [ "${lines[0]}" = model,part,lane,call,says,from_ns,to_ns,count,returned ]
  grep -qE '^poll,wait,application,poll,A in,-[0-9]+,[0-9]+,1,1' <<<"$output"
  grep -qE '^poll,copy,application,read A,6 bytes,[0-9]+,[0-9]+,1,1' <<<"$output"
  grep -qE '^blocking,copy,application,read A,6 bytes,-[0-9]+,[0-9]+,1,1' <<<"$output"
}

@test "make trace-MODEL draws the figure and says where; make models; unknown ones are named" {
  run make -s trace-poll
  [ "$status" -eq 0 ]
  has 'The figure as a drawing: results/trace-poll.svg'
  [ -s results/trace-poll.svg ]
  run make -s models ARGS='poll aio'
  has '... until somebody else has read: aio'
  refuses 2 "there is no model nosuch; there are: blocking" make -s trace-nosuch
  refuses 2 "such as: make trace-select" make -s trace-MODEL
}

@test "a program of somebody else; and one that reads in no way that is known" {
  run "$IOLAB" trace --figure -- "$BIN/select" --port '{port}' --quiet
  has 'select waits in select, not in read: '
  printf 'scene none "Nobody sends"\nclient A\nwait 20ms\n' >"$BATS_TEST_TMPDIR/none.scene"
  run "$IOLAB" trace poll --figure --scene "$BATS_TEST_TMPDIR/none.scene"
  has 'poll cannot be shown: no client sends in this scene'
}

@test "where tracing is denied: why, the way out, exit 77; a report says so and is written all the same" {
  local without=$ROOT/build/tests/without_ptrace
  refuses 77 "tracing is denied here (ptrace: Operation not permitted)" "$without" "$IOLAB" trace poll --figure
  refuses 77 "--cap-add SYS_PTRACE" "$without" "$IOLAB" models
  cp -r "$ROOT/harness/tests/fixtures/run" "$BATS_TEST_TMPDIR/run"
  "$without" "$IOLAB" models poll --csv >"$BATS_TEST_TMPDIR/run/models.csv" 2>/dev/null || [ $? -eq 77 ]
  "$IOLAB" report "$BATS_TEST_TMPDIR/run"
  grep -qF '<b>poll</b> is skipped: tracing is denied here (ptrace: Operation not permitted); a container may' \
    "$BATS_TEST_TMPDIR/run/report.html"
}

@test "usage" {
  refuses 0 'Example: iolab models' "$IOLAB" models --help
  refuses 2 'no model "nosuch"; there are: blocking' "$IOLAB" models nosuch
  refuses 2 'usage: iolab models' "$IOLAB" models --nosuch
}
