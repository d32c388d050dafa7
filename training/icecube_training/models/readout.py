# SPDX-License-Identifier: Apache-2.0
"""From rows to an event: pooled values, and places that rows were weighted to; a direction is made of both.

The answer is a free vector v: its direction is the direction, its length is kappa. It is a sum of the
weighted places (a line fit whose weights are learnt), with factors that the pooled values decide. Networks
that had to make the direction of pooled values alone stayed at the line fit.
"""

import torch
from torch import nn

from icecube_training.models.inputs import asinh

KAPPA_MIN = 1e-4


def answer_of(vector, *others):
    """direction [b, 3] and kappa [b] of v [b, 3]; whatever else a model says goes on."""
    kappa = (vector.square().sum(-1) + KAPPA_MIN**2).sqrt()
    return (vector / kappa.unsqueeze(-1), kappa, *others)


class Readout(nn.Module):
    """[b, l, width] -> what all rows say together [b, self.width], and weighted places [b, places, 7]."""

    def __init__(self, width, queries=8, places=8):
        super().__init__()
        self.n = nn.LayerNorm(width)
        self.score = nn.Linear(width, queries + places)
        self.val = nn.Linear(width, width)
        self.queries = queries
        self.width = 3 * width + 7 * places

    def forward(self, x, rows, around, time):
        x = self.n(x)
        share = (self.score(x).float() + rows.nothing).softmax(1)
        values = self.val(x).unflatten(-1, (self.queries, -1))
        pooled = (share[..., : self.queries].unsqueeze(-1) * values).sum(1).flatten(1)
        mean = (rows.weight.unsqueeze(-1) * x).sum(1)
        largest = (x + rows.nothing).amax(1)
        length = around.square().sum(-1, keepdim=True).sqrt()
        seen = torch.cat([around / 150.0, around / (length + 20.0), asinh(time / 300.0).unsqueeze(-1)], -1)
        places = share[..., self.queries :].transpose(1, 2) @ seen
        return torch.cat([pooled, mean, largest, places.flatten(1)], -1), places


def combined(factors, places, directions):
    """v [b, 3]: places and directions (each [b, 1, 3]) times their factors, and the last three factors as they are."""
    vectors = torch.cat([places[..., :3], places[..., 3:6], *directions], 1)
    count = 2 * places.shape[1] + len(directions)
    return (factors[:, :count].unsqueeze(-1) * vectors).sum(1) + factors[:, count:]


class Head(nn.Module):
    """The last step of the families that have one stage."""

    def __init__(self, width, summary, hidden=128, places=8):
        super().__init__()
        self.read = Readout(width, places=places)
        self.m = nn.Linear(self.read.width + summary, hidden)
        self.m2 = nn.Linear(hidden, hidden)
        self.c = nn.Linear(hidden, 2 * places + 1 + 3)
        self.track = nn.Linear(hidden, 1)

    def forward(self, x, rows):
        read, places = self.read(x, rows, rows.around, rows.time)
        z = torch.relu(self.m(torch.cat([read, rows.summary], -1)))
        z = z + torch.relu(self.m2(z))
        return answer_of(combined(self.c(z), places, [rows.travel]), self.track(z).squeeze(-1))
