#!/usr/bin/env bats
# The unit tests of the harness, each a program (harness/tests/NAME_test.c).
load lab

@test "the unit tests pass" {
  failed=0
  for source in "$ROOT"/harness/tests/*_test.c; do
    name=$(basename "$source" .c)
    echo "# $name"
    "${BIN%/bin}/tests/$name" || failed=1
  done
  [ "$failed" -eq 0 ]
}

@test "known inputs, changed at random: nothing breaks what must hold (fuzz_*.c)" {
  failed=0
  cd "$ROOT"
  for source in harness/tests/fuzz_*.c; do
    name=$(basename "$source" .c)
    [ "$name" = fuzz_main ] || "${BIN%/bin}/tests/$name" || failed=1
  done
  [ "$failed" -eq 0 ]
}
