# What a test needs that changes a server: it copies the sources, edits the copy with sed, builds it, and plays scenes.
# After `load lab`.

source_of() { echo "$ROOT"/0?_*/"${1//-/_}.c"; }

# breaks FILE SCRIPT: edits the copy of a source (of a model: its name) with sed. It must change something.
breaks() {
  local file=$1 tree=$BATS_TEST_TMPDIR/tree
  if [ ! -d "$tree" ]; then
    mkdir -p "$tree/harness"
    cp -r "$ROOT"/0?_* "$tree"
    cp -r "$ROOT/harness/server" "$tree/harness"
  fi
  [[ $file == *.c ]] || { file=$(source_of "$file"); file=${file#"$ROOT/"}; }
  sed -i "$2" "$tree/$file"
  if cmp -s "$tree/$file" "$ROOT/$file"; then
    echo "sed '$2' finds nothing to change in $file: adapt the test"
    return 1
  fi
}

# server_objects: what a model links, in $OBJECTS. What is as it was is compiled once for a file of tests.
server_objects() {
  local kept=$BATS_FILE_TMPDIR/server source object
  mkdir -p "$kept"
  OBJECTS=()
  for source in harness/server/*.c; do
    object=$kept/$(basename "$source" .c).o
    if ! cmp -s "$source" "$ROOT/$source"; then
      object=${source%.c}.o
      rm -f "$object"
    fi
    [ -e "$object" ] || cc -std=c11 -O1 -w -I. -c -o "$object" "$source" || return
    OBJECTS+=("$object")
  done
}

# builds MODEL [CFLAG]...: the changed copy, as ./changed-MODEL, and goes there.
builds() {
  local model=$1 file
  shift
  cd "$BATS_TEST_TMPDIR/tree" || return
  file=$(source_of "$model")
  server_objects
  cc -std=c11 -O1 -w "$@" -I. -o "changed-$model" "${file#"$ROOT/"}" "${OBJECTS[@]}"
}

# fails MODEL GROUP SCENE CODE TEXT [CFLAG]...: the broken server fails the scene, with that code and that text.
# shellcheck disable=SC2154  # bats sets output and status
fails() {
  local model=$1 group=$2 scene=$3 code=$4 text=$5
  shift 5
  builds "$model" "$@"
  run "$IOLAB" scene "$ROOT/harness/battery/$group.scene" --only "$scene" --model "$model" -- \
    "./changed-$model" --port '{port}' --quiet '{args}'
  echo "$output"
  [ "$status" -eq 1 ]
  [[ $output == *"      $code: "*"$text"* ]]
}

# plays_changed MODEL GROUP...: the changed copy passes them all.
plays_changed() {
  local model=$1 group
  builds "$model"
  for group in "${@:2}"; do
    "$IOLAB" scene "$ROOT/harness/battery/$group.scene" --model "$model" --keep-going -- \
      "./changed-$model" --port '{port}' --quiet '{args}'
  done
}
