#!/usr/bin/env bats
# The http service as its clients see it: curl, wrk, ab and a shell, against every model.
load lab

needs() { command -v "$1" >/dev/null 2>&1 || skip "skipped, no $1"; }

# each_model FUNCTION: for every model: starts it with http, calls FUNCTION MODEL, ends it. What a function prints is
# shown where it fails. A model that this machine cannot run (exit 77) is left out, and says why.
each_model() {
  local model served=0
  for path in "$BIN"/*; do
    model=$(basename "$path")
    [ "$model" != iolab ] || continue
    echo "# $model: $1"
    if ! starts "$model" --service http; then
      cannot_run_here || return 1
      continue
    fi
    "$1" "$model"
    ends
    served=$((served + 1))
  done
  [ "$served" -gt 0 ]
}

cannot_run_here() {
  local status=0
  wait "$PID" || status=$?
  [ "$status" -eq 77 ]
}

# fetches STATUS TARGET [OPTION]...: curl gets that status; the body is in the file $BODY.
fetches() {
  local want=$1 target=$2 got
  shift 2
  BODY=$BATS_TEST_TMPDIR/body
  got=$(curl -sS --max-time 10 -o "$BODY" -w '%{http_code}' "$@" "http://127.0.0.1:$PORT$target")
  [ "$got" = "$want" ] || { echo "$target $*: $got, want $want"; head -c 300 "$BODY"; return 1; }
}

# says BYTES: sends them, and prints all that comes until the server ends the connection.
says() {
  local socket
  exec {socket}<>"/dev/tcp/127.0.0.1/$PORT"
  printf '%b' "$1" >&"$socket"
  timeout 5 cat <&"$socket"
  exec {socket}>&-
}

page() {
  fetches 200 /
  grep -q "<h1>$1</h1>" "$BODY"
  fetches 200 / --http1.0
  grep -q "<h1>$1</h1>" "$BODY"
  fetches 200 / --head
  grep -qi '^Content-Length: [1-9]' "$BODY"
  fetches 200 '/?a=b'
  fetches 200 / -X OPTIONS --request-target '*'
  fetches 404 /no/such/page
  fetches 405 / -X DELETE
  fetches 501 / -X BREW
}
@test "every model serves its page to curl" {
  needs curl
  each_model page
}

# A file of the longest length that is taken.
random_file() { head -c 40960 /dev/urandom >"$BATS_TEST_TMPDIR/file"; }

bodies() {
  local file=$BATS_TEST_TMPDIR/file options
  for options in '' '--http1.0' '-H Transfer-Encoding:chunked' '-H Expect:100-continue --expect100-timeout 9'; do
    # shellcheck disable=SC2086
    fetches 200 / --data-binary "@$file" $options
    cmp "$file" "$BODY"
  done
}
@test "every model gives back what curl posts, by length and in chunks" {
  needs curl
  random_file
  each_model bodies
}

too_much() {
  local file=$BATS_TEST_TMPDIR/file
  fetches 413 / --data-binary "@$file" -H Expect:
  fetches 413 / --data-binary "@$file" -H Transfer-Encoding:chunked -H Expect:
  fetches 431 / -H "@$BATS_TEST_TMPDIR/header"
  fetches 414 "/$(head -c 9000 "$file")"
}
@test "too much is answered, and the answer arrives" {
  needs curl
  head -c 1048576 /dev/zero | tr '\0' a >"$BATS_TEST_TMPDIR/file"
  { printf 'X: '; head -c 100000 "$BATS_TEST_TMPDIR/file"; echo; } >"$BATS_TEST_TMPDIR/header"
  each_model too_much
}

typed() {
  local answer
  answer=$(says 'GET / HTTP/1.1\nHost: a\n\n')
  echo "$answer"
  [[ $answer == "HTTP/1.1 400 "*"with nc use -C"* ]]
  answer=$(says 'GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.0\r\n\r\n')
  echo "$answer"
  [ "$(grep -c '^HTTP/1.1 200 OK' <<<"$answer")" -eq 2 ]
}
@test "who types at a server is told what is wrong, and then the connection ends" { each_model typed; }

# at_once MODEL MOST: connections at once; blocking serves one, and a pool as many as it has processes.
at_once() {
  case $1 in
    blocking) echo 1 ;;
    prefork) echo 2 ;;
    *) echo "$2" ;;
  esac
}

under_wrk() {
  local report
  report=$(wrk -t1 -c"$(at_once "$1" 8)" -d1s "http://127.0.0.1:$PORT/")
  echo "$report"
  [[ $report =~ ([0-9]+)" requests in" && ${BASH_REMATCH[1]} -gt 0 ]]
  [[ $report != *"Socket errors"* && $report != *"Non-2xx"* ]]
}
@test "every model serves wrk for a second without an error" {
  needs wrk
  each_model under_wrk
}

under_ab() {
  local report keep
  for keep in '' -k; do
    # shellcheck disable=SC2086
    report=$(ab -q -n 200 -c "$(at_once "$1" 4)" $keep "http://127.0.0.1:$PORT/" 2>&1)
    echo "$report"
    [[ $report =~ "Complete requests:"\ +200$'\n' && $report =~ "Failed requests:"\ +0$'\n' ]]
    [[ $report != *"Non-2xx"* ]]
  done
  [[ $report =~ "Keep-Alive requests:"\ +200$'\n' ]]
}
@test "every model serves ab, with and without keep-alive" {
  needs ab
  each_model under_ab
}

@test "the books of http claim no sum that is none" {
  starts epoll-et --service http
  says 'GET / HTTP/1.0\r\n\r\n' >"$BATS_TEST_TMPDIR/page"
  ends
  cat "$BATS_TEST_TMPDIR/errors"
  grep -q "bytes in 18, out $(wc -c <"$BATS_TEST_TMPDIR/page"), discarded 0;" "$BATS_TEST_TMPDIR/errors"
}
@test "a slow handler serves the same page" {
  starts epoll-et --service http --work 20
  says 'GET / HTTP/1.0\r\n\r\n' | grep -q '<h1>epoll-et</h1>'
}
@test "a hint says how to try it" {
  "$BIN/epoll-et" --port 0 --service http >"$BATS_TEST_TMPDIR/ready" 2>"$BATS_TEST_TMPDIR/errors" 3>&- &
  PID=$!
  until grep -q '^ready ' "$BATS_TEST_TMPDIR/ready"; do kill -0 "$PID"; done
  ends
  grep -q 'In a second terminal:  curl http://127.0.0.1:[0-9]*/$' "$BATS_TEST_TMPDIR/errors"
}
