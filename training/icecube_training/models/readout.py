# SPDX-License-Identifier: Apache-2.0
"""From rows to an event: pooled values, and weightings of the rows, each with a centre and a line of its own.

The answer is a free vector v: its direction is the direction, its length is kappa. It is a sum of those
centres and line fits (whose weights are learnt), with factors that the pooled values decide. Networks that
had to make the direction of pooled values alone stayed at the line fit.
"""

import dataclasses

import torch
from torch import nn

from icecube_training.models.inputs import asinh

KAPPA_MIN = 1e-4
PLACE_METERS, TIME_NS = 150.0, 300.0
# Times of a moment are bounded softly, or the farthest row decides it.
_TIME_BOUND = 30.0
# Least variance of the times of a line, in units of TIME_NS squared: 30 ns.
_VARIANCE_MIN = 0.01


def answer_of(vector, *others):
    """direction [b, 3] and kappa [b] of v [b, 3]; whatever else a model says goes on."""
    kappa = (vector.square().sum(-1) + KAPPA_MIN**2).sqrt()
    return (vector / kappa.unsqueeze(-1), kappa, *others)


@dataclasses.dataclass
class Lines:
    """What `count` weightings of the rows come to; lengths in PLACE_METERS, times in TIME_NS."""

    centre: torch.Tensor  # [b, count, 3], mean place
    bearing: torch.Tensor  # [b, count, 3], mean of the unit vectors to the rows
    velocity: torch.Tensor  # [b, count, 3], of the line fit, bounded
    time: torch.Tensor  # [b, count], mean time
    spread: torch.Tensor  # [b, count], variance of the times

    @property
    def vectors(self):
        return torch.cat([self.centre, self.bearing, self.velocity], 1)

    @property
    def flat(self):
        return torch.cat([self.vectors.flatten(1), asinh(self.time), torch.log(self.spread)], -1)


def lines_of(share, around, time):
    """Lines of the shares [b, l, count], each of which sums to 1 over rows at `around` [b, l, 3] and `time` [b, l]."""
    place = around / PLACE_METERS
    length = around.square().sum(-1, keepdim=True).sqrt()
    at = (time / TIME_NS).unsqueeze(-1)
    at = at / (1 + at.abs() / _TIME_BOUND)
    seen = torch.cat([place, around / (length + 20.0), at, place * at, at * at], -1)
    mean = share.transpose(1, 2) @ seen
    centre, bearing, when, place_time, square = mean.split([3, 3, 1, 3, 1], -1)
    spread = square - when * when + _VARIANCE_MIN
    velocity = (place_time - centre * when) / spread
    velocity = velocity / (1 + 0.3 * velocity.square().sum(-1, keepdim=True).sqrt())
    return Lines(centre, bearing, velocity, when.squeeze(-1), spread.squeeze(-1))


class Readout(nn.Module):
    """[b, l, width] -> what all rows say together [b, self.width], and their Lines."""

    def __init__(self, width, queries=8, lines=8):
        super().__init__()
        self.n = nn.LayerNorm(width)
        self.score = nn.Linear(width, queries + lines)
        self.val = nn.Linear(width, width)
        self.queries = queries
        self.width = 3 * width + 11 * lines

    def forward(self, x, rows, around, time):
        x = self.n(x)
        share = (self.score(x).float() + rows.nothing).softmax(1)
        values = self.val(x).unflatten(-1, (self.queries, -1))
        pooled = (share[..., : self.queries].unsqueeze(-1) * values).sum(1).flatten(1)
        mean = (rows.weight.unsqueeze(-1) * x).sum(1)
        largest = (x + rows.nothing).amax(1)
        lines = lines_of(share[..., self.queries :], around, time)
        return torch.cat([pooled, mean, largest, lines.flat], -1), lines


def combined(factors, lines, directions):
    """v [b, 3]: vectors of the lines and directions (each [b, 1, 3]) times their factors, plus the last three factors."""
    vectors = torch.cat([lines.vectors, *directions], 1)
    count = vectors.shape[1]
    return (factors[:, :count].unsqueeze(-1) * vectors).sum(1) + factors[:, count:]


class Head(nn.Module):
    """The last step of the families that have one stage."""

    def __init__(self, width, summary, hidden=128, lines=8):
        super().__init__()
        self.read = Readout(width, lines=lines)
        self.m = nn.Linear(self.read.width + summary, hidden)
        self.m2 = nn.Linear(hidden, hidden)
        self.c = nn.Linear(hidden, 3 * lines + 1 + 3)
        self.track = nn.Linear(hidden, 1)

    def forward(self, x, rows):
        read, lines = self.read(x, rows, rows.around, rows.time)
        z = torch.relu(self.m(torch.cat([read, rows.summary], -1)))
        z = z + torch.relu(self.m2(z))
        return answer_of(combined(self.c(z), lines, [rows.travel]), self.track(z).squeeze(-1))
