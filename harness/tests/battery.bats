#!/usr/bin/env bats
# The matrix: does it count right, tell each cause and each reason once, and leave nothing behind?
load lab

# battery STATUS [WORD]...: plays the scenes of $FOLDER; what it prints is in $OUT.
battery() {
  local want=$1 status=0
  shift
  OUT=$BATS_TEST_TMPDIR/out
  "$IOLAB" battery --scenes "$FOLDER" "$@" >"$OUT" 2>"$BATS_TEST_TMPDIR/errors" || status=$?
  cat "$OUT" "$BATS_TEST_TMPDIR/errors"
  [ "$status" -eq "$want" ] || { echo "exit $status, want $want"; return 1; }
}

# says LINE: it stands among what was printed.
says() {
  grep -qxF -- "$1" "$OUT" || { echo "no line: $1"; return 1; }
}

setup() {
  FOLDER=$BATS_TEST_TMPDIR/scenes
  mkdir "$FOLDER"
  cat >"$FOLDER/first.scene" <<'END'
scene holds "A ping"
client A
A ping

scene not-here "... of one alone"
only for poll because "it is about poll"
client A
A ping

scene nor-here "... and of the other"
not for select because "it is not about select"
client A
A ping
END
}

@test "a program is wanted behind --" { refuses 2 "want a COMMAND behind --" "$IOLAB" battery --scenes "$FOLDER" --; }

# One file more, with a scene that fails in poll alone.
adds_a_failure() {
  cat >"$FOLDER/second.scene" <<'END'
scene blocked "Nothing happens"
server blocked in select else NOT_SELECT "it waits in {server blocked-in}"
END
}

@test "all hold: the first line says so, and each reason stands once" {
  battery 0 select poll --all
  [ "$(head -n 1 "$OUT")" = "2 models, 3 behaviours: all hold; 2 plays do not apply." ]
  says 'first                  select poll'
  says '  holds                pass   pass  A ping'
  says '  not-here             n/a    pass  ... of one alone'
  says '  only for poll, because it is about poll:'
  says '  not for select, because it is not about select:'
  [ "$(grep -c because "$OUT")" -eq 2 ]
  grep -q '^battery: [0-9]* s$' "$BATS_TEST_TMPDIR/errors"
}

@test "a group that holds is one line, and counts what holds in each model; one that does not is told row by row" {
  adds_a_failure
  battery 1 select poll
  says 'What holds             select poll'
  says '  first                1/1    3/3'
  says '  second               1/1    0/1'
  says 'second                 select poll'
  says '  blocked              pass   NOT_SELECT  Nothing happens'
  says '--all shows every behaviour, and why some do not apply (n/a).'
  ! grep 'pass   pass\|because' "$OUT" || { echo "a group that holds is told row by row"; return 1; }
  [ "$(grep -n 'again:' "$OUT" | cut -d: -f1)" -lt "$(grep -n '^What holds' "$OUT" | cut -d: -f1)" ]
  rm "$FOLDER/second.scene"
  battery 0 select poll
  [ "$(wc -l <"$OUT")" -eq 6 ]
}

@test "a title that has no room is cut, and with hardly any it is left out" {
  printf 'scene a "%s"\nclient A\nA ping\n' "$(printf 'long %.0s' {1..20})" >"$FOLDER/a.scene"
  COLUMNS=70 battery 0 select poll --all
  grep -q '^  a                    pass   pass  long long .*\.\.\.$' "$OUT"
  ! grep -E '.{71}' "$OUT" || return 1
  COLUMNS=50 battery 0 select poll --all
  says '  a                    pass   pass'
}

@test "what does not hold: its code in the matrix, and its cause" {
  adds_a_failure
  battery 1 select poll --all
  [ "$(head -n 1 "$OUT")" = "2 models, 4 behaviours: 1 of 6 plays does not hold; 2 plays do not apply." ]
  says 'second                 select poll'
  says '  blocked              pass   NOT_SELECT  Nothing happens'
  says '  holds                pass   pass        A ping'
  says '      NOT_SELECT: it waits in poll'
  says "      again: build/bin/iolab scene $FOLDER/second.scene --only blocked --model poll"
  [ "$(grep -c 'again:' "$OUT")" -eq 1 ]
}

# A program that dies the first time: whatever fails beside others is played again, alone.
@test "who fails once, and holds when it is played alone, is told, and not blamed" {
  printf '#!/bin/sh\nmkdir "%s/seen" 2>/dev/null && exit 3\nexec "%s/poll" --quiet "$@"\n' \
    "$BATS_TEST_TMPDIR" "$BIN" >"$BATS_TEST_TMPDIR/once"
  chmod +x "$BATS_TEST_TMPDIR/once"
  battery 0 --jobs 2 poll -- "$BATS_TEST_TMPDIR/once" --port '{port}'
  head -n 1 "$OUT" | grep -q 'all hold, 1 only when played alone'
  grep -q ', once (as poll): NEVER_READY beside others, and held alone$' "$OUT"
  rmdir "$BATS_TEST_TMPDIR/seen"
  battery 1 --jobs 1 poll -- "$BATS_TEST_TMPDIR/once" --port '{port}'
}

@test "each variant of a scene has a row" {
  rm "$FOLDER"/*
  printf 'scene a "A"\nvary x 1 2\nserver threads is {x} within 20ms else MANY "{got}"\n' >"$FOLDER/a.scene"
  battery 1 select poll
  says '  a/1                  pass   pass  A'
  says '  a/2                  MANY   MANY  A'
  says '  a/2: A'
  battery 1 select --csv
  grep -q '^a,a,2,select,FAIL,MANY,3,"1","2",' "$OUT"
}

@test "models that fail alike are told once, together" {
  adds_a_failure
  battery 1 poll select epoll-lt epoll-et
  says '  blocked: Nothing happens'
  says '    poll, epoll-lt, epoll-et'
  [ "$(grep -c 'again:' "$OUT")" -eq 1 ]
}

@test "CSV: a line for each behaviour and model" {
  adds_a_failure
  battery 1 select poll --csv
  [ "$(sed -n 1p "$OUT")" = "group,scene,variant,model,result,code,line,got,want,ms,message" ]
  [ "$(wc -l <"$OUT")" -eq 9 ]
  grep -q '^first,not-here,,select,n/a,,,"","",[0-9]*,"it is about poll"$' "$OUT"
  grep -q '^second,blocked,,poll,FAIL,NOT_SELECT,2,' "$OUT"
}

@test "every group of the battery is played by the tests of some server" {
  for file in "$ROOT"/harness/battery/*.scene; do
    group=$(basename "$file" .scene)
    grep -qE "plays [a-z-]+ $group\b" "$ROOT"/0?_*/*.bats || { echo "no NAME.bats plays $group"; return 1; }
  done
}

@test "no model is named: all are played" {
  battery 0 --jobs 1
  local programs=("$BIN"/*)
  [[ "$(head -n 1 "$OUT")" == "$((${#programs[@]} - 1)) models, 3 behaviours: all hold; "* ]]
}

@test "nothing that could be judged is not success" {
  rm "$FOLDER"/*
  printf 'scene a "A"\nonly for poll because "so"\nclient A\nA ping\n' >"$FOLDER/a.scene"
  battery 77 select
  [ "$(head -n 1 "$OUT")" = "1 model, 1 behaviour: nothing could be judged; 1 play does not apply." ]
}

@test "what is skipped is told with its reason" {
  printf 'scene a "A"\nserver --work 1\nclient A\nA ping\n' >"$FOLDER/a.scene"
  battery 0 --all -- "$BIN/select" --port '{port}' --quiet
  [ "$(head -n 1 "$OUT")" = "1 program, 4 behaviours: all hold; 1 play does not apply; 1 skipped." ]
  says '  a                    skip    A'
  says '  select, because the scene has options for the server, and the command has no {args} to put them:'
}

@test "somebody's program: what is about one of our models does not apply; with a MODEL, that one's exclusions do" {
  battery 0 --all -- "$BIN/select" --port '{port}' --quiet
  says 'first                  select'
  says '  not-here             n/a     ... of one alone'
  says '  nor-here             pass    ... and of the other'
  battery 0 poll --all -- "$BIN/select" --port '{port}' --quiet
  says 'first                  select (as poll)'
  says '  not-here             pass              ... of one alone'
  battery 1 -- "$ROOT/build/tests/rogue" crosses
  says 'first                  rogue'
  says '  holds                WRONG_BYTES  A ping'
}

@test "a narrow screen: the columns that do not fit stand below" {
  COLUMNS=34 battery 0 select poll epoll-lt --all
  says 'first                  select poll'
  says 'first                  ep-lt'
  [ "$(awk 'length > m { m = length } END { print m }' <(sed -n '/^first/,/^$/p' "$OUT"))" -le 34 ]
}

@test "wrong words: which, and nothing is started" {
  refuses 2 'no model "nosuch"; there are: blocking' "$IOLAB" battery nosuch
  refuses 2 "/nowhere/*.scene; name the folder" "$IOLAB" battery --scenes /nowhere
  refuses 2 "want a number from 1 to 16" "$IOLAB" battery --jobs 0
  refuses 2 "want one MODEL beside a COMMAND" "$IOLAB" battery select poll -- cat
  printf 'scene a "A"\nnonsense\n' >"$FOLDER/z.scene"
  refuses 2 'z.scene:2: want a statement' "$IOLAB" battery --scenes "$FOLDER" -- touch "$BATS_TEST_TMPDIR/started"
  [ ! -e "$BATS_TEST_TMPDIR/started" ]
}

@test "the scenes are found beside the program, wherever one stands" {
  mkdir -p "$BATS_TEST_TMPDIR/tree/build/bin" "$BATS_TEST_TMPDIR/tree/harness"
  cp "$BIN/iolab" "$BIN/poll" "$BATS_TEST_TMPDIR/tree/build/bin"
  mv "$FOLDER" "$BATS_TEST_TMPDIR/tree/harness/battery"
  cd /
  run "$BATS_TEST_TMPDIR/tree/build/bin/iolab" battery
  [ "$status" -eq 0 ]
  [[ $output == *"1 model, 3 behaviours: all hold."* ]]
}

# interrupted SIGNAL: during a scene that waits; the matrix has what was played, and no server is left.
interrupted() {
  printf 'scene wait "It waits"\nlimit 60s\nwait 50s\n' >"$FOLDER/wait.scene"
  "$IOLAB" battery --scenes "$FOLDER" --jobs 2 -- "$ROOT/build/tests/rogue" stubborn "$BATS_TEST_TMPDIR" \
    >"$BATS_TEST_TMPDIR/out" 2>/dev/null 3>&- &
  PID=$!
  until [ "$(pgrep -fc "^$ROOT/build/tests/rogue stubborn $BATS_TEST_TMPDIR")" -ge 1 ]; do kill -0 "$PID"; done
  kill -"$1" "$PID"
  local status=0
  wait "$PID" || status=$?
  cat "$BATS_TEST_TMPDIR/out"
  [ "$status" -eq 130 ]
  grep -q 'not played' "$BATS_TEST_TMPDIR/out"
  ! pgrep -f "^$ROOT/build/tests/rogue stubborn $BATS_TEST_TMPDIR" >&2
}

@test "Ctrl-C keeps what was played and leaves no process" { interrupted INT; }
@test "SIGTERM, too, which reaches the first process alone" { interrupted TERM; }
