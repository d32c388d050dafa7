# SPDX-License-Identifier: Apache-2.0
"""What a model costs: parameters, and multiplications with additions (MACs) per pulse."""

import torch
from torch.utils.flop_counter import FlopCounterMode

from icecube_training import features as columns

# Pulses of the median and of the mean event of Kaggle's first batch.
ROWS_MEDIAN, ROWS_MEAN = 63, 164


def parameter_count(model):
    return sum(weight.numel() for weight in model.parameters())


def per_pulse(model, rows):
    """MACs of matrix products (attention included) for one event of so many rows, over the rows.

    At worst: all rows are coincident, so that none is left out before the network.
    """
    model.eval()
    device = next(model.parameters()).device
    features = torch.rand(1, rows, 6, device=device)
    features[..., columns.AUXILIARY] = 0
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model(features, torch.tensor([rows], device=device))
    return counter.get_total_flops() / 2 / rows
