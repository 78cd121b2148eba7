#!/usr/bin/env bats
# What is the same in several labs is the same to the byte; and the diff of two neighbours is the change of model.
load lab

# of FUNCTION FILE: its text, with the comment above it.
of() {
  awk -v want="$1" '
    /^\/\*/ || (/^ \*/ && !body) { if (/^\/\*/) above = ""; above = above $0 "\n"; next }
    $0 ~ "^static [a-z_ ]*[ *]" want "\\(" && !/;$/ { body = 1; text = above }
    body { text = text $0 "\n" }
    /^}/ { if (body) { printf "%s", text; exit } }
    { if (!body) above = "" }' "$ROOT/$2"
}

# same FUNCTION FILE FILE...
same() {
  local name=$1 first=$2 wanted
  shift 2
  wanted=$(of "$name" "$first")
  [ -n "$wanted" ] || { echo "there is no $name in $first"; return 1; }
  for file in "$@"; do
    diff <(echo "$wanted") <(of "$name" "$file") || { echo "$name differs: $first, $file"; return 1; }
  done
}

# that_have FUNCTION: the servers in which it stands, one you have just added, too.
that_have() { (cd "$ROOT" && grep -lE "^static [a-z_ ]*$1\(" 0?_*/*.c); }

# at_most LINES A B: lines of code that differ, without comments.
at_most() {
  local count
  count=$("$ROOT/harness/cmd/labdiff.sh" "$ROOT/$2" "$ROOT/$3" --count)
  echo "$2 to $3: $count lines"
  [ "$count" -le "$1" ]
}

BLOCKING=01_blocking/blocking.c NONBLOCKING=02_nonblocking/nonblocking.c SELECT=03_select/select.c POLL=04_poll/poll.c
LT=05_epoll_lt_et/epoll_lt.c ET=05_epoll_lt_et/epoll_et.c SIGNAL=06_signal_io/signal_io.c
FORK=08_fork/fork.c PREFORK=08_fork/prefork.c THREAD=08_fork/thread.c

@test "hear and answer are the same in all that read" {
  for function in hear answer; do
    mapfile -t files < <(that_have $function)
    [ "${#files[@]}" -ge 10 ]
    same $function "${files[@]}"
  done
}
@test "part, serve and welcome are the same in select, poll and epoll LT" {
  same part $SELECT $POLL $LT
  same serve $SELECT $POLL $LT
  same welcome $SELECT $POLL $LT
}
@test "part, serve and welcome are the same in epoll ET and signal-io" {
  same part $ET $SIGNAL
  same serve $ET $SIGNAL
  same welcome $ET $SIGNAL
}
@test "meet is the same in poll, epoll LT and epoll ET" { same meet $POLL $LT $ET; }
@test "fork, prefork and thread have the conversation of blocking" { same serve $BLOCKING $FORK $PREFORK $THREAD; }

@test "the diff of neighbours is the change of model" {
  at_most 35 $SELECT $POLL
  at_most 45 $POLL $LT
  at_most 45 $LT $ET
  at_most 82 $ET $SIGNAL
  at_most 75 $BLOCKING $FORK
  at_most 62 $BLOCKING $THREAD
  at_most 97 $FORK $THREAD
  at_most 130 $BLOCKING $PREFORK
  at_most 174 $FORK $PREFORK
}

# lacks WHAT COMMAND...: says what is missing unless the command finds it.
lacks() {
  "${@:2}" >/dev/null 2>&1 || { echo "$1"; lacking=1; }
}

# is_whole FILE: a server has its tests, its place in the table, and a word in the lessons. (docs/architecture.md: to
# add a model.)
is_whole() {
  local folder model tests
  folder=$(dirname "$1") model=$(basename "$1" .c)
  tests=$folder/$model.bats model=${model//_/-}
  if [ -f "$tests" ]; then
    for group in bytes leaving pressure crowd limits ending http; do
      lacks "$tests does not play $group" grep -q "plays $model $group;" "$tests"
    done
    lacks "$tests does not say keeps_the_contract $model" grep -q "keeps_the_contract $model;" "$tests"
  else
    lacks "$1 has no tests: $tests" false
  fi
  lacks "harness/report/models.c has no family and no look for $model" grep -qF "{\"$model\"," harness/report/models.c
  lacks "$folder/README.md does not name $model" grep -qE "(^|[^a-z-])$model([^a-z-]|\$)" "$folder/README.md"
  lacks "README.md has no row for $model" grep -q "^| \[0[1-8]\].*\`$model\`" README.md
}

@test "a server is whole: its tests, its place in the table, a word in the lessons" {
  cd "$ROOT"
  lacking=
  for file in 0?_*/*.c; do is_whole "$file"; done
  [ -z "$lacking" ]
}

@test "a server file is read in one sitting" {
  for file in "$ROOT"/0*/*.c; do
    length=$(wc -l <"$file")
    case $file in
      */prefork.c) most=240 ;;    # two programs in one: a worker and its supervisor
      */signal_io.c) most=195 ;;  # it does by hand what epoll does in the kernel
      */uring.c) most=330 ;;      # the rings, which others have in the kernel
      */aio.c) most=180 ;;        # a third of it makes sure that there are threads enough
      *) most=165 ;;
    esac
    echo "$file: $length lines, at most $most"
    [ "$length" -le "$most" ]
  done
}

@test "no line is wider than a projector" {
  wide=$(find "$ROOT"/0* "$ROOT/harness" -name '*.[ch]' -exec grep -nE '.{121,}' {} +) || :
  echo "$wide"
  [ -z "$wide" ]
}
