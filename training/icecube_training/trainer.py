# SPDX-License-Identifier: Apache-2.0
"""The training loop: steps, averaged weights, validation after each epoch, early stopping, checkpoints.

What a step sees is a function of seed, epoch and step alone, and a checkpoint holds everything else, so a
run that was broken off goes on as if it had not been: bit for bit on a CPU with as many threads.
"""

import contextlib
import dataclasses
import hashlib
import json
import os
import pathlib
import pickle
import time

import numpy as np
import torch

from icecube_training import data, loss
from icecube_training.evaluation import angles
from icecube_training.prepared import WrongInput
from icecube_training.schedule import Averaged, learning_rate

LAST, BEST = "last.pt", "best.pt"


@dataclasses.dataclass(frozen=True)
class Epoch:
    """What one epoch came to."""

    epoch: int
    loss: float
    validation: float  # what decides about stopping: mean angular error, rad, unless the task has another
    learning_rate: float
    events_per_second: float
    pulses_per_second: float


class DirectionTask:
    """What is learnt: the loss of each event, and the number that validation makes small."""

    def __init__(self, settings):
        self.settings = settings

    def losses(self, model, answer, batch):
        chosen = self.settings
        return loss.firsts_loss(model, batch) + loss.direction_loss(
            answer, batch, chosen.angle_weight, chosen.likelihood_weight, chosen.topology_weight)

    def score(self, model, events, device, autocast):
        found = predict(model, events, self.settings.pulse_budget, device, autocast)
        return float(angles(found["direction"], events.direction).mean())


def device_of(name="auto"):
    return torch.device("cuda" if name == "auto" and torch.cuda.is_available() else "cpu" if name == "auto" else name)


def uses_bf16(setting, device):
    """Whether products run in bfloat16: `auto` means on a GPU. Widths of about 100 are slower so on a CPU, AMX or not."""
    return setting == "on" or (setting == "auto" and device.type == "cuda" and torch.cuda.is_bf16_supported())


def predict(model, events, pulse_budget, device, autocast=contextlib.nullcontext):
    """What a model says of all events, in their order, by the names of `model.NAMES` (direction, kappa, track_logit)."""
    parts, picked = [], []
    was_training = model.training
    model.eval()
    with torch.inference_mode():
        for batch in data.in_order(events, pulse_budget):
            with autocast():
                answer = model(batch.features.to(device), batch.lengths.to(device))
            parts.append([part.float().cpu().numpy() for part in answer])
            picked.append(batch.picked)
    model.train(was_training)
    order = np.argsort(np.concatenate(picked), kind="stable")
    names = getattr(model, "NAMES", ("direction", "kappa", "track_logit"))
    return {name: np.concatenate(values)[order] for name, values in zip(names, zip(*parts))}


def start_from(model, path):
    """Gives the model the weights of another run's best.pt that it has, too; the names of those it has alone."""
    try:
        theirs = torch.load(path, map_location="cpu")["model"]
    except FileNotFoundError as problem:
        raise WrongInput(f"training.start: {path}: not there (expected: best.pt of another run)") from problem
    except (KeyError, RuntimeError, pickle.UnpicklingError) as problem:
        raise WrongInput(f"training.start: {path}: no checkpoint (expected: best.pt of another run)") from problem
    mine = model.state_dict()
    taken = {name: weight for name, weight in theirs.items() if name in mine and mine[name].shape == weight.shape}
    if not taken:
        raise WrongInput(f"training.start: {path}: no weight fits (expected: a model of the same family)")
    model.load_state_dict(taken, strict=False)
    return sorted(set(mine) - set(taken))


class Trainer:
    """One run in one folder; confined to one thread.

    `source` gives training events (shards.Shards), `validation` are Events, `told` is called with every Epoch.
    """

    def __init__(self, model, task, source, validation, settings, augmentation, row_count_max, seed, folder,
                 device=None, told=lambda epoch: None, fingerprint=None):
        self.device = device or device_of()
        if settings.start and not (pathlib.Path(folder) / LAST).exists():
            start_from(model, settings.start)
        self.model = model.to(self.device)
        self.task, self.source, self.validation = task, source, validation
        self.settings, self.augmentation, self.row_count_max = settings, augmentation, row_count_max
        self.seed, self.told = seed, told
        self.folder = pathlib.Path(folder)
        self.fingerprint = hashlib.sha256(json.dumps(fingerprint, sort_keys=True, default=str).encode()).hexdigest()
        self.optimizer = torch.optim.AdamW(
            _groups(model, settings.weight_decay), lr=settings.learning_rate, betas=(0.9, 0.98))
        self.averaged = Averaged(model, settings.ema)
        self.is_bf16 = uses_bf16(settings.bf16, self.device)
        self.history, self.position = [], (0, 0, 0)
        self.sums = [0.0, 0, 0, 0.0]  # loss, steps, rows and seconds of the epoch so far
        self.best, self.best_epoch = float("inf"), -1
        self.clock = 0.0  # when the last step ended: reading and batching count, too

    def autocast(self):
        if not self.is_bf16:
            return contextlib.nullcontext()
        return torch.autocast(self.device.type, dtype=torch.bfloat16)

    def run(self, steps_max=None):
        """Trains from where the folder's checkpoint is to the end; the model then has the best averaged weights.

        `steps_max` breaks off after so many steps, as a crash would, with a checkpoint at the break.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        self._resume()
        while self.position[0] < self.settings.epochs and not self._is_stale():
            if not self._epoch(steps_max):
                self._save()
                return self.history
        if self.best_epoch >= 0:
            self.model.load_state_dict(torch.load(self.folder / BEST, map_location=self.device)["model"])
        self.model.eval()
        return self.history

    def _is_stale(self):
        return len(self.history) - 1 - self.best_epoch >= self.settings.patience

    def _epoch(self, steps_max):
        epoch, first_load, first_step = self.position
        loads = self.source.loads(epoch)
        self.clock = time.perf_counter()
        for load in range(first_load, len(loads)):
            events = self.source.read(loads[load])
            count = len(events) // self.settings.step_events
            if not count:
                raise WrongInput(
                    f"training events: {len(events)} (expected: at least training.step_events,"
                    f" {self.settings.step_events})")
            skip = first_step if load == first_load else 0
            shuffled = data.steps(
                events, self.seed + 1000 * load, epoch, self.settings.step_events, self.settings.pulse_budget,
                self.augmentation, skip, self.row_count_max)
            for step, batches in enumerate(shuffled, skip):
                done = (load + step / count) / len(loads)
                self._step(batches, (epoch + done) / self.settings.epochs)
                self.position = (epoch, load, step + 1)
                if steps_max is not None and self.averaged.steps >= steps_max:
                    return False
                if self.averaged.steps % self.settings.checkpoint_steps == 0:
                    self._save()
        self._end_of(epoch)
        return True

    def _step(self, batches, progress):
        rate = learning_rate(
            progress, self.settings.learning_rate, self.settings.learning_rate_final, self.settings.warm_up)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.model.train()
        self.optimizer.zero_grad(set_to_none=True)
        total = 0.0
        for batch in batches:
            batch = batch.to(self.device)
            with self.autocast():
                answer = self.model(batch.features, batch.lengths)
            part = self.task.losses(self.model, answer, batch).sum() / self.settings.step_events
            part.backward()
            total += part.detach()
            self.sums[2] += int(batch.lengths.sum())
        norm = torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.settings.clip)
        if not torch.isfinite(norm):
            raise FloatingPointError(
                f"gradient: {norm} in step {self.averaged.steps} (expected: finite); lower training.learning_rate")
        self.optimizer.step()
        self.averaged.update(self.model)
        self.sums[0] += float(total)
        self.sums[1] += 1
        now = time.perf_counter()
        self.sums[3] += now - self.clock
        self.clock = now

    def _end_of(self, epoch):
        self.averaged.swap(self.model)
        score = self.task.score(self.model, self.validation, self.device, self.autocast)
        total, steps, rows, seconds = self.sums
        self.history.append(Epoch(
            epoch, total / steps, score, self.optimizer.param_groups[0]["lr"],
            steps * self.settings.step_events / seconds, rows / seconds))
        if score < self.best:
            self.best, self.best_epoch = score, epoch
            _write(self.folder / BEST, {"model": self.model.state_dict(), "epoch": epoch, "score": score})
        self.averaged.swap(self.model)
        self.position, self.sums = (epoch + 1, 0, 0), [0.0, 0, 0, 0.0]
        self._save()
        self.told(self.history[-1])

    def _save(self):
        _write(self.folder / LAST, {
            "fingerprint": self.fingerprint, "position": self.position, "sums": self.sums,
            "history": [dataclasses.asdict(epoch) for epoch in self.history],
            "best": self.best, "best_epoch": self.best_epoch, "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(), "averaged": self.averaged.state(),
            "random": torch.get_rng_state(),
            "random_cuda": torch.cuda.get_rng_state() if self.device.type == "cuda" else None})

    def _resume(self):
        path = self.folder / LAST
        if not path.exists():
            torch.manual_seed(self.seed)
            return
        saved = torch.load(path, map_location=self.device)
        if saved["fingerprint"] != self.fingerprint:
            raise WrongInput(f"{path}: of another configuration or data (expected: the same); choose another --output")
        self.position, self.sums = tuple(saved["position"]), saved["sums"]
        self.history = [Epoch(**epoch) for epoch in saved["history"]]
        self.best, self.best_epoch = saved["best"], saved["best_epoch"]
        self.model.load_state_dict(saved["model"])
        self.optimizer.load_state_dict(saved["optimizer"])
        self.averaged.load(saved["averaged"])
        torch.set_rng_state(saved["random"].cpu())
        if saved["random_cuda"] is not None and self.device.type == "cuda":
            torch.cuda.set_rng_state(saved["random_cuda"].cpu())


def _groups(model, weight_decay):
    """Matrices decay; biases and scales do not."""
    matrices = [weight for weight in model.parameters() if weight.ndim > 1]
    others = [weight for weight in model.parameters() if weight.ndim <= 1]
    return [{"params": matrices, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]


def _write(path, state):
    """All or nothing: a crash while writing leaves the checkpoint before."""
    beside = path.with_suffix(".tmp")
    torch.save(state, beside)
    os.replace(beside, path)
