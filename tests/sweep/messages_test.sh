#!/bin/bash
# What can be wrong with a study, as a person types it: told before anything runs or is queued, with the right exit code.
#   tests/sweep/messages_test.sh STEPPE
set -u
steppe=$1
here=$(cd "$(dirname "$0")" && pwd)
dir=$(mktemp -d "${TMPDIR:-/tmp}/steppe-messages-XXXXXX")
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
cp "$here/fixtures/site.yaml" .
study() { printf 'steppe: 1\nstudy: %s\nscenario: site.yaml\n%s\n' "$1" "$2" >"$1.yaml"; }
study good 'axes: {office.power: [100 kW, 200 kW]}'
study other 'axes: {office.power: [100 kW, 300 kW]}'
study path 'axes: {ofice.power: [100 kW]}'
study empty ''
failures=0
# expect CODE TEXT COMMAND…: the exit code, and a part of what is said.
expect() {
  code=$1 text=$2
  shift 2
  said=$("$@" 2>&1)
  got=$?
  case $said in *"$text"*) found=1 ;; *) found=0 ;; esac
  if [ $got != "$code" ] || [ $found = 0 ]; then
    failures=$((failures + 1))
    printf 'FAILED: %s\n  exit code %s, expected %s; expected to read: %s\n%s\n' "$*" $got "$code" "$text" "$said"
  fi
}
absent() { [ -e "$1" ] && { failures=$((failures + 1)); echo "FAILED: $1 was made"; }; }
sweep() { "$steppe" sweep "$@" --progress none; }

expect 2 "did you mean 'office.power'?" sweep path.yaml -o path
absent path
expect 2 "the study is empty" sweep empty.yaml -o empty
absent empty
expect 2 "-o DIR is missing" sweep good.yaml
expect 2 "expected I/N" sweep good.yaml -o x --shard 3/2
expect 2 "--jobs is 1 or more" sweep good.yaml -o x --jobs 0
expect 2 "exclude each other" sweep good.yaml -o x --slurm --shard 1/2
expect 2 "belong to --slurm" sweep good.yaml -o x --partition long
expect 2 "not started by mpirun or srun" env -u SLURM_NTASKS "$steppe" sweep good.yaml -o x --mpi
absent x
expect 0 "2 of 2 runs" sweep good.yaml -o good
expect 2 "--resume continues" sweep good.yaml -o good
expect 0 "0 computed, 2 kept" sweep good.yaml -o good --resume
expect 2 "holds another study" sweep other.yaml -o good --resume
mkdir letters && echo dear >letters/friend.txt
expect 2 "holds no study" sweep good.yaml -o letters
expect 2 "is a file" sweep good.yaml -o site.yaml
# /proc takes no folders, whoever asks.
expect 5 "/proc/steppe" sweep good.yaml -o /proc/steppe
mkdir no-slurm
expect 2 "no sbatch on the path" env PATH="$dir/no-slurm" "$steppe" sweep good.yaml -o queued --slurm
absent queued
printf '#!/bin/sh\necho "never reached" >&2\nexit 1\n' >no-slurm/sbatch && chmod +x no-slurm/sbatch
expect 2 "holds another study" env PATH="$dir/no-slurm:$PATH" "$steppe" sweep other.yaml -o good --slurm --resume
expect 5 "/proc/steppe" env PATH="$dir/no-slurm:$PATH" "$steppe" sweep good.yaml -o /proc/steppe --slurm
expect 5 "sbatch refused" env PATH="$dir/no-slurm:$PATH" "$steppe" sweep good.yaml -o refused --slurm
expect 0 "--array=1-2" "$steppe" sweep good.yaml -o printed --slurm --print
absent printed
expect 0 "Nothing was run" "$steppe" sweep good.yaml --dry-run
expect 0 "on one core" "$steppe" sweep good.yaml --dry-run
expect 0 '"done":2,"total":2' "$steppe" sweep good.yaml -o json --progress json
expect 2 "without a study" "$steppe" report letters
expect 2 "did you mean 'energy_site'?" "$steppe" report good --pareto energy_sit,pue

# A disk of 100 kB, where mounting one is allowed.
study many 'axes: {office.power: {from: 1 kW, to: 60 kW, steps: 60}}'
export steppe dir
if unshare -rm true 2>/dev/null; then small="unshare -rm"; elif [ "$(id -u)" = 0 ]; then small="unshare -m"; else small=; fi
mkdir small
if [ -n "$small" ] && $small mount -t tmpfs -o size=4k none small 2>/dev/null; then
  mounted() { $small sh -c "mount -t tmpfs -o size=$1 none small && \"\$steppe\" sweep many.yaml -o small/out --progress none; code=\$?; ls small/out/runs | wc -l; exit \$code"; }
  expect 5 "no space left" mounted 16k
  expect 5 "--resume continues it" mounted 400k
else
  echo "SKIPPED: a small disk cannot be mounted here"
fi
[ $failures = 0 ] && echo "all messages as expected"
exit $((failures > 0))
