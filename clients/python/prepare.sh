#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes .venv beside this file with the client, its dependencies and fresh stubs; at once if it stands.
# PYTHON chooses the interpreter (3.11 or newer, default: python3).
set -eu
cd "$(dirname "$0")"
stubs=src/icecube_client/stubs/__init__.py
if [ -x .venv/bin/python ] && [ -f "$stubs" ] && .venv/bin/python -c 'import icecube_client' 2>/dev/null &&
  [ -z "$(find ../../proto/src/main/protobuf pyproject.toml setup.py generate_stubs.py -type f -newer "$stubs")" ]; then
  exit 0
fi
"${PYTHON:-python3}" -m venv .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check --editable .
