# SPDX-License-Identifier: Apache-2.0
"""The int8 variant of an exported model, by training/quantize, judged on events of the test.

It is written if it is as good: its mean angular error and the shares within its radii are the model's. That its
directions are the model's own would be too much to ask: an event that fixes none turns far at the least change.
"""

import dataclasses
import importlib.util
import pathlib
import shutil
import sys
import tempfile

import numpy as np
import yaml

from icecube_training import data, evaluation, export
from icecube_training.prepared import WrongInput

SCRIPT = pathlib.Path(__file__).resolve().parents[1] / "quantize" / "quantize_model.py"
EVENTS_OF_SCRIPT = 2000
EVENTS_MAX = 20_000
BOUNDS = ("--median-max", "5", "--p99-max", "180")
ERROR_LOSS_MAX = 0.005  # of the mean angular error
COVERAGE_LOSS_MAX = 0.02


@dataclasses.dataclass(frozen=True)
class Variant:
    """What became of it: its folder, or None and why."""

    folder: pathlib.Path | None
    said: str


def variant(folder, events):
    """Writes <name>-int8 beside the model, in place of an older one; refused, there is none. From a checkout only."""
    if not SCRIPT.exists():
        raise FileNotFoundError(f"{SCRIPT}: not there (expected: a checkout, as `pip install -e training` leaves it)")
    name, version = f"{folder.parent.name}-int8", folder.name
    models = folder.parent.parent
    shutil.rmtree(models / name / version, ignore_errors=True)
    chosen = events.take(np.flatnonzero(events.row_count > 0)[:EVENTS_MAX])
    with tempfile.TemporaryDirectory() as scratch:
        file = pathlib.Path(scratch, "events.npz")
        few = chosen.take(np.arange(min(EVENTS_OF_SCRIPT, len(chosen))))
        np.savez(file, features=few.rows, lengths=few.row_count.astype(np.int64))
        status = _script().main([str(folder), "--events", str(file), "--models", scratch, *BOUNDS])
        if status == 1:
            return Variant(None, "its directions are too far from the model's")
        if status != 0:
            raise WrongInput(f"{folder}: no int8 variant of it (expected: a graph with matrix products)")
        made = pathlib.Path(scratch, name, version)
        graph, manifest = (made / "model.onnx").read_bytes(), (made / "model.yaml").read_text(encoding="utf-8")
    whole = scores((folder / "model.onnx").read_bytes(), chosen)
    found = scores(graph, chosen)
    said = (f"mean angular error {found[0]:.4f} rad (the model: {whole[0]:.4f}), within r50 {found[1]:.1%}"
            f" ({whole[1]:.1%}), within r90 {found[2]:.1%} ({whole[2]:.1%}), on {len(chosen):,} events of the test")
    if max(abs(found[1] - whole[1]), abs(found[2] - whole[2])) > COVERAGE_LOSS_MAX:
        return Variant(None, f"its radii do not hold: {said}")
    if found[0] > whole[0] * (1 + ERROR_LOSS_MAX):
        return Variant(None, f"it is less precise: {said}")
    card = (f"# {name} {version}\n\nOf {folder.parent.name}, whose card says on which events it was made and judged.\n\n"
            f"{yaml.safe_load(manifest)['description']}\n\n{said}.\n")
    return Variant(export.write(models, name, version, graph, manifest, [("card.md", card)]), said)


def scores(graph, events):
    """Mean angular error, rad, and the shares within r50 and r90, of a graph on padded batches."""
    session = export.session_of(graph)
    error, radii = np.empty(len(events)), np.empty((len(events), 2))
    for batch in data.in_order(events, 4096):
        direction, radii[batch.picked] = session.run(
            ["direction", "radii"], {"features": batch.features.numpy(), "lengths": batch.lengths.numpy()})
        error[batch.picked] = evaluation.angles(direction, events.direction[batch.picked])
    return float(error.mean()), *(error[:, None] <= radii).mean(0).tolist()


def _script():
    spec = importlib.util.spec_from_file_location("quantize_model", SCRIPT)
    script = sys.modules.setdefault("quantize_model", importlib.util.module_from_spec(spec))
    spec.loader.exec_module(script)
    return script
