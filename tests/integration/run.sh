#!/usr/bin/env bash
# The live tests: starts HAPI FHIR, runs the `integration` program against it with BINARY as the adapter, and gives every
# CarePlan and Provenance that was written to HAPI's validator.
#
#   run.sh BINARY [GTEST-OPTION]...       BINARY: facet-adapter; `integration` is looked for in the same build
#
# Needs tests/integration/hapi-server/build.sh to have run. As root also a full disk is tested (a small tmpfs).
# FACET_SEED=N repeats a run's patients; FACET_KEEP=1 keeps the directory with data, logs and what was written.
# Exit status: 0 all passed and valid; 1 not; 2 usage.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
# shellcheck source=../../deploy/lib/common.sh
source "$root/deploy/lib/common.sh"

(($# >= 1)) || die "expected the program to test: run.sh build/dev/adapter/facet-adapter"
[[ -x $1 ]] || die "no program $1; build it first"
FACET_ADAPTER=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
shift
tests=${FACET_INTEGRATION:-$(dirname "$(dirname "$FACET_ADAPTER")")/tests/integration/integration}
[[ -x $tests ]] || die "no program $tests; build target integration, or name it in FACET_INTEGRATION"
server=$root/build/hapi-server/server/hapi-server.jar
[[ -f $server ]] || die "no FHIR server in build/hapi-server; run $here/hapi-server/build.sh first"
export FACET_ADAPTER

work=$(mktemp -d "${TMPDIR:-/tmp}/facet-integration.XXXXXX")
if [[ -n ${FACET_KEEP:-} ]]; then
  on_exit say "kept: $work"
else
  on_exit rm -rf "$work"
fi
export FACET_HAPI_DIR=$work/hapi FACET_COLLECT_DIR=$work/written
mkdir -p "$FACET_HAPI_DIR/data" "$FACET_COLLECT_DIR"
begun=$SECONDS

on_exit "$here/hapi-server/stop.sh" "$FACET_HAPI_DIR"
say "starting HAPI FHIR"
"$here/hapi-server/start.sh" "$FACET_HAPI_DIR" --db "file:$FACET_HAPI_DIR/data/hapi" >"$work/start.log"
say "HAPI FHIR is up after $((SECONDS - begun)) s"

failed=()
status=0
"$tests" "$@" | tee "$work/gtest.log" || status=1
((status == 0)) || failed+=("gtest")
"$here/hapi-server/stop.sh" "$FACET_HAPI_DIR"

# ---- every CarePlan and Provenance is valid; a mutated one is not ----------------------------------------------------

canonical=https://facet-adapter.org/fhir/StructureDefinition
validate() { # PROFILE FILE
  java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Dfile.encoding=UTF-8 -jar "$server" validate \
    -d "$root/fhir-mappings/profiles" -d "$root/fhir-mappings/codesystems" -d "$root/fhir-mappings/valuesets" \
    -p "$canonical/$1" "$2"
}

check_kind() { # NAME PROFILE MUTATION...
  local name=$1 profile=$2 file=$FACET_COLLECT_DIR/$1.ndjson mutation count
  shift 2
  if [[ ! -s $file ]]; then
    warn "FAILED  no $name were written: nothing to validate"
    failed+=("validation of $name")
    return
  fi
  count=$(wc -l <"$file")
  if validate "$profile" "$file" >"$work/$name.validation"; then
    say "valid   $count $name (profile $profile)"
  else
    warn "FAILED  not every one of $count $name is valid:"
    grep -iE 'error|fatal' "$work/$name.validation" | cut -c1-400 | sort | uniq -c | sort -rn | head -n 20 >&2 || true
    failed+=("validation of $name")
  fi
  for mutation in "$@"; do
    head -n 1 "$file" | sed -E "$mutation" >"$work/mutated.ndjson"
    if head -n 1 "$file" | cmp -s - "$work/mutated.ndjson"; then
      warn "FAILED  the mutation $mutation changes nothing in $name"
      failed+=("mutation of $name")
    elif validate "$profile" "$work/mutated.ndjson" >"$work/mutated.validation"; then
      warn "FAILED  the validator lets $mutation of $name pass"
      failed+=("mutation of $name")
    else
      say "refused $name with $mutation, as it must be"
    fi
  done
}

# A filter asked for some tests only: then there may be nothing to validate.
if [[ " $* " != *--gtest_filter* && " $* " != *--gtest_list_tests* ]]; then
  # The first violates the profile alone, the second R4 itself.
  check_kind careplans careplan-proposal 's/"intent":"proposal"/"intent":"order"/' 's/"status":"[a-z-]*"/"status":"drafted"/'
  check_kind provenances provenance-proposal 's/"recorded":"[^"]*"/"recorded":"yesterday"/'
fi

say ""
grep -E '^\[ +(PASSED|FAILED|SKIPPED) ' "$work/gtest.log" || true
grep -E '^(NOT TESTED|.*NOT TESTED:)' "$work/gtest.log" || true
say "live tests took $((SECONDS - begun)) s"
for one in "${failed[@]}"; do say "failed: $one"; done
((${#failed[@]} == 0))
