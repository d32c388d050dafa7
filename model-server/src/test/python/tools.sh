#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Other people's tools against a model server: grpcurl (reflection, Health/Watch, ModelInfer),
# grpc-health-probe (Check, of the server and of every model), ghz (load). A tool that is not on PATH
# is told in a line "SKIP ..."; deploy/tools.sh installs them.
#
#   tools.sh HOST:PORT      of a server that serves line-fit, for example of ./icecube serve
set -euo pipefail
target=${1:?usage: tools.sh HOST:PORT}
service=inference.GRPCInferenceService

say() {
  printf '%s: ok\n' "$1"
}

# What is in $2 must say $3.
expect() {
  if ! grep -qE "$3" <<<"$2"; then
    printf '%s printed:\n%s\n(expected: %s)\n' "$1" "$2" "$3" >&2
    exit 1
  fi
  say "$1"
}

has() {
  command -v "$1" >/dev/null 2>&1 || { echo "SKIP $1: not found (expected: on PATH)"; return 1; }
}

# One event of three rows, each of six float32, along the z axis: its answer is (0, 0, -1).
rows=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAADNzMw9zczMPQAAAAAAAAAAAAAAAAAAAADNzEw+zcxMPgAAAAAAAAAA
length=AwAAAAAAAAA=
request=$(printf '{"model_name": "line-fit", "id": "%s", "inputs": [
  {"name": "features", "datatype": "FP32", "shape": [1, 3, 6]},
  {"name": "lengths", "datatype": "INT64", "shape": [1]}],
  "raw_input_contents": ["%s", "%s"]}' tools "$rows" "$length")

if has grpcurl; then
  expect 'grpcurl list' "$(grpcurl -plaintext "$target" list)" "^$service\$"
  expect 'grpcurl describe' "$(grpcurl -plaintext "$target" describe "$service")" 'rpc ModelStreamInfer'
  expect 'grpcurl ServerReady' "$(grpcurl -plaintext "$target" "$service/ServerReady")" '"ready": true'
  expect 'grpcurl ModelMetadata' \
    "$(grpcurl -plaintext -d '{"name": "line-fit"}' "$target" "$service/ModelMetadata")" '"features"'
  # AAAA... and IC/ at the end: zeros, with or without a sign, and -1.
  expect 'grpcurl ModelInfer' \
    "$(grpcurl -plaintext -d "$request" "$target" "$service/ModelInfer")" '"AAAA[A-Za-z0-9+/]{9}IC/"'
  expect 'grpcurl ModelInfer, refused' \
    "$(grpcurl -plaintext -d '{"model_name": "line-fit"}' "$target" "$service/ModelInfer" 2>&1 || true)" \
    'TENSORS_INVALID'
  # A watch has no end of its own: two seconds are given to its first answer.
  expect 'grpcurl Health/Watch of a model' \
    "$(grpcurl -plaintext -max-time 20 -d '{"service": "model/line-fit"}' "$target" \
      grpc.health.v1.Health/Watch 2>/dev/null || true)" '"SERVING"'
  expect 'grpcurl Health/Watch of no model' \
    "$(grpcurl -plaintext -max-time 20 -d '{"service": "model/nobody"}' "$target" \
      grpc.health.v1.Health/Watch 2>/dev/null || true)" '"SERVICE_UNKNOWN"'
fi

if has grpc-health-probe; then
  for name in '' "$service" icecube.v1.ModelService model/line-fit; do
    expect "grpc-health-probe '$name'" \
      "$(grpc-health-probe -connect-timeout 20s -rpc-timeout 20s -addr "$target" -service "$name" 2>&1)" 'status: SERVING'
  done
  if grpc-health-probe -addr "$target" -service model/nobody >/dev/null 2>&1; then
    echo 'grpc-health-probe model/nobody: SERVING (expected: a failure)' >&2
    exit 1
  fi
  say 'grpc-health-probe of no model fails'
fi

if has ghz; then
  expect 'ghz ModelInfer' \
    "$(ghz --insecure --call "$service/ModelInfer" -d "$request" -n 2000 -c 8 "$target")" \
    '\[OK\] +2000 responses'
fi
