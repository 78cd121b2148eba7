#!/usr/bin/env bats
# The exercises of all labs, found by their files, and what a student types.
# shellcheck disable=SC2030,SC2031  # IOLAB is another one in one test, on purpose
load lab
load exercise

# -- Every exercise ----------------------------------------------------------------------------------------------------

@test "every starter and every reject fails with its own code, every solution passes, every sheet is whole" {
  "$IOLAB" exercise verify
  nothing_runs
  [ -z "$(find "$BATS_TEST_TMPDIR" -name 'iolab-exercise-*')" ]
}

@test "the solutions pass where ptrace is denied, and beside busy CPUs" {
  [ -z "${IOLAB_SANITIZED:-}" ] || skip "the LeakSanitizer needs ptrace"
  burners=()
  for _ in $(seq "$(nproc)"); do
    (while :; do :; done) 3>&- &
    burners+=($!)
  done
  status=0
  "${BIN%/bin}/tests/without_ptrace" "$IOLAB" exercise verify --only solution --jobs 2 || status=$?
  kill "${burners[@]}"
  wait "${burners[@]}" || :
  [ "$status" -eq 0 ]
}

# block KIND: what stands in docs/exercises.md between ```KIND and ```.
block() { awk -v begin="\`\`\`$1" '$0 == begin { on = 1; next } /^```/ { on = 0 } on' "$ROOT/docs/exercises.md"; }

@test "the example of docs/exercises.md is an exercise" {
  house=$(house)
  mkdir -p "$house/02_nonblocking/exercises"
  for kind in c scene markdown; do
    block "$kind" >"$house/02_nonblocking/exercises/02z_polite.${kind/markdown/md}"
    [ -s "$house/02_nonblocking/exercises/02z_polite.${kind/markdown/md}" ]
  done
  refuses 0 "5 variants of 1 exercises, 0 wrong" "$house/build/bin/iolab" exercise verify 02z
}

@test "an exercise may want a program and predictions" {
  house=$(house)
  lab=$house/02_nonblocking/exercises
  mkdir -p "$lab"
  block c >"$lab/02z_polite.c"
  block scene | sed 's/^always/ask threads "How many threads has it?" number\n&/
    s/^server answers/answer threads is server threads else TOO_MANY "it has {got}"\n&/' >"$lab/02z_polite.scene"
  block markdown | sed 's/^- starter: .*/- starter: NO_PREDICTION/; s/^- CUT_OFF/- TOO_MANY: pthreads(7)\n&/' \
    >"$lab/02z_polite.md"
  printf '%s\n' '#@ solution' 'goodbye threads 1' '#@ starter' '#@ reject TOO_MANY' 'goodbye threads 7' '#@ end' \
    >"$lab/02z_polite.predictions"
  for variant in solution starter TOO_MANY CUT_OFF; do
    refuses 0 "1 variants of 1 exercises, 0 wrong" "$house/build/bin/iolab" exercise verify 02z --only $variant
  done
  rm "$lab/02z_polite.c"
  refuses 1 '02z_polite.md: want either a program, 02z_polite.c, or a line `- model: NAME`' \
    "$house/build/bin/iolab" exercise verify 02z
}

@test "a mistake that only a tracer sees is skipped where tracing is denied, and nothing else is" {
  [ -z "${IOLAB_SANITIZED:-}" ] || skip "the LeakSanitizer needs ptrace"
  denied=${BIN%/bin}/tests/without_ptrace
  refuses 0 "skip  06a  reject    PASS" "$denied" "$IOLAB" exercise verify 06a --only UNSAFE_HANDLER
  refuses 0 "ok    06a  reject    COALESCED" "$denied" "$IOLAB" exercise verify 06a --only COALESCED
  "$IOLAB" trace poll >/dev/null 2>&1 || [ $? -ne 77 ] || skip "tracing is denied here"
  refuses 0 "ok    06a  reject    UNSAFE_HANDLER" "$IOLAB" exercise verify 06a --only UNSAFE_HANDLER
}

@test "who prints in a signal handler is told so; who writes a byte into a pipe there is not" {
  "$IOLAB" trace poll >/dev/null 2>&1 || [ $? -ne 77 ] || skip "tracing is denied here"
  work=$BATS_TEST_TMPDIR/work
  with "$work" start 06a >/dev/null
  "$IOLAB" exercise variant 06a solution | sed -n '/^# What/,$p' >"$work/06a/fifty.predictions"
  in_handler() {
    "$IOLAB" exercise variant 06a solution | sed "/^# What/,\$d; s/^    signals++;/&\n    $1/" >"$work/06a/fifty.c"
  }
  in_handler 'dprintf(1, "signal %d", signal_number);'
  tells 1 "PRINTS_IN_HANDLER: 9 bytes were written inside the signal handler" with "$work" check 06a
  in_handler 'dprintf(1, "s");'
  refuses 0 "PASS" with "$work" check 06a
}

@test "what is wrong with an exercise is told, with file and line" {
  house=$(house)
  verify() { "$house/build/bin/iolab" exercise verify 05b "$@"; }
  sheet=$house/05_epoll_lt_et/exercises/05b_drain.md source=${sheet%.md}.c
  sed -i 's|^//@ reject SPIN|//@ reject BLOCKED_IN_READ|' "$source"
  refuses 1 "05b_drain.c:$(grep -n '^//@ reject BLOCKED_IN_READ' "$source" | sed -n '1s/:.*//p'): this region has" verify
  cp "$ROOT/05_epoll_lt_et/exercises/05b_drain.c" "$source"
  sed -i 's/^- SPIN:.*//; s/^- starter: .*/- starter: SPIN/; s/.*Twenty clients who/&\
        if (n < 0 \&\& errno == EAGAIN)/' "$sheet"
  run verify
  echo "$output"
  [ "$status" -eq 1 ]
  [[ $output == *"under ## Codes there is no line for SPIN"* ]]
  [[ $output == *"holds a line of the solution: if (n < 0 && errno == EAGAIN)"* ]]
  [[ $output == *"WRONG 05b  starter   ET_STALL "*" s  SPIN"* ]]
  sed -i 's/^- kind: fix/- kind: guess/' "$sheet"
  refuses 1 "05b_drain.md:4: want fix, build" verify
}

@test "an exercise that is wrong is left out, with file and line, and the others go on" {
  house=$(house)
  cp -r "$ROOT/08_fork" "$house"
  sed -i 's/^- kind: .*/- kind: guess/' "$house/05_epoll_lt_et/exercises/05b_drain.md"
  work=$BATS_TEST_TMPDIR/work
  IOLAB=$house/build/bin/iolab
  refuses 0 "05b_drain.md:4: want fix, build" with "$work" list
  with "$work" list | grep -q '^08a '
  refuses 1 "05b_drain.md:4: want fix, build" with "$work" check 05b
  said=$(with "$work" start 08a 2>&1)
  [[ $said == *"is yours to work on"* && $said != *05b* ]]
  tells 1 "ZOMBIES: " with "$work" check 08a
  refuses 1 "05b_drain.md:4: want fix, build" with "$work" verify --only solution
  refuses 1 "05b_drain.md:4: want fix, build" "$IOLAB" exercise handout "$BATS_TEST_TMPDIR/none"
}

# -- What a student types ----------------------------------------------------------------------------------------------

@test "an exercise that there is not: the known ones are listed" {
  refuses 2 "no exercise \"99z\"; there are: 01a" "$IOLAB" exercise check 99z
  refuses 2 "want an ID; there are: 01a" "$IOLAB" exercise start
  refuses 2 'no command "solve"' "$IOLAB" exercise solve 05b
  refuses 2 'no variant "nosuch" of 05b; there are: solution starter' "$IOLAB" exercise variant 05b nosuch
  refuses 0 "Example" "$IOLAB" exercise --help
}

@test "start writes the starter once; reset keeps what was there" {
  work=$BATS_TEST_TMPDIR/work
  tells 1 "there is no $work/05b/drain.c yet: \`make start-05b WORK=$work\`" with "$work" check 05b
  refuses 0 "64 KiB in one go" with "$work" start 05B
  echo "// mine" >>"$work/05b/drain.c"
  refuses 0 "is there and stays as it is" with "$work" start 05b
  grep -q "^// mine" "$work/05b/drain.c"
  with "$work" reset 05b
  with "$work" reset 05b
  grep -q "^// mine" "$work/05b/drain.c.1"
  "$IOLAB" exercise variant 05b starter | cmp - "$work/05b/drain.c"
  cmp "$work/05b/drain.c" "$work/05b/drain.c.2"
}

@test "where nothing may be written, it says so, and what else can be done" {
  touch "$BATS_TEST_TMPDIR/file"
  refuses 1 "file/work: Not a directory; --work DIR (make: WORK=DIR) takes another folder" with "$BATS_TEST_TMPDIR/file/work" start 05b
}

@test "a failure says code, cause, expected, observed, a command that can be typed, a page and where help is" {
  work=$BATS_TEST_TMPDIR/work
  with "$work" start 08a
  run with "$work" check 08a
  echo "$output"
  [ "$status" -eq 1 ]
  [[ $output == "FAIL  08a  Twenty funerals
      ZOMBIES: "*" were not waited for"*"
      expected:  "[0-9]*"
      observed:  "[0-9]*"
      see it:    build/bin/iolab trace --scene 08_fork/exercises/08a_funerals.scene --only funerals -- $work/08a/funerals --port {port} --quiet {args}
      read:      waitpid(2)"* ]]
  [[ $output == *"stuck:     make hint-08a WORK=$work" ]]
  command=$(sed -n 's/.*see it: *build.bin.iolab trace //p' <<<"$output")
  cd "$ROOT"
  # shellcheck disable=SC2086  # these are words
  run "$IOLAB" trace $command
  echo "$output"
  [[ $output == *wait4* || $output == *"tracing is denied"* ]]
}

@test "three times the same diagnosis: what is the next change expected to alter?" {
  work=$(solution_of 05b 's/^static int interest;//')
  question="3 times DOES_NOT_COMPILE. Before you change anything else: what do you expect"
  not_asked() {
    run with "$work" check 05b
    [[ $output == *DOES_NOT_COMPILE* && $output != *"$question"* ]] || { echo "$output"; return 1; }
  }
  for _ in 1 2; do
    for _ in 1 2; do not_asked; done    # the second time it is the same attempt
    echo "// changed" >>"$work/05b/drain.c"
  done
  tells 1 "$question" with "$work" check 05b
  not_asked
  tail -n 1 "$work/progress.csv" | grep -q '^05b,6,0,DOES_NOT_COMPILE,3,,[0-9a-f]*$'
}

@test "the starter, and what predict plays, are no attempts" {
  work=$BATS_TEST_TMPDIR/work
  with "$work" start 08a >/dev/null
  for _ in 1 2 3; do
    run with "$work" check 08a
    [[ $output == *ZOMBIES* && $output != *"Before you change"* ]] || { echo "$output"; return 1; }
  done
  for roles in 1 2 3; do
    run "$IOLAB" exercise predict 01a --work "$work" <<<$'1\n2\n2\n'"$roles"
    [[ $output == *CONNECT_IS_KERNEL* && $output != *"Before you change"* ]] || { echo "$output"; return 1; }
  done
  grep -q '^08a,3,0,ZOMBIES,0,,$' "$work/progress.csv"
  grep -q '^01a,3,0,CONNECT_IS_KERNEL,0,,$' "$work/progress.csv"
}

@test "hints open one after the other, and are counted" {
  work=$BATS_TEST_TMPDIR/work
  for i in 1 2 3; do
    run with "$work" hint 03b
    [ "$(grep -c '^Hint . of 3$' <<<"$output")" -eq $i ]
  done
  refuses 0 "There is no other" with "$work" hint 03b
  with "$work" list --csv | grep -qx '03b,25,fix,The wall at 1024,new,,0,3,'
}

@test "a list in a task keeps its lines" {
  said=$(with "$BATS_TEST_TMPDIR/new" start 05a)
  grep -q '^- `epoll_lt.c`: level-triggered, one read for each event;$' <<<"$said"
  grep -q '^- `epoll_et.c`: edge-triggered, reading until EAGAIN for each event;$' <<<"$said"
  grep -q '^  is\.$' <<<"$said"           # what is too long goes on under the text, and not under the dash
}

@test "the explanation comes after a pass, and the list knows the day" {
  work=$(solution_of 08a)
  refuses 1 "its explanation is shown after a pass" with "$work" explain 08a
  refuses 0 "PASS  08a" with "$work" check 08a
  refuses 0 "A standard signal is pending or not" with "$work" explain 08a
  with "$work" list | grep -q "^08a .* passed $(date +%Y)-"
  with "$work" list --csv | grep -q '^08a,20,fix,Twenty funerals,passed,PASS,1,0,'
}

@test "a damaged progress file is begun anew, kept aside, and no reason not to check" {
  work=$(solution_of 08a)
  with "$work" check 08a
  head -c 60 /dev/urandom >>"$work/progress.csv"
  refuses 0 "was damaged" with "$work" list
  grep -aq '^08a,1,' "$work/progress.csv.damaged"
  with "$work" check 08a
  head -c 20 /dev/urandom >"$work/progress.csv"
  refuses 0 "PASS" with "$work" check 08a
}

@test "what ought to be a file of a student's, and is none: it is told, waits for nobody, and is kept" {
  work=$BATS_TEST_TMPDIR/work
  mkdir -p "$work/05b/drain.c" "$work/01a"
  tells 1 "NO_FILE: $work/05b/drain.c: this is a folder, and ought to be a file" with "$work" check 05b
  rmdir "$work/05b/drain.c"
  mkfifo "$work/05b/drain.c" "$work/01a/waits.predictions"
  tells 1 "NO_FILE: $work/05b/drain.c: this is a pipe or a device" with "$work" check 05b
  tells 1 "NO_FILE: $work/01a/waits.predictions: this is a pipe" with "$work" check 01a
  rm "$work/05b/drain.c"
  truncate -s 1G "$work/05b/drain.c"
  tells 1 "NO_FILE: $work/05b/drain.c: this file is larger than 1 MiB" with "$work" check 05b
  for spoil in mkdir mkfifo 'truncate -s 1G'; do
    rm -rf "$work/progress.csv" "$work/progress.csv.damaged"
    $spoil "$work/progress.csv"
    tells 0 "$work/progress.csv was damaged" with "$work" list
    [ -e "$work/progress.csv.damaged" ]
    [ -f "$work/progress.csv" ]
  done
  run timeout 30 "$IOLAB" exercise predict 01a --work "$work" <<<$'3\n2\n2\n2'
  echo "$output"
  [[ $output == *"Yours is kept: $work/01a/waits.predictions.1"*"PASS  01a"* ]]
  [ -p "$work/01a/waits.predictions.1" ]
  [ "$(ls -A "$work")" = $'01a\n05b\nprogress.csv\nprogress.csv.damaged' ]
}

@test "two checks of one folder at a time: both are played, and both are counted" {
  work=$(solution_of 08a)
  for i in 1 2 3 4; do with "$work" check 08a >"$BATS_TEST_TMPDIR/said.$i" 2>&1 & done
  wait
  cat "$BATS_TEST_TMPDIR"/said.*
  [ "$(grep -c '^PASS  08a' "$BATS_TEST_TMPDIR"/said.* | grep -c ':1$')" -eq 4 ]
  grep -q '^08a,4,0,PASS,1,' "$work/progress.csv"
  [ "$(ls -A "$work/08a")" = $'funerals\nfunerals.c' ]
}

@test "predict asks before it plays, and compares" {
  work=$BATS_TEST_TMPDIR/work
  refuses 1 "NO_PREDICTION" with "$work" check 01a
  predict() { "$IOLAB" exercise predict "$@" --work "$work"; }
  refuses 1 "not all questions have an answer: nothing is written" predict 01a
  refuses 2 "asks nothing" predict 05b
  run predict 01a <<<$'what?\n1\n2\nafter-a\n2'
  echo "$output"
  [ "$status" -eq 1 ]
  [[ $output == *"That is none of the answers."* ]]
  [[ $output == *"predicted: refused        observed: succeeds  (different)"* ]]
  [[ $output == *"predicted: after-a        observed: after-a"$'\n'* ]]
  [[ $output == *"CONNECT_IS_KERNEL: "*"      predicted: refused
      observed:  succeeds
"* && $output != *expected:* ]]
  refuses 1 "CONNECT_IS_KERNEL" with "$work" check 01a
  run predict 01a <<<$'3\n2\n2\n2'
  echo "$output"
  [[ $output == *"Yours is kept: $work/01a/waits.predictions.1"*"PASS  01a"* ]]
  echo "roles connect perhaps" >"$work/01a/waits.predictions"
  tells 1 "WRONG_FORM: $work/01a/waits.predictions:1: want refused, waits, succeeds" with "$work" check 01a
}

@test "an answer that was given is kept when the input ends, and the next predict asks for the others" {
  work=$BATS_TEST_TMPDIR/work
  form=$work/01a/waits.predictions
  asks() { "$IOLAB" exercise predict 01a --work "$work"; }
  run asks <<<$'3\n2'
  echo "$output"
  [[ $status -eq 1 && $output == *"those that have are kept, and make predict-01a WORK=$work asks the others" ]]
  [ "$(wc -l <"$form")" -eq 2 ]
  refuses 1 "2 of 4 questions have an answer in $form" asks </dev/null
  [ "$(ls "$work/01a")" = waits.predictions ]
  run asks <<<$'2\n2'
  echo "$output"
  [[ $output == *"PASS  01a"* && $output != *"is kept"* ]]
  echo "# mine" >>"$form"
  run asks <<<1
  echo "$output"
  [[ $status -eq 1 && $output == *"Yours is kept: $form.1"* ]]
  grep -q '# mine' "$form.1"
  [ "$(wc -l <"$form")" -eq 1 ]
}

@test "Ctrl-C while predict asks: what was answered is kept" {
  work=$BATS_TEST_TMPDIR/work
  mkfifo "$BATS_TEST_TMPDIR/keys"
  "$IOLAB" exercise predict 01a --work "$work" <"$BATS_TEST_TMPDIR/keys" >"$BATS_TEST_TMPDIR/said" 2>&1 3>&- &
  PID=$!
  exec 8>"$BATS_TEST_TMPDIR/keys"
  echo 3 >&8
  end=$((SECONDS + 30))
  until [ "$(grep -o 'A number or a name' "$BATS_TEST_TMPDIR/said" | wc -l)" -eq 2 ]; do [ $SECONDS -lt "$end" ]; done
  kill -INT "$PID"
  status=0
  wait "$PID" || status=$?
  PID=
  exec 8>&-
  cat "$BATS_TEST_TMPDIR/said"
  [ "$status" -eq 130 ]
  [ "$(wc -l <"$work/01a/waits.predictions")" -eq 1 ]
}

@test "an answer by the number that its text begins with" {
  work=$BATS_TEST_TMPDIR/work
  run "$IOLAB" exercise predict 05a --work "$work" <<<$'2\n64\n65'
  echo "$output"
  [ "$(grep -c 'none of the answers' <<<"$output")" -eq 1 ]
  grep -q 'lt-wakes.*many$' "$work/05a/shout.predictions"
}

@test "at a terminal the answers are shown before it is played, and one can be changed" {
  [ -n "$(type -P script)" ] || skip "no script(1) to make a terminal"
  work=$BATS_TEST_TMPDIR/work
  (printf '1\n2\n2\n2\n'; printf '1\n3\n\n') |
    script -qec "$IOLAB exercise predict 01a --work $work" "$BATS_TEST_TMPDIR/typescript" >"$BATS_TEST_TMPDIR/said" 3>&- || :
  cat "$BATS_TEST_TMPDIR/said"
  grep -q 'Your answers:' "$BATS_TEST_TMPDIR/said"
  grep -q 'PASS  01a' "$BATS_TEST_TMPDIR/said"
}

@test "predictions that were wrong are explained, where the program fails, too" {
  work=$BATS_TEST_TMPDIR/work
  with "$work" start 06a >/dev/null
  printf '%s\n' 'fifty lines lost' 'fifty signals fifty' >"$work/06a/fifty.predictions"
  run with "$work" check 06a
  echo "$output"
  [ "$status" -eq 1 ]
  [[ $output == *"50 clients send"*"predicted: lost"*"signals does"*"predicted: fifty"* ]]
  [[ $output == *"FAIL  06a"*"      DATA_STAYS: "*"      ONE_BIT: "*"      COALESCED: "*"see it: "* ]]
  [ "$(grep -c 'see it: ' <<<"$output")" -eq 2 ]         # of two scenes
  grep -q '^06a,1,0,DATA_STAYS,' "$work/progress.csv"
}

@test "lines are as wide as the screen" {
  for columns in 40 60; do
    COLUMNS=$columns with "$BATS_TEST_TMPDIR/work" hint 03b >"$BATS_TEST_TMPDIR/said"
    long=$(awk -v most="$columns" 'length > most' "$BATS_TEST_TMPDIR/said")
    [ -z "$long" ] || { echo "more than $columns columns: $long"; return 1; }
  done
}

@test "where it cannot be noted how far somebody is, that is said, and a pass is a pass" {
  TMPDIR=/tmp as_ordinary_user poll
  "${AS[@]}" test -r "$ROOT/harness/server/server.h" || skip "nobody else may enter this folder"
  work=$ORDINARY/work
  mkdir -p "$work/08a"
  "$IOLAB" exercise variant 08a solution >"$work/08a/funerals.c"
  chmod -R a+rwX "$work/08a"
  [ "$(id -u)" -ne 0 ] || chown root "$work"
  chmod 555 "$work"
  run env TMPDIR="$ORDINARY" "${AS[@]}" "$IOLAB" exercise check 08a --work "$work"
  chmod 755 "$work"
  rm -rf "$ORDINARY"
  echo "$output"
  [[ $status -eq 0 && $output == *"progress.csv: Permission denied"*"PASS  08a"* ||
     $status -eq 0 && $output == *"PASS  08a"*"progress.csv: Permission denied"* ]]
}

@test "what does not compile gets no pages; who never listens, how to run it; warnings have a heading" {
  work=$(solution_of 05b 's/^static int interest;//')
  run with "$work" check 05b
  echo "$output"
  [[ $output == *DOES_NOT_COMPILE*"error: "* && $output != *read:* && $output != *stuck:* ]]
  echo 'int main(void) { int unused; return *(volatile int *)8; }' >"$work/05b/drain.c"
  run with "$work" check 05b
  echo "$output"
  [[ $output == *"the compiler also says:"*unused*"run it:    $work/05b/drain --port 8080"* ]]
  [[ $output == *"debug it:  gdb --args $work/05b/drain --port 8080"* && $output != *read:* && $output != *stuck:* ]]
}

@test "last words are two lines, from their beginning; what is told of numbers is the factor" {
  work=$BATS_TEST_TMPDIR/work
  with "$work" start 05b >/dev/null
  printf '%s\n' '#include <stdio.h>' 'int main(void) { for (int i = 0; i < 99; i++) printf("line %d\n", i); return 4; }' \
    >"$work/05b/drain.c"
  tells 1 "it ended with exit status 4; its last words: line 97|line 98" with "$work" check 05b
  none tells 1 "line 96" with "$work" check 05b
  with "$work" start 02a >/dev/null
  "$IOLAB" exercise variant 02a solution | sed 's/ wakeups .*/ wakeups 5000/' >"$work/02a/asking.predictions"
  run with "$work" check 02a
  echo "$output"
  [[ $output == *"predicted: 5000 "*"  (different)  (right is: within a factor of 5)"* ]]
}

@test "reset of what was not begun begins it; an ID that there is not names the exercises, too" {
  refuses 0 "was not begun: now it is" with "$BATS_TEST_TMPDIR/work" reset 06a
  cd "$ROOT"
  refuses 2 "there is no model 05; there are: blocking" make -s watch-05 BUILD="${BIN%/bin}"
  refuses 2 "nor an exercise: 01a" make -s watch-05 BUILD="${BIN%/bin}"
}

@test "the folder is told with each command for make, in quotes where it needs them, and IOLAB_WORK is not" {
  refuses 0 "Then: make check-05b WORK='$BATS_TEST_TMPDIR/a b' " with "$BATS_TEST_TMPDIR/a b" start 05b
  IOLAB_WORK=$BATS_TEST_TMPDIR/c refuses 0 "Then: make check-05b   " "$IOLAB" exercise start 05b
}

@test "make's own error line: not at a terminal, and the status stays for a script" {
  [ -n "$(type -P script)" ] || skip "no script(1) to make a terminal"
  cd "$ROOT"
  work=$BATS_TEST_TMPDIR/work
  with "$work" start 08a >/dev/null
  make="make -s check-08a WORK=$work BUILD=${BIN%/bin}"
  read -r cc flags <"${BIN%/bin}/flags"
  refuses 2 "FAIL  08a" make -s check-08a WORK="$work" BUILD="${BIN%/bin}" CC="$cc" CFLAGS="$flags"
  script -qec "$make CC='$cc' CFLAGS='$flags'" "$BATS_TEST_TMPDIR/typescript" >"$BATS_TEST_TMPDIR/said" 3>&-
  cat "$BATS_TEST_TMPDIR/said"
  grep -q 'FAIL  08a' "$BATS_TEST_TMPDIR/said"
  none grep -q '\*\*\*' "$BATS_TEST_TMPDIR/said"
}

@test "of several models, each scene is played against the one that it is for" {
  work=$BATS_TEST_TMPDIR/work
  with "$work" start 05a >/dev/null
  for wrong in LT_SAFE:epoll-lt NEW_EDGE:epoll-et; do
    "$IOLAB" exercise variant 05a "${wrong%:*}" >"$work/05a/shout.predictions"
    refuses 1 "iolab trace ${wrong#*:} --scene 05_epoll_lt_et/exercises/05a_shout.scene" with "$work" check 05a
  done
}

@test "watch checks again when the file is saved, and Ctrl-C ends it" {
  work=$(solution_of 05b 's/^static int interest;//')
  "$IOLAB" exercise watch 05b --work "$work" >"$BATS_TEST_TMPDIR/watch" </dev/null 3>&- &
  PID=$!
  says() { until grep -q "$1" "$BATS_TEST_TMPDIR/watch"; do kill -0 "$PID"; [ $SECONDS -lt "$end" ]; done; }
  end=$((SECONDS + 30))
  says '^-- [0-9:]*, check 1 --$'
  says '^FAIL  05b'
  says '^-- waiting until you save'
  "$IOLAB" exercise variant 05b solution >"$work/05b/drain.c"
  says '^-- [0-9:]*, check 2 --$'
  says '^PASS  05b'
  says '^-- done; still waiting until you save'
  kill -INT "$PID"
  status=0
  wait "$PID" || status=$?
  PID=
  [ "$status" -eq 130 ]
  nothing_runs
}

@test "a folder with a blank, a quote and an umlaut in its name: through make, and in what can be typed" {
  work="$BATS_TEST_TMPDIR/a b ü"
  cd "$ROOT"
  refuses 0 "$work/08a/funerals.c is yours" make -s start-08a WORK="$work"
  with "$work'" start 08a
  run with "$work'" check 08a
  echo "$output"
  [[ $output == *" -- '$work'\\''/08a/funerals' --port {port}"* ]]
}

@test "make has a word for each" {
  cd "$ROOT"
  for word in start check hint predict reset explain; do
    refuses 2 "type the ID of an exercise, such as: make $word-01a" make -s "$word-ID"
  done
}

# -- The handout -------------------------------------------------------------------------------------------------------

# secrets ID: the lines of the solution that stand neither in the starter nor in the house anyway.
secrets() {
  "$IOLAB" exercise variant "$1" solution >"$BATS_TEST_TMPDIR/solution"
  "$IOLAB" exercise variant "$1" starter >"$BATS_TEST_TMPDIR/starter"
  grep -vxFf "$BATS_TEST_TMPDIR/starter" "$BATS_TEST_TMPDIR/solution" | sed 's/^ *//' | while read -r line; do
    [ "${#line}" -lt 12 ] || grep -rqF --include='*.[ch]' -- "$line" "$ROOT"/0?_*/*.c "$ROOT/harness" || echo "$line"
  done
}

@test "the handout has starters and hints, and no solutions, rejects or explanations; a check works there" {
  read -r cc flags <"${BIN%/bin}/flags"
  make -s -C "$ROOT" handout BUILD="${BIN%/bin}" CC="$cc" CFLAGS="$flags"
  tar -xzf "${BIN%/bin}/iolab-handout.tar.gz" -C "$BATS_TEST_TMPDIR"
  cd "$BATS_TEST_TMPDIR/iolab"
  for id in $(ids); do
    secrets "$id" >"$BATS_TEST_TMPDIR/secrets"
    [ -s "$BATS_TEST_TMPDIR/secrets" ] || { echo "$id: all of its solution stands in the house anyway"; return 1; }
    none grep -rFf "$BATS_TEST_TMPDIR/secrets" .
  done
  none grep -rnE '^ *(//|#)@|^## Explanation' 0*/exercises
  mkdir -p build/harness
  cp -r "$BIN" build
  cp -r "${BIN%/bin}/harness/server" build/harness
  cp "${BIN%/bin}/flags" build
  IOLAB=$PWD/build/bin/iolab
  "$IOLAB" exercise start 05b
  refuses 1 "ET_STALL" "$IOLAB" exercise check 05b
  "$BIN/iolab" exercise variant 05b solution >work/05b/drain.c
  run "$IOLAB" exercise check 05b
  echo "$output"
  [[ $output == *"PASS  05b"*"read: "* && $output != *"make explain"* ]]
  refuses 0 "This is a handout: the explanation is your teacher's" "$IOLAB" exercise explain 05b
  refuses 77 "this is a handout" "$IOLAB" exercise verify
}
