#!/usr/bin/env bats
# iolab claims: what tutorials claim, tried here. Nothing timed is judged in these tests.
load lab

setup() {
  OUT=$BATS_TEST_TMPDIR/out
  mkdir "$OUT"
}

# makes_a_house: an iolab with its servers in a folder of their own, of which a test may change some; sets HOUSE.
makes_a_house() {
  HOUSE=$BATS_TEST_TMPDIR/house
  mkdir -p "$HOUSE/build/claim" "$HOUSE/harness"
  cp -r "$BIN" "$HOUSE/build/bin"
  cp "${BIN%/bin}"/claim/careless* "$HOUSE/build/claim"
  cp -r "$ROOT/harness/claim" "$HOUSE/harness"
}

# tries STATUS COMMAND...: what it says, but for its progress, is in $output; it must end with that status.
tries() {
  local want=$1 got=0
  shift
  output=$("$@" 2>/dev/null) || got=$?
  [ "$got" -eq "$want" ] || { echo "want exit $want, got $got of: $*"; echo "$output"; return 1; }
}

# says TEXT: in one piece, whatever lines it was broken into.
says() {
  local words
  words=$(tr -s ' \n' ' ' <<<"$output")
  [[ $words == *"$1"* ]] || { echo "nothing says \"$1\" in:"; echo "$output"; return 1; }
}

counted() { "$IOLAB" claims --list | awk '$2 == "counted" { print $1 }'; }

@test "the list has each claim once, and says what is timed" {
  tries 0 "$IOLAB" claims --list
  ids=$(awk '$2 == "timed" || $2 == "counted" { print $1 }' <<<"$output")
  [ "$(wc -l <<<"$ids")" -ge 11 ]
  [ "$(sort <<<"$ids" | uniq -d)" = "" ]
  [ "$(awk 'length > 80' <<<"$output")" = "" ]
}

@test "docs/claims.md has a row for each claim, with its lab, its words and its command, and no other" {
  "$IOLAB" claims --list --csv | tail -n +2 | tr -d '"' >"$BATS_TEST_TMPDIR/list"
  # shellcheck disable=SC2016  # the marks of code
  grep '^| `[a-z0-9-]*` | .0' "$ROOT/docs/claims.md" | tr -d '`' >"$BATS_TEST_TMPDIR/rows"
  while IFS=, read -r id _ lab words; do
    row=$(grep "^| $id | " "$BATS_TEST_TMPDIR/rows") || { echo "docs/claims.md has no row of $id"; return 1; }
    row=${row//[,:]/} words=${words//[,:]/ }
    for word in "../$lab/" $words; do
      [[ $row == *"$word"* ]] || { echo "docs/claims.md has no \"$word\" in: $row"; return 1; }
    done
  done <"$BATS_TEST_TMPDIR/list"
  [ "$(wc -l <"$BATS_TEST_TMPDIR/rows")" -eq "$(wc -l <"$BATS_TEST_TMPDIR/list")" ]
}

@test "each scene that one is told to play for a claim can be played" {
  cd "$ROOT"
  commands=$("$IOLAB" claims --list --csv | tr -d '"' | grep -oE 'build/bin/iolab scene .*')
  [ "$(wc -l <<<"$commands")" -ge 10 ]
  while read -r command; do
    # shellcheck disable=SC2086  # words
    tries 0 ${command//build\//${BIN%bin}} 3>&- </dev/null
  done <<<"$commands"
}

@test "an unknown claim is refused, with the list of those there are" {
  refuses 2 'no claim "epoll-is-magic"; there are: client-two-waits' "$IOLAB" claims epoll-is-magic
  refuses 2 "--seed five: want a number from 0 to 1000000000" "$IOLAB" claims --seed five
  refuses 2 "--out $OUT/nowhere: No such file or directory" "$IOLAB" claims --out "$OUT/nowhere"
}

@test "what is counted holds here, all of it at once; each has its row, its figures and its command" {
  "$IOLAB" trace poll >/dev/null 2>&1 || skip "tracing is denied here"
  # shellcheck disable=SC2046  # words
  tries 0 "$IOLAB" claims $(counted) --out "$OUT"
  says " confirmed"
  head -n 1 <<<"$output" | grep -Eqx '[0-9]+ claims: [0-9]+ confirmed.* \(this machine, [0-9]+ s\)'
  [[ $output != *"NOT TRIED"* ]] || { echo "$output"; return 1; }
  long=$(awk 'length > 80' <<<"$output")
  [ -z "$long" ] || { echo "longer than 80 columns: $long"; return 1; }
  head -n 1 "$OUT/claims.csv" | grep -qx 'id,claim,lab,verdict,saw,depends,try,ms'
  head -n 1 "$OUT/claim_figures.csv" | grep -qx 'id,what,value,unit'
  for id in $(counted); do
    echo "$id: a row, and figures?"
    grep -qE "^$id,.*,0[1-8]_[a-z_]+,(CONFIRMED|REFUTED|DEPENDS)," "$OUT/claims.csv"
    grep -q "^$id,..*,[0-9.e+-]*,[^,]*$" "$OUT/claim_figures.csv"
  done
  says "51 with a backlog of 50"
  says "Of 1040 clients select served 1018, poll 1040"
  grep -qx 'connected-not-accepted,"connected and not accepted, backlog 5",6,connections' "$OUT/claim_figures.csv"
}

@test "where blocking serves each in a process, its second client does not wait: refuted" {
  makes_a_house
  cp "$BIN/fork" "$HOUSE/build/bin/blocking"
  tries 0 "$HOUSE/build/bin/iolab" claims client-two-waits
  says "1 claim: 1 refuted"
  says "REFUTED client-two-waits"
}

@test "a select that watches more than 1024 would refute that it cannot" {
  makes_a_house
  cp "$BIN/poll" "$HOUSE/build/bin/select"
  tries 0 "$HOUSE/build/bin/iolab" claims select-1024
  says "REFUTED select-1024"
  says "Of 1040 clients select served 1040, poll 1040"
}

@test "a read that blocks would refute that it returns at once" {
  "$IOLAB" trace poll >/dev/null 2>&1 || skip "tracing is denied here"
  makes_a_house
  cp "$BIN/blocking" "$HOUSE/build/bin/nonblocking"
  tries 0 "$HOUSE/build/bin/iolab" claims nonblocking-returns
  says "REFUTED nonblocking-returns"
  says "0 reads of nonblocking returned with EAGAIN"
}

@test "a careless server that takes care refutes that carelessness spins" {
  makes_a_house
  # shellcheck disable=SC2016  # for that shell
  printf '#!/bin/sh\nshift; exec %s/epoll-lt "$@"\n' "$BIN" >"$HOUSE/build/claim/careless_epoll"
  tries 0 "$HOUSE/build/bin/iolab" claims emfile-spins writable-is-noisy
  says "2 claims: 2 refuted"
}

# wakeups ID SERVER: as the experiment has counted them.
wakeups() {
  awk -F'[",]+' -v id="$1" -v server=" $2" '
    $1 == id && $2 ~ /^wakeups/ && $3 == server { print $4 }' "$OUT/claim_figures.csv"
}

@test "the careless servers wake again and again, ours do not" {
  tries 0 "$IOLAB" claims emfile-spins writable-is-noisy --out "$OUT"
  cat "$OUT/claim_figures.csv"
  [ "$(wakeups emfile-spins "careless_epoll emfile")" -ge 1000 ]
  [ "$(wakeups emfile-spins epoll-lt)" -le 100 ]
  [ "$(wakeups writable-is-noisy "careless_epoll writable-lt")" -ge 1000 ]
  [ "$(wakeups writable-is-noisy "careless_epoll writable-et")" -le 100 ]
  [ "$(wakeups writable-is-noisy epoll-lt)" -le 100 ]
}

@test "a comparison tells its interval, which holds the estimate, and how often each was woken" {
  tries 0 "$IOLAB" claims epoll-not-always --out "$OUT"
  cat "$OUT/claim_figures.csv"
  says "12 pairs"
  tr -d '"' <"$OUT/claim_figures.csv" | awk -F, '
    /epoll-lt \/ select/ { value[++n] = $(NF - 1) }
    /^epoll-not-always,wakeups/ && $(NF - 1) > 0 { woken++ }
    END { exit !(n == 3 && value[2] <= value[1] && value[1] <= value[3] && woken == 2) }'
}

@test "a backlog that the server does not pass on: how many fit depends" {
  makes_a_house
  # shellcheck disable=SC2016  # for that shell
  printf '#!/bin/sh\nexec %s/epoll-lt "$@" --backlog 5\n' "$BIN" >"$HOUSE/build/bin/epoll-lt"
  tries 0 "$HOUSE/build/bin/iolab" claims connected-not-accepted
  says "DEPENDS connected-not-accepted"
  says "3 with a backlog of 1, 6 with a backlog of 5, 6 with a backlog of 50"
  says "it depends: how many fit"
}

@test "what cannot be tried here says why, and the way out" {
  tries 77 bash -c "ulimit -n 1500; '$IOLAB' claims select-1024"
  says "1 claim: 1 not tried"
  says "NOT TRIED select-1024"
  says "raise the hard limit (ulimit -Hn)"
}

@test "a server that dies leaves a claim that was not tried, with the reason" {
  makes_a_house
  printf '#!/bin/sh\necho "no such luck" >&2; exit 3\n' >"$HOUSE/build/bin/epoll-lt"
  tries 77 "$HOUSE/build/bin/iolab" claims connected-not-accepted
  says "NOT TRIED connected-not-accepted"
  says "no such luck"
}

# lives_in FOLDER: the processes whose program lies there.
lives_in() { find /proc -maxdepth 2 -name exe -lname "$1/*" 2>/dev/null || :; }

@test "an experiment that breaks off takes no other with it, and is told" {
  makes_a_house
  "$HOUSE/build/bin/iolab" claims polling-burns connected-not-accepted >"$OUT/said" 2>"$OUT/errors" 3>&- &
  PID=$!
  until grep -q '1 of 2' "$OUT/errors"; do kill -0 "$PID"; done
  until player=$(pgrep -P "$PID"); do kill -0 "$PID"; done
  kill -KILL "$player"
  wait "$PID"
  output=$(<"$OUT/said")
  says "2 claims: 1 confirmed, 1 not tried"
  says "its experiment broke off; alone it may tell more: iolab claims polling-burns"
}

@test "Ctrl-C keeps what was found, and leaves no process" {
  makes_a_house
  ERRORS=$BATS_TEST_TMPDIR/errors
  # A background process of a script ignores SIGINT, unless it is a job.
  set -m
  "$HOUSE/build/bin/iolab" claims connected-not-accepted poll-no-cap --out "$OUT" >"$OUT/said" 2>"$ERRORS" 3>&- &
  PID=$!
  set +m
  until grep -q '1 of 2' "$ERRORS" && lives_in "$HOUSE" | grep -qv "/$PID/"; do kill -0 "$PID"; done
  kill -INT "$PID"
  timeout 10 tail -s 0.01 --pid="$PID" -f /dev/null
  status=0
  wait "$PID" || status=$?
  output=$(cat "$OUT/said" "$ERRORS")
  [ "$status" -eq 130 ] || { echo "exit $status"; echo "$output"; return 1; }
  says "Interrupted: 1 of 2 claims: 1 confirmed"
  grep -q '^connected-not-accepted,' "$OUT/claims.csv"
  [ "$(wc -l <"$OUT/claims.csv")" -eq 2 ]
  left=$(lives_in "$HOUSE")
  [ -z "$left" ] || { echo "left behind: $left"; return 1; }
}
