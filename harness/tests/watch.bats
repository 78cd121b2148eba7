#!/usr/bin/env bats
# iolab watch: is what happens told while it happens, in words, and does all end well?
load lab

setup() {
  OUT=$BATS_TEST_TMPDIR/out
  ERRORS=$BATS_TEST_TMPDIR/errors
}

# watches ARGUMENT...: in the background, until it says what to type; sets PID and PORT. Its PATH is $FOUND_IN, if set.
watches() {
  local deadline=$((SECONDS + 10))
  : >"$OUT"
  env PATH="${FOUND_IN:-$PATH}" "$IOLAB" watch "$@" >"$OUT" 2>"$ERRORS" 3>&- &
  PID=$!
  until grep -q 'what happens' "$OUT"; do
    [ $SECONDS -lt $deadline ] && kill -0 "$PID" 2>/dev/null && continue
    kill "$PID" 2>/dev/null || :
    local status=0
    wait "$PID" || status=$?
    PID=
    [ "$status" -ne 77 ] || skip "$(cat "$ERRORS")"
    cat "$OUT" "$ERRORS"
    return 1
  done
  PORT=$(sed -n 's/.* listens on .* port \([0-9]*\)\..*/\1/p' "$OUT")
}

# on_a_screen COLUMNS ARGUMENT...: in the background, with a terminal of its own; sets PID, of script(1), and WATCHER.
on_a_screen() {
  [ -n "$(type -P script)" ] || skip "no script(1) to make a terminal"
  local columns=$1
  shift
  TERM=xterm script -qfc "stty cols $columns; $IOLAB watch $*" "$OUT" >/dev/null 2>&1 3>&- &
  PID=$!
  tells 'now: poll'
  WATCHER=$(pgrep -P "$PID")            # itself, or the shell that runs it
  [ "$(cat "/proc/$WATCHER/comm")" = iolab ] || WATCHER=$(pgrep -P "$WATCHER" -x iolab)
}

# tells TEXT: it does, within 5 s.
tells() {
  local deadline=$((SECONDS + 5))
  until grep -qF -- "$1" "$OUT"; do
    [ $SECONDS -lt $deadline ] || { printf 'want "%s":\n' "$1"; cat "$OUT" "$ERRORS"; return 1; }
  done
}

# tells_in_order TEXT...: lines that have them stand in this order.
tells_in_order() {
  local after=0 at text
  for text; do
    tells "$text"
    at=$(tail -n +$((after + 1)) "$OUT" | grep -nF -m 1 -- "$text" | cut -d: -f1) || :
    [ -n "$at" ] || { printf 'want "%s" behind line %s:\n' "$text" "$after"; cat "$OUT"; return 1; }
    after=$((after + at))
  done
}

# interrupted: Ctrl-C; it must end with 0 within 10 s.
interrupted() {
  kill -INT "$PID"
  timeout 10 tail -s 0.01 --pid="$PID" -f /dev/null || { echo "it runs on"; return 1; }
  local status=0
  wait "$PID" || status=$?
  PID=
  [ "$status" -eq 0 ] || { echo "exit $status:"; cat "$OUT" "$ERRORS"; return 1; }
}

says_hello() {
  exec 9<>"/dev/tcp/127.0.0.1/$PORT"
  echo hello >&9
  local line=
  read -r -t 5 line <&9
  [ "$line" = hello ]
}

@test "a visit to epoll-et, told while it happens" {
  watches epoll-et --port 0
  tells 'epoll_wait: asleep'
  says_hello
  tells_in_order 'epoll_wait: asleep' 's: the listener has a client' 'accept4: A comes from port ' \
    'A has data and room' 'read A: 6 bytes "hello\n"' 'write A: 6 bytes "hello\n"' 'read A: nothing left (EAGAIN)' \
    'epoll_wait: asleep'
  exec 9>&-
  tells_in_order 'read A: it has said its last word (end)' 'close A' 'epoll_wait: asleep'
  interrupted
}

@test "epoll-et, told to read too little: it sleeps beside the bytes, and that is said" {
  watches epoll-et --port 0 -- --read-size 4 --reads-per-event 1
  exec 9<>"/dev/tcp/127.0.0.1/$PORT"
  echo 'good morning' >&9
  tells_in_order 'read A: 4 bytes "good"' ' bytes of A lie unread'
  exec 9>&-
  interrupted
}

@test "who reads all is never said to sleep beside bytes" {
  for model in epoll-et signal-io aio fork thread; do
    watches "$model" --port 0
    for _ in 1 2 3; do
      says_hello
      exec 9>&-
    done
    interrupted
    if grep 'unread' "$OUT"; then return 1; fi
  done
}

@test "first it says what to type in the other terminal" {
  FOUND_IN=$BATS_TEST_TMPDIR/path
  mkdir "$FOUND_IN"
  watches poll --port 0
  grep -qx "    .*/iolab drive 127.0.0.1:$PORT -c 1 -r 1 --window 60000" "$OUT"
  interrupted
  printf '#!/bin/sh\n' >"$FOUND_IN/nc"
  chmod +x "$FOUND_IN/nc"
  watches poll --port 0
  grep -qx "    nc 127.0.0.1 $PORT" "$OUT"
  interrupted
}

@test "Ctrl-C: the server's own last words, a sum, and nobody is left" {
  watches poll --port 0
  says_hello
  exec 9>&-
  tells 'close A'
  local server
  server=$(pgrep -P "$PID" -x poll)
  interrupted
  [ ! -e "/proc/$server" ]
  tells_in_order 'Ctrl-C: it is asked to end (SIGTERM)' 'SIGTERM comes; its handler runs' \
    'shutdown listener: no more clients' 'ends with 0'
  if grep 'write file' "$OUT"; then return 1; fi
  grep -q '^poll: accepted 1 = finished 1' "$OUT"
  grep -qE '^[0-9.]+ m?s, 1 client, [0-9]+ calls: .*[0-9]+ poll' "$OUT"
}

@test "each of the models: who reads hello, in 80 columns" {
  for model in blocking nonblocking select poll epoll-lt epoll-et signal-io aio uring fork prefork thread; do
    echo "# $model"
    if [ "$model" = uring ] && ! timeout 20 "$IOLAB" trace uring >/dev/null 2>&1; then continue; fi
    watches "$model" --port 0
    says_hello
    if [ "$model" = uring ]; then tells 'the kernel has done it'; else tells '6 bytes "hello\n"'; fi
    exec 9>&-
    interrupted
    if grep -E '^ *[0-9]+\.[0-9]{3} ' "$OUT" | grep -E '.{81}'; then return 1; fi
  done
}

@test "who asks again and again is told so, and how often" {
  watches nonblocking --port 0
  tells 'asks again and again ...'
  says_hello
  exec 9>&-
  tells 'close A'
  interrupted
  grep -qE '\.\.\. asked [0-9,]+ times in vain for [0-9.]+ m?s' "$OUT"
  [ "$(wc -l <"$OUT")" -lt 80 ]
}

@test "a flood is told in part: how much was skipped is said" {
  watches select --port 0
  "$IOLAB" drive "127.0.0.1:$PORT" -c 8 --window 1500 >/dev/null
  tells 'happenings skipped: too many to tell'
  interrupted
  [ "$(wc -l <"$OUT")" -lt 400 ] || { wc -l "$OUT"; return 1; }
}

@test "options for the server, http, a port of one's own, and somebody else's program" {
  watches nonblocking --port 0 -- --nap 300
  tells_in_order 'poll: asleep' 'nobody has anything' 'asks again and again ...'
  interrupted
  watches poll --service http --port 0
  exec 9<>"/dev/tcp/127.0.0.1/$PORT"
  printf 'GET / HTTP/1.0\r\n\r\n' | cat >&9   # bash would write line by line
  tells 'read A: 18 bytes "GET / HTTP/1.0\r\n\r\n"'
  exec 9>&-
  interrupted
  watches -- "$BIN/select" --quiet --port '{port}'
  says_hello
  tells 'read A: 6 bytes "hello\n"'
  interrupted
}

@test "no screen: no escape sequences and no line that is redrawn; a screen: what is true now" {
  watches poll --port 0
  tells 'poll: asleep'
  interrupted
  if grep $'\033\|\r' "$OUT"; then return 1; fi
  on_a_screen 80 poll --port 0
  tells 'now: poll, asleep for '
  kill -INT "$WATCHER"
  wait "$PID" || :
  tells 'calls: '
}

@test "a narrow screen: what is true now stays one line, and is redrawn" {
  on_a_screen 20 poll --port 0
  kill -INT "$WATCHER"
  wait "$PID" || :
  tr '\r' '\n' <"$OUT" | sed 's/\x1b\[[0-9;]*[mK]//g' | grep '^now: ' >"$BATS_TEST_TMPDIR/now"
  if grep -E '.{21}' "$BATS_TEST_TMPDIR/now"; then return 1; fi
}

@test "60 columns: header, lines and sum fit" {
  on_a_screen 60 poll --port 0
  kill -INT "$WATCHER"
  wait "$PID" || :
  tr '\r' '\n' <"$OUT" | sed 's/\x1b\[[0-9;]*[mK]//g' | grep -v '^Script' >"$BATS_TEST_TMPDIR/lines"
  grep -q 'Asleep in a call' "$BATS_TEST_TMPDIR/lines"
  if grep -E '.{61}' "$BATS_TEST_TMPDIR/lines"; then return 1; fi
}

@test "when nobody reads what it says, it ends, and the server with it" {
  copy=$BATS_TEST_TMPDIR/unheard
  cp "$BIN/nonblocking" "$copy"
  timeout 20 "$IOLAB" watch -- "$copy" --quiet --nap 30 --port '{port}' 3>&- | head -n 1
  if pgrep -af "^$copy"; then return 1; fi
}

@test "a server that cannot serve: the cause, the way out, in one line" {
  starts poll
  refuses 1 "bind 127.0.0.1:$PORT: Address already in use; another program has that port: take another with --port N" \
    "$IOLAB" watch poll --port "$PORT"
  refuses 1 "another program listens on port $PORT: take another with --port N" \
    "$IOLAB" watch --port "$PORT" -- "$BIN/select" --port '{port}'
  refuses 2 "want a number from 1 to 65536" "$IOLAB" watch poll --port 0 -- --read-size 0
  refuses 2 'poll: unknown option' "$IOLAB" watch poll --port 0 -- --read-sze 4
  "$IOLAB" watch poll --port 0 -- --read-sze 4 >"$OUT" 2>&1 || :
  [ "$(wc -l <"$OUT")" -eq 1 ] || { cat "$OUT"; return 1; }
  grep -q '^iolab watch: poll: unknown option, .*: --read-sze (' "$OUT" || { cat "$OUT"; return 1; }
  refuses 1 "no-such-program: No such file" "$IOLAB" watch -- no-such-program '{port}'
  refuses 1 "the server has ended (0) before it listened" "$IOLAB" watch -- true '{port}'
  refuses 1 "put {port} where it takes its port" "$IOLAB" watch -- sleep '{port}'
}

@test "a server that dies while it is watched: that is said, and exit 1" {
  watches poll --port 0
  kill -KILL "$(pgrep -P "$PID" -x poll)"
  local status=0
  wait "$PID" || status=$?
  [ "$status" -eq 1 ]
  tells 'is ended by SIGKILL'
  grep -q 'the server has ended by itself (signal 9)\|the server has ended by itself (SIGKILL)' "$ERRORS"
}

@test "a server that forks without end is stopped, and nothing of it is left" {
  local copy=$BATS_TEST_TMPDIR/rogue
  cp "$ROOT/build/tests/rogue" "$copy"
  refuses 1 'it has more than 1000 processes, and was stopped' timeout 20 "$IOLAB" watch -- "$copy" doubles
  if pgrep -af "^$copy"; then return 1; fi
}

@test "where tracing is denied: why, the way out, exit 77" {
  refuses 77 "tracing is denied here (ptrace: Operation not permitted)" "$ROOT/build/tests/without_ptrace" \
    "$IOLAB" watch poll --port 0
}

@test "usage" {
  refuses 0 'Example: iolab watch epoll-et' "$IOLAB" watch --help
  refuses 2 'want one MODEL, or -- COMMAND' "$IOLAB" watch
  refuses 2 'want one MODEL, or -- COMMAND' "$IOLAB" watch poll select
  refuses 2 'no model "nosuch"; there are: blocking' "$IOLAB" watch nosuch
  refuses 2 '--port 65536: want a number from 0 to 65535' "$IOLAB" watch poll --port 65536
  cd "$ROOT"
  refuses 2 'there is no model nosuch; there are: blocking' make -s watch-nosuch
}
@test "watch MODEL -- --help: the whole help of the server, and no error" {
  "$IOLAB" watch poll -- --help >"$BATS_TEST_TMPDIR/help" 2>"$BATS_TEST_TMPDIR/errors"
  "$BIN/poll" --help | diff - "$BATS_TEST_TMPDIR/help"
  [ ! -s "$BATS_TEST_TMPDIR/errors" ] || { cat "$BATS_TEST_TMPDIR/errors"; return 1; }
}
