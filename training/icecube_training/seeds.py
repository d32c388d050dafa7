# SPDX-License-Identifier: Apache-2.0
"""The improved line fit of icecube.physics.LineFit on padded batches: what models start from and must beat.

Every step is the one in that class's Javadoc, on masks and weights without branches, so that it runs on
batches, in the exported graph and on a GPU. Gradients do not flow through it. In double it agrees with
Java to 1e-7 rad; in float32, about centred coordinates, to 1e-4 rad but where a row is on a threshold.
"""

import torch

from icecube_training import features as columns

FIT_ROW_COUNT_MIN = 3
FIT_DURATION_MIN_NS = 0.5
FIT_EXTENT_MIN_METERS = 0.5
DELAY_RADIUS_METERS = 156.0
DELAY_NS = 778.0
HUBER_METERS = 153.0
HUBER_ROUND_COUNT = 10
TRIM_METERS = 116.0
SPEED_MIN = 1e-4

# Beyond every coordinate and time, to leave rows out of a minimum or maximum.
_FAR = 1e9


def valid_rows(features, lengths):
    """bool[b, l]: which rows are of the event and not padding."""
    at = torch.arange(features.shape[1], device=features.device)
    return at.unsqueeze(0) < lengths.unsqueeze(1)


def line_fit(features, lengths, dtype=torch.float64):
    """Line of each event: origin [b, 3] (unit, or zeros if there is none), its middle r [b, 3] metres and
    t [b, 1] ns of the event's own clock, and its velocity v [b, 3] m/ns."""
    with torch.no_grad(), torch.autocast(features.device.type, enabled=False):
        return _line_fit(features.to(dtype), valid_rows(features, lengths))


def directions(features, lengths, dtype=torch.float64):
    """Where the events came from, float32[b, 3]; zeros where the rows fix no line."""
    return line_fit(features, lengths, dtype)[0].to(torch.float32)


def _line_fit(f, valid):
    r = f[..., :3] * columns.POSITION_SCALE_METERS
    t = f[..., columns.TIME] * columns.TIME_SCALE_NS
    coincident = valid & ~(f[..., columns.AUXILIARY] > 0.5)
    candidates = _choose(_fixes_a_line(r, t, coincident), coincident, valid)
    answerable = _fixes_a_line(r, t, candidates)
    prompt = candidates & ~_is_late(r, t, candidates)
    used = _choose(_fixes_a_line(r, t, prompt), prompt, candidates)
    decades = f[..., columns.CHARGE] * columns.CHARGE_SCALE_DECADES
    charge = torch.where(used, 1 + torch.relu(decades), 0.0)
    line = _through(r, t, charge)
    for _ in range(HUBER_ROUND_COUNT):
        line = _through(r, t, charge * HUBER_METERS / _distance(r, t, line).clamp(min=HUBER_METERS))
    trimmed = used & (_distance(r, t, line) <= TRIM_METERS)
    fixes = _fixes_a_line(r, t, trimmed)
    again = _through(r, t, torch.where(trimmed, charge, 0.0))
    middle, time, velocity = [torch.where(fixes, new, old) for new, old in zip(again, line)]
    speed = velocity.square().sum(-1, keepdim=True).sqrt()
    moves = answerable & (speed > SPEED_MIN)
    origin = torch.where(moves, -velocity / speed.clamp(min=SPEED_MIN), 0.0)
    return origin, middle, time, torch.where(moves, velocity, 0.0)


def _choose(condition, mask, otherwise):
    return (condition & mask) | (~condition & otherwise)


def _extent(values, mask):
    """Largest minus smallest of the masked rows, negative if there are none: [b, l] -> [b, 1]."""
    top = torch.where(mask, values, -_FAR).amax(1, keepdim=True)
    return top - torch.where(mask, values, _FAR).amin(1, keepdim=True)


def _fixes_a_line(r, t, mask):
    """bool[b, 1]: whether the masked rows are enough, and lie apart in time and in a coordinate."""
    wide = _extent(r[..., 0], mask)
    for axis in (1, 2):
        wide = torch.maximum(wide, _extent(r[..., axis], mask))
    enough = mask.sum(1, keepdim=True) >= FIT_ROW_COUNT_MIN
    return enough & (_extent(t, mask) >= FIT_DURATION_MIN_NS) & (wide >= FIT_EXTENT_MIN_METERS)


def _is_late(r, t, mask):
    """bool[b, l]: whether a near row of the mask is far ahead of it."""
    apart = (r.unsqueeze(2) - r.unsqueeze(1)).square().sum(-1)
    after = t.unsqueeze(2) - t.unsqueeze(1) > DELAY_NS
    return ((apart <= DELAY_RADIUS_METERS**2) & after & mask.unsqueeze(1)).any(2)


def _through(r, t, weight):
    """Weighted least squares: r [b, 3], t [b, 1], v [b, 3]; finite, if meaningless, without weight."""
    total = weight.sum(1, keepdim=True).clamp(min=1e-9)
    time = (weight * t).sum(1, keepdim=True) / total
    middle = (weight.unsqueeze(-1) * r).sum(1) / total
    after = t - time
    moment = weight * after
    squares = (moment * after).sum(1, keepdim=True).clamp(min=1e-9)
    velocity = (moment.unsqueeze(-1) * (r - middle.unsqueeze(1))).sum(1) / squares
    return middle, time, velocity


def _distance(r, t, line):
    middle, time, velocity = line
    ahead = (t - time).unsqueeze(-1) * velocity.unsqueeze(1)
    return (r - middle.unsqueeze(1) - ahead).square().sum(-1).sqrt()
