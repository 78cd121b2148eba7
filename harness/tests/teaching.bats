#!/usr/bin/env bats
# The documents for who learns and teaches (docs/models.md, glossary.md, teaching/): do commands, sections, minutes and
# quotations still hold? And of all documents: does each link lead somewhere?
load lab

MODELS_MD=docs/models.md GLOSSARY=docs/glossary.md TEACHING=docs/teaching
PAGES=("$MODELS_MD" "$GLOSSARY" "$TEACHING"/*.md)

setup() { cd "$ROOT" || return; }

# -- Links -----------------------------------------------------------------------------------------------------------

# here: every file and folder of the project, but for what is made.
here() { find . \( -name build -o -name results -o -name work -o -name .git \) -prune -o -print | sed 's,^\./,,'; }

# broken_links FILE...: a line for each link in them whose file or heading is not there, and at last how many there are.
# Links out of the project are not tried.
broken_links() {
  awk '
    # What becomes of a heading, in a link to it.
    function slug(text) {
      gsub(/^#+ +|`/, "", text)
      text = tolower(text)
      gsub(/[^a-z0-9 _-]/, "", text)
      gsub(/ /, "-", text)
      return text
    }
    # FOLDER/../a/./b/ as a path from the top.
    function path(from, to,   part, count, i, n, out) {
      sub(/[^\/]*$/, "", from)
      count = split(from to, part, "/")
      for (i = 1; i <= count; i++)
        if (part[i] == "..") n--
        else if (part[i] != "." && part[i] != "") stack[++n] = part[i]
      for (i = 1; i <= n; i++) out = out (i > 1 ? "/" : "") stack[i]
      return out
    }
    FILENAME == "-" { there[$0]; next }
    FNR == 1 { fenced = 0 }
    /^```/ { fenced = !fenced; next }
    fenced || /^    / { next }
    /^#+ / { name = slug($0); again = seen[FILENAME, name]++; anchor[FILENAME, again ? name "-" again : name] }
    { text[FILENAME] = text[FILENAME] " " $0 }
    END {
      for (file in text) {
        rest = text[file]
        gsub(/`[^`]*`/, "", rest)
        while (match(rest, /\]\([^) ]+\)/)) {
          link = substr(rest, RSTART + 2, RLENGTH - 3)
          rest = substr(rest, RSTART + RLENGTH)
          if (link ~ /^[a-z]+:/) continue
          count++
          split(link, part, "#")
          to = part[1] == "" ? file : path(file, part[1])
          if (to != "" && !(to in there)) print file " leads to " link ": there is no " to
          else if (link ~ /#/ && !((to, part[2]) in anchor)) print file " leads to " link ": no such heading in " to
        }
      }
      print count + 0 " links"
    }' - "$@" < <(here)
}

@test "each link in a document leads to a file that is there, and to a heading in it" {
  [ -d .github ] || skip "this is a handout: it has not all files"
  mapfile -t documents < <(here | grep '\.md$')
  said=$(broken_links "${documents[@]}")
  [[ $said =~ ^([0-9]+)\ links$ ]] || { echo "$said"; return 1; }
  [ "${BASH_REMATCH[1]}" -ge 60 ]
}

@test "the test of links finds a file that is missing, and a heading that was renamed" {
  cd "$BATS_TEST_TMPDIR"
  mkdir docs
  printf '%s\n' '# One' '[a](gone.md) [b](bad.md#two) `[c](code.md)`, ![two' 'lines](gone.svg)' \
    '[d](../docs/bad.md#one)' >docs/bad.md
  said=$(broken_links docs/bad.md)
  echo "$said"
  [ "$(wc -l <<<"$said")" -eq 4 ]
  [[ $said == *"no docs/gone.md"* && $said == *"no such heading in docs/bad.md"* && $said == *"no docs/gone.svg"* ]]
}

# -- Commands --------------------------------------------------------------------------------------------------------

# code FILE...: what stands there as code, a line each.
code() {
  awk '
    function flush() {
      for (; match(text, /`[^`]+`/); text = substr(text, RSTART + RLENGTH)) print substr(text, RSTART + 1, RLENGTH - 2)
      text = ""
    }
    FNR == 1 { flush(); fenced = 0 }
    /^```/ { flush(); fenced = !fenced; next }
    fenced || /^    / { flush(); print; next }
    { text = text " " $0 }
    END { flush() }' "$@"
}

models() { basename -s .c 0[1-8]_*/*.c | tr _ -; }

# planned: the exercises of the plans. An exercise may come later than its place in them.
planned() { grep -oE '\b0[1-8][a-z] \([0-9]+\)' "$TEACHING/plans.md" | cut -d ' ' -f 1 | sort -u; }
exercises() { "$IOLAB" exercise list --csv --work "$BATS_TEST_TMPDIR/none" | sed '1d; s/,.*//'; }

# targets: each that can be typed after make, for every model and every exercise. watch- takes either.
targets() {
  local target
  awk -F: '/^[a-zA-Z-]+:.*## / { print $1 }' Makefile | while read -r target; do
    echo "$target"
    case $target in
      watch-MODEL) { models; exercises; planned; } | sed "s/^/watch-/" ;;
      *-MODEL) models | sed "s/^/${target%MODEL}/" ;;
      *-ID) { exercises; planned; } | sed "s/^/${target%ID}/" ;;
    esac
  done
}

# unknown LIST WORD...: the words that are no line of LIST.
unknown() { printf '%s\n' "${@:2}" | grep -vxFf <(echo "$1") || :; }

# is_said KIND WORDS: fails, and tells them, if there are any.
is_said() { [ -z "$2" ] || { echo "the documents name what does not exist, as $1:" "$2"; return 1; }; }

@test "each make target that these documents name exists" {
  mapfile -t named < <(code "${PAGES[@]}" | grep -oE '(^|[ ;(])make( -[a-z0-9]+)* [a-z][a-zA-Z0-9-]*' | sed 's/.* //' |
    sort -u)
  [ "${#named[@]}" -ge 20 ]
  is_said 'a make target' "$(unknown "$(targets)" "${named[@]}")"
}

@test "each claim, and each model after A= and B=, that these documents name exists" {
  claims=$("$IOLAB" claims --list | sed -n 's/^\([a-z][a-z0-9-]*\) .*/\1/p')
  mapfile -t named < <(code "${PAGES[@]}" | grep -oE "make claims ARGS=('[^']*'|[a-z][a-z0-9-]*)" | sed 's/.*ARGS=//' |
    xargs -n 1 | xargs -n 1 | sort -u)
  [ "${#named[@]}" -ge 15 ]
  is_said 'a claim' "$(unknown "$claims" "${named[@]}")"
  mapfile -t named < <(code "${PAGES[@]}" | grep -oE '\b[AB]=[a-z-]+' | cut -c 3- | sort -u)
  is_said 'a model' "$(unknown "$(models)" "${named[@]}")"
}

# takes COMMAND... -- OPTION...: its help names each of these options.
takes() {
  local help command=()
  while [ "$1" != -- ]; do command+=("$1"); shift; done
  shift
  help=$("${command[@]}" --help 2>&1)
  for option; do
    grep -qE -- "(^|[ ,|\[])$option\b" <<<"$help" || { echo "${command[*]} has no $option"; return 1; }
  done
}

# options WORDS: those among them.
options() { grep -oE '(^| )--[a-z-]+' <<<"$1" | tr -d ' '; }

@test "each option that these documents give to iolab or, in ARGS, to make is one" {
  count=0
  while read -r line; do
    count=$((count + 1))
    words=${line#*iolab }
    words=${words%% -- *}
    # shellcheck disable=SC2046 # the words are meant to be split
    takes "$IOLAB" "${words%% *}" -- $(options "$words")
  done < <(code "${PAGES[@]}" | grep -oE 'build/bin/iolab [a-z].*')
  [ "$count" -ge 10 ]
  while read -r target args; do
    case $target in
      run-* | watch-*) command=("$BIN/${target#*-}") ;;
      *) command=("$IOLAB" "$target") ;;
    esac
    # shellcheck disable=SC2046
    takes "${command[@]}" -- $(options "$args")
  done < <(code "${PAGES[@]}" | sed -nE "s/.*make ([a-z-]+)( [AB]=[a-z-]+)* ARGS='(--[^']*)'.*/\1 \3/p")
}

@test "each scene that these documents play is in its file" {
  count=0
  while read -r file only; do
    count=$((count + 1))
    grep -q "^scene $only " "$file" || { echo "$file has no scene $only"; return 1; }
  done < <(code "${PAGES[@]}" | sed -nE 's/.*iolab scene ([^ ]+) --only ([^ ]+).*/\1 \2/p')
  [ "$count" -ge 1 ]
}

# -- The picture, and which model when -------------------------------------------------------------------------------

@test "docs/models.svg has all models, words for who cannot see it, and a paper of its own for light and dark" {
  drawing=docs/models.svg
  for model in $(models); do
    grep -q ">$model</text>" "$drawing" || { echo "$drawing has no row for $model: draw it anew"; return 1; }
  done
  for part in '<title ' '<desc ' '<rect class="paper"' 'prefers-color-scheme:dark'; do
    grep -qF -- "$part" "$drawing" || { echo "$drawing has no $part"; return 1; }
  done
  code "$MODELS_MD" | grep -F 'build/bin/iolab models --svg docs/models.svg'
  page=$(tr '\n' ' ' <"$MODELS_MD")
  [[ $page =~ !\[[^]]{100,}\]\(models.svg\) ]] || { echo "$MODELS_MD has no words for the picture"; return 1; }
}

# rows: of the last table, "Which model when".
rows() { sed -n '/^## Which model when/,$p' "$MODELS_MD" | grep '^|' | sed 1,2d; }

@test "each row of 'which model when' tells what answers it, and each section that it names is in a report" {
  [ "$(rows | wc -l)" -ge 12 ]
  while IFS='|' read -r _ situation _ _ ask; do
    grep -qE '`(#|make |build/bin/)|not measured' <<<"$ask" || { echo "nothing answers: $situation"; return 1; }
  done < <(rows)
  sections=$(grep -ohE 'tell_section_open\(page->tell, "[a-z-]+"' harness/report/page*.c | cut -d '"' -f 2)
  mapfile -t named < <(rows | grep -oE '`#[a-z-]+`' | tr -d '`#' | sort -u)
  [ "${#named[@]}" -ge 6 ]
  is_said 'a section of the report' "$(unknown "$sections" "${named[@]}")"
}

@test "each model has its place in 'which model when', or stands below it" {
  for model in $(models); do
    sed -n '/^## Which model when/,$p' "$MODELS_MD" | grep -qF "\`$model\`" || { echo "no place for $model"; return 1; }
  done
}

# -- The glossary ----------------------------------------------------------------------------------------------------

terms() { sed -nE 's/^- \*\*([^*]+)\*\*: .*/\1/p' "$GLOSSARY"; }

@test "the glossary is in order, and no term takes more than two lines" {
  [ "$(terms | wc -l)" -ge 50 ]
  diff <(terms) <(terms | LC_ALL=C sort -f -u)
  long=$(awk '/^- \*\*/ { lines = 0; term = $0 } term && ++lines == 3 && NF { print term }' "$GLOSSARY")
  [ -z "$long" ] || { echo "more than two lines: $long"; return 1; }
}

@test "each term points to a lab, an exercise, a page or a man page, and whatever it is compared with is there" {
  entries=$(awk '/^- \*\*/ { if (entry) print entry; entry = $0; next } entry { entry = entry " " $0 }
    END { print entry }' "$GLOSSARY")
  while read -r entry; do
    [[ $entry =~ →\ .*(\]\(|\([1-8]p?\)|0[1-8][a-z]|\`make) ]] || { echo "points nowhere: $entry"; return 1; }
  done <<<"$entries"
  mapfile -t others < <(grep -oE 'Compare [a-z-]+( [a-z]+)*\.' <<<"$entries" | sed 's/^Compare //; s/\.$//')
  is_said 'a term' "$(unknown "$(terms)" "${others[@]}")"
  mapfile -t named < <(grep -oE '· 0[1-8][a-z]\b' <<<"$entries" | cut -c 4- | sed 's/^ *//' | sort -u)
  is_said 'an exercise' "$(unknown "$(exercises; planned)" "${named[@]}")"
}

# -- The plans -------------------------------------------------------------------------------------------------------

@test "the plans' minutes are those of the exercises' sheets" {
  count=0
  while IFS=, read -r id minutes _; do
    mapfile -t told < <(grep -oE "\b$id \([0-9]+\)" "$TEACHING/plans.md" | sed -E 's/.*\(([0-9]+)\)/\1/')
    [ "${#told[@]}" -ge 1 ] || { echo "no plan has exercise $id"; return 1; }
    for figure in "${told[@]}"; do
      count=$((count + 1))
      [ "$figure" -eq "$minutes" ] || { echo "$id: $minutes minutes in its sheet, $figure in the plans"; return 1; }
    done
  done < <("$IOLAB" exercise list --csv --work "$BATS_TEST_TMPDIR/none" | sed 1d)
  [ "$count" -ge 4 ]
}

@test "the plans' minutes add up, week by week and all together, and no exercise comes twice" {
  awk '
    /^## / { plan = $0; sum = 0; delete seen }
    /^\| [0-9]+ \|/ {
      weeks++
      split($0, cell, / *\| */)
      rest = cell[4]
      week = 0
      while (match(rest, /0[1-8][a-z] \([0-9]+\)/)) {
        id = substr(rest, RSTART, 3)
        minutes = substr(rest, RSTART + 5, RLENGTH - 6) + 0
        rest = substr(rest, RSTART + RLENGTH)
        week += minutes
        if (seen[id]++) { print plan ": " id " comes twice"; bad = 1 }
      }
      if (week != cell[5] + 0) { print plan ", week " cell[2] ": " week " minutes, not " cell[5]; bad = 1 }
      sum += week
    }
    /^All together: / { plans++; if (sum != $3 + 0) { print plan ": " sum " minutes, not " $3; bad = 1 } }
    END {
      if (weeks != 14 || plans != 3) { print weeks " weeks in " plans " plans"; bad = 1 }
      exit bad
    }' "$TEACHING/plans.md"
}

@test "the longest plan has every exercise of the set" {
  last=$(sed -n '/^## Eight weeks/,$p' "$TEACHING/plans.md")
  for id in 01a 01c 02a 02b 03b 04a 05a 05b 05e 06a 07a 08a; do
    grep -qE "\b$id \(" <<<"$last" || { echo "eight weeks, and no $id"; return 1; }
  done
}

@test "what a class has handed in is listed as docs/teaching/README.md says" {
  mkdir -p "$BATS_TEST_TMPDIR"/collected/anna/work "$BATS_TEST_TMPDIR"/collected/ben/iolab-work "$BATS_TEST_TMPDIR/build"
  touch "$BATS_TEST_TMPDIR"/collected/{anna/work,ben/iolab-work}/progress.csv
  ln -s "$BIN" "$BATS_TEST_TMPDIR/build/bin"
  sed -n '/^```sh collect$/,/^```$/p' "$TEACHING/README.md" | sed '1d;$d' >"$BATS_TEST_TMPDIR/collect"
  columns=$(cd "$BATS_TEST_TMPDIR" && sh ./collect)
  echo "$columns"
  [ "$(grep -c '^anna,0' <<<"$columns")" -eq 12 ]
  [ "$(grep -c '^ben,0' <<<"$columns")" -eq 12 ]
  legend=$(sed -n '/^## Collect/,/^## Mark/p' "$TEACHING/README.md" | grep '^|')
  for column in $(sed -n 's/^anna,exercise,/exercise /p' <<<"$columns" | tr , ' '); do
    [[ $legend == *"\`$column\`"* ]] || { echo "what is $column? The table under Collect does not say"; return 1; }
  done
}

# -- What doctor says ------------------------------------------------------------------------------------------------

# said: the strings in the sources of doctor, as extended regular expressions: what it fills in may be anything. Of the
# tracer's, what stands before the semicolon is the words, and the rest the way out.
said() {
  cat harness/cmd/doctor.c harness/trace/trace.c | tr '\n' ' ' | sed 's/" *"//g' | grep -oE '"([^"\\]|\\.)*"' |
    sed -E -e 's/^"(.*)"$/\1/; s/[][().*+?{}|^$]/\\&/g; s/%(llu|ld|d|s|\\\.1f)/.*/g' \
      -e '/^tracing/s/; /\n/'
}

# quoted: each thing that the documents say doctor says: NAME, a tab, its words, a tab, the way out.
quoted() {
  awk '
    function flush() { if (name) print name "\t" words "\t" out; name = words = out = "" }
    /^```doctor/ { inside = 1; next }
    /^```/ { flush(); inside = 0 }
    !inside { next }
    /^(good|mind|BAD) / { flush(); name = $2; sub(/^[^ ]+ +[^ ]+ +/, ""); words = $0; next }
    { more = $0; sub(/^ +/, "", more) }
    more ~ /^way out: / { out = substr(more, 10); next }
    out { out = out " " more; next }
    { words = words " " more }' "$TEACHING"/*.md
}

# not_said FIELD PATTERNS: what is quoted there and matches none. A pattern of hardly a word would match anything.
not_said() { quoted | cut -f "$1" | grep . | grep -vxEf <(grep -E '[a-z]{3}' <<<"$2"); }

@test "what these documents say that doctor says stands so in its source" {
  [ "$(quoted | wc -l)" -ge 15 ]
  # Of a kernel it says nothing but what uname(1) does.
  patterns=$(said; echo 'Linux [0-9.]+[a-z0-9-]* (x86_64|aarch64)')
  words=$(not_said 2 "$patterns") || :
  [ -z "$words" ] || { echo "doctor does not say: $words"; return 1; }
  ways_out=$(not_said 3 "$patterns") || :
  [ -z "$ways_out" ] || { echo "doctor knows no such way out: $ways_out"; return 1; }
}

@test "whatever doctor may mind has its place in troubleshooting.md, and nothing else" {
  mapfile -t names < <("$IOLAB" doctor --csv | sed '1d; s/,.*//'; echo WSL)
  [ "${#names[@]}" -ge 18 ]
  mapfile -t lines < <(quoted | cut -f 1 | sort -u)
  is_said 'a line of doctor' "$(unknown "$(printf '%s\n' "${names[@]}")" "${lines[@]}")"
  missing=$(unknown "$(printf '%s\n' "${lines[@]}")" "${names[@]}")
  [ -z "$missing" ] || { echo "not quoted in troubleshooting.md:" "$missing"; return 1; }
}

# Who looks into live.md has a message before him: it must be one that is printed today.
@test "the messages that live.md and troubleshooting.md explain are still printed" {
  sources=$(cat harness/*/*.[ch] Makefile | tr '\n' ' ' | sed 's/" *"//g')
  pages=$(cat "$TEACHING"/{live,troubleshooting}.md | tr '\n' ' ')
  for message in 'another program has that port' 'there is no model' 'tracing is denied here' 'cannot tell' \
    'measure again when nothing else runs' 'began on a busy machine' 'no verdict on the response times' \
    'this cannot be checked here' 'the sweep ends where it ends' \
    'One CPU for driver and server: what each of them does slows the other.'; do
    [[ $pages == *"$message"* ]] || { echo "not explained: $message"; return 1; }
    [[ $sources == *"$message"* ]] || { echo "explained, and never printed: $message"; return 1; }
  done
}
