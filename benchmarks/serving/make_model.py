#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the transformer of the serving benchmark: random weights of a fixed seed, real work.

d = 64, 3 layers, 4 heads, feed-forward 128, padding masked by `lengths`, mean over the rows, unit
vector out. Speed is meaningful, the directions are not.

    make_model.py FOLDER    writes FOLDER/transformer/1/{model.onnx, model.yaml}
"""

import hashlib
import pathlib
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SEED = 20260101
WIDTH, LAYERS, HEADS, FEED_FORWARD, COLUMNS = 64, 3, 4, 128, 6
OPSET, IR_VERSION = 17, 8

MANIFEST = """\
name: transformer
version: "1"
description: Transformer of the serving benchmark; random weights, its directions mean nothing.
feature_version: 1
row_count_max: 256
sha256: {sha256}
signature:
  inputs:
    features: float32[batch, rows, 6]
    lengths: int64[batch]
  outputs:
    direction: float32[batch, 3]
"""


class Graph:
    """Nodes and weights, added one by one."""

    def __init__(self):
        self.random = np.random.default_rng(SEED)
        self.nodes, self.weights, self.count = [], [], 0

    def constant(self, values):
        self.count += 1
        name = f"w{self.count}"
        self.weights.append(numpy_helper.from_array(np.asarray(values), name))
        return name

    def add(self, operator, *inputs, outputs=1, **attributes):
        self.count += 1
        names = [f"v{self.count}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(operator, list(inputs), names, **attributes))
        return names[0] if outputs == 1 else names

    def linear(self, rows, inner, outer):
        matrix = self.random.normal(0, inner**-0.5, (inner, outer)).astype(np.float32)
        bias = self.random.normal(0, 0.02, outer).astype(np.float32)
        product = self.add("MatMul", rows, self.constant(matrix))
        return self.add("Add", product, self.constant(bias))

    def normalized(self, rows):
        return self.add(
            "LayerNormalization", rows, self.constant(np.ones(WIDTH, np.float32)),
            self.constant(np.zeros(WIDTH, np.float32)), axis=-1)

    def heads(self, rows, order):
        shape = self.constant(np.array([0, 0, HEADS, WIDTH // HEADS], np.int64))
        return self.add("Transpose", self.add("Reshape", rows, shape), perm=order)

    def attention(self, rows, bias):
        query = self.heads(self.linear(rows, WIDTH, WIDTH), [0, 2, 1, 3])
        key = self.heads(self.linear(rows, WIDTH, WIDTH), [0, 2, 3, 1])
        value = self.heads(self.linear(rows, WIDTH, WIDTH), [0, 2, 1, 3])
        scale = self.constant(np.float32((WIDTH // HEADS) ** -0.5))
        scores = self.add("Mul", self.add("MatMul", query, key), scale)
        weights = self.add("Softmax", self.add("Add", scores, bias), axis=-1)
        mixed = self.add("Transpose", self.add("MatMul", weights, value), perm=[0, 2, 1, 3])
        flat = self.add("Reshape", mixed, self.constant(np.array([0, 0, WIDTH], np.int64)))
        return self.linear(flat, WIDTH, WIDTH)

    def feed_forward(self, rows):
        inner = self.add("Relu", self.linear(rows, WIDTH, FEED_FORWARD))
        return self.linear(inner, FEED_FORWARD, WIDTH)


def build():
    graph = Graph()
    one = graph.constant(np.array([1], np.int64))
    # valid[b, l] = l < lengths[b]
    row_count = graph.add("Gather", graph.add("Shape", "features"), graph.constant(np.int64(1)))
    rows = graph.add("Range", graph.constant(np.int64(0)), row_count, graph.constant(np.int64(1)))
    valid = graph.add("Less", rows, graph.add("Unsqueeze", "lengths", one))
    valid = graph.add("Cast", valid, to=TensorProto.FLOAT)
    # 0 where a row counts, -1e9 where it is padding: [batch, 1, 1, rows]
    missing = graph.add("Sub", valid, graph.constant(np.float32(1)))
    bias = graph.add("Mul", missing, graph.constant(np.float32(1e9)))
    bias = graph.add("Unsqueeze", bias, graph.constant(np.array([1, 2], np.int64)))

    state = graph.linear("features", COLUMNS, WIDTH)
    for _ in range(LAYERS):
        state = graph.add("Add", state, graph.attention(graph.normalized(state), bias))
        state = graph.add("Add", state, graph.feed_forward(graph.normalized(state)))

    weight = graph.add("Unsqueeze", valid, graph.constant(np.array([2], np.int64)))
    total = graph.add("ReduceSum", graph.add("Mul", state, weight), one, keepdims=0)
    mean = graph.add("Div", total, graph.add("ReduceSum", weight, one, keepdims=0))
    vector = graph.linear(mean, WIDTH, 3)
    graph.nodes.append(
        helper.make_node("LpNormalization", [vector], ["direction"], axis=-1, p=2))

    inputs = [
        helper.make_tensor_value_info("features", TensorProto.FLOAT, ["batch", "rows", COLUMNS]),
        helper.make_tensor_value_info("lengths", TensorProto.INT64, ["batch"]),
    ]
    outputs = [helper.make_tensor_value_info("direction", TensorProto.FLOAT, ["batch", 3])]
    model = helper.make_model(
        helper.make_graph(graph.nodes, "transformer", inputs, outputs, graph.weights),
        opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION,
        producer_name="icecube")
    onnx.checker.check_model(model)
    return model.SerializeToString()


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: make_model.py FOLDER")
    folder = pathlib.Path(sys.argv[1]) / "transformer" / "1"
    folder.mkdir(parents=True, exist_ok=True)
    model = build()
    (folder / "model.onnx").write_bytes(model)
    sha256 = hashlib.sha256(model).hexdigest()
    manifest = MANIFEST.format(sha256=sha256)
    seal = hashlib.sha256(manifest.encode()).hexdigest()
    (folder / "model.yaml").write_text(f"{manifest}manifest_sha256: {seal}\n")
    print(f"{folder}: {len(model):,} bytes, sha256 {sha256}")


if __name__ == "__main__":
    main()
