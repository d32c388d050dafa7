# SPDX-License-Identifier: Apache-2.0
"""Deep set: every row alone, and what all have in common; work grows linearly with rows."""

import torch
from torch import nn

from icecube_training.models.inputs import SUMMARY, Embed, prepared_rows
from icecube_training.models.readout import Head


class Mix(nn.Module):
    """One layer: each row and the pooled rows, added to the row."""

    def __init__(self, width, inner):
        super().__init__()
        self.n = nn.LayerNorm(width)
        self.a = nn.Linear(width, inner)
        self.g = nn.Linear(2 * width, inner)
        self.o = nn.Linear(inner, width)

    def forward(self, x, rows):
        y = self.n(x)
        pooled = torch.cat([(rows.weight.unsqueeze(-1) * y).sum(1), (y + rows.nothing).amax(1)], -1)
        return x + self.o(torch.relu(self.a(y) + self.g(pooled).unsqueeze(1)))


class DeepSet(nn.Module):
    def __init__(self, width=96, inner=128, layers=3, hidden=128, is_causal=True):
        super().__init__()
        self.is_causal = is_causal
        self.embed = Embed(width)
        self.layers = nn.ModuleList(Mix(width, inner) for _ in range(layers))
        self.head = Head(width, SUMMARY, hidden)

    def forward(self, features, lengths):
        rows = prepared_rows(features, lengths, self.is_causal)
        x = self.embed(rows)
        for layer in self.layers:
            x = layer(x, rows)
        return self.head(x, rows)
