# SPDX-License-Identifier: Apache-2.0
"""Deep set in stages: a vertex and a direction, then the rows as seen from there.

A stage says where and when light began and where the neutrino came from; the next sees of every row how far
and how late it is of that, as light of a point and as Cherenkov light of a track. Residuals that a network
would have to multiply out are given to it.
"""

import torch
from torch import nn

from icecube_training.models.deepset import Mix
from icecube_training.models.inputs import (
    CHERENKOV_DELAY, GROUP_INDEX, LIGHT_SPEED, SUMMARY, Embed, asinh, prepared_rows)
from icecube_training.models.readout import PLACE_METERS, TIME_NS, Readout, answer_of, combined

SEEN = 13


class Stage(nn.Module):
    """Layers, a readout, and the vector, vertex and time that it says; `hidden` values go on to the next stage."""

    def __init__(self, width, inner, layers, lines, hidden, is_first, is_last):
        super().__init__()
        self.lines = lines
        if not is_first:
            self.e, self.f = nn.Linear(SEEN, 2 * width), nn.Linear(SEEN, width)
            nn.init.normal_(self.f.weight, std=1.0)
            self.o, self.g = nn.Linear(3 * width, width), nn.Linear(hidden, width)
        self.mix = nn.ModuleList(Mix(width, inner) for _ in range(layers))
        self.read = Readout(width, lines=lines)
        self.m = nn.Linear(self.read.width + (SUMMARY if is_first else hidden + 3), hidden)
        self.m2 = nn.Linear(hidden, hidden)
        self.c = nn.Linear(hidden, 3 * lines + (1 if is_first else 2) + 3)
        self.v = None if is_last else nn.Linear(hidden, 2 * lines + 1)

    def forward(self, x, rows, around, time, said, vector):
        """`said` and `vector` are of the stage before, or None; x, what is said [b, hidden], v, around, time."""
        directions, before = [rows.travel], [rows.summary]
        if vector is not None:
            toward = answer_of(vector)[0]
            seen = seen_from(around, time, toward, rows.features)
            x = x + self.o(torch.cat([torch.relu(self.e(seen)), torch.sin(self.f(seen))], -1))
            x = x + self.g(said).unsqueeze(1)
            directions, before = [rows.travel, vector.unsqueeze(1)], [said, toward]
        for layer in self.mix:
            x = layer(x, rows)
        read, lines = self.read(x, rows, around, time)
        z = torch.relu(self.m(torch.cat([read, *before], -1)))
        z = z + torch.relu(self.m2(z))
        vector = combined(self.c(z), lines, directions)
        if self.v is not None:
            factors = self.v(z)
            vertex = (factors[:, : self.lines].unsqueeze(-1) * lines.centre).sum(1) * PLACE_METERS
            began = ((factors[:, self.lines : -1] * lines.time).sum(1) + factors[:, -1]) * TIME_NS
            around, time = around - vertex.unsqueeze(1), time - began.unsqueeze(1)
        return x, z, vector, around, time


class Staged(nn.Module):
    """One number in `layers` for each stage; `firsts` are the vectors of all stages but the last."""

    def __init__(self, width=96, inner=128, layers=(2, 2), lines=8, hidden=128, firsts_weight=0.3, is_causal=True):
        super().__init__()
        self.is_causal = is_causal
        self.firsts, self.firsts_weight = [], firsts_weight
        self.embed = Embed(width)
        last = len(layers) - 1
        self.stages = nn.ModuleList(
            Stage(width, inner, count, lines, hidden, at == 0, at == last) for at, count in enumerate(layers))
        self.track = nn.Linear(hidden, 1)

    def forward(self, features, lengths):
        rows = prepared_rows(features, lengths, self.is_causal)
        x, around, time = self.embed(rows), rows.around, rows.time
        said = vector = None
        firsts = []
        for stage in self.stages:
            firsts.append(vector)
            x, said, vector, around, time = stage(x, rows, around, time, said, vector)
        self.firsts = firsts[1:] if self.training else []
        return answer_of(vector, self.track(said).squeeze(-1))


def seen_from(around, time, toward, features):
    """[b, l, 13]: rows about a vertex, for a neutrino that came from `toward`."""
    distance = (around.square().sum(-1) + 1.0).sqrt()
    along = -(around * toward.unsqueeze(1)).sum(-1)
    aside = (distance.square() - along.square()).clamp(min=1.0).sqrt()
    of_point = time - distance * (GROUP_INDEX / LIGHT_SPEED)
    of_track = time - (along + aside * CHERENKOV_DELAY) / LIGHT_SPEED
    each = [
        torch.log(distance + 10) - 4, asinh(of_point / 100.0), asinh(of_track / 100.0), along / 200.0,
        aside / 100.0, along / distance, asinh(time / 300.0)]
    return torch.cat(
        [around / (distance.unsqueeze(-1) + 10.0), torch.stack(each, -1), features[..., 4:5] * 3, features[..., 5:6],
         ((of_point - of_track) / 500.0).unsqueeze(-1)], -1)
