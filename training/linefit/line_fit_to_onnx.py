#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the improved line fit as an ONNX graph: a model without weights.

The graph follows the algorithm in the Javadoc of icecube.physics.LineFit step by step, in double,
on masks and weights, without branches or loops. It takes events padded to one length:

    features   float32[batch, rows, 6]  rows of a FeatureTable, version 1; rows >= 1
    lengths    int64[batch]             valid rows of each event; what follows is ignored
    direction  float32[batch, 3]        unit vector to where the neutrino came from, or zeros

The same script on the same versions of numpy and onnx writes the same bytes.
"""

import argparse
import hashlib
import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

# As in icecube.physics.FeatureTable and icecube.physics.LineFit.
POSITION_SCALE_METERS = 500.0
TIME_SCALE_NS = 30_000.0
CHARGE_SCALE_DECADES = 3.0
FIT_ROW_COUNT_MIN = 3.0
FIT_DURATION_MIN_NS = 0.5
FIT_EXTENT_MIN_METERS = 0.5
DELAY_RADIUS_METERS = 156.0
DELAY_NS = 778.0
HUBER_METERS = 153.0
HUBER_ROUND_COUNT = 10
TRIM_METERS = 116.0
SPEED_MIN = 1e-9

NAME = "line-fit-onnx"
VERSION = "1"
ROW_COUNT_MAX = 768
OPSET = 17
IR_VERSION = 8

# Beyond every coordinate and time, to leave rows out of a minimum or maximum.
FAR = 1e30


class Graph:
    """Nodes in the order they are added; every method returns the name of its result."""

    def __init__(self):
        self.nodes = []
        self.constants = {}

    def add(self, op, *inputs, **attributes):
        name = f"v{len(self.nodes)}"
        node = helper.make_node(op, list(inputs), [name], name=f"n{len(self.nodes)}", **attributes)
        self.nodes.append(node)
        return name

    def constant(self, value, dtype=np.float64):
        array = np.array(value, dtype=dtype)
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in self.constants:
            self.constants[key] = numpy_helper.from_array(array, f"c{len(self.constants)}")
        return self.constants[key].name

    def axes(self, *values):
        return self.constant(values, np.int64)

    def double(self, name):
        return self.add("Cast", name, to=TensorProto.DOUBLE)

    def total(self, name):
        """Sum over rows: [batch, rows] -> [batch, 1]."""
        return self.add("ReduceSum", name, self.axes(1), keepdims=1)

    def square(self, name):
        return self.add("Mul", name, name)

    def all_of(self, *names):
        result = names[0]
        for name in names[1:]:
            result = self.add("And", result, name)
        return result


class Line:
    """t, r and v of a line, each [batch, 1]."""

    def __init__(self, mean_t, mean_r, speed):
        self.mean_t = mean_t
        self.mean_r = mean_r
        self.speed = speed


def line_through(g, t, r, w):
    """Step 6: t = sum(w t)/W, r = sum(w r)/W, v = sum(w dt dr) / sum(w dt^2)."""
    weight_sum = g.total(w)
    mean_t = g.add("Div", g.total(g.add("Mul", w, t)), weight_sum)
    mean_r = [g.add("Div", g.total(g.add("Mul", w, c)), weight_sum) for c in r]
    dt = g.add("Sub", t, mean_t)
    wdt = g.add("Mul", w, dt)
    tt = g.total(g.add("Mul", wdt, dt))
    speed = [
        g.add("Div", g.total(g.add("Mul", wdt, g.add("Sub", c, m))), tt) for c, m in zip(r, mean_r)
    ]
    return Line(mean_t, mean_r, speed)


def distance(g, t, r, line):
    """rho = |r - mean r - v (t - mean t)| of every row."""
    dt = g.add("Sub", t, line.mean_t)
    squares = [
        g.square(g.add("Sub", g.add("Sub", c, m), g.add("Mul", v, dt)))
        for c, m, v in zip(r, line.mean_r, line.speed)
    ]
    return g.add("Sqrt", g.add("Add", g.add("Add", squares[0], squares[1]), squares[2]))


def extent(g, value, mask):
    far = g.constant(FAR)
    top = g.add("ReduceMax", g.add("Where", mask, value, g.add("Neg", far)), axes=[1], keepdims=1)
    bottom = g.add("ReduceMin", g.add("Where", mask, value, far), axes=[1], keepdims=1)
    return g.add("Sub", top, bottom)


def fixes_a_line(g, t, r, mask):
    """Step 2, as a boolean [batch, 1]."""
    count = g.total(g.double(mask))
    enough = g.add("GreaterOrEqual", count, g.constant(FIT_ROW_COUNT_MIN))
    lasts = g.add("GreaterOrEqual", extent(g, t, mask), g.constant(FIT_DURATION_MIN_NS))
    widest = g.add("Max", *[extent(g, c, mask) for c in r])
    wide = g.add("GreaterOrEqual", widest, g.constant(FIT_EXTENT_MIN_METERS))
    return g.all_of(enough, lasts, wide)


def choose(g, condition, mask, otherwise):
    """The mask where the condition holds, else the other one; both boolean [batch, rows]."""
    refused = g.add("Not", condition)
    return g.add("Or", g.add("And", condition, mask), g.add("And", refused, otherwise))


def without_late(g, t, r, mask):
    """Step 4: the rows of the mask that no near row of the mask is far ahead of."""

    def pairwise(value):
        return g.add("Sub", g.add("Unsqueeze", value, g.axes(2)), g.add("Unsqueeze", value, g.axes(1)))

    squares = [g.square(pairwise(c)) for c in r]
    apart = g.add("Add", g.add("Add", squares[0], squares[1]), squares[2])
    near = g.add("LessOrEqual", apart, g.constant(DELAY_RADIUS_METERS**2))
    after = g.add("Greater", pairwise(t), g.constant(DELAY_NS))
    culprit = g.add("Unsqueeze", mask, g.axes(1))
    pairs = g.add("Cast", g.all_of(near, after, culprit), to=TensorProto.FLOAT)
    late = g.add("Greater", g.add("ReduceMax", pairs, axes=[2], keepdims=0), g.constant(0.5, np.float32))
    return g.add("And", mask, g.add("Not", late))


def column(g, features, index):
    picked = g.add("Gather", features, g.constant(index, np.int64), axis=2)
    return g.double(picked)


def build():
    """The whole model, checked."""
    g = Graph()
    scale = g.constant(POSITION_SCALE_METERS)
    r = [g.add("Mul", column(g, "features", c), scale) for c in range(3)]
    t = g.add("Mul", column(g, "features", 3), g.constant(TIME_SCALE_NS))
    decades = g.add("Mul", column(g, "features", 4), g.constant(CHARGE_SCALE_DECADES))
    auxiliary = g.add("Greater", column(g, "features", 5), g.constant(0.5))

    row_count = g.add("Gather", g.add("Shape", "features"), g.constant(1, np.int64), axis=0)
    rows = g.add("Range", g.constant(0, np.int64), row_count, g.constant(1, np.int64))
    valid = g.add("Less", g.add("Unsqueeze", rows, g.axes(0)), g.add("Unsqueeze", "lengths", g.axes(1)))

    coincident = g.add("And", valid, g.add("Not", auxiliary))
    candidates = choose(g, fixes_a_line(g, t, r, coincident), coincident, valid)
    answerable = fixes_a_line(g, t, r, candidates)
    prompt = without_late(g, t, r, candidates)
    used = choose(g, fixes_a_line(g, t, r, prompt), prompt, candidates)

    charge = g.add("Add", g.constant(1.0), g.add("Max", g.constant(0.0), decades))
    weight = g.add("Where", used, charge, g.constant(0.0))
    line = line_through(g, t, r, weight)
    huber = g.constant(HUBER_METERS)
    for _ in range(HUBER_ROUND_COUNT):
        rho = distance(g, t, r, line)
        pull = g.add("Div", g.add("Mul", weight, huber), g.add("Max", huber, rho))
        line = line_through(g, t, r, pull)

    within = g.add("LessOrEqual", distance(g, t, r, line), g.constant(TRIM_METERS))
    trimmed = g.add("And", used, within)
    trimmed_weight = g.add("Where", trimmed, weight, g.constant(0.0))
    trimmed_line = line_through(g, t, r, trimmed_weight)
    fixes = fixes_a_line(g, t, r, trimmed)
    speed = [g.add("Where", fixes, a, b) for a, b in zip(trimmed_line.speed, line.speed)]

    squares = [g.square(v) for v in speed]
    norm = g.add("Sqrt", g.add("Add", g.add("Add", squares[0], squares[1]), squares[2]))
    moves = g.add("And", answerable, g.add("Greater", norm, g.constant(SPEED_MIN)))
    origin = [
        g.add("Where", moves, g.add("Neg", g.add("Div", v, norm)), g.constant(0.0)) for v in speed
    ]
    joined = g.add("Cast", g.add("Concat", *origin, axis=1), to=TensorProto.FLOAT)
    g.nodes.append(helper.make_node("Identity", [joined], ["direction"], name="answer"))

    graph = helper.make_graph(
        g.nodes,
        NAME,
        [
            helper.make_tensor_value_info("features", TensorProto.FLOAT, ["batch", "rows", 6]),
            helper.make_tensor_value_info("lengths", TensorProto.INT64, ["batch"]),
        ],
        [helper.make_tensor_value_info("direction", TensorProto.FLOAT, ["batch", 3])],
        initializer=list(g.constants.values()),
    )
    model = helper.make_model(
        graph,
        producer_name="icecube line_fit_to_onnx.py",
        producer_version=VERSION,
        ir_version=IR_VERSION,
        opset_imports=[helper.make_opsetid("", OPSET)],
    )
    onnx.checker.check_model(model, full_check=True)
    return model


MANIFEST = """\
# Written by training/linefit/line_fit_to_onnx.py; do not edit by hand.
name: {name}
version: "{version}"
description: Improved line fit of icecube.physics.LineFit as a graph; no weights, nothing trained.
feature_version: 1
row_count_max: {row_count_max}
sha256: {sha256}
signature:
  inputs:
    features: float32[batch, rows, 6]
    lengths: int64[batch]
  outputs:
    direction: float32[batch, 3]
"""


def write(folder):
    """Writes model.onnx and model.yaml into folder and returns the sha256 of the former."""
    data = build().SerializeToString(deterministic=True)
    sha256 = hashlib.sha256(data).hexdigest()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").write_bytes(data)
    manifest = MANIFEST.format(name=NAME, version=VERSION, row_count_max=ROW_COUNT_MAX, sha256=sha256)
    seal = hashlib.sha256(manifest.encode()).hexdigest()
    (folder / "model.yaml").write_text(f"{manifest}manifest_sha256: {seal}\n", encoding="utf-8")
    return sha256


def main():
    root = pathlib.Path(__file__).resolve().parents[2]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--output",
        type=pathlib.Path,
        default=root / "models" / NAME / VERSION,
        help="folder for model.onnx and model.yaml (default: %(default)s)",
    )
    folder = parser.parse_args().output
    print(f"{folder / 'model.onnx'} sha256 {write(folder)}")


if __name__ == "__main__":
    main()
