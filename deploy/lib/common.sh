# shellcheck shell=bash
# Functions shared by the scripts that people run (deploy/demo.sh, tests/run.sh). Source it; by itself it does nothing
# but define them. Needs bash, works under `set -euo pipefail` and may be sourced twice.
#
#   say TEXT...                          a line for the reader
#   warn TEXT...                         the same, on stderr
#   die TEXT...                          the same, and exit 2: usage, or something missing on this machine
#   step LABEL COMMAND...                run a long command with its output in a log file, showing that it goes on
#   require_packages [--no-install] PKG|OTHER...
#                                        make sure Debian packages are there; PKG|OTHER: either will do
#   on_exit COMMAND...                   run COMMAND when the script ends, however it ends; last registered, first run
#   background LOGFILE COMMAND...        start COMMAND, leave its pid in $BACKGROUND_PID, stop it when the script ends
#   stop_process PID [SECONDS]           TERM, wait at most SECONDS (10), KILL
#   wait_for_http URL SECONDS [PID]      until URL answers 200; gives up early when process PID is gone (needs curl)
#
# STEP_LOG_DIR (default: a new directory under TMPDIR) is where step keeps its logs.

if [[ -n ${FACET_COMMON_SH:-} ]]; then
  return 0
fi
FACET_COMMON_SH=1

say() { printf '%s\n' "$*"; }
warn() { printf '%s\n' "$*" >&2; }

die() {
  warn "${0##*/}: $*"
  exit 2
}

# ---- the end of the script ------------------------------------------------------------------------------------------

_exit_commands=()
_exit_owner=

# The traps belong to one process. A subshell inherits the list but not the traps: without this check the first on_exit
# inside a subshell would run what its parent registered.
_own_exit() {
  [[ $_exit_owner == "$BASHPID" ]] && return 0
  _exit_owner=$BASHPID
  _exit_commands=()
  trap _run_exit_commands EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
}

_run_exit_commands() {
  local status=$? i
  trap '' HUP INT TERM # a second Ctrl-C must not leave half the cleanup undone
  trap - EXIT
  set +e
  for ((i = ${#_exit_commands[@]} - 1; i >= 0; i--)); do
    eval "${_exit_commands[i]}"
  done
  exit "$status"
}

on_exit() {
  _own_exit
  _exit_commands+=("$(printf '%q ' "$@")")
}

# ---- processes ------------------------------------------------------------------------------------------------------

# Each command gets a process group of its own, so that stopping it also stops what it started (mvn starts java).
_start() { # LOGFILE COMMAND...; sets _started
  local log=$1
  shift
  _own_exit
  set -m
  ("$@") >"$log" 2>&1 </dev/null &
  _started=$!
  set +m
}

background() {
  _start "$@"
  BACKGROUND_PID=$_started
  on_exit stop_process "$BACKGROUND_PID"
}

stop_process() {
  local pid=$1 tenths=$((${2:-10} * 10)) target=$1
  # The group where there is one, else the process alone (started elsewhere).
  if kill -0 -- "-$pid" 2>/dev/null; then
    target=-$pid
  fi
  kill -TERM -- "$target" 2>/dev/null || return 0
  while ((tenths-- > 0)) && kill -0 -- "$target" 2>/dev/null; do
    sleep 0.1
  done
  kill -KILL -- "$target" 2>/dev/null || true
  wait "$pid" 2>/dev/null || true
}

# ---- steps ----------------------------------------------------------------------------------------------------------

_step_number=0

# The command runs in a subshell: what it changes in shell variables is lost, and it cannot read from the terminal.
# Returns the command's status. In a condition (`if step`, `step ... ||`) bash switches `set -e` off inside COMMAND too
# when that is a function: there, let the function end in `&&` chains, or pass a script.
step() {
  local label=$1
  shift
  if [[ -z ${STEP_LOG_DIR:-} ]]; then
    STEP_LOG_DIR=$(mktemp -d "${TMPDIR:-/tmp}/facet-adapter.XXXXXX")
  fi
  mkdir -p "$STEP_LOG_DIR"
  _step_number=$((_step_number + 1))
  local log pid begun=$SECONDS status=0
  log=$(printf '%s/%02d-%s.log' "$STEP_LOG_DIR" "$_step_number" "${label//[^A-Za-z0-9]/-}")

  _start "$log" "$@"
  pid=$_started
  on_exit stop_process "$pid"
  _show_progress "$label" "$pid" "$begun"
  wait "$pid" || status=$?
  unset '_exit_commands[-1]' # its pid may belong to another process by the time the script ends

  if ((status == 0)); then
    say "ok      $label ($((SECONDS - begun)) s)"
    return 0
  fi
  warn "FAILED  $label (exit status $status after $((SECONDS - begun)) s)"
  _show_failures "$log"
  warn "the end of $log:"
  tail -n 40 -- "$log" | sed 's/^/    | /' >&2
  return "$status"
}

# What went wrong is seldom at the end of a long log: first the names of what failed, then the first complaints of
# GoogleTest, the compiler, a sanitizer or a script, each with the lines that explain it.
_show_failures() { # LOG
  {
    grep -hoE '^\[  FAILED  \] [A-Za-z0-9_/.]+\.[A-Za-z0-9_/]+|^ *[0-9]+ - .* \((Failed|Timeout|SEGFAULT|Subprocess aborted|ILLEGAL|Exception).*|^failed: .*' \
      -- "$1" | awk '!seen[$0]++' | head -n 5
    grep -hE -A 6 '(: Failure$|: error:|ERROR: [A-Za-z]+Sanitizer|runtime error:|^FAILED  )' -- "$1" | head -n 60
  } | cut -c1-300 | sed 's/^/    | /' >&2 || true
}

_show_progress() {
  local label=$1 pid=$2 begun=$3 pause=0.05 next=20 turn=0
  local marks=('|' '/' '-' "\\")
  while kill -0 "$pid" 2>/dev/null; do
    if [[ -t 1 && ${TERM:-dumb} != dumb ]]; then
      printf '\r%s       %s (%d s) ' "${marks[turn++ % 4]}" "$label" $((SECONDS - begun))
    elif ((SECONDS - begun >= next)); then
      say "...     $label ($((SECONDS - begun)) s so far)"
      next=$((next + 20))
    fi
    sleep "$pause"
    [[ $pause == 0.05 ]] && pause=0.2
  done
  if [[ -t 1 && ${TERM:-dumb} != dumb ]]; then
    printf '\r\033[K'
  fi
}

# ---- packages -------------------------------------------------------------------------------------------------------

_installed() {
  dpkg-query -W -f='${db:Status-Status}\n' "$1" 2>/dev/null | grep -qx installed
}

require_packages() {
  local install=yes wanted one missing=()
  if [[ ${1:-} == --no-install ]]; then
    install=no
    shift
  fi
  command -v dpkg-query >/dev/null || die "needs Debian or Ubuntu (no dpkg-query here); install by hand: $*"
  for wanted in "$@"; do
    for one in ${wanted//|/ }; do
      _installed "$one" && continue 2
    done
    missing+=("${wanted%%|*}")
  done
  ((${#missing[@]} > 0)) || return 0

  if [[ $install == no ]]; then
    warn "${0##*/}: these Debian packages are missing: ${missing[*]}"
    warn "Install them with:  apt-get install --no-install-recommends ${missing[*]}"
    warn "or run this without --no-install."
    exit 2
  fi

  local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0)
  if ((EUID != 0)); then
    command -v sudo >/dev/null ||
      die "cannot install ${missing[*]}: not root, and there is no sudo. As root: apt-get install --no-install-recommends ${missing[*]}"
    say "Installing Debian packages: ${missing[*]} (sudo may ask for your password)"
    sudo -v || die "cannot install ${missing[*]}: sudo refused"
    apt=(sudo "${apt[@]}")
  else
    say "Installing Debian packages: ${missing[*]}"
  fi
  local install_them=("${apt[@]}" install -y --no-install-recommends "${missing[@]}")

  # A simulated install tells whether the package lists know everything; lists that are merely old show in a 404 later.
  if ! "${install_them[@]}" --simulate >/dev/null 2>&1; then
    step "apt-get update" "${apt[@]}" update || exit 2
    step "apt-get install" "${install_them[@]}" || exit 2
  elif ! step "apt-get install" "${install_them[@]}"; then
    say "The package lists may be out of date: trying again after an update."
    step "apt-get update" "${apt[@]}" update || exit 2
    step "apt-get install" "${install_them[@]}" || exit 2
  fi
}

# ---- HTTP -----------------------------------------------------------------------------------------------------------

wait_for_http() {
  local url=$1 seconds=$2 pid=${3:-} begun=$SECONDS code=none
  while true; do
    # --noproxy: what these scripts wait for runs on this machine, whatever http_proxy says.
    code=$(curl --silent --output /dev/null --max-time 10 --noproxy '*' --write-out '%{http_code}' "$url") || true
    [[ $code == 200 ]] && return 0
    if [[ -n $pid ]] && ! kill -0 "$pid" 2>/dev/null; then
      warn "process $pid ended before $url answered"
      return 1
    fi
    if ((SECONDS - begun >= seconds)); then
      warn "$url did not answer 200 within $seconds s (last status: $code)"
      return 1
    fi
    sleep 0.2
  done
}
