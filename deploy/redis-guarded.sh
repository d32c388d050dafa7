#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Starts redis-server, but mends its append-only file first.
#
# A crash can tear the file inside a script's MULTI ... EXEC block. Redis 7.0 then cuts only the torn
# command, leaves the MULTI open, and at the start after the next one applies half of the script:
# a prediction twice. redis-check-aof cuts the whole block instead. What it cuts had not been
# acknowledged with appendfsync always; otherwise the emitter sends it again.
#
# Arguments go to redis-server. REDIS_DATA is the folder of the file (default: /data).
set -eu

data=${REDIS_DATA:-/data}

# Runs as process 1, so every failure must end it: a Redis on a file that cannot be mended may break
# the account.
mend() {
  echo "redis-guarded: checking $1"
  # The answer is to "Continue? [y/N]", asked when something must be cut.
  if ! echo y | redis-check-aof --fix "$1"; then
    echo "redis-guarded: $1 cannot be mended (expected: an append-only file torn at its end only);" \
      "restore it from a backup, or remove it and let the emitter send everything again" >&2
    exit 1
  fi
}

for file in "$data/appendonlydir/appendonly.aof.manifest" "$data/appendonly.aof"; do
  if [ -s "$file" ]; then
    mend "$file"
  fi
done

exec redis-server --dir "$data" "$@"
