#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Tests the client; ICECUBE_TARGET=HOST:PORT adds the tests against a running model server.
set -eu
cd "$(dirname "$0")"
./prepare.sh
exec .venv/bin/python -m unittest "$@"
