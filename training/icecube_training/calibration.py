# SPDX-License-Identifier: Apache-2.0
"""Honest uncertainties: from what a model says of itself to kappa, r50 and r90 that hold.

A table over two coordinates, both known inside the graph: x, the logarithm of the raw kappa, and y, the
model's own track score (the number of rows, if it could not learn one). Between its knots it is linear, beyond
them constant, along x never rising for radii nor falling for kappa. It is fitted on events that training
did not see: radii by the pinball loss, whose minimum is the quantile (Koenker and Bassett 1978), kappa by
the likelihood of von Mises and Fisher. A last factor each makes the shares of those events exact (split
conformal prediction). Radii and kappa are fitted apart: real errors have longer tails than one kappa has.

Such radii hold for events of every track score, and just for that reason not for the true topologies: of events
that may be either, a track is nearly always within and a cascade too seldom. `equalized` moves them, as little as
is needed, from the one to the other (RATIONALE.md says what that costs).
"""

import dataclasses
import math

import numpy as np
import torch
from torch import nn

from icecube_training import loss
from icecube_training.prepared import WrongInput

QUANTILES = (0.5, 0.9)
RADIUS_MIN = 1e-4
KAPPA_MIN, KAPPA_MAX = 1e-3, 1e6
EVENTS_MIN = 200
LENGTH_MIN = 1e-6
# How far the share of tracks, and of cascades, within a radius may be off; slopes tried for it.
TOLERANCE = 0.02
SLOPE_MAX, SLOPE_COUNT = 2.0, 401


def knots_of(values, count):
    """Strictly rising knots at even quantiles of the values, the outermost 1 % cut off."""
    knots = np.quantile(values, np.linspace(0.01, 0.99, count))
    return np.maximum(knots, knots[0] + np.arange(count) * 1e-4).astype(np.float32)


class Table(nn.Module):
    """Piecewise linear in x and in y: [1, u(x)] M [1, v(y)], with u_k = clamp((x - x_k) / (x_k+1 - x_k), 0, 1).

    Falls, or rises if `sign` is 1, along x everywhere: the steps of M along x have that sign for every v.
    """

    def __init__(self, x_knots, y_knots, sign, start):
        super().__init__()
        self.register_buffer("x_knots", torch.as_tensor(x_knots))
        self.register_buffer("y_knots", torch.as_tensor(y_knots))
        self.sign = sign
        first = torch.full((1, len(y_knots)), float(start))
        self.first = nn.Parameter(first)
        self.steps = nn.Parameter(torch.full((len(x_knots) - 1, len(y_knots)), -2.0))

    def values(self):
        """The table at its knots [x, y]."""
        steps = self.sign * nn.functional.softplus(self.steps)
        return torch.cat([self.first, self.first + torch.cumsum(steps, 0)])

    def forward(self, x, y):
        return interpolated(x, y, self.x_knots, self.y_knots, self.values())


def interpolated(x, y, x_knots, y_knots, values):
    """Bilinear between knots, constant beyond: x, y [b] -> [b]."""
    across = _hats(y, y_knots)
    along = _hats(x, x_knots)
    return ((along @ values) * across).sum(-1)


def _hats(x, knots):
    """Weights of the knots [b, k]: at most two are not 0, their sum is 1."""
    part = ((x.unsqueeze(-1) - knots[:-1]) / (knots[1:] - knots[:-1])).clamp(0, 1)
    one = torch.ones_like(part[:, :1])
    return torch.cat([one, part], -1) - torch.cat([part, torch.zeros_like(one)], -1)


class Calibration(nn.Module):
    """The fitted tables: raw kappa and context -> kappa [b] and radii [b, 2], 0 < r50 <= r90 <= pi."""

    def __init__(self, x_knots, y_knots, log_kappa, log_radii):
        super().__init__()
        for name, value in (("x_knots", x_knots), ("y_knots", y_knots), ("log_kappa", log_kappa),
                            ("log_r50", log_radii[0]), ("log_r90", log_radii[1])):
            self.register_buffer(name, torch.as_tensor(value, dtype=torch.float32))

    def forward(self, raw_kappa, context):
        x = torch.log(raw_kappa.clamp(KAPPA_MIN, KAPPA_MAX))

        def at(values):
            return torch.exp(interpolated(x, context, self.x_knots, self.y_knots, values))

        kappa = at(self.log_kappa).clamp(KAPPA_MIN, KAPPA_MAX)
        r90 = at(self.log_r90).clamp(RADIUS_MIN, math.pi)
        r50 = torch.minimum(at(self.log_r50).clamp(min=RADIUS_MIN), r90)
        return kappa, torch.stack([r50, r90], -1)


def context_of(track_logit, lengths):
    """The second coordinate, [b]: the track score in 0..1, or of None log10 of the rows."""
    if track_logit is not None:
        return torch.sigmoid(track_logit.float())
    return torch.log10(lengths.clamp(min=1).float())


def _conformal(over, quantile):
    """What is above the share `quantile` of these and of one more like them."""
    return np.quantile(over, min(1.0, quantile * (len(over) + 1) / len(over)))


def equalized(over, context, is_track, quantile, tolerance):
    """(a, b), so that log radii moved by a + b context hold the quantile of all events, and of tracks and of
    cascades a share at most `tolerance` off: the b nearest to 0 with which they do, or the best there is.
    `over` is by how much the logarithm of each error is above its radius's."""

    def at(b):
        moved = over - b * context
        a = _conformal(moved, quantile)
        shares = [(moved[chosen] <= a).mean() for chosen in (is_track, ~is_track)]
        return a, max(abs(share - quantile) for share in shares)

    slopes = sorted(np.linspace(-SLOPE_MAX, SLOPE_MAX, SLOPE_COUNT), key=abs)
    best = next((b for b in slopes if at(b)[1] <= tolerance), None)
    if best is None:
        best = min(slopes, key=lambda b: at(b)[1])
    return at(best)[0], best


def fit(raw_kappa, context, error, x_count=12, y_count=4, rounds=250, seed=1, is_track=None, tolerance=TOLERANCE):
    """The calibration for events of these raw kappas, contexts and angular errors (rad).

    With `is_track`, the context is the track score and radii are equalized. A second or two on a CPU; the same
    input gives the same tables.
    """
    if len(error) < EVENTS_MIN:
        raise WrongInput(
            f"calibration events: {len(error)} (expected: at least {EVENTS_MIN}); raise data.calibration")
    torch.manual_seed(seed)
    x = torch.as_tensor(np.log(np.clip(raw_kappa, KAPPA_MIN, KAPPA_MAX)), dtype=torch.float32)
    y = torch.as_tensor(context, dtype=torch.float32)
    angle = torch.as_tensor(np.clip(error, RADIUS_MIN, math.pi), dtype=torch.float32)
    x_knots, y_knots = knots_of(x.numpy(), x_count), knots_of(y.numpy(), y_count)
    log_radii = []
    for quantile in QUANTILES:
        start = float(np.log(np.quantile(angle.numpy(), quantile))) + 0.5
        table = _fitted(
            Table(x_knots, y_knots, -1, start),
            lambda log_r, q=quantile: _pinball(torch.log(angle) - log_r, q), x, y, rounds)
        values = table.values()
        over = (torch.log(angle) - interpolated(x, y, table.x_knots, table.y_knots, values)).numpy()
        if is_track is not None and 0 < is_track.sum() < len(is_track):
            within = y.numpy().clip(y_knots[0], y_knots[-1])
            a, b = equalized(over, within, np.asarray(is_track, bool), quantile, tolerance)
        else:
            a, b = _conformal(over, quantile), 0.0
        log_radii.append(values + a + b * torch.from_numpy(y_knots))
    kappa = _fitted(Table(x_knots, y_knots, 1, -1.0), lambda log_kappa: _likelihood(log_kappa, angle), x, y, rounds)
    return Calibration(x_knots, y_knots, kappa.values(), log_radii)


def _pinball(above, quantile):
    return torch.maximum(quantile * above, (quantile - 1) * above).mean()


def _likelihood(log_kappa, angle):
    kappa = torch.exp(log_kappa.clamp(math.log(KAPPA_MIN), math.log(KAPPA_MAX)))
    return (kappa * 2 * torch.sin(angle / 2).square() - loss.log_normalizer_at_mean(kappa)).mean()


def _fitted(table, objective, x, y, rounds):
    optimizer = torch.optim.Adam(table.parameters(), lr=0.1)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, rounds)
    for _ in range(rounds):
        optimizer.zero_grad()
        objective(table(x, y)).backward()
        optimizer.step()
        schedule.step()
    return table.requires_grad_(False)


@dataclasses.dataclass(frozen=True)
class Coverage:
    """Which share of some events had their truth within r50 and within r90."""

    events: int
    within_r50: float
    within_r90: float


def coverage(error, radii):
    if not len(error):
        return Coverage(0, float("nan"), float("nan"))
    return Coverage(len(error), float((error <= radii[:, 0]).mean()), float((error <= radii[:, 1]).mean()))


class Calibrated(nn.Module):
    """A model and its calibration as one: direction [b, 3], kappa [b], radii [b, 2]; what is exported.

    `by_track` says whether the calibration's context is the model's track score.
    """

    def __init__(self, model, calibration, by_track):
        super().__init__()
        self.model, self.calibration, self.by_track = model, calibration, by_track

    def forward(self, features, lengths):
        answer = self.model(features, lengths)
        context = context_of(answer[2] if self.by_track else None, lengths)
        kappa, radii = self.calibration(answer[1].float(), context)
        # A model's own direction falls short of a unit where its kappa is next to nothing.
        length = answer[0].float().square().sum(-1, keepdim=True).sqrt()
        return answer[0].float() / length.clamp(min=LENGTH_MIN), kappa, radii
