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

_MASK = (1 << 64) - 1
_GOLDEN_GAMMA = 0x9E3779B97F4A7C15


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


def selected(event_id, auxiliary, row_count_max):
    """Which rows of a longer event are kept, bool[rows]: Knuth's algorithm S with SplitMix64 of the id.

    Rows in coincidence go before auxiliary ones, chance decides among equals, and the same event is cut
    the same way everywhere and every time.
    """
    auxiliary = np.asarray(auxiliary, bool)
    if len(auxiliary) <= row_count_max:
        return np.ones(len(auxiliary), bool)
    left = [int((~auxiliary).sum()), int(auxiliary.sum())]
    wanted = [min(left[0], row_count_max), 0]
    wanted[1] = min(left[1], row_count_max - wanted[0])
    state = event_id & _MASK
    kept = np.zeros(len(auxiliary), bool)
    for row, kind in enumerate(auxiliary.astype(int).tolist()):
        if wanted[kind] == left[kind] or wanted[kind] == 0:
            keep = wanted[kind] != 0
        else:
            state, number = _next(state)
            keep = ((number >> 32) * left[kind]) >> 32 < wanted[kind]
        kept[row] = keep
        left[kind] -= 1
        wanted[kind] -= keep
    return kept


def _next(state):
    """SplitMix64: the state that follows, and its number."""
    state = (state + _GOLDEN_GAMMA) & _MASK
    mixed = state
    mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
    return state, mixed ^ (mixed >> 31)


def direction_of(azimuth, zenith):
    """Unit vectors [n, 3] to where the neutrinos came from."""
    azimuth, zenith = np.asarray(azimuth, np.float64), np.asarray(zenith, np.float64)
    sine = np.sin(zenith)
    return np.stack([np.cos(azimuth) * sine, np.sin(azimuth) * sine, np.cos(zenith)], axis=-1)


def angle_between(a, b):
    """Angles between vectors [n, 3], rad; exact at 0 and pi, where acos of the product is not."""
    return np.arctan2(np.linalg.norm(np.cross(a, b), axis=-1), (a * b).sum(-1))
