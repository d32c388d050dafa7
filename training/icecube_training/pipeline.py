# SPDX-License-Identifier: Apache-2.0
"""One run from prepared events to a registered model; what `icecube-train run` does, step by step."""

import dataclasses
import json
import pathlib

import numpy as np
import torch
import yaml

from icecube_training import (
    calibration, card, classify, config, evaluation, export, models, quantized, shards, source, tracking)
from icecube_training.models import select
from icecube_training.trainer import DirectionTask, Trainer, device_of, predict

CHECK_EVENTS = 64


@dataclasses.dataclass
class Trained:
    """What a run came to."""

    model: torch.nn.Module
    history: list
    source: shards.Shards | shards.InMemory  # training events
    held: tuple  # validation and calibration events
    trainer: Trainer


def train(found, output, device="auto", told=lambda epoch: None, training_events=None, held=None):
    """Trains what the configuration describes, or goes on with it; the model has its best weights."""
    if found.training.threads:
        torch.set_num_threads(found.training.threads)
    torch.manual_seed(found.seed)
    is_class = found.task == "event-class"
    model = classify.EventClass(**found.model) if is_class else models.build(found.model)
    # What the model would leave out of every batch is left out of every file that is read, and no more asked.
    is_causal = model.is_causal
    if training_events is None:
        selection = select.selected if is_causal else lambda events: events
        train_source = shards.Shards(found.data.train, found.data, found.seed, selection)
        model.is_causal = False
    else:
        train_source = shards.InMemory(training_events)
    validation, calibrating = held or train_source.held()
    task = classify.ClassTask(found.training) if is_class else DirectionTask(found.training)
    said = config.as_dict(found)
    trainer = Trainer(
        model, task, train_source, validation, found.training, found.data.augmentation, found.data.row_count_max,
        found.seed, output, device_of(device), told, {name: said[name] for name in ("data", "model", "training", "seed")} | {"events": train_source.identity()})
    history = trainer.run()
    model.is_causal = is_causal
    return Trained(model, history, train_source, (validation, calibrating), trainer)


def run(found, output, models_folder=None, device="auto", tracking_uri=None, alias="champion", say=print):
    """Trains, evaluates, calibrates, exports, writes the card, logs and registers; the folder of the model."""
    output = pathlib.Path(output)
    output.mkdir(parents=True, exist_ok=True)
    source.ensure(found.data, say=say)
    test = shards.read_all(found.data.test, found.data.row_count_max_served, found.data.held_events_max)
    tags = {"commit": card.commit(), "task": found.task}
    with tracking.tracked(tracking.uri_of(tracking_uri, output), output, found, tags) as tracked:

        def told(epoch):
            values = dataclasses.asdict(epoch)
            say(f"epoch {epoch.epoch + 1}/{found.training.epochs}: loss {epoch.loss:.4f}, validation"
                f" {epoch.validation:.4f}, {epoch.events_per_second:,.0f} events/s, {epoch.pulses_per_second:,.0f} pulses/s")
            tracked.metrics({name: values[name] for name in values if name != "epoch"}, epoch.epoch)

        trained = train(found, output / "checkpoints", device, told)
        finish = _finish_class if found.task == "event-class" else _finish_direction
        whole, outputs, rows, scores, totals = finish(found, trained, test, say)
        graph = export.graph_of(whole, outputs)
        chosen = test.take(np.argsort(test.row_count)[:: max(1, len(test) // CHECK_EVENTS)][:CHECK_EVENTS])
        apart = export.check(graph, whole, chosen, outputs)
        rate = evaluation.events_per_second(export.session_of(graph), test, outputs, found.data.row_count_max_served, found.row_count_step)
        say(f"exported: {len(graph):,} bytes, at most {apart:.1e} from PyTorch, {rate:,.0f} events/s on one thread")
        facts = [
            ("size", f"{len(graph):,} bytes"), ("speed", f"{rate:,.0f} events/s, ONNX Runtime on one thread"),
            *_data_facts(found, trained.source, trained.held),
            ("events of the test", f"{len(test):,} of {', '.join(found.data.test)}" + (
                f", simulated with seed {found.data.simulation.test_seed}" if found.data.simulation else "")),
            ("epochs", f"{len(trained.history)}, the best {trained.trainer.best_epoch + 1}"),
            *([("begun with the weights of", found.training.start)] if found.training.start else [])]
        manifest = export.manifest_of(
            found.name, found.version, found.description or f"{found.name} of icecube-train.",
            found.data.row_count_max_served, graph, outputs, found.row_count_step)
        said = card.text(found, trained.model, scores, facts)
        configuration = yaml.safe_dump(json.loads(json.dumps(config.as_dict(found))), sort_keys=False)
        folder = export.write(
            models_folder or output / "models", found.name, found.version, graph, manifest, [("card.md", said)])
        (output / "report.json").write_text(json.dumps(rows, indent=1), encoding="utf-8")
        (output / "config.yaml").write_text(configuration, encoding="utf-8")
        for file in ("report.json", "config.yaml"):
            tracked.mlflow.log_artifact(str(output / file))
        tracked.metrics(totals | {"graph_bytes": len(graph), "onnx_events_per_second": rate})
        if found.int8:
            variant = quantized.variant(folder, test)
            say(f"int8 variant {'written' if variant.folder else 'refused'}: {variant.said}")
        version = tracked.register(found.name, folder, alias)
        say(f"registered {found.name} version {version}" + (f" as {alias}" if alias else ""))
    say(f"wrote {folder}")
    return folder


def _data_facts(found, source, held):
    """What of the data belongs on the card."""
    data = found.data
    to_calibrate = f", {data.calibration:.0%} to calibrate with ({len(held[1]):,})" if found.task == "direction" else ""
    total = source.event_count()
    simulated = data.simulation and f", simulated with seed {data.simulation.seed}"
    return [
        ("events of training", f"{total:,} of {', '.join(data.train)}{simulated or ''}; {data.validation:.0%} of them"
         f" to stop by ({len(held[0]):,}){to_calibrate}"),
        ("rows of an event", f"{data.row_count_max} at most in training, drawn anew each time;"
         f" {data.row_count_max_served} at most when it is served")]


def calibrated(found, trained):
    """The model with its calibration, fitted to events that training did not see."""
    held = trained.held[1]
    said = predict(trained.model, held, found.training.pulse_budget, trained.trainer.device)
    # What is a track is only learnt from events that know it; Kaggle's do not.
    by_track = "track_logit" in said and held.is_track is not None
    context = context_of(said, held, by_track)
    error = evaluation.angles(said["direction"], held.direction)
    fitted = calibration.fit(
        said["kappa"], context, error, seed=found.seed, is_track=held.is_track if by_track else None)
    return calibration.Calibrated(trained.model, fitted, by_track)


def context_of(said, events, by_track):
    logit = torch.from_numpy(said["track_logit"]) if by_track else None
    return calibration.context_of(logit, torch.from_numpy(events.row_count)).numpy()


def _finish_direction(found, trained, test, say):
    whole = calibrated(found, trained).eval().cpu()
    said = predict(whole.model, test, found.training.pulse_budget, torch.device("cpu"))
    error = evaluation.angles(said["direction"], test.direction)
    with torch.no_grad():
        _, radii = whole.calibration(
            torch.from_numpy(said["kappa"]), torch.from_numpy(context_of(said, test, whole.by_track)))
    rows = evaluation.report(test, error, evaluation.line_fit_errors(test), radii.numpy())
    everything = rows[0]
    say(f"test: mean angular error {everything['mean_error_rad']:.4f} rad, improved line fit"
        f" {everything['line_fit_rad']:.4f} rad, within r50 {everything['within_r50']:.1%},"
        f" within r90 {everything['within_r90']:.1%} ({everything['events']:,} simulated events)")
    totals = {f"test_{name}": value for name, value in everything.items() if name != "part"}
    return whole, export.DIRECTION_OUTPUTS, rows, card.direction_scores(rows), totals


def _finish_class(found, trained, test, say):
    whole = classify.Probabilities(trained.model).eval().cpu()
    said = predict(trained.model, test, found.training.pulse_budget, torch.device("cpu"))
    rows = classify.report(test, said)
    for row in rows:
        say(f"test: {row['answer']}: accuracy {row['accuracy']:.1%}, AUC {row['auc']:.4f}")
    totals = {f"test_{row['answer']}_{name}": row[name] for row in rows for name in ("accuracy", "auc")}
    return whole, classify.OUTPUTS, rows, card.class_scores(rows), totals
