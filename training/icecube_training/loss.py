# SPDX-License-Identifier: Apache-2.0
"""What training makes small: the angle, and the negative log-likelihood of von Mises and Fisher.

The density per steradian at x is C(kappa) exp(kappa mu.x), C(kappa) = kappa / (4 pi sinh kappa)
(R. A. Fisher, Proc. R. Soc. A 217 (1953) 295). Kaggle scores the angle, and solutions there added it to
the likelihood; here the likelihood alone does best, and with the angle alone training stays at the line fit.
"""

import math

import torch

# Below it kappa/sinh(kappa) is its series, to float32 and to double.
_KAPPA_SMALL = 1e-2


def log_normalizer_at_mean(kappa):
    """log C(kappa) + kappa, the log density at mu; neither limit overflows, cancels or lacks a gradient.

    log kappa - log 2 pi - log(1 - exp(-2 kappa)); for small kappa, kappa - log 4 pi - kappa^2/6 + kappa^4/180.
    """
    small = kappa < _KAPPA_SMALL
    square = torch.where(small, kappa, 0.0).square()
    series = kappa - math.log(4 * math.pi) - square / 6 + square.square() / 180
    # Of the branch not taken the gradient must be finite, too.
    safe = torch.where(small, 1.0, kappa)
    exact = torch.log(safe) - math.log(2 * math.pi) - torch.log(-torch.expm1(-2 * safe))
    return torch.where(small, series, exact)


def angle(direction, truth):
    """Angles between unit vectors [b, 3], rad; its gradient is finite at 0 and pi."""
    cross = torch.linalg.cross(direction, truth).square().sum(-1)
    return torch.atan2((cross + 1e-12).sqrt(), (direction * truth).sum(-1))


def negative_log_likelihood(direction, kappa, truth):
    """-log p(truth) of von Mises and Fisher, [b]; kappa (1 - mu.x) from the half angle, exact near mu."""
    versine = (direction - truth).square().sum(-1) / 2
    return kappa * versine - log_normalizer_at_mean(kappa)


def direction_loss(answer, batch, angle_weight=0.0, likelihood_weight=1.0, topology_weight=0.1):
    """Loss of each event, [b]. A model's third output is the logit of being a track, learnt where it is known."""
    direction, kappa = answer[0].float(), answer[1].float()
    loss = likelihood_weight * negative_log_likelihood(direction, kappa, batch.direction)
    if angle_weight:
        loss = loss + angle_weight * angle(direction, batch.direction)
    if len(answer) > 2 and batch.is_track is not None:
        loss = loss + topology_weight * torch.nn.functional.binary_cross_entropy_with_logits(
            answer[2].float(), batch.is_track, reduction="none")
    return loss


def firsts_loss(model, batch):
    """Loss of each event that the answers of a model's earlier stages add, [b] or 0; vectors of length kappa."""
    total = 0.0
    for vector in getattr(model, "firsts", []):
        vector = vector.float()
        kappa = (vector.square().sum(-1) + 1e-8).sqrt()
        total = total + model.firsts_weight * negative_log_likelihood(
            vector / kappa.unsqueeze(-1), kappa, batch.direction)
    return total
