#!/usr/bin/env bats
# iolab lt-et: level and edge in two columns.
load lab
load breaks

# What is counted needs no tracer; the columns do.
traced_only() {
  "$IOLAB" trace poll >/dev/null 2>&1 || [ $? -ne 77 ] || skip "tracing is denied here"
}

# of SCENE MODEL COLUMN: one number of the table in $CSV.
of() {
  awk -F, -v scene="$1" -v model="$2" -v want="$3" '
    NR == 1 { for (i = 1; i <= NF; i++) if ($i == want) at = i }
    $1 == scene && $2 == model { print $at }' "$CSV"
}

# holds NUMBER RELATION NUMBER: else both are told.
holds() {
  test "$1" "$2" "$3" || { echo "want $1 $2 $3, in:"; cat "$CSV"; return 1; }
}

# changed_house MODEL: an iolab beside which the changed copy of the model stands, and the other servers as they are.
changed_house() {
  builds "$1"
  mkdir -p build/bin
  cp "$IOLAB" "$BIN/epoll-lt" "$BIN/epoll-et" build/bin
  cp "changed-$1" "build/bin/$1"
}

@test "LT is woken for each KiB, ET once; what ET leaves lies there until another byte comes" {
  CSV=$BATS_TEST_TMPDIR/csv
  "$IOLAB" lt-et --csv >"$CSV"
  head -n 1 "$CSV" | grep -qx 'scene,model,reads_per_event,wakeups,reads,eagain,bytes_in,bytes_stranded'
  holds "$(of burst epoll-lt wakeups)" -ge 60
  holds "$(of burst epoll-lt bytes_stranded)" -eq 0
  holds "$(of burst epoll-et wakeups)" -le 4
  holds "$(of burst epoll-et bytes_stranded)" -eq 64512
  holds "$(of drained epoll-et wakeups)" -le 4
  holds "$(of drained epoll-et reads)" -ge 65
  holds "$(of drained epoll-et bytes_stranded)" -eq 0
  holds "$(of one-more epoll-et bytes_in)" -eq 2048
  holds "$(of one-more epoll-et bytes_stranded)" -eq 63489
  holds "$(of one-more epoll-lt bytes_stranded)" -eq 0
  holds "$(of room epoll-lt eagain)" -ge 1
  holds "$(of oneshot epoll-lt bytes_stranded)" -eq 0
  holds "$(grep -c . "$CSV")" -eq 15
}

@test "20 connects are 20 wakeups for LT, and one for ET; data and the end are one edge" {
  traced_only
  CSV=$BATS_TEST_TMPDIR/csv
  "$IOLAB" lt-et --csv --only crowd >"$CSV"
  holds "$(of crowd epoll-lt wakeups)" -ge 20
  holds "$(of crowd epoll-et wakeups)" -le 5
  "$IOLAB" lt-et --csv --only last-words >"$CSV"
  holds "$(of last-words epoll-lt wakeups)" -gt "$(of last-words epoll-et wakeups)"
  holds "$(of last-words epoll-et bytes_in)" -eq 11
}

@test "the answer first, then two columns: what a client did stands above what both did" {
  traced_only
  COLUMNS=100 "$IOLAB" lt-et --only burst >"$BATS_TEST_TMPDIR/out"
  cat "$BATS_TEST_TMPDIR/out"
  head -n 1 "$BATS_TEST_TMPDIR/out" | grep -q '^64 KiB at once, .*: level-triggered, with one read'
  grep -qx '  epoll-lt: level-triggered, 1 read per event  *| epoll-et: edge-triggered, 1 read per event' \
    "$BATS_TEST_TMPDIR/out"
  grep -A 1 -x '  > A send 64KiB' "$BATS_TEST_TMPDIR/out" | grep -q '^   64 x epoll_wait: A in  *|       epoll_wait: A in'
  grep -q '64,512 stranded' "$BATS_TEST_TMPDIR/out"
}

# begins_with TEXT [OPTION]...: what stands above the first scene, as one line.
begins_with() {
  local text=$1
  shift
  "$IOLAB" lt-et "$@" >"$BATS_TEST_TMPDIR/out"
  sed '/^$/,$d' "$BATS_TEST_TMPDIR/out" | tr '\n' ' ' | grep -qF -- "$text" ||
    { echo "want: $text"; head -n 6 "$BATS_TEST_TMPDIR/out"; return 1; }
}

@test "the answer does not credit the edge with what reading until EAGAIN does" {
  begins_with 'With one read for each event, level-triggered was woken 64 times, edge-triggered once; edge-triggered'`
    `' left 64,512 bytes lying until another byte came, and read 1,024 of them then. Reading until EAGAIN, both were'`
    `' woken once, with 65 reads each. What saves wakeups is reading until EAGAIN, not the edge;'
}

@test "a scene alone begins with what each side did in it, reading how" {
  begins_with 'level-triggered, with one read for each event, was woken 65 times, made 65 reads and left nothing'`
    `' lying; edge-triggered, with one read for each event, was woken twice, made 2 reads and left 63,489 bytes lying.' \
    --only one-more
  begins_with 'level-triggered and edge-triggered, both reading until EAGAIN, were woken once' --only drained
  begins_with 'oneshot, with one read for each event, was woken 65 times' --only oneshot
}

@test "above each column: how often that server reads when it is woken" {
  for scene in room crowd last-words; do
    COLUMNS=100 "$IOLAB" lt-et --only $scene >"$BATS_TEST_TMPDIR/out"
    grep -qx '  epoll-lt: level-triggered, 1 read per event  *| epoll-et: edge-triggered, reads until EAGAIN' \
      "$BATS_TEST_TMPDIR/out" || { cat "$BATS_TEST_TMPDIR/out"; return 1; }
  done
}

@test "a partial write: LT asks for room and takes that back, ET has asked once" {
  traced_only
  COLUMNS=120 "$IOLAB" lt-et --only room >"$BATS_TEST_TMPDIR/out"
  cat "$BATS_TEST_TMPDIR/out"
  # How much is offered is the kernel's affair: what the read before it found.
  grep -oE 'write A: [0-9]+ of [0-9]+ bytes' "$BATS_TEST_TMPDIR/out" | awk '$3 < $5 { cut = 1 } END { exit !cut }' ||
    { echo "no write was cut short"; return 1; }
  grep -q '^ .*epoll_ctl: change A (out)  *|' "$BATS_TEST_TMPDIR/out"
  grep -q '^ .*epoll_ctl: change A (in)  *|' "$BATS_TEST_TMPDIR/out"
  [ "$(grep -c '| .*epoll_ctl' "$BATS_TEST_TMPDIR/out")" -eq 0 ]
}

@test "with EPOLLONESHOT, the kernel says so, and each event costs a call" {
  traced_only
  COLUMNS=100 "$IOLAB" lt-et --only oneshot >"$BATS_TEST_TMPDIR/out"
  cat "$BATS_TEST_TMPDIR/out"
  grep -q 'epoll-lt: oneshot, 1 read per event ' "$BATS_TEST_TMPDIR/out"
  grep -q '    | epoll_ctl: change A (in, once)  *|' "$BATS_TEST_TMPDIR/out"
}

@test "in any terminal no line is too long; a narrow one has one server under the other" {
  for width in 40 60 72 80 120; do
    COLUMNS=$width "$IOLAB" lt-et --only one-more >"$BATS_TEST_TMPDIR/out"
    echo "# $width"
    ! grep -nE ".{$((width + 1))}" "$BATS_TEST_TMPDIR/out" || return 1
    [ "$(grep -c '^  epoll-lt: level-triggered, 1 read[^|]*$' "$BATS_TEST_TMPDIR/out")" -eq $((width < 72)) ]
    [ "$(grep -c '| epoll-et: edge-triggered, ' "$BATS_TEST_TMPDIR/out")" -eq $((width >= 72)) ]
  done
}

@test "where tracing is denied: the same counts by the servers' own books, why there are no calls, the way out" {
  CSV=$BATS_TEST_TMPDIR/denied
  "$ROOT/build/tests/without_ptrace" "$IOLAB" lt-et --csv >"$CSV"
  holds "$(of burst epoll-lt wakeups)" -ge 60
  holds "$(of burst epoll-et bytes_stranded)" -eq 64512
  holds "$(of drained epoll-et wakeups)" -le 4
  holds "$(of one-more epoll-et bytes_in)" -eq 2048
  grep -qx 'crowd,epoll-lt,1,,,,,' "$CSV"
  COLUMNS=160 "$ROOT/build/tests/without_ptrace" "$IOLAB" lt-et >"$BATS_TEST_TMPDIR/out"
  cat "$BATS_TEST_TMPDIR/out"
  grep -q '^The calls are skipped: tracing is denied here (ptrace: Operation not permitted)' "$BATS_TEST_TMPDIR/out"
  grep -q -- '--cap-add SYS_PTRACE' "$BATS_TEST_TMPDIR/out"
  grep -q 'not counted: clients come or end within' "$BATS_TEST_TMPDIR/out"
  if "$IOLAB" trace poll >/dev/null 2>&1; then
    "$IOLAB" lt-et --csv | grep -E '^(burst|drained|one-more|oneshot),' >"$BATS_TEST_TMPDIR/traced"
    grep -E '^(burst|drained|one-more|oneshot),' "$CSV" | diff "$BATS_TEST_TMPDIR/traced" -
  fi
}

@test "a server that does not drain is caught, whatever it was told" {
  breaks epoll-et 's/reads++ < server.reads_per_event;/reads++ < 1;/'
  breaks epoll-et '/if (server.reads_per_event == READ_ALL)/,+1 d'
  changed_house epoll-et
  COLUMNS=160 build/bin/iolab lt-et >"$BATS_TEST_TMPDIR/out" || [ $? -eq 1 ]
  cat "$BATS_TEST_TMPDIR/out"
  grep -q 'FAIL: STALL .* came back, then silence' "$BATS_TEST_TMPDIR/out"
  sed '/^$/,$d' "$BATS_TEST_TMPDIR/out" | tr '\n' ' ' |
    grep -q 'Told to read until EAGAIN, edge-triggered left 6[0-9],[0-9]* bytes lying all the same.'
}

@test "the heading is what the kernel says, not what the program is called" {
  breaks epoll-lt 's/control(EPOLL_CTL_ADD, fd, EPOLLIN)/control(EPOLL_CTL_ADD, fd, EPOLLIN | EPOLLET)/'
  changed_house epoll-lt
  COLUMNS=100 build/bin/iolab lt-et --only burst >"$BATS_TEST_TMPDIR/out"
  cat "$BATS_TEST_TMPDIR/out"
  grep -q '^  epoll-lt: edge-triggered, 1 read per event  *| epoll-et: edge-triggered, 1 read' "$BATS_TEST_TMPDIR/out"
}

@test "a server that accepts one of twenty fails, in its column" {
  breaks epoll-et '/^static void welcome/,/^}/ s/meet(client);/{ meet(client); return; }/'
  changed_house epoll-et
  refuses 1 'ACCEPT_STALL' build/bin/iolab lt-et --only crowd
}

@test "into a folder: the counts and the columns, for the report" {
  mkdir "$BATS_TEST_TMPDIR/run"
  "$IOLAB" lt-et --csv --out "$BATS_TEST_TMPDIR/run" --only drained >"$BATS_TEST_TMPDIR/csv"
  diff "$BATS_TEST_TMPDIR/csv" "$BATS_TEST_TMPDIR/run/lt_et.csv"
  head -n 1 "$BATS_TEST_TMPDIR/run/lt_et_events.csv" | grep -qx 'scene,kind,client,lt,et'
  grep -qx 'drained,mode,,"level-triggered, reads until EAGAIN","edge-triggered, reads until EAGAIN"' \
    "$BATS_TEST_TMPDIR/run/lt_et_events.csv"
  refuses 1 'no/such/lt_et.csv: No such file' "$IOLAB" lt-et --only drained --out "$BATS_TEST_TMPDIR/no/such"
}

@test "Ctrl-C: half a scene is not told, no server is left, and the exit says so" {
  "$IOLAB" lt-et >"$BATS_TEST_TMPDIR/out" 2>&1 3>&- &
  PID=$!
  until [ "$(readlink "/proc/$PID/exe")" -ef "$IOLAB" ] && heeds_sigterm "$PID"; do kill -0 $PID; done
  kill -INT $PID
  status=0
  wait $PID || status=$?
  [ "$status" -eq 130 ]
  cat "$BATS_TEST_TMPDIR/out"
  [ "$(tail -n 1 "$BATS_TEST_TMPDIR/out")" = "iolab lt-et: interrupted" ]
  ! grep 'interrupted:' "$BATS_TEST_TMPDIR/out" || { echo "half a scene is told"; return 1; }
  [ "$(pgrep -c -P $PID)" -eq 0 ]
}

@test "usage" {
  refuses 0 'Example: iolab lt-et --only burst' "$IOLAB" lt-et --help
  refuses 2 'no scene "nosuch"; there are: burst drained' "$IOLAB" lt-et --only nosuch
  refuses 2 'want options only, not "poll"' "$IOLAB" lt-et poll
  refuses 2 'only epoll-lt asks so' "$BIN/epoll-et" --oneshot
}
