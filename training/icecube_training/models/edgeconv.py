# SPDX-License-Identifier: Apache-2.0
"""EdgeConv on fixed neighbours: rows talk to the nearest in space-time, found once, in the graph.

Neighbours by |dr|^2 + (c dt)^2, as the winners at Kaggle had them (arXiv:2310.15674); DynEdge
(arXiv:2209.03042) finds them anew in every layer, which costs more than it brings.
"""

import torch
from torch import nn

from icecube_training.models.inputs import LIGHT_SPEED, SUMMARY, Embed, asinh, prepared_rows
from icecube_training.models.readout import Head

_FAR = 1e12


def nearest(rows, count):
    """The `count` rows nearest to each row, itself first: indices [b, l, count] and which of them exist."""
    with torch.no_grad():
        apart = (rows.place.unsqueeze(2) - rows.place.unsqueeze(1)).square().sum(-1)
        apart = apart + (LIGHT_SPEED * (rows.time.unsqueeze(2) - rows.time.unsqueeze(1))).square()
        apart = torch.where(rows.valid.unsqueeze(1), apart, _FAR)
        # Columns that nobody is: a batch may have fewer rows than neighbours are wanted.
        apart = torch.nn.functional.pad(apart, (0, count), value=2 * _FAR)
        found, index = torch.topk(apart, count, dim=2, largest=False)
        exists = found < _FAR / 2
        return torch.where(exists, index, 0), exists


def gathered(values, index):
    """Values [b, l, w] at indices [b, l, k] -> [b, l, k, w]."""
    flat = index.flatten(1).unsqueeze(-1).expand(-1, -1, values.shape[-1])
    return torch.gather(values, 1, flat).unflatten(1, (-1, index.shape[2]))


class EdgeConv(nn.Module):
    """Mean over neighbours j of relu(a x_i + b x_j + c e_ij), then each row alone; by row, not by edge, but for c."""

    def __init__(self, width):
        super().__init__()
        self.n, self.n2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.l, self.r, self.e = nn.Linear(width, width), nn.Linear(width, width), nn.Linear(4, width)
        self.o = nn.Linear(width, width)
        self.f1, self.f2 = nn.Linear(width, 2 * width), nn.Linear(2 * width, width)

    def forward(self, x, index, exists, edges):
        y = self.n(x)
        seen = torch.relu(self.l(y).unsqueeze(2) + gathered(self.r(y), index) + self.e(edges))
        share = exists / exists.sum(2, keepdim=True).clamp(min=1)
        x = x + self.o((seen * share.unsqueeze(-1)).sum(2))
        return x + self.f2(torch.relu(self.f1(self.n2(x))))


class EdgeConvModel(nn.Module):
    def __init__(self, width=64, layers=3, neighbours=8, hidden=128, is_causal=True):
        super().__init__()
        self.is_causal, self.neighbours = is_causal, neighbours
        self.embed = Embed(width)
        self.layers = nn.ModuleList(EdgeConv(width) for _ in range(layers))
        self.head = Head(width, SUMMARY, hidden)

    def forward(self, features, lengths):
        rows = prepared_rows(features, lengths, self.is_causal)
        index, exists = nearest(rows, self.neighbours)
        where = torch.cat([rows.place / 200.0, rows.time.unsqueeze(-1)], -1)
        between = gathered(where, index) - where.unsqueeze(2)
        edges = torch.cat([between[..., :3], asinh(between[..., 3:] / 200.0)], -1)
        x = self.embed(rows)
        for layer in self.layers:
            x = layer(x, index, exists, edges)
        return self.head(x, rows)
