# shellcheck shell=bash
# The Debian 12 packages each job needs. deploy/docs/dependencies.md gives a reason for every library.
# shellcheck disable=SC2034
BUILD_PACKAGES=(
  g++ cmake ninja-build
  libboost1.81-dev libboost-json1.81-dev libcctz-dev libcli11-dev libcurl4-openssl-dev libfmt-dev libsqlite3-dev
  libssl-dev libyaml-cpp-dev
  ca-certificates tzdata
)
TEST_PACKAGES=(libgtest-dev libgmock-dev git)
LIVE_PACKAGES=('openjdk-17-jdk-headless|default-jdk-headless' maven curl)
