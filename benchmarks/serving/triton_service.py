# SPDX-License-Identifier: Apache-2.0
"""Triton from PyPI (nvidia-pytriton) with onnxruntime, as its examples put them together: dynamic
batching on, one instance, a session with its default threads.

    triton_service.py MODEL GRPC_PORT HTTP_PORT METRICS_PORT
"""

import sys

import numpy as np
import onnxruntime
from pytriton.decorators import batch
from pytriton.model_config import ModelConfig, Tensor
from pytriton.triton import Triton, TritonConfig

session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])


@batch
def predict(features, lengths):
    (direction,) = session.run(
        ["direction"], {"features": features, "lengths": np.ascontiguousarray(lengths[:, 0])})
    return {"direction": direction}


if __name__ == "__main__":
    grpc_port, http_port, metrics_port = (int(word) for word in sys.argv[2:5])
    config = TritonConfig(
        grpc_address="127.0.0.1", grpc_port=grpc_port, http_address="127.0.0.1",
        http_port=http_port, metrics_port=metrics_port)
    with Triton(config=config) as triton:
        triton.bind(
            model_name="transformer",
            infer_func=predict,
            inputs=[
                Tensor(name="features", dtype=np.float32, shape=(-1, 6)),
                Tensor(name="lengths", dtype=np.int64, shape=(1,)),
            ],
            outputs=[Tensor(name="direction", dtype=np.float32, shape=(3,))],
            config=ModelConfig(max_batch_size=64),
        )
        triton.serve()
