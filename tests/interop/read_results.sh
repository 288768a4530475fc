#!/bin/sh
# Results in the tools of HDF5, netCDF and Octave: read_results.sh DIR ncdump|h5dump|octave; exit 77: the tool is missing.
set -eu
dir=$1
here=$(cd "$(dirname "$0")" && pwd)
need() { command -v "$1" >/dev/null || { echo "SKIPPED: no $1 (package $2)"; exit 77; }; }
case $2 in
  ncdump)
    need ncdump netcdf-bin
    ncdump -h "$dir/day.h5" >"$dir/ncdump.txt"
    grep -q 'utility.p_import(time)' "$dir/ncdump.txt"
    grep -q 'time:units = "seconds since 2026-01-15 00:00:00 +08:00"' "$dir/ncdump.txt"
    grep -q 'utility.p_import:units = "W"' "$dir/ncdump.txt"
    ncdump -v runs/office.power "$dir/study/study.h5" | grep -q 'office.power = 100, 200, 300'
    ;;
  h5dump)
    need h5dump hdf5-tools
    h5dump -H "$dir/day.h5" >"$dir/h5dump.txt"
    grep -q 'GROUP "signals"' "$dir/h5dump.txt"
    h5dump -d /table "$dir/study/study.h5" | grep -q complete
    h5dump -d /series/2/office.power "$dir/study/study.h5" | grep -q -E '\b(29[0-9]{4}|30[0-9]{4})'
    ;;
  octave)
    need octave-cli octave
    octave-cli --no-gui --eval 'pkg load netcdf' >/dev/null 2>&1 || { echo "SKIPPED: no octave-netcdf"; exit 77; }
    octave-cli --no-gui --norc "$here/read_results.m" "$dir"
    ;;
esac
