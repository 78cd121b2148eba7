#!/usr/bin/env bats
# docs/architecture.md does not rot: its folders are those there are, and what it says to type is typed, in a copy of the
# house.
load lab

DOC=$ROOT/docs/architecture.md

# block KIND [FILE]: what stands between ```KIND and ```, of all such blocks.
block() { awk -v begin="\`\`\`$1" '$0 == begin { on = 1; next } /^```/ { on = 0 } on' "${2:-$DOC}"; }

# goes_to_a_house: a copy of all sources; `goes_to_a_house built` has what is built, too.
goes_to_a_house() {
  local to=$BATS_TEST_TMPDIR/house built=${BIN%/bin}
  mkdir -p "$to/build"
  cp -a "$ROOT"/Makefile "$ROOT"/README.md "$ROOT"/docs "$ROOT"/harness "$ROOT"/0[1-8]_* "$to"
  [ $# -eq 0 ] || cp -a "$BIN" "$built"/harness "$built"/claim "$built"/0[1-8]_* "$built"/flags "$to/build"
  read -r CC CFLAGS <"$built/flags"
  export CC CFLAGS
  unset MAKEFLAGS
  cd "$to" || return
}

# types KIND: what the document says is to be typed, step by step; what it prints is in typed.
types() {
  block "sh $1" >"$1.sh"
  [ -s "$1.sh" ]
  bash -euxo pipefail "$1.sh" >typed 2>&1 || { cat typed; return 1; }
}

# says TEXT: it stands in what was printed.
says() { grep -qF -- "$1" typed || { echo "want \"$1\" in:"; cat typed; return 1; }; }

# -- The page ----------------------------------------------------------------------------------------------------------

@test "the page names each folder, and none that there is not" {
  named=$(grep -oE '^    (harness/[a-z]+|docs) ' "$DOC" | tr -d ' ' | sort)
  diff <(echo "$named") <(cd "$ROOT" && printf '%s\n' harness/*/ docs/ | sed 's|/$||' | grep -v _ | sort)
  grep -q "^    $(basename "$ROOT"/0*_blocking) … $(basename "$ROOT"/08_*) " "$DOC"
}

# -- A model -----------------------------------------------------------------------------------------------------------

@test "the example of a model is a server of the house, with its place in every list" {
  goes_to_a_house built
  block sed >late.sed
  types model
  says "From 04_poll/poll.c to 04_poll/poll_late.c: 4 lines of code differ"
  says "1 model, $(cat harness/battery/*.scene | grep -c '^scene ') behaviours: all hold"
  refuses 2 " poll-late " make -s run-nosuch
  make -s
  refuses 2 " poll poll-late epoll-lt " build/bin/iolab bench nosuch
  bats harness/tests/siblings.bats
  bats --filter 'flags, exits' 04_poll/poll_late.bats
}

# forgets SED FILTER TEXT: the steps, changed by sed, are typed; then a test of the siblings tells what is missing.
forgets() {
  rm -rf "$BATS_TEST_TMPDIR/house"
  goes_to_a_house
  block sed >late.sed
  block "sh model" | sed '/^make/d' >whole.sh
  sed "$1" whole.sh >model.sh
  ! cmp -s whole.sh model.sh || { echo "sed '$1' changes nothing: adapt the test"; return 1; }
  bash -eu model.sh
  refuses 1 "$3" bats --filter "$2" harness/tests/siblings.bats
}

@test "who forgets a step is told which" {
  forgets '/poll_late.bats/d' "a server is whole" "04_poll/poll_late.c has no tests: 04_poll/poll_late.bats"
  forgets '/poll_late.bats/ s,$,; sed -i /bytes/d 04_poll/poll_late.bats,
    /models.c/d
    /^echo/d
    /^| / s/poll-late/late/' "a server is whole" "04_poll/poll_late.bats does not play bytes
# harness/report/models.c has no family and no look for poll-late
# 04_poll/README.md does not name poll-late
# README.md has no row for poll-late"
}

@test "who changes more than the model is told" {
  forgets '1 s/$/; sed -i "s,n = read,n=read," 04_poll\/poll_late.c/' "hear and answer" "hear differs: "
  forgets '1 s/$/; echo "int more;" >>04_poll\/poll_late.c/' "diff of neighbours" "04_poll/poll_late.c: 5 lines"
}

# -- A scene -----------------------------------------------------------------------------------------------------------

@test "the example of a scene holds for all, and fails with its cause where the mistake is made" {
  goes_to_a_house built
  mkdir -p work/pause
  block scene >work/pause/pause.scene
  block broken >>harness/tests/broken.bats
  types scene
  servers=(0?_*/*.c)
  says "${#servers[@]} models, 1 behaviour: all hold."
  says "ok 1 who is silent for a moment is taken for gone"
  refuses 0 "1 passed" build/bin/iolab scene harness/battery/bytes.scene --only pause --model epoll-et
}

@test "a group that nobody plays is told" {
  goes_to_a_house
  block scene >harness/battery/pause.scene
  refuses 1 "no NAME.bats plays pause" bats --filter 'every group' harness/tests/battery.bats
}

# -- An exercise -------------------------------------------------------------------------------------------------------

@test "the author's loop goes round with the example of docs/exercises.md" {
  goes_to_a_house built
  lab=02_nonblocking/exercises
  mkdir -p $lab
  for kind in c scene markdown; do block $kind docs/exercises.md >$lab/02z_polite.${kind/markdown/md}; done
  [ "$(block 'sh exercise' | grep -c 'seq 30')" -eq 1 ]
  sed -i 's/seq 30/seq 1/; s/seq "$(nproc)"/seq 1/' docs/architecture.md
  DOC=docs/architecture.md types exercise
  [ "$(grep -c "5 variants of 1 exercises, 0 wrong" typed)" -eq 2 ]
  says "1 variants of 1 exercises, 0 wrong"
  says "int main(int argc, char **argv)"
}
