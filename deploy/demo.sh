#!/usr/bin/env bash
# One hospital day: starts a real FHIR server (HAPI) with synthetic patients, runs the adapter beside it in write mode, plays
# live events with plain FHIR calls, kills the adapter in the middle, and shows the CarePlans that it wrote.
#
#   deploy/demo.sh [--no-install] [--keep] [--quiet]
#
#   --no-install   refuse to install Debian packages; say which are missing
#   --keep         leave server and adapter running at the end; says how to stop them
#   --quiet        do not print the FHIR calls
#
# FACET_ADAPTER=PROGRAM runs that program instead of building one.
# Everything is below build/demo; nothing outside the repository is touched but Debian packages. All patients are synthetic.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
# shellcheck source=deploy/lib/common.sh
. deploy/lib/common.sh
# shellcheck source=deploy/lib/packages.sh
. deploy/lib/packages.sh
# shellcheck source=deploy/lib/fhir_data.sh
. deploy/lib/fhir_data.sh

install=()
keep=no
quiet=no
while (($# > 0)); do
  case $1 in
    --no-install) install=(--no-install) ;;
    --keep) keep=yes ;;
    --quiet) quiet=yes ;;
    -h | --help) sed -n '2,14s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    *) die "unknown option $1 (--help lists them)" ;;
  esac
  shift
done

work=$root/build/demo
server=$work/server
log=$work/adapter.log
pid_file=$work/adapter.pid
config=$work/demo.yaml
adapter=${FACET_ADAPTER:-$root/build/release/adapter/facet-adapter}
export STEP_LOG_DIR=$work/logs

chapter() { printf '\n\033[1m== %s\033[0m\n' "$*"; }

# ---- the adapter ----------------------------------------------------------------------------------------------------

start_adapter() { # FROM
  "$adapter" run --config "$config" 2>>"$log" </dev/null 9>&- &
  adapter_pid=$!
  printf '%s\n' "$adapter_pid" >"$pid_file"
  on_exit stop_adapter
  wait_for_log "$1" '"event":"process.started"' 30
}

stop_adapter() {
  [[ $keep == no || ${failed:-no} == yes ]] || return 0
  kill -TERM "$adapter_pid" 2>/dev/null && wait "$adapter_pid" 2>/dev/null || true
  rm -f "$pid_file"
}

# One that --keep left running. After a restart of the machine the number may belong to another process: only one that
# runs this configuration is ours.
stop_earlier_adapter() {
  [[ -f $pid_file ]] || return 0
  local pid
  pid=$(<"$pid_file")
  if [[ $pid =~ ^[0-9]+$ ]] && tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -qF -- " run --config $config "; then
    say "        an earlier adapter (pid $pid) is stopped"
    stop_process "$pid" 30
  fi
  rm -f "$pid_file"
}

log_lines() { wc -l <"$log"; }

logged_since() { # FROM PATTERN -> the lines of the log after line FROM that match
  tail -n "+$(($1 + 1))" "$log" | grep -E -- "$2" || true
}

# Waits until COUNT lines after line FROM of the log match; shows them.
wait_for_log() { # FROM PATTERN SECONDS [COUNT]
  local count=${4:-1} deadline=$((SECONDS + $3)) seen
  while seen=$(logged_since "$1" "$2" | wc -l); ((seen < count)); do
    ((SECONDS < deadline)) || give_up "$seen of $count log line(s) with $2 within $3 s"
    sleep 0.2
  done
  logged_since "$1" "$2"
}

give_up() {
  warn "$*; the end of $log:"
  tail -n 15 "$log" >&2
  failed=yes
  exit 1
}

# ---- what the story asks of the server ------------------------------------------------------------------------------

careplans_of() { # PATIENT -> number of CarePlans in a status
  fhir_get "CarePlan?patient=$1&status=$2&_summary=count" | sed -n 's/.*"total": *\([0-9]*\).*/\1/p'
}

wait_for_careplans() { # PATIENT STATUS COUNT
  local deadline=$((SECONDS + 60)) now
  while now=$(careplans_of "$1" "$2"); [[ $now != "$3" ]]; do
    ((SECONDS < deadline)) || give_up "expected $3 CarePlan(s) with status $2 for $1, found $now"
    sleep 0.3
  done
  say "    $1: $3 CarePlan(s) with status $2"
}

# Waits until the patient's newest judgement has this verdict and counts this resource: only then "no CarePlan" says
# something.
wait_for_verdict() { # PATIENT VERDICT RESOURCE
  local deadline=$((SECONDS + 60)) now
  while true; do
    now=$("$adapter" explain --config "$config" --format json "$1" 2>/dev/null | grep '"kind":"judgement"' | tail -n 1) || true
    [[ $now != *"\"verdict\":\"$2\""* || $now != *"\"$3\""* ]] || break
    ((SECONDS < deadline)) || give_up "expected $1 to be judged $2, with $3"
    sleep 0.3
  done
  say "    $1 is judged: $2"
}

# Plays one event and shows the log lines that its COUNT notifications leave.
play() { # TITLE COUNT CALL...
  local from title=$1 count=$2
  from=$(log_lines)
  shift 2
  chapter "$title"
  "$@"
  say "-- the adapter's log:"
  wait_for_log "$from" '"event":"inbox.notification_accepted"' 30 "$count"
}

# Kills the adapter in the middle of a story: the injection is accepted and being worked on, scores still come.
kill_while_data_arrive() { # CALL...
  local from story deadline=$((SECONDS + 30))
  from=$(log_lines)
  "$@" &
  story=$!
  until [[ -n $(logged_since "$from" '"event":"inbox.notification_accepted".*"Procedure"') ]]; do
    ((SECONDS < deadline)) || give_up "the injection was not accepted within 30 s"
    sleep 0.02
  done
  kill -KILL "$adapter_pid"
  wait "$adapter_pid" 2>/dev/null || true
  say "-- the last that the killed adapter wrote:"
  logged_since "$from" . | tail -n 4
  wait "$story"
}

# ---- the story ------------------------------------------------------------------------------------------------------

# Two demonstrations would share ports, state and log. Nothing that is left running inherits the lock.
take_lock() {
  mkdir -p "$work"
  exec 9>"$work/lock"
  flock --nonblock 9 || die "another demonstration is running in $work"
}

prepare() {
  require_packages "${install[@]}" "${BUILD_PACKAGES[@]}" "${LIVE_PACKAGES[@]}"
  if [[ -z ${FACET_ADAPTER:-} ]]; then
    step "configure" cmake --preset release -DFACET_TESTS=OFF -DFACET_BENCH=OFF
    step "build the adapter (first time: some minutes)" cmake --build --preset release --target facet-adapter
  fi
  step "build the FHIR test server (first time: about a minute, 250 MB of jars)" tests/integration/hapi-server/build.sh
  stop_earlier_adapter
  tests/integration/hapi-server/stop.sh "$server"
  rm -rf "$work/state" "$server"
  mkdir -p "$work/state" "$STEP_LOG_DIR"
  : >"$log"
  step "start the FHIR server" tests/integration/hapi-server/start.sh "$server" 9>&-
  on_exit stop_server
  base=http://127.0.0.1:$(cat "$server/port")/fhir
  say "        FHIR server: $base"
}

stop_server() {
  [[ $keep == no || ${failed:-no} == yes ]] || return 0
  tests/integration/hapi-server/stop.sh "$server" >/dev/null 2>&1 || true
}

write_config() {
  (umask 077 && od -An -N24 -tx1 /dev/urandom | tr -d ' \n' >"$work/hook.secret")
  local port
  port=$(free_port)
  cat >"$config" <<YAML
fhir:       { base_url: $base, system_id: demo }
follow:     { not_before: $(day -365) }
intake:     { listen: 127.0.0.1:$port, public_url: http://127.0.0.1:$port, secret: { file: $work/hook.secret }, sweep_interval_secs: 20 }
policy:     { preset: guide, time_zone: UTC, stable_age_secs: 1 }
write_back: { mode: write }
delivery:   { settle_secs: 2 }
store:      { path: $work/state/state.db }
YAML
  say "-- $config"
  sed 's/^/    /' "$config"
}

history() {
  chapter "History: twenty synthetic patients are on the server before the adapter starts"
  put_history
  say "    20 patients: 5 with facet injections that failed, others with relief, blocks, other procedures, scores only"
}

narrative() { # PATIENT
  fhir_get "CarePlan?patient=$1&status=draft" | tr -d '\n' | sed -n 's/.*"div": *"\(.*\)<\/div>".*/\1/p' |
    sed -e 's/\\n/\n/g' -e 's/\\"/"/g' -e 's/<\/\(p\|li\|tr\|h[1-6]\|table\|ul\)>/\n/g' -e 's/<\/t[dh]>/ | /g' -e 's/<[^>]*>//g' \
      -e 's/&gt;/>/g' -e 's/&lt;/</g' -e 's/&amp;/\&/g' | grep -v '^ *$' | sed 's/^/    /'
}

take_lock
prepare
chapter "Configuration"
write_config
history
chapter "The adapter starts in write mode and follows the right ones"
start_adapter 0
for id in hist-01 hist-02 hist-03 hist-04 hist-05; do wait_for_careplans "Patient/$id" draft 1; done

play "Live: a lumbar facet injection of last month, scores unchanged" 4 story_no_response
wait_for_careplans Patient/live-no-response draft 1
play "Live: an injection that helped for three weeks" 5 story_short_lived
wait_for_careplans Patient/live-short-lived draft 1

chapter "The adapter is killed (SIGKILL) while data arrive, and started again"
kill_while_data_arrive story_while_killed
start_adapter "$(log_lines)"
wait_for_careplans Patient/live-while-killed draft 1

play "Live: an injection that still helps" 3 story_still_helps
wait_for_verdict Patient/live-still-helps pending Observation/lsh-f-1
play "Live: a diagnostic block that wore off within hours" 4 story_block
wait_for_verdict Patient/live-block positive-block Observation/lb-2
from=$(log_lines)
play "Live: a knee injection" 1 story_knee
wait_for_log "$from" '"event":"inbox.notification_processed"' 30
play "Live: a score of the first patient is corrected (7 becomes 2): the failure no longer holds" 1 story_correction
wait_for_careplans Patient/live-no-response entered-in-error 1

chapter "What stands on the server now"
total=$(fhir_get "CarePlan?_summary=count" | sed -n 's/.*"total": *\([0-9]*\).*/\1/p')
say "    CarePlans in all: $total (expected: 8, one for each failed episode, one of them taken back)"
for id in live-still-helps live-block live-knee; do wait_for_careplans "Patient/$id" draft 0; done
if [[ $total != 8 ]]; then
  failed=yes
  warn "nothing may be lost or doubled: expected 8 CarePlans, found $total"
  exit 1
fi

chapter "The narrative of one (Patient/live-short-lived)"
narrative Patient/live-short-lived

chapter "Why? facet-adapter explain"
"$adapter" explain --config "$config" --format text Patient/live-short-lived

if [[ $keep == yes ]]; then
  chapter "Left running"
  say "    FHIR server  $base   (stop: tests/integration/hapi-server/stop.sh $server)"
  say "    adapter      pid $adapter_pid, log $log   (stop: kill $adapter_pid)"
  say "    why          $adapter explain --config $config --format text Patient/live-short-lived"
  say "    try          curl -s '$base/CarePlan?status=draft&_pretty=true'"
else
  chapter "Done; server and adapter are stopped (--keep leaves them running). Log: $log"
fi
