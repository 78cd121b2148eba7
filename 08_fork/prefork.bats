#!/usr/bin/env bats
# What must hold for prefork.
load ../harness/tests/lab

@test "prefork: what comes back is what was sent" { plays prefork bytes; }
@test "prefork: clients leave in every way there is" { plays prefork leaving; }
@test "prefork: one client takes or gives too much" { plays prefork pressure; }
@test "prefork: many clients, most of them silent" { plays prefork crowd; }
@test "prefork: at a limit it neither dies nor spins" { plays prefork limits; }
@test "prefork: it is asked to end" { plays prefork ending; }
@test "prefork: http, in pieces, at once, without end" { plays prefork http; }
@test "prefork: workers die, and are asked to end" { plays prefork prefork; }
@test "prefork: a worker that crashes is not replaced in a storm" {
  [ -z "${IOLAB_SANITIZED:-}" ] || skip "a sanitizer needs memory and descriptors of its own"
  plays prefork tight
}
@test "prefork: flags, exits and books" { keeps_the_contract prefork; }

# workers: the numbers of the processes that the supervisor has.
workers() { pgrep -P "$PID"; }

# until_ended PID...: they must be gone within 5 s.
until_ended() {
  for pid in "$@"; do
    timeout 5 tail -s 0.01 --pid="$pid" -f /dev/null || { echo "process $pid runs on"; return 1; }
  done
}

# until_workers N: so many there must be within 5 s.
until_workers() {
  local deadline=$((SECONDS + 5))
  until [ "$(workers | wc -l)" -eq "$1" ]; do
    [ $SECONDS -lt $deadline ] || { echo "want $1 workers, got $(workers | wc -l)"; return 1; }
  done
}

# until_idle: all have heard that their client left: none has a socket but the listener.
until_idle() {
  local pid deadline=$((SECONDS + 5))
  for pid in $(workers); do
    until [ "$(find "/proc/$pid/fd" -lname 'socket:*' | wc -l)" -eq 1 ]; do
      [ $SECONDS -lt $deadline ] || { echo "worker $pid keeps its client"; return 1; }
    done
  done
}

@test "prefork: of a worker that is killed the client is lost, and what is in the books remains" {
  starts prefork --max-clients 2 --books "$BATS_TEST_TMPDIR/books"
  is_answered                               # 1, and finished
  until_workers 2
  exec 7<>"/dev/tcp/127.0.0.1/$PORT" 8<>"/dev/tcp/127.0.0.1/$PORT"
  echo hello >&7
  echo hello >&8
  read -r -t 5 <&7
  read -r -t 5 <&8
  mapfile -t killed < <(workers)
  kill -KILL "${killed[@]}"                        # 2 and 3: both workers have a client
  until_ended "${killed[@]}"
  is_answered                               # 4, and finished, by somebody new
  until_workers 2
  until_idle
  mapfile -t idle < <(workers)
  kill -KILL "${idle[@]}"                          # nobody is there
  until_ended "${idle[@]}"
  is_answered                               # 5, and finished
  until_workers 2
  until_idle
  ends
  cat "$BATS_TEST_TMPDIR/books"
  balances "$BATS_TEST_TMPDIR/books"
  [ "$(booked lost "$BATS_TEST_TMPDIR/books")" -eq 2 ]
  [ "$(booked finished "$BATS_TEST_TMPDIR/books")" -eq 3 ]
}

@test "prefork: workers are killed while clients come and go, and the books balance" {
  starts prefork --max-clients 4 --books "$BATS_TEST_TMPDIR/books"
  clients=()
  for _ in {1..20}; do
    for _ in {1..8}; do
      (echo hello >"/dev/tcp/127.0.0.1/$PORT") &
      clients+=($!)
    done
    workers | xargs kill -KILL 2>/dev/null || :
  done
  wait "${clients[@]}"
  is_answered
  ends
  cat "$BATS_TEST_TMPDIR/books"
  balances "$BATS_TEST_TMPDIR/books"
}

@test "prefork: the supervisor is killed, and no worker is left behind" {
  starts prefork
  until_workers 64
  mapfile -t left < <(workers)
  kill -KILL "$PID"
  until_ended "${left[@]}"
}

@test "prefork: who comes late to a newcomer does not wait in accept, deaf to SIGTERM" {
  starts prefork --max-clients 16
  until_workers 16
  mapfile -t all < <(workers)
  for _ in {1..40}; do
    kill -STOP "${all[@]}"
    exec 9<>"/dev/tcp/127.0.0.1/$PORT"
    kill -CONT "${all[@]}"                 # all may see that somebody waits; one has it
    echo hello >&9
    read -r -t 5 <&9
    exec 9>&-
    for pid in "${all[@]}"; do
      ! grep accept "/proc/$pid/wchan" || { echo "worker $pid came late, and waits inside accept"; return 1; }
    done
  done
  kill -STOP "$PID"                         # nobody takes their places
  kill -TERM "${all[@]}"
  deadline=$((SECONDS + 5))
  until [ "$(pgrep -r Z -P "$PID" | wc -l)" -eq 16 ]; do
    [ $SECONDS -lt $deadline ] || { echo "who is no zombie runs on:"; ps -o pid,stat,wchan:20,args --ppid "$PID"; return 1; }
  done
  kill -CONT "$PID"
  is_answered
  ends
}

@test "prefork: no process can be made: the workers that there are serve; later the pool is full again" {
  starts_ordinary prefork
  until_workers 64
  no_more_processes
  workers | head -n 60 | xargs kill -KILL
  until_workers 4
  is_answered
  processes_again
  until_workers 64
  is_answered
  ends
  balances "$ORDINARY/books"
}

@test "prefork: without a single worker it says why, and ends" {
  as_ordinary_user prefork
  refuses 1 "prefork: fork: Resource temporarily unavailable" \
    timeout 5 bash -c 'ulimit -S -u 1; exec "$@"' - "${AS[@]}" "$ORDINARY/prefork" --port 0 --quiet
}
