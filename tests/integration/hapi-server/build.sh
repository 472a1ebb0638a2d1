#!/usr/bin/env bash
# Builds the FHIR test server, unless what is there was built from the same sources.
#
#   build.sh [DIR]        default: build/hapi-server in the repository
#
# Needs openjdk-17-jdk-headless, maven and, the first time, Maven Central. Leaves DIR/server/hapi-server.jar and the
# libraries beside it: unpacked they start in half the CPU time that one fat jar takes.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
dir=${1:-$here/../../../build/hapi-server}
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)

for tool in java mvn; do
  command -v "$tool" >/dev/null || {
    echo "build.sh: no $tool here; install the Debian packages openjdk-17-jdk-headless and maven" >&2
    exit 2
  }
done

# Two test runs in one tree must not build over each other.
exec 9>"$dir/lock"
flock 9

# The names go into the hash relative to this folder, so that a moved tree is not a changed one.
sources_hash() {
  (cd "$here" && find pom.xml build.sh src -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum)
}
wanted=$(sources_hash)
if [[ -f $dir/built-from && $(<"$dir/built-from") == "$wanted" ]]; then
  echo "FHIR test server: up to date"
  exit 0
fi
rm -rf "$dir/built-from" "$dir/server"

if [[ -d ${MAVEN_REPOSITORY:-$HOME/.m2/repository}/ca/uhn/hapi/fhir ]]; then
  echo "building the FHIR test server"
else
  echo "building the FHIR test server (first time: about a minute, 250 MB of jars)"
fi
begun=$SECONDS
maven=(
  # One lost connection among 300 downloads should not cost the run; -U also tries again what failed last time.
  -U -Dmaven.wagon.http.retryHandler.count=5
  -Dtestbed.target="$dir/target"
)
if [[ -n ${MAVEN_REPOSITORY:-} ]]; then
  maven+=(-Dmaven.repo.local="$MAVEN_REPOSITORY")
fi
# Debian's Maven resets the colour even where it was told to use none
mvn -q -B -f "$here/pom.xml" "${maven[@]}" package 2>&1 9>&- | sed -u $'s/\033\\[[0-9;]*m//g'

echo "unpacking it"
java -Djarmode=tools -jar "$dir/target/hapi-server.jar" extract --destination "$dir/server"
rm -rf "$dir/target" # the fat jar is another 200 MB
printf '%s\n' "$wanted" >"$dir/built-from"
echo "FHIR test server: built in $((SECONDS - begun)) s"
