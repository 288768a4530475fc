#!/bin/bash
# One study of 40 runs by one process, by two, as two shards that start at once, under mpirun and srun, and as an array of
# a real Slurm: the tables are the same bit for bit. Then an array task, a rank and mpirun, which coordinates the ranks, are
# killed at work, and each study is resumed: nothing is lost and nothing is computed twice. (Under Slurm nothing of ours
# coordinates: the tasks agree through the folder. What a lost slurmctld does to a queue is Slurm's own matter.)
#
#   tests/sweep/cluster_test.sh STEPPE slurm|mpi        exit 77: skipped, the programs are missing
set -u
steppe=$1
part=$2
here=$(cd "$(dirname "$0")" && pwd)
. "$here/slurm_here.sh"
dir=$(mktemp -d "${TMPDIR:-/tmp}/steppe-cluster-XXXXXX")
finish() {
  slurm_stop
  rm -rf "$dir"
}
trap finish EXIT
trap 'exit 1' INT TERM
cd "$dir" || exit 1
failures=0
bad() {
  echo "FAILED: $*"
  failures=$((failures + 1))
}

cp "$here/fixtures/site.yaml" .
cat >short.yaml <<Y
steppe: 1
study: short
scenario: site.yaml
axes: {office.power: {from: 100 kW, to: 300 kW, steps: 8}}
sample: {method: lhs, n: 5, over: {tr.rating: {uniform: [1 MVA, 3 MVA]}}}
Y
# 16 runs that take about ten seconds on one core here, so that a kill meets them at work.
make_long() {
  sed -e 's/short/long/' -e 's/n: 5/n: 2/' short.yaml >long.yaml
  [ -n "${STEPPE_LONG:-}" ] && { echo "until: $STEPPE_LONG" >>long.yaml; return; }
  began=$(date +%s%N)
  "$steppe" run site.yaml --until 100d -o probe.h5 >/dev/null 2>&1 || bad "the site does not run"
  took=$(($(date +%s%N) - began))
  echo "until: $((100 * 10000000000 / 16 / took + 1)) d" >>long.yaml
}

table() { "$steppe" report "$1" --csv -; }
same() {
  table "$2" >"$2.csv" 2>&1
  if cmp -s "$1.csv" "$2.csv"; then echo "$2: the same bits as $1"; else
    bad "$2 differs from $1"
    diff "$1.csv" "$2.csv" | head -5
  fi
}
reference() {
  "$steppe" sweep "$1.yaml" -o "$1-one" --progress none >"$1.txt" 2>&1 || { cat "$1.txt"; exit 1; }
  table "$1-one" >"$1-one.csv"
}
# Each run once in a log as computed, or found finished by a later worker; never computed twice.
once() {
  cat "$1"/log/*.jsonl | /usr/bin/env awk -v n="$2" -v dir="$1" '
    match($0, /"run":[0-9]+/) {
      run = substr($0, RSTART + 6, RLENGTH - 6)
      seen[run] = 1
      if ($0 !~ /"kept":true/ && $0 ~ /"status":"complete"/) computed[run]++
    }
    END {
      for (r in seen) { found++; if (computed[r] > 1) { print "run " r " was computed " computed[r] " times"; wrong = 1 } }
      if (found != n) { print dir ": " found + 0 " of " n " runs have a line"; wrong = 1 }
      exit wrong
    }' || bad "$1"
  [ "$(ls "$1/runs" | wc -l)" = "$2" ] || bad "$1 holds $(ls "$1/runs" | wc -l) results of $2"
  [ "$(ls "$1/partial" | wc -l)" = 0 ] || bad "$1 holds partial results"
}
finished() { ls "$1/runs" 2>/dev/null | wc -l; }
# Until some runs of a study have ended, then until the next one has begun.
await() {
  for _ in $(seq 200); do
    [ "$(finished "$1")" -ge "$2" ] && return 0
    sleep 0.05
  done
  bad "$1 does not start"
}
quiet_after() {
  for _ in $(seq 200); do
    pgrep -f "$dir/$1|-o $1 " >/dev/null || return 0
    sleep 0.05
  done
  bad "processes of $1 are left over"
}

run_mpi() {
  command -v mpirun >/dev/null || { echo "SKIPPED: no mpirun (package openmpi-bin)"; exit 77; }
  [ "$(id -u)" = 0 ] && root=--allow-run-as-root || root=
  mpi() { mpirun $root --oversubscribe --mca btl self,vader --mca btl_vader_single_copy_mechanism none -n 2 "$steppe" sweep "$@" --mpi --progress none; }
  reference short
  "$steppe" sweep short.yaml -o short-two --jobs 2 --progress none >/dev/null 2>&1 || bad "--jobs 2"
  same short-one short-two
  # Both at once in a folder that neither has made.
  "$steppe" sweep short.yaml -o short-shards --shard 1/2 --progress none >/dev/null 2>&1 &
  first=$!
  "$steppe" sweep short.yaml -o short-shards --shard 2/2 --progress none >/dev/null 2>&1 || bad "--shard 2/2"
  wait $first || bad "--shard 1/2"
  [ -f short-shards/study.h5 ] || bad "the last shard made no table"
  same short-one short-shards
  mpi short.yaml -o short-mpi >mpi.txt 2>&1 || { bad "mpirun"; cat mpi.txt; }
  grep -q "40 of 40 runs" mpi.txt || bad "rank 0 does not tell of all runs"
  same short-one short-mpi
  once short-mpi 40

  make_long
  reference long
  for victim in rank mpirun; do
    mpi long.yaml -o "long-$victim" >kill.txt 2>&1 &
    job=$!
    await "long-$victim" 4
    # The function runs in a shell of its own, whose child is mpirun, whose children are the ranks.
    launcher=$(pgrep -P $job -x mpirun || echo $job)
    if [ $victim = rank ]; then kill -9 "$(pgrep -P "$launcher" -x steppe | tail -n 1)"; else kill -9 "$launcher"; fi
    wait $job 2>/dev/null
    quiet_after "long-$victim"
    before=$(finished "long-$victim")
    [ "$before" -lt 16 ] || bad "$victim: the study was through before the kill"
    mpi long.yaml -o "long-$victim" --resume >resume.txt 2>&1 || { bad "resume after $victim"; cat resume.txt; }
    echo "killed the $victim after $before runs: $(cat resume.txt)"
    same long-one "long-$victim"
    once "long-$victim" 16
  done
}

run_slurm() {
  slurm_start "$dir/slurm"
  status=$?
  [ $status = 0 ] || exit $status
  drained() {
    for _ in $(seq 1200); do
      [ -z "$(squeue -h 2>&1)" ] && return 0
      sleep 0.1
    done
    bad "the queue does not empty"
    squeue
  }
  reference short
  "$steppe" sweep short.yaml -o short-slurm --slurm --chunk "${STEPPE_CHUNK:-4}" >submit.txt 2>&1 || { bad "sbatch"; cat submit.txt; }
  drained
  [ -f short-slurm/study.h5 ] || { bad "the last task made no table"; tail -n 3 short-slurm/log/*.txt | head -20; }
  same short-one short-slurm
  once short-slurm 40
  echo "an array of $(ls short-slurm/log/*.done | wc -l) tasks"
  if srun --mpi=list 2>&1 | grep -q pmix && command -v mpirun >/dev/null; then
    srun --mpi=pmix -n 2 "$steppe" sweep short.yaml -o short-srun --mpi --progress none >srun.txt 2>&1 || { bad "srun"; cat srun.txt; }
    same short-one short-srun
  fi

  make_long
  reference long
  "$steppe" sweep long.yaml -o long-task --slurm --chunk 4 >/dev/null 2>&1 || bad "sbatch"
  await long-task 2
  kill -9 "$(pgrep -f -o "steppe sweep .*long-task")"
  drained
  before=$(finished long-task)
  [ "$before" -lt 16 ] || bad "task: the study was through before the kill"
  "$steppe" sweep long.yaml -o long-task --slurm --chunk 4 --resume >resume.txt 2>&1 || { bad "resume"; cat resume.txt; }
  drained
  echo "killed a task: $before of 16 runs without resuming, then: $(cat resume.txt)"
  same long-one long-task
  once long-task 16
}

run_$part
[ $failures = 0 ] && echo "all the same"
exit $((failures > 0))
