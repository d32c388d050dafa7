#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Brings the core of the mesh up in containers and shows that it keeps its promise:
#
#   5,000 simulated events; while the model server stands still, the consumer that holds the first of
#   them is killed (SIGKILL); the other one takes them over; the balance, taken from outside with
#   `icecube reconcile`, holds; no container wrote outside its volumes; a Python client is answered;
#   a Prometheus laid over it scrapes all of it.
#
# usage: deploy/compose-check.sh [--official]
#
# Uses images made on this machine; --official pulls and builds those of compose.yaml. Builds the
# command first where it is missing. If no Docker daemon answers and this is root, a private one is
# started and stopped again. Exit codes: 0 it holds, or a line "SKIP compose-check: ..." says why
# Docker cannot run here; 1 it does not hold; 2 wrong usage. One to two minutes; every wait is bounded.
set -eu

EVENTS=5000
UP_SECONDS_MAX=300
HELD_SECONDS_MAX=60
COMPLETE_SECONDS_MAX=180
DOCKERD_SECONDS_MAX=30

root=$(CDPATH='' cd -- "$(dirname "$0")/.." && pwd)
cd "$root"
# The overlay is laid over unless official images are asked for; as words for "$@" of compose.
overlay="-f deploy/compose.local.yaml"
case ${1-} in
  '') ;;
  --official) overlay= ;;
  *)
    echo "usage: deploy/compose-check.sh [--official]" >&2
    exit 2
    ;;
esac

project=icecube-check-$$
work=$(mktemp -d "${TMPDIR:-/tmp}/icecube-check.XXXXXX")
dockerd=
up=false
# Laid over later, by check_telemetry.
telemetry=

say() {
  echo "compose-check: $1"
}

skip() {
  echo "SKIP compose-check: $1"
  exit 0
}

fail() {
  echo "FAIL compose-check: $1" >&2
  [ ! -s "$work/log" ] || tail -n 20 "$work/log" | sed 's/^/  /' >&2
  if $up; then
    compose ps >&2 || true
    compose logs --no-color --tail 30 >&2 || true
  fi
  exit 1
}

finish() {
  code=$?
  trap - EXIT
  if $up; then
    # A paused container obeys nothing.
    compose unpause >/dev/null 2>&1 || true
    timed_compose 120 down -v --remove-orphans -t 10 || say "project $project could not be taken down"
  fi
  if [ -n "$dockerd" ]; then
    kill "$dockerd" 2>/dev/null || true
    wait "$dockerd" 2>/dev/null || true
  fi
  rm -rf "$work" || say "$work: could not be removed"
  exit "$code"
}
trap finish EXIT
trap 'exit 130' INT TERM

compose() {
  # shellcheck disable=SC2086 # each is several words
  $compose -p "$project" -f compose.yaml $overlay $telemetry "$@"
}

container() {
  compose ps -a -q "$1"
}

# The port of this machine's loopback that a container's port is published on.
published() {
  compose port "$1" "$2" | sed 's/.*://'
}

# Runs a command until it succeeds; gives up after some seconds.
wait_for() {
  left=$1
  shift
  until "$@"; do
    left=$((left - 1))
    [ "$left" -gt 0 ] || return 1
    sleep 1
  done
}

start_dockerd() {
  command -v dockerd >/dev/null || skip "no Docker daemon answers and dockerd is not installed (see deploy/tools.sh)"
  [ "$(id -u)" = 0 ] || skip "no Docker daemon answers, and only root may start one"
  export DOCKER_HOST="unix://$work/docker.sock"
  dockerd --data-root "$work/docker" --exec-root "$work/exec" --pidfile "$work/dockerd.pid" \
    --host "$DOCKER_HOST" >"$work/dockerd.log" 2>&1 &
  dockerd=$!
  if ! wait_for "$DOCKERD_SECONDS_MAX" docker_answers_or_died || ! docker_answers; then
    tail -n 5 "$work/dockerd.log" | sed 's/^/  /'
    skip "dockerd does not start here: see the lines above"
  fi
  say "started a private dockerd"
}

docker_answers() {
  docker info >/dev/null 2>&1
}

docker_answers_or_died() {
  docker_answers || ! kill -0 "$dockerd" 2>/dev/null
}

find_docker() {
  command -v docker >/dev/null || skip "docker: not found (see deploy/tools.sh)"
  docker_answers || start_dockerd
  if docker compose version >/dev/null 2>&1; then
    compose="docker compose"
  elif command -v docker-compose >/dev/null; then
    compose=docker-compose
  else
    skip "neither docker compose nor docker-compose is installed (see deploy/tools.sh)"
  fi
}

build() {
  if [ ! -f cli/target/icecube/icecube.jar ]; then
    say "building the command"
    ./mvnw -B -q -Pquick package >"$work/log" 2>&1 || fail "./mvnw -Pquick package failed"
  fi
  [ -z "$overlay" ] || deploy/local-images.sh >"$work/log" 2>&1 || fail "deploy/local-images.sh failed"
}

# Compose with a bound in time, its output kept for a failure.
timed_compose() {
  seconds=$1
  shift
  # shellcheck disable=SC2086 # each is several words
  timeout "$seconds" $compose -p "$project" -f compose.yaml $overlay $telemetry "$@" >"$work/log" 2>&1
}

# Whether consumers hold entries of the stream that they have not answered yet.
entries_are_held() {
  held=0
  for partition in 0 1; do
    count=$(docker exec "$(container redis)" redis-cli XPENDING "ic:{icecube.$partition}:events" consumers |
      head -n 1)
    case $count in '' | *[!0-9]*) ;; *) held=$((held + count)) ;; esac
  done
  [ "$held" -gt 0 ]
}

# Only consumer-a reads while the model server stands still, so it is known to be the one that holds.
kill_a_consumer() {
  docker stop -t 30 "$(container consumer-b)" >/dev/null
  docker pause "$(container model-server)" >/dev/null
  timed_compose 60 up -d --no-deps emitter || fail "the emitter did not start"
  wait_for "$HELD_SECONDS_MAX" entries_are_held ||
    fail "no entry was held after $HELD_SECONDS_MAX s (expected: consumer-a waits for the model server)"
  docker kill -s KILL "$(container consumer-a)" >/dev/null
  say "killed consumer-a while it held $held entries"
  docker start "$(container consumer-b)" >/dev/null
  docker unpause "$(container model-server)" >/dev/null
}

await_emitter() {
  code=$(timeout "$COMPLETE_SECONDS_MAX" docker wait "$(container emitter)") ||
    fail "the emitter was not done after $COMPLETE_SECONDS_MAX s (expected: all $EVENTS events answered)"
  [ "$code" = 0 ] || fail "the emitter ended with $code (expected: 0)"
}

# One number of the balance.
balance() {
  sed -n "s/.*\"$1\" *: *\([0-9]*\).*/\1/p" "$work/balance.json"
}

reconcile() {
  ${JAVA_HOME:+"$JAVA_HOME/bin/"}java -jar cli/target/icecube/icecube.jar reconcile \
    --redis "redis://127.0.0.1:$(published redis 6379)" --stream icecube --json \
    >"$work/balance.json" 2>"$work/log" || fail "icecube reconcile ended with $? (expected: 0): $(cat "$work/balance.json")"
  for zero in inFlight duplicates missing; do
    [ "$(balance $zero)" = 0 ] || fail "$zero: $(balance $zero) (expected: 0)"
  done
  [ "$(balance emitted)" = "$EVENTS" ] || fail "emitted: $(balance emitted) (expected: $EVENTS)"
  answered=$(($(balance predicted) + $(balance deadLettered)))
  [ "$answered" = "$EVENTS" ] || fail "predicted + dead-lettered: $answered (expected: $EVENTS)"
  say "balance holds: $EVENTS emitted = $(balance predicted) predicted + $(balance deadLettered) dead-lettered"
}

# A read-only root, no rights, a user who is not root, nothing written outside volumes and /tmp.
require_hardened() {
  for service in redis registry model-server consumer-a consumer-b emitter; do
    id=$(container $service)
    facts=$(docker inspect -f '{{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}} {{.HostConfig.SecurityOpt}} {{.Config.User}}' "$id")
    case $facts in
      'true [ALL] [no-new-privileges:true] 65532:65532' | 'true [ALL] [no-new-privileges:true] 999:999') ;;
      *) fail "$service: $facts (expected: read-only, no capability, no new privileges, a numeric user)" ;;
    esac
    # The mount point of the guard is made in Redis's root before it starts.
    written=$(docker diff "$id" | grep -v -e '/redis-guarded.sh$' -e '^[AC] /usr\(/local\(/bin\)\{0,1\}\)\{0,1\}$' || true)
    [ -z "$written" ] || fail "$service wrote outside its volumes: $written"
  done
  say "six containers are hardened and wrote nothing outside their volumes"
}

# grpc.health.v1, asked by an independent client.
probe_health() {
  PATH=$root/.cache/tools/bin:$PATH
  if ! command -v grpc-health-probe >/dev/null; then
    echo "SKIP compose-check, health by grpc-health-probe: not found (see deploy/tools.sh)"
    return
  fi
  for address in "$(published model-server 8470)" "$(published registry 8471)"; do
    grpc-health-probe -connect-timeout 20s -rpc-timeout 20s -addr "127.0.0.1:$address" >"$work/log" 2>&1 ||
      fail "grpc-health-probe 127.0.0.1:$address failed"
  done
  say "model server and registry are SERVING"
}

ask_from_python() {
  if ! command -v "${PYTHON:-python3}" >/dev/null; then
    echo "SKIP compose-check, Python client: ${PYTHON:-python3}: not found (expected: 3.11 or newer)"
    return
  fi
  clients/python/prepare.sh >"$work/log" 2>&1 || fail "clients/python/prepare.sh failed"
  answer=$(clients/python/.venv/bin/python clients/python/example.py \
    --target "127.0.0.1:$(published model-server 8470)" 2>"$work/log" | tail -n 1)
  case $answer in
    "1 "[0-9]*) say "Python: $answer" ;;
    *) fail "Python client: '$answer' (expected: event 1 and its direction)" ;;
  esac
}

# Collector, Jaeger and Prometheus beside the mesh that runs; Prometheus learns from the registry whom
# to scrape. No Grafana: its image cannot be made here.
check_telemetry() {
  for program in otelcol-icecube jaeger prometheus; do
    if [ -n "$overlay" ] && ! docker image inspect "icecube-local/$program:latest" >/dev/null 2>&1; then
      echo "SKIP compose-check, telemetry: $program: not found (see deploy/tools.sh)"
      return
    fi
  done
  if ! command -v curl >/dev/null; then
    echo "SKIP compose-check, telemetry: curl: not found (expected: on PATH)"
    return
  fi
  telemetry="-f compose.telemetry.yaml"
  [ -z "$overlay" ] || telemetry="$telemetry -f deploy/compose.telemetry.local.yaml"
  timed_compose 120 up -d --no-deps otel-collector jaeger prometheus || fail "the telemetry overlay was not up within 120 s"
  wait_for 60 all_is_scraped ||
    fail "Prometheus scrapes $(scraped 'count(up == 1)') targets, $(scraped 'count(up == 0)') are down (expected: registry, model-server, consumer, spans, otel-collector and none)"
  say "Prometheus scrapes all that the registry names, and the Collector"
}

all_is_scraped() {
  [ "$(scraped 'count(count by (job) (up == 1))')" = 5 ] && [ -z "$(scraped 'count(up == 0)')" ]
}

# The value of a query that has one.
scraped() {
  curl -sm 5 -G "http://127.0.0.1:$(published prometheus 9090)/api/v1/query" --data-urlencode "query=$1" |
    sed -n 's/.*"value":\[[^,]*,"\([^"]*\)".*/\1/p'
}

find_docker
build
export EVENTS REDIS_PORT=0 MODEL_SERVER_PORT=0 REGISTRY_PORT=0
export GRAFANA_PORT=0 PROMETHEUS_PORT=0 JAEGER_PORT=0 OTLP_PORT=0
up=true
timed_compose 30 -f compose.telemetry.yaml config -q || fail "compose.telemetry.yaml is not sound"
timed_compose "$UP_SECONDS_MAX" build || fail "the image was not built within $UP_SECONDS_MAX s"
timed_compose "$UP_SECONDS_MAX" up -d redis registry model-server consumer-a consumer-b ||
  fail "the mesh was not up within $UP_SECONDS_MAX s"
wait_for 60 sh -c "[ \"\$(docker inspect -f '{{.State.Health.Status}}' $(container consumer-a) $(container consumer-b) | sort -u)\" = healthy ]" ||
  fail "the consumers were not healthy within 60 s"
say "redis, registry, model server and two consumers are healthy"
kill_a_consumer
await_emitter
reconcile
require_hardened
probe_health
ask_from_python
check_telemetry
echo "OK compose-check: $EVENTS events, one consumer killed, balance holds"
