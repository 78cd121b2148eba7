#!/bin/sh
# check.sh: what `make check` adds to `make test`, each part where its tool is installed.
set -eu
cd "$(dirname "$0")/../.."
SANITIZE='-O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined'

have() { command -v "$1" >/dev/null 2>&1; }

# suite BUILD FILE...: files of tests, against the servers in build/BUILD.
suite() {
  build=$1
  shift
  IOLAB_BIN=$PWD/build/$build/bin IOLAB_SANITIZED=$build make -s BUILD="build/$build" BATS="$*" suite
}

echo "== shellcheck"
if have shellcheck; then
  shellcheck .ci/run harness/cmd/*.sh harness/tests/*.sh
  shellcheck -s bash -e SC2034,SC1091,SC2016,SC2154 harness/tests/*.bash harness/tests/*.bats 0*/*.bats
else
  echo "skipped, no shellcheck"
fi

echo "== clang, warnings are errors"
if have clang; then
  make -s -j2 BUILD=build/clang CC=clang CFLAGS='-O2 -g -Werror' all tests
else
  echo "skipped, no clang"
fi

echo "== gcc, warnings are errors"
if have gcc; then
  make -s -j2 BUILD=build/gcc CC=gcc CFLAGS='-O2 -g -Werror' all tests
else
  echo "skipped, no gcc"
fi

echo "== comparisons over all kinds of noise: who is fooled how often?"
make -s build/tests/resample_test
build/tests/resample_test --long

echo "== AddressSanitizer and UndefinedBehaviorSanitizer over the suite"
if echo 'int main(void) { return 0; }' | cc -fsanitize=address,undefined -x c -o build/sanitized - 2>/dev/null; then
  make -s -j2 BUILD=build/asan CFLAGS="$SANITIZE" all tests
  suite asan 0*/*.bats harness/tests/unit.bats harness/tests/http.bats harness/tests/exercise.bats \
    harness/tests/exercise_programs.bats
else
  echo "skipped, this compiler has no sanitizers"
fi

# What threads share without asking. It is slow to make threads, and makes one of its own: crowd.scene and thread.scene
# would see that.
echo "== ThreadSanitizer over the battery of thread"
if echo 'int main(void) { return 0; }' | cc -fsanitize=thread -x c -o build/sanitized - 2>/dev/null; then
  make -s BUILD=build/tsan CFLAGS='-O1 -g -fsanitize=thread' build/tsan/bin/thread
  for group in bytes leaving pressure limits ending; do
    TSAN_OPTIONS=atexit_sleep_ms=0 build/bin/iolab scene "harness/battery/$group.scene" --model thread --keep-going \
      -- build/tsan/bin/thread --port '{port}' --quiet '{args}'
  done
else
  echo "skipped, this compiler has no ThreadSanitizer"
fi

echo "== fuzzing, 20 seconds each"
FUZZ='-O1 -g -std=c11 -I. -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined'
# fuzz NAME SOURCE...: what it finds stays in build/fuzz/NAME-crash-...: show it with build/tests/fuzz_NAME FILE.
fuzz() {
  name=$1
  shift
  rm -rf "build/fuzz/$name"
  mkdir -p "build/fuzz/$name"
  # shellcheck disable=SC2086
  clang $FUZZ -o "build/fuzz/fuzz_$name" "harness/tests/fuzz_$name.c" "$@" -pthread -lm
  build/tests/fuzz_"$name" --seeds "build/fuzz/$name"
  "build/fuzz/fuzz_$name" -max_total_time=20 -seed=1 -max_len=20000 -timeout=10 -print_final_stats=1 \
    -artifact_prefix="build/fuzz/$name-" "build/fuzz/$name" >"build/fuzz/$name.log" 2>&1 ||
    { tail -n 60 "build/fuzz/$name.log"; return 1; }
  awk -v name="$name" '/number_of_executed_units/ { print name ": " $2 " inputs" }' "build/fuzz/$name.log"
}
if echo 'int LLVMFuzzerTestOneInput(void); int LLVMFuzzerTestOneInput(void) { return 0; }' |
  clang -fsanitize=fuzzer,address -x c -o build/fuzzed - 2>/dev/null; then
  fuzz http harness/server/*.c
  fuzz exercise harness/exercise/sheet.c harness/exercise/variants.c harness/exercise/progress.c harness/exercise/text.c
  fuzz scene -Ibuild harness/scene/parse*.c harness/scene/words.c harness/scene/value.c harness/scene/counted.c \
    harness/scene/braces.c \
    harness/trace/calls.c harness/trace/errors.c
else
  echo "skipped, no clang with libFuzzer"
fi

# valgrind sees what a sanitizer does not: bytes that threads hidden in glibc write. (ThreadSanitizer cannot run aio at
# all: such a thread makes another, and its allocator has never heard of the first.)
valgrinded() {
  log=build/valgrind.$1 ready=build/valgrind.$1.ready
  : >"$ready"
  valgrind --track-fds=yes --log-file="$log" --error-exitcode=1 \
    "build/bin/$1" --port 0 --quiet --max-clients 16 >"$ready" 2>/dev/null &
  pid=$!
  until port=$(sed -n 's/^ready .*://p' "$ready") && [ -n "$port" ]; do kill -0 "$pid"; done
  served=yes
  build/bin/iolab drive "127.0.0.1:$port" -c 8 --idle 4 --window 300 --csv >/dev/null || served=no
  kill "$pid"
  wait "$pid" || { cat "$log"; return 1; }
  [ $served = yes ] || return 1
  if grep '^==[0-9]*== Open AF_INET socket .* <-> 127' "$log"; then
    echo "$1: these clients have left, and their descriptors are open"
    return 1
  fi
}

echo "== valgrind over a short session: memory, and descriptors that stay open"
if have valgrind; then
  for model in aio thread; do [ ! -x "build/bin/$model" ] || valgrinded "$model"; done
else
  echo "skipped, no valgrind"
fi
echo "== check: done"
