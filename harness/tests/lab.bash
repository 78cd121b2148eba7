# What every lab's tests share. A lab's file says `load ../harness/tests/lab`.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BIN=${IOLAB_BIN:-$ROOT/build/bin}
IOLAB=$BIN/iolab

# plays MODEL GROUP: the scenes of harness/battery/GROUP.scene. bats shows what is printed only where a test fails.
plays() {
  "$IOLAB" scene "$ROOT/harness/battery/$2.scene" --model "$1" --keep-going
}

# refuses STATUS TEXT COMMAND...: it must exit with STATUS, and say TEXT in what it prints.
refuses() {
  local want=$1 text=$2 status=0 said
  shift 2
  said=$("$@" 2>&1 </dev/null) || status=$?
  if [ "$status" -ne "$want" ] || [[ $said != *"$text"* ]]; then
    printf 'ran: %s\nwant exit %s and "%s", got exit %s:\n%s\n' "$*" "$want" "$text" "$status" "$said"
    return 1
  fi
}

# starts MODEL [OPTION]...: runs a server in the background; sets PID and PORT.
starts() {
  local model=$1
  shift
  : >"$BATS_TEST_TMPDIR/ready"
  "$BIN/$model" --port 0 --quiet "$@" >"$BATS_TEST_TMPDIR/ready" 2>"$BATS_TEST_TMPDIR/errors" 3>&- &
  PID=$!
  local deadline=$((SECONDS + 5))
  until grep -q '^ready ' "$BATS_TEST_TMPDIR/ready"; do
    if [ $SECONDS -ge $deadline ] || ! kill -0 "$PID"; then
      cat "$BATS_TEST_TMPDIR/errors"
      return 1
    fi
  done
  PORT=$(sed -n 's/^ready .*://p' "$BATS_TEST_TMPDIR/ready")
}

# ends [SIGNAL]: SIGTERM, or another, to what `starts` started; it must exit with 0 within 5 s.
ends() {
  kill -"${1:-TERM}" "$PID"
  timeout 5 tail -s 0.01 --pid="$PID" -f /dev/null || { echo "it runs on after SIG${1:-TERM}"; return 1; }
  wait "$PID"
}

teardown() {
  if [ -n "${PID:-}" ] && kill -KILL "$PID" 2>/dev/null; then
    wait "$PID" || :
  fi
  rm -rf "${ORDINARY:-}"
}

# heeds_sigterm PID: it has a handler for signal 15 (proc(5), SigCgt).
heeds_sigterm() { (( 0x$(awk '/^SigCgt/ { print $2 }' "/proc/$1/status") & 1 << 14 )); }

# keeps_descriptors MODEL: started with a closed stdout, it does not take the books for it, and writes `ready` there.
keeps_descriptors() {
  local books=$BATS_TEST_TMPDIR/closed.csv
  "$BIN/$1" --port 0 --books "$books" >&- 2>"$BATS_TEST_TMPDIR/errors" 3>&- &
  PID=$!
  # It cannot say that it is ready. Until it is the server, it is a shell, which has a handler, too.
  until [ "$(readlink "/proc/$PID/exe")" -ef "$BIN/$1" ] && heeds_sigterm "$PID"; do kill -0 "$PID"; done
  ends
  head -n 1 "$books" | grep -q '^model,accepted'
  [ "$(wc -l <"$books")" -eq 2 ]
}

# balances FILE: the sums in the books of a server.
balances() {
  awk -F, '
    NR == 1 { for (i = 1; i <= NF; i++) name[i] = $i }
    NR == 2 {
      for (i = 1; i <= NF; i++) v[name[i]] = $i
      if (v["accepted"] != v["finished"] + v["lost"] + v["stopped"] + v["cut"]) { print "accepted does not balance: " $0; bad = 1 }
      if (v["bytes_in"] != v["bytes_out"] + v["discarded"]) { print "bytes do not balance: " $0; bad = 1 }
    }
    END { if (NR != 2) { print "want two lines of books, got " NR; bad = 1 } exit bad }' "$1"
}

# keeps_the_contract MODEL: flags, exits, ready line, books.
keeps_the_contract() {
  local model=$1 books=$BATS_TEST_TMPDIR/books.csv
  refuses 0 "Example: $model" "$BIN/$model" --help
  refuses 2 "--read-size N" "$BIN/$model" --no-such-option
  refuses 2 "unknown option" "$BIN/$model" a-stray-word
  refuses 2 "want a number from 0 to 65535" "$BIN/$model" --port 65536
  refuses 2 "want a number from 0 to 65535" "$BIN/$model" --port http
  (ulimit -n 64; refuses 2 "want a number from 1 to 64" "$BIN/$model" --max-clients 65)
  refuses 2 "want echo|http" "$BIN/$model" --service gopher
  refuses 2 "want an IPv4 address" "$BIN/$model" --host localhost.
  refuses 1 "such file or directory" "$BIN/$model" --port 0 --books "$BATS_TEST_TMPDIR/no/such/folder"
  starts "$model"
  grep -qx "ready $model 127.0.0.1:[0-9]*" "$BATS_TEST_TMPDIR/ready"
  refuses 1 "bind 127.0.0.1:$PORT: Address already in use; another program has that port: take another" \
    "$BIN/$model" --port "$PORT"
  ends
  starts "$model"
  ends ALRM     # somebody else's: `perl -e 'alarm 5; exec ...'`, say
  keeps_descriptors "$model"
  "$IOLAB" scene "$ROOT/harness/battery/bytes.scene" --only stream -- \
    "$BIN/$model" --port '{port}' --quiet --books "$books"
  balances "$books"
  grep -q ",16777216,16777216,0," "$books"
}

# as_ordinary_user MODEL: limits do not hold for root, so $AS runs a command as somebody else, who has no process yet, may
# enter the folder $ORDINARY, and finds the server there.
as_ordinary_user() {
  local uid=$((50000 + $$ % 10000))
  command -v prlimit >/dev/null || skip "no prlimit"
  ORDINARY=$(mktemp -d)
  cp "$BIN/$1" "$ORDINARY"
  AS=()
  [ "$(id -u)" -eq 0 ] || return 0
  command -v setpriv >/dev/null || skip "no setpriv"
  chown -R "$uid" "$ORDINARY"
  AS=(setpriv --reuid "$uid" --regid "$uid" --clear-groups --)
}

# starts_ordinary MODEL: as `starts`, by an ordinary user. Its books: $ORDINARY/books.
starts_ordinary() {
  as_ordinary_user "$1"
  mv "$ORDINARY/$1" "$ORDINARY/real"
  printf '#!/bin/sh\nexec %s %s/real "$@"\n' "${AS[*]}" "$ORDINARY" >"$ORDINARY/$1"
  chmod 755 "$ORDINARY/$1"
  BIN=$ORDINARY starts "$1" --books "$ORDINARY/books"
  MOST=$("${AS[@]}" prlimit --pid "$PID" --nproc --noheadings --raw -o SOFT)
}

# From now on it can make no process and no thread; and again as many as before.
no_more_processes() { "${AS[@]}" prlimit --pid "$PID" --nproc=1:; }
processes_again() { "${AS[@]}" prlimit --pid "$PID" --nproc="$MOST":; }

# is_answered: a new client says a line, and it comes back.
is_answered() {
  local line=
  exec 9<>"/dev/tcp/127.0.0.1/$PORT"
  echo hello >&9
  read -r -t 5 line <&9 || :
  exec 9>&-
  [ "$line" = hello ] || { echo "a new client is not answered"; return 1; }
}

# is_refused: a new client sees the end, and no answer.
is_refused() {
  local status=0
  exec 9<>"/dev/tcp/127.0.0.1/$PORT"
  read -r -t 5 <&9 2>/dev/null || status=$?
  exec 9>&-
  [ "$status" -eq 1 ] || { echo "a new client should be refused, and is not: read ends with $status"; return 1; }
}

# refuses_when_births_fail MODEL: no process, or no thread, can be made. That client is refused, and the next is served.
refuses_when_births_fail() {
  starts_ordinary "$1"
  is_answered
  no_more_processes
  is_refused
  is_refused
  processes_again
  is_answered
  ends
  balances "$ORDINARY/books"
  [ "$(booked refused "$ORDINARY/books")" -eq 2 ]
}

# booked COLUMN FILE: one number in the books of a server.
booked() {
  awk -F, -v want="$1" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == want) at = i } NR == 2 { print $at }' "$2"
}
