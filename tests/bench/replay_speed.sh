#!/usr/bin/env bash
# How fast `replay` reads a hospital's NDJSON, beside Boost.JSON's DOM alone and fhirpath.js: medians on one core.
#
#   tests/bench/replay_speed.sh PROGRAM [RESOURCES] [RUNS]
#
# PROGRAM is a release build of facet-adapter; dom_parse is taken from the same build or is compiled here. fhirpath.js is
# measured where FHIRPATH_JS names a folder with node_modules/fhirpath (npm install fhirpath@5.2.2). All figures are
# processor time (user and system) in milliseconds: other work on the machine disturbs it least.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
program=$(realpath "${1:?which program?}")
resources=${2:-50000}
runs=${3:-5}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
g++ -O2 -std=c++20 "$here/dom_parse.cpp" -o "$work/dom_parse" -lboost_json

TIMEFORMAT='%U %S'
# Processor time of a command in ms.
cost() {
  { time taskset -c 0 "$@" >"$work/out" 2>"$work/err"; } 2>&1 | awk '{ printf "%.0f\n", ($1 + $2) * 1000 }'
}
median() { sort -n | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'; }

for percent in 5 50; do
  python3 "$here/generate_resources.py" "$resources" "$percent" >"$work/in.ndjson"
  : >"$work/replay" >"$work/dom" >"$work/js"
  for ((i = 0; i < runs; i++)); do
    cost "$program" replay --as-of 2026-11-22 "$work/in.ndjson" >>"$work/replay"
    cost "$work/dom_parse" "$work/in.ndjson" >>"$work/dom"
  done
  if [[ -n ${FHIRPATH_JS:-} ]]; then
    (cd "$FHIRPATH_JS" && taskset -c 0 node "$here/fhirpath_js.mjs" "$here/../../fhir-mappings/views" "$work/in.ndjson") |
      awk '{ print $1 }' >>"$work/js"
  fi
  replay=$(median <"$work/replay")
  dom=$(median <"$work/dom")
  js=$(median <"$work/js")
  awk -v p="$percent" -v n="$resources" -v r="$replay" -v d="$dom" -v j="${js:-0}" 'BEGIN {
    printf "%s %% of %s relevant: replay %d ms; Boost.JSON DOM %d ms (%.2f times replay)", p, n, r, d, d / r
    if (j > 0) printf "; fhirpath.js %d ms (%.1f times replay)", j, j / r
    printf "\n" }'
done
