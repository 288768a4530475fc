# A real Slurm on this one machine, in a folder of its own, for the shell that sources this file:
#   slurm_start DIR    munged, slurmctld and slurmd with private sockets, ports and state
#   slurm_stop         ends them; to be called on every way out
# Any user may; nothing of an installed Slurm is touched. Returns 77 when a program is
# missing or does not come up here.
slurm_pids=

slurm_start() {
  for program in munged slurmctld slurmd sbatch squeue; do
    PATH=$PATH:/usr/sbin:/sbin command -v $program >/dev/null || { echo "SKIPPED: no $program (packages slurm-wlm, munge)"; return 77; }
  done
  PATH=$PATH:/usr/sbin:/sbin
  slurm=$1
  user=$(id -un)
  host=$(hostname -s)
  mkdir -p "$slurm/state" "$slurm/spool" "$slurm/munge"
  chmod 700 "$slurm/munge"
  (umask 077; head -c 1024 /dev/urandom >"$slurm/munge/key")
  port=$((20000 + $$ % 20000))
  cat >"$slurm/slurm.conf" <<CONF
ClusterName=here
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmdPort=$((port + 1))
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/munge
AuthInfo=socket=$slurm/munge/socket
StateSaveLocation=$slurm/state
SlurmdSpoolDir=$slurm/spool
SlurmctldPidFile=$slurm/slurmctld.pid
SlurmdPidFile=$slurm/slurmd.pid
SlurmctldLogFile=$slurm/slurmctld.log
SlurmdLogFile=$slurm/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=batch_sched_delay=0,sched_min_interval=100000,bf_interval=1
SlurmdParameters=config_overrides
ReturnToService=2
KillWait=2
NodeName=$host NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=here Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
  export SLURM_CONF="$slurm/slurm.conf"
  munged --foreground --force --socket="$slurm/munge/socket" --key-file="$slurm/munge/key" --pid-file="$slurm/munge/pid" \
    --log-file="$slurm/munge/log" --seed-file="$slurm/munge/seed" >"$slurm/munged.out" 2>&1 &
  slurm_pids="$slurm_pids $!"
  slurm_wait "munged" test -S "$slurm/munge/socket" || return 77
  slurm_controller || return 77
  slurmd -D >"$slurm/slurmd.out" 2>&1 &
  slurm_pids="$slurm_pids $!"
  slurm_wait "slurmd" sh -c 'sinfo -h -o %t 2>/dev/null | grep -q -E "idle|mix|alloc"' || return 77
}

# Starts the controller; $controller is its process.
slurm_controller() {
  slurmctld -D >>"$slurm/slurmctld.out" 2>&1 &
  controller=$!
  slurm_pids="$slurm_pids $controller"
  slurm_wait "slurmctld" sh -c 'scontrol ping 2>/dev/null | grep -q UP'
}

slurm_wait() {
  what=$1
  shift
  for _ in $(seq 300); do
    "$@" && return 0
    sleep 0.1
  done
  echo "SKIPPED: $what did not come up here" >&2
  tail -n 5 "$slurm"/*.log "$slurm"/*.out "$slurm"/munge/log >&2 2>/dev/null
  return 1
}

slurm_stop() {
  [ -z "$slurm_pids" ] && return
  scancel --user="$(id -un)" 2>/dev/null
  # shellcheck disable=SC2086
  kill $slurm_pids 2>/dev/null
  # shellcheck disable=SC2086
  wait $slurm_pids 2>/dev/null
  slurm_pids=
}
