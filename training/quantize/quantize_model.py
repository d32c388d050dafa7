#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes an int8 variant of a direction model, if that costs little accuracy.

Weights of matrix products become int8, one scale a column; what is multiplied with them is rounded to
8 bits at run time (dynamic quantization). The variant is a model of its own name beside the first, so
that callers choose; or, with --name and --version, a version of the same that labels choose.

    quantize_model.py models/NAME/VERSION [--models DIR] [--name NAME] [--version VERSION] [--events FILE.npz]

The scale of what is rounded at run time belongs to a whole batch: the direction of an event depends on
which events run with it. So the loss is measured alone and in padded batches, and the worse counts.

Exit status: 0 written, 1 the loss is above the bound and nothing is written, 2 a wrong argument.
"""

import argparse
import hashlib
import os
import pathlib
import shutil
import sys
import tempfile

import numpy as np
import onnxruntime
import yaml
from onnxruntime.quantization import QuantType, quantize_dynamic

COLUMNS = 6
BATCH = 16
# As icecube.physics.FeatureTable scales; rows as the events of the serving benchmark.
ROWS_MEDIAN, ROWS_SIGMA, ROWS_MIN = 60, 0.8, 8


class WrongInput(Exception):
    """What the user has to put right."""


def sealed(text):
    """The manifest with the sum of all its lines, so that no change of it goes unnoticed."""
    return f"{text}manifest_sha256: {hashlib.sha256(text.encode()).hexdigest()}\n"


def read_model(folder):
    """Manifest and graph, if the one promises the other."""
    text = (folder / "model.yaml").read_text()
    manifest = yaml.safe_load(text)
    if text != sealed(text.rpartition("manifest_sha256:")[0]) and "manifest_sha256" in manifest:
        raise WrongInput(f"manifest_sha256: not the sum of the lines above it in {folder}/model.yaml")
    manifest.pop("manifest_sha256", None)
    model = (folder / "model.onnx").read_bytes()
    found = hashlib.sha256(model).hexdigest()
    if found != manifest["sha256"]:
        raise WrongInput(f"sha256: {found} (expected: {manifest['sha256']}, as in {folder}/model.yaml)")
    return manifest, model


def random_events(count, rows_max, seed):
    """Ragged events: positions and charges at random, times in order, some rows auxiliary."""
    random = np.random.default_rng(seed)
    lengths = np.clip(random.lognormal(np.log(ROWS_MEDIAN), ROWS_SIGMA, count), ROWS_MIN, rows_max)
    events = []
    for rows in lengths.astype(int):
        event = random.uniform(-1, 1, (rows, COLUMNS)).astype(np.float32)
        event[:, 3] = np.sort(random.uniform(0, 1, rows))
        event[:, 5] = random.integers(0, 2, rows)
        events.append(event)
    return events


def read_events(file, rows_max):
    """Events of an .npz: `features` float32[rows of all, 6], `lengths` int64[events]."""
    arrays = np.load(file, allow_pickle=False)
    features, lengths = arrays["features"].astype(np.float32), arrays["lengths"]
    if features.ndim != 2 or features.shape[1] != COLUMNS or lengths.sum() != len(features):
        raise WrongInput(f"events: {features.shape} rows, lengths sum to {lengths.sum()}"
                         f" (expected: [sum of lengths, {COLUMNS}])")
    if lengths.min() < 1:
        raise WrongInput(f"lengths: {lengths.min()} (expected: at least 1)")
    return [event[:rows_max] for event in np.split(features, np.cumsum(lengths)[:-1])]


def directions(session, events, batch):
    """The direction of every event, asked in padded batches of so many."""
    answers = []
    for start in range(0, len(events), batch):
        together = events[start:start + batch]
        lengths = np.array([len(event) for event in together], np.int64)
        features = np.zeros((len(together), lengths.max(), COLUMNS), np.float32)
        for index, event in enumerate(together):
            features[index, :len(event)] = event
        answers.append(session.run(["direction"], {"features": features, "lengths": lengths})[0])
    return np.concatenate(answers).astype(np.float64)


def angles_degrees(first, second):
    """Angle between two directions; 0 where both are none, 180 where one is or is no number."""
    cross = np.linalg.norm(np.cross(first, second), axis=1)
    angles = np.degrees(np.arctan2(cross, (first * second).sum(axis=1)))
    none = ~(np.linalg.norm(first, axis=1) > 0), ~(np.linalg.norm(second, axis=1) > 0)
    angles[none[0] & none[1]] = 0
    angles[none[0] ^ none[1]] = 180
    return np.where(np.isfinite(angles), angles, 180)


def session_of(model):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def loss(model, variant, events):
    """Median and 99th percentile of the angle between the two, degrees; alone or batched, the worse."""
    before, after = session_of(model), session_of(variant)
    expected = directions(before, events, 1)
    worst = 0.0, 0.0
    for batch in (1, BATCH):
        angles = angles_degrees(expected, directions(after, events, batch))
        found = float(np.percentile(angles, 50)), float(np.percentile(angles, 99))
        print(f"batches of {batch}: median {found[0]:.3f} deg, p99 {found[1]:.3f} deg")
        worst = max(worst[0], found[0]), max(worst[1], found[1])
    return worst


def quantized(model):
    """The graph with int8 weights; refused where it has none to quantize."""
    with tempfile.TemporaryDirectory() as scratch:
        source, target = pathlib.Path(scratch, "model.onnx"), pathlib.Path(scratch, "int8.onnx")
        source.write_bytes(model)
        quantize_dynamic(source, target, per_channel=True, weight_type=QuantType.QInt8)
        variant = target.read_bytes()
    if b"MatMulInteger" not in variant:
        raise WrongInput("graph: no matrix product with weights (expected: at least one to quantize)")
    return variant


def write(models, manifest, variant):
    """Puts the variant in its place at once; another that stands there is not replaced."""
    folder = models / manifest["name"] / manifest["version"]
    if folder.exists():
        raise WrongInput(f"{folder} exists; remove it, or give another --name")
    folder.parent.mkdir(parents=True, exist_ok=True)
    # A name that begins with a dot is passed over by a server that looks meanwhile.
    beside = folder.parent / f".{manifest['version']}"
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir()
    (beside / "model.onnx").write_bytes(variant)
    (beside / "model.yaml").write_text(sealed(yaml.safe_dump(manifest, sort_keys=False, width=1000)))
    os.replace(beside, folder)
    return folder


def make(arguments):
    manifest, model = read_model(arguments.model)
    rows_max = manifest["row_count_max"]
    events = (read_events(arguments.events, rows_max) if arguments.events
              else random_events(arguments.count, rows_max, arguments.seed))
    variant = quantized(model)
    median, p99 = loss(model, variant, events)
    measured = (f"median {median:.3f} deg, p99 {p99:.3f} deg from {manifest['name']}/{manifest['version']}"
                f" on {len(events)} {'given' if arguments.events else 'random'} events")
    # Not "above", so that what is no number is refused.
    if not (median <= arguments.median_max and p99 <= arguments.p99_max):
        print(f"refused: {measured} (expected: median at most {arguments.median_max} deg,"
              f" p99 at most {arguments.p99_max} deg)", file=sys.stderr)
        return 1
    manifest = dict(
        manifest,
        name=arguments.name or f"{manifest['name']}-int8",
        version=arguments.version or manifest["version"],
        description=f"int8 variant: {measured}.",
        sha256=hashlib.sha256(variant).hexdigest())
    folder = write(arguments.models or arguments.model.parent.parent, manifest, variant)
    print(f"{folder}: {len(model):,} -> {len(variant):,} bytes; {measured}")
    return 0


def main(argv=None):
    parser = argparse.ArgumentParser(description="int8 variant of a direction model")
    parser.add_argument("model", type=pathlib.Path, help="folder of model.onnx and model.yaml")
    parser.add_argument("--models", type=pathlib.Path, help="where to write NAME/VERSION (beside the model)")
    parser.add_argument("--name", help="of the variant (default: the model's and -int8)")
    parser.add_argument("--version", help="of the variant (default: the model's)")
    parser.add_argument("--events", type=pathlib.Path, help=".npz of features and lengths (default: random)")
    parser.add_argument("--count", type=int, default=2000, help="random events (default: 2000)")
    parser.add_argument("--seed", type=int, default=1, help="of the random events (default: 1)")
    parser.add_argument("--median-max", type=float, default=1, help="degrees (default: 1)")
    parser.add_argument("--p99-max", type=float, default=5, help="degrees (default: 5)")
    try:
        return make(parser.parse_args(argv))
    except (WrongInput, OSError) as problem:
        print(f"quantize_model: {problem}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
