#!/usr/bin/env bats
# Programs that are not ours: what docs/battery-others.md says of socat, here as well.
load lab

# of_socat LISTEN-OPTION: the scenes that the tests below look at, as CSV, in $OUT.
of_socat() {
  command -v socat >/dev/null || skip "no socat"
  OUT=$BATS_TEST_TMPDIR/csv
  for scene in bytes/stream bytes/urgent pressure/slow-reader ending/term-clients crowd/while-away; do
    "$IOLAB" scene "$ROOT/harness/battery/${scene%/*}.scene" --only "${scene#*/}" --csv -- \
      socat "TCP-LISTEN:{port},fork,reuseaddr$1" EXEC:cat | tail -n +2
  done >"$OUT"
  cat "$OUT"
}

# result SCENE TEXT: what came of the scene begins so: its result, code and so on.
result() {
  grep -qE "^$1,,,$2," "$OUT" || { echo "$1: want $2"; return 1; }
}

@test "socat: every byte, also to a slow reader; nothing out of band, no goodbye, and a queue of six" {
  of_socat ""
  result stream pass
  result slow-reader pass
  result urgent FAIL,URGENT_LOST
  result term-clients FAIL,NO_EOF
  result while-away FAIL,NOT_CONNECTED
  grep -q '^while-away,.*"6 of 20 clients connected"$' "$OUT"
}

@test "socat with a longer queue: all are connected" {
  of_socat ,backlog=1024
  result while-away pass
  result urgent FAIL,URGENT_LOST
}

@test "docs/battery-others.md: its scenes are there" {
  local doc=$ROOT/docs/battery-others.md
  mapfile -t scenes < <(grep -oE '`(aio|bytes|crowd|ending|leaving|limits|pressure|uring)/[a-z0-9-]+`' "$doc" | tr -d '`')
  [ "${#scenes[@]}" -ge 15 ]
  for scene in "${scenes[@]}"; do
    grep -q "^scene ${scene#*/} " "$ROOT/harness/battery/${scene%/*}.scene" || { echo "no scene $scene"; return 1; }
  done
  mapfile -t http < <(sed -n '/^## Pages/,$p' "$doc" | grep '^|' | grep -oE '`[a-z-]+`' | tr -d '`')
  [ "${#http[@]}" -ge 10 ]
  for scene in "${http[@]}"; do
    grep -q "^scene $scene " "$ROOT/harness/battery/http.scene" || { echo "no scene $scene in http.scene"; return 1; }
  done
}
