#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Tears the append-only file of a real Redis inside a script's MULTI ... EXEC block, at 12 places,
# and shows that redis-guarded.sh keeps the script all-or-nothing over two restarts.
# Needs redis-server, redis-cli and redis-check-aof; skips loudly without them. A few seconds.
set -eu

here=$(CDPATH='' cd -- "$(dirname "$0")" && pwd)
for program in redis-server redis-cli redis-check-aof; do
  command -v "$program" >/dev/null || {
    echo "SKIP redis-guard-check: $program: not found (expected: on PATH); deploy/tools.sh installs it"
    exit 0
  }
done

work=$(mktemp -d "${TMPDIR:-/tmp}/icecube-guard.XXXXXX")
redis=
finish() {
  [ -z "$redis" ] || kill -9 "$redis" 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

fail() {
  echo "FAIL redis-guard-check: $1" >&2
  sed 's/^/  /' "$work/log" >&2
  exit 1
}

ask() {
  redis-cli -s "$work/sock" "$@"
}

# Starts Redis through the guard and waits until it answers, 5 s at most.
start() {
  rm -f "$work/sock"
  REDIS_DATA=$work/data sh "$here/redis-guarded.sh" --port 0 --unixsocket "$work/sock" \
    --appendonly yes --appendfsync always --save '' >"$work/log" 2>&1 &
  redis=$!
  left=1200
  until [ "$(ask PING 2>/dev/null)" = PONG ]; do
    left=$((left - 1))
    [ "$left" -gt 0 ] || fail "redis: no answer after 60 s (expected: PONG)"
    sleep 0.05
  done
}

crash() {
  kill -9 "$redis"
  wait "$redis" 2>/dev/null || true
  redis=
}

# One publication: an entry in each of two streams, or in none.
publish() {
  ask EVAL "redis.call('XADD', KEYS[1], '*', 'd', ARGV[1]) redis.call('XADD', KEYS[2], '*', 'd', ARGV[1])" \
    2 '{p}:predictions' '{p}:acknowledged' "$1" >/dev/null
}

require_atomic() {
  predictions=$(ask XLEN '{p}:predictions')
  acknowledged=$(ask XLEN '{p}:acknowledged')
  [ "$predictions" = "$acknowledged" ] ||
    fail "$1: $predictions predictions, $acknowledged acknowledged (expected: as many)"
}

torn=0
for cut in 5 20 40 60 80 100 120 140 160 180 200 220; do
  rm -rf "$work/data"
  mkdir "$work/data"
  start
  publish first
  publish second
  crash
  log=$(find "$work/data/appendonlydir" -name '*.incr.aof')
  truncate -s "-$cut" "$log"
  start
  grep -q 'Successfully truncated' "$work/log" && torn=$((torn + 1))
  require_atomic "cut $cut, first restart"
  publish third
  crash
  start
  require_atomic "cut $cut, second restart"
  crash
done

# What no cut can mend must stop the start.
printf 'no RDB at all' >"$(find "$work/data/appendonlydir" -name '*.base.rdb')"
if REDIS_DATA=$work/data timeout 60 sh "$here/redis-guarded.sh" --port 0 >"$work/log" 2>&1; then
  fail "broken base file: Redis ran (expected: the guard refuses)"
fi
grep -q 'cannot be mended' "$work/log" || fail "broken base file: no word of the guard (expected: what to do)"

[ "$torn" -gt 0 ] || fail "no cut met a script (expected: at least one)"
echo "OK redis-guard-check: 12 cuts, $torn inside a script, $(redis-server --version | cut -d' ' -f3): all-or-nothing held"
