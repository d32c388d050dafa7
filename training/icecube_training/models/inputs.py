# SPDX-License-Identifier: Apache-2.0
"""What models of all families see of an event: rows that may belong together, about their middle and line.

The middle in time is found among coincident rows and does not know when in the readout window the event
began. The line through them is a plain weighted least squares; networks do better with it than without.
"""

import dataclasses

import torch
from torch import nn

from icecube_training import features as columns
from icecube_training import seeds
from icecube_training.models.select import causal, compacted

# Light in vacuum, m/ns, and its group index in ice (400 nm): what separates light from its source.
LIGHT_SPEED = 0.299792458
GROUP_INDEX = 1.3561
# Delay of Cherenkov light per metre aside of the track: n_g / sin(theta_c) - 1 / tan(theta_c).
CHERENKOV_DELAY = 0.917
_NONE = -1e9


def asinh(x):
    """As torch.asinh; in a graph by logarithm and root, as the exporter knows no asinh."""
    if not torch.jit.is_tracing():
        return torch.asinh(x)
    return torch.sign(x) * torch.log(x.abs() + (x * x + 1).sqrt())


@dataclasses.dataclass
class Rows:
    """Rows of a batch and what was computed of them; [b, l] unless said otherwise, metres and ns."""

    features: torch.Tensor  # [b, l, 6]
    valid: torch.Tensor  # which rows count
    place: torch.Tensor  # [b, l, 3]
    around: torch.Tensor  # [b, l, 3], place about the middle
    time: torch.Tensor  # about the middle
    weight: torch.Tensor  # sums to 1; 0 for auxiliary rows
    travel: torch.Tensor  # [b, 1, 3], unit vector of the line; zeros if it has none
    speed: torch.Tensor  # [b, 1, 1]
    along: torch.Tensor  # along the line
    aside: torch.Tensor  # from the line
    residual: torch.Tensor  # time beyond light that a track along the line made
    coincident: torch.Tensor  # [b, 1], how many rows are coincident

    @property
    def nothing(self):
        """[b, l, 1]: to be added before a softmax or a maximum, so that padding never counts."""
        return torch.where(self.valid, 0.0, _NONE).unsqueeze(-1)

    @property
    def summary(self):
        """[b, 5]: the line and how much there is of the event."""
        return torch.cat(
            [self.travel[:, 0], torch.log(1 + self.coincident) - 2.5, asinh(self.speed[:, 0] / 0.3)], -1)


SUMMARY = 5


def prepared_rows(features, lengths, is_causal=True):
    """The rows of padded features; without a gradient and in float32."""
    with torch.no_grad(), torch.autocast(features.device.type, enabled=False):
        valid = seeds.valid_rows(features, lengths)
        features = torch.where(valid.unsqueeze(-1), features.float(), 0.0)
        if is_causal:
            features, valid = compacted(features, causal(features, valid))
        return _rows(features, valid)


def _normalized(weight):
    return weight / weight.sum(1, keepdim=True).clamp(min=1e-9)


def _rows(f, valid):
    mask = valid.float()
    coincident = mask * (1 - f[..., columns.AUXILIARY])
    count = coincident.sum(1, keepdim=True)
    weight = _normalized(torch.where(count >= 3, coincident, mask))
    place = f[..., :3] * columns.POSITION_SCALE_METERS
    time = f[..., columns.TIME] * columns.TIME_SCALE_NS
    middle = (weight * time).sum(1, keepdim=True)
    first = weight
    # Late noise and afterpulses pull the mean away: twice, far times count less.
    for _ in range(2):
        weight = _normalized(first / (1 + ((time - middle) / 1000.0).square()))
        middle = (weight * time).sum(1, keepdim=True)
    time = time - middle
    around = place - (weight.unsqueeze(-1) * place).sum(1, keepdim=True)
    squares = (weight * time * time).sum(1, keepdim=True).clamp(min=1.0)
    velocity = ((weight * time).unsqueeze(-1) * around).sum(1, keepdim=True) / squares.unsqueeze(-1)
    speed = velocity.square().sum(-1, keepdim=True).sqrt()
    travel = velocity / speed.clamp(min=1e-6)
    along = (around * travel).sum(-1)
    aside = (around - along.unsqueeze(-1) * travel).square().sum(-1).clamp(min=1e-6).sqrt()
    residual = time - (along + aside * CHERENKOV_DELAY) / LIGHT_SPEED
    return Rows(f, valid, place, around, time, weight, travel, speed, along, aside, residual, count)


class Embed(nn.Module):
    """Rows -> [b, l, width]: places, times, charge and the line, some of it as waves."""

    COUNT = 17

    def __init__(self, width):
        super().__init__()
        self.freq = nn.Linear(self.COUNT, width)
        nn.init.normal_(self.freq.weight, std=1.0)
        self.lin = nn.Linear(self.COUNT + width, 2 * width)
        self.out = nn.Linear(2 * width, width)

    def forward(self, rows):
        f, count = rows.features, rows.features.shape[1]
        x = torch.cat(
            [rows.place / columns.POSITION_SCALE_METERS, rows.around / 250.0,
             asinh(rows.time / 300.0).unsqueeze(-1), (rows.time / 3000.0).clamp(-3, 3).unsqueeze(-1),
             f[..., 4:5] * 3, f[..., 5:6], rows.travel.expand(-1, count, -1),
             (rows.speed / 0.3).clamp(max=3).expand(-1, count, -1), (rows.along / 250.0).unsqueeze(-1),
             (rows.aside / 150.0).unsqueeze(-1), asinh(rows.residual / 300.0).unsqueeze(-1)], -1)
        return self.out(torch.relu(self.lin(torch.cat([x, torch.sin(self.freq(x))], -1))))
