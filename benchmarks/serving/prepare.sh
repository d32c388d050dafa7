#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Makes what the serving benchmark compares with: the model, FastAPI with onnxruntime, and Triton from
# PyPI, in .cache/serving; at once if they stand. What cannot be had is told in a line "SKIP ...".
set -euo pipefail
cd "$(dirname "$0")/../.."

cache=.cache/serving
mkdir -p "$cache"

if [ ! -x "$cache/peers/bin/uvicorn" ]; then
  python3 -m venv "$cache/peers"
  "$cache/peers/bin/pip" install -q numpy==2.4.6 onnx==1.23.2 onnxruntime==1.26.0 fastapi uvicorn virtualenv
fi
"$cache/peers/bin/python" benchmarks/serving/make_model.py "$cache/models"

# Triton runs Python models in an interpreter of its own that reads the standard library of the one
# that started it, and an interpreter built for 3.11.2 fails with a library of 3.11.7 ("'_thread.RLock'
# object has no attribute '_recursion_count'"): Debian's own python3 is near enough.
triton_python=${TRITON_PYTHON:-/usr/bin/python3}
if [ ! -x "$cache/triton/bin/python" ]; then
  "$cache/peers/bin/virtualenv" -q -p "$triton_python" "$cache/triton"
fi
"$cache/triton/bin/python" -c 'import pytriton, onnxruntime' 2>/dev/null ||
  "$cache/triton/bin/pip" install -q nvidia-pytriton==0.7.0 numpy onnxruntime==1.26.0 ||
  echo "SKIP triton: nvidia-pytriton could not be installed"
