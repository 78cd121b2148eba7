#!/usr/bin/env bats
# Who may use whom: the tables of docs/architecture.md, held against the include lines and the objects.
load lab

DOC=$ROOT/docs/architecture.md

# block KIND: what stands in the document between ```KIND and ```.
block() { awk -v begin="\`\`\`$1" '$0 == begin { on = 1; next } /^```/ { on = 0 } on' "$DOC"; }

# rule WHO: the words behind its arrow.
rule() { block rules | sed -n "/^$1 *->/ { s/.*-> *//; s/,//g; s/^nothing//; p }"; }

# pairs: `ROOM USED`, a line for each word behind an arrow, of the rooms of the harness.
pairs() {
  for room in $(block rules | grep -v '^an\? ' | cut -d' ' -f1); do
    for used in $(rule "$room"); do echo "$room $used"; done
  done
}

# obeys FOLDER ALLOWED...: the sources in the folder include nothing else of ours.
obeys() {
  local folder=$1 allowed bad
  shift
  allowed=$(printf '|%s' "$@")
  bad=$(grep -nE '^#include "' "$ROOT/$folder"/*.[ch] | grep -vE "\"harness/(${allowed#|})[/\"]") || return 0
  echo "$folder may include $* only (docs/architecture.md):"
  echo "$bad"
  wrong=yes
}

@test "each room includes what docs/architecture.md lets it include, and nothing else" {
  wrong=
  for folder in "$ROOT"/harness/*/; do
    room=$(basename "$folder")
    compgen -G "$folder*.c" >/dev/null || continue
    read -ra allowed < <(rule "$room") || { echo "docs/architecture.md has no rule for harness/$room"; wrong=yes; }
    obeys "harness/$room" "$room" "${allowed[@]}"
  done
  [ -z "$wrong" ]
}

@test "a lab and an exercise include harness/server and nothing else" {
  wrong=
  [ "$(rule 'a lab'), $(rule 'an exercise')" = "server, server" ]
  for folder in "$ROOT"/0[1-8]_*/ "$ROOT"/0[1-8]_*/exercises/; do
    ! compgen -G "$folder*.c" >/dev/null || obeys "${folder#"$ROOT/"}" server
  done
  [ -z "$wrong" ]
}

@test "a rule lets a room use what it uses, and no more" {
  wrong=
  while read -r room used; do
    grep -qE "^#include \"harness/${used}[/\"]" "$ROOT/harness/$room"/*.[ch] ||
      { echo "$room may use $used, says docs/architecture.md, and does not"; wrong=yes; }
  done < <(pairs)
  [ -z "$wrong" ]
}

@test "the picture of the rooms: whom a room uses stands below it" {
  wrong=
  at() { block picture | grep -nw -- "$1" | cut -d: -f1; }
  while read -r room used; do
    above=$(at "$room") below=$(at "${used%%/*}")
    [ "$above" ] && [ "$below" ] && [ "$below" -gt "$above" ] || { echo "$room uses $used: draw it above"; wrong=yes; }
  done < <(pairs | grep -v '^tests ')
  [ -z "$wrong" ]
}

@test "the harness never includes a lab" {
  found=$(grep -rnE '#include ".*0[1-8]_' "$ROOT/harness") || :
  echo "$found"
  [ -z "$found" ]
}

# The names of the system calls stand in build/harness/trace/names.h: `[SYS_read] = "read",`.
@test "the pure parts make no system call" {
  sed -n 's/^\[SYS_.*"\(.*\)",$/\1/p' "${BIN%/bin}/harness/trace/names.h" | grep -vx exit >"$BATS_TEST_TMPDIR/calls"
  [ "$(wc -l <"$BATS_TEST_TMPDIR/calls")" -ge 200 ]
  cd "$ROOT/harness"
  wrong=
  count=0
  for pattern in $(block pure); do
    for file in $(compgen -G "$pattern" || echo "$pattern"); do
      count=$((count + 1))
      names=$(nm -u "${BIN%/bin}/harness/${file%.c}.o")
      made=$(awk '{ print $2 }' <<<"$names" | grep -xFf "$BATS_TEST_TMPDIR/calls") || continue
      echo "harness/$file is pure, says docs/architecture.md, and calls ${made//$'\n'/, }"
      wrong=yes
    done
  done
  [ -z "$wrong" ] && [ "$count" -ge 40 ]
}
