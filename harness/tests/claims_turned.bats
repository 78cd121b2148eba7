#!/usr/bin/env bats
# Experiments of `iolab claims` in a world that is turned upside down: the careless servers are careful, epoll-et is told
# again, a pool is none, and so on. Each verdict must turn. (What the figures mean is judge_test.c's affair.)
load lab

# is NAME COMMAND...: in the other world, the program NAME is that command.
is() {
  local name=$1
  shift
  rm -f "$OTHER/$name"
  printf '#!/bin/sh\nexec %s\n' "$*" >"$OTHER/$name"
  chmod 755 "$OTHER/$name"
}

# The claims are tried once; a test looks at one of them.
setup_file() {
  load lab
  OTHER=$BATS_FILE_TMPDIR/other
  mkdir -p "$OTHER/bin" "$OTHER/claim"
  for program in "$BIN"/*; do ln -s "$program" "$OTHER/bin"; done
  rm "$OTHER/bin/iolab"
  cp "$IOLAB" "$OTHER/bin"                      # it looks for the others where it is itself
  is claim/careless_wait "$BIN/fork --port 0 --quiet"
  is claim/careless_copy "$BIN/fork --port 0 --quiet"
  is claim/careless_aio "$BIN/poll --port 0 --quiet"
  is bin/aio "$BIN/poll" '"$@"'
  is bin/epoll-et "$BIN/epoll-lt" '"$@"'
  is bin/prefork "$BIN/fork --port 0 --quiet"   # at a limit it would refuse who comes before the last are buried
  is bin/thread "$BIN/epoll-lt" '"$@"'
  is bin/select "$BIN/blocking" '"$@"'
  is bin/poll "$BIN/poll --port 0 --quiet"      # it never takes its time
  cd "$ROOT" || return
  "$OTHER/bin/iolab" claims --csv lt-again-et-once et-needs-drain one-wait-per-signal parent-copy pool-bounded \
    threads-switch aio-is-threads only-aio-copies join-while-running wait-with-timeout >"$BATS_FILE_TMPDIR/turned.csv"
  is bin/epoll-et "${BIN%/bin}/tests/rogue dies"
  "$OTHER/bin/iolab" claims --csv big-messages >>"$BATS_FILE_TMPDIR/turned.csv"
}

# turned ID TEXT: it is refuted, and TEXT stands in what was seen.
turned() {
  local line
  line=$(grep "^$1," "$BATS_FILE_TMPDIR/turned.csv")
  echo "$line"
  [[ $line != *"NOT TRIED"*"tracing is denied"* ]] || skip "tracing is denied here"
  [[ $line == *",REFUTED,"*"$2"* ]]
}

@test "edge-triggered epoll is told again: lt-again-et-once" { turned lt-again-et-once "ET was woken 64 times"; }
@test "... and strands nothing: et-needs-drain" { turned et-needs-drain "ET left 0 of them"; }
@test "the careless parent buries all: one-wait-per-signal" { turned one-wait-per-signal "left 0 zombies"; }
@test "the careless parent closes its copy: parent-copy" { turned parent-copy "It keeps it: the end comes"; }
@test "the pool makes a process for each client: pool-bounded" { turned pool-bounded "and 0 clients in line"; }
@test "a thread serves many: threads-switch" { turned threads-switch ""; }
@test "AIO without threads: aio-is-threads" { turned aio-is-threads "no thread for each of them waits in read"; }
@test "... and who waits reads himself: only-aio-copies" { turned only-aio-copies "Not as it is claimed: aio"; }
@test "a server that has one client at a time: join-while-running" { turned join-while-running "Not so select"; }
@test "a server that answers at once, where it should take its time: wait-with-timeout" {
  turned wait-with-timeout "cancelled when"
}
@test "a server that dies of its first client: big-messages" { turned big-messages "0 of 9 messages"; }

@test "where tracing is denied, what is counted by tracing is not tried, and the way out is told" {
  refuses 77 "--cap-add SYS_PTRACE" "${BIN%/bin}/tests/without_ptrace" "$IOLAB" claims --csv lt-again-et-once
  refuses 77 "--cap-add SYS_PTRACE" "${BIN%/bin}/tests/without_ptrace" "$IOLAB" claims --csv only-aio-copies
}
