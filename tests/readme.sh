#!/usr/bin/env bash
# Runs every command line that README.md shows in a block marked `sh`, from the root of the project.
# Lines that open a window are left out; they are tested in tests/gui.
set -euo pipefail
cd "$(dirname "$0")/.."
count=0
while IFS= read -r line; do
  case "$line" in './steppe gui'* | './steppe test'* | '') continue ;; esac
  line=${line%%  #*}
  echo "+ $line"
  if ! output=$(bash -c "$line" </dev/null 2>&1); then
    printf '%s\n' "$output" | tail -n 20
    echo "README command failed: $line"
    exit 1
  fi
  count=$((count + 1))
done < <(awk '/^```sh$/ {on=1; next} /^```/ {on=0} on' README.md)
echo "$count commands of README.md ran"
[ "$count" -gt 0 ]
if [ -n "$(./steppe --version 2>&1 >/dev/null)" ]; then
  echo "the launcher is not quiet where nothing is to be built"
  exit 1
fi
