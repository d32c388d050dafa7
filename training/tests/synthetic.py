# SPDX-License-Identifier: Apache-2.0
"""Events good enough to learn something from in seconds, with truth, without the simulator."""

import sys
import pathlib

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from icecube_training import features as columns
from icecube_training.prepared import Events

LIGHT_SPEED = 0.3


def one(random, is_track, direction):
    """Rows of a track (light travels along) or a cascade (light from a point, more of it ahead), with noise."""
    count = int(random.integers(12, 50))
    vertex = random.uniform(-300, 300, 3)
    if is_track:
        along = random.uniform(-500, 500, count)
        place = vertex - direction * along[:, None] * -1 + random.normal(0, 30, (count, 3))
        time = -((place - vertex) @ direction) / LIGHT_SPEED + random.exponential(60, count)
    else:
        away = random.normal(size=(count, 3)) - 0.8 * direction
        away *= random.exponential(70, (count, 1)) / np.linalg.norm(away, axis=1, keepdims=True) + 0.1
        place = vertex + away
        time = np.linalg.norm(away, axis=1) / 0.22 + random.exponential(60, count)
    noise = int(random.integers(2, 20))
    place = np.concatenate([place, random.uniform(-500, 500, (noise, 3))])
    time = np.concatenate([time - time.min(), random.uniform(-3000, 9000, noise)])
    auxiliary = np.concatenate([random.random(count) < 0.15, random.random(noise) < 0.9])
    order = np.argsort(time)
    charge = np.exp(random.normal(0, 0.5, count + noise))
    return columns.rows_of(place[order], time[order] - time.min(), charge[order], auxiliary[order])


def events(count, seed):
    """So many events, half of them tracks; a pure function of its arguments."""
    random = np.random.default_rng([20261121, seed])
    direction = random.normal(size=(count, 3))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    is_track = random.random(count) < 0.5
    rows = [one(random, bool(track), toward) for track, toward in zip(is_track, direction)]
    counts = np.array([len(part) for part in rows])
    return Events(
        np.arange(count) + 1_000_000 * seed, counts.astype(np.int32), np.concatenate([[0], np.cumsum(counts)]),
        np.concatenate(rows), direction, 10 ** random.uniform(2, 5, count), is_track)


def azimuth_zenith(direction):
    return np.arctan2(direction[:, 1], direction[:, 0]) % (2 * np.pi), np.arccos(np.clip(direction[:, 2], -1, 1))


def write(folder, count, seed, files=1):
    """A prepared folder of synthetic events."""
    from icecube_training import prepared

    for number in range(files):
        part = events(count // files, seed + 100 * number)
        prepared.write(
            pathlib.Path(folder) / "features" / f"batch_{number + 1}.parquet", part, *azimuth_zenith(part.direction))
    return pathlib.Path(folder)
