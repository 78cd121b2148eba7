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
  IOLAB_BIN=$PWD/build/$build/bin make -s BUILD="build/$build" BATS="$*" suite
}

echo "== shellcheck"
if have shellcheck; then
  shellcheck .ci/run harness/cmd/*.sh harness/tests/*.sh
  shellcheck -s bash -e SC2034,SC1091,SC2016 harness/tests/*.bash harness/tests/*.bats 0*/*.bats
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

echo "== AddressSanitizer and UndefinedBehaviorSanitizer over the suite"
if echo 'int main(void) { return 0; }' | cc -fsanitize=address,undefined -x c -o build/sanitized - 2>/dev/null; then
  make -s -j2 BUILD=build/asan CFLAGS="$SANITIZE" all tests
  suite asan 0*/*.bats harness/tests/unit.bats
else
  echo "skipped, this compiler has no sanitizers"
fi
echo "== check: done"
