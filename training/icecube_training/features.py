# SPDX-License-Identifier: Apache-2.0
"""Features of version 1 in Python: what icecube.physics.FeatureBuilder computes, for tests and small tools.

Training reads the rows that `icecube prepare` wrote; nothing here is on that path but the scales. The
functions exist so that both sides can be held to the same golden file.
"""

import numpy as np

VERSION = 1
COLUMNS = 6
X, Y, Z, TIME, CHARGE, AUXILIARY = range(COLUMNS)

POSITION_SCALE_METERS = 500.0
TIME_SCALE_NS = 30_000.0
CHARGE_SCALE_DECADES = 3.0

_GOLDEN_GAMMA = 0x9E3779B97F4A7C15
_AUXILIARY = np.uint64(1 << 62)


def rows_of(position_meters, time_ns, charge_pe, auxiliary):
    """All pulses of one event, in time order, as float32 rows; arithmetic in float32 as in Java."""
    time_ns = np.asarray(time_ns, np.float32)
    rows = np.empty((len(time_ns), COLUMNS), np.float32)
    rows[:, :3] = np.asarray(position_meters, np.float32) / np.float32(POSITION_SCALE_METERS)
    if len(time_ns):
        rows[:, TIME] = (time_ns - time_ns[0]) / np.float32(TIME_SCALE_NS)
    charge = np.asarray(charge_pe, np.float32).astype(np.float64)
    rows[:, CHARGE] = np.log10(charge) / CHARGE_SCALE_DECADES
    rows[:, AUXILIARY] = np.asarray(auxiliary, bool)
    return rows


def selected(event_id, rows, row_count, row_count_max):
    """Which rows [n, 6] of events are kept, bool[n], if each has `row_count_max` at most.

    `event_id` and `row_count` are of each event. Coincident rows go before auxiliary ones, and a hash of
    the id and the row decides among equals: the same event is cut the same way everywhere and every time.
    """
    row_count = np.asarray(row_count)
    kept = np.ones(len(rows), bool)
    long = np.repeat(row_count > row_count_max, row_count)
    owner = np.repeat(np.arange(len(row_count)), row_count)[long]
    keys = _keys(np.asarray(event_id, np.int64).astype(np.uint64)[owner], np.ascontiguousarray(rows[long]))
    kept[long] = first_of_each(keys, owner, row_count_max)
    return kept


def first_of_each(keys, owner, count_max):
    """Which of the rows, bool[n], are among the `count_max` of smallest key of their owner; owners ascend."""
    order = np.lexsort((keys, owner))
    begins = np.searchsorted(owner, owner)
    rank = np.empty(len(keys), np.int64)
    rank[order] = np.arange(len(keys)) - begins
    return rank < count_max


def _keys(event_id, rows):
    bits = rows[:, :4].copy().view(np.uint32).astype(np.uint64)
    place = finalised(finalised(event_id + np.uint64(_GOLDEN_GAMMA)) ^ (bits[:, Y] << np.uint64(32) | bits[:, X]))
    chance = finalised(place ^ (bits[:, TIME] << np.uint64(32) | bits[:, Z])) >> np.uint64(2)
    return np.where(rows[:, AUXILIARY] > 0.5, chance | _AUXILIARY, chance)


def finalised(value):
    """SplitMix64's finaliser of uint64[n]."""
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        value = (value ^ (value >> np.uint64(shift))) * np.uint64(factor)
    return value ^ (value >> np.uint64(31))


def direction_of(azimuth, zenith):
    """Unit vectors [n, 3] to where the neutrinos came from."""
    azimuth, zenith = np.asarray(azimuth, np.float64), np.asarray(zenith, np.float64)
    sine = np.sin(zenith)
    return np.stack([np.cos(azimuth) * sine, np.sin(azimuth) * sine, np.cos(zenith)], axis=-1)


def angle_between(a, b):
    """Angles between vectors [n, 3], rad; exact at 0 and pi, where acos of the product is not."""
    return np.arctan2(np.linalg.norm(np.cross(a, b), axis=-1), (a * b).sum(-1))
