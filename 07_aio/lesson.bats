#!/usr/bin/env bats
# Does the lesson tell the truth? Its commands are run as they stand there; what counts is what they show, never how long
# anything takes.
load ../harness/tests/lab
load ../harness/tests/lesson

# needs_uring: some machines forbid it; there the server says so, and exits with 77.
needs_uring() {
  local status=0
  "$IOLAB" scene "$ROOT/harness/tests/hello.scene" --model uring >"$BATS_TEST_TMPDIR/uring" 2>&1 || status=$?
  [ "$status" -ne 77 ] || skip "$(<"$BATS_TEST_TMPDIR/uring")"
}

@test "lesson 07: three who are silent: a thread for each, and main; or one thread for all" {
  needs_uring
  plays_block silent
  less 3 "$(shown threads 1)"
  [ "$(shown threads 2)" = 1 ]
  less "$(shown cpu 1)" 5
  less "$(shown cpu 2)" 5
}

@test "lesson 07: a hidden thread reads and writes; main does neither" {
  plays_block hidden
  [ "$(grep -cE ' main .*(read|write)[0-9]* A' <<<"$said")" -eq 0 ]
}

@test "lesson 07: with rings nobody calls read or write" {
  needs_uring
  plays_block rings
  [ "$(grep -v '>' <<<"$said" | grep -cE '(read|write|recv|send) ')" -eq 0 ]
}

@test "lesson 07: 160 who are silent cost 160 threads, or none" {
  needs_uring
  plays_block idle
  less 160 "$(shown threads 2)"
  [ "$(shown threads 4)" = 1 ]
  less "$(shown memory 1)" "$(shown memory 2)"
}

@test "lesson 07: whoever leaves gives a thread back, and it ends" {
  plays_block leave
  is threads-later 2
}

@test "lesson 07: one client alone costs two calls a request" {
  needs_uring
  plays_block alone
  less 39 "$(shown ring-calls)"
}

@test "lesson 07: 64 at once cost the rings fewer calls than there are clients, and epoll more" {
  needs_uring
  plays_block crowd
  less "$(shown ring-calls 1)" 64
  less 127 "$(($(shown reads 2) + $(shown writes 2)))"
}
