#!/bin/sh
# install_bats.sh: makes sure that bats-core is there, as the tests need it. Where it is missing it is installed with
# the machine's package manager, if that asks no password; otherwise the one command to type is printed, exit 1.
set -eu

command -v bats >/dev/null 2>&1 && exit 0

if command -v apt-get >/dev/null 2>&1; then install='apt-get install -y bats'
elif command -v dnf >/dev/null 2>&1; then install='dnf install -y bats'
elif command -v zypper >/dev/null 2>&1; then install='zypper --non-interactive install bats'
elif command -v pacman >/dev/null 2>&1; then install='pacman -S --noconfirm bash-bats'
elif command -v apk >/dev/null 2>&1; then install='apk add bats'
else
  echo 'The tests need bats-core, and this machine has no package manager that we know: install it by hand.' >&2
  exit 1
fi

if [ "$(id -u)" -eq 0 ]; then sudo='env'
elif sudo -n true 2>/dev/null; then sudo='sudo'
else
  echo "The tests need bats-core, which is missing. Type:  sudo $install" >&2
  exit 1
fi
echo "The tests need bats-core, which is missing: $install"
case $install in apt-get*) "$sudo" apt-get update -qq ;; esac
# The words of the command are meant to be split.
# shellcheck disable=SC2086
"$sudo" $install >/dev/null
