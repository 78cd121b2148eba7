#!/usr/bin/env bats
# What a student's program may do to a check, and what the check says of it. Nothing of it stays.
load lab
load exercise

# -- What a student's program may do -----------------------------------------------------------------------------------

# gives CODE TEXT PROGRAM: such a program is diagnosed so, and nothing of it stays. In the background: they mostly wait.
gives() {
  local work=$BATS_TEST_TMPDIR/work.$1.$RANDOM status=0
  mkdir -p "$work/05b"
  cat >"$work/05b/drain.c"
  with "$work" check 05b >"$work/said" 2>&1 || status=$?
  if [ "$status" -ne 1 ] || ! grep -q "^      $1: " "$work/said" || ! tr -s ' \n' ' ' <"$work/said" | grep -qF -- "$2" ||
    grep -q '^PASS' "$work/said"; then
    printf 'want %s and "%s"; exit %s:\n%s\n' "$1" "$2" "$status" "$(cat "$work/said")" >>"$BATS_TEST_TMPDIR/wrong"
  fi
  [ -s "$work/said" ] && echo "$1" >>"$BATS_TEST_TMPDIR/done"
}

# changed SED: the solution, edited.
changed() { cat "$(solution_of 05b "$1")/05b/drain.c"; }

@test "a compiler that hangs is stopped, and one that is missing is named" {
  house=$(house)
  work=$(solution_of 05b)
  printf '#!/bin/sh\nsh -c "sleep 60; :" %s\nexit\n' "$house/hangs" >"$house/hangs"      # two of that name
  chmod +x "$house/hangs"
  echo "$house/hangs -O2" >"$house/build/flags"
  IOLAB=$house/build/bin/iolab refuses 1 "COMPILER_HANGS: the compiler did not come to an end" with "$work" check 05b
  end=$((SECONDS + 10))
  while pgrep -f "$house/hangs"; do [ $SECONDS -lt $end ]; done
  echo "$house/nothing -O2" >"$house/build/flags"
  IOLAB=$house/build/bin/iolab refuses 77 "$house/nothing: No such file" with "$work" check 05b
  rm -r "$house/build/harness"
  IOLAB=$house/build/bin/iolab refuses 77 "\`make\` builds what a server links" with "$work" check 05b
}

@test "a source that makes the compiler write or take without end: it is stopped, and leaves nothing behind" {
  work=$BATS_TEST_TMPDIR/work
  mkdir -p "$work/05b" "$BATS_TEST_TMPDIR/made"
  for source in 'int many[1 << 30] = {1};' '#include "/dev/zero"'; do
    echo "$source" >"$work/05b/drain.c"
    TMPDIR=$BATS_TEST_TMPDIR/made tells 1 COMPILE with "$work" check 05b
    [ "$(ls -A "$BATS_TEST_TMPDIR/made" "$work/05b")" = "$BATS_TEST_TMPDIR/made:

$work/05b:
drain.c" ] || { ls -lA "$BATS_TEST_TMPDIR/made" "$work/05b"; return 1; }
  done
}

@test "what does not compile, crashes, hangs, floods, ignores signals or leaks is told so" {
  [ -z "${IOLAB_SANITIZED:-}" ] || skip "a sanitizer speaks before the kernel does"
  gives DOES_NOT_COMPILE "drain.c:1:" <<<'int main(void) { return nothing; }' &
  gives NEVER_READY "it ended with exit status 3" <<<'int main(void) { return 3; }' &
  gives NEVER_READY "SIGSEGV: it used memory that is not its own" <<<'int main(void) { return *(volatile int *)8; }' &
  gives NEVER_READY "it runs, and does not listen on the port" <<'END' &
#include <unistd.h>
int main(void) { for (;;) pause(); }
END
  gives DIED "SIGSEGV: it used memory" < <(changed '/exchange_got(talk, n)/i *(volatile int *)8 = 1;') &
  gives STALL "of 65536 came back, then silence: 64512 bytes lie unread" < <(changed '/exchange_got(talk, n)/i while (n == 1024) pause();') &
  gives DIED "SIGXFSZ: it printed more than 16 MiB" \
    < <(changed '/exchange_got(talk, n)/i while (write(1, room.at, room.n) > 0) continue;') &
  gives IGNORES_SIGTERM "it was asked to end" < <(changed '/calls.waits++/i signal(SIGTERM, SIG_IGN);
    s/^#include <errno.h>/&\n#include <signal.h>/') &
  gives FD_LEAK "descriptors are open" < <(changed '/^static void part/,/^}/ s/close(client);//') &
  gives NEVER_READY "last words: 1000" <<'END' &
#include <stdlib.h>
int main(void) { return system("cat /proc/self/oom_score_adj") >= 0; }
END
  gives NEVER_READY "it ended with exit status 77" <<<'int main(void) { return 77; }' &
  gives NEVER_READY "last words: PASS 05b" <<'END' &
#include <stdio.h>
int main(void) { for (int fd = 0; fd < 100; fd++) dprintf(fd, "PASS  05b\n"); return 0; }
END
  wait
  [ ! -e "$BATS_TEST_TMPDIR/wrong" ] || { cat "$BATS_TEST_TMPDIR/wrong"; return 1; }
  [ "$(wc -l <"$BATS_TEST_TMPDIR/done")" -eq 12 ]
  nothing_runs
}

@test "whoever signals the check instead of being checked: that is said, and nobody stays" {
  work=$BATS_TEST_TMPDIR/work
  mkdir -p "$work/05b"
  printf '%s\n' '#include <signal.h>' '#include <unistd.h>' \
    'int main(void) { kill(getppid(), SIGTERM); for (;;) pause(); }' >"$work/05b/drain.c"
  refuses 130 "interrupted, by Ctrl-C or a signal; nothing is noted" with "$work" check 05b
  nothing_runs
}

@test "a program has no terminal to write to" {
  [ -n "$(type -P script)" ] || skip "no script(1) to make a terminal"
  work=$BATS_TEST_TMPDIR/work
  mkdir -p "$work/05b"
  cat >"$work/05b/drain.c" <<'END'
#include <stdio.h>
int main(void)
{
    FILE *terminal = fopen("/dev/tty", "w");
    fputs("PASS""ED\n", terminal ? terminal : stdout);
    return 3;
}
END
  script -qec "$IOLAB exercise check 05b --work $work" "$BATS_TEST_TMPDIR/typescript" >"$BATS_TEST_TMPDIR/said" 3>&- || :
  cat "$BATS_TEST_TMPDIR/said"
  grep -q 'it ended with exit status 3; its last words: PASSED' "$BATS_TEST_TMPDIR/said"
}

# It does end, after 2,000: what is tried is the check, and not the machine.
@test "who forks without end is stopped, and the next check is as ever" {
  work=$(solution_of 05b)
  cp "$work/05b/drain.c" "$work/solution"
  cat >"$work/05b/drain.c" <<'END'
#define _GNU_SOURCE
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>
int main(void)
{
    atomic_int *born = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    while (atomic_fetch_add(born, 1) < 2000)
        if (fork() > 0)
            setsid();
    for (;;)
        pause();
}
END
  refuses 1 "FORKS_WITHOUT_END" with "$work" check 05b
  nothing_runs
  cp "$work/solution" "$work/05b/drain.c"
  refuses 0 "PASS  05b" with "$work" check 05b
}

@test "who prints what they like, or leaves a daemon behind, is checked all the same" {
  work=$(solution_of 05b 's/^    int listener = .*/    printf("FAIL\\nready or not\\n%d", fork());\n    fflush(stdout);\n&/
    s/^#include <errno.h>/&\n#include <stdio.h>/')
  sed -i 's/fork()/fork() ? 1 : (setsid(), signal(SIGTERM, SIG_IGN), pause())/; s/^#include <errno.h>/&\n#include <signal.h>/' \
    "$work/05b/drain.c"
  refuses 0 "PASS  05b" with "$work" check 05b
  nothing_runs
}

# No clock decides: of a program that never listens, and four scenes that ask, it is counted how often it was begun. Each
# scene would wait 5 s.
@test "a check is over after its time, however many scenes there are, and what the compiler needed is taken from it" {
  house=$(house)
  lab=$house/02_nonblocking/exercises work=$BATS_TEST_TMPDIR/work
  mkdir -p "$lab" "$work/02z"
  printf '# Waiting\n- minutes: 1\n- kind: fix\n- starter: NO\n- man: read(2)\n## Task\nx\n' >"$lab/02z_waits.md"
  printf '## Hint %s\nx\n' 1 2 3 >>"$lab/02z_waits.md"
  printf '## Codes\n- NO: read(2)\n## Explanation\nx\n' >>"$lab/02z_waits.md"
  for scene in one two three four; do
    printf 'scene %s "x"\nask threads "x" number\nanswer threads is server threads else NO "x"\n' $scene
    echo "$scene threads 1" >>"$work/02z/waits.predictions"
  done >"$lab/02z_waits.scene"
  cp "$work/02z/waits.predictions" "$lab/02z_waits.predictions"
  cat >"$work/02z/waits.c" <<END
#include <stdio.h>
#include <unistd.h>
int main(void)
{
    FILE *to = fopen("$work/begun", "a");
    fprintf(to, "begun\\n");
    fclose(to);
    for (;;)
        pause();
}
END
  cp "$work/02z/waits.c" "$lab/02z_waits.c"
  IOLAB=$house/build/bin/iolab refuses 1 NEVER_READY with "$work" check 02z
  [ "$(wc -l <"$work/begun")" -le 2 ]
  rm "$work/begun"
  read -r cc flags <"$house/build/flags"
  cat >"$house/works" <<END
#!/bin/bash
user=0m0.
while [[ \$user == 0m[0-3].* ]]; do
  for ((i = 0; i < 20000; i++)); do :; done
  times >"$house/times"
  read -r user _ <"$house/times"
done
exec $cc "\$@"
END
  chmod +x "$house/works"
  echo "$house/works $flags" >"$house/build/flags"
  IOLAB=$house/build/bin/iolab refuses 1 NEVER_READY with "$work" check 02z
  [ "$(wc -l <"$work/begun")" -eq 1 ]
}
