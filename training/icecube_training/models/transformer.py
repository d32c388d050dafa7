# SPDX-License-Identifier: Apache-2.0
"""Small transformer whose first layers know how rows are related in space-time.

The bias of a pair of rows is a learnt function of its interval ds^2 = (c dt)^2 - dr^2, its distance and its
time, after IceMix (arXiv:2310.15674, second place at Kaggle): light that one front made has ds near 0.
"""

import torch
from torch import nn

from icecube_training.models.inputs import LIGHT_SPEED, SUMMARY, Embed, asinh, prepared_rows
from icecube_training.models.readout import Head


class PairBias(nn.Module):
    """Rows -> bias of each pair [b, heads, l, l]."""

    def __init__(self, heads, hidden=16):
        super().__init__()
        self.a = nn.Linear(4, hidden)
        self.b = nn.Linear(hidden, heads)

    def forward(self, rows):
        squares = (rows.place.unsqueeze(2) - rows.place.unsqueeze(1)).square().sum(-1)
        apart = (squares + 1.0).sqrt()
        after = rows.time.unsqueeze(2) - rows.time.unsqueeze(1)
        interval = LIGHT_SPEED**2 * after * after - squares
        x = torch.stack(
            [asinh(interval / 1e4), apart / 200.0, asinh(after / 200.0),
             asinh(after.abs() / 200 - apart / 60.0)], -1)
        return self.b(torch.relu(self.a(x))).permute(0, 3, 1, 2)


class Block(nn.Module):
    """Attention among rows, then each row alone."""

    def __init__(self, width, heads, inner):
        super().__init__()
        self.h = heads
        self.n1, self.n2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.o = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.f1, self.f2 = nn.Linear(width, inner), nn.Linear(inner, width)

    def forward(self, x, bias):
        parts = self.qkv(self.n1(x)).unflatten(-1, (3, self.h, -1)).permute(2, 0, 3, 1, 4)
        query, key, value = parts[0], parts[1], parts[2]
        mixed = nn.functional.scaled_dot_product_attention(query, key, value, bias.to(query.dtype))
        x = x + self.o(mixed.transpose(1, 2).flatten(2))
        return x + self.f2(torch.relu(self.f1(self.n2(x))))


class Transformer(nn.Module):
    def __init__(self, width=64, heads=4, inner=128, layers=3, biased=2, hidden=128, is_causal=True):
        super().__init__()
        self.is_causal, self.biased = is_causal, biased
        self.embed = Embed(width)
        self.bias = PairBias(heads)
        self.blocks = nn.ModuleList(Block(width, heads, inner) for _ in range(layers))
        self.head = Head(width, SUMMARY, hidden)

    def forward(self, features, lengths):
        rows = prepared_rows(features, lengths, self.is_causal)
        x = self.embed(rows)
        padding = rows.nothing.transpose(1, 2).unsqueeze(1)
        bias = self.bias(rows) + padding
        for index, block in enumerate(self.blocks):
            x = block(x, bias if index < self.biased else padding)
        return self.head(x, rows)
