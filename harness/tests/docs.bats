#!/usr/bin/env bats
# docs/scenes.md does not rot: its scenes are played, and it names what there is.
load lab

DOC=$ROOT/docs/scenes.md

# blocks KIND: each block that begins with ```KIND, into files 1.scene, 2.scene ... of KIND's folder.
blocks() {
  local into=$BATS_TEST_TMPDIR/$1
  mkdir -p "$into"
  awk -v kind="$1" -v into="$into" '
    /^```/ { if (inside) { inside = 0; next } split($0, word, /[` ]+/)
             if (word[2] == kind) { inside = 1; file = into "/" ++n ".scene"; print "# " word[3] >file } next }
    inside { print >file }' "$DOC"
  [ -n "$(ls "$into")" ] || { echo "no block $1 in $DOC"; return 1; }
}

# stands WORD: in the document as code, by itself.
stands() {
  grep -qE -- "(\`|^|[ (])$1([ \`,:.({]|\$)" "$DOC" || { echo "$DOC does not name: $1"; return 1; }
}

@test "the scenes in docs/scenes.md pass" {
  blocks scene
  cat "$BATS_TEST_TMPDIR"/scene/*.scene
  "$IOLAB" scene "$BATS_TEST_TMPDIR"/scene/*.scene --model select --keep-going
}

@test "the scene for fork alone is played by fork" {
  blocks scene
  cat "$BATS_TEST_TMPDIR"/scene/*.scene >"$BATS_TEST_TMPDIR/all.scene"
  "$IOLAB" scene "$BATS_TEST_TMPDIR/all.scene" --only a-child-dies --model fork | grep -q '1 passed'
}

@test "the scenes in docs/scenes.md that fail do so with their code" {
  blocks scene-fails
  for file in "$BATS_TEST_TMPDIR"/scene-fails/*.scene; do
    refuses 1 "$(sed -n '1s/^# //p' "$file"): " "$IOLAB" scene "$file" --model select
  done
}

@test "docs/scenes.md names every observation" {
  names=$(grep -oE '\{"[a-z-]+", SEE_' "$ROOT/harness/scene/value.c" | grep -oE '[a-z-]+')
  [ "$(echo "$names" | wc -l)" -ge 22 ]
  for name in $names; do stands "(server|A) $name"; done
  stands 'server said'
}

@test "docs/scenes.md names every word of the language" {
  words=$(grep -oE '(take|want|take_both|next_is)\(p, "[a-z]+"(, "[a-z]+")?' "$ROOT/harness/scene/parse.c" |
    grep -oE '"[a-z]+"' | tr -d '"' | sort -u)
  [ "$(echo "$words" | wc -l)" -ge 50 ]
  for word in $words; do stands "$word"; done
}

@test "docs/scenes.md names every code, signal and state" {
  for code in $(sed -n 's/^ *{"\([A-Z_]*\)", "{*.*"},$/\1/p' "$ROOT/harness/scene/cause.c") \
    $(grep -ohE '(set_code\(stage, |outcome->code, |outcome, )"[A-Z_]+"|"(DIED|NOT_STARTED|SANITIZER|NO_EOF)"' \
      "$ROOT"/harness/scene/play.c "$ROOT"/harness/scene/cause.c | grep -oE '[A-Z_]{4,}'); do
    stands "$code"
  done
  for signal in $(sed -n '/want_signal/,/^}/p' "$ROOT/harness/scene/parse.c" | grep -oE '"[A-Z0-9]+", SIG' | tr -d '", ' |
    sed 's/SIG$//'); do stands "$signal"; done
  for state in $(grep -oE '"connecting".*"closed"' "$ROOT/harness/scene/client.c" | tr -d '",'); do stands "$state"; done
}
