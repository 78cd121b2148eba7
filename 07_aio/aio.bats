#!/usr/bin/env bats
# What must hold for aio.
load ../harness/tests/lab
load ../harness/tests/breaks

@test "aio: what comes back is what was sent" { plays aio bytes; }
@test "aio: clients leave in every way there is" { plays aio leaving; }
@test "aio: one client takes or gives too much" { plays aio pressure; }
@test "aio: many clients, most of them silent" { plays aio crowd; }
@test "aio: at a limit it neither dies nor spins" { plays aio limits; }
@test "aio: it is asked to end" { plays aio ending; }
@test "aio: http, in pieces, at once, without end" { plays aio http; }
@test "aio: flags, exits and books" { keeps_the_contract aio; }
@test "aio: who waits, and for what" { plays aio aio; }

# builds SED: aio.c, changed by sed, as $OPEN/aio, in a folder that every user may look into; and as $OPEN/somebody, the
# same as a user who has no other program.
builds() {
  OPEN=$(mktemp -d)
  chmod 755 "$OPEN"
  sed "$1" "$ROOT/07_aio/aio.c" >"$OPEN/aio.c"
  if [ -n "$1" ] && cmp -s "$OPEN/aio.c" "$ROOT/07_aio/aio.c"; then
    echo "sed '$1' finds nothing to change in aio.c: adapt the test"
    return 1
  fi
  (cd "$ROOT" && server_objects && cc -std=c11 -O1 -w -pthread -I. -o "$OPEN/aio" "$OPEN/aio.c" "${OBJECTS[@]}")
  printf '#!/bin/sh\nexec %s %s/aio "$@"\n' "${as_somebody[*]}" "$OPEN" >"$OPEN/somebody"
  chmod 755 "$OPEN/somebody"
}

# Not the same in two runs at a time: the limit is the user's.
somebody=$((60000 + $$ % 5000))
as_somebody=(setpriv --reuid="$somebody" --regid="$somebody" --clear-groups)

needs_root() {
  [ "$(id -u)" -eq 0 ] || skip "only root can become a user who has no other program"
  command -v setpriv prlimit >/dev/null || skip "no setpriv or no prlimit (util-linux)"
}

# against PROGRAM: plays the scene on stdin.
against() {
  cat >"$BATS_TEST_TMPDIR/here.scene"
  "$IOLAB" scene "$BATS_TEST_TMPDIR/here.scene" -- "$1" --port '{port}' --quiet
}

teardown() {
  if [ -n "${PID:-}" ] && kill -KILL "$PID" 2>/dev/null; then
    wait "$PID" || :
  fi
  [ -z "${OPEN:-}" ] || rm -r "$OPEN"
}

@test "with the 20 threads that glibc takes the 21st client starves, as shipped it does not" {
  sed '/aio_init(/d' "$ROOT/07_aio/aio.c" >"$BATS_TEST_TMPDIR/aio20.c"
  cc -pthread -I"$ROOT" -o "$BATS_TEST_TMPDIR/aio20" "$BATS_TEST_TMPDIR/aio20.c" "$ROOT"/harness/server/*.c
  plays_with() { "$IOLAB" scene "$ROOT/harness/battery/aio.scene" --only twenty-first -- "$1" --port '{port}' --quiet; }
  refuses 1 "POOL_STARVED: 21 threads" plays_with "$BATS_TEST_TMPDIR/aio20"
  plays_with "$BIN/aio"
}

worst_moment() {
  against "$OPEN/aio" <<'END'
scene worst-moment "SIGTERM, between the last look and the wait"
client A
A ping
A close
server exit is 0 within 1s else LOST_WAKEUP "its exit is {got}: asked just before the wait, it waits; in {server blocked-in}"
END
}

# The signal is raised at that very moment, when the first client has left.
raised='s|/\* Wait \*/|static int once;\
        if (calls.writes > 0 \&\& !exchange_open(\&conns[count - 1].talk) \&\& !once++) raise(SIGTERM);|'

@test "asked to end just before the wait, it does not wait" {
  builds "$raised"
  worst_moment
}

@test "... but without the signal that the shut listener raises, it would" {
  builds "$raised; s/once++)/once++ \&\& fcntl(listener, F_SETFL, O_NONBLOCK) == 0)/"
  run worst_moment
  echo "$output"
  [ "$status" -eq 1 ]
  [[ $output == *"LOST_WAKEUP"*"in sigwaitinfo"* ]]
}

few_threads() {
  against "$OPEN/somebody" <<'END'
scene few-threads "Its user may have 30 threads, and 60 clients come"
server limit nproc 30
always server alive    else DIED "it ended with {server exit}"
client A
A ping
client C x60
server settle
A ping                 else FROZEN "{server threads} threads: a request for which none could be made waits in line, and took A's when A spoke"
C close
server answers         else NEVER_RECOVERS "there is room again, and a new client is not served"
END
}

@test "as many clients as there can be threads, and no more" {
  needs_root
  builds ""
  few_threads
}

@test "... as glibc does not tell when it cannot make one" {
  needs_root
  builds '/server.max_clients = made;/d; s/aio_threads = made/aio_threads = 2000/'
  run few_threads
  echo "$output"
  [ "$status" -eq 1 ]
  [[ $output == *"FROZEN: 30 threads"* ]]
}

@test "where not one thread can be had, it says so and ends" {
  needs_root
  builds ""
  (ulimit -u 1; refuses 1 "aio: pthread_create: Resource temporarily unavailable" "$OPEN/somebody" --port 0)
}

@test "when later there is no thread at all, aio_read says so: the client is closed, the next is served" {
  needs_root
  builds ""
  BIN=$OPEN starts somebody
  "${as_somebody[@]}" prlimit --pid "$PID" --nproc=1:
  exec 7<>"/dev/tcp/127.0.0.1/$PORT"
  timeout 5 cat <&7
  "${as_somebody[@]}" prlimit --pid "$PID" --nproc=4096:
  exec 7<>"/dev/tcp/127.0.0.1/$PORT"
  echo hello >&7
  read -r -t 5 line <&7
  [ "$line" = hello ]
  exec 7>&-
  ends
  cat "$BATS_TEST_TMPDIR/errors"
  grep -q 'refused 1,' "$BATS_TEST_TMPDIR/errors"
}
