# SPDX-License-Identifier: Apache-2.0
"""Hyper-parameter search by Ray Tune: on this machine, or on a Ray cluster by its address.

A space is a YAML file of fields of the configuration and how to draw them:

    training.learning_rate: {loguniform: [1.0e-4, 3.0e-3]}
    model.d: {choice: [64, 96, 128]}

Trials that fall behind are stopped after each epoch (asynchronous successive halving, arXiv:1810.05934).
"""

import os
import pathlib

import yaml

from icecube_training import config
from icecube_training.prepared import WrongInput

DRAWS = ("choice", "uniform", "loguniform", "randint")


def space_of(path):
    """{field: (draw, arguments)} of a file; checked."""
    said = yaml.safe_load(pathlib.Path(path).read_text(encoding="utf-8"))
    space = {}
    for name, how in (said or {}).items():
        if not isinstance(how, dict) or len(how) != 1 or next(iter(how)) not in DRAWS:
            raise WrongInput(f"{name}: {how} (expected: one of {', '.join(DRAWS)} with its arguments)")
        ((draw, arguments),) = how.items()
        if draw != "choice" and len(arguments) != 2:
            raise WrongInput(f"{name}: {draw} {arguments} (expected: lowest and highest)")
        space[name] = (draw, arguments)
    if not space:
        raise WrongInput(f"{path}: empty (expected: at least one field to draw)")
    return space


def trial(drawn, said, output):
    """One trial: trains with what was drawn and reports after each epoch. Runs in a process of Ray's."""
    from ray import tune

    for name, value in drawn.items():
        said = config.with_value(said, name, value)
    found = config.parse(said)
    from icecube_training import pipeline

    folder = pathlib.Path(output) / tune.get_context().get_trial_id()
    pipeline.train(found, folder, told=lambda epoch: tune.report(
        {"validation": epoch.validation, "loss": epoch.loss, "epoch": epoch.epoch}))


def run(said, space, output, trials=20, ray_address=None, cpus=1, gpus=0, seed=1, say=print):
    """Searches and writes best.yaml, the configuration of the best trial; its score and what was drawn."""
    # Before the import: nobody is told that somebody searches.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    import ray
    from ray import tune

    # Ray runs trials in folders of its own.
    for part in ("train", "test"):
        said = config.with_value(said, f"data.{part}", [str(pathlib.Path(f).resolve()) for f in said["data"][part]])
    output = pathlib.Path(output).resolve()
    output.mkdir(parents=True, exist_ok=True)
    config.parse(said)
    ray.init(address=ray_address, include_dashboard=False, log_to_driver=False, logging_level="error",
             **({} if ray_address else {"num_cpus": max(1, cpus)}))
    try:
        tuner = tune.Tuner(
            tune.with_resources(
                tune.with_parameters(trial, said=said, output=str(output / "trials")), {"cpu": cpus, "gpu": gpus}),
            param_space={
                name: getattr(tune, draw)(arguments) if draw == "choice" else getattr(tune, draw)(*arguments)
                for name, (draw, arguments) in space.items()},
            tune_config=tune.TuneConfig(
                metric="validation", mode="min", num_samples=trials, reuse_actors=True,
                scheduler=tune.schedulers.ASHAScheduler(max_t=1000),
                search_alg=tune.search.BasicVariantGenerator(random_state=seed)),
            run_config=tune.RunConfig(name="search", storage_path=str(output), verbose=0))
        results = tuner.fit()
        best = results.get_best_result()
    finally:
        ray.shutdown()
    for name, value in best.config.items():
        said = config.with_value(said, name, value)
    (output / "best.yaml").write_text(yaml.safe_dump(said, sort_keys=False), encoding="utf-8")
    say(f"best of {len(results)}: {best.metrics['validation']:.4f} with {best.config}; wrote {output / 'best.yaml'}")
    return best.metrics["validation"], best.config
