#!/bin/sh
# labdiff.sh A.c B.c [--count]: the change from one lab to the other, without the essay on top and without comments.
# --count prints only how many lines differ (added and removed), as the tests want it.
set -eu

code() {
  awk '
    { text = text $0 "\n" }
    END {
      while ((at = index(text, "/*")) > 0) {
        printf "%s", substr(text, 1, at - 1)
        text = substr(text, at + 2)
        text = substr(text, index(text, "*/") + 2)
      }
      printf "%s", text
    }' "$1" | sed 's/[[:space:]]*$//' | sed '/^$/d'
}

files=$(mktemp -d)
trap 'rm -rf "$files"' EXIT
code "$1" >"$files/a"
code "$2" >"$files/b"
changed=$(diff "$files/a" "$files/b" | grep -c '^[<>]') || changed=0
if [ "${3:-}" = --count ]; then
  echo "$changed"
  exit
fi
[ -t 1 ] && [ -z "${NO_COLOR:-}" ] && color=--color=always || color=--color=never
echo "From $1 to $2: $changed lines of code differ (comments left out)."
diff "$color" -U2 --label "$1" --label "$2" "$files/a" "$files/b" || [ $? -eq 1 ]
