# SPDX-License-Identifier: Apache-2.0
"""k-fold cross-validation: how much of a difference between two configurations is chance."""

import dataclasses
import pathlib

import numpy as np

from icecube_training import data, pipeline, shards
from icecube_training.prepared import WrongInput

EVENTS_MAX = 200_000


def folds(events, count, seed):
    """Pairs (training, validation) of events; every event is in exactly one validation part."""
    number = np.minimum((data.chances(events, seed) * count).astype(int), count - 1)
    for fold in range(count):
        yield events.take(np.flatnonzero(number != fold)), events.take(np.flatnonzero(number == fold))


def run(found, output, count=5, device="auto", events_max=EVENTS_MAX, say=print):
    """Trains on each fold and validates on the rest; the validation scores, one a fold.

    The first `events_max` events are in memory, three times while a fold is made.
    """
    if count < 2:
        raise WrongInput(f"folds: {count} (expected: at least 2)")
    if found.training.start:
        raise WrongInput(
            f"training.start: {found.training.start} (expected: none, as those weights may know the fold they are judged on)")
    events = shards.read_all(found.data.train, found.data.row_count_max_served, events_max)
    if len(events) < count * found.training.step_events:
        raise WrongInput(
            f"events: {len(events)} (expected: at least {count * found.training.step_events}, {count} folds of"
            " training.step_events)")
    say(f"{len(events):,} events in {count} folds")
    scores = []
    for fold, (training, validation) in enumerate(folds(events, count, found.seed)):
        of_fold = dataclasses.replace(found, seed=found.seed + fold)
        trained = pipeline.train(
            of_fold, pathlib.Path(output) / f"fold{fold}", device, training_events=training, held=(validation, None))
        scores.append(trained.trainer.best)
        say(f"fold {fold + 1}/{count}: {scores[-1]:.4f} on {len(validation):,} events")
    say(f"mean {np.mean(scores):.4f}, standard deviation of folds {np.std(scores, ddof=1):.4f}")
    return scores
