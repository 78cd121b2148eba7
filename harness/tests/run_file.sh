#!/bin/sh
# run_file.sh FILE.bats LOG: runs one file of tests; its output, in the Test Anything Protocol, goes to LOG. Says one
# line when it is done, and shows the tests that failed. Those with `# bats test_tags=slow` wait for SLOW=1.
set -u
began=$(date +%s)
mkdir -p "$(dirname "$2")"
chosen=
# A bats that knows no tags (before 1.8) runs them all.
oldest=$(printf '1.8\n%s\n' "$(bats --version | cut -d' ' -f2)" | sort -V | head -n 1)
if [ "${SLOW:-0}" = 0 ] && [ "$oldest" = 1.8 ]; then chosen='!slow'; fi
bats ${chosen:+--filter-tags "$chosen"} --tap "$1" >"$2" 2>&1
status=$?
passed=$(grep -c '^ok ' "$2")
failed=$(grep -c '^not ok ' "$2")
seconds=$(($(date +%s) - began))
[ "$status" -eq 0 ] || [ "$failed" -gt 0 ] || { failed=1; echo 'not ok - bats itself failed' >>"$2"; }
if [ "$failed" -eq 0 ]; then
  printf 'ok    %-36s %3d passed%s, %d s\n' "$1" "$passed" \
    "$(awk '/^ok .*# skip/ { n++ } END { if (n) printf ", %d of them skipped", n }' "$2")" "$seconds"
else
  printf 'FAIL  %-36s %3d passed, %d failed, %d s\n' "$1" "$passed" "$failed" "$seconds"
  awk '/^(not )?ok / { show = /^not/ } show { print "      " $0 }' "$2"
fi
exit "$((failed > 0))"
