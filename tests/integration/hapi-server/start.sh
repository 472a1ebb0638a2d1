#!/usr/bin/env bash
# Starts the FHIR test server in the background and waits until it answers.
#
#   start.sh DIR [--db file:PATH] [--port N] [--token T] [--build DIR] [--property NAME=VALUE]...
#
# DIR is this instance's own: pid, port, base (the FHIR base URL) and log are written there, and stop.sh takes it.
#   --db file:PATH    keep the data in an H2 database at PATH; default: in memory
#   --port N          default: any free one; N is for restarting where Subscriptions and clients expect the server
#   --token T         answer 401 to whoever does not send this bearer token
#   --build DIR       where build.sh put the server; default: build/hapi-server in the repository
#   --property N=V    any property of application.yaml, or server.ssl.*
# Prints HAPI_BASE=... and HAPI_PID=... on stdout, all else on stderr. Exit status: 0 it answers; 1 it does not; 2 usage.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=../../../deploy/lib/common.sh
source "$here/../../../deploy/lib/common.sh"

ready_limit=180 # seconds; 15 on an idle machine with two cores

absolute() {
  case $1 in
    /*) printf '%s' "$1" ;;
    *) printf '%s/%s' "$PWD" "$1" ;;
  esac
}

dir= build=$here/../../../build/hapi-server port=0 options=()
while (($# > 0)); do
  case $1 in
    --db | --port | --token | --build | --property)
      (($# > 1)) || die "$1 needs a value"
      case $1 in
        --db)
          [[ $2 == file:?* ]] || die "--db: expected file:PATH, found '$2'"
          options+=("--testbed.db=jdbc:h2:file:$(absolute "${2#file:}")" --testbed.ddl=update)
          ;;
        --port)
          [[ $2 =~ ^[0-9]+$ ]] || die "--port: expected a number, found '$2'"
          port=$2
          ;;
        --token) options+=("--testbed.auth.token=$2") ;;
        --build) build=$2 ;;
        --property) options+=("--$2") ;;
      esac
      shift 2
      ;;
    -*) die "unknown option $1" ;;
    *)
      [[ -z $dir ]] || die "one DIR, found '$dir' and '$1'"
      dir=$1
      shift
      ;;
  esac
done
[[ -n $dir ]] || die "expected a directory for this instance"
jar=$build/server/hapi-server.jar
[[ -f $jar && -f $build/built-from ]] || die "no server in $build; run $here/build.sh first"
command -v java >/dev/null || die "no java here; install the Debian package openjdk-17-jre-headless"
command -v curl >/dev/null || die "no curl here; install the Debian package curl"

mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
if [[ -f $dir/pid ]] && kill -0 "$(<"$dir/pid")" 2>/dev/null; then
  die "a server is already running in $dir (pid $(<"$dir/pid")); stop it with $here/stop.sh $dir"
fi
rm -f "$dir/pid" "$dir/port" "$dir/base"
mkdir -p "$dir/tmp"

# Serial collector, first compiler only, small heap: half the CPU time and half the memory, and the tests do not care
# about peak speed. UTF-8, because a bare system's locale is ASCII. setsid: Ctrl-C in a terminal is for the script that
# called us; it decides when the server goes.
setsid java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx1g -Dfile.encoding=UTF-8 -Djava.io.tmpdir="$dir/tmp" \
  -jar "$jar" --server.port="$port" --testbed.port-file="$dir/port" ${options[@]+"${options[@]}"} \
  </dev/null >"$dir/log" 2>&1 &
pid=$!
echo "$pid" >"$dir/pid"

ready=no
give_up() {
  [[ $ready == yes ]] && return
  stop_process "$pid"
  rm -f "$dir/pid" "$dir/port" "$dir/base"
}
on_exit give_up

fail() {
  warn "start.sh: the FHIR test server $1; the end of $dir/log:"
  tail -n 40 -- "$dir/log" | sed 's/^/    | /' >&2
  exit 1
}

deadline=$((SECONDS + ready_limit))
until [[ -f $dir/port ]]; do
  kill -0 "$pid" 2>/dev/null || fail "ended before it was up"
  ((SECONDS < deadline)) || fail "was not up within $ready_limit s"
  sleep 0.2
done
base=http://127.0.0.1:$(<"$dir/port")/fhir
# The port opens before HAPI has read its search parameters; until then /metadata answers 500.
wait_for_http "$base/metadata" $((deadline - SECONDS)) "$pid" || fail "does not answer"

echo "$base" >"$dir/base"
ready=yes
echo "HAPI_BASE=$base"
echo "HAPI_PID=$pid"
