#!/usr/bin/env bats
# The player: what it says of a wrong scene and of a wrong server, and what it leaves behind.
load lab

# A copy of its own: other files play rogues at the same time, and whose process is left must be known.
ROGUE=$BATS_FILE_TMPDIR/rogue
HELLO=$ROOT/harness/tests/hello.scene

setup_file() {
  cp "$ROOT/build/tests/rogue" "$BATS_FILE_TMPDIR/rogue"
}

# blames CODE TEXT KIND: the scene fails with the code and the text, and nothing of the server is left.
blames() {
  refuses 1 "$1: " "$IOLAB" scene "$HELLO" -- "$ROGUE" "$3"
  refuses 1 "$2" "$IOLAB" scene "$HELLO" -- "$ROGUE" "$3"
  nothing_left
}

nothing_left() {
  if pgrep -f "^$ROGUE" >&2; then
    echo "a server is left"
    return 1
  fi
}

# wrong TEXT MESSAGE: a scene file with that text is refused with exit 2 and that message.
wrong() {
  printf '%b' "$1" >"$BATS_TEST_TMPDIR/wrong.scene"
  refuses 2 "$2" "$IOLAB" scene "$BATS_TEST_TMPDIR/wrong.scene" --model poll
}

@test "a wrong scene: the file, the line, what was expected" {
  wrong 'scene a "A"\nclient A\nA dances\n' 'wrong.scene:3: want what a client does (send, expect, ping, '
  wrong 'scene a "A"\nB ping\n' 'wrong.scene:2: want a client that was made before (`client B`), not "B"'
  wrong 'client A\n' 'wrong.scene:1: want `scene ID "TITLE"` first, not "client"'
  wrong 'scene a "A\n' 'wrong.scene:1: the text has no closing "'
  wrong 'scene a "A"\nclient A\nA send\n' 'wrong.scene:3: want a size such as 64KiB, or a text in "quotes", but the line ends'
  wrong 'scene a "A"\nclient A x3\nC4 ping\n' 'made before'
  wrong 'scene a "A"\nclient A x3\nA4 ping\n' 'there are 3 of A'
  wrong 'scene a "A"\nclient A\nA ping within 11s\n' 'wrong.scene:3: want a time below the scene'
  wrong 'scene a "A"\nserver cpu below 5%\n' 'a rate needs `for TIME` or `since MARK`'
  wrong 'scene a "A"\nserver fds as at noon\n' 'want `start` or a mark that was made before'
  wrong 'scene a "A"\nrepeat 3\nwait 1ms\n' 'has a repeat without an end'
  wrong 'scene a "A"\nalways server alive\n' 'want an else after always'
  wrong 'scene a "A"\nclient A\nA state is opened\n' 'wrong.scene:3: want a state of connecting open eof'
  wrong 'scene a "A"\nserver blocked in recv\n' 'want a call of accept read'
  wrong 'scene a "A"\nwait 1ms\nscene a "B"\n' 'wrong.scene:3: want an id that no other scene'
  wrong '# nothing\n' 'want at least one scene'
  refuses 2 'nowhere.scene: No such file' "$IOLAB" scene nowhere.scene --model poll
}

@test "nothing is started before every file has been read" {
  printf 'scene a "A"\nnonsense\n' >"$BATS_TEST_TMPDIR/wrong.scene"
  refuses 2 'wrong.scene:2' "$IOLAB" scene "$HELLO" "$BATS_TEST_TMPDIR/wrong.scene" -- touch "$BATS_TEST_TMPDIR/started"
  [ ! -e "$BATS_TEST_TMPDIR/started" ]
}

@test "usage: what is missing, and which models there are" {
  refuses 2 'want a FILE' "$IOLAB" scene
  refuses 2 'no model "nosuch"; there are: blocking' "$IOLAB" scene "$HELLO" --model nosuch
  refuses 2 'no scene "nosuch"' "$IOLAB" scene "$HELLO" --model poll --only nosuch
  refuses 2 'want a FILE, and --model MODEL or -- COMMAND' "$IOLAB" scene "$HELLO" --
  refuses 0 'Example:' "$IOLAB" scene --help
}

@test "a program that says its model behind ready is excluded as the model is; --model knows better" {
  printf 'scene a "A"\nnot for select because "x"\nclient A\nA ping\n' >"$BATS_TEST_TMPDIR/a.scene"
  refuses 77 'a,,select,n/a,,,"","",' "$IOLAB" scene "$BATS_TEST_TMPDIR/a.scene" --csv -- "$BIN/select" --port 0
  refuses 0 'a,,poll,pass' "$IOLAB" scene "$BATS_TEST_TMPDIR/a.scene" --csv -- "$BIN/poll" --port 0
  refuses 0 'a,,fork,pass' "$IOLAB" scene "$BATS_TEST_TMPDIR/a.scene" --csv --model fork -- "$BIN/select" --port 0
}

@test "CSV: a program may call itself as it likes" {
  printf 'scene a "A"\nclient A\nshow up server alive\n' >"$BATS_TEST_TMPDIR/a.scene"
  local program='echo "ready a,\"b\" 127.0.0.1:1"; exec sleep 60'
  refuses 1 'a,,"a,""b""",FAIL,' "$IOLAB" scene "$BATS_TEST_TMPDIR/a.scene" --csv -- sh -c "$program"
  sed -i 2d "$BATS_TEST_TMPDIR/a.scene"
  refuses 0 'a,,"a,""b""",up,yes' "$IOLAB" scene "$BATS_TEST_TMPDIR/a.scene" --shows -- sh -c "$program"
}

@test "whoever closed stdin, stdout or stderr is none of the server's business" {
  "$IOLAB" scene "$HELLO" --model poll <&-
  "$IOLAB" scene "$HELLO" --model poll <&- >&-
  "$IOLAB" scene "$HELLO" --model poll <&- >&- 2>&-
}

@test "the command that plays a scene again can be pasted into a shell" {
  cp "$HELLO" "$BATS_TEST_TMPDIR/it's mine.scene"
  refuses 1 "scene '$BATS_TEST_TMPDIR/it'\\''s mine.scene' --only hello -- sh -c 'exec sleep \"\$0\"' 0" \
    "$IOLAB" scene "$BATS_TEST_TMPDIR/it's mine.scene" -- sh -c 'exec sleep "$0"' 0
}

@test "a server that is not there" {
  refuses 1 'NOT_STARTED: ./no-such-program: No such file' "$IOLAB" scene "$HELLO" -- ./no-such-program
}

@test "a server that never listens" {
  blames NEVER_READY "no {port} in its command: write it where the port belongs" silent
  refuses 1 "NEVER_READY: it runs, and does not listen on the port" "$IOLAB" scene "$HELLO" -- "$ROGUE" silent '{port}'
}
@test "a server that leaves at once" { blames NEVER_READY "it ended with exit status 3" leaves; }
@test "a server that dies" { blames DIED "it ended with SIGABRT" dies; }
@test "a server that listens and never accepts" { blames SHORT "0 bytes of 7 came back" deaf; }
@test "a server that gives wrong bytes back" { blames WRONG_BYTES "the next byte is not the one that was sent" crosses; }
@test "a server that forks and forks" { blames FORKS_WITHOUT_END "far more than clients" births; }
@test "... two, four, eight" { blames FORKS_WITHOUT_END "does each child end when its work is done" doubles; }
@test "... each in a session of its own" { blames FORKS_WITHOUT_END "and was stopped" apart; }
@test "... before it listens" { blames FORKS_WITHOUT_END "and was stopped" early; }
@test "... when it is asked to end" { blames FORKS_WITHOUT_END "and was stopped" late; }
@test "a server that makes threads without end" { blames FORKS_WITHOUT_END "processes and threads" threads; }
@test "a server that prints without end" { blames DIED "it ended with SIGXFSZ" chatter; }

@test "a server that ignores SIGTERM is ended all the same" {
  "$IOLAB" scene "$HELLO" -- "$ROGUE" stubborn
  nothing_left
}

@test "a server that leaves its family is found all the same" {
  "$IOLAB" scene "$HELLO" -- "$ROGUE" daemon
  nothing_left
}

@test "a server that forks without end, traced" {
  printf 'scene a "A"\nserver traced\nclient A\nA ping\n' >"$BATS_TEST_TMPDIR/a.scene"
  for kind in doubles apart; do
    refuses 1 "FORKS_WITHOUT_END: " "$IOLAB" scene "$BATS_TEST_TMPDIR/a.scene" -- "$ROGUE" $kind
    nothing_left
  done
}

@test "a thread or a process for each of 300 clients is not without end, also when these have just left" {
  "$IOLAB" trace poll >/dev/null 2>&1 || [ $? -ne 77 ] || skip "tracing is denied here"
  for model in thread fork; do
    plays_text 'scene a "A"\nserver traced\nlimit 30s\nclient C x300\nC ping\n' $model
  done
}

@test "a server that forks without end is ended by who is not root, and has a bound" {
  as_ordinary_user iolab
  cp "$ROGUE" "$HELLO" "$ORDINARY"
  chmod 755 "$ORDINARY" "$ORDINARY"/*
  for kind in doubles apart; do
    refuses 1 "FORKS_WITHOUT_END: " "${AS[@]}" "$ORDINARY/iolab" scene "$ORDINARY/hello.scene" -- "$ORDINARY/rogue" $kind
    ! pgrep -f "^$ORDINARY/rogue" >&2
  done
  refuses 1 "NEVER_READY: " "${AS[@]}" "$ORDINARY/iolab" scene "$ORDINARY/hello.scene" -- \
    sh -c 'grep "Max processes" /proc/self/limits >"$0/limit"; exit 3' "$ORDINARY"
  read -r _ _ limit _ <"$ORDINARY/limit"
  tasks=$(cut -d' ' -f4 /proc/loadavg)
  [ "$limit" -lt $((${tasks#*/} + 20000)) ] || { echo "it may make $limit processes: no bound"; return 1; }
}

@test "a process that is never where one looks is caught all the same" {
  "$IOLAB" scene "$HELLO" -- "$ROGUE" runner
  nothing_left
}

@test "who leaves children to nobody is not blamed: they are buried, as init would" {
  # Each client's process is a grandchild, whose parent has ended.
  printf 'scene a "A"\nrepeat 300\nclient A\nA ping\nA close\nend\nserver zombies is 0\n' >"$BATS_TEST_TMPDIR/a.scene"
  "$IOLAB" scene "$BATS_TEST_TMPDIR/a.scene" -- "$ROGUE" orphans
  nothing_left
}

@test "Ctrl-C leaves no process" {
  "$IOLAB" scene "$HELLO" -- "$ROGUE" deaf >"$BATS_TEST_TMPDIR/out" 3>&- &
  PID=$!
  until pgrep -f "^$ROGUE" >/dev/null; do kill -0 $PID; done
  kill -INT $PID
  status=0
  wait $PID || status=$?
  [ "$status" -eq 130 ]
  nothing_left
}

@test "the scenes of the battery tell their cause: every line that can fail has a meaning" {
  for file in "$ROOT"/harness/battery/*.scene; do
    "$IOLAB" scene "$file" --only no-such-scene --model poll 2>&1 | grep -q 'no scene "no-such-scene"'
  done
}

# plays_text TEXT [MODEL]: the scene passes.
plays_text() {
  printf '%b' "$1" >"$BATS_TEST_TMPDIR/text.scene"
  "$IOLAB" scene "$BATS_TEST_TMPDIR/text.scene" --model "${2:-select}"
}

# fails_text MESSAGE TEXT [MODEL]: the scene fails with that code and those words.
fails_text() {
  printf '%b' "$2" >"$BATS_TEST_TMPDIR/text.scene"
  refuses 1 "$1" "$IOLAB" scene "$BATS_TEST_TMPDIR/text.scene" --model "${3:-select}"
}

@test "a text is expected behind what was heard before, by each of a group" {
  plays_text 'scene a "A"\nclient A\nA ping\nA send "one two"\nA expect "one"\nA expect " two"\n'
  plays_text 'scene a "A"\nclient A\nA send 5000\nA expect all\nA send "x"\nA expect "x"\n'
  plays_text 'scene a "A"\nclient C x9\nC1 send "hello"\nwait 20ms\n'\
'C2..C9 send "hello" byte by byte every 2ms in background\nC expect "hello"\n'
  fails_text 'NOT_SAID: "one" came, and not "two"' 'scene a "A"\nclient A\nA send "one"\nA expect "two" within 50ms\n'
}

@test "who expects another text than came is shown both, and from where on" {
  fails_text 'NOT_SAID: "hello\n" came, and not "helo\n"' \
    'scene a "A"\nclient A\nA send "hello\\n"\nA expect "helo\\n" within 50ms\n'
  fails_text 'got "hello\n", want "helo\n"' \
    'scene a "A"\nclient A\nA send "hello\\n"\nA expect "helo\\n" within 50ms\n'
  fails_text 'NOT_SAID: " two" came, and not "two"' \
    'scene a "A"\nclient A\nA send "one two"\nA expect "one"\nA expect "two" within 50ms\n'
  fails_text 'NOT_SAID: nothing came, and not "x"' 'scene a "A"\nclient A\nA expect "x" within 50ms\n'
  fails_text 'EARLY_EOF: "one" came, then the connection was closed' \
    'scene a "A"\nclient A\nA send "one"\nA fin\nA expect "two"\n'
}

@test "what must always hold is looked at to the end, for each of a group, and says what it saw" {
  fails_text 'MANY: 1, not 0' 'scene a "A"\nalways server threads is 0 else MANY "{got}, not {want}"\n'
  fails_text 'WRONG: open' 'scene a "A"\nclient C x3\nC1..C2 close\n'\
'always C state is closed else WRONG "{got}"\nwait 1ms\n'
}

@test "what a line wanted is told with its relation, of an always-line, too" {
  fails_text 'X: 1, not below 1' 'scene a "A"\nalways server threads below 1 else X "{got}, not {want}"\n'
  fails_text 'X: no, not yes' 'scene a "A"\nalways server alive else X "{got}, not {want}"\nclient A\n'\
'server signal USR1\nA expect 1\n'
  fails_text 'THREADS: got 1, want 2 to 3' 'scene a "A"\nserver threads between 2 and 3 within 20ms\n'
  fails_text 'FDS: got 7, want at most 1 above 5' \
    'scene a "A"\nclient C x2\nC ping\nserver fds at most 1 above start within 20ms\n'
}

@test "what cannot be seen yet is waited for; and of a server that was asked to end, it says nothing" {
  plays_text 'scene a "A"\nclient A\nA send 16MiB in background\nA answer-time below 10s within 9s\n'
  plays_text 'scene a "A"\nserver terminate\nserver exit is 0\nserver rss below 1KiB within 20ms\n'
}

@test "but who keeps books, and has ended without a word of them, owes that word" {
  fails_text 'SAID: got nothing' 'scene a "A"\nserver terminate\nserver exit is 0\nserver said(nothing) is 3\n'
}

@test "a server that is killed by a signal for users says which" {
  plays_text 'scene a "A"\nserver signal USR1\nserver exit is SIGUSR1\n'
}

@test "blocked on one of a group is blocked" {
  plays_text 'scene a "A"\nclient C x3\nC1 close\nserver blocked in read on C\n' blocking
  fails_text 'BLOCKED_IN: ' 'scene a "A"\nclient C x3\nserver blocked in read on C2..C3 within 20ms\n' blocking
}

@test "TAP is a line for each scene, whatever the cause is" {
  fails_text 'X: one' 'scene a "A"\nserver threads is 2 within 20ms else X "one\\ntwo"\n'
  refuses 1 $'not ok 1 a # X: one two\n1..1' "$IOLAB" scene "$BATS_TEST_TMPDIR/text.scene" --model select --tap
}

@test "braces: a member, a word of the server, a rate since the line began" {
  fails_text 'X: 2 bytes, 0 bytes, 2 of 3' 'scene a "A"\nclient C x3\nC1..C2 send "xx"\n'\
'C expect 2 within 200ms else X "{C2 got}, {C3 got}, {ok} of {of}"\n'
  fails_text 'X: 0.' 'scene a "A"\nclient A\nwait 100ms\nA expect 1 within 200ms else X "{cpu}"\n' poll
  fails_text 'X: it said 127' 'scene a "A"\nclient A\n'\
'A expect 1 within 50ms else X "it said {server said(poll)}"\n' poll
}

@test "{n} in an expected text is the member's number, counted in its group" {
  plays_text 'scene a "A"\nclient C x12\nC send "id{n};"\nC expect "id{n};"\nC10..C11 send "me{n}"\nC11 expect "me11"\n'
  fails_text 'NOT_SAID: "id2" came, and not "id1"' 'scene a "A"\nclient C x3\nC send "id2"\nC expect "id{n}" within 50ms\n'
}

# http [STATUS] <LINES: a scene of http with a client A, played to rogue's `page`. The result: $BATS_TEST_TMPDIR/csv.
http() {
  { printf 'scene a "A"\nserver service http\nclient A\n'; cat; } >"$BATS_TEST_TMPDIR/http.scene"
  local status=0
  "$IOLAB" scene "$BATS_TEST_TMPDIR/http.scene" --csv -- sh -c 'exec "$0" page' "$ROGUE" '{args}' \
    >"$BATS_TEST_TMPDIR/csv" || status=$?
  cat "$BATS_TEST_TMPDIR/csv"
  [ "$status" -eq "${1:-0}" ]
}

# fails_http TEXT <SCENE: it fails, and says the text.
fails_http() {
  http 1
  grep -qF -- "$1" "$BATS_TEST_TMPDIR/csv"
}

@test "http: a text is found in what came behind the last one, and a size is counted" {
  http <<'END'
A send "GET / HTTP/1.1\r\nHost: a\r\n\r\n" x3
A expect "200 OK"
A expect "Content-Length: 5"
A expect "page"
A expect "page"
A expect 129 or eof
A got is 129
A expect nothing for 20ms
A answer-time below 1s
END
  fails_http 'NOT_SAID,6,"nothing","""page"""' <<'END'
A send "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
A expect "page\n"
A expect "page" within 50ms
END
  fails_http 'SHORT,5,' <<'END'
A send "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
A expect 44 within 50ms
END
}

@test "http: ping and answers want a whole answer with 200, and each ping its own" {
  http <<'END'
A send "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
A expect "200"
A ping
A expect nothing for 20ms
A got is 86
A ping
A got is 129
A mean-ping below 2s
A close
server answers
END
  fails_http '""HTTP/1.1 400 Bad\r\n\r\n"" came, then the connection was closed' <<'END'
A send "\r\n"
A ping
END
  fails_http 'NOT_SAID,5,"nothing","""200"""' <<'END'
A ping
A expect "200" within 50ms
END
}

@test "http: what came instead is told from its beginning" {
  fails_http 'EARLY_EOF,5,"""HTTP/1.1 400 Bad\r\n\r\n""","""HTTP/1.1 200"""' <<'END'
A send "POST"
A expect "HTTP/1.1 200"
END
  fails_http 'X,5,"""HTTP/1.1 400' <<'END'
A send "POST"
A expect "200" else X "{got}"
END
  fails_http NO_EOF <<'END'
A ping
A expect eof within 50ms
END
  fails_http NOT_SILENT <<'END'
A send "GET / HTTP/1.1\r\n\r\n"
A expect nothing for 2s
END
}

@test "http: a command without {args} cannot be told of it, and the scene is skipped" {
  printf 'scene a "A"\nserver service http\nclient A\nA ping\n' >"$BATS_TEST_TMPDIR/http.scene"
  refuses 77 'no {args}' "$IOLAB" scene "$BATS_TEST_TMPDIR/http.scene" -- "$ROGUE" page
}

@test "an else-if holds where it holds for one of a group" {
  fails_text 'GONE: one' 'scene a "A"\nclient C x3\nC3 close\n'\
'C expect 2 within 50ms else GONE if C state is closed "one"\n'
}

# counts READS TEXT [MODEL]: a scene with a burst of 64 KiB, which is one edge, and then these lines, passes; the server
# is traced, and reads so often for each event.
BURST='scene a "A"\nserver traced\nserver --read-size 1024 --reads-per-event READS\nclient A\nserver settle\nmark burst\n'
BURST+='server stop\nA send 64KiB\nA in-flight is 0\nserver continue\nserver settle\n'
counts() {
  "$IOLAB" trace poll >/dev/null 2>&1 || [ $? -ne 77 ] || skip "tracing is denied here"
  plays_text "${BURST/READS/$1}$2" "$3"
}

@test "calls are counted where the server is traced: 64 KiB, read 1 KiB at a time" {
  counts all 'server calls(read) at least 65 since burst\nserver calls(read=EAGAIN) at least 1 since burst\n'\
'server bytes(read) is 64KiB since burst\nserver calls(read in handler) is 0\n' epoll-et
  counts 1 'server calls(epoll_wait) between 64 and 70 since burst\nserver bytes(write) is 65536\n'\
'server calls(read=EAGAIN) is 0\nserver processes is 1\n' epoll-lt
  counts 1 'server bytes(read) is 1024 since burst\nserver calls(accept) is 2\n' epoll-et
}

@test "what is counted wrongly is told with what was seen" {
  "$IOLAB" trace poll >/dev/null 2>&1 || [ $? -ne 77 ] || skip "tracing is denied here"
  fails_text 'CALLS: 1, not 7' 'scene a "A"\nserver traced\nclient A\nA ping\n'\
'server calls(write) is 7 within 50ms else CALLS "{got}, not {want}"\n'
  fails_text 'SHORT: 1 write, 0 EAGAIN' 'scene a "A"\nserver traced\nclient A\nA ping\n'\
'A expect "x" within 50ms else SHORT "{server calls(write)} write, {server calls(write=EAGAIN)} EAGAIN"\n'
}

@test "a count that is written wrongly, or that nobody counts" {
  wrong 'scene a "A"\nserver calls(read) is 1\n' 'wrong.scene:2: it is counted by a tracer: want `server traced`'
  wrong 'scene a "A"\nserver traced\nserver calls(raed) is 1\n' 'wrong.scene:3: want the name of a system call'
  wrong 'scene a "A"\nserver traced\nserver calls(read=EAGIAN) is 1\n' 'want the name of an error such as EAGAIN'
  wrong 'scene a "A"\nserver traced\nserver calls(read in bed) is 1\n' 'want calls(NAME), calls(NAME=ERRNO)'
  wrong 'scene a "A"\nserver traced\nserver bytes(read=EAGAIN) is 1\n' 'want calls(NAME), calls(NAME=ERRNO)'
  wrong 'scene a "A"\nserver traced\nserver cpu below 5% for 1s\n' "nobody's times mean anything"
  wrong 'scene a "A"\nserver traced\nclient A\nA mean-ping below 5ms\n' "nobody's times mean anything"
}

@test "where tracing is denied, what is counted is skipped, and the rest is played" {
  local without=$ROOT/build/tests/without_ptrace
  printf 'scene a "A"\nserver traced\nclient A\nA ping\nserver calls(read) is 1\n' >"$BATS_TEST_TMPDIR/text.scene"
  refuses 77 'because tracing is denied here' "$without" "$IOLAB" scene "$BATS_TEST_TMPDIR/text.scene" --model poll
  printf 'server fds at least 4\n' >>"$BATS_TEST_TMPDIR/text.scene"
  "$without" "$IOLAB" scene "$BATS_TEST_TMPDIR/text.scene" --model poll
}

@test "a traced scene varies, shows, asks, and has a twin that nobody traces" {
  "$IOLAB" trace poll >/dev/null 2>&1 || [ $? -ne 77 ] || skip "tracing is denied here"
  local scene='scene a "A"\nvary times 1 2\nserver traced\nask most "How many?" number\nclient A\nserver settle\nmark m\n'\
'repeat {times}\nA send 100\nA expect all\nserver settle\nend\nshow back server bytes(write) since m\n'\
'show calls server calls(read) since m\nanswer most is server calls(read) since m else FEW "{got}"\n'\
'twin start\ntwin exit is 1 within 5s\ntwin said "Address already in use"\n'\
'server bytes(read) is 100 since m else GOT "{got} for {times}"\n'
  fails_text 'GOT: 200 bytes for 2' "$scene" epoll-lt
  refuses 1 $'a,1,epoll-lt,back,100\na,1,epoll-lt,calls,1\na,1,epoll-lt,most,1\n'\
$'a,2,epoll-lt,back,200\na,2,epoll-lt,calls,2\na,2,epoll-lt,most,2' \
    "$IOLAB" scene "$BATS_TEST_TMPDIR/text.scene" --model epoll-lt --shows
  nothing_left
}

@test "how epoll watches a client is what the kernel says" {
  local et='scene a "A"\nclient A\nA ping\nA watched is edge-triggered else NOT_ET "{got}, descriptor {A fd}"\n'
  plays_text "$et" epoll-et
  fails_text 'NOT_ET: level-triggered, descriptor 6' "$et" epoll-lt
  fails_text 'NOT_ET: no, descriptor' "$et" poll
  printf 'scene a "A"\nclient A\nA watched is oneshot\nA ping\nA watched is disarmed\n' >"$BATS_TEST_TMPDIR/a.scene"
  "$IOLAB" scene "$BATS_TEST_TMPDIR/a.scene" -- "$ROGUE" forgets
}

@test "of a client that has left, nothing is known of who watches it" {
  printf 'scene a "A"\nclient A\nA ping\nA reset\nserver fds as at start\nA watched is no\nA fd is 7\n' \
    >"$BATS_TEST_TMPDIR/a.scene"
  "$IOLAB" scene "$BATS_TEST_TMPDIR/a.scene" --model epoll-et
  printf 'scene a "A"\nclient A\nA ping\nA reset\nserver settle\nA fd is 7\n' >"$BATS_TEST_TMPDIR/a.scene"
  refuses 77 'nothing of what it looks at can be seen' "$IOLAB" scene "$BATS_TEST_TMPDIR/a.scene" --model epoll-et
}

@test "a test that holds or not is told with yes and no" {
  fails_text 'SAID: got no, want yes' 'scene a "A"\nserver said "never" within 20ms\n'
}

@test "a twin takes the port of a server that has left, and nothing of it is left" {
  local scene='scene a "A"\nserver terminate\nserver exit is 0 within 5s\ntwin start\ntwin ready within 5s\n'\
'twin alive for 20ms\nclient A\nA ping\n'
  plays_text "$scene"
  "$IOLAB" scene "$BATS_TEST_TMPDIR/text.scene" -- "$BIN/poll" --port '{port}' --quiet --books "$BATS_TEST_TMPDIR/b.csv"
  [ -z "$(pgrep -f "$BATS_TEST_TMPDIR/b.csv")" ]
}

@test "a twin of a server that keeps the port: it says so, is not ready, and its end is none of the server's" {
  local scene='scene a "A"\nalways server alive else DIED "x"\ntwin start\ntwin exit is 1 within 5s\n'\
'twin said "Address already in use"\ntwin ready within 20ms else HELD "{twin exit}, {got}; {twin said}"\n'
  fails_text 'HELD: 1, no; select: bind 127.0.0.1:' "$scene"
  refuses 1 'HELD: 1, no; poll: bind 127.0.0.1:' "$IOLAB" scene "$BATS_TEST_TMPDIR/text.scene" -- "$BIN/poll" --port '{port}' --quiet
}

@test "what is shown: below the scene, as CSV, in TAP; and also of a scene that fails" {
  local scene='scene a "A"\nclient A\nA send 2000\nA expect all\nshow back A got\nshow first A got\nA send 48\n'\
'A expect all\nshow back A got\nshow lives server alive\nshow never server said(nothing)\nA got is 1 within 20ms\n'
  fails_text $'      back                 2048 bytes\n      first                2000 bytes\n'\
$'      lives                yes\n'\
$'      never                ?\n      GOT: got 2048 bytes' "$scene"
  refuses 1 $'scene,variant,model,name,value\na,,select,back,2048\na,,select,first,2000\na,,select,lives,yes\n'\
$'a,,select,never,?\niolab scene: a failed: GOT: got 2048 bytes, want 1' "$IOLAB" scene "$BATS_TEST_TMPDIR/text.scene" --model select --shows
  refuses 1 $'# back                 2048 bytes\n' "$IOLAB" scene "$BATS_TEST_TMPDIR/text.scene" --model select --tap
}

@test "a rate that is shown counts from its mark, or over its time" {
  printf 'scene a "A"\nmark m\nwait 100ms\nshow a server cpu since m\nshow b server cpu for 100ms\n'\
'show c server sleeps for 100ms\n' >"$BATS_TEST_TMPDIR/a.scene"
  "$IOLAB" scene "$BATS_TEST_TMPDIR/a.scene" --model poll --shows | tee "$BATS_TEST_TMPDIR/idle"
  [ "$(tail -n 3 "$BATS_TEST_TMPDIR/idle")" = $'a,,poll,a,0.0\na,,poll,b,0.0\na,,poll,c,0' ]
  sed -i 's/100ms/1s/' "$BATS_TEST_TMPDIR/a.scene"      # by then it has had the CPU, however many want it
  "$IOLAB" scene "$BATS_TEST_TMPDIR/a.scene" --model nonblocking --shows | tee "$BATS_TEST_TMPDIR/busy"
  [ "$(grep -c ',[ab],0.0$' "$BATS_TEST_TMPDIR/busy")" -eq 0 ]
}

@test "a scene is played once for each variant, and each has its name" {
  local scene='scene a "{n-reads} reads"\nvary n-reads/more all/0 1/64512\nonly for epoll-et because "edges"\n'\
'server --read-size 1024 --reads-per-event {n-reads}\nclient A\nA ping\nserver stop\nA send 64KiB\n'\
'A in-flight is 0\nserver continue\nA unread is {more} within 5s\nshow left A unread\n'
  plays_text "$scene" epoll-et
  "$IOLAB" scene "$BATS_TEST_TMPDIR/text.scene" --model epoll-et --shows >"$BATS_TEST_TMPDIR/shows"
  [ "$(tail -n 2 "$BATS_TEST_TMPDIR/shows")" = $'a,all/0,epoll-et,left,0\na,1/64512,epoll-et,left,64512' ]
  "$IOLAB" scene "$BATS_TEST_TMPDIR/text.scene" --model epoll-et --csv | grep -q '^a,1/64512,epoll-et,pass,'
  "$IOLAB" scene "$BATS_TEST_TMPDIR/text.scene" --model epoll-et --only a | grep -q '^2 passed'
  "$IOLAB" scene "$BATS_TEST_TMPDIR/text.scene" --model epoll-et --only a/1/64512 | grep -q '^1 passed'
  refuses 2 'no scene "a/2" in '"$BATS_TEST_TMPDIR/text.scene"'; there are: a/all/0 a/1/64512' \
    "$IOLAB" scene "$BATS_TEST_TMPDIR/text.scene" --model epoll-et --only a/2
  fails_text '--only a/2 --model' 'scene a "A"\nvary x 1 2\nserver threads is {x} within 20ms\n'
}

# asks: a scene with two questions; predicts STATUS TEXT LINE...: with these predictions it ends so, and says the text.
asks() {
  cat >"$BATS_TEST_TMPDIR/ask.scene" <<'END'
scene a "A"
ask back "Does it come back?"
  choice yes "all of it"
  choice no  "something"
ask bytes "How much?" number
vary size 1000 2000
client A
A send {size}
A expect all
answer back
  is yes when A got is {size}
  is no otherwise
  else LOST for no "all of {A got} came back; {want} was predicted"
answer bytes is A got within factor 2
  else if server alive "{got}, not {want}"
END
}
predicts() {
  local want=$1 text=$2
  shift 2
  asks
  printf '%s\n' "$@" >"$BATS_TEST_TMPDIR/answers"
  refuses "$want" "$text" "$IOLAB" scene "$BATS_TEST_TMPDIR/ask.scene" --model poll --keep-going \
    --answers "$BATS_TEST_TMPDIR/answers"
}

@test "questions are put before the scene, and without predictions only answered" {
  asks
  "$IOLAB" scene "$BATS_TEST_TMPDIR/ask.scene" --model poll --only a/1000 >"$BATS_TEST_TMPDIR/out"
  diff "$BATS_TEST_TMPDIR/out" - <<'END'
ask   back                 Does it come back?
      yes                  all of it
      no                   something
ask   bytes                How much?
pass  a/1000               A
      back                 yes
      bytes                1000 bytes
1 passed, 0 failed, 0 skipped or not applicable
END
  "$IOLAB" scene "$BATS_TEST_TMPDIR/ask.scene" --model poll --shows | grep -qx 'a,2000,poll,back,yes'
}

@test "a prediction is right, wrong for its choice, too small by more than its factor; the first wrong one is told" {
  predicts 0 '2 passed' 'a back yes' 'a bytes 1000'
  predicts 0 'yes (predicted: yes)' 'a back yes' 'a bytes 2000'
  predicts 1 'LOST: all of 1000 bytes came back; no was predicted' 'a back no  # a comment' 'a bytes 5'
  predicts 1 'got yes, want no' 'a back no' 'a bytes 1000'
  predicts 1 $'bytes                1000 bytes (predicted: 1)' 'a back no' 'a bytes 1'
  predicts 1 'WRONG_PREDICTION: 2000 bytes, not 999 bytes' 'a back yes' 'a/1000 bytes 2000' 'a/2000 bytes 999'
  predicts 1 '1 passed, 1 failed' 'a back yes' 'a/1000 bytes 2000' 'a/2000 bytes 4001'
}

@test "a question that is not answered: its server is not started" {
  predicts 1 "NO_PREDICTION: $BATS_TEST_TMPDIR/answers has no line \`a/1000 bytes ANSWER\`: How much?" 'a back yes'
  predicts 1 "--model poll --answers $BATS_TEST_TMPDIR/answers" 'b back yes'
  refuses 1 'NO_PREDICTION' "$IOLAB" scene "$BATS_TEST_TMPDIR/ask.scene" --answers "$BATS_TEST_TMPDIR/answers" -- \
    touch "$BATS_TEST_TMPDIR/started"
  [ ! -e "$BATS_TEST_TMPDIR/started" ]
}

@test "predictions that nobody can have made: the file, the line, what was expected" {
  predicts 2 'answers:1: want SCENE QUESTION ANSWER in a line, not "a"' 'a back'
  predicts 2 'answers:2: want a question of that scene, not "front"' '' 'a front yes'
  predicts 2 'answers:1: want yes, no, not "maybe"' 'a back maybe'
  predicts 2 'answers:1: want a number, in the unit of what is seen, not "5ms"' 'a bytes 5ms'
  predicts 2 'answers:1: want a number, in the unit of what is seen, not "many"' 'a bytes many'
  predicts 2 'answers:2: want one answer to a question, not "back"' 'a/1000 back yes' 'a back yes'
  refuses 2 'nowhere: No such file' "$IOLAB" scene "$BATS_TEST_TMPDIR/ask.scene" --model poll --answers nowhere
}

@test "a line that fails is told, and not the wrong prediction before it" {
  asks
  echo 'A got is 1 within 20ms' >>"$BATS_TEST_TMPDIR/ask.scene"
  printf 'a back no\na bytes 1\n' >"$BATS_TEST_TMPDIR/answers"
  refuses 1 'GOT: got 1000 bytes' "$IOLAB" scene "$BATS_TEST_TMPDIR/ask.scene" --model poll \
    --answers "$BATS_TEST_TMPDIR/answers"
}

@test "what cannot be seen answers no question, and judges nobody" {
  printf 'scene a "A"\nask q "Q"\nchoice x "X"\nchoice y "Y"\nanswer q\nis x when server said(nothing) is 1\n'\
'is y otherwise\n' >"$BATS_TEST_TMPDIR/a.scene"
  echo 'a q x' >"$BATS_TEST_TMPDIR/answers"
  refuses 77 'q                    ? (predicted: x)' "$IOLAB" scene "$BATS_TEST_TMPDIR/a.scene" --model poll \
    --answers "$BATS_TEST_TMPDIR/answers"
}

@test "what is none of the choices answers no question, and judges nobody" {
  printf 'scene a "A"\nask q "Q"\nchoice x "X"\nchoice y "Y"\nanswer q\nis x when server threads is 5\n'\
'is y when server threads is 6\nserver alive\n' >"$BATS_TEST_TMPDIR/a.scene"
  echo 'a q x' >"$BATS_TEST_TMPDIR/answers"
  refuses 0 'q                    ? (predicted: x)' "$IOLAB" scene "$BATS_TEST_TMPDIR/a.scene" --model poll \
    --answers "$BATS_TEST_TMPDIR/answers"
}

@test "a folder is no file of scenes" {
  refuses 2 "$BATS_TEST_TMPDIR: Is a directory" "$IOLAB" scene "$BATS_TEST_TMPDIR" --model poll
}

@test "as much is shown as may be: 16 names and 8 answers" {
  { echo 'scene a "A"'
    for i in 1 2 3 4 5 6 7 8; do echo "ask q$i \"Q\" number"; done
    for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do echo "show s$i server threads"; done
    for i in 1 2 3 4 5 6 7 8; do echo "answer q$i is server processes"; done; } >"$BATS_TEST_TMPDIR/a.scene"
  "$IOLAB" scene "$BATS_TEST_TMPDIR/a.scene" --model poll --shows >"$BATS_TEST_TMPDIR/shows"
  [ "$(grep -c '^a,,poll,[sq][0-9]*,1$' "$BATS_TEST_TMPDIR/shows")" -eq 24 ]
}
