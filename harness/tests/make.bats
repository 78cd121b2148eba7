#!/usr/bin/env bats
# The Makefile's own words.
load lab

setup() { cd "$ROOT" || return; }

@test "make help explains every target that a person types" {
  run make -s help
  for word in all run-MODEL watch-MODEL diff test check report bench compare doctor clean help; do
    [[ $output == *"make $word"* ]] || { echo "no $word in:"; echo "$output"; return 1; }
  done
}
@test "make run-nosuch lists the models" {
  refuses 2 "there is no model nosuch; there are: blocking" make -s run-nosuch
}
@test "make diff wants two models that exist" {
  refuses 2 "make diff A=select B=poll" make -s diff
  refuses 2 "there is no model nosuch" make -s diff A=select B=nosuch
  refuses 0 "34 lines of code differ" make -s diff A=select B=poll
}
