#!/bin/sh
# The results that the tests of this folder read: a short day of the site, its CSV and JSON, and a study with time series.
#   make_results.sh STEPPE DIR
set -eu
steppe=$1
dir=$2
here=$(cd "$(dirname "$0")" && pwd)
rm -rf "$dir"
mkdir -p "$dir"
"$steppe" run "$here/../../scenarios/ulanqab-day.yaml" --until "3 min" --progress none -o "$dir/day.h5" >/dev/null
"$steppe" export "$dir/day.h5" -o "$dir/day.csv"
"$steppe" report "$dir/day.h5" --json >"$dir/day.json"
cp "$here/../sweep/fixtures/site.yaml" "$dir/"
cat >"$dir/study.yaml" <<Y
steppe: 1
study: three powers
scenario: site.yaml
record: series
axes: {office.power: [100 kW, 200 kW, 300 kW]}
Y
"$steppe" sweep "$dir/study.yaml" -o "$dir/study" --progress none >/dev/null
"$steppe" report "$dir/study" --csv "$dir/study.csv" >/dev/null
