#!/usr/bin/env bats
# What must hold for uring.
load ../harness/tests/lab
load ../harness/tests/breaks

# Where io_uring is forbidden uring exits with 77, which the scene player hands on.
setup() {
  local status=0
  "$IOLAB" scene "$ROOT/harness/tests/hello.scene" --model uring >"$BATS_TEST_TMPDIR/hello" || status=$?
  [ $status -ne 77 ] || skip "$(cat "$BATS_TEST_TMPDIR/hello")"
}

@test "uring: what comes back is what was sent" { plays uring bytes; }
@test "uring: clients leave in every way there is" { plays uring leaving; }
@test "uring: one client takes or gives too much" { plays uring pressure; }
@test "uring: many clients, most of them silent" { plays uring crowd; }
@test "uring: at a limit it neither dies nor spins" { plays uring limits; }
@test "uring: it is asked to end" { plays uring ending; }
@test "uring: http, in pieces, at once, without end" { plays uring http; }
@test "uring: what is in flight is not lost" { plays uring uring; }
@test "uring: flags, exits and books" { keeps_the_contract uring; }

# -- What the kernel may refuse ----------------------------------------------------------------------------------------

# answers_setup_with ERRNO COMMAND...: io_uring_setup fails in this way, whatever the kernel thinks of it. (Below strace
# the LeakSanitizer cannot run.)
answers_setup_with() {
  ASAN_OPTIONS=detect_leaks=0 strace -f -o /dev/null -e trace=io_uring_setup -e "inject=io_uring_setup:error=$1" "${@:2}"
}

@test "where io_uring is forbidden it says so, and how to allow it" {
  command -v strace || skip "no strace"
  refuses 77 "io_uring_setup: Operation not permitted; this machine forbids it: see \`sysctl kernel.io_uring_disabled\`" \
    answers_setup_with EPERM "$BIN/uring" --port 0
  refuses 77 "this kernel has no io_uring" answers_setup_with ENOSYS "$BIN/uring" --port 0
  run answers_setup_with EPERM "$BIN/uring" --port 0
  [[ $output != *ready* ]]
  refuses 0 "Example: uring" answers_setup_with EPERM "$BIN/uring" --help
}

@test "where io_uring is forbidden a scene is skipped" {
  command -v strace || skip "no strace"
  run answers_setup_with EPERM "$IOLAB" scene "$ROOT/harness/tests/hello.scene" --model uring
  echo "$output"
  [ "$status" -eq 77 ]
  [[ $output == *"this machine forbids it"* ]]
}

# What a kernel does not know it answers with EINVAL: here it is asked for what no kernel knows.
old_kernel() {
  breaks uring 's/= IORING_ACCEPT_MULTISHOT;/= 1 << 14;/'
  breaks uring 's/IORING_REGISTER_PBUF_RING, /9999, /'
  breaks uring 's/{IORING_SETUP_SINGLE_ISSUER.*0};/{1u << 31, 1u << 30, 0};/'
}

@test "an older kernel: no standing order, and a buffer for each receive" {
  old_kernel
  plays_changed uring bytes leaving pressure crowd limits ending http uring
}

@test "silent clients own a buffer only where the kernel cannot borrow one" {
  [ -z "${IOLAB_SANITIZED:-}" ] || skip "a sanitizer needs memory of its own"
  [ "$(printf '%s\n' 5.19 "$(uname -r)" | sort -V | head -n 1)" = 5.19 ] || skip "this kernel cannot, either"
  local scene=$BATS_TEST_TMPDIR/silent.scene
  cat >"$scene" <<'END'
scene silent "1,000 were served, and are silent"
client C x1000
C ping
server settle
server rss at most 2MiB above start else OWNS_BUFFERS "its memory is {got}: each of 1,000 owns a buffer"
END
  "$IOLAB" scene "$scene" --model uring
  old_kernel
  builds uring
  refuses 1 OWNS_BUFFERS "$IOLAB" scene "$scene" -- ./changed-uring --port '{port}' --quiet
}

@test "more results, more speakers than the rings can hold" {
  breaks uring 's/ENTRIES = 256/ENTRIES = 8/'
  breaks uring 's/BUFFERS = 64/BUFFERS = 4/'
  plays_changed uring bytes crowd limits http uring
}

# Linux 5.10, for one: while there are more results than the ring can hold, nothing is taken over (EBUSY).
@test "an older kernel: more results than the ring can hold, and nothing is taken over before they are gone" {
  old_kernel
  breaks uring 's/ENTRIES = 256/ENTRIES = 8/'
  breaks uring 's/^    long n = syscall(SYS_io_uring_enter/\
    syscall(SYS_io_uring_enter, ring.fd, 0, 0, IORING_ENTER_GETEVENTS, NULL, 0);\
    if (*ring.done_tail - *ring.done_head == 2 * ENTRIES) return;\
&/'
  plays_changed uring bytes crowd limits uring
}

# -- Mistakes, and the scene that shows them ---------------------------------------------------------------------------

@test "uring: the standing order is not given anew" {
  breaks uring 's/ENTRIES = 256/ENTRIES = 8/'
  breaks uring 's/if (done->flags & IORING_CQE_F_MORE)/if (client >= 0)/'
  fails uring uring at-the-door ACCEPT_STALL "has to be given anew"
}

@test "uring: who finds no buffer does not ask again" {
  breaks uring 's/BUFFERS = 64/BUFFERS = 4/'
  breaks uring '/^static void serve/,/^}/ s/queue(client);/if (n >= 0) &/'
  fails uring uring all-at-once OUT_OF_BUFFERS "has to ask again"
}

@test "uring: who finds no buffer is closed" {
  breaks uring 's/BUFFERS = 64/BUFFERS = 4/'
  breaks uring 's/ && !out_of_buffers(talk)//'
  fails uring uring all-at-once OUT_OF_BUFFERS "that is not its fault"
}

@test "uring: a buffer is lent once, and never again" {
  breaks uring '/^static void heard/,/^}/ s/lend(which);//'
  fails uring bytes small-reads SHORT "6400 bytes of 65536 came back"
}

@test "uring: send is believed to take all" {
  breaks uring 's/exchange_sent(talk, n);/exchange_sent(talk, n < 0 ? n : (ssize_t)exchange_owed(talk).n);/'
  fails uring pressure slow-reader LOST_BYTES "write takes less than all, and says so"
}

@test "uring: the next operation is handed over before the last result is looked at" {
  breaks uring '/^static void serve/,/^}/ {
    s/^    if (n < 0 ?/    queue(client);\n&/; /part(client);/,/queue(client);/ { s/else//; s/queue(client);// }
  }'
  fails uring uring end-after-many FOREIGN_RESULT "the result of a client that had left"
}
