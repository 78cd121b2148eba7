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

observations() { grep -oE '\{"[a-z-]+", SEE_' "$ROOT/harness/scene/value.c" | grep -oE '[a-z-]+'; }

words_of_the_language() {
  grep -ohE '(take|want|take_both|next_is)\(p, "[a-z]+"(, "[a-z]+")?' "$ROOT"/harness/scene/parse*.c |
    grep -oE '"[a-z]+"' | tr -d '"' | sort -u
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

@test "the scenes for epoll-et alone are played by epoll-et" {
  blocks scene
  cat "$BATS_TEST_TMPDIR"/scene/*.scene >"$BATS_TEST_TMPDIR/all.scene"
  "$IOLAB" scene "$BATS_TEST_TMPDIR/all.scene" --only modes --model epoll-et | grep -q '1 passed'
}

@test "the scenes in docs/scenes.md that fail do so with their code" {
  blocks scene-fails
  for file in "$BATS_TEST_TMPDIR"/scene-fails/*.scene; do
    refuses 1 "$(sed -n '1s/^# //p' "$file"): " "$IOLAB" scene "$file" --model select
  done
}

@test "docs/scenes.md names every observation" {
  names=$(observations)
  [ "$(echo "$names" | wc -l)" -ge 22 ]
  for name in $names; do stands "(server|A) $name"; done
  stands 'server said'
}

@test "docs/scenes.md names every word of the language" {
  words=$(words_of_the_language)
  [ "$(echo "$words" | wc -l)" -ge 50 ]
  for word in $words; do stands "$word"; done
}

# The scenes of the document, less their texts and comments: what a test has played.
played() {
  blocks scene && blocks scene-fails
  cat "$BATS_TEST_TMPDIR"/scene/*.scene "$BATS_TEST_TMPDIR"/scene-fails/*.scene |
    sed 's/\\"//g; s/"[^"]*"//g; s/\(^\| \)#.*//' >"$BATS_TEST_TMPDIR/played"
}

# has_example PATTERN: a scene that is played has it.
has_example() {
  grep -qE -- "(^|[ (=])$1([ )]|\$)" "$BATS_TEST_TMPDIR/played" || { echo "no scene in $DOC has: $1"; return 1; }
}

@test "each word, each observation and each relation has an example that is played" {
  played
  for word in $(words_of_the_language); do has_example "$word"; done
  for name in $(observations); do has_example "(server|[A-Z][a-z]*[0-9]*) $name"; done
  for relation in 'is' 'is not' 'below' 'above' 'at least' 'at most' 'between [^ ]+ and' 'as at [a-z]+' \
    'at most [^ ]+ above [a-z]+' 'within' 'for' 'since'; do has_example "$relation"; done
  has_example 'server calls\([a-z]+\)'
  has_example 'server calls\([a-z]+=[A-Z]+\)'
  has_example 'server calls\([a-z]+ in handler\)'
  has_example 'server bytes\([a-z]+\)'
  has_example 'server blocked in [a-z]+ on [A-Z]'
}

# codes FILE: those that are set, or told, in a source of the scenes.
codes() {
  grep -ohE '(set_code\(stage, |code, |outcome, |\{|: |\? )"[A-Z_]{4,}"' "$ROOT/harness/scene/$1" |
    grep -oE '[A-Z_]{4,}'
}

@test "docs/scenes.md names every code, signal and state" {
  for code in $(codes play.c) $(codes cause.c); do stands "$code"; done
  signals=$(grep -oE '\{"[A-Z0-9]+", SIG' "$ROOT/harness/scene/parse_line.c" | grep -oE '"[A-Z0-9]+"' | tr -d '"')
  for signal in $signals; do stands "$signal"; done
  states=$(grep -oE '"connecting".*"closed"' "$ROOT/harness/scene/client.c" | tr -d '",')
  for state in $states; do stands "$state"; done
}

@test "docs/http.md gives every reason for which a request is refused, with its status" {
  reasons=$(grep -ohE '[ {][0-9]{3}, "[a-zA-Z][^"]+"' "$ROOT/harness/server/http_read.c" "$ROOT/harness/server/http.c" |
    sed -E 's/^.([0-9]+), "(.*)"/| \1 | \2 |/' | sort -u)
  [ "$(wc -l <<<"$reasons")" -ge 30 ]
  while read -r reason; do
    grep -qF -- "$reason" "$ROOT/docs/http.md" || { echo "docs/http.md does not say: $reason"; return 1; }
  done <<<"$reasons"
}
