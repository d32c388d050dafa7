#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes the base images of compose.local.yaml from what is installed on this machine, for places
# that cannot pull images: a JDK with jlink, redis-server and busybox-static.
#
#   icecube-local/jre     a Java runtime and the libraries it and ONNX Runtime load
#   icecube-local/redis   redis-server, redis-cli, redis-check-aof and a shell
#   icecube-local/otelcol-icecube, jaeger, prometheus   each the program of that name, if it is installed
#
# All are FROM scratch. Needs docker; JAVA_HOME chooses the JDK (default: the one of jlink on PATH).
set -eu

die() {
  echo "local-images: $1" >&2
  exit 5
}

need() {
  command -v "$1" || die "$1: not found (expected: on PATH); $2"
}

# Copies programs and every library they load into a root folder, under the paths they have here.
with_libraries() {
  root=$1
  shift
  {
    for program in "$@"; do
      printf '%s\n' "$program"
      ldd "$program" 2>/dev/null | grep -o '/[^ ]*' || true
    done
  } | sort -u | while read -r path; do
    case $path in "$root"/*) continue ;; esac
    cp --parents -L "$path" "$root"
  done
}

# Docker gives a tmpfs the mode of the folder that it covers, whatever its options say.
with_tmp() {
  mkdir -p "$1/tmp"
  chmod 1777 "$1/tmp"
}

# Imports a root folder as an image; everything belongs to root except an optional data folder.
import() {
  root=$1
  name=$2
  shift 2
  tar -C "$root" --exclude=./data --numeric-owner --owner=0 --group=0 -cf "$work/image.tar" .
  if [ -d "$root/data" ]; then
    tar -C "$root" --numeric-owner --owner=999 --group=999 -rf "$work/image.tar" ./data
  fi
  docker import "$@" "$work/image.tar" "$name" >/dev/null || die "docker import $name: failed"
  rm "$work/image.tar"
  echo "local-images: $name $(docker image inspect -f '{{.Size}}' "$name") bytes"
}

java_image() {
  if [ -n "${JAVA_HOME:-}" ] && [ -x "$JAVA_HOME/bin/jlink" ]; then
    jdk=$JAVA_HOME
  else
    jlink=$(need jlink "install a JDK (17 or newer) or set JAVA_HOME")
    jdk=$(dirname "$(dirname "$(readlink -f "$jlink")")")
  fi
  root=$work/jre
  mkdir -p "$root/opt"
  with_tmp "$root"
  "$jdk/bin/jlink" --output "$root/opt/java" --strip-debug --no-header-files --no-man-pages \
    --add-modules java.se,jdk.crypto.ec,jdk.httpserver,jdk.jfr,jdk.management,jdk.net,jdk.unsupported,jdk.zipfs
  # The class archive of the official images: it halves the start of every health check.
  "$root/opt/java/bin/java" -Xshare:dump >/dev/null
  # What the libraries inside our jars (ONNX Runtime, Netty, zstd) link, as in any Debian.
  for name in libstdc++.so.6 libgcc_s.so.1 libm.so.6 libpthread.so.0 libdl.so.2 librt.so.1 libz.so.1; do
    file=$(ldconfig -p | sed -n "s/^[[:space:]]*$name (.*\(x86-64\|AArch64\).* => //p" | head -n 1)
    [ -n "$file" ] || die "$name: not found (expected: installed); apt-get install libstdc++6 zlib1g"
    with_libraries "$root" "$file"
  done
  # Native libraries are copied whole; what only a desktop has (X11, ALSA) is never loaded.
  with_libraries "$root" "$root/opt/java/bin/java" "$root/opt/java/lib/server/libjvm.so" \
    "$root/opt/java/lib/libjava.so" "$root/opt/java/lib/libnet.so" "$root/opt/java/lib/libnio.so" \
    "$root/opt/java/lib/libzip.so" "$root/opt/java/lib/libmanagement.so"
  import "$root" icecube-local/jre:latest --change 'ENV PATH=/opt/java/bin'
}

redis_image() {
  advice="apt-get install redis-server busybox-static"
  server=$(need redis-server "$advice")
  cli=$(need redis-cli "$advice")
  check=$(need redis-check-aof "$advice")
  shell=$(need busybox "$advice")
  ldd "$shell" >/dev/null 2>&1 && die "$shell: dynamic (expected: static); $advice"
  root=$work/redis
  mkdir -p "$root/bin" "$root/data"
  with_tmp "$root"
  with_libraries "$root" "$server" "$cli" "$check"
  cp "$shell" "$root/bin/busybox"
  ln -s busybox "$root/bin/sh"
  import "$root" icecube-local/redis:latest \
    --change 'ENV PATH=/usr/local/bin:/usr/bin:/bin' --change 'WORKDIR /data'
}

# What looks at the mesh, one program an image; left out where deploy/tools.sh has not installed it.
telemetry_image() {
  program=$(PATH=$tools:$PATH command -v "$1") || return 0
  root=$work/$1
  mkdir -p "$root/bin" "$root/prometheus"
  with_tmp "$root"
  cp -L "$program" "$root/bin/$1"
  with_libraries "$root" "$root/bin/$1"
  import "$root" "icecube-local/$1:latest" --change "ENTRYPOINT [\"/bin/$1\"]"
}

tools=$(CDPATH='' cd -- "$(dirname "$0")/.." && pwd)/.cache/tools/bin
docker info >/dev/null 2>&1 || die "docker: no daemon answers (expected: docker info works)"
work=$(mktemp -d "${TMPDIR:-/tmp}/icecube-images.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
java_image
redis_image
telemetry_image otelcol-icecube
telemetry_image jaeger
telemetry_image prometheus
