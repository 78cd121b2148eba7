#!/usr/bin/env bats
# iolab's commands: what they say of wrong words, and what they leave.
load lab
bats_require_minimum_version 1.5.0

RUN=$ROOT/harness/tests/fixtures/run

@test "every command has --help with an example" {
  for command in bench compare sweep scene battery drive exercise report doctor; do refuses 0 "Example" "$IOLAB" "$command" --help; done
}
@test "an unknown command or option shows the valid ones" {
  refuses 2 'no command "nix"' "$IOLAB" nix
  refuses 2 "--quick" "$IOLAB" bench --nix
  refuses 2 "--rounds" "$IOLAB" report --nix
  refuses 2 "usage" "$IOLAB" drive --nix
  refuses 2 "--seed 1.5: want a whole number" "$IOLAB" drive localhost:1 --seed 1.5
  refuses 2 "no model \"nosuch\"; there are: blocking" "$IOLAB" bench nosuch
  refuses 2 "want an axis: idle, clients, size or load" "$IOLAB" sweep epoll-et
  refuses 2 "want echo" "$IOLAB" sweep size poll --service http
}
@test "a results folder that is empty or damaged: which file, which line" {
  mkdir "$BATS_TEST_TMPDIR/empty"
  refuses 1 "empty/trials.csv: No such file" "$IOLAB" report "$BATS_TEST_TMPDIR/empty"
  cp -r "$RUN" "$BATS_TEST_TMPDIR/bad"
  sed -i '17s/,[^,]*$//' "$BATS_TEST_TMPDIR/bad/trials.csv"
  refuses 1 "bad/trials.csv:17: 8 fields, want 9" "$IOLAB" report "$BATS_TEST_TMPDIR/bad"
}
@test "nobody listens: the call, the reason, the way out" {
  refuses 1 "connect: 127.0.0.1:1: Connection refused" "$IOLAB" drive 127.0.0.1:1 --window 50
}
@test "too few descriptors for what was asked: one line" {
  starts epoll-lt
  refuses 1 "ulimit" bash -c "ulimit -n 40; exec '$IOLAB' drive 127.0.0.1:$PORT -c 64 --window 50"
  ends
}
@test "drive: every byte comes back, and the books of the server balance" {
  starts epoll-et --books "$BATS_TEST_TMPDIR/books.csv"
  run "$IOLAB" drive "127.0.0.1:$PORT" -c 8 --size 3000 --idle 4 --slow 2 --bursty 3 --warmup 20 --window 100 --csv
  echo "$output"
  for served in served,count,8 idle_served,count,4 slow_served,count,2 bursty_served,count,3; do
    [[ $output == *"
$served,exact
"* ]]
  done
  ends
  balances "$BATS_TEST_TMPDIR/books.csv"
}
@test "a run of two models: results, a page, and one line that is its path" {
  run "$IOLAB" report epoll-lt epoll-et --quick --out "$BATS_TEST_TMPDIR/run"
  echo "$output"
  [ "$status" -eq 0 ]
  [ "${lines[-1]}" = "$BATS_TEST_TMPDIR/run/report.html" ]
  # A quick run leaves the battery out, and says so.
  [ ! -e "$BATS_TEST_TMPDIR/run/battery.csv" ]
  grep -q 'was not played in this run' "$BATS_TEST_TMPDIR/run/report.html"
  for file in environment trials latency lt_et lt_et_events models; do
    [ "$(wc -l <"$BATS_TEST_TMPDIR/run/$file.csv")" -gt 1 ]
  done
  # What is exact on any machine: 64 KiB read 1 KiB at a time.
  grep -qx 'burst,epoll-lt,1,64,64,0,65536,0' "$BATS_TEST_TMPDIR/run/lt_et.csv"
  grep -qx 'drained,epoll-et,all,1,65,1,65536,0' "$BATS_TEST_TMPDIR/run/lt_et.csv"
  grep -qx 'burst,epoll-et,1,1,1,0,1024,64512' "$BATS_TEST_TMPDIR/run/lt_et.csv"
}
@test "a program of others stands in the same table" {
  run "$IOLAB" bench poll --quick --csv --out "$BATS_TEST_TMPDIR/run" \
    --server theirs="'$BIN/epoll-lt' --quiet --port {port}"
  echo "$output"
  [ "$status" -eq 0 ]
  [[ $output == *"
poll,64,64,"*"
theirs,64,64,"* ]]
  refuses 0 "theirs,0,0,,,,,,," "$IOLAB" bench poll --quick --csv --out "$BATS_TEST_TMPDIR/none" \
    --server theirs="false {port}"
  refuses 2 "{port} where the port belongs" "$IOLAB" bench --server theirs="$BIN/poll --port 0"
  refuses 2 "another name" "$IOLAB" bench --server poll="$BIN/poll --port {port}"
  refuses 2 "each quote closed" "$IOLAB" bench --server theirs="'$BIN/poll --port {port}"
  refuses 2 "echo or http" "$IOLAB" bench --service gopher
}
@test "a server that is slow beyond measure does not slow the offer to all" {
  "$IOLAB" bench poll --quick --out "$BATS_TEST_TMPDIR/run" --server slow="'$BIN/poll' --work 20 --quiet --port {port}"
  [ "$(grep -cE ',rate,poll,.* rate=([5-9]..|[0-9]{4,}),requests,' "$BATS_TEST_TMPDIR/run/trials.csv")" -eq 1 ]
}
@test "what this machine cannot run is told with its reason, and is no failure" {
  mkdir "$BATS_TEST_TMPDIR/bin"
  cp "$IOLAB" "$BIN/poll" "$BATS_TEST_TMPDIR/bin"
  printf '#!/bin/sh\necho "uring: no io_uring here" >&2\nexit 77\n' >"$BATS_TEST_TMPDIR/bin/uring"
  chmod +x "$BATS_TEST_TMPDIR/bin/uring"
  cd "$BATS_TEST_TMPDIR"
  refuses 0 "uring cannot run on this machine: no io_uring here" bin/iolab bench --quick --out bench
  refuses 0 "uring,,,,,,,,,no io_uring here" bin/iolab bench --quick --csv --out csv
  refuses 0 "uring        cannot run on this machine." bin/iolab sweep idle uring poll --quick --out sweep
  refuses 77 "this machine cannot run uring: no io_uring here" bin/iolab bench uring --out nothing
  [ "$(grep -c ',uring,.*,cannot,text,no io_uring here' bench/trials.csv)" -eq 2 ]
  [ "$(grep -cE ',uring,.*,(failed|stops),' bench/trials.csv)" -eq 0 ]
}
# bats test_tags=slow
@test "who is never ready is told what it should have said, and is not tried for ever" {
  mkdir "$BATS_TEST_TMPDIR/bin"
  cp "$IOLAB" "$BIN/poll" "$BATS_TEST_TMPDIR/bin"
  printf '#!/bin/sh\necho hello\nexec sleep 100\n' >"$BATS_TEST_TMPDIR/bin/mute"
  chmod +x "$BATS_TEST_TMPDIR/bin/mute"
  cd "$BATS_TEST_TMPDIR"
  bin/iolab bench poll mute --quick --rate 500 --rounds 2 --out run >out 2>errors 3>&-
  [ "$(grep -c 'mute: after 5 s it has not said `ready MODEL 127.0.0.1:PORT`; it said: hello' errors)" -eq 2 ]
  [ "$(grep -c ',mute,.*,stops,text,not tried: in 2 trials it was not ready in time$' run/trials.csv)" -eq 2 ]
}
@test "who did not serve all is not tried with more silent clients" {
  "$IOLAB" sweep idle poll --quick --out "$BATS_TEST_TMPDIR/run" \
    --server small="'$BIN/epoll-lt' --port {port} --quiet --max-clients 500"
  trials=$BATS_TEST_TMPDIR/run/trials.csv
  grep -q ',small,.*idle=1000 .*,idle_served,count,500$' "$trials"
  grep -q ',small,.*idle=5000 .*,stops,text,"not tried: it did not serve all with 1,000 silent clients' "$trials"
  [ "$(grep -c ',small,.*idle=5000 ' "$trials")" -eq 1 ]
  grep -q ',poll,.*idle=5000 .*,requests,' "$trials" ||
    ! grep -q ',poll,.*idle=1000 .*,idle_served,count,1000$' "$trials"
}
@test "a server that ends in a trial has no figure there, and the sweep goes on" {
  run "$IOLAB" sweep idle epoll-lt --quick --out "$BATS_TEST_TMPDIR/run" \
    --server mortal="timeout 0.2 '$BIN/epoll-lt' --port {port} --quiet"
  echo "$output"
  [ "$status" -eq 0 ]
  [[ $output =~ $'\nmortal'\ +-\*?\ +-\*?\ +-\*?\ ?$'\n' ]]
  [[ $output == *$'\nmortal stops at 0 silent clients: '* ]]
}
@test "sweep idle goes to the limit of descriptors" {
  (ulimit -n 400; "$IOLAB" sweep idle poll --csv --out "$BATS_TEST_TMPDIR/run" >"$BATS_TEST_TMPDIR/csv")
  cat "$BATS_TEST_TMPDIR/csv"
  # 16 active ones, and 64 for what else is open.
  [ "$(cut -d, -f1-5 "$BATS_TEST_TMPDIR/csv" | paste -sd' ')" = \
    "model,idle,idle_served,served,total poll,0,0,16,16 poll,100,100,16,16 poll,320,320,16,16" ]
}
@test "sweep clients: from one to 1,024, and who does not serve all says so" {
  run "$IOLAB" sweep clients poll select --quick --csv --out "$BATS_TEST_TMPDIR/run"
  echo "$output"
  for clients in 1 64 1024; do [[ $output == *"
poll,$clients,0,$clients,$clients,"* ]]; done
  [[ $output == *"
select,1024,0,10"[0-9][0-9]",1024,"* ]]
}
@test "sweep size: from a byte to 1 MiB" {
  run "$IOLAB" sweep size fork --quick --csv --out "$BATS_TEST_TMPDIR/run"
  echo "$output"
  for size in 1 1024 65536 1048576; do [[ $output =~ fork,$size,0,16,16,[0-9.]+,[1-9] ]]; done
  grep -q '^1,size,fork,1,.*,connections=16 size=1048576,requests,' "$BATS_TEST_TMPDIR/run/trials.csv"
}
@test "sweep load: parts of what the same server did in the closed loop" {
  run "$IOLAB" sweep load epoll-lt blocking --quick --out "$BATS_TEST_TMPDIR/run"
  echo "$output"
  [[ $output == *"blocking     serves 1 of 64 clients: it has no capacity for all."* ]]
  awk -F, '$3 == "epoll-lt" && $2 == "closed" && $7 == "requests" { requests = $9 }
    $3 == "epoll-lt" && $2 == "closed" && $7 == "window" { capacity = requests * 1e9 / $9 }
    $3 == "epoll-lt" && $2 == "load" && $7 == "offered" {
      split($6, p, /[ =]/)
      for (i = 1; i in p; i += 2) is[p[i]] = p[i + 1]
      off = is["rate"] - capacity * is["load"] / 100
      print is["load"] " % of " capacity " is " is["rate"]
      if (off < -1 || off > 1) bad = 1
      points++
    }
    END { exit bad || points != 4 }' "$BATS_TEST_TMPDIR/run/trials.csv"
  # The page of it, and its twin: a row for each, and why there is none.
  [ "$("$IOLAB" report "$BATS_TEST_TMPDIR/run")" = "$BATS_TEST_TMPDIR/run/report.html" ]
  grep -q '^# Two servers, the same echo: response time as the load rises$' "$BATS_TEST_TMPDIR/run/report.md"
  [ "$(grep -cE '^\| epoll-lt +\| +(> )?[0-9,]+ \| .*[0-9] \|$' "$BATS_TEST_TMPDIR/run/report.md")" -ge 2 ]
  grep -q 'id="fig-load-p99-wide-t"' "$BATS_TEST_TMPDIR/run/report.html"
}
@test "http: nginx and its page, where nginx is installed" {
  "$ROOT/harness/tests/nginx.sh" 1 180 x 2>/dev/null || [ $? -ne 77 ] || skip "no nginx"
  run "$IOLAB" bench poll --quick --csv --service http --out "$BATS_TEST_TMPDIR/run" \
    --server nginx="'$ROOT/harness/tests/nginx.sh' {port}"
  echo "$output"
  [[ $output == *nginx,64,64,* ]]
}
@test "Ctrl-C keeps what was measured and leaves no process" {
  "$IOLAB" report poll --out "$BATS_TEST_TMPDIR/run" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/errors" 3>&- &
  PID=$!
  until grep -qs ',idle,' "$BATS_TEST_TMPDIR/run/trials.csv"; do kill -0 $PID; done
  kill -INT $PID
  status=0
  wait $PID || status=$?
  [ "$status" -eq 130 ]
  [ -s "$BATS_TEST_TMPDIR/run/report.html" ]
  grep -q interrupted "$BATS_TEST_TMPDIR/run/environment.csv"
  # What was played before the trials is kept, and is on the page.
  grep -q '^bytes,stream,,poll,pass,.*,"16 MiB, and every byte is compared"$' "$BATS_TEST_TMPDIR/run/battery.csv"
  grep -q '>16 MiB, and every byte is compared</th><td>holds</td>' "$BATS_TEST_TMPDIR/run/report.html"
  [ -z "$(pgrep -f "$BATS_TEST_TMPDIR/run/books.csv")" ]
}
@test "a battery that cannot be read: the line that is wrong, and the page is written without it" {
  local tree=$BATS_TEST_TMPDIR/tree run=$BATS_TEST_TMPDIR/run
  mkdir -p "$tree/build/bin" "$tree/harness/battery"
  cp "$BIN/iolab" "$BIN/poll" "$tree/build/bin"
  echo nonsense >"$tree/harness/battery/wrong.scene"
  "$tree/build/bin/iolab" report poll --out "$run" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/errors" 3>&- &
  PID=$!
  until grep -qs ',closed,' "$run/trials.csv"; do kill -0 $PID; done
  kill -INT $PID
  wait $PID || [ $? -eq 130 ]
  cat "$BATS_TEST_TMPDIR/errors"
  grep -q 'wrong.scene:1: want' "$BATS_TEST_TMPDIR/errors"
  grep -q 'The battery of behaviours was not played in this run' "$run/report.html"
}
# bats test_tags=slow
@test "on a terminal of 80 columns no line is broken" {
  cd "$BATS_TEST_TMPDIR"
  {
    "$IOLAB" doctor
    "$IOLAB" bench nonblocking --quick --out b
    "$IOLAB" sweep idle nonblocking epoll-lt --quick --out s
    "$IOLAB" sweep clients nonblocking --quick --out c
    "$IOLAB" sweep size nonblocking --quick --out z
    "$IOLAB" sweep load nonblocking --out l
  } >out
  awk 'length > 80 { print "too long: " $0; bad = 1 } END { exit bad }' out
  cat out
  grep -q '^epoll-lt     ' out
}
@test "the doctor speaks" {
  run "$IOLAB" doctor --csv
  [ "${lines[0]}" = "what,verdict,says,way_out" ]
  [ "${#lines[@]}" -gt 5 ]
  for what in io_uring tasks nginx; do [[ $output == *$'\n'"$what",* ]]; done
}
@test "the doctor minds what a limit takes away" {
  refuses 0 "signals,mind,\"100 may be queued" bash -c "ulimit -i 100; '$IOLAB' doctor --csv"
  refuses 0 "tasks,mind,\"900 processes" bash -c "ulimit -u 900; '$IOLAB' doctor --csv"
}
