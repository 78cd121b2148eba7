#!/usr/bin/env bats
# The Makefile's own words.
load lab

setup() { cd "$ROOT" || return; }

@test "make help explains every target that a person types" {
  run make -s help
  for word in all run-MODEL watch-MODEL diff test check report bench compare doctor clean help exercises start-ID check-ID hint-ID predict-ID \
    reset-ID explain-ID handout; do
    [[ $output == *"make $word"* ]] || { echo "no $word in:"; echo "$output"; return 1; }
  done
}
@test "no line of help is longer than a terminal" {
  for columns in "" 60 80 100; do
    COLUMNS=$columns make -s help >"$BATS_TEST_TMPDIR/help" </dev/null
    long=$(awk -v most="${columns:-80}" 'length > most' "$BATS_TEST_TMPDIR/help")
    [ -z "$long" ] || { echo "more than ${columns:-80} columns: $long"; return 1; }
  done
  for command in $("$IOLAB" help | awk '/^  / && $1 != "help" { print $1 }'); do
    "$IOLAB" "$command" --help >"$BATS_TEST_TMPDIR/help"
    long=$(awk 'length > 80' "$BATS_TEST_TMPDIR/help")
    [ -z "$long" ] || { echo "$command: more than 80 columns: $long"; return 1; }
  done
}
@test "make run-nosuch lists the models" {
  refuses 2 "there is no model nosuch; there are: blocking" make -s run-nosuch
}
@test "make diff wants two models that exist" {
  refuses 2 "make diff A=select B=poll" make -s diff
  refuses 2 "there is no model nosuch" make -s diff A=select B=nosuch
  refuses 0 "34 lines of code differ" make -s diff A=select B=poll
}
@test "a class shares one installation: who may not write there runs it all the same" {
  as_ordinary_user poll
  cp -a Makefile harness 0[1-8]_* "$ORDINARY"
  rm -rf "$ORDINARY/build"
  cp -a "${BIN%/bin}" "$ORDINARY/build"
  chmod -R a+rX,a-w "$ORDINARY"
  [ "$(id -u)" -ne 0 ] || chown root "$ORDINARY" "$ORDINARY/build"
  cd "$ORDINARY"
  run "${AS[@]}" make -s trace-poll
  refused=$("${AS[@]}" make -s bench ARGS=poll 2>&1) || :
  cd "$ROOT"
  chmod -R u+w "$ORDINARY" && rm -rf "$ORDINARY"
  [[ $output == *"ARGS='--svg FILE' draws"* || $output == *"tracing is denied"* ]] || { echo "$output"; return 1; }
  [[ $refused == *"Permission denied; choose another folder with --out DIR"* ]] || { echo "$refused"; return 1; }
}
@test "make run, trace and watch alone, or as the help writes them, want the name of a model" {
  for target in run trace watch run-MODEL trace-MODEL watch-MODEL; do
    refuses 2 "type the name of a model, such as: make ${target%-MODEL}-select" make -s "$target"
  done
}
@test "slow tests wait for SLOW=1, and whoever leaves them out is told" {
  printf '%s\n' '# bats test_tags=slow' '@test "slow" { false; }' '@test "quick" { true; }' >"$BATS_TEST_TMPDIR/two.bats"
  suite() {
    env -i PATH="${PATH#"$BATS_LIBEXEC:"}" make -s suite BUILD="$BATS_TEST_TMPDIR" BATS="$BATS_TEST_TMPDIR/two.bats" "$@"
  }
  refuses 2 "1 passed, 1 failed" suite SLOW=1
  [ "$(printf '1.8\n%s\n' "${BATS_VERSION:-0}" | sort -V | head -n 1)" = 1.8 ] || skip "a bats that knows no tags"
  refuses 0 "1 passed, 0 failed" suite SLOW=
  refuses 0 "left to SLOW=1" suite SLOW=
}
@test "make -n check runs nothing, and says how one exercise is checked" {
  refuses 0 "One exercise: make check-01a" timeout 60 make -n check
  run timeout 60 make -n check
  [[ $output == *" suite"* && $output != *"passed"* ]]
}
