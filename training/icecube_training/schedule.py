# SPDX-License-Identifier: Apache-2.0
"""How the learning rate and the averaged weights go through a run."""

import math

import torch


def learning_rate(progress, top, final, warm_up):
    """Of a run's progress 0..1: straight up to `top` within the share `warm_up`, then a cosine down to `final`."""
    if progress < warm_up:
        return top * max(progress, 1e-3 * warm_up) / warm_up
    down = min(1.0, (progress - warm_up) / max(1e-12, 1 - warm_up))
    return final + (top - final) * (1 + math.cos(math.pi * down)) / 2


class Averaged:
    """Exponential moving average of a model's weights; young averages forget faster."""

    def __init__(self, model, decay):
        self.decay = decay
        self.steps = 0
        self.weights = [weight.detach().clone() for weight in model.parameters()]

    def update(self, model):
        self.steps += 1
        decay = min(self.decay, (1 + self.steps) / (10 + self.steps))
        with torch.no_grad():
            torch._foreach_lerp_(self.weights, [weight.detach() for weight in model.parameters()], 1 - decay)

    def swap(self, model):
        """Exchanges the model's weights with the averaged ones; twice is nothing."""
        with torch.no_grad():
            for mine, its in zip(self.weights, model.parameters()):
                held = its.clone()
                its.copy_(mine)
                mine.copy_(held)

    def state(self):
        return {"steps": self.steps, "weights": self.weights}

    def load(self, state):
        self.steps = state["steps"]
        with torch.no_grad():
            for mine, saved in zip(self.weights, state["weights"]):
                mine.copy_(saved)
