#!/usr/bin/env bash
# Installs what is missing, builds and runs every test. The README's test command; safe to repeat.
#
#   tests/run.sh [--no-install] [--only PART]... [--skip PART]...
#
#   --no-install   refuse to install Debian packages; say which are missing
#   --only PART    run just this part (may be given again)
#   --skip PART    leave this part out; it is named in the summary
#   PART: core (unit, scenarios, style, conformance, fuzz corpora, simulation), sanitizers, live
#
# Live tests need a JDK and Maven (installed like the rest) and about 1.5 GB of memory.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
# shellcheck source=deploy/lib/common.sh
. deploy/lib/common.sh

install=()
only=()
skipped=()
while (($# > 0)); do
  case $1 in
    --no-install) install=(--no-install) ;;
    --only) only+=("${2:?--only needs a part}"); shift ;;
    --skip) skipped+=("${2:?--skip needs a part}"); shift ;;
    -h | --help) sed -n '2,13s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    *) die "unknown option $1 (--help lists them)" ;;
  esac
  shift
done
for part in "${only[@]}" "${skipped[@]}"; do
  case $part in core | sanitizers | live) ;; *) die "unknown part $part: core, sanitizers or live" ;; esac
done

export STEP_LOG_DIR=$root/build/test-logs
rm -rf "$STEP_LOG_DIR"
begun=$SECONDS
passed=0
failed=()

# Whether a part is asked for.
wants() {
  local part
  for part in "${skipped[@]}"; do [[ $part == "$1" ]] && return 1; done
  ((${#only[@]} == 0)) && return 0
  for part in "${only[@]}"; do [[ $part == "$1" ]] && return 0; done
  skipped+=("$1")
  return 1
}

# A step that is counted; the run goes on after a failure so that one run shows everything that is broken.
check() {
  if step "$@"; then
    passed=$((passed + 1))
  else
    failed+=("$1")
  fi
}

# Shows the closing lines of the newest step's log: how many tests ran.
tail_of_log() { tail -n "$1" "$(find "$STEP_LOG_DIR" -name '*.log' | sort | tail -n 1)" | sed 's/^/          /'; }

# shellcheck source=deploy/lib/packages.sh
. deploy/lib/packages.sh
require_packages "${install[@]}" "${BUILD_PACKAGES[@]}" "${TEST_PACKAGES[@]}"
if wants live; then
  require_packages "${install[@]}" "${LIVE_PACKAGES[@]}"
fi

if wants core; then
  check "configure" cmake --preset dev
  check "build" cmake --build --preset dev
  check "unit, scenarios, style, conformance, corpora" \
    ctest --no-tests=error --test-dir build/dev --output-on-failure -j2 -L 'unit|scenario|style|conformance|fuzz'
  tail_of_log 2
  check "simulation: 200 seeds, and deliberate bugs that it must catch" ctest --no-tests=error --test-dir build/dev --output-on-failure -L simulation
  tail_of_log 2
fi

if wants sanitizers; then
  check "configure with ASan and UBSan" cmake --preset asan
  check "build with ASan and UBSan" cmake --build --preset asan
  check "unit, scenarios, simulation with ASan and UBSan" \
    env ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1 UBSAN_OPTIONS=print_stacktrace=1 \
    ctest --no-tests=error --test-dir build/asan --output-on-failure -j2 -L 'unit|scenario|simulation' -E simulation_catches
  tail_of_log 2
fi

if wants live; then
  if [[ ! -x build/dev/adapter/facet-adapter ]]; then
    check "configure" cmake --preset dev
    check "build" cmake --build --preset dev
  fi
  check "build the FHIR test server" tests/integration/hapi-server/build.sh
  check "live tests against HAPI FHIR" tests/integration/run.sh build/dev/adapter/facet-adapter
  tail_of_log 30
fi

say ""
for part in "${skipped[@]}"; do say "skipped: $part (asked for on the command line)"; done
if [[ ! " ${skipped[*]-} " =~ " core " ]] && [[ -z ${SQL_ON_FHIR_TESTS:-} ]]; then
  say "not run: the official cases of SQL on FHIR, which are not ours to ship (SQL_ON_FHIR_TESTS names their folder); our own ran"
fi
for label in "${failed[@]}"; do say "failed: $label"; done
say "took $(((SECONDS - begun) / 60)) min $(((SECONDS - begun) % 60)) s; logs are in build/test-logs"
say "${passed} passed, ${#failed[@]} failed, ${#skipped[@]} skipped"
((${#failed[@]} == 0))
