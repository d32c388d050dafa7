# SPDX-License-Identifier: Apache-2.0
"""Batches of events: equal steps, cut into small batches of nearly equal length under a pulse budget.

A step is a fixed number of events drawn by chance, so every event weighs the same; within the step events
are sorted by length and cut where a padded batch would exceed the budget. So little is spent on padding
(1.5 to 3.5 times faster than unsorted), and no step has only long or only short events.
"""

import dataclasses

import numpy as np
import torch

from icecube_training import features as columns
from icecube_training import prepared

# The string in the middle of the hexagon (36), metres: turns by 60 degrees about it map the array to itself.
AXIS_METERS = (46.29, -34.88)


@dataclasses.dataclass(frozen=True)
class Augmentation:
    """What is changed at random in training, never in evaluation."""

    rotate: bool = False  # by a multiple of 60 degrees about the array's axis
    jitter_ns: float = 0.0  # standard deviation of what is added to each time
    charge_decades: float = 0.0  # standard deviation of what is added to log10 of each charge
    drop: float = 0.0  # probability with which a row is left out

    @property
    def is_active(self):
        return self.rotate or self.jitter_ns > 0 or self.charge_decades > 0 or self.drop > 0


@dataclasses.dataclass
class Batch:
    """Padded events: features [b, l, 6], lengths [b], and of what is known the truth."""

    features: torch.Tensor
    lengths: torch.Tensor
    direction: torch.Tensor | None
    is_track: torch.Tensor | None
    picked: np.ndarray  # their positions in the Events

    def to(self, device):
        def moved(part):
            return None if part is None else part.to(device, non_blocking=True)

        return Batch(moved(self.features), moved(self.lengths), moved(self.direction), moved(self.is_track), self.picked)


def padded(events, picked, rows_min=1):
    """The picked events as float32[b, longest, 6], zeros after their lengths, and int64[b]; `rows_min` rows at least."""
    lengths = events.row_count[picked].astype(np.int64)
    longest = max(rows_min, int(lengths.max(initial=1)))
    at = np.arange(longest)
    valid = at < lengths[:, None]
    source = np.where(valid, events.offset[:-1][picked][:, None] + at, 0)
    rows = events.rows[source] if len(events.rows) else np.zeros((*source.shape, columns.COLUMNS), np.float32)
    rows[~valid] = 0
    return rows, lengths


def cuts(lengths, pulse_budget):
    """Where to cut sorted lengths so that events times the longest stays within the budget; one at least."""
    begin, pieces = 0, []
    for end in range(1, len(lengths) + 1):
        if end > begin + 1 and (end - begin) * max(1, int(lengths[end - 1])) > pulse_budget:
            pieces.append((begin, end - 1))
            begin = end - 1
    if begin < len(lengths):
        pieces.append((begin, len(lengths)))
    return pieces


def batch_of(events, picked, augmentation=None, random=None):
    rows, lengths = padded(events, picked)
    direction = None if events.direction is None else events.direction[picked].copy()
    if augmentation is not None and augmentation.is_active:
        rows, lengths, direction = augmented(rows, lengths, direction, augmentation, random)
    return Batch(
        torch.from_numpy(rows), torch.from_numpy(lengths),
        None if direction is None else torch.from_numpy(direction.astype(np.float32)),
        None if events.is_track is None else torch.from_numpy(events.is_track[picked].astype(np.float32)), picked)


def in_order(events, pulse_budget):
    """All events once, sorted by length: for evaluation. `picked` tells which is which."""
    order = np.argsort(events.row_count, kind="stable")
    for begin, end in cuts(events.row_count[order], pulse_budget):
        yield batch_of(events, order[begin:end])


def steps(events, seed, epoch, step_events, pulse_budget, augmentation=Augmentation(), skip=0, row_count_max=None):
    """Steps of one epoch, each a list of batches: a pure function of its arguments.

    An incomplete last step is left out. `skip` leaves out the first steps and changes no other.
    `row_count_max` draws new rows of longer events every epoch, coincident ones first.
    """
    order = np.random.default_rng([seed, epoch, 0]).permutation(len(events))
    for step in range(skip, len(events) // step_events):
        random = np.random.default_rng([seed, epoch, 1 + step])
        picked = order[step * step_events : (step + 1) * step_events]
        drawn = events.take(picked)
        if row_count_max is not None:
            drawn = redrawn(drawn, row_count_max, random)
        sorted_by_length = np.argsort(drawn.row_count, kind="stable")
        yield [
            batch_of(drawn, sorted_by_length[begin:end], augmentation, random)
            for begin, end in cuts(drawn.row_count[sorted_by_length], pulse_budget)
        ]


def redrawn(events, row_count_max, random):
    """As Events.cut_to, but by chance of `random` and not of the id: more to learn from long events."""
    if not (events.row_count > row_count_max).any():
        return events
    owner = np.repeat(np.arange(len(events)), events.row_count)
    # Coincident rows draw below 1, auxiliary ones above: the smallest of an event are kept.
    drawn = random.random(len(events.rows)) + (events.rows[:, columns.AUXILIARY] > 0.5)
    kept = columns.first_of_each(drawn, owner, row_count_max)
    counts = np.minimum(events.row_count, row_count_max)
    return dataclasses.replace(
        events, offset=np.concatenate([[0], np.cumsum(counts)]), rows=events.rows[kept])


def augmented(rows, lengths, direction, augmentation, random):
    """Rows, lengths and directions with what the augmentation says done to them."""
    valid = np.arange(rows.shape[1]) < lengths[:, None]
    if augmentation.rotate:
        turn = random.integers(0, 6, len(rows)) * (np.pi / 3)
        rows = rotated(rows, turn)
        direction = None if direction is None else turned(direction, turn)
    if augmentation.jitter_ns > 0:
        rows[..., columns.TIME] += random.normal(
            0, augmentation.jitter_ns / columns.TIME_SCALE_NS, valid.shape).astype(np.float32)
    if augmentation.charge_decades > 0:
        rows[..., columns.CHARGE] += random.normal(
            0, augmentation.charge_decades / columns.CHARGE_SCALE_DECADES, valid.shape).astype(np.float32)
    if augmentation.drop > 0:
        kept = valid & (random.random(valid.shape) >= augmentation.drop)
        kept = np.where(kept.any(1, keepdims=True), kept, valid)
        order = np.argsort(~kept, axis=1, kind="stable")
        rows = np.take_along_axis(rows, order[..., None], axis=1)
        lengths = kept.sum(1)
        valid = np.arange(rows.shape[1]) < lengths[:, None]
    rows[~valid] = 0
    return rows, lengths, direction


def turned(vectors, turn):
    """Vectors [b, 3] turned about z by angles [b], rad."""
    cosine, sine = np.cos(turn), np.sin(turn)
    x, y, z = vectors.T
    return np.stack([cosine * x - sine * y, sine * x + cosine * y, z], axis=-1)


def rotated(rows, turn):
    """Rows [b, l, 6] turned about the array's axis by angles [b], rad."""
    axis = np.asarray(AXIS_METERS) / columns.POSITION_SCALE_METERS
    x, y = rows[..., 0] - axis[0], rows[..., 1] - axis[1]
    cosine, sine = np.cos(turn)[:, None], np.sin(turn)[:, None]
    rows = rows.copy()
    rows[..., 0] = cosine * x - sine * y + axis[0]
    rows[..., 1] = sine * x + cosine * y + axis[1]
    return rows


def chances(events, seed):
    """A number in [0, 1) for each event, by its id and the seed alone: which split an event falls into."""
    state = events.event_id.astype(np.uint64) + np.uint64((seed * 0x9E3779B97F4A7C15 + 0x632BE59BD9B4E019) % (1 << 64))
    return columns.finalised(state) / 2.0**64


def split(events, seed, *shares):
    """Disjoint parts of the events of these shares, and last the rest; the same event always in the same."""
    drawn = chances(events, seed)
    edges = np.concatenate([[0], np.cumsum(shares)])
    if edges[-1] >= 1:
        raise prepared.WrongInput(f"shares: {shares} (expected: a sum below 1)")
    parts = [events.take(np.flatnonzero((drawn >= low) & (drawn < high))) for low, high in zip(edges, edges[1:])]
    return [*parts, events.take(np.flatnonzero(drawn >= edges[-1]))]
