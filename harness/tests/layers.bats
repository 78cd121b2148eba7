#!/usr/bin/env bats
# Who may use whom, read off the include lines. The picture is in docs/architecture.md.
load lab

# only FOLDER ALLOWED...: the sources in the folder include nothing else of ours.
only() {
  local folder=$1 allowed bad
  shift
  allowed=$(printf '|%s' "$@")
  bad=$(grep -nE '^#include "' "$ROOT/$folder"/*.[ch] | grep -vE "\"harness/(${allowed#|})[/\"]" || :)
  [ -z "$bad" ] || { echo "$folder may include $* only:"; echo "$bad"; return 1; }
}

@test "a lab includes harness/server and nothing else" {
  for lab in "$ROOT"/0[1-8]_*/; do only "$(basename "$lab")" server; done
}
@test "the harness never includes a lab" {
  found=$(grep -rnE '#include ".*0[1-8]_' "$ROOT/harness") || :
  echo "$found"
  [ -z "$found" ]
}
@test "server: itself" { only harness/server server; }
@test "stats: itself" { only harness/stats stats; }
@test "child: itself" { only harness/child child; }
@test "meter: child" { only harness/meter meter child; }
@test "trace: itself" { only harness/trace trace; }
@test "scene: child, trace, meter" { only harness/scene scene child trace meter; }
@test "exercise: scene, child" { only harness/exercise exercise scene child; }
@test "an exercise includes harness/server and nothing else" {
  for folder in "$ROOT"/0[1-8]_*/exercises; do
    ! compgen -G "$folder/*.c" >/dev/null || only "${folder#"$ROOT/"}" server
  done
}
@test "figure: trace; and the figure that a report draws" { only harness/figure figure trace report/figure.h; }
@test "load: stats" { only harness/load load stats; }
@test "trial: load, child, meter, stats; and the writer of result files" {
  only harness/trial trial load child meter stats report/csv.h
}
@test "claim: scene, trial, load, child, meter, trace, figure, stats" {
  only harness/claim claim scene trial load child meter trace figure stats
}
@test "report: stats and the result files" { only harness/report report stats; }
