# SPDX-License-Identifier: Apache-2.0
"""The int8 variant of an exported model, by training/quantize, judged on events of the test."""

import importlib.util
import pathlib
import sys
import tempfile

import numpy as np

SCRIPT = pathlib.Path(__file__).resolve().parents[1] / "quantize" / "quantize_model.py"
EVENTS_MAX = 2000


def variant(folder, events):
    """Writes <name>-int8 beside the model; whether its loss was within the bound. Works from a checkout only."""
    if not SCRIPT.exists():
        raise FileNotFoundError(f"{SCRIPT}: not there (expected: a checkout, as `pip install -e training` leaves it)")
    spec = importlib.util.spec_from_file_location("quantize_model", SCRIPT)
    script = sys.modules.setdefault("quantize_model", importlib.util.module_from_spec(spec))
    spec.loader.exec_module(script)
    chosen = events.take(np.flatnonzero(events.row_count > 0)[:EVENTS_MAX])
    with tempfile.TemporaryDirectory() as scratch:
        file = pathlib.Path(scratch, "events.npz")
        np.savez(file, features=chosen.rows, lengths=chosen.row_count.astype(np.int64))
        return script.main([str(folder), "--events", str(file)]) == 0
