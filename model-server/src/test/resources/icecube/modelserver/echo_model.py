# SPDX-License-Identifier: Apache-2.0
"""Writes echo.onnx: a model that answers with the first row, so that a test decides what it says.

direction = columns 0..2, kappa = column 4 of the first row. Needs numpy and onnx.
"""

import pathlib

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper

constants = {
    "first": np.array(0, np.int64),
    "xyz": np.array([0, 1, 2], np.int64),
    "charge": np.array(4, np.int64),
    "ignored": np.array(0, np.float32),
}
nodes = [
    helper.make_node("Gather", ["features", "first"], ["row"], axis=1),
    helper.make_node("Gather", ["row", "xyz"], ["direction"], axis=1),
    helper.make_node("Gather", ["row", "charge"], ["said"], axis=1),
    helper.make_node("Cast", ["lengths"], ["count"], to=TensorProto.FLOAT),
    helper.make_node("Mul", ["count", "ignored"], ["nothing"]),
    helper.make_node("Add", ["said", "nothing"], ["kappa"]),
]
graph = helper.make_graph(
    nodes,
    "echo",
    [
        helper.make_tensor_value_info("features", TensorProto.FLOAT, ["batch", "rows", 6]),
        helper.make_tensor_value_info("lengths", TensorProto.INT64, ["batch"]),
    ],
    [
        helper.make_tensor_value_info("direction", TensorProto.FLOAT, ["batch", 3]),
        helper.make_tensor_value_info("kappa", TensorProto.FLOAT, ["batch"]),
    ],
    initializer=[numpy_helper.from_array(value, name) for name, value in constants.items()],
)
model = helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 17)])
checker.check_model(model, full_check=True)
target = pathlib.Path(__file__).with_name("echo.onnx")
target.write_bytes(model.SerializeToString(deterministic=True))
