#!/usr/bin/env bats
# iolab trace: does it see what a server does, and leave the server as it was?
load lab

# A copy of its own: other files play rogues at the same time, and whose process is left must be known.
ROGUE=$BATS_FILE_TMPDIR/rogue
REQUEST=$ROOT/harness/trace/request.scene

setup_file() {
  cp "$ROOT/build/tests/rogue" "$BATS_FILE_TMPDIR/rogue"
}

setup() {
  "$IOLAB" trace poll >"$BATS_FILE_TMPDIR/poll" 2>&1 || {
    [ $? -eq 77 ] || return 0
    skip "$(cat "$BATS_FILE_TMPDIR/poll")"
  }
}

# traces ARGUMENT...: what iolab trace prints goes to $OUT.
traces() {
  OUT=$BATS_TEST_TMPDIR/out
  "$IOLAB" trace "$@" >"$OUT" 2>"$BATS_TEST_TMPDIR/errors" || { cat "$OUT" "$BATS_TEST_TMPDIR/errors"; return 1; }
}

# tells COUNT TEXT: that many lines of $OUT have the text.
tells() {
  local got
  got=$(grep -cF -- "$2" "$OUT") || :
  [ "$got" -eq "$1" ] || { printf 'want %s lines with "%s", got %s:\n' "$1" "$2" "$got"; cat "$OUT"; return 1; }
}

# none_left TEXT: no process has the text in its command.
none_left() {
  if pgrep -af -- "$1" >&2; then
    echo "these are left"
    return 1
  fi
}

@test "one visit to poll: each call, whose it is, and what came of it" {
  traces poll
  head -n 1 "$OUT" | grep -q '^poll made 9 calls, and waited in 4 of them, '
  tells 1 '  4 poll, 2 read, 1 accept4, 1 close, 1 write'
  tells 1 'poll: listener in'
  tells 1 'accept4 listener: A comes, as fd'
  tells 2 'poll: A in'
  tells 1 'read A: 6 bytes "hello\n"'
  tells 1 'write A: 6 bytes "hello\n"'
  tells 1 'read A: the end'
  tells 1 'close A'
  tells 1 'poll: still waits'
}

# of_visit MODEL: its trace of one visit; whoever reads, the bytes are A's, and they are read once and written once.
of_visit() {
  local status=0
  traces "$1" || status=$?
  if [ "$status" -ne 0 ]; then
    "$IOLAB" trace "$1" >/dev/null 2>&1 || [ $? -eq 77 ]
    return
  fi
  ! grep -nE '.{101}' "$OUT" || return 1
  if [ "$1" = uring ]; then
    tells 0 'read A'
    grep -q 'io_uring_enter' "$OUT"
  else
    tells 1 'read A: 6 bytes "hello\n"'
    tells 1 'write A: 6 bytes "hello\n"'
  fi
}

@test "each of the models is traced through one visit, in 100 columns" {
  for model in blocking nonblocking select poll epoll-lt epoll-et signal-io aio uring fork prefork thread; do
    echo "# $model"
    of_visit "$model"
  done
}

@test "edges, signals, hidden threads and children show" {
  traces epoll-et
  tells 1 'epoll_ctl: add A (in, out, edge-triggered)'
  traces signal-io
  grep -q 'sigwaitinfo: SIGRTMIN for A (in)' "$OUT"
  traces aio
  grep -q 'a new thread' "$OUT"
  grep -q 'thread 2 .* read A: 6 bytes' "$OUT"
  grep -q 'thread 2 .* pread64 A: Illegal seek (ESPIPE)' "$OUT"
  traces fork
  grep -q 'process 2 .* read A: 6 bytes' "$OUT"
  tells 1 'signal SIGCHLD: its handler runs'
}

@test "who asks again and again fills no screen" {
  traces nonblocking
  grep -qE '\.\.\. and so on: the last 2 lines [0-9]+ times more' "$OUT"
  [ "$(wc -l <"$OUT")" -lt 100 ]
}

@test "clients have the names of the scene, not of the order in which they came" {
  printf 'scene a "A"\nclient Late x2\nwait 20ms\nLate2 send "two"\nLate2 expect "two"\n' \
    >"$BATS_TEST_TMPDIR/names.scene"
  traces poll --scene "$BATS_TEST_TMPDIR/names.scene"
  tells 1 'accept4 listener: Late1 comes'
  tells 1 'accept4 listener: Late2 comes'
  tells 1 'read Late2: 3 bytes "two"'
  tells 0 'read Late1'
}

@test "the visit is found from any folder of programs below the repository" {
  mkdir -p "$BATS_TEST_TMPDIR/tree/build/other/bin" "$BATS_TEST_TMPDIR/tree/harness/trace"
  cp "$BIN/iolab" "$BIN/poll" "$BATS_TEST_TMPDIR/tree/build/other/bin"
  cp "$ROOT/harness/trace/request.scene" "$BATS_TEST_TMPDIR/tree/harness/trace"
  cd /
  "$BATS_TEST_TMPDIR/tree/build/other/bin/iolab" trace poll | grep -q '^poll made '
  "$BATS_TEST_TMPDIR/tree/build/other/bin/iolab" models poll | grep -q 'in a call that tells who is ready: poll'
}

@test "one variant of a scene is traced" {
  local scene=$BATS_TEST_TMPDIR/vary.scene
  printf 'scene a "A"\nvary size 7 9\nclient A\nA send {size}\nA expect all\n' >"$scene"
  run "$IOLAB" trace poll --csv --scene "$scene" --only a/9
  [ "$status" -eq 0 ]
  grep -q '"read A: 9 bytes' <<<"$output"
  grep -q ',"A send 9"$' <<<"$output"
  refuses 2 'no scene "a/8" in '"$scene"'; there are: a/7 a/9' "$IOLAB" trace poll --scene "$scene" --only a/8
}

@test "the server does the same traced as untraced: its books are equal" {
  for model in blocking select poll epoll-lt epoll-et signal-io aio fork prefork thread; do
    "$IOLAB" scene "$REQUEST" -- "$BIN/$model" --port '{port}' --quiet --books "$BATS_TEST_TMPDIR/plain.csv"
    traces -- "$BIN/$model" --port '{port}' --quiet --books "$BATS_TEST_TMPDIR/traced.csv"
    cut -d, -f1-11 "$BATS_TEST_TMPDIR/plain.csv" >"$BATS_TEST_TMPDIR/plain"
    cut -d, -f1-11 "$BATS_TEST_TMPDIR/traced.csv" | diff "$BATS_TEST_TMPDIR/plain" -
  done
}

@test "before and after the scene: with --all" {
  traces poll
  tells 0 'listen socket'
  traces poll --all
  grep -q 'bind socket' "$OUT"
  tells 1 'listen socket'
  tells 1 'signal SIGTERM'
  tells 1 'ends with 0'
  tells 2 'openat "/dev/null" = '
}

@test "as CSV: a row for each event, and as many cells in each" {
  traces poll --csv
  head -n 1 "$OUT" | grep -qx 'entered_ns,returned_ns,pid,tid,kind,call,who,fd,result,error,waited,says'
  [ "$(grep -c ',call,read,A,' "$OUT")" -eq 2 ]
  [ "$(grep -c ',,,scene,' "$OUT")" -eq 8 ]
  awk -F, 'NF < 12 { print "too short: " $0; bad = 1 } END { exit bad }' "$OUT"
}

@test "as a drawing: with a text alternative that tells all of it" {
  traces fork --svg "$BATS_TEST_TMPDIR/fork.svg"
  cp "$BATS_TEST_TMPDIR/fork.svg" "$OUT"
  tells 1 '<title id="trace-t">fork, call by call</title>'
  grep -q '<desc id="trace-d">The scene: client A. .*accept4 listener: A comes' "$OUT"
  grep -q 'prefers-color-scheme:dark' "$OUT"
  tells 1 '>process 2</text>'
  if command -v xmllint >/dev/null; then xmllint --noout "$OUT"; fi
  refuses 1 "no/such/folder.svg: No such file" "$IOLAB" trace poll --svg "$BATS_TEST_TMPDIR/no/such/folder.svg"
}

@test "the scene is told by what its clients do, without what it shows, and would say of a failure" {
  printf '%s\n' 'scene told "x"' 'client A' 'show fds server fds' 'mark here' \
    'A send "an else in it\n"   else DEAF "no \"else\" here"' 'A expect all else DEAF "no answer"' >"$BATS_TEST_TMPDIR/told.scene"
  traces select --scene "$BATS_TEST_TMPDIR/told.scene"
  sed -n 's/^ *[0-9.]* *> //p' "$OUT" | diff - <(printf '%s\n' 'client A' 'mark here' 'A send "an else in it\n"' 'A expect all')
}

@test "a program of somebody else" {
  traces -- "$BIN/select" --port '{port}' --quiet
  head -n 1 "$OUT" | grep -q '^select made 9 calls'
  [ -n "$(type -P socat)" ] || skip "no socat"
  traces -- socat 'TCP-LISTEN:{port},fork,reuseaddr' EXEC:cat
  head -n 1 "$OUT" | grep -q '^socat made '
  grep -q 'write .*: 6 bytes "hello' "$OUT"
}

@test "a server that is wrong, traced: the same cause, and nothing is left" {
  for kind in 'dies DIED' 'deaf SHORT' 'births FORKS_WITHOUT_END' 'leaves NEVER_READY'; do
    cp "$ROOT/harness/tests/hello.scene" "$BATS_TEST_TMPDIR/traced.scene"
    refuses 1 "${kind#* }: " "$IOLAB" trace --scene "$BATS_TEST_TMPDIR/traced.scene" -- "$ROGUE" "${kind% *}"
    none_left "$BATS_TEST_TMPDIR/traced.scene"
    none_left "^$ROGUE ${kind% *}"
  done
}

@test "a server that ignores SIGTERM is ended all the same, traced" {
  traces --scene "$ROOT/harness/tests/hello.scene" -- "$ROGUE" stubborn
  none_left "^$ROGUE stubborn"
}

@test "Ctrl-C leaves neither server nor tracer" {
  cp "$ROOT/harness/tests/hello.scene" "$BATS_TEST_TMPDIR/interrupted.scene"
  "$IOLAB" trace --scene "$BATS_TEST_TMPDIR/interrupted.scene" -- "$ROGUE" deaf >"$BATS_TEST_TMPDIR/out" 3>&- &
  PID=$!
  until pgrep -f "^$ROGUE deaf" >/dev/null; do kill -0 $PID; done
  kill -INT $PID
  status=0
  wait $PID || status=$?
  [ "$status" -eq 130 ]
  none_left "$BATS_TEST_TMPDIR/interrupted.scene"
  none_left "^$ROGUE deaf"
}

@test "a tracer that is killed takes the server with it, and the scene says so" {
  cp "$ROOT/harness/tests/hello.scene" "$BATS_TEST_TMPDIR/killed.scene"
  "$IOLAB" trace --scene "$BATS_TEST_TMPDIR/killed.scene" -- "$ROGUE" deaf >"$BATS_TEST_TMPDIR/out" 2>&1 3>&- &
  PID=$!
  until pgrep -f "^$ROGUE deaf" >/dev/null; do kill -0 $PID; done
  kill -KILL "$(pgrep -P $PID -f "killed.scene")"
  status=0
  wait $PID || status=$?
  [ "$status" -eq 1 ]
  grep -q 'SIGKILL' "$BATS_TEST_TMPDIR/out"
  none_left "$BATS_TEST_TMPDIR/killed.scene"
}

@test "the self-test counts every call, and says what one costs" {
  traces --self-test
  head -n 1 "$OUT" | grep -qE '^To be traced costs [0-9.]+ us for each call'
  tells 1 '20000 of 20000 calls were counted'
  tells 1 'the least that two stops cost, whoever traces'
  if command -v strace >/dev/null; then tells 2 'times as much'; fi
}

@test "the self-test ends at a Ctrl-C, and leaves nobody stopped" {
  cp "$IOLAB" "$BATS_TEST_TMPDIR/iolab"
  "$BATS_TEST_TMPDIR/iolab" trace --self-test >/dev/null 3>&- &
  PID=$!
  until pgrep -f "^$BATS_TEST_TMPDIR/iolab trace --make-calls" >/dev/null; do kill -0 $PID; done
  kill -INT $PID
  status=0
  wait $PID || status=$?
  [ "$status" -eq 130 ] || { echo "exit $status, want 130"; return 1; }
  none_left "^$BATS_TEST_TMPDIR/iolab"
}

@test "a server with AddressSanitizer is traced to a good end: it looks for no leaks" {
  local program=$BATS_TEST_TMPDIR/leaky
  cd "$ROOT"
  gcc -std=c11 -w -O1 -fsanitize=address -I. -o "$program" 04_poll/poll.c harness/server/*.c 2>/dev/null ||
    skip "no AddressSanitizer"
  traces -- "$program" --port '{port}' --quiet
  tells 1 'read A: 6 bytes "hello\n"'
  LSAN_OPTIONS=verbosity=0 traces --all -- "$program" --port '{port}' --quiet
  tells 1 'ends with 0'
}

@test "where tracing is denied: why, the way out, exit 77; and all else works" {
  local without=$ROOT/build/tests/without_ptrace
  refuses 77 "tracing is denied here (ptrace: Operation not permitted)" "$without" "$IOLAB" trace poll
  refuses 77 "--cap-add SYS_PTRACE" "$without" "$IOLAB" trace --self-test
  "$without" "$IOLAB" scene "$REQUEST" --model poll
  "$without" "$IOLAB" doctor --csv | grep -q '^tracing,mind,"tracing is denied here (ptrace: Operation not permitted)",'
  "$IOLAB" doctor --csv | grep -q '^tracing,good,'
}

@test "usage" {
  refuses 0 'Example: iolab trace epoll-et' "$IOLAB" trace --help
  refuses 2 'want one MODEL, or -- COMMAND' "$IOLAB" trace
  refuses 2 'want one MODEL, or -- COMMAND' "$IOLAB" trace poll select
  refuses 2 'no model "nosuch"; there are: blocking' "$IOLAB" trace nosuch
  refuses 2 'no scene "nosuch" in' "$IOLAB" trace poll --scene "$REQUEST" --only nosuch
  refuses 2 'nowhere.scene: No such file' "$IOLAB" trace poll --scene nowhere.scene
}
