# What the tests of exercises share. After `load lab`.

export TMPDIR=$BATS_TEST_TMPDIR       # what is made is made there, and can be looked for

setup() {
  grep -qrE '^//@ solution' "$ROOT"/0?_*/exercises || skip "this is a handout: it has no solutions to try"
}

# with WORK SUBCOMMAND...: iolab exercise, with another folder for the student's files. Its hands are empty.
with() {
  local work=$1
  shift
  timeout 30 "$IOLAB" exercise "$@" --work "$work" </dev/null
}

ids() { "$IOLAB" exercise list --csv --work "$BATS_TEST_TMPDIR/none" | sed '1d; s/,.*//'; }

# solution_of ID [SED]: as the student's file in a folder of its own, which is printed. The sed must change something.
solution_of() {
  local work=$BATS_TEST_TMPDIR/work.$RANDOM$RANDOM file
  with "$work" start "$1" >/dev/null
  file=$(echo "$work/$1"/*)
  "$IOLAB" exercise variant "$1" solution >"$file"
  if [ $# -gt 1 ]; then
    sed -i "$2" "$file"
    ! "$IOLAB" exercise variant "$1" solution | cmp -s - "$file" || return 1
  fi
  echo "$work"
}

# squeezed COMMAND...: what it prints, as one line.
squeezed() {
  local status=0 said
  said=$("$@" 2>&1) || status=$?
  tr -s ' \n' ' ' <<<"$said"
  return "$status"
}

# tells STATUS TEXT COMMAND...: as `refuses`, wherever the lines are broken.
tells() { refuses "$1" "$2" squeezed "${@:3}"; }

# nothing_runs: no process of a student's program is left, in whatever group or session.
nothing_runs() {
  local left
  left=$(pgrep -af "$BATS_TEST_TMPDIR/(work|iolab-exercise)") || :
  [ -z "$left" ] || { echo "left behind: $left"; return 1; }
}

# none COMMAND...: it must fail. (A `!` alone would not end a test.)
none() { ! "$@"; }

# house: another one, of which a file can be changed.
house() {
  local to=$BATS_TEST_TMPDIR/house
  mkdir -p "$to/harness" "$to/build/bin" "$to/build/harness" "$to/05_epoll_lt_et"
  cp -r "$ROOT/harness/server" "$to/harness"
  cp -r "$ROOT/05_epoll_lt_et/exercises" "$to/05_epoll_lt_et"
  cp "$IOLAB" "$to/build/bin"
  cp -r "${BIN%/bin}/harness/server" "$to/build/harness"
  cp "${BIN%/bin}/flags" "$to/build"
  echo "$to"
}
