#!/usr/bin/env bash
# Stops the server that start.sh started in DIR. Nothing running there is no error, so it is safe in any cleanup.
#
#   stop.sh DIR           orderly: what was written is on disk
#   stop.sh --kill DIR    at once, as by a power cut: a file database may lose its last half second
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=../../../deploy/lib/common.sh
source "$here/../../../deploy/lib/common.sh"

how=orderly
if [[ ${1:-} == --kill ]]; then
  how=kill
  shift
fi
(($# == 1)) || die "expected one directory"
dir=$1
[[ -f $dir/pid ]] || exit 0
pid=$(<"$dir/pid")
dir=$(cd "$dir" && pwd)

# After a crash the number may belong to another process: only one that names this instance's port file is ours.
if grep -qsF -- "--testbed.port-file=$dir/port" "/proc/$pid/cmdline"; then
  if [[ $how == kill ]]; then
    kill -KILL "$pid"
    while kill -0 "$pid" 2>/dev/null; do
      sleep 0.1 # its port and its database are free only when it is gone
    done
  else
    stop_process "$pid" 30
  fi
fi
rm -rf "$dir/pid" "$dir/port" "$dir/base" "$dir/tmp"
