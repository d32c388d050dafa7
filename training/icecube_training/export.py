# SPDX-License-Identifier: Apache-2.0
"""Writes a model as models/<name>/<version>/{model.onnx, model.yaml}, and holds the file to the model.

Any number of events and rows; all weights in the one file; opset 17, so that every ONNX Runtime since 1.12
reads it. What ONNX Runtime answers must be what PyTorch does, to 1e-4, and must not change with padding.
"""

import hashlib
import io
import os
import pathlib
import shutil
import warnings

import numpy as np
import onnx
import onnxruntime
import torch
import yaml

from icecube_training import data

OPSET = 17
TOLERANCE = 1e-4
SHAPES = {
    "direction": "float32[batch, 3]", "kappa": "float32[batch]", "radii": "float32[batch, 2]",
    "track": "float32[batch]", "quality": "float32[batch]",
}
DIRECTION_OUTPUTS = ("direction", "kappa", "radii")


class ExportFailed(Exception):
    """The graph does not say what the model says."""


def graph_of(model, outputs):
    """The bytes of the ONNX graph of a model with inputs features and lengths.

    By the exporter that traces: the line fit alone is 500 nodes, which it writes in a second of processor
    time; the one that PyTorch now prefers took over a minute for the same graph.
    """
    model = model.eval().cpu()
    features, lengths = torch.randn(3, 7, 6) * 0.3, torch.tensor([7, 5, 2])
    axes = {"features": {0: "batch", 1: "rows"}, "lengths": {0: "batch"}} | {name: {0: "batch"} for name in outputs}
    file = io.BytesIO()
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            model, (features, lengths), file, dynamo=False, opset_version=OPSET, dynamic_axes=axes,
            input_names=["features", "lengths"], output_names=list(outputs))
    graph = onnx.load_from_string(file.getvalue())
    # Nobody needs to know where the sources lay.
    for node in graph.graph.node:
        node.doc_string = ""
    onnx.checker.check_model(graph, full_check=True)
    return graph.SerializeToString(deterministic=True)


def session_of(graph, threads=1):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def check(graph, model, events, outputs, tolerance=TOLERANCE):
    """Holds the graph to the model on events: alone, together, and padded with garbage; the largest difference.

    Values are compared as |a - b| / max(1, |b|). Raises ExportFailed above the tolerance.
    """
    session = session_of(graph)
    features, lengths = data.padded(events, np.arange(len(events)))
    with torch.no_grad():
        wanted = [part.numpy() for part in model.eval()(torch.from_numpy(features), torch.from_numpy(lengths))]

    def run(rows, counts):
        return session.run(list(outputs), {"features": rows, "lengths": counts})

    together = run(features, lengths)
    garbage = np.concatenate([features, np.full((len(features), 5, 6), 7.5, np.float32)], axis=1)
    garbage[np.arange(garbage.shape[1]) >= lengths[:, None]] = 7.5
    padded = run(garbage, lengths)
    alone = [run(features[i : i + 1, : max(1, n)], lengths[i : i + 1]) for i, n in enumerate(lengths)]
    alone = [np.concatenate(parts) for parts in zip(*alone)]
    worst = 0.0
    for way, found in (("together", together), ("padded", padded), ("alone", alone)):
        for name, a, b in zip(outputs, found, wanted):
            apart = float((np.abs(a - b) / np.maximum(1, np.abs(b))).max())
            if not apart <= tolerance:
                raise ExportFailed(f"{name}, events {way}: {apart} from PyTorch (expected: at most {tolerance})")
            worst = max(worst, apart)
    return worst


def manifest_of(name, version, description, row_count_max, graph, outputs, row_count_step=1.0):
    """The text of model.yaml, sealed."""
    is_direction = "direction" in outputs
    said = {"name": name, "version": version, "description": description}
    if is_direction:
        said["feature_version"] = 1
    said["row_count_max"] = row_count_max
    if is_direction and row_count_step > 1:
        said["row_count_step"] = row_count_step
    said |= {
        "sha256": hashlib.sha256(graph).hexdigest(),
        "signature": {
            "inputs": {"features": "float32[batch, rows, 6]", "lengths": "int64[batch]"},
            "outputs": {output: SHAPES[output] for output in outputs},
        },
    }
    if not is_direction:
        said["ragged"] = {"axis": "rows", "lengths": "lengths"}
    text = "# Written by icecube-train; do not edit by hand.\n" + yaml.safe_dump(said, sort_keys=False, width=1000)
    return f"{text}manifest_sha256: {hashlib.sha256(text.encode()).hexdigest()}\n"


def write(models, name, version, graph, manifest, others=()):
    """Puts model.onnx, model.yaml and other texts [(file, text)] at models/name/version, at once."""
    folder = pathlib.Path(models) / name / version
    folder.parent.mkdir(parents=True, exist_ok=True)
    # A name that begins with a dot is passed over by a server that looks meanwhile.
    beside = folder.parent / f".{version}"
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir()
    (beside / "model.onnx").write_bytes(graph)
    (beside / "model.yaml").write_text(manifest, encoding="utf-8")
    for file, text in others:
        (beside / file).write_text(text, encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    os.replace(beside, folder)
    return folder
