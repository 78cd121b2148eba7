# What the tests of lessons share: a lab's README.md, its commands and what it says that they print.
# After `load ../harness/tests/lab`: a lab's lesson.bats says `load ../harness/tests/lesson`.

LESSON=$(dirname "$BATS_TEST_FILENAME")/README.md
FIGURE='[0-9][0-9,.]*'
said=                                   # what the commands of the latest block printed

# block KIND NAME: the lines of the block that begins with ```KIND NAME.
block() {
  sed -n "/^\`\`\`$1 $2\$/,/^\`\`\`\$/p" "$LESSON" | sed '1d;$d' | grep . || { echo "no block $1 $2 in $LESSON"; return 1; }
}

# told NAME: the block ```text that follows the commands NAME, if there is one before the next commands.
told() {
  awk -v begin="\`\`\`sh $1" '$0 == begin { on = 1; next } on && /^```sh / { exit }
    on && /^```text$/ { text = 1; next } text && /^```$/ { exit } text' "$LESSON"
}

# shape: figures are N, with their units; blanks are one blank, and a bar is one piece of it: so two runs can be compared.
# Behind who made a call, the time that it waited is left out: it is there in one run, and too short to tell in the next.
# In a table, - and * stand for who was not served: that depends on the machine.
shape() {
  sed -E "s/(^|[^A-Za-z_])$FIGURE( ?(ns|us|ms|s|KiB|MiB|bytes|byte|%|times))?/\1N/g; s/([━┅─▒█])+/\1/g
    s/N\*/N/g; s/(N +)-\*?( |$)/\1N\2/g; s/(N +)-\*?( |$)/\1N\2/g
    s/[[:space:]]+/ /g; s/(main|(thread|process) N) N /\1 /g; s/^ //; s/ $//"
}

# What a student types, with the binaries of this build.
make() { command make -s BUILD="${BIN%/bin}" CC="${FLAGS%% *}" CFLAGS="${FLAGS#* }" "$@"; }

# plays_block NAME [EDIT]...: runs these commands of the lesson, with sed's EDITs; what they print is in $said, and has
# each line that the lesson shows, whatever the figures and wherever a line was broken.
plays_block() {
  local name=$1 script=$BATS_TEST_TMPDIR/$1 line
  shift
  FLAGS=$(<"${BIN%/bin}/flags")
  block sh "$name" | sed -E -e "s,build/bin/,$BIN/,g" -e "s,results/,$BATS_TEST_TMPDIR/,g" "$@" >"$script"
  cd "$ROOT" || return
  # shellcheck disable=SC1090 # it was made just now
  source "$script" >"$BATS_TEST_TMPDIR/said" 2>&1 </dev/null
  said=$(<"$BATS_TEST_TMPDIR/said")
  echo "$said"
  tr '\n' ' ' <<<"$said" | shape >"$BATS_TEST_TMPDIR/shape"
  while IFS= read -r line; do
    [ "$line" = ... ] || grep -qF -- "$line" "$BATS_TEST_TMPDIR/shape" ||
      { echo "the lesson shows a line that is not printed: $line"; return 1; }
  done < <(told "$name" | shape)
}

# shown NAME [N]: what a scene shows under that name, the N-th time: a bare number, in ns, bytes or what it counts; or a
# word.
shown() {
  awk -v name="$1" -v nth="${2:-1}" '$1 == name && ++n == nth {
      gsub(",", "", $2)
      factor["us"] = 1e3; factor["ms"] = 1e6; factor["s"] = 1e9; factor["KiB"] = 1024; factor["MiB"] = 1048576
      if ($2 + 0 == 0 && $2 !~ /^0/) print $2; else printf "%.6g\n", $2 * ($3 in factor ? factor[$3] : 1) }' <<<"$said"
}

# less A B: as numbers, both of which must be there.
less() {
  echo "is $1 less than $2?"
  [ -n "$1" ] && [ -n "$2" ] && awk -v a="$1" -v b="$2" 'BEGIN { exit !(a + 0 < b + 0) }'
}

# is NAME VALUE: the scene shows just that.
is() {
  local got
  got=$(shown "$1")
  [ "$got" = "$2" ] || { echo "$1 is $got, and the lesson says $2"; return 1; }
}

# costs_more SERVER I J: in the table of a sweep, less in column I than in J. Who was not served cannot be compared: the
# machine is too busy, and the table says so.
costs_more() {
  local cells
  read -ra cells <<<"$(grep -E "^$1 +[0-9-]" <<<"$said" | tr -d ',*')"
  [[ ${cells[$2]} != - && ${cells[$3]} != - ]] || skip "the machine is busy: not all clients were served"
  less "${cells[$2]}" "${cells[$3]}"
}
