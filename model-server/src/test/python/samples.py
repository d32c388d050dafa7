# SPDX-License-Identifier: Apache-2.0
"""Events as tensors, and the direction they came from."""

import numpy as np
import tritonclient.grpc as triton


def tracks(count, rows=None, seed=7):
    """`count` straight tracks as padded features, lengths, and their true directions.

    Padding is filled with 777, so that a server which reads it is found out.
    """
    random = np.random.default_rng(seed)
    lengths = random.integers(8, 60, count) if rows is None else np.full(count, rows)
    features = np.full((count, int(lengths.max()), 6), 777, np.float32)
    directions = np.empty((count, 3))
    for event, length in enumerate(lengths):
        origin = random.normal(size=3)
        origin /= np.linalg.norm(origin)
        directions[event] = origin
        times = np.sort(random.uniform(0, 3_000, length))
        # Light speed in vacuum, 0.2998 m/ns; positions in units of 500 m, times of 30,000 ns.
        positions = -np.outer(times - 1_500, origin) * 0.2998 / 500
        features[event, :length, :3] = positions + random.normal(0, 0.004, (length, 3))
        features[event, :length, 3] = (times - times[0]) / 30_000
        features[event, :length, 4] = 0
        features[event, :length, 5] = 0
    return features, lengths.astype(np.int64), directions


def tensors(features, lengths):
    """The inputs of a direction model."""
    inputs = [
        triton.InferInput("features", list(features.shape), "FP32"),
        triton.InferInput("lengths", list(lengths.shape), "INT64"),
    ]
    inputs[0].set_data_from_numpy(features)
    inputs[1].set_data_from_numpy(lengths)
    return inputs


def some(count=1, rows=16):
    """Inputs of `count` events of equal length."""
    features, lengths, _ = tracks(count, rows)
    return tensors(features, lengths)
