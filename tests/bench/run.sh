#!/usr/bin/env bash
# Builds the preset `release` and prints the figures of the daemon and of `replay`: medians of several runs.
#
#   tests/bench/run.sh [RUNS] [PATIENTS] [SECONDS]       3 runs, 10000 followed patients, 10 s for each load
#
# Every notification is committed to the store under TMPDIR before it is answered: put TMPDIR on the disk that is meant.
# FACET_BENCH_BUILD names another build directory than build/release (then nothing is built).
# Exit status: 0 done; 1 the work failed; 2 usage.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=../../deploy/lib/common.sh
source "$root/deploy/lib/common.sh"

runs=${1:-3}
patients=${2:-10000}
seconds=${3:-10}
for number in "$runs" "$patients" "$seconds"; do
  [[ $number =~ ^[1-9][0-9]*$ ]] || die "expected numbers, not $number: run.sh [RUNS] [PATIENTS] [SECONDS]"
done

build=${FACET_BENCH_BUILD:-$root/build/release}
if [[ -z ${FACET_BENCH_BUILD:-} ]]; then
  (cd "$root" && step "configure" cmake --preset release &&
    step "build" cmake --build --preset release --target facet-adapter daemon_bench)
fi
[[ -x $build/tests/bench/daemon_bench ]] || die "no program daemon_bench in $build; configure with -DFACET_BENCH=ON"

work=$(mktemp -d "${TMPDIR:-/tmp}/facet-bench.XXXXXX")
on_exit rm -rf "$work"
for ((run = 1; run <= runs; ++run)); do
  step "run $run of $runs" bash -c 'exec "$@" >"$0"' "$work/$run" \
    "$build/tests/bench/daemon_bench" "$build/adapter/facet-adapter" "$patients" "$seconds"
done

say ""
say "$(grep -m 1 'model name' /proc/cpuinfo | sed 's/.*: //'), $(nproc) processors, load $(cut -d' ' -f1 /proc/loadavg);" \
  "store on $(df --output=fstype "$work" | tail -n 1); median of $runs (smallest - largest)"
awk -F '\t' '
  !($1 in seen) { seen[$1] = 1; order[++names] = $1; unit[$1] = $3 }
  { value[$1, ++count[$1]] = $2 + 0 }
  END {
    for (i = 1; i <= names; ++i) {
      name = order[i]; n = count[name]
      for (j = 1; j <= n; ++j) sorted[j] = value[name, j]
      for (j = 2; j <= n; ++j)
        for (k = j; k > 1 && sorted[k - 1] > sorted[k]; --k) { t = sorted[k]; sorted[k] = sorted[k - 1]; sorted[k - 1] = t }
      printf "%-62s %10.1f %-4s (%.1f - %.1f)\n", name, sorted[int((n + 1) / 2)], unit[name], sorted[1], sorted[n]
    }
  }' "$work"/*
