#!/usr/bin/env bats
# What must hold for thread.
load ../harness/tests/lab
load ../harness/tests/breaks

@test "thread: what comes back is what was sent" { plays thread bytes; }
@test "thread: clients leave in every way there is" { plays thread leaving; }
@test "thread: one client takes or gives too much" { plays thread pressure; }
@test "thread: many clients, most of them silent" { plays thread crowd; }
@test "thread: at a limit it neither dies nor spins" { plays thread limits; }
@test "thread: it is asked to end" { plays thread ending; }
@test "thread: http, in pieces, at once, without end" { plays thread http; }
@test "thread: many leave, and leave nothing" { plays thread thread; }
@test "thread: a thread leaves no stack behind" {
  [ -z "${IOLAB_SANITIZED:-}" ] || skip "a sanitizer needs memory and descriptors of its own"
  plays thread tight
}
@test "thread: flags, exits and books" { keeps_the_contract thread; }
@test "thread: no thread can be made: that client is refused, the next is served" { refuses_when_births_fail thread; }

# Two naps widen that moment: the client has left, its thread has not yet ended, and main looks whether to go on.
@test "thread: asked to end while a thread is about to, main waits for it, and its calls are in the books" {
  breaks thread 's/^    server_thread_ends();/    usleep(300000);\n&/'
  breaks thread 's/^        calls.waits++;$/        if (client < 0) usleep(100000);\n&/'
  cat >"$BATS_TEST_TMPDIR/last.scene" <<'END'
scene last-calls "SIGTERM, and the last client leaves at once"
client A
A ping
server terminate
A expect eof
server exit is 0 within 2s
server said(reads) is 2 else UNBOOKED "{got} reads in the summary, want two: main did not wait for the thread"
END
  builds thread -pthread
  "$IOLAB" scene "$BATS_TEST_TMPDIR/last.scene" -- ./changed-thread --port '{port}' --quiet
}
