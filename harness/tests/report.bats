#!/usr/bin/env bats
# iolab report: is the time told beforehand, is nothing hidden of a bad server or a poor machine, and do several runs
# become one page?
load lab

FIXTURE=$ROOT/harness/tests/fixtures/run

# quick NAME ARGUMENT...: a quick report of poll into the folder NAME.
quick() {
  local name=$1
  shift
  "$IOLAB" report poll --quick --out "$BATS_TEST_TMPDIR/$name" "$@" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/errors" 3>&-
}

@test "how long it takes is said before it begins" {
  quick run --rate 500
  cat "$BATS_TEST_TMPDIR/errors"
  [[ $(head -n 1 "$BATS_TEST_TMPDIR/errors") =~ ^"1 server: about "[1-9][0-9]*" s, until "[0-9][0-9]:[0-9][0-9]"; Ctrl-C keeps what is measured"$ ]]
  grep -qx 'plan,"closed 1 x 250 ms, rate 1 x 250 ms, idle 1 x 150 ms"' "$BATS_TEST_TMPDIR/run/environment.csv"
}
@test "--quick and --thorough are not both; only a report is thorough" {
  refuses 2 "--quick or --thorough, not both" "$IOLAB" report --quick --thorough
  refuses 2 "unknown option" "$IOLAB" bench --thorough
}
@test "a thorough one says beforehand that it takes minutes, and has 20 rounds of the one rate" {
  "$IOLAB" report poll --thorough --service http --out "$BATS_TEST_TMPDIR/run" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/errors" 3>&- &
  PID=$!
  until grep -qs '^plan,' "$BATS_TEST_TMPDIR/run/environment.csv"; do kill -0 $PID; done
  kill -INT $PID
  wait $PID || [ $? -eq 130 ]
  [[ $(head -n 1 "$BATS_TEST_TMPDIR/errors") =~ ^"1 server: about "[2-9]" minutes, until " ]]
  grep -qx 'plan,"closed 5 x 1000 ms, rate 20 x 1000 ms, idle 5 x 500 ms, load 5 x 500 ms"' "$BATS_TEST_TMPDIR/run/environment.csv"
  grep -q 'interrupted before the first trial, so there is no page' "$BATS_TEST_TMPDIR/errors" || [ -s "$BATS_TEST_TMPDIR/run/report.html" ]
}
@test "one of many rounds that is interrupted keeps what it has, and orders nobody" {
  "$IOLAB" report poll --quick --rounds 20 --rate 500 --out "$BATS_TEST_TMPDIR/run" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/errors" 3>&- &
  PID=$!
  until grep -qs ',rate,poll,2,' "$BATS_TEST_TMPDIR/run/trials.csv"; do kill -0 $PID; done
  kill -INT $PID
  status=0
  wait $PID || status=$?
  [ "$status" -eq 130 ]
  cat "$BATS_TEST_TMPDIR/out"
  grep -qE '^No order yet: ([2-9]|1[0-9]) of 20 rounds tell none\.$' "$BATS_TEST_TMPDIR/out"
  [ ! -e "$BATS_TEST_TMPDIR/run/verdicts.csv" ]
  [ -s "$BATS_TEST_TMPDIR/run/report.html" ]
}
@test "a server that dies in a trial: the run goes on, and the page says what became of it" {
  mkdir "$BATS_TEST_TMPDIR/bin"
  cp "$IOLAB" "$BIN/poll" "$BATS_TEST_TMPDIR/bin"
  cat >"$BATS_TEST_TMPDIR/bin/faints" <<'END'
#!/bin/sh
"${0%/*}/poll" "$@" &
sleep 0.3
kill -9 $!
END
  chmod +x "$BATS_TEST_TMPDIR/bin/faints"
  cd "$BATS_TEST_TMPDIR"
  bin/iolab report faints poll --quick --rate 500 --out run 2>errors 3>&-
  grep -q ',faints,.*,failed,text,' run/trials.csv
  grep -q 'faints</b>.*it ended by itself, with' run/report.html
  [ "$(grep -c ',idle,poll,.*,requests,' run/trials.csv)" -eq 3 ]
}
@test "one CPU for driver and server is said on the page" {
  command -v taskset >/dev/null || skip "no taskset"
  cpu=$(taskset -cp $$ | sed 's/.*: \([0-9]*\).*/\1/')
  taskset -c "$cpu" "$IOLAB" report poll --quick --rate 500 --out "$BATS_TEST_TMPDIR/run" 2>"$BATS_TEST_TMPDIR/errors" 3>&-
  grep -q '^pinning,none: one CPU for both$' "$BATS_TEST_TMPDIR/run/environment.csv"
  grep -q 'one CPU for driver and server: what each of them does slows the other' "$BATS_TEST_TMPDIR/run/report.html"
}
@test "the environment tells what figures depend on, and what a server against itself came to here" {
  quick runs/one --rate 500
  environment=$BATS_TEST_TMPDIR/runs/one/environment.csv
  for key in date cpu_model cpus governor kernel hypervisor container clocksource mitigations libc compiler cflags commit \
    nofile timer_slack_ns somaxconn tcp_rmem tcp_wmem ptrace_scope io_uring_disabled load cpu_source seed command \
    pinning steal noise; do
    grep -q "^$key,." "$environment" || { echo "no $key in:"; cat "$environment"; return 1; }
  done
  grep -q '^last_self_comparison,none yet: make compare A=epoll-et B=epoll-et$' "$environment"
  mkdir "$BATS_TEST_TMPDIR/runs/itself" "$BATS_TEST_TMPDIR/runs/elsewhere" "$BATS_TEST_TMPDIR/runs/damaged"
  cp "$environment" "$BATS_TEST_TMPDIR/runs/itself"
  cp "$environment" "$BATS_TEST_TMPDIR/runs/damaged"
  echo "half" >"$BATS_TEST_TMPDIR/runs/damaged/verdicts.csv"
  sed 's/^cpu_model,.*/cpu_model,another/; s/^date,.*/date,2999-01-01/' "$environment" >"$BATS_TEST_TMPDIR/runs/elsewhere/environment.csv"
  for run in itself elsewhere; do
    printf '%s\n' schema,experiment,a,b,parameters,metric,unit,pairs,median_a,median_b,ratio,low,high,level,p,verdict,more_pairs,says \
      "1,compare,poll,fork,,cpu_per_request,ns,9,1,1,1,1,1,1,1,different,0,two" \
      "1,compare,fork,fork,,cpu_per_request,ns,20,1,1,1,1,1,1,1,same,0,same ($run)" >"$BATS_TEST_TMPDIR/runs/$run/verdicts.csv"
  done
  quick runs/two --rate 500
  grep '^last_self' "$BATS_TEST_TMPDIR/runs/two/environment.csv"
  grep -q "^last_self_comparison,\"fork, $(sed -n 's/^date,//p' "$environment"): same (itself), 20 pairs\"$" \
    "$BATS_TEST_TMPDIR/runs/two/environment.csv"
}

# -- Several runs ------------------------------------------------------------------------------------------------------

@test "several runs become one page; its path is the last line" {
  cp -r "$FIXTURE" "$BATS_TEST_TMPDIR/mine"
  cp -r "$FIXTURE" "$BATS_TEST_TMPDIR/theirs"
  sed -i 's/^cpu_model,.*/cpu_model,another CPU/' "$BATS_TEST_TMPDIR/theirs/environment.csv"
  run "$IOLAB" report "$BATS_TEST_TMPDIR/mine" "$BATS_TEST_TMPDIR/theirs/" --out "$BATS_TEST_TMPDIR/page.html"
  echo "$output"
  [ "$status" -eq 0 ]
  [ "${lines[-1]}" = "$BATS_TEST_TMPDIR/page.html" ]
  grep -q 'What waiting costs on both machines' "$BATS_TEST_TMPDIR/page.html"
  grep -qx '# What waiting costs on both machines' "$BATS_TEST_TMPDIR/page.md"
  cd "$BATS_TEST_TMPDIR"
  page=$("$IOLAB" report mine theirs)
  [[ $page == results/merged-*/report.html && -s $page ]]
}
@test "several runs that do not fit: which, and why" {
  cd "$BATS_TEST_TMPDIR"
  cp -r "$FIXTURE" mine
  cp -r "$FIXTURE" theirs
  refuses 2 "mine is named twice" "$IOLAB" report mine mine/
  refuses 2 "nosuch is neither a folder" "$IOLAB" report mine nosuch
  refuses 2 "the page of one is mine/report.html" "$IOLAB" report mine --out page.html
  refuses 1 "no/such/page.html.new: No such file" "$IOLAB" report mine theirs --out no/such/page.html
  sed -i '17s/,[^,]*$//' theirs/trials.csv
  refuses 1 "theirs/trials.csv:17: 8 fields, want 9" "$IOLAB" report mine theirs --out page.html
  sed 's/^1,/2,/' mine/trials.csv >theirs/trials.csv
  refuses 1 "another schema than 1" "$IOLAB" report mine theirs --out page.html
  rm theirs/trials.csv
  refuses 1 "theirs/trials.csv: No such file" "$IOLAB" report mine theirs --out page.html
  [ ! -e page.html ]
  [ ! -e page.md ]
}
