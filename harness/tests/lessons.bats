#!/usr/bin/env bats
# The eight lessons are one course: the same parts in the same order, a figure with words for who cannot see it, commands
# that are all tried, and no figure that no command printed.
load lab

mapfile -t LABS < <(printf '%s\n' "$ROOT"/0[1-8]_* | grep "${LAB:-}")        # LAB=03_select: this one alone

# each CHECK: for each lesson; all that fail are told.
each() {
  local lab bad=0
  for lab in "${LABS[@]}"; do
    LESSON=$lab/README.md
    "$@" >"$BATS_TEST_TMPDIR/faults" 2>&1 || { sed "s,^,${lab##*/}/README.md: ," "$BATS_TEST_TMPDIR/faults"; bad=1; }
  done
  return $bad
}

headings() { printf '%s\n' 'The question' 'Two phases' Predict Run Observe Explain 'You may believe' \
  'Limits of this server' Exercises 'In production' 'Read on'; }

has_the_parts() {
  diff <(headings) <(sed -n 's/^## //p' "$LESSON" | sed 's/these servers/this server/')
}

@test "each lesson has the same parts, in the same order" { each has_the_parts; }

begins_with_minutes_and_goals() {
  head -n 4 "$LESSON" | grep -qE '^\*Lesson [1-8] of 8 · [0-9]+ minutes' &&
    sed '/^## /,$d' "$LESSON" | grep -q '^Afterwards you can' &&
    [ "$(sed '/^## /,$d' "$LESSON" | grep -c '^- ')" -ge 3 ]
}

@test "each says first how long it takes, and what one can do then" { each begins_with_minutes_and_goals; }

has_a_figure_of_its_models() {
  local lab=${LESSON%/README.md} source model
  grep -qE '^!\[.{60,}' "$LESSON" || { echo "no words for the figure"; return 1; }
  grep -q '](phases\.svg)$' "$LESSON" || { echo "no figure"; return 1; }
  for source in "$lab"/*.c; do
    model=$(basename "$source" .c | tr _ -)
    grep -qE "[ >]${model}[ <]" "$lab/phases.svg" || { echo "phases.svg does not draw $model"; return 1; }
  done
  grep -qE '^\*`make models ARGS=' "$LESSON" || { echo "the command that drew it is not named"; return 1; }
}

@test "each has the figure of its servers, with words for it and the command that drew it" { each has_a_figure_of_its_models; }

tries_all_commands() {
  local name bad=0
  while read -r name; do
    grep -qE "^ *plays_block $name( |\$)" "${LESSON%README.md}lesson.bats" || { echo "nobody tries: $name"; bad=1; }
  done < <(sed -n 's/^```sh \(.*\)/\1/p' "$LESSON" | grep -v '^terminals$')
  grep -n '^```sh$' "$LESSON" && { echo "commands without a name"; bad=1; }
  return $bad
}

@test "each block of commands is tried by the lesson's own test" { each tries_all_commands; }

refutes_with_commands() {
  local part
  part=$(sed -n '/^## You may believe/,/^## Limits/p' "$LESSON")
  [ "$(grep -c '^\*\*"' <<<"$part")" -ge 2 ] || { echo "fewer than two misconceptions"; return 1; }
  [ "$(grep -c '^```sh ' <<<"$part")" -ge "$(grep -c '^\*\*"' <<<"$part")" ] || { echo "one has no command"; return 1; }
}

@test "what one may believe is refuted by a command" { each refutes_with_commands; }

# A figure with a unit, outside of blocks, in the parts that tell what was seen.
figures_were_printed() {
  local figure bad=0
  while read -r figure _; do
    sed -n '/^```/,/^```$/p' "$LESSON" | grep -qE "(^|[^0-9.])${figure//./\\.}([^0-9]|\$)" ||
      { echo "no command printed: $figure"; bad=1; }
  done < <(sed -n '/^## Observe/,/^## Limits/p' "$LESSON" | sed '/^```/,/^```/d' |
    grep -oE '[0-9][0-9.,]* (ns|us|µs|ms|%|times|KiB|MiB|bytes|sleeps|calls|threads)')
  return $bad
}

@test "no figure in a lesson that none of its commands printed" { each figures_were_printed; }

names_its_exercises() {
  local lab=${LESSON%/README.md} sheet id minutes begin
  for sheet in "$lab"/exercises/*.md; do
    [ -e "$sheet" ] || continue
    id=$(basename "$sheet" | sed 's/_.*//') minutes=$(sed -n 's/^- minutes: //p' "$sheet")
    begin=start
    [ ! -e "${sheet%.md}.predictions" ] || begin=predict
    grep -qF "| $id | $(sed -n '1s/^# //p' "$sheet") | $minutes | \`make $begin-$id\` |" "$LESSON" ||
      { echo "exercise $id, its title, its $minutes minutes or \`make $begin-$id\` are not there"; return 1; }
  done
}

@test "each names the exercises of its lab, with their minutes" { each names_its_exercises; }

leads_on() {
  local lab=${LESSON%/README.md} number next
  number=${lab##*/0} number=${number%%_*}
  next=("$ROOT/0$((number + 1))"_*)
  grep -q "^\*Lesson $number of 8" "$LESSON" || { echo "it does not say that it is lesson $number"; return 1; }
  [ "$number" -eq 8 ] || grep -q "next: \[.*\](\.\./${next##*/}/README.md)" "$LESSON" || { echo "where does it go on?"; return 1; }
}

@test "each leads to the next" { each leads_on; }

has_references() {
  local part word bad=0
  part=$(sed -n '/^## Read on/,$p' "$LESSON")
  for word in '([0-9])' POSIX UNP TLPI; do grep -qF "$word" <<<"${part//([1-9])/([0-9])}" || { echo "no $word"; bad=1; }; done
  return $bad
}

@test "each names man pages, POSIX, UNP and TLPI" { each has_references; }
