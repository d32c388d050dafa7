# SPDX-License-Identifier: Apache-2.0
"""The model `event-class`: is it a track, and do its pulses fix a line?

A small deep set on the same features and lengths as a direction model, so that whoever asks for directions
can ask this, too, with the rows that it has (the open inference protocol; RATIONALE.md says what it was
chosen over). Outputs: `track` is the probability of being a track, `quality` that the improved line fit is
within 20 degrees of the truth.
"""

import math

import torch
from torch import nn

from icecube_training import evaluation, seeds
from icecube_training.models.deepset import Mix
from icecube_training.models.inputs import SUMMARY, Embed, prepared_rows
from icecube_training.models.readout import Readout
from icecube_training.prepared import WrongInput
from icecube_training.trainer import predict

QUALITY_RAD = math.radians(20)
OUTPUTS = ("track", "quality")


class EventClass(nn.Module):
    """features, lengths -> logits of being a track and of being good, [b] each."""

    NAMES = ("track_logit", "quality_logit")

    def __init__(self, width=48, inner=64, layers=2, hidden=64, is_causal=True):
        super().__init__()
        self.is_causal = is_causal
        self.embed = Embed(width)
        self.layers = nn.ModuleList(Mix(width, inner) for _ in range(layers))
        self.read = Readout(width)
        self.m = nn.Linear(self.read.width + SUMMARY, hidden)
        self.out = nn.Linear(hidden, 2)

    def forward(self, features, lengths):
        rows = prepared_rows(features, lengths, self.is_causal)
        x = self.embed(rows)
        for layer in self.layers:
            x = layer(x, rows)
        read, _ = self.read(x, rows, rows.around, rows.time)
        found = self.out(torch.relu(self.m(torch.cat([read, rows.summary], -1))))
        return found[:, 0], found[:, 1]


class Probabilities(nn.Module):
    """What is exported: the two as probabilities."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, features, lengths):
        track, quality = self.model(features, lengths)
        return torch.sigmoid(track), torch.sigmoid(quality)


class ClassTask:
    """Two questions at once, both by cross-entropy; validation takes their mean."""

    def __init__(self, settings):
        self.settings = settings

    def losses(self, model, answer, batch):
        if batch.is_track is None:
            raise WrongInput("is_track: not in the training events (expected: simulated events)")
        entropy = nn.functional.binary_cross_entropy_with_logits
        fit = seeds.directions(batch.features, batch.lengths, torch.float32)
        good = ((fit * batch.direction).sum(-1) > math.cos(QUALITY_RAD)).float()
        return (entropy(answer[0].float(), batch.is_track, reduction="none")
                + entropy(answer[1].float(), good, reduction="none"))

    def score(self, model, events, device, autocast):
        found = predict(model, events, self.settings.pulse_budget, device, autocast)
        entropy = nn.functional.binary_cross_entropy_with_logits
        labels = labels_of(events)
        return float(sum(
            entropy(torch.from_numpy(found[name]), torch.from_numpy(label).float())
            for name, label in zip(EventClass.NAMES, labels)))


def labels_of(events):
    """bool[n] each: is a track; the improved line fit is within 20 degrees."""
    return events.is_track, evaluation.line_fit_errors(events) < QUALITY_RAD


def report(events, found):
    """Accuracy and area under the curve of both answers, and the share of the commoner answer beside them."""
    rows = []
    for name, logit, label in zip(OUTPUTS, (found[name] for name in EventClass.NAMES), labels_of(events)):
        rows.append({
            "answer": name, "events": len(label), "share": float(label.mean()),
            "accuracy": float(((logit > 0) == label).mean()), "auc": evaluation.auc(logit, label)})
    return rows
