# SPDX-License-Identifier: Apache-2.0
"""Which rows of an event reach a network: noise far from every coincident pulse leaves before it.

Half of the rows of an event are noise; without them a network has half of the work and sees nothing less.
This happens inside the exported graph: callers send all rows of version 1.
"""

import dataclasses

import numpy as np
import torch

from icecube_training import data
from icecube_training import features as columns

# An auxiliary row is kept if a coincident one is so near in place and time.
CAUSAL_METERS, CAUSAL_NS = 200.0, 1_000.0
_BEYOND = 1e3


def causal(features, valid):
    """bool[b, l]: coincident rows, and auxiliary ones near to one; all if there is no coincident row.

    Pairs of rows are compared: rows^2 floats of memory an event. Of what it keeps it keeps all.
    """
    place, time = features[..., :3], features[..., columns.TIME]
    coincident = valid & (features[..., columns.AUXILIARY] <= 0.5)
    # a^2 - 2 ab + b^2 as one product of matrices, many times faster than differences of three coordinates;
    # scaled so that both limits are one number, and beyond it for what is not coincident.
    limit = CAUSAL_NS / columns.TIME_SCALE_NS
    scale = limit / (CAUSAL_METERS / columns.POSITION_SCALE_METERS) ** 2
    square = scale * place.square().sum(-1, keepdim=True)
    one = torch.ones_like(square)
    beyond = torch.where(coincident, 0.0, _BEYOND).unsqueeze(-1)
    apart = torch.cat([-2 * scale * place, square, one], -1) @ torch.cat(
        [place, one, square + beyond], -1).transpose(1, 2)
    between = (time.unsqueeze(2) - time.unsqueeze(1)).abs()
    has_near = torch.maximum(apart, between).amin(2) <= limit
    has_coincident = coincident.float().amax(1, keepdim=True) > 0.5
    return valid & (coincident | has_near | ~has_coincident)


def compacted(features, kept):
    """The kept rows, in their order, at the front of a table as long as the longest event: fewer rows to work on."""
    counts = kept.sum(1)
    at = torch.arange(kept.shape[1], device=kept.device)
    # Sorting keys that differ keeps the order: kept rows first.
    order = torch.where(kept, at, at + kept.shape[1])
    longest = counts.amax().clamp(min=1)
    index = torch.topk(order, longest if torch.jit.is_tracing() else int(longest), dim=1, largest=False).indices
    rows = torch.gather(features, 1, index.unsqueeze(-1).expand(-1, -1, columns.COLUMNS))
    valid = torch.arange(index.shape[1], device=kept.device).unsqueeze(0) < counts.unsqueeze(1)
    return torch.where(valid.unsqueeze(-1), rows, 0.0), valid


def selected(events, pulse_budget=8192):
    """Events with only the rows that reach a network: done once, batches of them need not be padded to noise."""
    kept = np.zeros(len(events.rows), bool)
    counts = np.zeros(len(events), np.int64)
    for batch in data.in_order(events, pulse_budget):
        valid = torch.arange(batch.features.shape[1]).unsqueeze(0) < batch.lengths.unsqueeze(1)
        keeps = causal(batch.features, valid)
        at = torch.from_numpy(events.offset[batch.picked]).unsqueeze(1) + torch.arange(valid.shape[1])
        kept[at[valid].numpy()] = keeps[valid].numpy()
        counts[batch.picked] = keeps.sum(1).numpy()
    return dataclasses.replace(events, offset=np.concatenate([[0], np.cumsum(counts)]), rows=events.rows[kept])
